using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Ledger;

/// <summary>One change of one account, to be written.</summary>
public sealed record Leg(LedgerAccount Account, long Amount, Guid? Owner = null);

/// <summary>Why a transaction is written.</summary>
public static class Cause
{
    public const string Charge = "charge", Credit = "credit", Payment = "payment", Refund = "refund", Hold = "hold", Drawer = "drawer", Claim = "claim";
}

/// <summary>The only place that writes to the ledger.</summary>
public static class Books
{
    /// <summary>Writes a transaction in the booking's own transaction of the database; legs of nothing are left out.</summary>
    /// <exception cref="InvalidOperationException">The legs do not sum to nothing: a fault of the program, and nothing is written.</exception>
    public static LedgerTransaction Post(Booking booking, string currency, string causeKind, Guid causeId, string purpose, IEnumerable<Leg> legs)
    {
        var transaction = new LedgerTransaction { At = booking.At, Day = booking.Day, CauseKind = causeKind, CauseId = causeId, Purpose = purpose, By = booking.By };
        var entries = legs.Where(l => l.Amount != 0).Select(l => new LedgerEntry { TransactionId = transaction.Id, Day = booking.Day, Account = l.Account, OwnerId = l.Owner, Currency = currency, Amount = l.Amount }).ToList();
        if (entries.Sum(e => e.Amount) != 0) throw new InvalidOperationException($"A {causeKind} does not sum to nothing.");
        if (entries.Count == 0) return transaction;
        booking.Db.Add(transaction);
        booking.Db.AddRange(entries);
        return transaction;
    }
}
