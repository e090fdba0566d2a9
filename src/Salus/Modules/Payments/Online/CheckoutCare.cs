using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Online;

/// <summary>Each minute it asks providers for payments whose time to be asked has come: a notice may have been lost. Now and then it looks whether the providers can be reached.</summary>
public sealed class CheckoutCare(Database database, PaymentProviders providers, TimeProvider clock, ILogger<CheckoutCare> log) : BackgroundService, IHealthSource
{
    private const int Most = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1), BetweenTries = TimeSpan.FromMinutes(10), NoticeLife = TimeSpan.FromDays(30), BetweenSweeps = TimeSpan.FromDays(1);
    private IReadOnlyList<HealthPart> latest = [];
    private DateTime triedAt = DateTime.MinValue, sweptAt = DateTime.MinValue;

    public IReadOnlyList<HealthPart> Latest => latest;

    public async Task<IReadOnlyList<HealthPart>> Look(CancellationToken ct)
    {
        if (clock.Now() - triedAt < BetweenTries) return latest;
        triedAt = clock.Now();
        var parts = new List<HealthPart>();
        foreach (var provider in providers.Set)
        {
            var name = "payments-" + provider.Method.ToString().ToLowerInvariant();
            try
            {
                await provider.Try(ct);
                parts.Add(new(name, HealthPart.Ok));
            }
            catch (ProviderFault fault) { parts.Add(new(name, HealthPart.Degraded, fault.Kind)); }
        }
        return latest = parts;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (providers.Set.Count > 0)
                {
                    if (clock.Now() - sweptAt > BetweenSweeps) { await Sweep(stoppingToken); sweptAt = clock.Now(); }
                    await AskAgain(stoppingToken);
                    await Look(stoppingToken);
                }
                await Task.Delay(Pause, stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                log.LogWarning("Care for online payments waits: {Reason}", error.GetType().Name);
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    /// <summary>Forgets notices that no provider sends again.</summary>
    public Task<int> Sweep(CancellationToken ct)
    {
        var old = clock.Now() - NoticeLife;
        return database.Write(null, db => db.Set<ProviderNotice>().Where(n => n.At < old).ExecuteDeleteAsync(ct), ct);
    }

    /// <summary>Makes a job for each payment that is to be asked for; returns how many.</summary>
    public async Task<int> AskAgain(CancellationToken ct)
    {
        var now = clock.Now();
        List<(Guid Id, Guid Organisation)> due;
        await using (var db = database.Open())
            due = [.. (await db.Checkouts.IgnoreQueryFilters().Where(c => c.LookAt <= now).OrderBy(c => c.LookAt).Take(Most).Select(c => new { c.Id, c.OrganisationId }).ToListAsync(ct)).Select(c => (c.Id, c.OrganisationId))];
        foreach (var (id, organisation) in due)
        {
            // Asked again in any case: the job may be lost with the provider's answer.
            await database.Write(organisation, async db =>
            {
                if (await db.Checkouts.Where(c => c.Id == id && c.LookAt <= now).ExecuteUpdateAsync(set => set.SetProperty(c => c.LookAt, now.AddMinutes(10)), ct) == 0) return 0;
                db.Enqueue(CheckoutJob.LookKind, new CheckoutJob.Command(id), now);
                return await db.SaveChangesAsync(ct);
            }, ct);
        }
        return due.Count;
    }
}

/// <summary>Asks a provider how one payment stands.</summary>
public sealed class CheckoutJob(OnlineDesk desk, Database database, TimeProvider clock) : IJobHandler
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(10);
    public const string LookKind = "payments.look";

    public sealed record Command(Guid CheckoutId);

    public string Kind => LookKind;

    public async Task Run(Job job, CancellationToken ct)
    {
        var (organisation, id) = (job.OrganisationId!.Value, JsonSerializer.Deserialize<Command>(job.Body)!.CheckoutId);
        try { await desk.Look(organisation, id, ct); }
        catch (Refusal refusal) when (refusal.Status == 503)
        {
            // The care for lost notices asks again. Were the job tried again too, an outage would fill the queue in which mail waits.
            var soon = clock.Now() + AskAgain;
            await database.Write(organisation, db => db.Checkouts.Where(c => c.Id == id && c.State != CheckoutState.Paid && (c.LookAt == null || c.LookAt > soon)).ExecuteUpdateAsync(set => set.SetProperty(c => c.LookAt, soon), ct), ct);
        }
    }
}

/// <summary>Gives a refund to its provider, and asks again as long as that has not decided.</summary>
public sealed class ProviderRefundJob(Database database, PaymentProviders providers, OnlineDesk desk, TimeProvider clock) : IJobHandler
{
    public const string RefundKind = "payments.refund";
    private static readonly TimeSpan AskAgain = TimeSpan.FromHours(1);

    public sealed record Command(Guid RefundId);

    public string Kind => RefundKind;

    public async Task Run(Job job, CancellationToken ct)
    {
        var organisation = job.OrganisationId!.Value;
        var id = JsonSerializer.Deserialize<Command>(job.Body)!.RefundId;
        await using var db = database.Open(organisation);
        var refund = await db.Refunds.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id && r.State == RefundState.Pending, ct);
        if (refund is null) return;
        var payment = await db.Payments.AsNoTracking().SingleAsync(p => p.Id == refund.PaymentId, ct);
        string? reference;
        try { reference = await (providers.Find(payment.Method) ?? throw new ProviderFault("not-set")).GiveBack(refund, payment.Reference, ct); }
        catch (ProviderFault fault) when (fault.IsFinal)
        {
            await desk.As(organisation, s => s.GetRequiredService<FinishRefund>().Run(new(id, null), ct));
            return;
        }
        catch (ProviderFault) when (job.Attempts >= JobRunner.MostAttempts) { reference = null; } // every refund is done in the end, also after a long outage
        if (reference is not null) await desk.As(organisation, s => s.GetRequiredService<FinishRefund>().Run(new(id, reference), ct));
        else
            await database.Write(organisation, later =>
            {
                var now = clock.Now();
                later.Add(new Job { OrganisationId = organisation, Kind = RefundKind, Body = job.Body, CreatedAt = now, DueAt = now + AskAgain });
                return later.SaveChangesAsync(ct);
            }, ct);
    }
}
