using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>Seeing as another role and entering for support: pages and API.</summary>
public static class ActAsDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapPages(routes.Pages(), routes.RootPages());
        MapPlatform(routes.RootPages());
        var api = routes.Api("Organisations");
        api.MapPut("/support-access", (LetSupportIn.Command command, LetSupportIn let, CancellationToken ct) => let.Run(command, ct))
            .Requires(OrganisationPermissions.ManageStaff).Refuses("invalid", "role.not-yours").Describe("letSupportIn", "Let the installation's support in for some hours in one role; 0 hours end it at once");
        api.MapPost("/acting", (SeeAs.Command command, SeeAs see, CancellationToken ct) => see.Run(command, ct))
            .Requires(OrganisationPermissions.ManageStaff).Refuses("invalid", "role.not-yours", "acting.read-only").Describe("seeAs", "This session sees the organisation as a role does, for 30 minutes; a role you do not hold changes nothing");
        var root = routes.ApiRoot("Organisations");
        root.MapPost("/support-sessions", (EnterForSupport.Command command, EnterForSupport enter, CancellationToken ct) => enter.Run(command, ct))
            .PlatformSupport().Refuses("not-found", "proof.needed").Describe("enterForSupport", "Enter an organisation that let support in, for 30 minutes at most");
        root.MapPut("/support-staff", async (SetSupportStaff.Command command, SetSupportStaff set, CancellationToken ct) =>
            {
                await set.Run(command, ct);
                return TypedResults.NoContent();
            })
            .PlatformOwner().Refuses("invalid").Describe("setSupportStaff", "Make somebody support staff of the installation, or end it");
        root.MapDelete("/acting", async (StopActing stop, CancellationToken ct) =>
            {
                await stop.Run(new(), ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Describe("stopActing", "This session goes back to its person's own role");
    }

    private static void MapPages(RouteGroupBuilder pages, RouteGroupBuilder root)
    {
        pages.MapPost("/manage/acting", async (Form form, SeeAs see, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await see.Run(new() { Role = form["role"] }, ct);
            return Door.GoTo(http, page.At(""));
        }).Requires(OrganisationPermissions.ManageStaff);
        pages.MapPost("/manage/support", async (Form form, LetSupportIn let, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await let.Run(new() { Hours = form.Number("hours") ?? 0, Role = form["role"] }, ct);
            return Door.GoTo(http, page.At("manage/settings?saved=true"));
        }).Requires(OrganisationPermissions.ManageStaff);
        root.MapPost("/account/acting/stop", async (Form form, StopActing stop, HttpContext http, CancellationToken ct) =>
        {
            await stop.Run(new(), ct);
            return Door.GoTo(http, "/");
        }).SignedIn();
    }

    private static void MapPlatform(RouteGroupBuilder root)
    {
        root.MapGet("/platform/support", async (Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var now = clock.Now();
            await using var db = database.Open();
            var open = await db.Organisations.AsNoTracking().Where(o => o.SupportUntil > now).OrderBy(o => o.Name).Take(500).ToListAsync(ct);
            var staff = await db.Accounts.AsNoTracking().Where(a => a.IsPlatformSupport && a.DeactivatedAt == null).OrderBy(a => a.Name).Take(100).ToListAsync(ct);
            return Show.Page<SupportPage>(new { Open = open, Staff = staff });
        }).PlatformSupport();
        root.MapPost("/platform/support/{id:guid}", async (Guid id, Form form, EnterForSupport enter, HttpContext http, CancellationToken ct) =>
            Door.GoTo(http, $"/{(await enter.Run(new() { OrganisationId = id }, ct)).Slug}/")).PlatformSupport();
        root.MapPost("/platform/support-staff", async (Form form, SetSupportStaff set, HttpContext http, CancellationToken ct) =>
        {
            await set.Run(new() { Email = form["email"], IsSupport = form["end"] != "true" }, ct);
            return Door.GoTo(http, "/platform/support");
        }).PlatformOwner();
    }
}
