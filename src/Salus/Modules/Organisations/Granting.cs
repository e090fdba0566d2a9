using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>
/// Nobody grants what they lack: one hands on what one holds, and an administrator also the standard roles of the
/// organisation's kind and what is in them. Whoever acts in another role hands on nothing: it would outlast the acting.
/// The reasons are in docs/adr/0018.
/// </summary>
public sealed class Granting(Kernel.Modules modules, Bundles bundles, OrganisationSlot organisation)
{
    private IEnumerable<string> Standard => Role.ForPeople(organisation.Current.Kind).Append(Role.Display);

    /// <summary>The permissions that own roles and keys of this organisation may be made of, whoever makes them.</summary>
    public IEnumerable<Permission> Offered => modules.Permissions.Values.Where(p => !p.StaysInStandardRoles && p.Roles.Any(Standard.Contains));

    /// <summary>The permissions that the actor may put into an own role or a key.</summary>
    public IReadOnlySet<string> Of(Actor actor) => actor.IsActing ? new HashSet<string>() : Offered.Where(p => actor.May(p.Key) || actor.May(OrganisationPermissions.GrantStandardRoles)).Select(p => p.Key).ToHashSet();

    public bool MayGive(Actor actor, string role, IReadOnlyCollection<OwnRole> own) =>
        !actor.IsActing && (Role.IsOwn(role) ? bundles.Of(role, own).All(Of(actor).Contains) : actor.May(OrganisationPermissions.GrantStandardRoles) || bundles.Of(role).All(actor.May));

    /// <summary>Role keys as they are kept.</summary>
    /// <exception cref="Refusal">422 when one is no role for people here, 403 when the actor may not give it.</exception>
    public async Task<string> Roles(SalusDb db, Actor actor, string[] roles, CancellationToken ct)
    {
        var own = await db.OwnRoles.AsNoTracking().OrderBy(r => r.Key).ToListAsync(ct);
        var known = Role.ForPeople(organisation.Current.Kind).Concat(own.Select(o => o.Key)).ToList();
        if (roles.Length == 0 || !roles.All(known.Contains)) throw Refusal.Field("roles", "Choose at least one role.");
        Demand(roles.All(r => MayGive(actor, r, own)));
        return string.Join(' ', known.Where(roles.Contains));
    }

    /// <summary>Refuses with 403 unless the actor might have given all these roles: who may not give them may not take them either.</summary>
    public async Task DemandRoles(SalusDb db, Actor actor, string roles, CancellationToken ct)
    {
        var own = await db.OwnRoles.AsNoTracking().ToListAsync(ct);
        Demand(Role.Split(roles).All(r => MayGive(actor, r, own)));
    }

    /// <summary>Permission keys as they are kept.</summary>
    /// <exception cref="Refusal">422 when one is none, 403 when the actor may not hand it on.</exception>
    public string Permissions(Actor actor, string[] permissions)
    {
        var offered = Offered.Select(p => p.Key).Order(StringComparer.Ordinal).ToList();
        if (permissions.Length == 0 || !permissions.All(offered.Contains)) throw Refusal.Field("permissions", "Choose at least one permission.");
        Demand(permissions.All(Of(actor).Contains));
        return string.Join(' ', offered.Where(permissions.Contains));
    }

    /// <summary>The same for a program's key, which holds nothing that a person answers for by name.</summary>
    public string KeyPermissions(Actor actor, string[] permissions) =>
        permissions.Any(p => modules.Permissions.TryGetValue(p, out var known) && known.IsForPeople)
            ? throw Refusal.Field("permissions", "A person answers for this by name; no program may hold it.") : Permissions(actor, permissions);

    public IReadOnlyList<string> ForKeys(Actor actor) => [.. Of(actor).Where(p => !modules.Permissions[p].IsForPeople).Order(StringComparer.Ordinal)];

    public static void Demand(bool may)
    {
        if (!may) throw new Refusal(403, "role.not-yours", "You can only give what you hold yourself.") { Unlock = "Ask an administrator to do it." };
    }
}
