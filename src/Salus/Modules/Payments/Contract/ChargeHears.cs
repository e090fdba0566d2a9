namespace Salus.Modules.Payments.Contract;

/// <summary>What became of a charge.</summary>
public enum ChargeNews
{
    /// <summary>Something was paid, not all.</summary>
    PartPaid,

    /// <summary>Nothing is owed any more.</summary>
    Settled,

    /// <summary>It was settled, and something is owed again because a payment was refunded.</summary>
    Reopened,

    /// <summary>It was taken back as a whole.</summary>
    Credited,
}

/// <summary>A module that said what is owed hears here what becomes of it, in the same transaction: what follows from a payment is committed with it.</summary>
public interface IChargeHears
{
    /// <summary>The <see cref="NewCharge.PurposeKind"/> it wants to hear of.</summary>
    string PurposeKind { get; }

    /// <param name="charge">As it is now; not tracked.</param>
    Task Hear(Booking booking, Charge charge, ChargeNews news, CancellationToken ct);
}
