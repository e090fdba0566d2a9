using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirAllergy(Concept? ClinicalStatus, Concept? VerificationStatus, IReadOnlyList<string>? Category, string? Criticality, Concept Code, Ref Patient, Ref Encounter, DateTime RecordedDate, Ref? Recorder,
    IReadOnlyList<Annotation>? Note, IReadOnlyList<AllergyReaction>? Reaction) : Resource;

internal sealed record AllergyReaction(IReadOnlyList<Concept> Manifestation, string? Severity);

/// <summary>What a patient does not tolerate, and the statement that nothing is known.</summary>
internal sealed class AllergySource : RecordSource<Allergy>
{
    private static readonly Coding NoneKnown = new(Codes.Snomed, "716186003", "No known allergy");

    protected override IEnumerable<Param<Allergy>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, a => a.EndedAt ?? a.RecordedAt)),
        new("code", "token", (rows, ask) =>
        {
            // Substances have no codes here: they are found by their words.
            var (none, words) = (ask.Names(NoneKnown), ask.Codes().Select(Kernel.Text.Fold).Where(w => w.Length > 0).ToList());
            return rows.Where(a => (none && a.IsNoneKnown) || (!a.IsNoneKnown && words.Contains(a.Folded)));
        }, "The substance in words, or 716186003: no known allergy"),
        new("category", "token", (rows, ask) => { var categories = ask.Pick<AllergyCategory>(Codes.Of); return rows.Where(a => !a.IsNoneKnown && categories.Contains(a.Category)); }),
        new("clinical-status status", "token", (rows, ask) => { var states = ask.Pick<AllergyState>(Codes.Clinical); return rows.Where(a => states.Contains(a.State)); }),
        new("date", "date", (rows, ask) => rows.At(ask, a => a.RecordedAt)),
    ];

    protected override IQueryable<Allergy> Rows(Scope scope) => Visible(scope, scope.Db.Allergies);

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Allergy> sorted, CancellationToken ct) =>
        [.. (await sorted.ToListAsync(ct)).Select(a => Piece(a.Id, a.PatientId, names => Written(a, names), a.RecordedBy, a.EndedBy))];

    private static FhirAllergy Written(Allergy a, Names names) => new(
        Codes.Clinical(a.State) is { } clinical ? new([clinical]) : null, a.State == AllergyState.EnteredInError ? Concept.Of(Codes.AllergyVerification, "entered-in-error") : null,
        a.IsNoneKnown ? null : [Codes.Of(a.Category)], a.Severity == AllergySeverity.Severe ? "high" : null, a.IsNoneKnown ? new([NoneKnown], NoneKnown.Display) : new(null, a.Substance),
        Ref.To("Patient", a.PatientId), Ref.To("Encounter", a.EncounterId), a.RecordedAt, names.Of(a.RecordedBy), Elements.Some(a.EndReason) is { } why ? [new(why, names.Of(a.EndedBy), a.EndedAt)] : null, Elements.List(Reaction(a)))
    {
        Id = a.Id.ToString(), Meta = Meta(a.Version, a.EndedAt ?? a.RecordedAt),
    };

    // How grave it was belongs to a reaction, and a reaction says what it was: where nobody wrote that down, that is said.
    private static AllergyReaction? Reaction(Allergy a) => a.IsNoneKnown || (a.Reaction.Length == 0 && a.Severity == AllergySeverity.Unknown) ? null
        : new([Concept.Words(a.Reaction) ?? Concept.Of(Codes.Hl7 + "data-absent-reason", "unknown", "Unknown")], a.Severity switch
        {
            AllergySeverity.Mild => "mild", AllergySeverity.Moderate => "moderate", AllergySeverity.Severe => "severe", _ => null,
        });
}
