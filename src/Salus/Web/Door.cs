using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;

namespace Salus.Web;

/// <summary>What an endpoint demands before anything of it runs. An endpoint without one fails a test: default deny.</summary>
/// <param name="Permission">The permission needed; null: being signed in is enough; see <see cref="IsPublic"/>.</param>
public sealed record Gate(string? Permission, bool IsPublic = false, bool PlatformOwner = false, bool PlatformSupport = false)
{
    /// <summary>True for managing the installation or an organisation and for reading its log: what <c>SALUS_ADMIN_ADDRESSES</c> may close to all but some addresses.</summary>
    public bool IsAdminArea => PlatformOwner || PlatformSupport || (Permission is { } key && (key.Contains(".manage", StringComparison.Ordinal) || key.StartsWith("audit.", StringComparison.Ordinal)));
}

/// <summary>Refusal codes an API operation may answer with, for its description.</summary>
public sealed record Refuses(params string[] Codes);

/// <summary>Marks an API operation that honours <c>Idempotency-Key</c>.</summary>
public sealed record Repeatable;

public static class Door
{
    public const int MostJson = 256 * 1024;

    /// <summary>The API of one organisation: bearer tokens only.</summary>
    public static RouteGroupBuilder Api(this IEndpointRouteBuilder routes, string tag) =>
        routes.MapGroup("/api/v1/orgs/{org}").WithTags(tag).WithMetadata(new RequestSizeLimitAttribute(MostJson));

    /// <summary>The record of one organisation as FHIR: bearer tokens only.</summary>
    public static RouteGroupBuilder Fhir(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/fhir/{org}").ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostJson));

    /// <summary>API routes outside any organisation.</summary>
    public static RouteGroupBuilder ApiRoot(this IEndpointRouteBuilder routes, string tag) =>
        routes.MapGroup("/api/v1").WithTags(tag).WithMetadata(new RequestSizeLimitAttribute(MostJson));

    /// <summary>Pages of one organisation: the cookie session, antiforgery on every form.</summary>
    public static RouteGroupBuilder Pages(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/{org}").ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostJson));

    /// <summary>Pages outside any organisation.</summary>
    public static RouteGroupBuilder RootPages(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostJson));

    public static T Requires<T>(this T endpoint, string permission) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Gate(permission));
    public static T SignedIn<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Gate(null));
    public static T Public<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Gate(null, IsPublic: true));
    public static T PlatformOwner<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Gate(null, PlatformOwner: true));

    /// <summary>For owners of the installation and its support staff.</summary>
    public static T PlatformSupport<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Gate(null, PlatformSupport: true));
    public static T Refuses<T>(this T endpoint, params string[] codes) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Refuses(codes));
    public static T Repeatable<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Repeatable());

    /// <summary>Names and describes an API operation.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string id, string summary) => endpoint.WithName(id).WithSummary(summary);

    /// <summary>A door for programs: no cookie counts there, and no page is answered.</summary>
    public static bool IsApi(this HttpRequest request) => request.Path.StartsWithSegments("/api") || request.IsFhir();
    public static bool IsFhir(this HttpRequest request) => request.Path.StartsWithSegments("/fhir");
    public static bool IsHtmx(this HttpRequest request) => request.Headers.ContainsKey("HX-Request");

    /// <summary>After a form: htmx is told to go there, a plain browser is redirected.</summary>
    public static IResult GoTo(HttpContext http, string path)
    {
        if (!http.Request.IsHtmx()) return Results.LocalRedirect(path);
        http.Response.Headers["HX-Redirect"] = path;
        return Results.NoContent();
    }

    /// <summary>A path of this site to return to; the start when the text is none.</summary>
    public static string OwnPath(string path) => path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) ? path : "/";

    /// <summary>Sets the version of a stateful thing as ETag.</summary>
    public static void ETag(this HttpContext http, Guid version) => http.Response.Headers.ETag = $"\"{version:N}\"";

    /// <summary>The version from <c>If-Match</c>; null when absent.</summary>
    /// <exception cref="Refusal">400 when it is no version.</exception>
    public static Guid? IfMatch(this HttpRequest request)
    {
        var text = request.Headers.IfMatch.ToString().Trim('"');
        if (text.Length == 0) return null;
        return Guid.TryParse(text, out var version) ? version : throw new Refusal(400, "malformed", "If-Match is not a version that was given out here.");
    }
}
