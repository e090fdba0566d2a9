using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Web;

/// <summary>Pages that belong to no module: the start, help, the API's description, what robots and reporters look for.</summary>
public static class WebPages
{
    public static void Map(WebApplication app, Settings settings)
    {
        var pages = app.RootPages();
        pages.MapGet("/", async (ActorSlot slot, IMemberships memberships, CancellationToken ct) =>
        {
            if (!slot.Actor.IsKnown) return Results.LocalRedirect("/account/sign-in");
            var own = await memberships.Of(slot.Actor, ct);
            return own is [var only] && !slot.Actor.IsPlatformOwner ? Results.LocalRedirect($"/{only.Slug}/") : Show.Page<StartPage>(new { Organisations = own });
        }).Public();
        pages.MapGet("/help", () => Show.Page<HelpPage>()).Public();
        pages.MapPost("/language", (Form form, HttpContext http) =>
        {
            var language = form["language"];
            if (Language.All.Any(l => l.Code == language)) RequestLanguage.Remember(http, language);
            var back = form["back"];
            return Results.LocalRedirect(back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.StartsWith("/\\", StringComparison.Ordinal) ? back : "/");
        }).Public();
        pages.MapGet("/api/v1/docs", () => Show.Page<ApiDocsPage>(new { Kind = "swagger" })).Public();
        pages.MapGet("/api/v1/redoc", () => Show.Page<ApiDocsPage>(new { Kind = "redoc" })).Public();
        pages.Map("/api", () => Results.Redirect("/api/v1/docs", preserveMethod: true)).Public();
        // Addresses without a version; below /api/v1 the router itself answers, so that a wrong method is 405 and a wrong content 415.
        pages.Map("/api/{first:regex(^(?!v1$))}/{**rest}", (HttpContext http) =>
            Results.Redirect($"/api/v1{http.Request.Path.Value!["/api".Length..]}{http.Request.QueryString}", preserveMethod: true)).Public();
        pages.MapGet("/.well-known/security.txt", (TimeProvider clock) => Results.Text(
            $"Contact: {settings.BaseUrl}/help\nExpires: {clock.GetUtcNow().AddMonths(6):yyyy-MM-ddTHH:mm:ssZ}\nPreferred-Languages: en, fr, es, it\n")).Public();
        pages.MapGet("/robots.txt", () => Results.Text("User-agent: *\nDisallow: /\n")).Public();
    }
}
