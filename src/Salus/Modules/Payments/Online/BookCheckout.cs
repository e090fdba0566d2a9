using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Online;

/// <summary>
/// Books what the provider said when it was asked: once, however often and in whatever order it is told. What was paid meanwhile in another way, and what comes after
/// the payment had ended, goes into the payer's wallet: no money is lost, and no end is undone.
/// </summary>
public sealed class BookCheckout(Tools tools, OrganisationSlot organisation, PaymentBook book, ILogger<BookCheckout> log) : MoneyUseCase<BookCheckout.Command, CheckoutState>(tools, organisation)
{
    public const string Action = "checkout.book";

    public sealed record Command(Guid CheckoutId, ProviderAnswer Answer);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<CheckoutState> Handle(Command command, CancellationToken ct)
    {
        // Holds the row: two notices of one payment are booked one after the other.
        await Db.Checkouts.Where(c => c.Id == command.CheckoutId).ExecuteUpdateAsync(set => set.SetProperty(c => c.Looks, c => c.Looks + 1), ct);
        var checkout = await Db.Checkouts.FirstOrDefaultAsync(c => c.Id == command.CheckoutId, ct) ?? throw Refusal.NotFound();
        var answer = command.Answer;
        if (answer.State == CheckoutState.Paid) await Paid(checkout, answer, ct);
        else if (!checkout.IsFinal && answer.State != CheckoutState.Open) End(checkout, answer.State);
        else
        {
            // What has ended here is looked at as long as it can still be paid there.
            checkout.LookAt = answer.State == CheckoutState.Open ? CheckoutLooks.Next(checkout, Now, answer.IsUnderWay) : null;
            if (!checkout.IsFinal && checkout.LookAt is null) End(checkout, CheckoutState.Expired);
        }
        Subject("checkout", checkout.Id, checkout.State.ToString());
        return checkout.State;
    }

    private async Task Paid(Checkout checkout, ProviderAnswer answer, CancellationToken ct)
    {
        if (checkout.State == CheckoutState.Paid || checkout.CameLate) return;
        if (answer.Amount != checkout.Amount || answer.Currency != checkout.Currency)
        {
            log.LogError("Online payment {Checkout} took another amount or currency than was asked for: somebody has to look", checkout.Id);
            if (!checkout.IsFinal) End(checkout, CheckoutState.Mismatch);
            checkout.LookAt = null;
            return;
        }
        checkout.ProviderPayment = answer.Reference;
        var payer = new Payer(checkout.PayerKind, checkout.PayerId, checkout.PayerName, checkout.PayerNumber);
        var left = checkout.Amount;
        if (checkout.IsFinal) (checkout.CameLate, checkout.LookAt) = (true, null);
        else
        {
            End(checkout, CheckoutState.Paid);
            left -= await ForCharges(checkout, payer, ct);
        }
        if (left == 0) return;
        var wallet = await WalletBook.Of(Booking, payer.Kind, payer.Id, checkout.Currency, ct);
        await book.TopUp(Booking, wallet, new(checkout.Method, left, payer) { Reference = checkout.ProviderPayment, CheckoutId = checkout.Id }, ct);
    }

    private async Task<long> ForCharges(Checkout checkout, Payer payer, CancellationToken ct)
    {
        var ids = await Db.CheckoutCharges.Where(c => c.CheckoutId == checkout.Id).Select(c => c.ChargeId).ToListAsync(ct);
        var due = await Db.Charges.Where(c => ids.Contains(c.Id)).SumAsync(c => c.Total - c.Paid - c.Credited, ct);
        var amount = Math.Min(due, checkout.Amount);
        if (amount > 0) await book.Take(Booking, new() { Method = checkout.Method, Amount = amount, ChargeIds = ids, Payer = payer, Reference = checkout.ProviderPayment, CheckoutId = checkout.Id }, ct);
        return amount;
    }

    private void End(Checkout checkout, CheckoutState state) => (checkout.State, checkout.EndedAt, checkout.LookAt) = (state, Now, null);
}

/// <summary>Books what the provider said of a refund.</summary>
public sealed class FinishRefund(Tools tools, OrganisationSlot organisation) : MoneyUseCase<FinishRefund.Command, bool>(tools, organisation)
{
    public const string Action = "payment.finish-refund";

    /// <param name="Reference">What the provider calls it; null: it never will do it, and the money goes into the payer's wallet.</param>
    public sealed record Command(Guid RefundId, string? Reference);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Refund);

    protected override async Task<bool> Handle(Command command, CancellationToken ct)
    {
        var held = await Db.Refunds.Where(r => r.Id == command.RefundId && r.State == RefundState.Pending).ExecuteUpdateAsync(set => set.SetProperty(r => r.Reason, r => r.Reason), ct);
        if (held == 0) return false;
        var refund = await Db.Refunds.SingleAsync(r => r.Id == command.RefundId, ct);
        var payment = await Db.Payments.AsNoTracking().SingleAsync(p => p.Id == refund.PaymentId, ct);
        await RefundBook.Finish(Booking, refund, payment, command.Reference, ct);
        Subject("payment", payment.Id, command.Reference is null ? "refused" : "done");
        return true;
    }
}
