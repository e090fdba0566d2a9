using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>Organisations, their staff and devices, their settings.</summary>
public sealed class OrganisationsModule : Module
{
    public override string Title => "Organisation";

    public override IEnumerable<Permission> Permissions =>
    [
        new(OrganisationPermissions.Enter, "Enter the organisation", Role.InOrganisation),
        new(OrganisationPermissions.ManageStaff, "Invite staff, give roles, add screens", Role.Admin) { IsForPeople = true },
        new(OrganisationPermissions.GrantStandardRoles, "Give standard roles without holding them", Role.Admin) { StaysInStandardRoles = true },
        new(OrganisationPermissions.ManageRoles, "Define the organisation's own roles", Role.Admin) { IsForPeople = true },
        new(OrganisationPermissions.ManageKeys, "Make and end keys for programs", Role.Admin) { IsForPeople = true },
        new(OrganisationPermissions.ManageSettings, "Change the organisation's settings", Role.Admin),
    ];

    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(Platform.Action, "read the organisations of the installation"),
        new(CreateOrganisation.Action, "opened an organisation"),
        new(ChangeSettings.Action, "changed the settings"),
        new(InviteStaff.Action, "invited somebody"),
        new(AcceptInvitation.Action, "accepted an invitation"),
        new(ChangeMember.Action, "changed a member's roles"),
        new(AddDevice.Action, "added a screen"),
        new(RevokeDevice.Action, "ended a screen"),
        new(StaffList.Action, "read the list of staff"),
        new(AddRole.Action, "added an own role"),
        new(ChangeRole.Action, "changed an own role"),
        new(RemoveRole.Action, "removed an own role"),
        new(RoleList.Action, "read the roles"),
        new(AccessMatrix.Action, "read who may do what"),
        new(AddApiKey.Action, "made a key for a program"),
        new(RevokeApiKey.Action, "ended a key for a program"),
        new(ApiKeyList.Action, "read the list of keys"),
        new(SeeAs.Action, "began to see as another role"),
        new(EnterForSupport.Action, "entered for support"),
        new(StopActing.Action, "went back to the own role"),
        new(LetSupportIn.Action, "changed the access of support"),
        new(SetSupportStaff.Action, "changed the support staff"),
    ];

    public override IEnumerable<MenuItem> Menu =>
    [
        new("manage/staff", "Staff and screens", "user-cog", OrganisationPermissions.ManageStaff, 70),
        new("manage/roles", "Roles", "shield-check", OrganisationPermissions.ManageRoles, 72),
        new("manage/keys", "Keys for programs", "key", OrganisationPermissions.ManageKeys, 74),
        new("manage/settings", "Settings", "settings", OrganisationPermissions.ManageSettings, 80),
    ];

    public override void AddServices(IServiceCollection services) => services.AddScoped<OrganisationSlot>().AddSingleton<MembershipReader>().AddSingleton<Bundles>().AddScoped<Granting>().AddSingleton<IMemberships, MembershipsOf>();

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        OrganisationApi.Map(routes);
        OrganisationPages.Map(routes);
        RoleApi.Map(routes);
        RolePages.Map(routes);
        ActAsDoors.Map(routes);
    }
}
