using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Contract;

/// <summary>
/// What insurers take over. The ledger keeps for each claim what its insurer still owes: more with what it takes over, less with what it refuses, nothing when it has paid. Call
/// it as <see cref="ChargeBook"/>, with a <see cref="Booking"/> of the use case's own context, and let nobody else change the same claim meanwhile.
/// </summary>
public sealed class InsurerBook(PaymentBook payments, RefundBook refunds)
{
    /// <summary>Books so much of a charge as taken over: the patient does not owe it any more, the insurer does.</summary>
    public Task<Payment> TakeOver(Booking booking, Guid claimId, Payer insurer, Guid chargeId, long amount, string reference, CancellationToken ct) =>
        payments.Take(booking, new() { Method = PaymentMethod.Insurance, ClaimId = claimId, Payer = insurer, ChargeIds = [chargeId], Amount = amount, Reference = reference }, ct);

    /// <summary>
    /// Holds the charges, and the numbers of receipts, until the commit. To be called before several are taken back: whoever pays or refunds the same ones then waits, in one
    /// order for all, and none waits for the other.
    /// </summary>
    public async Task Hold(Booking booking, IEnumerable<Guid> charges, CancellationToken ct)
    {
        foreach (var id in charges.Order()) await booking.Db.Charges.Where(c => c.Id == id).ExecuteUpdateAsync(set => set.SetProperty(c => c.Rank, c => c.Rank), ct);
        await Numbers.Hold(booking.Db, DocumentKind.Receipt, booking.Day, ct);
    }

    /// <summary>Takes back so much of what the insurer had taken over of a charge, in entries of their own day: it is owed again, or taken back too.</summary>
    /// <param name="isNotDone">What it was for was not done: it is taken back with a credit note. Else the patient owes it again.</param>
    public async Task TakeBack(Booking booking, Guid claimId, Guid chargeId, long amount, bool isNotDone, string reason, CancellationToken ct)
    {
        var insured = booking.Db.Payments.Where(p => p.Method == PaymentMethod.Insurance).Select(p => p.Id);
        var parts = await booking.Db.PaymentParts.AsNoTracking().Where(p => p.ChargeId == chargeId && p.Refunded < p.Amount && insured.Contains(p.PaymentId)).OrderByDescending(p => p.Id).ToListAsync(ct);
        foreach (var part in parts)
        {
            var share = Math.Min(amount, part.Amount - part.Refunded);
            if (share > 0) await refunds.Give(booking, new(part.PaymentId, share, RefundWay.Insurer, isNotDone, reason) { ClaimId = claimId }, ct);
            amount -= share;
        }
        if (amount > 0) throw new InvalidOperationException("More is taken back than an insurer had taken over.");
    }

    /// <summary>Books what insurers paid: from what they owed to the bank, each claim in a transaction of its own.</summary>
    public async Task Arrived(Booking booking, IEnumerable<(Guid ClaimId, long Amount)> claims, string currency, CancellationToken ct)
    {
        // A number as for money that goes back: whoever closes the day takes it first.
        await Numbers.Hold(booking.Db, DocumentKind.Refund, booking.Day, ct);
        var day = await Days.Bookable(booking, ct);
        foreach (var (claim, amount) in claims) Books.Post(booking with { Day = day }, currency, Cause.Claim, claim, "", [new(LedgerAccount.Insurance, -amount, claim), new(LedgerAccount.Bank, amount)]);
        booking.Changed(Topics.Money(booking.Db.OrganisationId));
    }
}
