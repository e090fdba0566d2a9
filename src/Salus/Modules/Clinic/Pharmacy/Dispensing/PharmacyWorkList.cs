using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Modules.Clinic.Pharmacy.Stock;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Dispensing;

/// <summary>A prescription that waits.</summary>
/// <param name="InStock">Units that can be dispensed; null: in free words, the stock does not know it.</param>
/// <param name="IsOwn">The actor prescribed it and so does not dispense it.</param>
public sealed record WaitingPrescription(Guid Id, string Drug, string Dose, MedicineRoute Route, string Frequency, int? Days, int Quantity, string Instructions, bool IsEmergency, CheckOutcome Check, string OverrideReason,
    IReadOnlyList<Finding> Findings, string PrescribedBy, DateTime PrescribedAt, int? InStock, string Unit, bool IsOwn, Guid Version);

/// <summary>A visit whose prescriptions wait.</summary>
/// <param name="IsUrgent">An emergency: it goes first.</param>
/// <param name="IsReady">The doctor's consultation is active.</param>
/// <param name="IsHidden">The record is restricted: somebody who may read it has to dispense.</param>
/// <param name="Allergies">Null: never asked; empty: none known.</param>
public sealed record WaitingVisit(Guid EncounterId, Guid PatientId, string PatientNumber, string PatientName, int? Age, Gender Gender, bool IsUrgent, bool IsReady, bool IsHidden, DateTime Since,
    IReadOnlyList<string>? Allergies, IReadOnlyList<WaitingPrescription> Prescriptions);

/// <param name="IsCut">There are more than are shown.</param>
public sealed record PharmacyView(IReadOnlyList<WaitingVisit> Visits, int Waiting, int Urgent, bool IsCut);

/// <summary>What is to be dispensed, by visit: emergencies first, then who waits longest.</summary>
public sealed class PharmacyWorkList(Tools tools, OrganisationSlot organisation) : ReadModel<PharmacyWorkList.Query, PharmacyView>(tools)
{
    public const string Action = "pharmacy.work-list";
    private const int Most = 200;

    public sealed record Query
    {
        /// <summary>True when an open page fetches its list again: opening it was logged already.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadPharmacy);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PharmacyView result) =>
        query.IsRefresh || result.Visits.All(v => v.IsHidden) ? null : ("patient", [.. result.Visits.Where(v => !v.IsHidden).Select(v => v.PatientId).Distinct()]);

    protected override async Task<PharmacyView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var today = Clock.Today(organisation.Current.Zone);
        var (encounters, patients, accounts, consultations) = (db.Encounters, db.Patients, db.Set<Accounts.Contract.Account>(), db.Consultations);
        var (drugs, batches, visible) = (db.Drugs, db.Batches, db.PatientsVisibleTo(Actor, Clock.Now()));
        var rows = await db.Prescriptions.AsNoTracking().Where(p => p.State == PrescriptionState.Pending)
            .Join(encounters.Where(e => e.State == EncounterState.Open), p => p.EncounterId, e => e.Id, (p, e) => new { P = p, E = e })
            .OrderByDescending(r => r.P.IsEmergency).ThenByDescending(r => r.E.Type == EncounterType.Emergency).ThenBy(r => r.P.PrescribedAt).Take(Most + 1)
            .Select(r => new
            {
                r.P, r.E, Patient = patients.First(p => p.Id == r.P.PatientId), IsVisible = visible.Any(p => p.Id == r.P.PatientId),
                By = accounts.Where(a => a.Id == r.P.PrescribedBy).Select(a => a.Name).FirstOrDefault(), Consultation = consultations.Where(c => c.EncounterId == r.E.Id).Select(c => (ConsultationState?)c.State).FirstOrDefault(),
                Unit = drugs.Where(d => d.Id == r.P.DrugId).Select(d => d.Unit).FirstOrDefault(), InStock = batches.Where(b => b.DrugId == r.P.DrugId && b.Expiry >= today).Sum(b => (int?)b.Quantity),
            }).ToListAsync(ct);
        var shown = rows.Take(Most).ToList();
        var (ids, patientIds) = (shown.Select(r => r.P.Id).ToList(), shown.Where(r => r.IsVisible).Select(r => r.Patient.Id).Distinct().ToList());
        var findings = await FindingLines.Of(db, ids, ct);
        var allergies = await KnownAllergies.Of(db, patientIds, ct);
        var visits = shown.GroupBy(r => r.E.Id).Select(g =>
        {
            var (first, isHidden) = (g.First(), !g.First().IsVisible);
            var p = first.Patient;
            var waiting = isHidden ? [] : g.Select(r => new WaitingPrescription(r.P.Id, r.P.Drug, r.P.Dose, r.P.Route, r.P.Frequency, r.P.Days, r.P.Quantity, r.P.Instructions, r.P.IsEmergency, r.P.Check, r.P.OverrideReason,
                [.. findings[r.P.Id]], r.By ?? "", r.P.PrescribedAt, r.P.DrugId is null ? null : r.InStock ?? 0, r.Unit ?? "", r.P.PrescribedBy == Actor.Id, r.P.Version)).ToList();
            return new WaitingVisit(g.Key, p.Id, p.Number, isHidden ? Text.Dots : p.Name, isHidden ? null : p.Age(today), isHidden ? Gender.Unknown : p.Gender,
                first.E.Type == EncounterType.Emergency || g.Any(r => r.P.IsEmergency), first.Consultation == ConsultationState.Active, isHidden, g.Min(r => r.P.PrescribedAt), isHidden ? null : allergies.GetValueOrDefault(p.Id), waiting);
        }).OrderByDescending(v => v.IsUrgent).ThenBy(v => v.Since).ToList();
        return new(visits, shown.Count, visits.Count(v => v.IsUrgent), rows.Count > Most);
    }
}

public sealed record DispensedItem(Guid LineId, string Batch, DateOnly Expiry, int Quantity, int Returned);

/// <summary>A prescription that was dispensed.</summary>
public sealed record DispensedLine(Guid Id, Guid PrescriptionId, string PatientNumber, string PatientName, string Drug, string Dose, int Quantity, bool IsFromStock, string Notes, string By, DateTime At, IReadOnlyList<DispensedItem> Lines);

public sealed record DispensedPage(IReadOnlyList<DispensedLine> Items, string? Next);

/// <summary>What was dispensed, the newest first, read by key: from here medicines come back.</summary>
public sealed class DispensedList(Tools tools) : ReadModel<DispensedList.Query, DispensedPage>(tools)
{
    public const string Action = "pharmacy.dispensed";

    public sealed record Query
    {
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    private List<Guid> patientIds = [];

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadPharmacy);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, DispensedPage result) => patientIds.Count == 0 ? null : ("patient", patientIds);

    protected override async Task<DispensedPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var (patients, accounts, prescriptions, visible, batches) = (db.Patients, db.Set<Accounts.Contract.Account>(), db.Prescriptions, db.PatientsVisibleTo(Actor, Clock.Now()), db.Batches);
        var found = db.Dispenses.AsNoTracking().Where(d => visible.Any(p => p.Id == d.PatientId));
        if (query.After is { } after) found = found.Where(d => d.Id < after);
        var rows = await found.OrderByDescending(d => d.Id).Take(query.Limit + 1).Select(d => new
        {
            D = d, Patient = patients.First(p => p.Id == d.PatientId), Prescription = prescriptions.First(p => p.Id == d.PrescriptionId), By = accounts.Where(a => a.Id == d.DispensedBy).Select(a => a.Name).FirstOrDefault(),
        }).ToListAsync(ct);
        var shown = rows.Take(query.Limit).ToList();
        var ids = shown.Select(r => r.D.Id).ToList();
        var lines = (await db.DispenseLines.AsNoTracking().Where(l => ids.Contains(l.DispenseId)).Join(batches, l => l.BatchId, b => b.Id, (l, b) => new { Line = l, b.Number, b.Expiry }).ToListAsync(ct))
            .OrderBy(l => l.Expiry).ToLookup(l => l.Line.DispenseId, l => new DispensedItem(l.Line.Id, l.Number, l.Expiry, l.Line.Quantity, l.Line.Returned));
        patientIds = [.. shown.Select(r => r.Patient.Id).Distinct()];
        return new([.. shown.Select(r => new DispensedLine(r.D.Id, r.D.PrescriptionId, r.Patient.Number, r.Patient.Name, r.Prescription.Drug, r.Prescription.Dose, r.D.Quantity, r.D.IsFromStock, r.D.Notes, r.By ?? "", r.D.DispensedAt, [.. lines[r.D.Id]]))],
            rows.Count > query.Limit ? shown[^1].D.Id.ToString() : null);
    }
}
