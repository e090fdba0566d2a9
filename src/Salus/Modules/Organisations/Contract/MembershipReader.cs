using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Organisations.Contract;

/// <summary>Where somebody stands: who it is, and as what in the organisation of the route.</summary>
/// <param name="Acting">The role in which the session acts now, in this organisation or in another.</param>
public sealed record Standing(ActorKind Kind, Guid Id, Guid? SessionId, string Name, Organisation? Organisation, bool IsMember, IReadOnlyList<string> Roles, FrozenSet<string> Permissions)
{
    public string Language { get; init; } = "";
    public bool IsPlatformOwner { get; init; }
    public bool IsPlatformSupport { get; init; }
    public Acting? Acting { get; init; }

    /// <summary>Titles of own roles among <see cref="Roles"/>, by key.</summary>
    public IReadOnlyDictionary<string, string> OwnTitles { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>When the person last showed in this session who it is.</summary>
    public DateTime? ProvedAt { get; init; }
    public bool HasSecondFactor { get; init; }

    /// <summary>The organisation demands a second factor for one of the roles, and this session has shown none: until then the membership gives nothing.</summary>
    public bool LacksSecondFactor { get; init; }
}

/// <summary>
/// Finds the standing of a signed-in principal. It is remembered until anybody's standing changes, so that a suspension works at
/// once: on this node before it is answered, on another with the notification, and nowhere later than one second.
/// </summary>
public sealed class MembershipReader
{
    public const string DeviceClaim = "device", KeyClaim = "key";
    private static readonly string Topic = $"standing:{Guid.Empty}";
    private static readonly string[] Unfiltered = [SalusDb.OrganisationFilter];
    private static readonly TimeSpan Untouched = TimeSpan.FromMinutes(5);
    private readonly Database database;
    private readonly Bundles bundles;
    private readonly LiveTopics live;
    private readonly TimeProvider clock;
    private readonly RecentlyRead<(Guid Id, Guid? Session, string? Slug), Standing?> recent;
    private readonly RecentlyRead<string, Guid?> secrets;

    public MembershipReader(Database database, Bundles bundles, LiveTopics live, TimeProvider clock)
    {
        (this.database, this.bundles, this.live, this.clock) = (database, bundles, live, clock);
        (recent, secrets) = (new(TimeSpan.FromSeconds(1), most: 5000, clock), new(TimeSpan.FromSeconds(1), most: 5000, clock));
        // No organisation has the empty id: its stamp counts the changes of standing, and the topic carries them to other nodes.
        database.StandingChanged += () => live.Changed(Guid.Empty, [Topic]);
    }

    /// <summary>The standing; null for anonymous callers and for sessions that have ended.</summary>
    public ValueTask<Standing?> Find(ClaimsPrincipal user, string? slug, CancellationToken ct)
    {
        if (user.FindFirstValue("sub") is not { } subject || !Guid.TryParse(subject, out var id)) return new((Standing?)null);
        var session = Guid.TryParse(user.FindFirstValue(Session.Claim), out var sid) ? sid : (Guid?)null;
        var isKey = user.HasClaim(c => c.Type == KeyClaim);
        if (session is null && !isKey && !user.HasClaim(c => c.Type == DeviceClaim)) return new((Standing?)null);
        return recent.Get((id, session, slug), live.Stamp(Guid.Empty), async () =>
        {
            await using var db = database.Open();
            return session is not null ? await FindPerson(db, id, session.Value, slug, ct) : isKey ? await FindKey(db, id, slug, ct) : await FindDevice(db, id, slug, ct);
        });
    }

    /// <summary>The device that this secret belongs to; null when it is none, or no more.</summary>
    public ValueTask<Guid?> FindDevice(string secret, CancellationToken ct)
    {
        var hash = Text.Hash(secret);
        return secrets.Get(hash, live.Stamp(Guid.Empty), async () =>
        {
            await using var db = database.Open();
            return await db.Devices.IgnoreQueryFilters(Unfiltered).AsNoTracking().Where(d => d.SecretHash == hash && d.RevokedAt == null).Select(d => (Guid?)d.Id).FirstOrDefaultAsync(ct);
        });
    }

    /// <summary>The program's key that this secret belongs to; null when it is none, or no more.</summary>
    public ValueTask<Guid?> FindKey(string secret, CancellationToken ct)
    {
        var hash = Text.Hash(secret);
        return secrets.Get(ApiKey.Prefix + hash, live.Stamp(Guid.Empty), async () =>
        {
            var now = clock.Now();
            await using var db = database.Open();
            return await db.ApiKeys.IgnoreQueryFilters(Unfiltered).AsNoTracking().Where(k => k.SecretHash == hash && k.RevokedAt == null && k.ExpiresAt > now).Select(k => (Guid?)k.Id).FirstOrDefaultAsync(ct);
        });
    }

    private async Task<Standing?> FindPerson(SalusDb db, Guid id, Guid session, string? slug, CancellationToken ct)
    {
        var query = database.Compiled("membership", () => EF.CompileAsyncQuery((SalusDb d, Guid account, Guid sid, DateTime now, string? word, CancellationToken token) => (
            from s in d.Set<Session>().AsNoTracking().Where(s => s.Id == sid && s.AccountId == account && s.EndedAt == null && s.ExpiresAt > now)
            from a in d.Set<Account>().AsNoTracking().Where(a => a.Id == account && a.DeactivatedAt == null)
            from o in d.Set<Organisation>().AsNoTracking().Where(o => o.Slug == word).DefaultIfEmpty()
            from m in d.Set<Membership>().IgnoreQueryFilters(Unfiltered).AsNoTracking()
                .Where(m => m.AccountId == account && m.OrganisationId == o!.Id && m.Status == MembershipStatus.Active).DefaultIfEmpty()
            from x in d.Set<ActingSession>().AsNoTracking().Where(x => x.SessionId == sid && x.EndedAt == null && x.EndsAt > now).DefaultIfEmpty()
            select new Found(a.Name, a.Language, a.IsPlatformOwner, a.IsPlatformSupport, o, m!.Roles, s.Kind, s.LastUsedAt, s.ProvedAt, s.IsStrong, a.TwoFactorEnabled, x)).FirstOrDefault()));
        var now = clock.Now();
        var found = await query(db, id, session, now, slug, ct);
        if (found is null) return null;
        if (now - found.LastUsedAt > Untouched) await Touch(session, found.Kind, now);
        var own = await OwnRoles(db, found, ct);
        var standing = new Standing(ActorKind.Person, id, session, found.Name, found.Organisation, found.Roles is not null, Role.Split(found.Roles), bundles.Of(found.Roles, own))
        {
            Language = found.Language, IsPlatformOwner = found.IsPlatformOwner, IsPlatformSupport = found.IsPlatformSupport, OwnTitles = own.ToDictionary(r => r.Key, r => r.Title),
            ProvedAt = found.ProvedAt, HasSecondFactor = found.HasSecondFactor,
        };
        var held = standing.Roles;
        if (found.Acting is { } acting) standing = ActingStanding.Of(standing, acting, bundles, own, now);
        // Of the roles that are held too: an acting that began before the demand is no way around it.
        var lacks = !found.IsStrong && Role.Split(found.Organisation?.SecondFactorRoles).Intersect(held.Union(standing.Roles)).Any();
        return lacks ? standing with { Permissions = [], LacksSecondFactor = true } : standing;
    }

    // Only where one is held, or acted in: most people hold standard roles, and theirs costs no second query.
    private static async Task<IReadOnlyList<OwnRole>> OwnRoles(SalusDb db, Found found, CancellationToken ct)
    {
        var held = Role.Split(found.Roles).Append(found.Acting?.Role ?? "").Where(Role.IsOwn).ToList();
        if (held.Count == 0 || found.Organisation is not { } organisation) return [];
        return await db.OwnRoles.IgnoreQueryFilters(Unfiltered).AsNoTracking().Where(r => r.OrganisationId == organisation.Id && held.Contains(r.Key)).ToListAsync(ct);
    }

    // A browser's session goes on while it is used; a program's only with its refresh token. Nobody's standing changes by it.
    private Task Touch(Guid session, SessionKind kind, DateTime now)
    {
        var until = now + Session.BrowserLife;
        return Touch(db => db.Sessions.Where(s => s.Id == session && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, now).SetProperty(s => s.ExpiresAt, s => kind == SessionKind.Browser ? until : s.ExpiresAt)));
    }

    private async Task Touch(Func<SalusDb, Task<int>> update)
    {
        try { await database.Write(null, update, CancellationToken.None); }
        catch (Refusal) { } // the database has no room for it now; the next request tries again
    }

    private sealed record Found(string Name, string Language, bool IsPlatformOwner, bool IsPlatformSupport, Organisation? Organisation, string? Roles, SessionKind Kind, DateTime LastUsedAt, DateTime ProvedAt, bool IsStrong, bool HasSecondFactor, ActingSession? Acting);

    private async Task<Standing?> FindDevice(SalusDb db, Guid id, string? slug, CancellationToken ct)
    {
        var (organisations, devices) = (db.Organisations, db.Devices.IgnoreQueryFilters(Unfiltered));
        var found = await (
            from device in devices.AsNoTracking().Where(d => d.Id == id && d.RevokedAt == null)
            from organisation in organisations.AsNoTracking().Where(o => o.Slug == slug).DefaultIfEmpty()
            select new { device.Name, device.Role, device.OrganisationId, organisation }).FirstOrDefaultAsync(ct);
        if (found is null) return null;
        var isMember = found.organisation?.Id == found.OrganisationId;
        return new Standing(ActorKind.Device, id, null, found.Name, found.organisation, isMember, [found.Role], isMember ? bundles.Of(found.Role) : []);
    }

    private async Task<Standing?> FindKey(SalusDb db, Guid id, string? slug, CancellationToken ct)
    {
        var (organisations, keys, now) = (db.Organisations, db.ApiKeys.IgnoreQueryFilters(Unfiltered), clock.Now());
        var found = await (
            from key in keys.AsNoTracking().Where(k => k.Id == id && k.RevokedAt == null && k.ExpiresAt > now)
            from organisation in organisations.AsNoTracking().Where(o => o.Slug == slug).DefaultIfEmpty()
            select new { key, organisation }).FirstOrDefaultAsync(ct);
        if (found is null) return null;
        if (found.key.LastUsedAt is not { } last || now - last > Untouched)
            await Touch(d => d.ApiKeys.IgnoreQueryFilters(Unfiltered).Where(k => k.Id == id).ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, now)));
        var isMember = found.organisation?.Id == found.key.OrganisationId;
        return new Standing(ActorKind.Program, id, null, found.key.Name, found.organisation, isMember, [Role.Program], isMember ? bundles.Declared(found.key.List) : []);
    }
}
