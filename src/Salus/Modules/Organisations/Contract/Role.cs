namespace Salus.Modules.Organisations.Contract;

/// <summary>Standard roles that belong together on a page.</summary>
public enum RoleGroup { Running, Care, Diagnosis, Fertility, Own }

/// <summary>The standard roles. A role is only a bundle of permissions; a person may hold several.</summary>
public static class Role
{
    public const string PlatformOwner = "platform.owner", PlatformSupport = "platform.support", Person = "person";
    public const string Admin = "org.admin";
    public const string Owner = "clinic.owner", Receptionist = "clinic.receptionist", Display = "clinic.display";
    public const string Doctor = "clinic.doctor", Nurse = "clinic.nurse", Lab = "clinic.lab", Radiology = "clinic.radiology", Pharmacist = "clinic.pharmacist";
    public const string Ivf = "clinic.ivf", Embryologist = "clinic.embryologist";
    public const string AssociationMember = "assoc.member", Board = "assoc.board", Secretary = "assoc.secretary", Treasurer = "assoc.treasurer", Auditor = "assoc.auditor", Commission = "assoc.commission";
    public const string Reviewer = "assist.reviewer", Dispatcher = "assist.dispatcher", Technician = "assist.technician", Provider = "assist.provider";

    /// <summary>What the log calls the role of a program that calls with a key; nobody is given it.</summary>
    public const string Program = "program";

    /// <summary>How the key of an organisation's own role begins.</summary>
    public const string OwnPrefix = "own.";

    /// <summary>Those that people of a clinic can be given, as a page shows them; a display is a device, not a person.</summary>
    private static readonly IReadOnlyList<(RoleGroup Group, IReadOnlyList<string> Roles)> ForClinic =
    [
        (RoleGroup.Running, [Admin, Owner, Receptionist]), (RoleGroup.Care, [Doctor, Nurse]), (RoleGroup.Diagnosis, [Lab, Radiology, Pharmacist]), (RoleGroup.Fertility, [Ivf, Embryologist]),
    ];

    /// <summary>Those that people and devices of a clinic hold.</summary>
    public static readonly IReadOnlyList<string> OfClinic = [.. ForClinic.SelectMany(g => g.Roles), Display];

    /// <summary>Those that may be held inside an organisation of any kind.</summary>
    public static readonly string[] InOrganisation =
        [.. OfClinic, AssociationMember, Board, Secretary, Treasurer, Auditor, Commission, Reviewer, Dispatcher, Technician, Provider];

    /// <summary>All of them, also those of the installation and of everybody for their own affairs.</summary>
    public static readonly IReadOnlyList<string> Standard = [PlatformOwner, PlatformSupport, .. InOrganisation, Person];

    /// <summary>The standard roles that people of an organisation of this kind can be given, grouped.</summary>
    public static IReadOnlyList<(RoleGroup Group, IReadOnlyList<string> Roles)> Groups(OrganisationKind kind) => kind switch
    {
        OrganisationKind.Clinic => ForClinic, _ => [],
    };

    public static IEnumerable<string> ForPeople(OrganisationKind kind) => Groups(kind).SelectMany(g => g.Roles);

    public static bool IsOwn(string role) => role.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>Role keys as rows keep them, apart.</summary>
    public static string[] Split(string? roles) => roles?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The role's name for people (a resource key). An own role whose row is not at hand is named by its key.</summary>
    public static string Title(string role) => role switch
    {
        PlatformOwner => "Owner of the installation", PlatformSupport => "Support", Person => "Person", Program => "Program",
        Admin => "Administrator", Owner => "Clinic owner", Receptionist => "Receptionist", Display => "Display",
        Doctor => "Doctor", Nurse => "Nurse", Lab => "Laboratory", Radiology => "Radiology", Pharmacist => "Pharmacist", Ivf => "Fertility specialist", Embryologist => "Embryologist",
        AssociationMember => "Member", Board => "Board member", Secretary => "Secretary", Treasurer => "Treasurer", Auditor => "Auditor", Commission => "Commission member",
        Reviewer => "Reviewer", Dispatcher => "Dispatcher", Technician => "Technician", Provider => "Provider",
        _ => IsOwn(role) ? role[OwnPrefix.Length..].Replace('-', ' ') : role,
    };

    /// <summary>The group's name for people (a resource key).</summary>
    public static string Title(RoleGroup group) => group switch
    {
        RoleGroup.Running => "Running the clinic", RoleGroup.Care => "Care", RoleGroup.Diagnosis => "Diagnosis and medicines", RoleGroup.Fertility => "Fertility", _ => "Own roles",
    };
}
