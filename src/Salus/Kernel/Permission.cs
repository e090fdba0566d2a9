namespace Salus.Kernel;

/// <summary>One thing a role may do.</summary>
/// <param name="Key">Stable key <c>module.act</c>.</param>
/// <param name="Sentence">What it allows, as a sentence for people (a resource key).</param>
/// <param name="Roles">The standard roles that hold it from the start.</param>
public sealed record Permission(string Key, string Sentence, params string[] Roles)
{
    /// <summary>It goes with its standard roles only: no own role and no program's key may hold it.</summary>
    public bool StaysInStandardRoles { get; init; }

    /// <summary>A person answers for it by name: no program's key may hold it.</summary>
    public bool IsForPeople { get; init; }
}

/// <summary>An audited action: its stable name and the sentence that the log page shows for it.</summary>
public sealed record AuditAction(string Key, string Sentence);

/// <summary>A menu entry: shown to those who hold the permission.</summary>
public sealed record MenuItem(string Path, string Title, string Icon, string Permission, int Order)
{
    /// <summary>Used now and then, not all day: such entries stand behind the account button.</summary>
    public bool IsManagement => Order >= 60;
}

/// <summary>A module's manifest: everything the program must know about it, in one readable place.</summary>
public abstract class Module
{
    /// <summary>What stands above its permissions where they are listed (a resource key).</summary>
    public virtual string Title => "";
    public virtual IEnumerable<Permission> Permissions => [];
    public virtual IEnumerable<AuditAction> AuditActions => [];
    public virtual IEnumerable<MenuItem> Menu => [];
    public virtual void AddServices(IServiceCollection services) { }
    public virtual void MapRoutes(IEndpointRouteBuilder routes) { }
}

/// <summary>All modules of the program and what they declare together. Start-up fails on a name declared twice.</summary>
public sealed class Modules
{
    public Modules(IEnumerable<Module> modules)
    {
        All = [.. modules];
        Permissions = All.SelectMany(m => m.Permissions).ToDictionary(p => p.Key);
        AuditActions = All.SelectMany(m => m.AuditActions).ToDictionary(a => a.Key);
        Menu = [.. All.SelectMany(m => m.Menu).OrderBy(m => m.Order)];
    }

    public IReadOnlyList<Module> All { get; }
    public IReadOnlyDictionary<string, Permission> Permissions { get; }
    public IReadOnlyDictionary<string, AuditAction> AuditActions { get; }
    public IReadOnlyList<MenuItem> Menu { get; }
}
