using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>A visit in a list.</summary>
/// <param name="IsHidden">The record is restricted and not open to the reader: that there is a visit is told, and nothing of what happens in it.</param>
/// <param name="Complaint">Why the patient came; dots for restricted records.</param>
/// <param name="HasBegun">A doctor has begun the consultation.</param>
/// <param name="Alerts">Clinical alerts that nobody has acknowledged.</param>
/// <param name="Missing">Orders without a result.</param>
/// <param name="Undispensed">Prescriptions that wait.</param>
/// <param name="IsUnpaid">Something that is due before care is owed, and nothing has opened the way yet.</param>
public sealed record EncounterLine(Guid Id, Guid PatientId, string PatientNumber, string PatientName, int? Age, Gender Gender, DateOnly Day, EncounterType Type, EncounterState State, string Complaint,
    Guid? DoctorId, string Doctor, DateTime StartedAt, DateTime? ClosedAt, ConsultationState? Consultation, bool HasBegun, bool HasVitals, int Alerts, int Missing, int Undispensed, bool IsUnpaid, bool IsHidden, Guid Version);

public sealed record EncounterPage(IReadOnlyList<EncounterLine> Items, string? Next);

/// <summary>Visits by day, state, patient and doctor, read by key. Without a day and a patient: those that are open, from whatever day.</summary>
public sealed class EncounterList(Tools tools, OrganisationSlot organisation) : ReadModel<EncounterList.Query, EncounterPage>(tools)
{
    public const string Action = "encounter.list";

    public sealed record Query : IRefreshable
    {
        /// <summary>The clinic's local date.</summary>
        public DateOnly? Day { get; init; }
        public EncounterState? State { get; init; }

        /// <summary>Only those of days before today: with <see cref="EncounterState.Open"/> the ones nobody has closed. No end of the day closes them unseen.</summary>
        public bool IsEarlier { get; init; }
        public Guid? PatientId { get; init; }
        public Guid? DoctorId { get; init; }

        /// <summary>Fragments of the patient's name, phone or number; finds only patients whose record is open to the reader.</summary>
        public string Q { get; init; } = "";

        /// <summary>Only those who wait for triage: nothing is measured and no consultation has begun.</summary>
        public bool WaitsForTriage { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;

        /// <summary>True when an open page fetches its list again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    /// <summary>Open lists of visits fetch themselves again.</summary>
    public static string Topic(Guid organisationId) => $"encounters:{organisationId}";

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadEncounters);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, EncounterPage result) =>
        result.Items.All(e => e.IsHidden) ? null : ("patient", [.. result.Items.Where(e => !e.IsHidden).Select(e => e.PatientId).Distinct()]);

    protected override async Task<EncounterPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var (patients, accounts, consultations, vitals) = (db.Patients, db.Set<Accounts.Contract.Account>(), db.Consultations, db.Vitals);
        var found = db.Encounters.AsNoTracking();
        var state = query.State ?? (query.Day is null && query.PatientId is null ? EncounterState.Open : null);
        if (state is { } one) found = found.Where(e => e.State == one);
        if (query.Day is { } day) found = found.Where(e => e.Day == day);
        var today = Clock.Today(organisation.Current.Zone);
        if (query.IsEarlier) found = found.Where(e => e.Day < today);
        if (query.DoctorId is { } doctor) found = found.Where(e => e.DoctorId == doctor);
        if (query.WaitsForTriage) found = found.Where(e => e.State == EncounterState.Open && !vitals.Any(v => v.EncounterId == e.Id && v.VoidedAt == null) && !consultations.Any(c => c.EncounterId == e.Id && c.DoctorId != null));
        if (query.PatientId is { } patient)
        {
            var visible = db.PatientsVisibleTo(Actor, Clock.Now());
            found = found.Where(e => e.PatientId == patient && visible.Any(p => p.Id == patient));
        }
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (PatientSearch.Words(query.Q) is { Count: > 0 } words)
        {
            var known = db.PatientsVisibleTo(Actor, Clock.Now());
            foreach (var word in words) known = known.Where(p => p.SearchText.Contains(word));
            found = found.Where(e => known.Any(p => p.Id == e.PatientId));
        }
        // Those of one patient newest first, a day's in the order of arrival.
        if (query.After is { } after) found = query.PatientId is null ? found.Where(e => e.Id > after) : found.Where(e => e.Id < after);
        var sorted = query.PatientId is null ? found.OrderBy(e => e.Id) : found.OrderByDescending(e => e.Id);
        var (alerts, orders, prescriptions) = (db.Alerts, db.Orders, db.Prescriptions);
        var holding = db.HoldingBack(today);
        var rows = await sorted.Take(query.Limit + 1).Select(e => new
        {
            Encounter = e, Patient = patients.First(p => p.Id == e.PatientId), Doctor = accounts.Where(a => a.Id == e.DoctorId).Select(a => a.Name).FirstOrDefault(),
            Consultation = consultations.Where(c => c.EncounterId == e.Id).Select(c => (ConsultationState?)c.State).FirstOrDefault(), HasBegun = consultations.Any(c => c.EncounterId == e.Id && c.DoctorId != null),
            HasVitals = vitals.Any(v => v.EncounterId == e.Id && v.VoidedAt == null),
            Alerts = alerts.Count(a => a.EncounterId == e.Id && a.State == AlertState.Raised),
            Missing = orders.Count(o => o.EncounterId == e.Id && (o.State == OrderState.Ordered || o.State == OrderState.InProgress)),
            Undispensed = prescriptions.Count(p => p.EncounterId == e.Id && p.State == PrescriptionState.Pending),
            IsUnpaid = holding.Any(c => c.GroupId == e.Id),
        }).ToListAsync(ct);
        var reads = Actor.May(ClinicPermissions.ReadRestricted);
        var open = await db.OpenTo(Actor, Clock.Now(), rows.Select(r => (r.Patient.Id, r.Patient.RestrictedAt)), ct);
        var items = rows.Take(query.Limit).Select(r =>
        {
            var (e, p, isHidden) = (r.Encounter, r.Patient, r.Patient.RestrictedAt is not null && !reads && !open.Contains(r.Patient.Id));
            return new EncounterLine(e.Id, p.Id, p.Number, p.NameFor(Actor, open), isHidden ? null : p.Age(today), isHidden ? Gender.Unknown : p.Gender, e.Day, e.Type, e.State,
                isHidden ? Text.Dots : e.Complaint, e.DoctorId, r.Doctor ?? "", e.StartedAt, e.ClosedAt, isHidden ? null : r.Consultation, !isHidden && r.HasBegun, !isHidden && r.HasVitals,
                isHidden ? 0 : r.Alerts, isHidden ? 0 : r.Missing, isHidden ? 0 : r.Undispensed, r.IsUnpaid, isHidden, e.Version);
        }).ToList();
        return new(items, rows.Count > query.Limit ? items[^1].Id.ToString() : null);
    }
}
