using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>What one entry of the ledger says of a charge: earned, or taken back.</summary>
public sealed class Earning
{
    /// <summary>What the charge is for, as in <see cref="NewCharge"/>.</summary>
    public Guid PurposeId { get; init; }
    public Guid? GroupId { get; init; }

    /// <summary>Without tax, in the smallest unit; less than nothing: taken back.</summary>
    public long Net { get; init; }
    public long Tax { get; init; }

    /// <summary>The account of the clinician whose work it was; null: nobody's.</summary>
    public Guid? By { get; init; }
}

/// <summary>A module that charges for what somebody does says here whose work that was: this module may not name it.</summary>
public interface IKnowsWork
{
    /// <summary>The <see cref="NewCharge.PurposeKind"/> whose work it knows.</summary>
    string PurposeKind { get; }

    /// <summary>The same earnings, each once, with the account whose work it was; it becomes a part of the one statement that sums them.</summary>
    IQueryable<Earning> Of(SalusDb db, IQueryable<Earning> earnings);
}
