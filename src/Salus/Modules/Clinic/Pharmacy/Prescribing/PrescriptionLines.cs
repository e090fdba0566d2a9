using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy.Dispensing;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

/// <summary>One prescription as those who read the record see it.</summary>
public sealed record PrescriptionLine(Guid Id, Guid EncounterId, PrescriptionState State, Guid? DrugId, string Drug, string Dose, MedicineRoute Route, string Frequency, int? Days, int Quantity, string Instructions,
    bool IsEmergency, string EmergencyReason, CheckOutcome Check, string OverrideReason, IReadOnlyList<Finding> Findings, Guid PrescribedById, string PrescribedBy, DateTime PrescribedAt, string EndedBy, DateTime? EndedAt,
    string CancelReason, DateTime? StoppedAt, string StopReason, int? Dispensed, Guid Version);

/// <summary>The prescriptions of one visit.</summary>
public static class PrescriptionLines
{
    /// <summary>Oldest first.</summary>
    public static Task<IReadOnlyList<PrescriptionLine>> Of(SalusDb db, Guid encounterId, CancellationToken ct) =>
        Of(db, db.Prescriptions.AsNoTracking().Where(p => p.EncounterId == encounterId).OrderBy(p => p.Id), ct);

    internal static async Task<IReadOnlyList<PrescriptionLine>> Of(SalusDb db, IQueryable<Prescription> sorted, CancellationToken ct)
    {
        var (accounts, dispenses) = (db.Set<Accounts.Contract.Account>(), db.Dispenses);
        var rows = await sorted.Select(p => new
        {
            P = p, By = accounts.Where(a => a.Id == p.PrescribedBy).Select(a => a.Name).FirstOrDefault(), EndedBy = accounts.Where(a => a.Id == p.EndedBy).Select(a => a.Name).FirstOrDefault(),
            Dispensed = dispenses.Where(d => d.PrescriptionId == p.Id).Select(d => (int?)d.Quantity).FirstOrDefault(),
        }).ToListAsync(ct);
        var ids = rows.Select(r => r.P.Id).ToList();
        var findings = await FindingLines.Of(db, ids, ct);
        return
        [
            .. rows.Select(r => new PrescriptionLine(r.P.Id, r.P.EncounterId, r.P.State, r.P.DrugId, r.P.Drug, r.P.Dose, r.P.Route, r.P.Frequency, r.P.Days, r.P.Quantity, r.P.Instructions, r.P.IsEmergency, r.P.EmergencyReason,
                r.P.Check, r.P.OverrideReason, [.. findings[r.P.Id]], r.P.PrescribedBy, r.By ?? "", r.P.PrescribedAt, r.EndedBy ?? "", r.P.EndedAt, r.P.CancelReason, r.P.StoppedAt, r.P.StopReason, r.Dispensed, r.P.Version)),
        ];
    }
}

/// <summary>The prescriptions of a visit, and what the visit's part on the page must know beside them.</summary>
public sealed record VisitPrescriptionsView(Guid EncounterId, Guid PatientId, bool IsOpen, IReadOnlyList<PrescriptionLine> Items);

/// <summary>Reads the prescriptions of a visit.</summary>
public sealed class VisitPrescriptions(Tools tools, OrganisationSlot organisation) : ReadModel<VisitPrescriptions.Query, VisitPrescriptionsView>(tools)
{
    public const string Action = "prescription.list";

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }

        /// <summary>True when an open page fetches it again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, VisitPrescriptionsView result) => ("patient", [result.PatientId]);

    protected override async Task<VisitPrescriptionsView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
        return new(visit.Id, visit.PatientId, visit.State == EncounterState.Open, await PrescriptionLines.Of(db, visit.Id, ct));
    }
}

public sealed record PrescriptionPage(IReadOnlyList<PrescriptionLine> Items, string? Next);

/// <summary>All prescriptions of a patient, the newest first, read by key: from what was prescribed before a new one begins.</summary>
public sealed class PrescriptionHistory(Tools tools) : ReadModel<PrescriptionHistory.Query, PrescriptionPage>(tools)
{
    public const string Action = "prescription.history";

    public sealed record Query
    {
        public Guid PatientId { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PrescriptionPage result) => ("patient", [query.PatientId]);

    protected override async Task<PrescriptionPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        if (!await db.Patients.AnyAsync(p => p.Id == query.PatientId, ct)) throw Refusal.NotFound();
        if (!await db.PatientsVisibleTo(Actor, Clock.Now()).AnyAsync(p => p.Id == query.PatientId, ct)) throw Restricted.Hidden(Actor);
        var found = db.Prescriptions.AsNoTracking().Where(p => p.PatientId == query.PatientId);
        if (query.After is { } after) found = found.Where(p => p.Id < after);
        var rows = await PrescriptionLines.Of(db, found.OrderByDescending(p => p.Id).Take(query.Limit + 1), ct);
        return new([.. rows.Take(query.Limit)], rows.Count > query.Limit ? rows[query.Limit - 1].Id.ToString() : null);
    }
}
