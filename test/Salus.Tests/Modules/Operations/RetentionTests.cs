using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Operations;

namespace Salus.Tests.Operations;

/// <summary>Retention: what is over age is erased by rule and with a trace; younger rows stay, and the log still verifies.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task AU_04_rows_of_more_than_seven_years_are_erased_in_whole_batches_and_the_log_still_verifies()
    {
        await using var database = await TestDatabase.Make();
        await using (var past = await RunningSalus.Start(database, s => s with { Clock = "-2700d" }))
        {
            await (await Clinic.Make(past)).Register();
            await past.Seal();
        }
        await using (var middle = await RunningSalus.Start(database, s => s with { Clock = "-2400d" }))
        {
            await (await Clinic.Make(middle)).Register();
            await middle.Seal();
        }
        await using var salus = await RunningSalus.Start(database);
        await salus.Services.GetRequiredService<Retention>().Run(default);
        await salus.Seal();
        await using var db = salus.Database.Open();
        var (old, young) = (salus.Now.AddDays(-2600), salus.Now.AddDays(-2300));
        Assert.False(await db.Set<AuditEvent>().AnyAsync(e => e.At < old));
        Assert.True(await db.Set<AuditEvent>().AnyAsync(e => e.At < young));
        Assert.True(await db.Set<AuditEvent>().AnyAsync(e => e.Action == AuditPurge.Action));
        await using var scope = salus.Services.CreateAsyncScope();
        var verdict = await scope.ServiceProvider.GetRequiredService<AuditVerifier>().Run(default);
        Assert.Empty(verdict.Faults);
        Assert.True(verdict.Erased > 0);
    }

    [Fact]
    public async Task Stored_answers_live_two_days_and_finished_jobs_thirty()
    {
        await using var database = await TestDatabase.Make();
        await using (var past = await RunningSalus.Start(database, s => s with { Clock = "-31d" }))
        {
            var clinic = await Clinic.Make(past);
            (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi" }, ("Idempotency-Key", "old"))).Is(201);
            (await clinic.Admin.Post("invitations", new { name = "Bea Neri", email = "bea@example.org", roles = (string[])["clinic.doctor"] })).Is(201);
            await past.RunJobs();
        }
        await using var salus = await RunningSalus.Start(database);
        var young = await Clinic.Make(salus);
        (await young.Receptionist.Post("patients", new { name = "Anna Rossi" }, ("Idempotency-Key", "young"))).Is(201);
        await salus.Services.GetRequiredService<Retention>().Run(default);
        await using var db = salus.Database.Open();
        Assert.Equal("young", (await db.Set<StoredAnswer>().SingleAsync()).Key);
        Assert.False(await db.Set<Job>().AnyAsync(j => j.State == JobState.Done));
    }
}
