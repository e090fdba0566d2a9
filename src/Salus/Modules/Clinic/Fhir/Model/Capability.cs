namespace Salus.Modules.Clinic.Fhir.Model;

/// <summary>What this door can do, as FHIR's CapabilityStatement.</summary>
internal sealed record Capability(string Status, string Date, string Kind, CapabilitySoftware Software, CapabilityImplementation Implementation, string FhirVersion, IReadOnlyList<string> Format, IReadOnlyList<CapabilityRest> Rest) : Resource;

internal sealed record CapabilitySoftware(string Name, string? Version);

internal sealed record CapabilityImplementation(string Description, string Url);

internal sealed record CapabilityRest(string Mode, string Documentation, CapabilitySecurity Security, IReadOnlyList<CapabilityResource> Resource);

internal sealed record CapabilitySecurity(bool Cors, string Description);

internal sealed record CapabilityResource(string Type, string? Documentation, IReadOnlyList<CapabilityCode> Interaction, string Versioning, bool ReadHistory, string ConditionalRead, IReadOnlyList<CapabilityParam> SearchParam, IReadOnlyList<CapabilityOperation>? Operation);

internal sealed record CapabilityCode(string Code);

internal sealed record CapabilityParam(string Name, string Type, string? Documentation = null);

internal sealed record CapabilityOperation(string Name, string Definition);
