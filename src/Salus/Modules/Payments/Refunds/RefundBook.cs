using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;

namespace Salus.Modules.Payments.Refunds;

/// <summary>What is to be given back.</summary>
/// <param name="TakesBack">What it was paid for is taken back too, with a credit note; else it is owed again.</param>
public sealed record NewRefund(Guid PaymentId, long? Amount, RefundWay Way, bool TakesBack, string Reason)
{
    /// <summary>The claim under which an insurer had taken it over.</summary>
    public Guid? ClaimId { get; init; }
}

/// <summary>Gives money back. Never more than came in: the payment's own row counts what was given back, and several at once wait for each other there.</summary>
public sealed class RefundBook(ChargeBook charges)
{
    /// <exception cref="Refusal">404; 409 <c>refund.too-much</c>, <c>drawer.closed</c>, <c>drawer.short</c>, <c>wallet.insufficient</c>; 422 on <c>amount</c> or <c>way</c>.</exception>
    public async Task<Refund> Give(Booking booking, NewRefund wanted, CancellationToken ct)
    {
        var db = booking.Db;
        var payment = await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Id == wanted.PaymentId, ct) ?? throw Refusal.NotFound();
        var amount = wanted.Amount ?? payment.Amount - payment.Refunded;
        var counted = amount <= 0 ? 0 : await db.Payments.Where(p => p.Id == payment.Id && p.Refunded + amount <= p.Amount).ExecuteUpdateAsync(set => set.SetProperty(p => p.Refunded, p => p.Refunded + amount), ct);
        if (counted == 0) throw new Refusal(409, "refund.too-much", "So much is not left of this payment.") { Unlock = "Look at what was given back already." };
        CheckWay(payment, wanted.Way);
        if (payment.Method == PaymentMethod.Insurance && wanted.Way == RefundWay.Transfer) await CheckArrived(db, payment, ct);
        var refund = new Refund
        {
            PaymentId = payment.Id, PayerKind = payment.PayerKind, PayerId = payment.PayerId, Way = wanted.Way, Currency = payment.Currency, Amount = amount, TakesBack = wanted.TakesBack, Reason = wanted.Reason, At = booking.At, By = booking.By,
            State = wanted.Way == RefundWay.Provider ? RefundState.Pending : RefundState.Done, DoneAt = wanted.Way == RefundWay.Provider ? null : booking.At,
        };
        db.Add(refund);
        var from = payment.Kind == PaymentKind.TopUp ? await FromWallet(booking, payment, amount, ct) : await FromCharges(booking, payment, refund, ct);
        var to = await Outgoing(booking, payment, refund, wanted.ClaimId, ct);
        refund.Number = await Numbers.Next(db, DocumentKind.Refund, booking.Day, ct);
        // The same paper as for money that comes in: whoever closes the day takes this number first.
        refund.Day = await Days.Bookable(booking, ct);
        Books.Post(booking with { Day = refund.Day }, payment.Currency, Cause.Refund, refund.Id, "", [.. from, to]);
        await db.SaveChangesAsync(ct);
        booking.Changed(Topics.Money(db.OrganisationId));
        return refund;
    }

    /// <summary>Ends what was on its way back through a provider: it did it, or the money goes into the wallet instead.</summary>
    /// <param name="reference">What the provider calls the refund; null: it never will do it.</param>
    public static async Task Finish(Booking booking, Refund refund, Payment payment, string? reference, CancellationToken ct)
    {
        await Numbers.Hold(booking.Db, DocumentKind.Refund, booking.Day, ct);
        var day = await Days.Bookable(booking, ct);
        (refund.State, refund.DoneAt, refund.Reference) = (RefundState.Done, booking.At, reference ?? "");
        if (reference is null) refund.Way = RefundWay.Wallet;
        var to = reference is null ? await ToWallet(booking, payment, refund, ct) : new Leg(PaymentBook.AccountOf(payment.Method), -refund.Amount);
        Books.Post(booking with { Day = day }, refund.Currency, Cause.Refund, refund.Id, "", [new(LedgerAccount.RefundDue, refund.Amount, refund.Id), to]);
        booking.Changed(Topics.Money(booking.Db.OrganisationId));
    }

    private static async Task<Leg> ToWallet(Booking booking, Payment payment, Refund refund, CancellationToken ct)
    {
        var wallet = await WalletBook.Of(booking, payment.PayerKind, payment.PayerId, payment.Currency, ct);
        await WalletBook.Add(booking, wallet.Id, refund.Amount, ct);
        return new(LedgerAccount.Wallet, -refund.Amount, wallet.Id);
    }

    private static void CheckWay(Payment payment, RefundWay way)
    {
        var isOnline = payment.Method is PaymentMethod.Stripe or PaymentMethod.PayPal;
        if (way == RefundWay.Provider && !isOnline) throw Refusal.Field("way", "Only what came by this provider goes back by it.");
        if (way == RefundWay.Card && payment.Method != PaymentMethod.Card) throw Refusal.Field("way", "Only what came by card goes back to it.");
        if (way == RefundWay.Insurer != (payment.Method == PaymentMethod.Insurance && way != RefundWay.Transfer)) throw Refusal.Field("way", "What an insurer paid goes back to it by bank transfer.");
        if (way == RefundWay.Wallet && payment.Kind == PaymentKind.TopUp) throw Refusal.Field("way", "It is in the wallet already.");
    }

    /// <summary>Money that an insurer owes is not here to be given back.</summary>
    private static async Task CheckArrived(SalusDb db, Payment payment, CancellationToken ct)
    {
        var own = db.LedgerTransactions.Where(t => t.CauseKind == Cause.Payment && t.CauseId == payment.Id).Select(t => t.Id);
        var claim = await db.LedgerEntries.Where(e => own.Contains(e.TransactionId) && e.Account == LedgerAccount.Insurance).Select(e => e.OwnerId).FirstAsync(ct);
        if (await db.LedgerEntries.Where(e => e.OwnerId == claim && e.Account == LedgerAccount.Insurance).SumAsync(e => e.Amount, ct) != 0)
            throw new Refusal(409, "refund.not-arrived", "The insurer has not paid this yet.") { Unlock = "Write down on its claim what it answered." };
    }

    private static async Task<IReadOnlyList<Leg>> FromWallet(Booking booking, Payment payment, long amount, CancellationToken ct)
    {
        await WalletBook.TakeFrom(booking, payment.WalletId!.Value, amount, ct);
        return [new(LedgerAccount.Wallet, amount, payment.WalletId)];
    }

    /// <summary>The newest part first: what was paid last is given back first.</summary>
    private async Task<IReadOnlyList<Leg>> FromCharges(Booking booking, Payment payment, Refund refund, CancellationToken ct)
    {
        var db = booking.Db;
        var parts = await db.PaymentParts.AsNoTracking().Where(p => p.PaymentId == payment.Id && p.Refunded < p.Amount).OrderByDescending(p => p.ChargeId).ToListAsync(ct);
        var (left, taken) = (refund.Amount, new List<(PaymentPart Part, long Amount)>());
        foreach (var part in parts)
        {
            var share = Math.Min(left, part.Amount - part.Refunded);
            if (share > 0) taken.Add((part, share));
            left -= share;
        }
        if (left > 0) throw new InvalidOperationException("The parts of a payment do not hold what it says.");
        var legs = new List<Leg>();
        foreach (var (part, share) in taken.OrderBy(t => t.Part.ChargeId))
        {
            var before = await db.Charges.AsNoTracking().SingleAsync(c => c.Id == part.ChargeId, ct);
            await db.PaymentParts.Where(p => p.Id == part.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.Refunded, p => p.Refunded + share), ct);
            await charges.Pay(booking, before, -share, ct);
            db.Add(new RefundPart { RefundId = refund.Id, PartId = part.Id, ChargeId = part.ChargeId, Amount = share });
            legs.Add(new(LedgerAccount.Receivable, share, part.ChargeId));
            if (refund.TakesBack) await charges.Credit(booking, await db.Charges.AsNoTracking().SingleAsync(c => c.Id == part.ChargeId, ct), share, CreditKind.CreditNote, refund.Reason, ct, refund.Id);
            else await charges.Tell(booking, part.ChargeId, before.State, ct);
        }
        return legs;
    }

    private static async Task<Leg> Outgoing(Booking booking, Payment payment, Refund refund, Guid? claimId, CancellationToken ct)
    {
        switch (refund.Way)
        {
            case RefundWay.Wallet: return await ToWallet(booking, payment, refund, ct);
            case RefundWay.Cash:
                refund.DrawerId = await Drawers.Open(booking, payment.Currency, ct);
                if (await Drawers.Expected(booking.Db, refund.DrawerId.Value, ct) < refund.Amount) throw new Refusal(409, "drawer.short", "There is not so much in your drawer.") { Unlock = "Give it back in another way." };
                return new(LedgerAccount.Cash, -refund.Amount, refund.DrawerId);
            case RefundWay.Provider:
                booking.Db.Enqueue(ProviderRefundJob.RefundKind, new ProviderRefundJob.Command(refund.Id), booking.At);
                return new(LedgerAccount.RefundDue, -refund.Amount, refund.Id);
            case RefundWay.Insurer: return new(LedgerAccount.Insurance, -refund.Amount, claimId ?? throw new InvalidOperationException("An insurer took it over by a claim."));
            case RefundWay.Card: return new(LedgerAccount.Card, -refund.Amount);
            default: return new(LedgerAccount.Bank, -refund.Amount);
        }
    }
}
