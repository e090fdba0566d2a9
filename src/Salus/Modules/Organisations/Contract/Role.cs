namespace Salus.Modules.Organisations.Contract;

/// <summary>The standard roles. A role is only a bundle of permissions; a person may hold several.</summary>
public static class Role
{
    public const string Admin = "org.admin";
    public const string Receptionist = "clinic.receptionist";
    public const string Doctor = "clinic.doctor";
    public const string Display = "clinic.display";

    /// <summary>Those that people can be given; a display is a device, not a person.</summary>
    public static readonly IReadOnlyList<string> ForPeople = [Admin, Receptionist, Doctor];

    /// <summary>The role's name for people (a resource key).</summary>
    public static string Title(string role) => role switch
    {
        Admin => "Administrator", Receptionist => "Receptionist", Doctor => "Doctor", Display => "Display", _ => role,
    };
}
