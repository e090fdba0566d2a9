using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Pharmacy.Dispensing;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>One line of a bill.</summary>
/// <param name="Discount">What a standing agreement takes off.</param>
/// <param name="Insurer">What an insurer has taken over.</param>
/// <param name="Expected">What it would take over by its policy, while its answer is waited for; until then it is owed.</param>
/// <param name="Paid">By the patient.</param>
/// <param name="Waived">Taken back or given away.</param>
/// <param name="LetOff">Of that, what was given away, by a discount or a waiver.</param>
/// <param name="Note">The reason of what is on no price list.</param>
/// <param name="IsNotDone">The order or prescription was cancelled.</param>
/// <param name="GiveBack">Paid by the patient for what was not done or not handed out, and not given back yet.</param>
public sealed record BillLine(Guid ChargeId, string Kind, Guid PurposeId, string Code, string Title, decimal Quantity, Money Price, Money Discount, Money Tax, Money Total, Money Insurer, Money Expected, Money Paid, Money Waived, Money LetOff, Money Due, BillTiming Timing, ChargeState State, bool IsNotDone, Money GiveBack, string Note);

/// <summary>Something that was paid for the visit.</summary>
public sealed record BillPayment(Guid Id, string Number, PaymentMethod Method, Money Amount, Money Refunded, DateTime At, string By);

/// <summary>A discount or a waiver on one line.</summary>
/// <param name="Amount">Less than nothing: it was taken back.</param>
public sealed record BillDiscount(Guid ChargeId, Money Amount, string Reason, string By, DateTime At);

public sealed record BillExitLine(Guid Id, ExitKind Kind, Guid? PurposeId, string Reason, DateOnly? Until, string By, DateTime At, DateTime? EndedAt);

/// <param name="Claim">What became of it after its approval.</param>
public sealed record CoverageLine(Guid Id, string Insurer, string Number, int Percent, CoverageState State, Money Approved, string Reference, string Reason, DateTime RequestedAt, Guid Version, CoverageClaim? Claim);

/// <param name="Amount">What is asked for, or, once the insurer has answered, what it pays.</param>
public sealed record CoverageClaim(Guid Id, string Number, ClaimState State, Money Amount);

public sealed record PolicyLine(Guid Id, string Insurer, string Number, int Percent, DateOnly From, DateOnly? To)
{
    /// <summary>A patient's insurances that are valid on a day.</summary>
    /// <param name="upcoming">Those too that become valid later.</param>
    public static Task<List<PolicyLine>> Of(SalusDb db, Guid patientId, DateOnly day, CancellationToken ct, bool upcoming = false) =>
        db.InsurancePolicies.AsNoTracking().Where(p => p.PatientId == patientId && p.EndedAt == null && (upcoming || p.From <= day) && (p.To == null || p.To >= day)).OrderBy(p => p.Id)
            .Select(p => new PolicyLine(p.Id, p.Insurer, p.Number, p.Percent, p.From, p.To)).ToListAsync(ct);
}

public sealed record RetainerLine(Guid Id, RetainerKind Kind, int Percent, DateOnly From, DateOnly To)
{
    /// <summary>A patient's standing agreements that hold on a day.</summary>
    /// <param name="upcoming">Those too that begin later.</param>
    public static async Task<IReadOnlyList<RetainerLine>> Of(SalusDb db, Guid patientId, DateOnly day, CancellationToken ct, bool upcoming = false) =>
        [.. (await db.Retainers.AsNoTracking().Where(r => r.PatientId == patientId && r.EndedAt == null && (upcoming || r.From <= day) && r.To >= day).OrderBy(r => r.Id).ToListAsync(ct))
            .Select(r => new RetainerLine(r.Id, r.Kind, Retainer.RateOf(r.Kind) / 100, r.From, r.To))];
}

/// <summary>What a visit costs, who pays which part of it, and what opens the way meanwhile.</summary>
/// <param name="Insurer">The sum of the lines', as the other sums are.</param>
/// <param name="Expected">Still among what is owed: it is taken off when the insurer has approved.</param>
/// <param name="Methods">How it can be paid at the desk now: not in cash while an insurer may take over a part.</param>
public sealed record BillView(VisitHead Visit, IReadOnlyList<BillLine> Lines, Money Total, Money Discount, Money Insurer, Money Expected, Money Paid, Money Waived, Money Due, IReadOnlyList<BillPayment> Payments, IReadOnlyList<BillDiscount> Discounts, IReadOnlyList<BillExitLine> Exits,
    IReadOnlyList<CoverageLine> Coverages, IReadOnlyList<PolicyLine> Policies, IReadOnlyList<RetainerLine> Retainers, Money Wallet, IReadOnlyList<PaymentMethod> Methods);

/// <summary>Reads the bill of one visit.</summary>
public sealed class ReadBill(Tools tools, OrganisationSlot organisation, CashRule cash) : ReadModel<ReadBill.Query, BillView>(tools)
{
    public const string Action = "bill.read";

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }

        /// <summary>True when an open page fetches its part again: opening it was logged already.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadBills);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, BillView result) => ("patient", [result.Visit.PatientId]);

    protected override async Task<BillView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
        var (id, patient) = (visit.Id, visit.PatientId);
        var currency = (await db.PaymentSettingsNow(ct)).Currency;
        var charges = await db.Charges.AsNoTracking().Where(c => c.GroupId == id).OrderBy(c => c.Rank).ThenBy(c => c.Id).ToListAsync(ct);
        var all = db.Charges;
        var lines = await db.ChargeLines.AsNoTracking().Where(l => all.Any(c => c.Id == l.ChargeId && c.GroupId == id)).ToListAsync(ct);
        var covered = await Bills.Covered(db, id, ct);
        var (orders, prescriptions) = (db.Orders, db.Prescriptions);
        var cancelled = await orders.Where(o => o.EncounterId == id && o.State == OrderState.Cancelled).Select(o => o.Id).Concat(prescriptions.Where(p => p.EncounterId == id && p.State == PrescriptionState.Cancelled).Select(p => p.Id)).ToListAsync(ct);
        var dispensed = await (from d in db.Dispenses join p in prescriptions on d.PrescriptionId equals p.Id where p.EncounterId == id && d.Quantity < p.Quantity select new { p.Id, Done = (decimal)d.Quantity / p.Quantity }).ToDictionaryAsync(d => d.Id, d => d.Done, ct);
        var coverages = await db.Coverages.AsNoTracking().Where(c => c.EncounterId == id).OrderByDescending(c => c.RequestedAt).ToListAsync(ct);
        var claims = await db.Claims.AsNoTracking().Where(c => c.EncounterId == id).ToDictionaryAsync(c => c.CoverageId, ct);
        var pending = coverages.FirstOrDefault(c => c.State == CoverageState.Pending);
        var policies = await PolicyLine.Of(db, patient, visit.Day, ct);
        var retainers = await RetainerLine.Of(db, patient, visit.Day, ct);
        var parts = db.PaymentParts;
        var payments = await db.Payments.AsNoTracking().Where(p => parts.Any(x => x.PaymentId == p.Id && all.Any(c => c.Id == x.ChargeId && c.GroupId == id))).OrderBy(p => p.Id).ToListAsync(ct);
        var exits = await db.BillExits.AsNoTracking().Where(e => e.EncounterId == id).OrderBy(e => e.Id).ToListAsync(ct);
        var waivers = await Bills.Waivers(db, id, ct);
        var names = await People.Of(db, payments.Select(p => p.By).Concat(waivers.Select(w => w.By)).Concat(exits.Select(e => (Guid?)e.GrantedBy)), ct);
        var wallet = await db.Set<Wallet>().AsNoTracking().Where(w => w.PayerId == patient && w.Currency == currency).SumAsync(w => (long?)w.Balance, ct) ?? 0;
        var held = (await cash.Held(db, [id], ct)).Count > 0;
        string By(Guid? who) => who is { } one ? names.GetValueOrDefault(one, "") : "";
        Money In(long amount) => Money.Of(amount, currency);
        BillLine Line(Charge c)
        {
            var (own, line) = (covered.GetValueOrDefault(c.Id), lines.First(l => l.ChargeId == c.Id));
            return new(c.Id, c.PurposeKind, c.PurposeId, line.Code, c.Title, line.Quantity / 1000m, In(line.UnitPrice), In(line.Discount), In(c.Tax), In(c.Total), In(own), In(Expected(c, own)), In(c.Paid - own), In(c.Credited), In(waivers.Where(w => w.ChargeId == c.Id).Sum(w => w.Amount)), In(c.Due),
                c.Rank >= Bills.AfterCare ? BillTiming.After : BillTiming.Before, c.State, cancelled.Contains(c.PurposeId), In(GiveBack(c, own)), line.Description.StartsWith(c.Title + ": ", StringComparison.Ordinal) ? line.Description[(c.Title.Length + 2)..] : "");
        }
        long Expected(Charge c, long own) => pending is null ? 0 : Math.Clamp(Bills.ShareOf(c.Total - c.Credited, pending.Percent) - own, 0, c.Due);
        long GiveBack(Charge c, long own)
        {
            var done = cancelled.Contains(c.PurposeId) ? 0 : dispensed.GetValueOrDefault(c.PurposeId, 1);
            return Math.Clamp((long)Math.Round(c.Total * (1 - done), MidpointRounding.ToEven) - c.Credited, 0, Math.Max(0, c.Paid - own));
        }
        var shown = charges.Select(Line).ToList();
        return new(visit, shown, In(charges.Sum(c => c.Total)), In(lines.Sum(l => l.Discount)), In(covered.Values.Sum()), In(charges.Sum(c => Expected(c, covered.GetValueOrDefault(c.Id)))), In(charges.Sum(c => c.Paid) - covered.Values.Sum()), In(charges.Sum(c => c.Credited)), In(charges.Sum(c => c.Due)),
            [.. payments.Select(p => new BillPayment(p.Id, p.Number, p.Method, In(p.Amount), In(p.Refunded), p.At, By(p.By)))],
            [.. waivers.Select(w => new BillDiscount(w.ChargeId, In(w.Amount), w.Reason, By(w.By), w.At))],
            [.. exits.Select(e => new BillExitLine(e.Id, e.Kind, e.PurposeId, e.Reason, e.Until, By(e.GrantedBy), e.GrantedAt, e.EndedAt))],
            [.. coverages.Select(c => new CoverageLine(c.Id, c.Insurer, c.Number, c.Percent, c.State, In(c.Approved), c.Reference, c.Reason, c.RequestedAt, c.Version, claims.GetValueOrDefault(c.Id) is { } claim ? ClaimOf(claim) : null))],
            policies, retainers, In(wallet),
            [.. PayBill.Methods.Where(m => !held || !CashRule.Concerns(m))]);
    }

    private static CoverageClaim ClaimOf(Claim c) => new(c.Id, c.Number, c.State, Money.Of(c.State is ClaimState.Approved or ClaimState.Paid ? c.Approved : c.Amount, c.Currency));
}
