using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Charges;

/// <summary>Takes back what is still owed for a charge, as a whole or in part: with a credit note, or as a waiver.</summary>
public sealed class CreditCharge(Tools tools, OrganisationSlot organisation, ChargeBook book) : MoneyUseCase<CreditCharge.Command, CreditView>(tools, organisation)
{
    public const string Action = "charge.credit";

    public sealed record Command
    {
        public Guid ChargeId { get; init; }
        public CreditKind Kind { get; init; }

        /// <summary>Not given: all that is owed.</summary>
        public Money? Amount { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(PaymentPermissions.Credit);

    protected override async Task<CreditView> Handle(Command command, CancellationToken ct)
    {
        var charge = await Db.Charges.AsNoTracking().FirstOrDefaultAsync(c => c.Id == command.ChargeId, ct) ?? throw Refusal.NotFound();
        var reason = Text.Clean(command.Reason);
        if (reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        var amount = command.Amount?.Minor(charge.Currency) ?? charge.Due;
        if (charge.Due == 0) throw new Refusal(409, "charge.settled", "Nothing is owed for this any more.") { Unlock = "What was paid is given back by a refund." };
        if (amount > charge.Due) throw Refusal.Field("amount", "This is more than what is owed.");
        var note = await book.Credit(Booking, charge, amount, command.Kind, reason, ct);
        Subject("charge", charge.Id, command.Kind.ToString());
        return new(note.Id, note.Kind, note.Number, Money.Of(note.Amount, note.Currency), note.Reason, note.At, note.RefundId);
    }
}
