using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Salus.Modules.Clinic.Fhir.Model;

/// <summary>How resources are written: by generated code, without what is null.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Resource))]
internal sealed partial class FhirJson : JsonSerializerContext;

internal static class FhirFormat
{
    public const string Type = "application/fhir+json; charset=utf-8; fhirVersion=4.0";

    /// <summary>Letters of all languages as they are: the answer is never part of a page, and browsers are told not to guess.</summary>
    public static readonly JsonTypeInfo<Resource> Written = new FhirJson(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }).Resource;
}
