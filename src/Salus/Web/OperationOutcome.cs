using System.Text.Json;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Resources;

namespace Salus.Web;

/// <summary>A refusal as programs that speak FHIR read it: the same sentence, code and request id as in problem details.</summary>
public static class OperationOutcome
{
    public static async Task Write(HttpContext http, Refusal refusal)
    {
        var texts = http.RequestServices.GetRequiredService<IStringLocalizer<Texts>>();
        if (refusal.Status == 401) http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.ContentType = "application/fhir+json; charset=utf-8; fhirVersion=4.0";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("resourceType", "OperationOutcome");
        json.WriteStartArray("issue");
        Issue(json, refusal, texts.Say(refusal), refusal.Unlock is { } unlock ? texts[unlock].Value : null, http.TraceIdentifier, null);
        foreach (var (field, sentences) in refusal.Errors)
            foreach (var sentence in sentences) Issue(json, refusal, texts[sentence].Value, null, null, field);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Issue(Utf8JsonWriter json, Refusal refusal, string sentence, string? unlock, string? request, string? field)
    {
        json.WriteStartObject();
        json.WriteString("severity", "error");
        json.WriteString("code", Code(refusal));
        json.WriteStartObject("details");
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("code", refusal.Code);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("text", unlock is null ? sentence : $"{sentence} {unlock}");
        json.WriteEndObject();
        if (request is not null) json.WriteString("diagnostics", $"Request {request}");
        if (field is not null)
        {
            json.WriteStartArray("expression");
            json.WriteStringValue(field);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>The nearest word of FHIR's list of kinds of issues.</summary>
    private static string Code(Refusal refusal) => refusal.Status switch
    {
        400 => "invalid", 401 => "login", 402 => "business-rule", 403 => "forbidden", 404 => "not-found", 405 or 406 or 415 => "not-supported", 408 => "timeout", 409 => "conflict", 413 or 414 or 431 => "too-long", 422 => "invalid",
        429 => "throttled", 503 => "transient", >= 500 => "exception", _ => "processing",
    };
}
