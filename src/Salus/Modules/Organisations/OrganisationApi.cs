using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>An organisation's settings as programs see them.</summary>
public sealed record SettingsView(Guid Id, string Slug, string Name, string TimeZone, string Language, string CallingCode, string NumberPattern, bool BoardShowsNames, bool KeepsRecord, Guid Version);

/// <summary>Organisations, staff and devices over HTTP for programs.</summary>
public static class OrganisationApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.ApiRoot("Organisations").MapPost("/orgs", async (CreateOrganisation.Command command, CreateOrganisation create, CancellationToken ct) =>
            {
                var made = await create.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{made.Slug}", made);
            })
            .PlatformOwner().Refuses("invalid").Describe("createOrganisation", "Open a new clinic");
        var api = routes.Api("Organisations");
        api.MapGet("", (OrganisationSlot organisation, HttpContext http) => View(organisation, http))
            .Requires(OrganisationPermissions.Enter).Describe("getOrganisation", "The organisation and its settings");
        api.MapPut("", async (ChangeSettings.Command command, ChangeSettings change, HttpContext http, CancellationToken ct) =>
            {
                await change.Run(command with { Version = http.Request.IfMatch() ?? command.Version }, ct);
                return TypedResults.NoContent();
            })
            .Requires(OrganisationPermissions.ManageSettings).Refuses("invalid", "stale").Describe("changeOrganisation", "Change the settings, among them the numbering scheme");
        api.MapGet("/staff", (StaffList list, CancellationToken ct) => list.Run(new(), ct))
            .Requires(OrganisationPermissions.ManageStaff).Describe("listStaff", "Who works here, who is invited, which screens there are");
        api.MapPost("/invitations", async (string org, InviteStaff.Command command, InviteStaff invite, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/staff", await invite.Run(command, ct)))
            .Requires(OrganisationPermissions.ManageStaff).Refuses("invalid").Describe("inviteStaff", "Invite somebody by mail; the link works once, for three days");
        api.MapPut("/staff/{id:guid}", async (Guid id, ChangeMember.Command command, ChangeMember change, CancellationToken ct) =>
            {
                await change.Run(command with { MembershipId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(OrganisationPermissions.ManageStaff).Refuses("invalid", "not-found", "staff.last-admin").Describe("changeMember", "Change roles, suspend, restore");
        api.MapPost("/devices", async (string org, AddDevice.Command command, AddDevice add, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/staff", await add.Run(command, ct)))
            .Requires(OrganisationPermissions.ManageStaff).Refuses("invalid").Describe("addDevice", "Add a waiting-room screen; its secret is shown once");
        api.MapDelete("/devices/{id:guid}", async (Guid id, RevokeDevice revoke, CancellationToken ct) =>
            {
                await revoke.Run(new() { DeviceId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(OrganisationPermissions.ManageStaff).Refuses("not-found").Describe("revokeDevice", "End a screen");
    }

    private static SettingsView View(OrganisationSlot organisation, HttpContext http)
    {
        var o = organisation.Current;
        http.ETag(o.Version);
        return new(o.Id, o.Slug, o.Name, o.TimeZone, o.Language, o.CallingCode, o.NumberPattern, o.BoardShowsNames, o.KeepsRecord, o.Version);
    }
}
