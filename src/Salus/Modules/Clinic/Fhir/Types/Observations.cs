using Salus.Modules.Clinic.Fhir.Model;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirObservation(IReadOnlyList<Ref>? BasedOn, string Status, IReadOnlyList<Concept> Category, Concept Code, Ref Subject, Ref Encounter, DateTime EffectiveDateTime, DateTime Issued, IReadOnlyList<Ref>? Performer,
    Quantity? ValueQuantity, string? ValueString, DateOnly? ValueDateTime, IReadOnlyList<Concept>? Interpretation, IReadOnlyList<Annotation>? Note, IReadOnlyList<ReferenceRange>? ReferenceRange, IReadOnlyList<Ref>? DerivedFrom,
    IReadOnlyList<ObservationPart>? Component) : Resource;

internal sealed record ObservationPart(Concept Code, Quantity? ValueQuantity, IReadOnlyList<Concept>? Interpretation, IReadOnlyList<ReferenceRange>? ReferenceRange);
