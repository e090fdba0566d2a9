using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;

namespace Salus.Modules.Operations;

public sealed record HealthAnswer(string Status, string Service, DateTime Timestamp);

/// <summary>Whether the program can serve: it can when the database answers.</summary>
public static class Health
{
    public static async Task<IResult> Check(Database database, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        try
        {
            await using var db = database.Open();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            await db.Database.ExecuteSqlRawAsync("SELECT 1", limit.Token);
            return Results.Ok(new HealthAnswer("ok", "salus", now));
        }
        catch (Exception error) when (error is OperationCanceledException || database.IsUnavailable(error))
        {
            return Results.Json(new HealthAnswer("database away", "salus", now), statusCode: 503);
        }
    }
}
