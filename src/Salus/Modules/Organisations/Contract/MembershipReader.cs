using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Organisations.Contract;

/// <summary>Where somebody stands: who it is, and as what in the organisation of the route.</summary>
public sealed record Standing(ActorKind Kind, Guid Id, Guid? SessionId, string Name, string Language, bool IsPlatformOwner, Organisation? Organisation, bool IsMember,
    IReadOnlyList<string> Roles, FrozenSet<string> Permissions)
{
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
    public const string DeviceClaim = "device";
    private static readonly string Topic = $"standing:{Guid.Empty}";
    private readonly Database database;
    private readonly Kernel.Modules modules;
    private readonly LiveTopics live;
    private readonly TimeProvider clock;
    private readonly RecentlyRead<(Guid Id, Guid? Session, string? Slug), Standing?> recent;
    private readonly RecentlyRead<string, Guid?> devices;
    private readonly ConcurrentDictionary<string, FrozenSet<string>> bundles = new();

    public MembershipReader(Database database, Kernel.Modules modules, LiveTopics live, TimeProvider clock)
    {
        (this.database, this.modules, this.live, this.clock) = (database, modules, live, clock);
        (recent, devices) = (new(TimeSpan.FromSeconds(1), most: 5000, clock), new(TimeSpan.FromSeconds(1), most: 5000, clock));
        // No organisation has the empty id: its stamp counts the changes of standing, and the topic carries them to other nodes.
        database.StandingChanged += () => live.Changed(Guid.Empty, [Topic]);
    }

    /// <summary>The standing; null for anonymous callers and for sessions that have ended.</summary>
    public ValueTask<Standing?> Find(ClaimsPrincipal user, string? slug, CancellationToken ct)
    {
        if (user.FindFirstValue("sub") is not { } subject || !Guid.TryParse(subject, out var id)) return new((Standing?)null);
        var session = Guid.TryParse(user.FindFirstValue(Session.Claim), out var sid) ? sid : (Guid?)null;
        if (session is null && !user.HasClaim(c => c.Type == DeviceClaim)) return new((Standing?)null);
        return recent.Get((id, session, slug), live.Stamp(Guid.Empty), async () =>
        {
            await using var db = database.Open();
            return session is null ? await FindDevice(db, id, slug, ct) : await FindPerson(db, id, session.Value, slug, ct);
        });
    }

    /// <summary>The device that this secret belongs to; null when it is none, or no more.</summary>
    public ValueTask<Guid?> FindDevice(string secret, CancellationToken ct)
    {
        var hash = Text.Hash(secret);
        return devices.Get(hash, live.Stamp(Guid.Empty), async () =>
        {
            await using var db = database.Open();
            return await db.Devices.IgnoreQueryFilters(Unfiltered).AsNoTracking().Where(d => d.SecretHash == hash && d.RevokedAt == null).Select(d => (Guid?)d.Id).FirstOrDefaultAsync(ct);
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
            select new Found(a.Name, a.Language, a.IsPlatformOwner, o, m!.Roles, s.Kind, s.LastUsedAt, s.ProvedAt, s.IsStrong, a.TwoFactorEnabled)).FirstOrDefault()));
        var now = clock.Now();
        var found = await query(db, id, session, now, slug, ct);
        if (found is null) return null;
        if (now - found.LastUsedAt > Untouched) await Touch(session, found.Kind, now);
        var lacks = !found.IsStrong && Split(found.Roles).Intersect(Split(found.Organisation?.SecondFactorRoles)).Any();
        return new Standing(ActorKind.Person, id, session, found.Name, found.Language, found.IsPlatformOwner, found.Organisation, found.Roles is not null,
            Split(found.Roles), lacks ? [] : Bundle(found.Roles)) { ProvedAt = found.ProvedAt, HasSecondFactor = found.HasSecondFactor, LacksSecondFactor = lacks };
    }

    private static readonly TimeSpan Untouched = TimeSpan.FromMinutes(5);

    // A browser's session goes on while it is used; a program's only with its refresh token. Nobody's standing changes by it.
    private async Task Touch(Guid session, SessionKind kind, DateTime now)
    {
        var until = now + Session.BrowserLife;
        try
        {
            await database.Write(null, db => db.Sessions.Where(s => s.Id == session && s.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, now).SetProperty(s => s.ExpiresAt, s => kind == SessionKind.Browser ? until : s.ExpiresAt)), CancellationToken.None);
        }
        catch (Refusal) { } // the database has no room for it now; the next request tries again
    }

    private static readonly string[] Unfiltered = [SalusDb.OrganisationFilter];

    private sealed record Found(string Name, string Language, bool IsPlatformOwner, Organisation? Organisation, string? Roles, SessionKind Kind, DateTime LastUsedAt, DateTime ProvedAt, bool IsStrong, bool HasSecondFactor);

    private async Task<Standing?> FindDevice(SalusDb db, Guid id, string? slug, CancellationToken ct)
    {
        var (organisations, devices) = (db.Organisations, db.Devices.IgnoreQueryFilters([SalusDb.OrganisationFilter]));
        var found = await (
            from device in devices.AsNoTracking().Where(d => d.Id == id && d.RevokedAt == null)
            from organisation in organisations.AsNoTracking().Where(o => o.Slug == slug).DefaultIfEmpty()
            select new { device.Name, device.Role, device.OrganisationId, organisation }).FirstOrDefaultAsync(ct);
        if (found is null) return null;
        var isMember = found.organisation?.Id == found.OrganisationId;
        return new Standing(ActorKind.Device, id, null, found.Name, "", false, found.organisation, isMember, [found.Role], isMember ? Bundle(found.Role) : []);
    }

    private static string[] Split(string? roles) => roles?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private FrozenSet<string> Bundle(string? roles) => roles is null ? [] : bundles.GetOrAdd(roles, key =>
    {
        var held = Split(key);
        return modules.Permissions.Values.Where(p => p.Roles.Any(held.Contains)).Select(p => p.Key).ToFrozenSet();
    });
}
