using System.Globalization;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;

namespace Salus.Modules.Clinic.Fhir;

/// <summary>Makes the CapabilityStatement out of what is really there.</summary>
internal static class Capabilities
{
    private static readonly string? Version = typeof(Capabilities).Assembly.GetName().Version?.ToString(3);
    private static readonly IReadOnlyList<CapabilityResource> Types = [.. ResourceTypes.All.Select(Of)];

    public static Capability Of(string address, DateTime now) => new(
        "active", now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "instance", new("Salus", Version), new("Salus, reading only", address), "4.0.1", ["application/fhir+json", "json"],
        [
            new("server", "Read and search, page by page. The record of a patient is searched by patient, visit or id.",
                new(true, "Every address but this one asks for “Authorization: Bearer …”: an access token from POST /api/v1/auth/token, or a key that an administrator of the clinic made for the program, with the rights it needs. There is no OAuth authorisation server and no SMART launch."), Types),
        ]);

    private static CapabilityResource Of(ResourceType type) => new(
        type.Name, type.IsOfRecord ? "Searched by patient, encounter or _id" : null, [new("read"), new("search-type")], "versioned", false, "not-match",
        [.. type.Sources.SelectMany(s => s.Params).SelectMany(p => p.Names.Select(n => new CapabilityParam(n, p.Kind, p.About))).DistinctBy(p => p.Name).OrderBy(p => p.Name, StringComparer.Ordinal)],
        type.Name == "Patient" ? [new("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything")] : null);
}
