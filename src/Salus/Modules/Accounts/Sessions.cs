using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts;

/// <summary>One of the own sessions as its owner sees it.</summary>
/// <param name="Place">Where the address is, such as "Rome, Italy"; empty where that is not known.</param>
/// <param name="Device">Browser and system, such as "Firefox, Windows", or the program's name.</param>
public sealed record SessionLine(Guid Id, SessionKind Kind, string Device, string Ip, string Place, DateTime CreatedAt, DateTime LastUsedAt, bool IsThis);

/// <summary>Where one is signed in.</summary>
public sealed class OwnSessions(Tools tools, Places places) : ReadModel<OwnSessions.Query, IReadOnlyList<SessionLine>>(tools)
{
    public const string Action = "account.sessions";
    private const int Most = 200;

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => RequirePerson();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyList<SessionLine> result) => null;

    protected override async Task<IReadOnlyList<SessionLine>> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var now = Clock.Now();
        var rows = await db.Sessions.AsNoTracking().Where(s => s.AccountId == Actor.Id && s.EndedAt == null && s.ExpiresAt > now).OrderByDescending(s => s.LastUsedAt).Take(Most).ToListAsync(ct);
        return [.. rows.Select(s => new SessionLine(s.Id, s.Kind, DeviceName.Of(s.UserAgent), s.Ip, places.Of(s.Ip), s.CreatedAt, s.LastUsedAt, s.Id == Actor.SessionId)).OrderByDescending(s => s.IsThis)];
    }
}

/// <summary>Ends one of the own sessions, also this one: signing out. Its live connections are cut.</summary>
public sealed class EndSession(Tools tools) : UseCase<EndSession.Command, Guid>(tools)
{
    public const string Action = "account.end-session";

    public sealed record Command { public Guid SessionId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var session = await Db.Sessions.FirstOrDefaultAsync(s => s.Id == command.SessionId && s.AccountId == Actor.Id, ct) ?? throw Refusal.NotFound();
        session.End(session.Id == Actor.SessionId ? SessionEnd.SignedOut : SessionEnd.Ended, Now);
        Subject("session", session.Id);
        Changed(LiveTopics.Cut + session.Id);
        return session.Id;
    }
}

/// <summary>Ends all own sessions but this one.</summary>
public sealed class EndOtherSessions(Tools tools) : UseCase<EndOtherSessions.Command, int>(tools)
{
    public const string Action = "account.end-other-sessions";

    public sealed record Command;

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task<int> Handle(Command command, CancellationToken ct)
    {
        var ended = await EndOthers(Db, Actor, SessionEnd.Ended, Now, ct);
        foreach (var id in ended) Changed(LiveTopics.Cut + id);
        Subject("account", Actor.Id!.Value, $"{ended.Count} sessions");
        return ended.Count;
    }

    /// <summary>Ends all sessions of the actor but the present one; returns their ids, whose connections are to be cut.</summary>
    public static async Task<IReadOnlyList<Guid>> EndOthers(SalusDb db, Actor actor, SessionEnd reason, DateTime now, CancellationToken ct)
    {
        var others = await db.Sessions.Where(s => s.AccountId == actor.Id && s.EndedAt == null && s.Id != actor.SessionId).ToListAsync(ct);
        foreach (var session in others) session.End(reason, now);
        return [.. others.Select(s => s.Id)];
    }
}

/// <summary>A name for a device that its owner recognises, from what the browser says of itself.</summary>
public static class DeviceName
{
    // The order matters: most browsers also name those they are like.
    private static readonly (string Mark, string Name)[] Browsers = [("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    private static readonly (string Mark, string Name)[] Systems = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    public static string Of(string userAgent)
    {
        var (browser, system) = (Find(Browsers, userAgent), Find(Systems, userAgent));
        if (browser is not null) return system is null ? browser : $"{browser}, {system}";
        var word = userAgent.Split(' ', '/')[0];
        return word.Length is > 0 and <= 40 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? word : "";
    }

    private static string? Find((string Mark, string Name)[] list, string text) => list.FirstOrDefault(x => text.Contains(x.Mark, StringComparison.Ordinal)).Name;
}
