using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Ledger;

/// <summary>One proof of the ledger of the whole installation.</summary>
public sealed class LedgerProof
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>The night it belongs to, by universal time: one node proves it for all.</summary>
    public DateOnly Day { get; set; }
    public DateTime At { get; set; }
    public long Entries { get; set; }
    public long Payments { get; set; }
    public int Faults { get; set; }
    public int Milliseconds { get; set; }
}

internal sealed class LedgerProofTable : IEntityTypeConfiguration<LedgerProof>
{
    public void Configure(EntityTypeBuilder<LedgerProof> table)
    {
        table.ToTable("payments_proofs");
        table.HasIndex(p => p.Day).IsUnique();
    }
}

/// <summary>Proves the ledger once a night. What it finds stands in the log by ids, on a page by its number, and the program's health is degraded until a proof is clean again.</summary>
public sealed class LedgerNight(Database database, LedgerVerifier verifier, TimeProvider clock, ILogger<LedgerNight> log) : BackgroundService, IHealthSource
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private IReadOnlyList<HealthPart> latest = [];

    public IReadOnlyList<HealthPart> Latest => latest;

    public async Task<IReadOnlyList<HealthPart>> Look(CancellationToken ct)
    {
        await using var db = database.Open();
        var last = await db.Set<LedgerProof>().AsNoTracking().OrderByDescending(p => p.Day).FirstOrDefaultAsync(ct);
        return latest = [last is { Faults: > 0 } ? new("ledger", HealthPart.Degraded, "faults") : new("ledger", HealthPart.Ok)];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The first hours of the day belong to what was booked the day before.
                if (clock.Now().Hour >= 1) await Prove(stoppingToken);
                await Look(stoppingToken);
                await Task.Delay(Hour, stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                log.LogWarning("The proof of the ledger waits: {Reason}", error.GetType().Name);
                await Task.Delay(TimeSpan.FromMinutes(5), CancellationToken.None);
            }
        }
    }

    /// <summary>Proves it unless that was done today; false when it was.</summary>
    public async Task<bool> Prove(CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(clock.Now());
        await using (var db = database.Open())
            if (await db.Set<LedgerProof>().AnyAsync(p => p.Day == today, ct)) return false;
        var watch = Stopwatch.StartNew();
        var verdict = await verifier.Run(ct);
        foreach (var fault in verdict.Faults) log.LogError("The ledger is wrong: {Fault}", fault);
        try
        {
            await database.Write(null, db =>
            {
                db.Add(new LedgerProof { Day = today, At = clock.Now(), Entries = verdict.Entries, Payments = verdict.Payments, Faults = verdict.Faults.Count, Milliseconds = (int)watch.ElapsedMilliseconds });
                return db.SaveChangesAsync(ct);
            }, ct);
        }
        catch (DbUpdateException error) when (database.IsUniqueViolation(error)) { return false; } // another node was quicker
        return true;
    }
}

/// <summary>A proof as a page shows it: how much was proven is the business of all organisations together.</summary>
public sealed record ProofView(DateTime At, int Faults, int Milliseconds);

/// <summary>The last proofs, newest first.</summary>
public sealed class LedgerProofs(Tools tools) : ReadModel<LedgerProofs.Query, LedgerProofs.View>(tools)
{
    public const string Action = "ledger.proofs";
    private const int Most = 30;

    public sealed record Query;
    public sealed record View(IReadOnlyList<ProofView> Items);

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Reconcile);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, View result) => null;

    protected override async Task<View> Handle(SalusDb db, Query query, CancellationToken ct) =>
        new(await db.Set<LedgerProof>().AsNoTracking().OrderByDescending(p => p.Day).Take(Most).Select(p => new ProofView(p.At, p.Faults, p.Milliseconds)).ToListAsync(ct));
}
