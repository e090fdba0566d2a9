using System.Threading.Channels;
using Npgsql;
using Salus.Kernel.Data;

namespace Salus.Kernel.Live;

/// <summary>Topics between nodes over LISTEN/NOTIFY. Topics that come together travel in one statement, because NOTIFY takes a lock at commit.</summary>
public sealed class PostgresRelay(PostgresDatabase database, IServiceProvider services, ILogger<PostgresRelay> log) : Relay, IHostedService, IDisposable
{
    private const string ChannelName = "salus_live";
    private readonly string node = Guid.NewGuid().ToString("N")[..8];
    private readonly Channel<string> outgoing = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource stop = new();

    public override void Send(IReadOnlyCollection<string> topics)
    {
        foreach (var topic in topics) outgoing.Writer.TryWrite(topic);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Forever(SendLoop);
        _ = Forever(ListenLoop);
        return Task.CompletedTask;
    }

    private async Task Forever(Func<CancellationToken, Task> loop)
    {
        while (!stop.IsCancellationRequested)
        {
            try { await loop(stop.Token); }
            catch (OperationCanceledException) { return; }
            catch (Exception error) when (error is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
            {
                log.LogWarning("Live topics between nodes wait: {Reason}", error.GetType().Name);
                await Task.Delay(1000);
            }
        }
    }

    private async Task SendLoop(CancellationToken ct)
    {
        while (await outgoing.Reader.WaitToReadAsync(ct))
        {
            var topics = new HashSet<string>();
            while (topics.Count < 100 && outgoing.Reader.TryRead(out var topic)) topics.Add(topic);
            await using var command = database.Source.CreateCommand($"SELECT pg_notify('{ChannelName}', t) FROM unnest(@topics) AS t");
            command.Parameters.AddWithValue("topics", topics.Select(t => node + " " + t).ToArray());
            await command.ExecuteNonQueryAsync(ct);
            await Task.Delay(20, ct);
        }
    }

    private async Task ListenLoop(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        connection.Notification += (_, note) =>
        {
            var space = note.Payload.IndexOf(' ', StringComparison.Ordinal);
            if (note.Payload[..space] != node) _ = services.GetRequiredService<LiveTopics>().Tell(note.Payload[(space + 1)..]);
        };
        await using (var listen = new NpgsqlCommand($"LISTEN {ChannelName}", connection)) await listen.ExecuteNonQueryAsync(ct);
        while (true) await connection.WaitAsync(ct);
    }

    public Task StopAsync(CancellationToken cancellationToken) => stop.CancelAsync();

    public void Dispose() => stop.Dispose();
}
