using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>A role as those see it who define or give roles.</summary>
/// <param name="Id">Of an own role; null for a standard one.</param>
/// <param name="Title">For people: an own role's title, a standard role's text.</param>
/// <param name="HeldBy">Names of those who hold it, with open invitations.</param>
/// <param name="MayGive">Whether the reader may give, change and remove it.</param>
public sealed record RoleLine(Guid? Id, string Key, string Title, IReadOnlyList<string> Permissions, IReadOnlyList<string> HeldBy, bool MayGive, Guid? Version);

/// <param name="MayHandOn">The permissions the reader may put into an own role or a key.</param>
public sealed record RolesView(IReadOnlyList<RoleLine> Own, IReadOnlyList<RoleLine> Standard, IReadOnlyList<string> MayHandOn);

/// <summary>The organisation's roles, own and standard, with what they allow and who holds them.</summary>
public sealed class RoleList(Tools tools, Granting granting, Bundles bundles, OrganisationSlot organisation) : ReadModel<RoleList.Query, RolesView>(tools)
{
    public const string Action = "role.list";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(OrganisationPermissions.ManageRoles);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, RolesView result) => null;

    protected override async Task<RolesView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var own = await db.OwnRoles.AsNoTracking().OrderBy(r => r.Title).ToListAsync(ct);
        var holders = await Holders(db, Clock.Now(), ct);
        var standard = Role.ForPeople(organisation.Current.Kind).Append(Role.Display);
        return new(
            [.. own.Select(r => new RoleLine(r.Id, r.Key, r.Title, r.List, holders.GetValueOrDefault(r.Key, []), granting.MayGive(Actor, r.Key, own), r.Version))],
            [.. standard.Select(r => new RoleLine(null, r, Role.Title(r), [.. bundles.Of(r).Order(StringComparer.Ordinal)], holders.GetValueOrDefault(r, []), granting.MayGive(Actor, r, own), null))],
            [.. granting.Of(Actor).Order(StringComparer.Ordinal)]);
    }

    /// <summary>By role key, who holds it: members, suspended ones too, and open invitations.</summary>
    public static async Task<Dictionary<string, IReadOnlyList<string>>> Holders(SalusDb db, DateTime now, CancellationToken ct)
    {
        var accounts = db.Accounts;
        var members = await db.Memberships.AsNoTracking().Join(accounts, m => m.AccountId, a => a.Id, (m, a) => new { a.Name, m.Roles }).ToListAsync(ct);
        var invited = await db.Invitations.AsNoTracking().Where(i => i.AcceptedAt == null && i.RevokedAt == null && i.ExpiresAt > now).Select(i => new { i.Name, i.Roles }).ToListAsync(ct);
        return members.Concat(invited).SelectMany(h => Role.Split(h.Roles).Select(r => (Role: r, h.Name))).GroupBy(h => h.Role)
            .ToDictionary(g => g.Key, IReadOnlyList<string> (g) => [.. g.Select(h => h.Name).Order(StringComparer.CurrentCulture)]);
    }
}
