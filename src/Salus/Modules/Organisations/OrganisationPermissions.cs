namespace Salus.Modules.Organisations;

/// <summary>What can be allowed here.</summary>
public static class OrganisationPermissions
{
    public const string ManageStaff = "organisation.manage-staff";
    public const string ManageSettings = "organisation.manage-settings";
    public const string Enter = "organisation.enter";
}
