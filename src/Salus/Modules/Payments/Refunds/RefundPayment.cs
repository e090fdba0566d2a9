using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Refunds;

/// <summary>Gives a payment back, as a whole or in part.</summary>
public sealed class RefundPayment(Tools tools, OrganisationSlot organisation, RefundBook book) : MoneyUseCase<RefundPayment.Command, RefundView>(tools, organisation)
{
    public const string Action = "payment.refund";

    public sealed record Command
    {
        public Guid PaymentId { get; init; }

        /// <summary>Not given: all that is left of it.</summary>
        public Money? Amount { get; init; }
        public RefundWay Way { get; init; }

        /// <summary>True, as by default: what it was paid for is taken back too, with a credit note. False: it is owed again.</summary>
        public bool TakesBack { get; init; } = true;

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(PaymentPermissions.Refund);

    protected override async Task<RefundView> Handle(Command command, CancellationToken ct)
    {
        var reason = Text.Clean(command.Reason);
        if (reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        if (command.Way == RefundWay.Insurer) throw Refusal.Field("way", "Choose one of the list.");
        var currency = await Db.Payments.Where(p => p.Id == command.PaymentId).Select(p => p.Currency).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var refund = await book.Give(Booking, new(command.PaymentId, command.Amount?.Minor(currency), command.Way, command.TakesBack, reason), ct);
        Subject("payment", command.PaymentId, command.Way.ToString());
        return RefundView.Of(refund);
    }
}
