using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Web;

/// <summary>Pages that belong to no module: the start, help, the API's description, what robots and reporters look for.</summary>
public static class WebPages
{
    private static readonly string[] Unversioned = ["/api/health", "/api/auth/me"];

    /// <summary>Sends API addresses without a version to the present one; 307, so that bodies survive. Before routing, so that below /api/v1 a wrong method stays 405.</summary>
    public static void RedirectUnversioned(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var path = http.Request.Path.Value!;
        if (!http.Request.Path.StartsWithSegments("/api") || http.Request.Path.StartsWithSegments("/api/v1") || Unversioned.Contains(path)) return next(http);
        var rest = path["/api".Length..].TrimEnd('/');
        return Results.Redirect((rest.Length == 0 ? "/api/v1/docs" : "/api/v1" + rest) + http.Request.QueryString, preserveMethod: true).ExecuteAsync(http);
    });

    public static void Map(WebApplication app, Settings settings)
    {
        var pages = app.RootPages();
        pages.MapGet("/", async (ActorSlot slot, IMemberships memberships, CancellationToken ct) =>
        {
            if (!slot.Actor.IsKnown) return Results.LocalRedirect("/account/sign-in");
            var own = await memberships.Of(slot.Actor, ct);
            return own is [var only] && !slot.Actor.IsPlatformOwner && !slot.Actor.IsPlatformSupport ? Results.LocalRedirect($"/{only.Slug}/") : Show.Page<StartPage>(new { Organisations = own });
        }).Public();
        pages.MapGet("/help", () => Show.Page<HelpPage>()).Public();
        pages.MapPost("/language", (Form form, HttpContext http) =>
        {
            var language = form["language"];
            if (Language.All.Any(l => l.Code == language)) RequestLanguage.Remember(http, language);
            var back = form["back"];
            return Results.LocalRedirect(back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.StartsWith("/\\", StringComparison.Ordinal) ? back : "/");
        }).Public();
        pages.MapGet("/api/v1/collection", (IEnumerable<EndpointDataSource> sources, Settings settings) => Results.Json(ApiCollection.Of(sources, settings))).Public();
        pages.MapGet("/api/v1/docs", () => Show.Page<ApiDocsPage>(new { Kind = "swagger" })).Public();
        pages.MapGet("/api/v1/redoc", () => Show.Page<ApiDocsPage>(new { Kind = "redoc" })).Public();
        pages.MapGet("/.well-known/security.txt", (TimeProvider clock) => Results.Text(
            $"Contact: {(settings.SecurityContact.Length > 0 ? settings.SecurityContact : settings.BaseUrl + "/help")}\nCanonical: {settings.BaseUrl}/.well-known/security.txt\nExpires: {clock.GetUtcNow().AddMonths(6):yyyy-MM-ddTHH:mm:ssZ}\nPreferred-Languages: en, fr, es, it\n")).Public();
        pages.MapGet("/robots.txt", () => Results.Text("User-agent: *\nDisallow: /\n")).Public();
    }
}
