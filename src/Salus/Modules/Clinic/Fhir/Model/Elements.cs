using System.Text.Json.Serialization;

namespace Salus.Modules.Clinic.Fhir.Model;

// The elements of FHIR R4 that the record needs, named as there; null is left out. What each means: http://hl7.org/fhir/R4/datatypes.html

internal sealed record Coding(string? System, string Code, string? Display = null);

internal sealed record Concept(IReadOnlyList<Coding>? Coding, string? Text = null)
{
    public static Concept Of(string system, string code, string? display = null) => new([new(system, code, display)], display);

    /// <summary>In words only; null when there are none.</summary>
    public static Concept? Words(string? text) => string.IsNullOrWhiteSpace(text) ? null : new(null, text);
}

internal sealed record Identifier(string? Use, Concept? Type, string? System, string Value);

/// <summary>A reference by address; or, to what has none here, by identifier.</summary>
internal sealed record Ref(string? Reference, string? Display = null, string? Type = null, Identifier? Identifier = null)
{
    public static Ref To(string type, Guid id, string? display = null) => new($"{type}/{id}", display);
    public static Ref? To(string type, Guid? id) => id is { } one ? To(type, one, null) : null;
}

internal sealed record Period(DateTime? Start, DateTime? End = null);

internal sealed record Quantity(decimal Value, string? Unit = null, string? System = null, string? Code = null)
{
    public const string Ucum = "http://unitsofmeasure.org";

    /// <summary>With a UCUM code where there is one.</summary>
    public static Quantity Of(decimal value, string? unit, string? ucum) => new(value, Elements.Some(unit), string.IsNullOrEmpty(ucum) ? null : Ucum, Elements.Some(ucum));
}

internal sealed record ReferenceRange(Quantity? Low, Quantity? High, string? Text = null);

internal sealed record Annotation(string Text, Ref? AuthorReference = null, DateTime? Time = null);

internal sealed record HumanName(string Text, string? Use = null);

internal sealed record ContactPoint(string System, string Value);

internal sealed record Address(string Text);

internal sealed record Attachment(string? ContentType = null, string? Url = null, long? Size = null, string? Title = null, DateTime? Creation = null);

/// <summary>Versions of what is put together from several rows.</summary>
internal static class Versions
{
    /// <summary>Another one as soon as one of the parts is another, or is there and was not. By what the reader may see: two readers who are shown different things hold different versions.</summary>
    public static string Of(params IEnumerable<string> parts) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..32];
}

internal sealed record Meta(string? VersionId, DateTime? LastUpdated, IReadOnlyList<Coding>? Security = null);

/// <summary>A resource: what has an address of its own.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "resourceType")]
[JsonDerivedType(typeof(Types.FhirPatient), "Patient")]
[JsonDerivedType(typeof(Types.FhirPractitioner), "Practitioner")]
[JsonDerivedType(typeof(Types.FhirOrganization), "Organization")]
[JsonDerivedType(typeof(Types.FhirEncounter), "Encounter")]
[JsonDerivedType(typeof(Types.FhirCondition), "Condition")]
[JsonDerivedType(typeof(Types.FhirAllergy), "AllergyIntolerance")]
[JsonDerivedType(typeof(Types.FhirObservation), "Observation")]
[JsonDerivedType(typeof(Types.FhirServiceRequest), "ServiceRequest")]
[JsonDerivedType(typeof(Types.FhirReport), "DiagnosticReport")]
[JsonDerivedType(typeof(Types.FhirMedicationRequest), "MedicationRequest")]
[JsonDerivedType(typeof(Types.FhirMedicationDispense), "MedicationDispense")]
[JsonDerivedType(typeof(Types.FhirDocument), "DocumentReference")]
[JsonDerivedType(typeof(Types.FhirAuditEvent), "AuditEvent")]
[JsonDerivedType(typeof(Bundle), "Bundle")]
[JsonDerivedType(typeof(Outcome), "OperationOutcome")]
[JsonDerivedType(typeof(Capability), "CapabilityStatement")]
internal abstract record Resource
{
    [JsonPropertyOrder(-2)]
    public string? Id { get; init; }

    [JsonPropertyOrder(-1)]
    public Meta? Meta { get; init; }
}

internal sealed record Bundle(string Type, DateTime? Timestamp, int? Total, IReadOnlyList<BundleLink> Link, IReadOnlyList<BundleEntry>? Entry) : Resource;

internal sealed record BundleLink(string Relation, string Url);

internal sealed record BundleEntry(string? FullUrl, Resource Resource, BundleSearch Search);

/// <param name="Mode">match, include or outcome.</param>
internal sealed record BundleSearch(string Mode);

internal sealed record Outcome(IReadOnlyList<OutcomeIssue> Issue) : Resource;

internal sealed record OutcomeIssue(string Severity, string Code, Concept? Details, string? Diagnostics = null);

internal static class Elements
{
    /// <summary>FHIR knows no empty strings.</summary>
    public static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>FHIR knows no empty lists.</summary>
    public static IReadOnlyList<T>? List<T>(params IEnumerable<T?> items) where T : class => items.OfType<T>().ToList() is { Count: > 0 } some ? some : null;
}
