using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;

namespace Salus.Kernel.Jobs;

/// <summary>Claims due jobs by conditional update, runs them one after the other, and tries failed ones again ever later.</summary>
public sealed class JobRunner(Database database, IServiceScopeFactory scopes, TimeProvider clock, ILogger<JobRunner> log) : BackgroundService
{
    public const int MostAttempts = 10;
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RunNext(stoppingToken)) { }
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                log.LogWarning("Jobs wait: {Reason}", error.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None);
            }
        }
    }

    /// <summary>Runs one due job; false when none is due.</summary>
    public async Task<bool> RunNext(CancellationToken ct)
    {
        if (await ClaimNext(ct) is not { } job) return false;
        string? error = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var handler = scope.ServiceProvider.GetServices<IJobHandler>().FirstOrDefault(h => h.Kind == job.Kind)
                ?? throw new InvalidOperationException("no handler");
            await handler.Run(job, ct);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            error = failure.GetType().Name;
            log.LogWarning("Job {Kind} {Id} failed in attempt {Attempt}: {Reason}", job.Kind, job.Id, job.Attempts, error);
        }
        await Finish(job, error);
        return true;
    }

    private async Task<Job?> ClaimNext(CancellationToken ct)
    {
        var now = clock.Now();
        await using var read = database.Open();
        var next = await read.Set<Job>().AsNoTracking()
            .Where(j => (j.State == JobState.Waiting || j.State == JobState.Running) && j.DueAt <= now).OrderBy(j => j.DueAt).FirstOrDefaultAsync(ct);
        if (next is null) return null;
        next.Attempts++;
        var claimed = await database.Write(null, db => db.Set<Job>()
            .Where(j => j.Id == next.Id && j.State == next.State && j.DueAt == next.DueAt)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Running)
                .SetProperty(j => j.DueAt, now + Claim).SetProperty(j => j.Attempts, next.Attempts), ct), ct);
        return claimed == 1 ? next : await ClaimNext(ct);
    }

    private Task<int> Finish(Job job, string? error)
    {
        var now = clock.Now();
        var state = error is null ? JobState.Done : job.Attempts >= MostAttempts ? JobState.Failed : JobState.Waiting;
        var due = now + TimeSpan.FromSeconds(Math.Min(3600, 5 * Math.Pow(3, job.Attempts - 1)));
        return database.Write(null, db => db.Set<Job>().Where(j => j.Id == job.Id).ExecuteUpdateAsync(set => set
            .SetProperty(j => j.State, state).SetProperty(j => j.LastError, error ?? "")
            .SetProperty(j => j.DueAt, due).SetProperty(j => j.DoneAt, error is null ? now : null)
            .SetProperty(j => j.Body, j => state == JobState.Done ? "" : j.Body)), CancellationToken.None);
    }
}
