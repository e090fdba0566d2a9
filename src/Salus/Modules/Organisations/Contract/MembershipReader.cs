using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Organisations.Contract;

/// <summary>Where somebody stands: who it is, and as what in the organisation of the route.</summary>
public sealed record Standing(ActorKind Kind, Guid Id, string Name, string Language, bool IsPlatformOwner, Organisation? Organisation, bool IsMember,
    IReadOnlyList<string> Roles, FrozenSet<string> Permissions);

/// <summary>Finds the standing of a signed-in principal with one query per request, so that a suspension works at once.</summary>
public sealed class MembershipReader(Database database, Kernel.Modules modules)
{
    public const string DeviceClaim = "device";
    private readonly ConcurrentDictionary<string, FrozenSet<string>> bundles = new();

    /// <summary>The standing; null for anonymous callers and for sessions that have ended.</summary>
    public async Task<Standing?> Find(ClaimsPrincipal user, string? slug, CancellationToken ct)
    {
        if (user.FindFirstValue("sub") is not { } subject || !Guid.TryParse(subject, out var id)) return null;
        await using var db = database.Open();
        return user.HasClaim(c => c.Type == DeviceClaim) ? await FindDevice(db, id, slug, ct) : await FindPerson(db, id, user.FindFirstValue(Session.StampClaim), slug, ct);
    }

    private async Task<Standing?> FindPerson(SalusDb db, Guid id, string? stamp, string? slug, CancellationToken ct)
    {
        var query = database.Compiled("membership", () => EF.CompileAsyncQuery((SalusDb d, Guid account, string? mark, string? word, CancellationToken token) => (
            from a in d.Set<Account>().AsNoTracking().Where(a => a.Id == account && a.SecurityStamp == mark && a.DeactivatedAt == null)
            from o in d.Set<Organisation>().AsNoTracking().Where(o => o.Slug == word).DefaultIfEmpty()
            from m in d.Set<Membership>().IgnoreQueryFilters(Unfiltered).AsNoTracking()
                .Where(m => m.AccountId == account && m.OrganisationId == o!.Id && m.Status == MembershipStatus.Active).DefaultIfEmpty()
            select new Found(a.Name, a.Language, a.IsPlatformOwner, o, m!.Roles)).FirstOrDefault()));
        var found = await query(db, id, stamp, slug, ct);
        if (found is null) return null;
        return new Standing(ActorKind.Person, id, found.Name, found.Language, found.IsPlatformOwner, found.Organisation, found.Roles is not null,
            Split(found.Roles), Bundle(found.Roles));
    }

    private static readonly string[] Unfiltered = [SalusDb.OrganisationFilter];

    private sealed record Found(string Name, string Language, bool IsPlatformOwner, Organisation? Organisation, string? Roles);

    private async Task<Standing?> FindDevice(SalusDb db, Guid id, string? slug, CancellationToken ct)
    {
        var (organisations, devices) = (db.Organisations, db.Devices.IgnoreQueryFilters([SalusDb.OrganisationFilter]));
        var found = await (
            from device in devices.AsNoTracking().Where(d => d.Id == id && d.RevokedAt == null)
            from organisation in organisations.AsNoTracking().Where(o => o.Slug == slug).DefaultIfEmpty()
            select new { device.Name, device.Role, device.OrganisationId, organisation }).FirstOrDefaultAsync(ct);
        if (found is null) return null;
        var isMember = found.organisation?.Id == found.OrganisationId;
        return new Standing(ActorKind.Device, id, found.Name, "", false, found.organisation, isMember, [found.Role], isMember ? Bundle(found.Role) : []);
    }

    private static string[] Split(string? roles) => roles?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private FrozenSet<string> Bundle(string? roles) => roles is null ? [] : bundles.GetOrAdd(roles, key =>
    {
        var held = Split(key);
        return modules.Permissions.Values.Where(p => p.Roles.Any(held.Contains)).Select(p => p.Key).ToFrozenSet();
    });
}
