using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace Salus.Kernel.Live;

/// <summary>
/// Tells open pages that something changed: a topic name such as <c>queue:…</c> and no data. The page fetches its
/// fragment again and so passes the permission check again.
/// </summary>
public sealed class LiveTopics(IHubContext<LiveHub> hub, Relay relay, LiveConnections connections)
{
    /// <summary>A topic with this start and the id of an account or a session cuts its live connections on every node.</summary>
    public const string Cut = "cut:";

    private readonly ConcurrentDictionary<Guid, long> stamps = new();

    /// <summary>A number that rises with every change in an organisation that this node makes or hears of: what was kept under another number is old.</summary>
    public long Stamp(Guid organisationId) => stamps.GetOrAdd(organisationId, 0);

    private void Raise(Guid organisationId)
    {
        if (stamps.ContainsKey(organisationId)) stamps.AddOrUpdate(organisationId, 0, (_, number) => number + 1);
    }

    /// <summary>Call after commit only.</summary>
    public void Changed(Guid? organisationId, IReadOnlyCollection<string> topics)
    {
        if (organisationId is { } changed) Raise(changed);
        if (topics.Count == 0) return;
        foreach (var topic in topics) _ = Tell(topic);
        relay.Send(topics);
    }

    /// <summary>Tells the browsers of this node; other nodes hear of it through the relay.</summary>
    public Task Tell(string topic)
    {
        if (Guid.TryParse(topic.AsSpan(topic.IndexOf(':', StringComparison.Ordinal) + 1), out var subject)) Raise(subject);
        if (!topic.StartsWith(Cut, StringComparison.Ordinal)) return hub.Clients.Group(topic).SendAsync("changed", topic);
        connections.Cut(topic[Cut.Length..]);
        return Task.CompletedTask;
    }
}

/// <summary>The live connections of this node by account and session, so that they end when a right goes.</summary>
public sealed class LiveConnections
{
    private readonly ConcurrentDictionary<string, (string Account, string Session, HubCallerContext Context)> open = new();

    public void Add(HubCallerContext context) => open[context.ConnectionId] = (context.User?.FindFirst("sub")?.Value ?? "", context.User?.FindFirst("sid")?.Value ?? "", context);
    public void Remove(string connection) => open.TryRemove(connection, out _);

    public void Cut(string id)
    {
        foreach (var (_, (account, session, context)) in open) if (account == id || session == id) context.Abort();
    }
}

/// <summary>Carries topics to the other nodes. SQLite has no other nodes.</summary>
public class Relay
{
    public virtual void Send(IReadOnlyCollection<string> topics) { }
}

/// <summary>Decides who may listen to a topic. One per topic prefix, registered by the module that owns it.</summary>
public interface ITopicGuard
{
    /// <summary>The part of the topic before the colon.</summary>
    string Prefix { get; }

    /// <summary>The topic whose changes the caller will hear, which may be wider than the one asked for; null: refused.</summary>
    Task<string?> Hears(HttpContext http, string topic, CancellationToken ct);
}

/// <summary>The one hub. A browser hears a topic only when the module that owns it agrees.</summary>
public sealed class LiveHub(IEnumerable<ITopicGuard> guards, LiveConnections connections) : Hub
{
    public override Task OnConnectedAsync()
    {
        connections.Add(Context);
        return base.OnConnectedAsync();
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }

    /// <summary>Starts to hear of changes; returns the name under which they will come.</summary>
    public async Task<string> Listen(string topic)
    {
        var guard = guards.FirstOrDefault(g => topic.StartsWith(g.Prefix + ":", StringComparison.Ordinal));
        var heard = topic.Length > 200 || guard is null ? null : await guard.Hears(Context.GetHttpContext()!, topic, Context.ConnectionAborted);
        if (heard is null) throw new HubException("refused");
        await Groups.AddToGroupAsync(Context.ConnectionId, heard);
        return heard;
    }
}
