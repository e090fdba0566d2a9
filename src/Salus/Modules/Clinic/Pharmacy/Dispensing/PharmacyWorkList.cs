using System.Globalization;
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

/// <param name="Waiting">How many prescriptions wait in all.</param>
/// <param name="Urgent">How many visits with an emergency wait in all.</param>
/// <param name="Next">Where the list goes on; null: it ends here.</param>
public sealed record PharmacyView(IReadOnlyList<WaitingVisit> Visits, int Waiting, int Urgent, string? Next);

/// <summary>What is to be dispensed, by visit: emergencies first, then who waits longest. Read by key, so that what is new is reached however much waits before it.</summary>
public sealed class PharmacyWorkList(Tools tools, OrganisationSlot organisation) : ReadModel<PharmacyWorkList.Query, PharmacyView>(tools)
{
    public const string Action = "pharmacy.work-list";

    public sealed record Query : IRefreshable
    {
        /// <summary>Fragments of the patient's name, phone or number; finds only patients whose record is open to the reader.</summary>
        public string Q { get; init; } = "";

        /// <summary>The place where the page before ended.</summary>
        public string? After { get; init; }

        /// <summary>Visits, with all that waits in each.</summary>
        public int Limit { get; init; } = 50;

        /// <summary>True when an open page fetches its list again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    /// <summary>A visit's place in the list. It holds what the list is sorted by, so that it stays one when the visit itself is done.</summary>
    private sealed record Place(int Rank, DateTime Since, Guid Id)
    {
        public string Text => string.Create(CultureInfo.InvariantCulture, $"{Rank}.{Since.Ticks}.{Id:N}");

        /// <exception cref="Refusal">422 when it was not given out here.</exception>
        public static Place? Of(string? text)
        {
            if (string.IsNullOrEmpty(text)) return null;
            return text.Split('.') is [var rank, var ticks, var id] && rank is "0" or "1" && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var since) && since <= DateTime.MaxValue.Ticks
                && Guid.TryParseExact(id, "N", out var visit) ? new(rank[0] - '0', new(since, DateTimeKind.Utc), visit) : throw Refusal.Field("after", "This is not a place in this list.");
        }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadPharmacy);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PharmacyView result) =>
        result.Visits.All(v => v.IsHidden) ? null : ("patient", [.. result.Visits.Where(v => !v.IsHidden).Select(v => v.PatientId).Distinct()]);


    protected override async Task<PharmacyView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        var today = Clock.Today(organisation.Current.Zone);
        var (encounters, pending, visible) = (db.Encounters.AsNoTracking().Where(e => e.State == EncounterState.Open), db.Prescriptions.AsNoTracking().Where(p => p.State == PrescriptionState.Pending), db.PatientsVisibleTo(Actor, Clock.Now()));
        var waiting = pending.GroupBy(p => p.EncounterId).Select(g => new { Id = g.Key, Urgent = g.Max(p => p.IsEmergency ? 1 : 0), Since = g.Min(p => p.PrescribedAt), Count = g.Count() })
            .Join(encounters, g => g.Id, e => e.Id, (g, e) => new { E = e, Rank = g.Urgent == 1 || e.Type == EncounterType.Emergency ? 0 : 1, g.Since, g.Count });
        var counts = await waiting.GroupBy(_ => 1).Select(g => new { Waiting = g.Sum(w => w.Count), Urgent = g.Count(w => w.Rank == 0) }).FirstOrDefaultAsync(ct);
        var found = waiting;
        if (PatientSearch.Words(query.Q) is { Count: > 0 } words)
        {
            var known = visible;
            foreach (var word in words) known = known.Where(p => p.SearchText.Contains(word));
            found = found.Where(w => known.Any(p => p.Id == w.E.PatientId));
        }
        if (Place.Of(query.After) is { Rank: var rank, Since: var since, Id: var id })
            found = found.Where(w => w.Rank > rank || (w.Rank == rank && (w.Since > since || (w.Since == since && w.E.Id > id))));
        var page = await found.OrderBy(w => w.Rank).ThenBy(w => w.Since).ThenBy(w => w.E.Id).Take(query.Limit + 1).Select(w => new { w.E.Id, w.Rank, w.Since }).ToListAsync(ct);
        var places = page.Take(query.Limit).Select(w => new Place(w.Rank, w.Since, w.Id)).ToList();
        return new(await Visits(db, places, pending, visible, today, ct), counts?.Waiting ?? 0, counts?.Urgent ?? 0, page.Count > query.Limit ? places[^1].Text : null);
    }

    private async Task<IReadOnlyList<WaitingVisit>> Visits(SalusDb db, List<Place> places, IQueryable<Prescription> pending, IQueryable<Patient> visible, DateOnly today, CancellationToken ct)
    {
        var (encounters, patients, accounts, consultations, drugs, batches) = (db.Encounters, db.Patients, db.Set<Accounts.Contract.Account>(), db.Consultations, db.Drugs, db.Batches);
        var visits = places.Select(p => p.Id).ToList();
        var rows = await pending.Where(p => visits.Contains(p.EncounterId)).OrderBy(p => p.PrescribedAt).ThenBy(p => p.Id).Join(encounters, p => p.EncounterId, e => e.Id, (p, e) => new { P = p, E = e })
            .Select(r => new
            {
                r.P, r.E, Patient = patients.First(p => p.Id == r.P.PatientId), IsVisible = visible.Any(p => p.Id == r.P.PatientId),
                By = accounts.Where(a => a.Id == r.P.PrescribedBy).Select(a => a.Name).FirstOrDefault(), Consultation = consultations.Where(c => c.EncounterId == r.E.Id).Select(c => (ConsultationState?)c.State).FirstOrDefault(),
                Unit = drugs.Where(d => d.Id == r.P.DrugId).Select(d => d.Unit).FirstOrDefault(), InStock = batches.Where(b => b.DrugId == r.P.DrugId && b.Expiry >= today).Sum(b => (int?)b.Quantity),
            }).ToListAsync(ct);
        var (ids, patientIds) = (rows.Where(r => r.IsVisible).Select(r => r.P.Id).ToList(), rows.Where(r => r.IsVisible).Select(r => r.Patient.Id).Distinct().ToList());
        var findings = await FindingLines.Of(db, ids, ct);
        var allergies = await KnownAllergies.Of(db, patientIds, ct);
        var byVisit = rows.ToLookup(r => r.E.Id);
        // Somebody may have dispensed the last of a visit between the two looks.
        return [.. places.Where(p => byVisit.Contains(p.Id)).Select(place =>
        {
            var lines = byVisit[place.Id].OrderByDescending(r => r.P.IsEmergency).ToList();
            var (first, p, isHidden) = (lines[0], lines[0].Patient, !lines[0].IsVisible);
            var waiting = isHidden ? [] : lines.Select(r => new WaitingPrescription(r.P.Id, r.P.Drug, r.P.Dose, r.P.Route, r.P.Frequency, r.P.Days, r.P.Quantity, r.P.Instructions, r.P.IsEmergency, r.P.Check, r.P.OverrideReason,
                [.. findings[r.P.Id]], r.By ?? "", r.P.PrescribedAt, r.P.DrugId is null ? null : r.InStock ?? 0, r.Unit ?? "", r.P.PrescribedBy == Actor.Id, r.P.Version)).ToList();
            return new WaitingVisit(place.Id, p.Id, p.Number, isHidden ? Text.Dots : p.Name, isHidden ? null : p.Age(today), isHidden ? Gender.Unknown : p.Gender,
                place.Rank == 0, first.Consultation == ConsultationState.Active, isHidden, place.Since, isHidden ? null : allergies.GetValueOrDefault(p.Id), waiting);
        })];
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
