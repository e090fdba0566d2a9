using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Operations;

/// <param name="Status"><c>ok</c>; <c>degraded</c> when it serves but a part of it does not do what it should; or that the database is away.</param>
public sealed record HealthAnswer(string Status, string Service, DateTime Timestamp);

public sealed record HealthDetail(string Status, IReadOnlyList<HealthPart> Parts, DateTime Timestamp);

/// <summary>Whether the program can serve: it can when the database answers. A store that is away takes nothing from that: it is said, and the answer stays 200.</summary>
public static class Health
{
    public static async Task<IResult> Check(Database database, IEnumerable<IHealthSource> sources, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return await IsThere(database, ct) ? Results.Ok(new HealthAnswer(StatusOf(sources.SelectMany(s => s.Latest)), "salus", now)) : Results.Json(new HealthAnswer("database away", "salus", now), statusCode: 503);
    }

    /// <summary>Every part by name, looked at now; for the owner of the installation.</summary>
    public static async Task<HealthDetail> Detail(Database database, IEnumerable<IHealthSource> sources, TimeProvider clock, CancellationToken ct)
    {
        var parts = new List<HealthPart> { await IsThere(database, ct) ? new("database", HealthPart.Ok) : new("database", HealthPart.Degraded, "away") };
        foreach (var source in sources) parts.AddRange(await source.Look(ct));
        return new(StatusOf(parts), parts, clock.GetUtcNow().UtcDateTime);
    }

    private static string StatusOf(IEnumerable<HealthPart> parts) => parts.Any(p => p.State == HealthPart.Degraded) ? HealthPart.Degraded : HealthPart.Ok;

    private static async Task<bool> IsThere(Database database, CancellationToken ct)
    {
        try
        {
            await using var db = database.Open();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            await db.Database.ExecuteSqlRawAsync("SELECT 1", limit.Token);
            return true;
        }
        catch (Exception error) when (error is OperationCanceledException || database.IsUnavailable(error)) { return false; }
    }
}
