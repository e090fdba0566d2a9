using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Wards;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirEncounter(string Status, Coding Class, IReadOnlyList<Concept> Type, Ref Subject, IReadOnlyList<EncounterParticipant>? Participant, Period Period, IReadOnlyList<Concept>? ReasonCode,
    IReadOnlyList<EncounterDiagnosis>? Diagnosis, Ref ServiceProvider) : Resource;

internal sealed record EncounterParticipant(IReadOnlyList<Concept> Type, Ref Individual);

/// <param name="Rank">1 for the one for which the patient was seen.</param>
internal sealed record EncounterDiagnosis(Ref Condition, int? Rank);

/// <summary>Visits, the last day first.</summary>
internal sealed class EncounterSource : Source<Encounter>
{
    protected override IEnumerable<Param<Encounter>> Own =>
    [
        new("_id", "token", (rows, ask) => { var ids = ask.Ids("Encounter"); return rows.Where(e => ids.Contains(e.Id)); }),
        new("patient", "reference", OfPatients), new("subject", "reference", OfPatients),
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, e => e.ChangedAt)),
        new("date", "date", OnDate, "When the visit began"),
        new("status", "token", (rows, ask) => { var states = ask.Pick<EncounterState>(Codes.Of); return rows.Where(e => states.Contains(e.State)); }),
        new("class", "token", (rows, ask) =>
        {
            var (admissions, isInpatient, types) = (ask.Scope.Db.Admissions, ask.Names(Codes.Inpatient), ask.Pick<EncounterType>(type => Codes.Class(type, false)));
            return rows.Where(e => admissions.Any(a => a.EncounterId == e.Id) ? isInpatient : types.Contains(e.Type));
        }),
        new("practitioner participant", "reference", (rows, ask) => { var ids = ask.Ids("Practitioner"); return rows.Where(e => e.DoctorId != null && ids.Contains(e.DoctorId.Value)); }),
    ];

    private static IQueryable<Encounter> OfPatients(IQueryable<Encounter> rows, Ask ask)
    {
        var ids = ask.Ids("Patient");
        return rows.Where(e => ids.Contains(e.PatientId));
    }

    // The day, by which visits are indexed, narrows first; a day more on both sides, because it is the clinic's and the span may be told in another zone.
    private static IQueryable<Encounter> OnDate(IQueryable<Encounter> rows, Ask ask)
    {
        if (ask.Moments is [var only])
        {
            var (first, end) = (only.FirstDay.AddDays(-1), only.EndDay.AddDays(1));
            if (only.Prefix is "eq" or "ge" or "gt") rows = rows.Where(e => e.Day >= first);
            if (only.Prefix is "eq" or "le" or "lt") rows = rows.Where(e => e.Day <= end);
        }
        return rows.At(ask, e => e.StartedAt);
    }

    protected override IQueryable<Encounter> Rows(Scope scope)
    {
        var visible = scope.Patients;
        return scope.Db.Encounters.AsNoTracking().Where(e => visible.Any(p => p.Id == e.PatientId));
    }

    protected override IQueryable<Encounter> Sorted(Scope scope, IQueryable<Encounter> rows, string? after)
    {
        if (after is not null)
        {
            var (place, visits) = (PlaceOf(after), scope.Db.Encounters);
            rows = rows.Where(e => e.Day < visits.First(o => o.Id == place).Day || (e.Day == visits.First(o => o.Id == place).Day && e.Id < place));
        }
        return rows.OrderByDescending(e => e.Day).ThenByDescending(e => e.Id);
    }

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Encounter> sorted, CancellationToken ct)
    {
        var found = await sorted.ToListAsync(ct);
        var (ids, diagnoses) = (found.Select(e => e.Id).ToList(), await Diagnoses(scope, found, ct));
        var admitted = await scope.Db.Admissions.Where(a => ids.Contains(a.EncounterId)).Select(a => a.EncounterId).ToHashSetAsync(ct);
        return [.. found.Select(e => new Piece(e.Id.ToString(), e.PatientId, e.Id.ToString("N"), [e.DoctorId], names => Written(scope, e, Codes.Class(e.Type, admitted.Contains(e.Id)), [.. diagnoses[e.Id]], names)))];
    }

    /// <summary>Who sees visits need not see what is wrong with the patient.</summary>
    private static async Task<ILookup<Guid, EncounterDiagnosis>> Diagnoses(Scope scope, List<Encounter> visits, CancellationToken ct)
    {
        var ids = scope.Actor.May(ClinicPermissions.ReadRecord) ? visits.Select(e => e.Id).ToList() : [];
        var rows = await scope.Db.Conditions.AsNoTracking().Where(c => ids.Contains(c.EncounterId) && c.Kind == ConditionKind.Diagnosis && c.State != ConditionState.EnteredInError)
            .OrderByDescending(c => c.IsPrimary).ThenBy(c => c.Id).Select(c => new { c.EncounterId, c.Id, c.IsPrimary }).ToListAsync(ct);
        return rows.ToLookup(c => c.EncounterId, c => new EncounterDiagnosis(Ref.To("Condition", c.Id), c.IsPrimary ? 1 : null));
    }

    private static FhirEncounter Written(Scope scope, Encounter e, Coding @class, IReadOnlyList<EncounterDiagnosis> diagnoses, Names names) => new(
        Codes.Of(e.State), @class, [new(null, Word(e.Type))], Ref.To("Patient", e.PatientId), names.Of(e.DoctorId) is { } doctor ? [new([Concept.Of(Codes.Hl7 + "v3-ParticipationType", "ATND", "attender")], doctor)] : null,
        new(e.StartedAt, e.ClosedAt), Elements.List(Concept.Words(e.Complaint)), Elements.List(diagnoses), Ref.To("Organization", scope.Organisation.Id))
    {
        Id = e.Id.ToString(), // Who may not see the diagnoses has a version without them.
        Meta = new(Versions.Of([e.Version.ToString("N"), @class.Code!, .. diagnoses.Select(d => $"{d.Condition.Reference} {d.Rank}")]), e.ChangedAt),
    };

    private static string Word(EncounterType type) => type switch
    {
        EncounterType.FollowUp => "Follow-up", EncounterType.Emergency => "Emergency", EncounterType.Routine => "Routine", EncounterType.Specialist => "Specialist", _ => "Consultation",
    };
}
