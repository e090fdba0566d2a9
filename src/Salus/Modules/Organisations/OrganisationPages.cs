using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>The organisation's start page, its staff, screens and settings; invitations; the installation's organisations.</summary>
public static class OrganisationPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapRoot(routes.RootPages());
        MapPlatform(routes.RootPages());
        var pages = routes.Pages();
        pages.MapGet("/", (PageTools page) => page.Actor.Kind == ActorKind.Device ? Results.LocalRedirect(page.At("board")) : Show.Page<HomePage>()).Requires(OrganisationPermissions.Enter);
        pages.MapGet("/manage/staff", async (StaffList list, CancellationToken ct) => Show.Page<StaffPage>(new { View = await list.Run(new(), ct) })).Requires(OrganisationPermissions.ManageStaff);
        pages.MapPost("/manage/invitations", async (Form form, InviteStaff invite, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await invite.Run(new() { Name = form["name"], Email = form["email"], Roles = form.All("roles") }, ct);
            return Door.GoTo(http, page.At("manage/staff"));
        }).Requires(OrganisationPermissions.ManageStaff);
        pages.MapPost("/manage/staff/{id:guid}", async (Guid id, Form form, ChangeMember change, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new() { MembershipId = id, Roles = form.All("roles"), Suspended = form.Flag("suspended") }, ct);
            return Door.GoTo(http, page.At("manage/staff"));
        }).Requires(OrganisationPermissions.ManageStaff);
        pages.MapPost("/manage/devices", async (Form form, AddDevice add, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var added = await add.Run(new() { Name = form["name"] }, ct);
            return Show.After<NewDevice>(http, page.At("manage/staff"), new { Link = $"{page.Settings.BaseUrl}/display/{added.Secret}" });
        }).Requires(OrganisationPermissions.ManageStaff);
        pages.MapPost("/manage/devices/{id:guid}/end", async (Guid id, Form form, RevokeDevice revoke, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await revoke.Run(new() { DeviceId = id }, ct);
            return Door.GoTo(http, page.At("manage/staff"));
        }).Requires(OrganisationPermissions.ManageStaff);
        pages.MapGet("/manage/settings", async (ActorSlot slot, Database database, CancellationToken ct, bool saved = false) =>
        {
            await using var db = database.Open(slot.Actor.OrganisationId);
            var own = await db.OwnRoles.AsNoTracking().OrderBy(r => r.Title).Select(r => new { r.Key, r.Title }).ToListAsync(ct);
            return Show.Page<SettingsPage>(new { Saved = saved, OwnRoles = (IReadOnlyList<(string, string)>)[.. own.Select(r => (r.Key, r.Title))] });
        }).Requires(OrganisationPermissions.ManageSettings);
        pages.MapPost("/manage/settings", async (Form form, ChangeSettings change, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new()
            {
                Name = form["name"], TimeZone = form["timeZone"], Language = form["language"], CallingCode = form["callingCode"], NumberPattern = form["numberPattern"],
                BoardShowsNames = form.Flag("boardShowsNames"), KeepsRecord = form.Flag("keepsRecord"), SecondFactorRoles = form.All("secondFactorRoles"), Version = form.Id("version"),
            }, ct);
            return Door.GoTo(http, page.At("manage/settings?saved=true"));
        }).Requires(OrganisationPermissions.ManageSettings);
    }

    private static void MapRoot(RouteGroupBuilder pages)
    {
        pages.MapGet("/invitations/{secret}", async (string secret, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            await using var db = database.Open();
            return Show.Page<InvitationPage>(new { View = await InvitationView.Find(db, secret, clock.Now(), ct), Secret = secret });
        }).Public();
        pages.MapPost("/invitations/{secret}", async (string secret, Form form, AcceptInvitation accept, HttpContext http, CancellationToken ct) =>
        {
            var accepted = await accept.Run(new() { Secret = secret, Password = form["password"] }, ct);
            if (accepted.Session is null) return Door.GoTo(http, $"/account/sign-in?back=/{accepted.Slug}/");
            await http.SignInAsync(accepted.Session.Principal(CookieAuthenticationDefaults.AuthenticationScheme));
            return Door.GoTo(http, $"/{accepted.Slug}/");
        }).Public();
        pages.MapGet("/display/{secret}", async (string secret, Database database, HttpContext http, CancellationToken ct) =>
        {
            var hash = Text.Hash(secret);
            await using var db = database.Open();
            var organisations = db.Organisations;
            var device = await db.Devices.IgnoreQueryFilters([SalusDb.OrganisationFilter]).Where(d => d.SecretHash == hash && d.RevokedAt == null)
                .Select(d => new { d.Id, Slug = organisations.Where(o => o.Id == d.OrganisationId).Select(o => o.Slug).First() }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
            await http.SignInAsync(new(BearerHandler.DeviceIdentity(device.Id, CookieAuthenticationDefaults.AuthenticationScheme)),
                new AuthenticationProperties { IsPersistent = true, ExpiresUtc = DateTimeOffset.UtcNow.AddYears(1) });
            return Results.LocalRedirect($"/{device.Slug}/board");
        }).Public();
    }

    private static void MapPlatform(RouteGroupBuilder pages)
    {
        pages.MapGet("/platform", async (Platform platform, CancellationToken ct, string q = "", Guid? after = null) =>
            Show.Page<PlatformPage>(new { View = await platform.Run(new(q, after), ct), Q = q })).PlatformOwner();
        pages.MapPost("/platform/organisations", async (Form form, CreateOrganisation create, HttpContext http, CancellationToken ct) =>
        {
            var made = await create.Run(new() { Name = form["name"], Slug = form["slug"], TimeZone = form["timeZone"], Language = form["language"], CallingCode = form["callingCode"] }, ct);
            return Door.GoTo(http, $"/{made.Slug}/manage/queues");
        }).PlatformOwner();
    }
}
