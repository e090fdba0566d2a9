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
            await Search(await Clinic.Make(middle));
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
        Assert.Equal(2, await db.Set<AuditSubject>().CountAsync(s => db.Set<AuditEvent>().Any(e => e.Seq == s.Seq && e.At < young)));
        Assert.Equal(0, await db.Set<AuditSubject>().CountAsync(s => !db.Set<AuditEvent>().Any(e => e.Seq == s.Seq)));
        await using var scope = salus.Services.CreateAsyncScope();
        var verdict = await scope.ServiceProvider.GetRequiredService<AuditVerifier>().Run(default);
        Assert.Empty(verdict.Faults);
        Assert.True(verdict.Erased > 0);
    }

    private static async Task Search(Clinic clinic)
    {
        await clinic.Register("Anna Quarkson");
        await clinic.Register("Bruno Quarkson");
        (await clinic.Doctor.Get("patients?q=quarkson")).Is(200);
    }

    [Fact]
    public async Task Merging_the_text_index_loses_nobody()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        foreach (var name in (string[])["Anna Quarkson", "Bruno Quarkson", "Carla Quarkson", "Dino Quarkson", "Elena Quarkson"]) await clinic.Register(name);
        await own.Salus.Database.Tidy(default);
        await own.Salus.Database.Tidy(default);
        await clinic.Register("Fulvio Quarkson");
        Assert.Equal(6, (await clinic.Doctor.Get("patients?q=quarkson")).Is(200)["items"].GetArrayLength());
        if (TestDatabase.IsPostgres) return;
        await using var db = own.Salus.Database.Open();
        Assert.InRange((await db.Database.SqlQueryRaw<int>("SELECT COUNT(DISTINCT segid) AS \"Value\" FROM clinic_patients_search_idx").ToListAsync())[0], 1, 2);
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
