using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>
/// Puts on the bill of a visit what costs something, inside the transaction of the act itself, and takes off again what is not done. A bill is
/// the charges of one visit: it is kept nowhere else.
/// </summary>
public sealed class Bills(ChargeBook book, InsurerBook insurers, OrganisationSlot organisation)
{
    /// <summary>The words by which Payments knows what a charge is for.</summary>
    public const string ForVisit = "visit", ForOrder = "order", ForPrescription = "prescription";

    /// <summary>From this rank on a charge is paid after care, and nothing waits for it but the end of the visit.</summary>
    public const int AfterCare = 1000;
    private const int BeforeCare = 100;

    public Booking Booking(SalusDb db, DateTime now, Guid? by, Action<string> changed) => new(db, now, DateOnly.FromDateTime(now.In(organisation.Current.Zone)), by, changed);

    /// <summary>What a visit of this kind costs by itself.</summary>
    public async Task Opened(Booking booking, Encounter visit, CancellationToken ct)
    {
        var db = booking.Db;
        var (kind, first) = ($" {visit.Type} ", $" {Service.FirstVisit} ");
        var services = await db.Services.AsNoTracking().Where(s => s.ArchivedAt == null && (s.Automatic.Contains(kind) || s.Automatic.Contains(first))).OrderBy(s => s.Department).ThenBy(s => s.Code).ToListAsync(ct);
        if (services.Count == 0) return;
        if (services.Any(s => !s.Automatic.Contains(kind, StringComparison.Ordinal)) && await db.Encounters.AnyAsync(e => e.PatientId == visit.PatientId && e.Id != visit.Id, ct))
            services.RemoveAll(s => !s.Automatic.Contains(kind, StringComparison.Ordinal));
        foreach (var service in services) await Charge(booking, visit, ForVisit, service.Id, service, service.Name, 1, $"visit:{visit.Id:N}:{service.Id:N}", ct);
        await Cover(booking, visit.Id, ct);
    }

    /// <summary>A service put on the bill by hand.</summary>
    public async Task Added(Booking booking, Encounter visit, Service service, decimal quantity, CancellationToken ct)
    {
        await Charge(booking, visit, ForVisit, service.Id, service, service.Name, quantity, "", ct);
        await Cover(booking, visit.Id, ct);
    }

    /// <summary>Something that is on no price list.</summary>
    public async Task<Charge> Extra(Booking booking, Encounter visit, string title, string reason, long amount, CancellationToken ct)
    {
        var charge = await Charge(booking, visit, ForVisit, Guid.CreateVersion7(), title, BeforeCare, "", new("", $"{title}: {reason}", amount), ct);
        await Cover(booking, visit.Id, ct);
        return charge;
    }

    public async Task Ordered(Booking booking, Encounter visit, IReadOnlyList<Order> orders, CancellationToken ct)
    {
        var codes = orders.Where(o => o.Code.Length > 0).Select(o => o.Code).ToList();
        if (codes.Count == 0) return;
        var department = orders[0].Kind switch { OrderKind.Lab => Department.Lab, OrderKind.Imaging => Department.Imaging, _ => Department.Procedure };
        var prices = await booking.Db.Services.AsNoTracking().Where(s => s.ArchivedAt == null && s.Department == department && codes.Contains(s.Code)).ToDictionaryAsync(s => s.Code, ct);
        if (prices.Count == 0) return;
        foreach (var order in orders.Where(o => prices.ContainsKey(o.Code))) await Charge(booking, visit, ForOrder, order.Id, prices[order.Code], order.Name, 1, $"order:{order.Id:N}", ct);
        await Cover(booking, visit.Id, ct);
    }

    public async Task Prescribed(Booking booking, Encounter visit, Prescription prescription, CancellationToken ct)
    {
        var code = (await booking.Db.Drugs.Where(d => d.Id == prescription.DrugId).Select(d => d.Code).FirstOrDefaultAsync(ct))?.ToUpperInvariant();
        if (string.IsNullOrEmpty(code)) return;
        var price = await booking.Db.Services.AsNoTracking().FirstOrDefaultAsync(s => s.ArchivedAt == null && s.Department == Department.Pharmacy && s.Code == code, ct);
        if (price is null) return;
        await Charge(booking, visit, ForPrescription, prescription.Id, price, prescription.Drug, prescription.Quantity, $"prescription:{prescription.Id:N}", ct);
        await Cover(booking, visit.Id, ct);
    }

    /// <summary>What is not done costs nothing: what is still owed for it is taken back, and what an insurer has taken over of it. What somebody paid already stands on the bill until it is given back.</summary>
    /// <param name="share">Which part of it is not done; 1: nothing of it was.</param>
    public async Task NotDone(Booking booking, Guid purposeId, decimal share, string reason, CancellationToken ct)
    {
        foreach (var charge in await booking.Db.Charges.AsNoTracking().Where(c => (c.PurposeKind == ForOrder || c.PurposeKind == ForPrescription) && c.PurposeId == purposeId && c.Credited < c.Total).ToListAsync(ct))
            await NotDone(booking, charge, (long)Math.Round(charge.Total * share, MidpointRounding.ToEven), reason, ct);
    }

    /// <summary>The same for so much of one charge.</summary>
    public async Task NotDone(Booking booking, Charge charge, long amount, string reason, CancellationToken ct)
    {
        // What was submitted to an insurer waits for its answer.
        var draft = await Draft(booking.Db, charge.GroupId ?? Guid.Empty, ct);
        var back = draft is null ? 0 : Math.Clamp((await Covered(booking.Db, draft.EncounterId, ct)).GetValueOrDefault(charge.Id) - ShareOf(charge.Total - charge.Credited - amount, draft.Percent), 0, amount);
        var owed = Math.Min(charge.Due, amount - back);
        if (back > 0) await insurers.Hold(booking, [charge.Id], ct);
        if (owed > 0) await book.Credit(booking, charge, owed, CreditKind.CreditNote, reason, ct);
        if (back <= 0) return;
        await insurers.TakeBack(booking, draft!.ClaimId, charge.Id, back, isNotDone: true, reason, ct);
        await Count(booking, draft.ClaimId, -back, ct);
        // What became free of the approval covers others.
        await Cover(booking, draft.EncounterId, ct);
    }

    /// <summary>What of charges of one visit can still be taken off: what is owed, and what an insurer has taken over of it and is not asked to pay yet.</summary>
    public static async Task<Dictionary<Guid, long>> Open(SalusDb db, Guid encounterId, IReadOnlyList<Charge> charges, CancellationToken ct)
    {
        var covered = await Draft(db, encounterId, ct) is null ? [] : await Covered(db, encounterId, ct);
        return charges.ToDictionary(c => c.Id, c => c.Due + covered.GetValueOrDefault(c.Id));
    }

    /// <summary>Lowers what charges of one visit cost. What an insurer takes over of them follows, as long as it is not asked to pay it.</summary>
    /// <param name="off">How much of each, no more than is <see cref="Open"/>.</param>
    public async Task Discount(Booking booking, Guid encounterId, IEnumerable<(Charge Charge, long Amount)> off, string reason, CancellationToken ct)
    {
        var (draft, lines) = (await Draft(booking.Db, encounterId, ct), off.OrderBy(o => o.Charge.Id).ToList());
        if (draft is null)
        {
            foreach (var (charge, amount) in lines) await book.Credit(booking, charge, amount, CreditKind.Waiver, reason, ct);
            return;
        }
        var covered = await Covered(booking.Db, encounterId, ct);
        await insurers.Hold(booking, lines.Select(l => l.Charge.Id), ct);
        foreach (var (charge, amount) in lines)
        {
            var own = covered.GetValueOrDefault(charge.Id);
            var back = Math.Clamp(Math.Max(own - ShareOf(charge.Total - charge.Credited - amount, draft.Percent), amount - charge.Due), 0, Math.Min(own, amount));
            if (back > 0) await insurers.TakeBack(booking, draft.ClaimId, charge.Id, back, isNotDone: false, reason, ct);
            if (back > 0) await Count(booking, draft.ClaimId, -back, ct);
            await book.Credit(booking, await booking.Db.Charges.AsNoTracking().SingleAsync(c => c.Id == charge.Id, ct), amount, CreditKind.Waiver, reason, ct);
        }
        // What became free of the approval covers others.
        await Cover(booking, encounterId, ct);
    }

    /// <summary>The same back: it is owed again, and an insurer takes over its part of it.</summary>
    public async Task Restore(Booking booking, Guid encounterId, IEnumerable<(Charge Charge, long Amount)> off, string reason, CancellationToken ct)
    {
        foreach (var (charge, amount) in off.OrderBy(o => o.Charge.Id)) await book.Restore(booking, charge, amount, reason, ct);
        await Cover(booking, encounterId, ct);
    }

    private async Task<Charge> Charge(Booking booking, Encounter visit, string purpose, Guid purposeId, Service service, string title, decimal quantity, string key, CancellationToken ct)
    {
        if (purpose == ForVisit && service.Department == Department.Consultation) await AwaitedConsultation.Expect(booking.Db, visit, booking.At, ct);
        var rank = service.Department switch { Department.Registration => 10, Department.Consultation => 20, _ => BeforeCare };
        return await Charge(booking, visit, purpose, purposeId, title, service.Timing == BillTiming.After ? AfterCare + rank : rank, key, new(service.Code, title, service.Price, quantity) { TaxRate = service.TaxRate }, ct);
    }

    private async Task<Charge> Charge(Booking booking, Encounter visit, string purpose, Guid purposeId, string title, int rank, string key, NewLine line, CancellationToken ct)
    {
        var patient = await booking.Db.Patients.Where(p => p.Id == visit.PatientId).Select(p => new Payer(PayerKind.Patient, p.Id, p.Name, p.Number, p.Email)).FirstAsync(ct);
        booking.Changed(Encounter.Topic(visit.Id));
        return await book.Charge(booking, new()
        {
            Payer = patient, PurposeKind = purpose, PurposeId = purposeId, GroupId = visit.Id, Title = title, Key = key, Rank = rank, Lines = [line with { DiscountRate = await Retainer.RateOf(booking.Db, visit.PatientId, booking.Day, ct) }],
        }, ct);
    }

    /// <summary>
    /// Books what an approved insurance covers of each charge as taken over by it, up to what was approved, and counts it into the draft of its claim. Run after each change of the
    /// bill: a service that is added later is covered as well, while something is left and the claim is not submitted.
    /// </summary>
    public async Task Cover(Booking booking, Guid encounterId, CancellationToken ct)
    {
        var db = booking.Db;
        if (await Draft(db, encounterId, ct) is not { } cover) return;
        var charges = await db.Charges.AsNoTracking().Where(c => c.GroupId == encounterId).OrderBy(c => c.Rank).ThenBy(c => c.Id).ToListAsync(ct);
        var covered = await Covered(db, encounterId, ct);
        var (left, taken) = (cover.Approved - covered.Values.Sum(), 0L);
        foreach (var charge in charges)
        {
            var amount = Math.Min(Math.Min(ShareOf(charge.Total - charge.Credited, cover.Percent) - covered.GetValueOrDefault(charge.Id), charge.Due), left - taken);
            if (amount <= 0) continue;
            taken += amount;
            await insurers.TakeOver(booking, cover.ClaimId, new(PayerKind.Insurer, cover.PolicyId, cover.Insurer, cover.Number), charge.Id, amount, cover.Reference, ct);
        }
        if (taken > 0) await Count(booking, cover.ClaimId, taken, ct);
    }

    internal static long ShareOf(long amount, int percent) => (long)Math.Round(amount * (decimal)percent / 100, MidpointRounding.ToEven);

    /// <summary>The approved coverage of a visit whose claim is not submitted yet; null: there is none, and the bill is between the patient and the clinic.</summary>
    internal static async Task<DraftClaim?> Draft(SalusDb db, Guid encounterId, CancellationToken ct) =>
        await (from claim in db.Claims.Where(c => c.EncounterId == encounterId && c.State == ClaimState.Draft) join cover in db.Coverages on claim.CoverageId equals cover.Id
               select new DraftClaim(claim.Id, claim.EncounterId, cover.PolicyId, cover.Insurer, cover.Number, cover.Percent, cover.Approved, cover.Reference)).FirstOrDefaultAsync(ct);

    internal sealed record DraftClaim(Guid ClaimId, Guid EncounterId, Guid PolicyId, string Insurer, string Number, int Percent, long Approved, string Reference);

    private static async Task Count(Booking booking, Guid claimId, long amount, CancellationToken ct)
    {
        var version = Guid.CreateVersion7();
        if (await booking.Db.Claims.Where(c => c.Id == claimId && c.State == ClaimState.Draft).ExecuteUpdateAsync(set => set.SetProperty(c => c.Amount, c => c.Amount + amount).SetProperty(c => c.Version, version), ct) == 0)
            throw new InvalidOperationException("A claim was submitted while its visit was held.");
        booking.Changed(Claim.Topic(booking.Db.OrganisationId));
    }

    /// <summary>What insurers have taken over of each charge of a visit.</summary>
    internal static async Task<Dictionary<Guid, long>> Covered(SalusDb db, Guid encounterId, CancellationToken ct)
    {
        var (payments, charges) = (db.Payments, db.Charges);
        return await db.PaymentParts.AsNoTracking().Where(p => charges.Any(c => c.Id == p.ChargeId && c.GroupId == encounterId) && payments.Any(y => y.Id == p.PaymentId && y.Method == PaymentMethod.Insurance))
            .GroupBy(p => p.ChargeId).Select(g => new { g.Key, Amount = g.Sum(p => p.Amount - p.Refunded) }).ToDictionaryAsync(g => g.Key, g => g.Amount, ct);
    }

    /// <summary>What was waived of charges of a visit, and taken back of that.</summary>
    internal static Task<List<CreditNote>> Waivers(SalusDb db, Guid encounterId, CancellationToken ct)
    {
        var charges = db.Charges;
        return db.CreditNotes.AsNoTracking().Where(n => n.Kind == CreditKind.Waiver && charges.Any(c => c.Id == n.ChargeId && c.GroupId == encounterId)).OrderBy(n => n.Id).ToListAsync(ct);
    }
}
