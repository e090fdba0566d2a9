namespace Salus.Modules.Organisations;

/// <summary>What can be allowed here.</summary>
public static class OrganisationPermissions
{
    public const string ManageStaff = "organisation.manage-staff";
    public const string ManageSettings = "organisation.manage-settings";
    public const string Enter = "organisation.enter";
    public const string ManageRoles = "organisation.manage-roles";
    public const string ManageKeys = "organisation.manage-keys";

    /// <summary>Gives standard roles that one does not hold oneself; see docs/adr/0018.</summary>
    public const string GrantStandardRoles = "organisation.grant-standard-roles";
}
