using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>Organisations, their staff and devices, their settings.</summary>
public sealed class OrganisationsModule : Module
{
    public override IEnumerable<Permission> Permissions =>
    [
        new(OrganisationPermissions.Enter, "Enter the organisation", Role.Admin, Role.Receptionist, Role.Doctor, Role.Display),
        new(OrganisationPermissions.ManageStaff, "Invite staff, give roles, add screens", Role.Admin),
        new(OrganisationPermissions.ManageSettings, "Change the organisation's settings", Role.Admin),
    ];

    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(CreateOrganisation.Action, "opened an organisation"),
        new(ChangeSettings.Action, "changed the settings"),
        new(InviteStaff.Action, "invited somebody"),
        new(AcceptInvitation.Action, "accepted an invitation"),
        new(ChangeMember.Action, "changed a member's roles"),
        new(AddDevice.Action, "added a screen"),
        new(RevokeDevice.Action, "ended a screen"),
        new(StaffList.Action, "read the list of staff"),
    ];

    public override IEnumerable<MenuItem> Menu =>
    [
        new("manage/staff", "Staff and screens", "user-cog", OrganisationPermissions.ManageStaff, 70),
        new("manage/settings", "Settings", "settings", OrganisationPermissions.ManageSettings, 80),
    ];

    public override void AddServices(IServiceCollection services) => services.AddScoped<OrganisationSlot>().AddSingleton<MembershipReader>().AddSingleton<IMemberships, MembershipsOf>();

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        OrganisationApi.Map(routes);
        OrganisationPages.Map(routes);
    }
}
