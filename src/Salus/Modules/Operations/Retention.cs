using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Operations;

/// <summary>Erases by rule, once an hour: stored answers after two days, finished jobs and ended sessions after thirty, audit rows after the years that are set.</summary>
public sealed class Retention(Database database, Settings settings, TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    private static readonly TimeSpan Answers = TimeSpan.FromDays(2), Jobs = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Run(stoppingToken);
                await database.Tidy(stoppingToken);
                await Task.Delay(TimeSpan.FromHours(1), stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                log.LogWarning("Erasing by rule waits: {Reason}", error.GetType().Name);
                await Task.Delay(TimeSpan.FromMinutes(5), CancellationToken.None);
            }
        }
    }

    public async Task Run(CancellationToken ct)
    {
        var now = clock.Now();
        var (answers, jobs) = (now - Answers, now - Jobs);
        await database.Write(null, db => db.Set<StoredAnswer>().Where(a => a.At < answers).ExecuteDeleteAsync(ct), ct);
        await database.Write(null, db => db.Set<Job>().Where(j => j.State == JobState.Done && j.DoneAt < jobs).ExecuteDeleteAsync(ct), ct);
        await database.Write(null, db => db.Sessions.Where(s => s.ExpiresAt < jobs || s.EndedAt < jobs).ExecuteDeleteAsync(ct), ct);
        var (counts, devices) = (new DateTimeOffset(now.AddDays(-1), TimeSpan.Zero).ToUnixTimeMilliseconds(), now.AddDays(-365));
        await database.Write(null, db => db.Set<RateCount>().Where(c => c.Start < counts).ExecuteDeleteAsync(ct), ct);
        await database.Write(null, db => db.Set<KnownDevice>().Where(d => d.LastUsedAt < devices).ExecuteDeleteAsync(ct), ct);
        await database.Write(null, db => db.Set<PasswordReset>().Where(r => r.ExpiresAt < jobs).ExecuteDeleteAsync(ct), ct);
        await database.Write(null, db => db.Set<SpentWord>().Where(w => w.Until < now).ExecuteDeleteAsync(ct), ct);
        while (await EraseBatch(now, ct)) { }
    }

    /// <summary>
    /// Erases the rows under the oldest seal whose rows are still there, if all of them are over age. Whole batches only, so
    /// that every other seal still fits its rows; that it was done is itself a row of the log.
    /// </summary>
    private Task<bool> EraseBatch(DateTime now, CancellationToken ct) => database.Write(null, async db =>
    {
        var erased = await AuditPurge.ErasedUpTo(db, ct);
        var over = now.AddYears(-Math.Max(settings.AuditYears, AuditPurge.LeastYears));
        var seal = await db.Set<AuditSeal>().AsNoTracking().FirstOrDefaultAsync(s => s.No == erased + 1 && s.At < over, ct);
        if (seal is null) return false;
        var from = erased == 0 ? 0 : await db.Set<AuditSeal>().Where(s => s.No == erased).Select(s => s.Bound).SingleAsync(ct);
        var batch = await AuditSealer.Batch(db, from, seal.Bound).ToListAsync(ct);
        var rows = batch.Select(e => e.Seq).ToList();
        foreach (var subjects in batch.SelectMany(e => e.SubjectList()).Distinct().Chunk(500))
            await db.Set<AuditSubject>().Where(s => subjects.Contains(s.SubjectId) && rows.Contains(s.Seq)).ExecuteDeleteAsync(ct);
        await db.Set<AuditEvent>().Where(e => rows.Contains(e.Seq)).ExecuteDeleteAsync(ct);
        var row = AuditEvent.By(Actor.System(requestId: "retention"), now, AuditPurge.Action);
        row.Detail = seal.No.ToString(CultureInfo.InvariantCulture);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);
}
