using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Patients.Merging;
using Salus.Modules.Clinic.Queue;

namespace Salus.Tests.Patients;

/// <summary>MergePatients, UnmergePatients, MergePreview and MoveLateRows: who may, what is in the way, races, and that no table is forgotten.</summary>
public sealed class MergeGuardTests(SalusServer server)
{
    [Fact]
    public async Task every_table_that_holds_a_persons_key_is_moved_by_a_merge()
    {
        await using var db = (await server.Stranger()).Open();
        // These say what was merged; they must not follow it.
        string[] history = ["clinic_patient_merges.KeptPatientId", "clinic_patient_merges.OtherPatientId"];
        var named = db.Model.GetEntityTypes().SelectMany(e => e.GetProperties().Where(p => p.Name.Contains("Patient", StringComparison.OrdinalIgnoreCase) && (p.ClrType == typeof(Guid) || p.ClrType == typeof(Guid?))).Select(p => $"{e.GetTableName()}.{p.Name}"));
        var pointing = db.Model.GetEntityTypes().SelectMany(e => e.GetForeignKeys().Where(k => k.PrincipalEntityType.ClrType == typeof(Patient)).Select(k => $"{e.GetTableName()}.{k.Properties[0].Name}"));
        var paying = db.Model.GetEntityTypes().SelectMany(e => e.GetProperties().Where(p => p.Name == "PayerId").Select(p => $"{e.GetTableName()}.{p.Name}"));
        var keys = named.Union(pointing).Union(paying).Except(history).Order(StringComparer.Ordinal).ToList();
        var moved = PersonRows.Of(db).Select(r => $"{r.Table}.{r.Key}").Order(StringComparer.Ordinal).ToList();
        Assert.True(keys.Count >= 16, string.Join(' ', keys));
        Assert.True(keys.SequenceEqual(moved), $"A merge does not move: {string.Join(' ', keys.Except(moved))}");
        Assert.Subset(keys.ToHashSet(), new HashSet<string>(["clinic_tickets.PatientId", "clinic_encounters.PatientId", "clinic_care_team.PatientId", "clinic_emergency_access.PatientId"]));
    }

    [Fact]
    public async Task two_open_visits_of_a_kind_are_in_the_way_until_one_is_closed()
    {
        var clinic = await server.NewClinic();
        var ((kept, _), (other, visit)) = (await MergeTests.WithVisit(clinic, "Anna Rossi", "Latex"), await MergeTests.WithVisit(clinic, "Ana Rossi", "Nickel"));
        var preview = (await clinic.Admin.Get($"patients/{kept}/merge-preview?with={other}")).Is(200);
        Assert.False(preview["mayBe"].GetBoolean());
        Assert.NotEmpty((await MergeTests.Merge(clinic, kept, other)).Refuses(409, "merge.open-visits")["unlock"].GetString()!);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Cough", assessment = "Cold", plan = "Tea" })).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
        (await MergeTests.Merge(clinic, kept, other)).Is(201);
    }

    [Fact]
    public async Task who_is_merged_already_or_was_changed_since_is_refused()
    {
        var clinic = await server.NewClinic();
        var (kept, other, third) = ((await clinic.Register()).Id, (await clinic.Register()).Id, (await clinic.Register()).Id);
        var seen = (await clinic.Admin.Get($"patients/{kept}/merge-preview?with={other}"))["otherVersion"].GetGuid();
        (await clinic.Receptionist.Put($"patients/{other}", new { name = "Anna Verdi" })).Is(200);
        (await clinic.Admin.Post($"patients/{kept}/merges", new { otherId = other, otherVersion = seen, reason = "Same" })).Refuses(409, "stale");
        (await MergeTests.Merge(clinic, kept, kept)).RefusesField("otherId");
        (await clinic.Admin.Post($"patients/{kept}/merges", new { otherId = other })).RefusesField("reason");
        (await MergeTests.Merge(clinic, kept, other)).Is(201);
        (await MergeTests.Merge(clinic, kept, other)).Refuses(409, "merge.merged");
        (await MergeTests.Merge(clinic, third, other)).Refuses(409, "merge.merged");
        (await MergeTests.Merge(clinic, other, third)).Refuses(409, "merge.merged");
        (await clinic.Receptionist.Post("encounters", new { patientId = other })).Refuses(404, "not-found");
    }

    [Fact]
    public async Task of_many_who_merge_the_same_two_in_both_directions_at_once_exactly_one_does()
    {
        var clinic = await server.NewClinic();
        var ((one, visit), (two, _)) = (await MergeTests.WithVisit(clinic, "Anna Rossi", "Latex"), await MergeTests.WithVisit(clinic, "Ana Rossi", "Nickel", "emergency"));
        var rows = (await MergeTests.Counts(clinic, one)).Values.Sum() + (await MergeTests.Counts(clinic, two)).Values.Sum();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? MergeTests.Merge(clinic, one, two) : MergeTests.Merge(clinic, two, one)));
        var done = Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => Assert.Equal((409, "merge.merged"), (a.Status, a.Code)));
        var kept = done["patientId"].GetGuid();
        Assert.Equal(rows, (await MergeTests.Counts(clinic, kept)).Values.Sum());
        Assert.Empty(await MergeTests.Counts(clinic, kept == one ? two : one));
        var undone = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => MergeTests.Undo(clinic, kept, done)));
        Assert.Single(undone, a => a.Status == 200);
        Assert.All(undone.Where(a => a.Status != 200), a => Assert.Equal((409, "merge.undone"), (a.Status, a.Code)));
        Assert.Equal(one, (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid());
    }

    [Fact]
    public async Task what_is_written_while_two_are_merged_ends_with_the_one_who_stays_and_is_undone_with_the_rest()
    {
        var clinic = await server.NewClinic();
        var (kept, other, queue) = ((await clinic.Register()).Id, (await clinic.Register()).Id, await clinic.Queue());
        var merged = (await MergeTests.Merge(clinic, kept, other)).Is(201);
        // As somebody leaves it who looked before the merge and saved after it.
        var late = await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            var ticket = new Ticket { PatientId = other, QueueId = queue, Number = 99, Day = new DateOnly(2026, 1, 2), Code = Text.Secret(), IssuedAt = DateTime.UtcNow };
            db.Add(ticket);
            foreach (var job in await db.Set<Job>().Where(j => j.OrganisationId == clinic.Id && j.Kind == MoveLateRows.Kind).ToListAsync()) job.DueAt = DateTime.UtcNow.AddSeconds(-1);
            await db.SaveChangesAsync();
            return ticket.Id;
        }, default);
        await Wait.Until(async () => (await clinic.Audit(MoveLateRows.Action)).Count == 1);
        Assert.Equal(kept, (await clinic.Doctor.Get($"tickets/{late}"))["patientId"].GetGuid());
        (await MergeTests.Undo(clinic, kept, merged)).Is(200);
        Assert.Equal(other, (await clinic.Doctor.Get($"tickets/{late}"))["patientId"].GetGuid());
    }

    [Fact]
    public async Task only_an_administrator_who_shows_who_it_is_merges_and_only_the_own_patients()
    {
        var (clinic, foreign) = (await server.NewClinic(), await server.NewClinic());
        var (kept, other, strange) = ((await clinic.Register()).Id, (await clinic.Register()).Id, (await foreign.Register()).Id);
        foreach (var persona in (string[])["receptionist", "doctor", "nurse", "display"])
        {
            (await clinic.As(persona).Post($"patients/{kept}/merges", new { otherId = other, reason = "Same" })).Refuses(403, "forbidden");
            (await clinic.As(persona).Get($"patients/{kept}/merge-preview?with={other}")).Refuses(403, "forbidden");
        }
        (await MergeTests.Merge(clinic, kept, strange)).Refuses(404, "not-found");
        (await MergeTests.Merge(clinic, strange, kept)).Refuses(404, "not-found");
        (await clinic.Admin.Get($"patients/{kept}/merge-preview?with={strange}")).Refuses(404, "not-found");
        var merged = (await MergeTests.Merge(clinic, kept, other)).Is(201);
        (await foreign.Admin.Post($"patients/{kept}/merges/{merged.Id}/undoing", new { reason = "Mine" })).Refuses(404, "not-found");
        (await MergeTests.Undo(clinic, strange, merged)).Refuses(404, "not-found");
        (await clinic.Admin.Post("keys", new { name = "Link", permissions = new[] { "patients.read", "patients.merge" } })).RefusesField("permissions");
        var admin = clinic.Admin;
        await clinic.Age("admin");
        (await admin.Post($"patients/{kept}/merges/{merged.Id}/undoing", new { reason = "Two" })).Refuses(403, "proof.needed");
        (await admin.Post($"patients/{kept}/merges", new { otherId = other, reason = "Same" })).Refuses(403, "proof.needed");
    }

    [Fact]
    public async Task restricted_records_are_merged_only_by_who_reads_both_and_what_they_become_is_restricted()
    {
        var clinic = await server.NewClinic();
        var (kept, other) = ((await clinic.Register("Anna Rossi")).Id, (await clinic.Register("Ana Rossi")).Id);
        (await clinic.Admin.Post($"patients/{other}/restriction", new { reason = "Known to the staff" })).Is(204);
        var merger = await clinic.HireWith("Merger", "organisation.enter", "patients.read", "patients.merge");
        (await merger.Post($"patients/{kept}/merges", new { otherId = other, reason = "Same" })).Refuses(404, "not-found");
        (await merger.Get($"patients/{kept}/merge-preview?with={other}")).Refuses(404, "not-found");
        Assert.Contains((await clinic.Admin.Get($"patients/{kept}/merge-preview?with={other}"))["notes"].EnumerateArray(), n => n.Str("code") == "merge.one-restricted");
        var merged = (await MergeTests.Merge(clinic, kept, other)).Is(201);
        (await clinic.Receptionist.Get($"patients/{kept}")).Refuses(404, "not-found");
        (await MergeTests.Undo(clinic, kept, merged)).Is(200);
        (await clinic.Receptionist.Get($"patients/{kept}")).Is(200);
        (await clinic.Receptionist.Get($"patients/{other}")).Refuses(404, "not-found");
    }

    [Fact]
    public async Task what_is_left_of_a_merged_patient_is_as_restricted_as_the_record_that_goes_on()
    {
        var clinic = await server.NewClinic();
        var (kept, other) = ((await clinic.Register("Anna Rossi")).Id, (await clinic.Register("Ana Rossi")).Id);
        async Task<(int, int)> Seen() => ((await clinic.Receptionist.Get($"patients/{kept}")).Status, (await clinic.Receptionist.Get($"patients/{other}")).Status);
        (await clinic.Admin.Post($"patients/{kept}/restriction", new { reason = "Known to the staff" })).Is(204);
        var merged = (await MergeTests.Merge(clinic, kept, other)).Is(201);
        Assert.Equal((404, 404), await Seen());
        (await clinic.Admin.Delete($"patients/{kept}/restriction")).Is(204);
        Assert.Equal((200, 200), await Seen());
        (await clinic.Admin.Post($"patients/{kept}/restriction", new { reason = "Known to the staff" })).Is(204);
        Assert.Equal((404, 404), await Seen());
        (await MergeTests.Undo(clinic, kept, merged)).Is(200);
        Assert.Equal((404, 404), await Seen()); // restricted while they were one: somebody decides for each
        (await clinic.Admin.Delete($"patients/{other}/restriction")).Is(204);
        var again = (await MergeTests.Merge(clinic, kept, other)).Is(201);
        Assert.Equal((404, 404), await Seen());
        (await MergeTests.Undo(clinic, kept, again)).Is(200);
        Assert.Equal((404, 200), await Seen()); // as before
    }

    [Fact]
    public async Task the_pages_lead_through_it_without_script()
    {
        var clinic = await server.NewClinic();
        var ((kept, _), (other, _)) = (await MergeTests.WithVisit(clinic, "Anna Rossi", "Latex"), await MergeTests.WithVisit(clinic, "Anna Rosi", "Nickel", "emergency"));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        async Task<string> Page(string path)
        {
            using var answer = await browser.Get($"/{clinic.Slug}/{path}");
            return await answer.Content.ReadAsStringAsync();
        }
        Assert.Contains($"patients/{kept}/merge/{other}", await Page($"patients/{kept}/merge"), StringComparison.Ordinal);
        Assert.Contains($"patients/{kept}/merge/{other}", await Page($"patients/{kept}/merge?q=rosi"), StringComparison.Ordinal);
        var preview = $"/{clinic.Slug}/patients/{kept}/merge/{other}";
        using (var merged = await browser.Submit(preview, preview, new() { ["reason"] = "Same person", ["take-name"] = "other" })) Assert.Equal($"/{clinic.Slug}/patients/{kept}?saved=true", merged.Headers.Location!.OriginalString);
        Assert.Contains("Anna Rosi", await Page($"patients/{kept}"), StringComparison.Ordinal);
        Assert.Contains($"/{clinic.Slug}/patients/{kept}\"", await Page($"patients/{other}"), StringComparison.Ordinal);
        var merge = (await clinic.Admin.Get($"patients/{kept}"))["merged"][0].Id("mergeId");
        using (var undone = await browser.Submit($"/{clinic.Slug}/patients/{kept}", $"/{clinic.Slug}/patients/{kept}/merges/{merge}/undo", new() { ["reason"] = "They are two" })) Assert.Equal(System.Net.HttpStatusCode.Redirect, undone.StatusCode);
        Assert.Equal("Anna Rossi", (await clinic.Receptionist.Get($"patients/{kept}"))["name"].GetString());
    }
}
