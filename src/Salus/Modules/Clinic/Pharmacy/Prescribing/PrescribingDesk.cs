using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

/// <summary>What a doctor has before the eyes while prescribing.</summary>
/// <param name="Allergies">Active ones; null: never asked; empty: none known.</param>
/// <param name="Earlier">What can be repeated: of each drug the newest.</param>
/// <param name="Repeated">The one that is being repeated.</param>
public sealed record PrescribingView(VisitHead Visit, IReadOnlyList<string>? Allergies, IReadOnlyList<MedicationItem> Medications, IReadOnlyList<PrescriptionLine> Earlier, PrescriptionLine? Repeated);

/// <summary>Opens the form for a prescription.</summary>
public sealed class PrescribingDesk(Tools tools, OrganisationSlot organisation) : ReadModel<PrescribingDesk.Query, PrescribingView>(tools)
{
    public const string Action = "prescription.desk";

    public sealed record Query
    {
        public Guid EncounterId { get; init; }
        public Guid? RepeatOf { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.Prescribe);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PrescribingView result) => ("patient", [result.Visit.PatientId]);

    protected override async Task<PrescribingView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var today = Clock.Today(organisation.Current.Zone);
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), today, ct);
        var before = await PrescriptionLines.Of(db, db.Prescriptions.AsNoTracking().Where(p => p.PatientId == visit.PatientId && p.State != PrescriptionState.Cancelled).OrderByDescending(p => p.Id).Take(50), ct);
        var repeated = query.RepeatOf is { } id ? before.FirstOrDefault(p => p.Id == id) ?? throw Refusal.NotFound() : null;
        return new(visit, (await KnownAllergies.Of(db, [visit.PatientId], ct)).GetValueOrDefault(visit.PatientId), await Medications.Of(db, visit.PatientId, organisation.Current.Zone, today, ct), [.. before.DistinctBy(p => Text.Fold(p.Drug)).Take(12)], repeated);
    }
}

internal static class KnownAllergies
{
    /// <summary>Active allergies by patient, the gravest first; no entry: never asked; empty: none known.</summary>
    public static async Task<IReadOnlyDictionary<Guid, IReadOnlyList<string>>> Of(SalusDb db, IReadOnlyCollection<Guid> patients, CancellationToken ct)
    {
        var rows = await db.Allergies.AsNoTracking().Where(a => patients.Contains(a.PatientId) && a.State == AllergyState.Active).Select(a => new { a.PatientId, a.IsNoneKnown, a.Substance, a.Reaction, a.Severity }).ToListAsync(ct);
        return rows.GroupBy(a => a.PatientId).ToDictionary(g => g.Key, g => (IReadOnlyList<string>)
            [.. g.Where(a => !a.IsNoneKnown).OrderByDescending(a => a.Severity).Select(a => a.Reaction.Length > 0 ? $"{a.Substance} ({a.Reaction})" : a.Substance)]);
    }
}
