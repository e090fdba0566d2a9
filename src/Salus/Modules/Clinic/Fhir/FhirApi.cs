using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Salus.Kernel;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Web;

namespace Salus.Modules.Clinic.Fhir;

/// <summary>The record for other programs: FHIR R4, reading only (docs/fhir.md).</summary>
public static class FhirApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var fhir = routes.Fhir();
        // The same for every address, whether a clinic is there or not: it tells nothing about anybody.
        fhir.MapGet("/metadata", (HttpContext http, Settings settings, TimeProvider clock) =>
        {
            Accept(http);
            return Write(http, Capabilities.Of(Base(http, settings), clock.Now()));
        }).Public();
        foreach (var type in ResourceTypes.All)
        {
            var name = type.Name;
            fhir.MapGet($"/{name}", (HttpContext http, SearchResources search, BundleRoom room, Settings settings, CancellationToken ct) => Search(http, name, http.Request.Query, search, room, settings, ct)).Requires(type.Permission);
            fhir.MapPost($"/{name}/_search", async (HttpContext http, SearchResources search, BundleRoom room, Settings settings, CancellationToken ct) => await Search(http, name, await Posted(http, ct), search, room, settings, ct)).Requires(type.Permission);
            fhir.MapGet($"/{name}/{{id}}", async (string id, HttpContext http, ReadResource read, Settings settings, CancellationToken ct) =>
            {
                Accept(http);
                await Write(http, (await read.Run(new(name, id, Base(http, settings), Files(http, settings)), ct)).Resource);
            }).Requires(type.Permission);
        }
        fhir.MapGet("/Patient/{id:guid}/$everything", async (Guid id, HttpContext http, ReadEverything read, BundleRoom room, Settings settings, CancellationToken ct) =>
        {
            Accept(http);
            await room.Answer(http, async () => (await read.Run(new(id, [.. http.Request.Query], IsStrict(http), Base(http, settings), Files(http, settings)), ct)).Bundle, ct);
        }).Requires(ClinicPermissions.ReadRecord);
    }

    private static async Task Search(HttpContext http, string type, IEnumerable<KeyValuePair<string, StringValues>> parameters, SearchResources search, BundleRoom room, Settings settings, CancellationToken ct)
    {
        Accept(http);
        await room.Answer(http, async () => (await search.Run(new(type, [.. parameters], IsStrict(http), Base(http, settings), Files(http, settings)), ct)).Bundle, ct);
    }

    /// <summary>Parameters in the body, so that names and numbers stand in no address; those of the address count, too.</summary>
    private static async Task<IEnumerable<KeyValuePair<string, StringValues>>> Posted(HttpContext http, CancellationToken ct)
    {
        if (http.Request.ContentLength is null or 0 && http.Request.ContentType is null) return http.Request.Query;
        if (!http.Request.HasFormContentType) throw new Refusal(415, "media-type", "This kind of content is not understood here.");
        try { return [.. http.Request.Query, .. await http.Request.ReadFormAsync(ct)]; }
        catch (InvalidDataException) { throw new Refusal(400, "malformed", "The request could not be understood."); }
    }

    private static string Base(HttpContext http, Settings settings) => $"{Root(http, settings)}/fhir/{http.Request.RouteValues["org"]}";

    private static string Files(HttpContext http, Settings settings) => $"{Root(http, settings)}/api/v1/orgs/{http.Request.RouteValues["org"]}/files";

    private static string Root(HttpContext http, Settings settings) => settings.PublicUrl.Length > 0 ? settings.PublicUrl.TrimEnd('/') : $"{http.Request.Scheme}://{http.Request.Host}";

    private static bool IsStrict(HttpContext http) => http.Request.Headers["Prefer"].OfType<string>().Any(p => p.Contains("handling=strict", StringComparison.OrdinalIgnoreCase));

    /// <summary>JSON is all there is: who wants something else is told so rather than surprised.</summary>
    private static void Accept(HttpContext http)
    {
        var wanted = http.Request.Query["_format"].ToString();
        var isJson = wanted.Length > 0 ? IsJson(wanted.Replace(' ', '+'))
            : http.Request.Headers.Accept is { Count: > 0 } accept && MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var accepted) ? accepted.Any(a => a.Quality != 0 && IsJson(a.MediaType.ToString()) && IsVersion(a))
            : http.Request.Headers.Accept.Count == 0;
        if (!isJson) throw new Refusal(406, "fhir.format", "Answers are given as FHIR R4 in JSON only.");
    }

    private static bool IsJson(string type) => type.Split(';')[0].Trim().ToLowerInvariant() is "json" or "application/json" or "application/fhir+json" or "text/json" or "application/*" or "*/*";

    private static bool IsVersion(MediaTypeHeaderValue type) => type.Parameters.FirstOrDefault(p => p.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase))?.Value.ToString().Trim('"') is null or "4.0" or "4.0.1";

    private static async Task Write(HttpContext http, Resource resource)
    {
        if (resource.Meta is { VersionId: { } version } meta)
        {
            var tag = $"W/\"{version}\"";
            http.Response.Headers.ETag = tag;
            if (meta.LastUpdated is { } at) http.Response.Headers.LastModified = at.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            if (http.Request.Headers.IfNoneMatch.ToString().Split(',').Select(t => t.Trim()).Any(t => t == tag || t == tag[2..] || t == "*")) { http.Response.StatusCode = 304; return; }
        }
        http.Response.ContentType = FhirFormat.Type;
        await JsonSerializer.SerializeAsync(http.Response.BodyWriter, resource, FhirFormat.Written, http.RequestAborted);
    }
}
