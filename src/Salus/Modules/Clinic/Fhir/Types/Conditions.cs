using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirCondition(Concept? ClinicalStatus, Concept VerificationStatus, IReadOnlyList<Concept> Category, Concept Code, Ref Subject, Ref Encounter, DateOnly? OnsetDateTime, DateTime? AbatementDateTime,
    DateTime RecordedDate, Ref? Recorder, IReadOnlyList<Annotation>? Note) : Resource;

/// <summary>Diagnoses and problems.</summary>
internal sealed class ConditionSource : RecordSource<Condition>
{
    protected override IEnumerable<Param<Condition>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, c => c.EndedAt ?? c.RecordedAt)),
        new("code", "token", (rows, ask) => { var codes = ask.Codes(Codes.Icd10); return rows.Where(c => c.Code != "" && codes.Contains(c.Code)); }),
        new("category", "token", (rows, ask) => { var kinds = ask.Pick<ConditionKind>(Codes.Of); return rows.Where(c => kinds.Contains(c.Kind)); }),
        new("clinical-status status", "token", (rows, ask) => { var states = ask.Pick<ConditionState>(Codes.Clinical); return rows.Where(c => states.Contains(c.State)); }),
        new("verification-status", "token", (rows, ask) => { var states = ask.Pick<ConditionState>(Codes.Verification); return rows.Where(c => states.Contains(c.State)); }),
        new("recorded-date date", "date", (rows, ask) => rows.At(ask, c => c.RecordedAt)),
        new("onset-date", "date", (rows, ask) => rows.On(ask, c => c.Since)),
    ];

    protected override IQueryable<Condition> Rows(Scope scope) => Visible(scope, scope.Db.Conditions);

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Condition> sorted, CancellationToken ct) =>
        [.. (await sorted.ToListAsync(ct)).Select(c => Piece(c.Id, c.PatientId, names => Written(c, names), c.RecordedBy, c.EndedBy))];

    private static FhirCondition Written(Condition c, Names names) => new(
        Codes.Clinical(c.State) is { } clinical ? new([clinical]) : null, new([Codes.Verification(c.State)]), [new([Codes.Of(c.Kind)])], new(c.Code.Length > 0 ? [new(Codes.Icd10, c.Code, Elements.Some(c.Text))] : null, Elements.Some(c.Text)), Ref.To("Patient", c.PatientId), Ref.To("Encounter", c.EncounterId),
        c.Since, c.State == ConditionState.Resolved ? c.EndedAt : null, c.RecordedAt, names.Of(c.RecordedBy), Elements.Some(c.EndReason) is { } why ? [new(why, names.Of(c.EndedBy), c.EndedAt)] : null)
    {
        Id = c.Id.ToString(), Meta = Meta(c.Version, c.EndedAt ?? c.RecordedAt),
    };
}
