using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Desk;

/// <summary>Takes a payment at the desk for one charge or several, as a whole or in part.</summary>
public sealed class TakePayment(Tools tools, OrganisationSlot organisation, PaymentBook book, CashRule cash) : MoneyUseCase<TakePayment.Command, TakePayment.Outcome>(tools, organisation)
{
    public const string Action = "payment.take";

    public sealed record Command
    {
        [Required(ErrorMessage = "Choose what is paid."), MinLength(1, ErrorMessage = "Choose what is paid."), MaxLength(100, ErrorMessage = "This is too long.")]
        public IReadOnlyList<Guid> Charges { get; init; } = [];
        public PaymentMethod Method { get; init; }

        /// <summary>Not given: all that is owed for the charges.</summary>
        public Money? Amount { get; init; }

        /// <summary>What was handed over in cash; not given: exactly the amount.</summary>
        public Money? Tendered { get; init; }

        [StringLength(100, ErrorMessage = "This is too long.")]
        public string? Reference { get; init; }

        /// <summary>It is meant beside one of the same amount that was just taken for the same bill in the same way.</summary>
        public bool IsSecond { get; init; }
    }

    /// <param name="Change">To be given back.</param>
    /// <param name="Due">Still owed for these charges.</param>
    public sealed record Outcome(Guid Id, string Number, Money Amount, Money Change, Money Due);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        if (command.Method is PaymentMethod.Stripe or PaymentMethod.PayPal or PaymentMethod.Paq) throw Refusal.Field("method", "Such a payment is told by its provider, not by hand.");
        if (command.Method == PaymentMethod.Insurance) throw Refusal.Field("method", "What an insurer takes over is written down on the bill of the visit.");
        var first = command.Charges[0];
        var currency = await Db.Charges.Where(c => c.Id == first).Select(c => c.Currency).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        if (CashRule.Concerns(command.Method)) await cash.Hold(Db, await Db.Charges.Where(c => command.Charges.Contains(c.Id)).Select(c => c.GroupId).ToListAsync(ct), command.Method, ct);
        var payment = await book.Take(Booking, new() { ChargeIds = command.Charges, Method = command.Method, Amount = command.Amount?.Minor(currency), Tendered = command.Tendered?.Minor(currency, "tendered"), Reference = command.Reference ?? "", IsSecond = command.IsSecond }, ct);
        Subject("payment", payment.Id, payment.Method.ToString());
        var due = await Db.Charges.Where(c => command.Charges.Contains(c.Id)).SumAsync(c => c.Total - c.Paid - c.Credited, ct);
        return new(payment.Id, payment.Number, Money.Of(payment.Amount, currency), Money.Of(payment.Change, currency), Money.Of(due, currency));
    }
}
