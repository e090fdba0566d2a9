using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;

namespace Salus.Kernel.Audit;

/// <summary>
/// Seals audit rows in batches, apart from the writes, so that appending never waits for a chain. A batch ends where the
/// database says that no running transaction can still add a row below it: nothing slips in behind a seal.
/// </summary>
public sealed class AuditSealer(Database database, AuditKey key, Settings settings, TimeProvider clock, ILogger<AuditSealer> log) : BackgroundService
{
    public const int MostRows = 5000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The number and hash of the newest seal, kept outside the database: a cut tail shows.</summary>
    public string HeadFile => Path.Combine(settings.KeysFolder, "audit-head");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SealNext(stoppingToken) >= MostRows) { }
                await Task.Delay(Pause, stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                // Another node sealed the same batch first, or the database is away: the next round looks again.
                log.LogWarning("Sealing the audit log waits: {Reason}", error.GetType().Name);
                await Task.Delay(Pause * 2, CancellationToken.None);
            }
        }
    }

    /// <summary>Seals what is settled and not yet sealed; returns how many rows.</summary>
    public async Task<int> SealNext(CancellationToken ct)
    {
        var made = await database.Write(null, db => MakeSeal(db, ct), ct);
        // After the commit: the file may be one seal behind after a crash, but never names a seal that is not stored.
        if (made is not null) WriteHead(made);
        return made?.Count ?? 0;
    }

    private async Task<AuditSeal?> MakeSeal(SalusDb db, CancellationToken ct)
    {
        var last = await db.Set<AuditSeal>().AsNoTracking().OrderByDescending(s => s.No).FirstOrDefaultAsync(ct);
        var from = last?.Bound ?? 0;
        var bound = await NextBound(db, from, ct);
        var batch = await Batch(db, from, bound).ToListAsync(ct);
        if (batch.Count == 0) return null;
        var seal = new AuditSeal
        {
            No = (last?.No ?? 0) + 1,
            At = clock.Now(),
            Bound = bound,
            Count = batch.Count,
            Root = Merkle.Root(batch.Select(e => e.Canonical())),
            Previous = last is null ? new string('0', 64) : Hash(last),
            KeyId = key.Id,
        };
        seal.Signature = key.Sign(seal.Canonical());
        db.Add(seal);
        await db.SaveChangesAsync(ct);
        return seal;
    }

    private void WriteHead(AuditSeal seal)
    {
        var draft = $"{HeadFile}.{Guid.NewGuid():N}";
        File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{seal.No} {Hash(seal)}\n"));
        File.Move(draft, HeadFile, overwrite: true);
    }

    public static string Hash(AuditSeal seal) => Convert.ToHexStringLower(SHA256.HashData([.. seal.Canonical(), .. Convert.FromBase64String(seal.Signature)]));

    /// <summary>Where the next batch ends: what is settled, or sooner when more than <see cref="MostRows"/> wait.</summary>
    private static async Task<long> NextBound(SalusDb db, long from, CancellationToken ct)
    {
        var order = $"\"{db.Provider.AuditOrder}\"";
        var settled = (await db.Database.SqlQueryRaw<long>($"SELECT ({db.Provider.AuditSettledBound}) AS \"Value\"").ToListAsync(ct))[0];
        var full = await db.Database.SqlQueryRaw<long>(
            $"SELECT {order} AS \"Value\" FROM kernel_audit_events WHERE {order} >= {{0}} AND {order} < {{1}} ORDER BY {order} LIMIT 1 OFFSET {MostRows - 1}",
            from, settled).ToListAsync(ct);
        return full.Count > 0 ? full[0] + 1 : settled;
    }

    /// <summary>The rows of one batch in the order of their hash tree.</summary>
    public static IQueryable<AuditEvent> Batch(SalusDb db, long from, long below) => db.Set<AuditEvent>()
        .FromSqlRaw($"SELECT * FROM kernel_audit_events WHERE \"{db.Provider.AuditOrder}\" >= {{0}} AND \"{db.Provider.AuditOrder}\" < {{1}}", from, below)
        .AsNoTracking().OrderBy(e => e.Seq);
}
