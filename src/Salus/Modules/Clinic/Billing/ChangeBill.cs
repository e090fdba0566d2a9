using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Puts a service of the price list on the bill of a visit: by the desk, a doctor or a nurse, as the list allows.</summary>
public sealed class AddService(Tools tools, CareGuard guard, Bills bills) : EncounterUseCase<AddService.Command, Guid>(tools, guard)
{
    public const string Action = "bill.add-service";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public Guid ServiceId { get; init; }
        public decimal Quantity { get; init; } = 1;
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Bill;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visit = await Hold(command.EncounterId, command, ct);
        var service = await Db.Services.AsNoTracking().FirstOrDefaultAsync(s => s.Id == command.ServiceId && s.ArchivedAt == null, ct) ?? throw Refusal.NotFound();
        if (!IsMine(service.By)) throw new Refusal(403, "bill.not-yours", "Your role does not put this service on a bill.") { Unlock = "Ask whoever the price list names for it." };
        if (await Db.Charges.AnyAsync(c => c.GroupId == visit.Id && c.PurposeKind == Bills.ForVisit && c.PurposeId == service.Id && c.Credited < c.Total, ct))
            throw new Refusal(409, "bill.service-twice", "This service is on the bill already.") { Unlock = "Take it off first, and put it on in the right quantity." };
        await bills.Added(bills.Booking(Db, Now, Actor.Id, Changed), visit, service, command.Quantity, ct);
        Subject("encounter", visit.Id, service.Code, visit.Id);
        Changed(EncounterList.Topic(Db.OrganisationId));
        return service.Id;
    }

    private bool IsMine(BilledBy by) => (by.HasFlag(BilledBy.Desk) && Actor.May(ClinicPermissions.EditBills)) || (by.HasFlag(BilledBy.Doctor) && Actor.May(ClinicPermissions.PlaceOrders))
        || (by.HasFlag(BilledBy.Nurse) && Actor.May(ClinicPermissions.DoProcedures));
}

/// <summary>What changes charges of a visit's bill, whether the visit is still open or not.</summary>
public abstract class ChargeUseCase<TCommand>(Tools tools, Bills bills) : UseCase<TCommand, Guid>(tools) where TCommand : class
{
    protected override bool IsRepeatable => true;

    /// <summary>The visit's charges, or some of them, with the visit held until the commit, as in every act in a visit: nothing is added to the bill between looking and writing.</summary>
    /// <exception cref="Refusal">404 when no such visit or charge is in reach.</exception>
    protected async Task<List<Charge>> Held(Guid encounterId, IReadOnlyCollection<Guid> chargeIds, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        await Db.Encounters.Where(e => e.Id == encounterId).ExecuteUpdateAsync(set => set.SetProperty(e => e.ChangedAt, Now), ct);
        if (!await Db.Encounters.AnyAsync(e => e.Id == encounterId && visible.Any(p => p.Id == e.PatientId), ct)) throw Refusal.NotFound();
        Subject("encounter", encounterId, "", encounterId);
        var charges = await Db.Charges.AsNoTracking().Where(c => c.GroupId == encounterId && (chargeIds.Count == 0 || chargeIds.Contains(c.Id))).ToListAsync(ct);
        return chargeIds.Count == 0 || charges.Count == chargeIds.Distinct().Count() ? charges : throw Refusal.NotFound();
    }

    /// <summary>The visit's outstanding charges, or the one of them.</summary>
    /// <exception cref="Refusal">404 when no such visit or charge is in reach; 409 <c>charge.settled</c>.</exception>
    protected async Task<(Booking Booking, List<Charge> Owed)> Owed(Guid encounterId, IReadOnlyCollection<Guid>? chargeIds, CancellationToken ct)
    {
        var owed = (await Held(encounterId, chargeIds ?? [], ct)).Where(c => c.Due > 0).ToList(); // what was sent as nothing means all
        return owed.Count == 0 ? throw Settled() : (Booking, owed);
    }

    protected Bills Book => bills;
    protected Booking Booking => bills.Booking(Db, Now, Actor.Id, Changed);

    protected static Refusal Settled() => new(409, "charge.settled", "Nothing is owed for this any more.");
}

/// <summary>Takes a line off the bill that should not be on it and of which nothing was paid. What an insurer has taken over of it is taken back as well, unless it was asked to pay it already.</summary>
public sealed class TakeOff(Tools tools, Bills bills) : ChargeUseCase<TakeOff.Command>(tools, bills)
{
    public const string Action = "bill.take-off";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public Guid ChargeId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.EditBills);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var charge = (await Held(command.EncounterId, [command.ChargeId], ct))[0];
        var insurer = (await Bills.Covered(Db, command.EncounterId, ct)).GetValueOrDefault(charge.Id);
        if (charge.Due + insurer <= 0) throw Settled();
        if (charge.PurposeKind != Bills.ForVisit) throw new Refusal(409, "bill.ordered", "This was ordered in the visit.") { Unlock = "Whoever ordered it cancels the order; it then leaves the bill by itself." };
        if (charge.Paid > insurer) throw new Refusal(409, "bill.paid", "Something was paid for this.") { Unlock = "Give the payment back first." };
        if (insurer > 0 && await Bills.Draft(Db, command.EncounterId, ct) is null) throw new Refusal(409, "bill.claimed", "The insurer was asked to pay this.") { Unlock = "Wait for its answer: what it does not pay is owed again, and can be taken off then." };
        await Book.NotDone(Booking, charge, charge.Due + insurer, Reason(command.Reason), ct);
        return charge.Id;
    }

    internal static string Reason(string text) => Text.Clean(text) is { Length: > 0 } reason ? reason : throw Refusal.Field("reason", "Please give a reason.");
}

/// <summary>Lets the patient off what is owed, for the whole bill or some of it: the work was done, and the books say that it was given away.</summary>
public sealed class WaiveBill(Tools tools, Bills bills, ChargeBook book) : ChargeUseCase<WaiveBill.Command>(tools, bills)
{
    public const string Action = "bill.waive";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>Which lines; empty: all that is owed.</summary>
        public IReadOnlyList<Guid> ChargeIds { get; init; } = [];

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.WaiveBills);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var reason = TakeOff.Reason(command.Reason);
        var (booking, owed) = await Owed(command.EncounterId, command.ChargeIds, ct);
        foreach (var charge in owed.OrderBy(c => c.Id)) await book.Credit(booking, charge, charge.Due, CreditKind.Waiver, reason, ct);
        return command.EncounterId;
    }
}

/// <summary>Takes payment for a visit at the desk: all that is owed, or chosen lines, as a whole or in part.</summary>
public sealed class PayBill(Tools tools, Bills bills, PaymentBook payments, CashRule cash) : ChargeUseCase<PayBill.Command>(tools, bills)
{
    public const string Action = "bill.pay";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>Which lines; empty: all that is owed.</summary>
        public IReadOnlyList<Guid> ChargeIds { get; init; } = [];

        [EnumDataType(typeof(PaymentMethod), ErrorMessage = "Choose one of the list.")]
        public PaymentMethod Method { get; init; }

        /// <summary>Empty: all that is owed for the lines.</summary>
        public Money? Amount { get; init; }

        /// <summary>Handed over in cash; what is too much is given back.</summary>
        public Money? Tendered { get; init; }

        [StringLength(100, ErrorMessage = "This is too long.")]
        public string? Reference { get; init; }

        /// <summary>It is meant beside one of the same amount that was just taken for the same bill in the same way.</summary>
        public bool IsSecond { get; init; }
    }

    /// <summary>How money is taken at a desk; what comes online or from an insurer comes by itself.</summary>
    public static readonly IReadOnlyList<PaymentMethod> Methods = [PaymentMethod.Cash, PaymentMethod.Card, PaymentMethod.Transfer, PaymentMethod.Wallet];

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (!Methods.Contains(command.Method)) throw Refusal.Field("method", "Choose one of the list.");
        var (booking, owed) = await Owed(command.EncounterId, command.ChargeIds, ct);
        await cash.Check(Db, [command.EncounterId], command.Method, ct);
        var currency = owed[0].Currency;
        var payment = await payments.Take(booking, new()
        {
            Method = command.Method, ChargeIds = [.. owed.Select(c => c.Id)], Amount = command.Amount?.Minor(currency), Tendered = command.Tendered?.Minor(currency, "tendered"), Reference = command.Reference ?? "",
            IsSecond = command.IsSecond,
        }, ct);
        Subject("encounter", command.EncounterId, payment.Number, command.EncounterId);
        return payment.Id;
    }
}
