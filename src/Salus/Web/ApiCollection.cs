using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Salus.Kernel;

namespace Salus.Web;

/// <summary>
/// Every operation of the API as a collection of requests (Postman 2.1, which most API clients read), made from the routes of the running
/// program: it is never out of date.
/// </summary>
public static class ApiCollection
{
    public static object Of(IEnumerable<EndpointDataSource> sources, Settings settings) => new
    {
        info = new { name = "Salus", schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        auth = new { type = "bearer", bearer = new[] { new { key = "token", value = "{{token}}", type = "string" } } },
        variable = new[] { new { key = "baseUrl", value = settings.BaseUrl }, new { key = "org", value = "" }, new { key = "token", value = "" } },
        item = sources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Distinct().Where(e => e.Metadata.GetMetadata<IEndpointNameMetadata>() is not null && e.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1", StringComparison.Ordinal))
            .GroupBy(e => e.Metadata.GetMetadata<ITagsMetadata>()?.Tags[0] ?? "").OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new { name = g.Key, item = g.Select(Item) }),
    };

    private static object Item(RouteEndpoint route)
    {
        var method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0];
        var body = method is "GET" or "DELETE" ? null : route.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;
        return new
        {
            name = route.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? route.RoutePattern.RawText,
            request = new
            {
                method,
                url = "{{baseUrl}}/" + string.Join('/', route.RoutePattern.RawText!.Trim('/').Split('/').Select(Segment)),
                header = body is null ? [] : new[] { new { key = "Content-Type", value = "application/json" } },
                body = body is null ? null : new { mode = "raw", raw = JsonSerializer.Serialize(body.GetProperties().ToDictionary(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name), p => Sample(p.PropertyType))) },
            },
        };
    }

    // "{id:guid}" becomes ":id", which the client asks for; the organisation is the same for all.
    private static string Segment(string segment) => segment == "{org}" ? "{{org}}" : segment.StartsWith('{') ? ":" + segment.Trim('{', '}').Split(':')[0] : segment;

    private static object? Sample(Type type) =>
        Nullable.GetUnderlyingType(type) is not null ? null : type == typeof(string) ? "" : type == typeof(bool) ? false : type == typeof(Guid) ? Guid.Empty : type.IsEnum ? JsonNamingPolicy.KebabCaseLower.ConvertName(Enum.GetNames(type)[0])
            : type.IsArray ? Array.Empty<object>() : type.IsPrimitive ? 0 : null;
}
