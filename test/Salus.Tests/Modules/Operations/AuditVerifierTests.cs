using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Audit;
using Salus.Modules.Operations;

namespace Salus.Tests.Operations;

/// <summary>AuditVerifier: whoever can write to the database but has not the key is found out.</summary>
public sealed class AuditVerifierTests
{
    private static async Task<AuditVerdict> Verify(RunningSalus salus)
    {
        await using var scope = salus.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AuditVerifier>().Run(default);
    }

    /// <summary>A clinic with three seals, stopped, with the triggers gone: what an intruder with the database finds.</summary>
    private static async Task<OwnServer> Sealed()
    {
        var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 3; i++)
        {
            await clinic.Register();
            await own.Salus.Seal();
        }
        Assert.Empty((await Verify(own.Salus)).Faults);
        string[] drop = TestDatabase.IsPostgres
            ? ["DROP TRIGGER no_change ON kernel_audit_events", "DROP TRIGGER no_change ON kernel_audit_seals"]
            : ["DROP TRIGGER kernel_audit_events_no_update", "DROP TRIGGER kernel_audit_events_no_delete", "DROP TRIGGER kernel_audit_seals_no_update", "DROP TRIGGER kernel_audit_seals_no_delete"];
        foreach (var sql in drop) await own.Salus.Sql(sql);
        return own;
    }

    [Fact]
    public async Task AU_01_an_untouched_log_has_no_fault_and_every_row_is_under_a_seal()
    {
        await using var own = await Sealed();
        var verdict = await Verify(own.Salus);
        Assert.Empty(verdict.Faults);
        Assert.True(verdict.Seals >= 3);
        await using var db = own.Salus.Database.Open();
        Assert.Equal(await db.Set<AuditEvent>().LongCountAsync(), verdict.Rows + verdict.Unsealed);
    }

    [Fact]
    public async Task AU_01_a_read_that_was_made_impossible_to_find_is_found()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await clinic.Register("Anna Quarkson");
        await clinic.Register("Bruno Quarkson");
        (await clinic.Doctor.Get("patients?q=quarkson")).Is(200);
        await own.Salus.Seal();
        Assert.Empty((await Verify(own.Salus)).Faults);
        Assert.Equal(1, await own.Salus.Sql("DELETE FROM kernel_audit_subjects WHERE \"SubjectId\" = (SELECT MIN(\"SubjectId\") FROM kernel_audit_subjects)".Replace("MIN(\"SubjectId\")", TestDatabase.IsPostgres ? "MIN(\"SubjectId\"::text)::uuid" : "MIN(\"SubjectId\")")));
        Assert.Contains((await Verify(own.Salus)).Faults, f => f.Contains("cannot be found", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE kernel_audit_events SET \"Result\" = 'forbidden' WHERE \"Seq\" = (SELECT MIN(\"Seq\") FROM kernel_audit_events)", "was changed")]
    [InlineData("UPDATE kernel_audit_events SET \"ActorId\" = \"SubjectId\" WHERE \"Seq\" = (SELECT MAX(\"Seq\") FROM kernel_audit_events WHERE \"Action\" = 'patient.register')", "was changed")]
    [InlineData("DELETE FROM kernel_audit_events WHERE \"Seq\" = (SELECT MIN(\"Seq\") FROM kernel_audit_events)", "covers")]
    [InlineData("DELETE FROM kernel_audit_events", "covers")]
    [InlineData("DELETE FROM kernel_audit_seals WHERE \"No\" = 2", "missing")]
    [InlineData("UPDATE kernel_audit_seals SET \"Count\" = \"Count\" - 1 WHERE \"No\" = 2", "wrong signature")]
    [InlineData("UPDATE kernel_audit_seals SET \"Previous\" = \"Root\" WHERE \"No\" = 2", "does not continue")]
    public async Task AU_01_tampering_is_found(string sql, string fault)
    {
        await using var own = await Sealed();
        Assert.True(await own.Salus.Sql(sql) > 0);
        Assert.Contains((await Verify(own.Salus)).Faults, f => f.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AU_01_a_cut_tail_is_found_even_when_it_is_one_seal_long()
    {
        await using var own = await Sealed();
        var column = own.Salus.Database.AuditOrder;
        await own.Salus.Sql($"DELETE FROM kernel_audit_events WHERE \"{column}\" >= (SELECT \"Bound\" FROM kernel_audit_seals WHERE \"No\" = (SELECT MAX(\"No\") - 1 FROM kernel_audit_seals))");
        Assert.Equal(1, await own.Salus.Sql("DELETE FROM kernel_audit_seals WHERE \"No\" = (SELECT MAX(\"No\") FROM kernel_audit_seals)"));
        Assert.Contains((await Verify(own.Salus)).Faults, f => f.Contains("tail was cut", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AU_01_a_seal_forged_with_another_key_is_found()
    {
        await using var own = await Sealed();
        var folder = Directory.CreateDirectory(Path.Combine(own.Folder, "other-keys")).FullName;
        using var forger = new AuditKey(own.Salus.Settings with { Keys = folder });
        await using var db = own.Salus.Database.Open();
        var last = await db.Set<AuditSeal>().OrderByDescending(s => s.No).FirstAsync();
        last.Root = new string('0', 64);
        last.Signature = forger.Sign(last.Canonical());
        await db.SaveChangesAsync();
        Assert.Contains((await Verify(own.Salus)).Faults, f => f.Contains("wrong signature", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AU_01_a_planted_row_that_says_rows_were_erased_by_rule_hides_nothing_young()
    {
        await using var own = await Sealed();
        await own.Salus.Sql("DELETE FROM kernel_audit_events WHERE \"Action\" = 'patient.register'");
        await own.Salus.Database.Write(null, async db =>
        {
            db.Add(new AuditEvent { At = own.Salus.Now, ActorKind = Kernel.ActorKind.System, Action = AuditPurge.Action, Detail = "999" });
            return await db.SaveChangesAsync();
        }, default);
        Assert.NotEmpty((await Verify(own.Salus)).Faults);
    }

    [Fact]
    public async Task a_missing_head_file_is_said_aloud()
    {
        await using var own = await Sealed();
        File.Delete(own.Salus.Services.GetRequiredService<AuditSealer>().HeadFile);
        Assert.Contains((await Verify(own.Salus)).Faults, f => f.Contains("audit-head", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AU_10_the_log_verifies_after_the_program_was_restarted()
    {
        await using var own = await Sealed();
        await own.Restart(s => s);
        Assert.Empty((await Verify(own.Salus)).Faults);
    }

    [Fact]
    public async Task no_row_slips_below_a_seal_while_many_write_and_seals_are_made()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var sealing = own.Salus.Services.GetRequiredService<AuditSealer>();
        var done = false;
        var sealer = Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
                try { await sealing.SealNext(default); }
                catch (DbUpdateException) { /* the background service was quicker */ }
        });
        var desk = clinic.Receptionist;
        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => (await desk.Post("patients", new { name = $"Patient {i}" })).Is(201));
        Volatile.Write(ref done, true);
        await sealer;
        await own.Salus.Seal();
        var verdict = await Verify(own.Salus);
        Assert.Empty(verdict.Faults);
        Assert.True(verdict.Rows >= 300);
    }
}
