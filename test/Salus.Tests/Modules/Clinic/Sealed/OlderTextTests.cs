using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Cli;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Tests.Sealed;

/// <summary>TextCare: what was written before texts were sealed, keys that are newer, and keys that are lost.</summary>
public sealed class OlderTextTests
{
    private static string Of(RunningSalus salus, Guid id) => $"'{salus.Database.Id(id)}'";

    private static async Task<string> Note(Clinic clinic, Guid visit) => Assert.Single((await clinic.Doctor.Get($"encounters/{visit}/chart")).Is(200)["notes"].EnumerateArray()).Str("text");

    private static async Task<string> Part(RunningSalus salus) =>
        (await salus.As(await salus.Owner(), "none").Get("/api/v1/health/detail")).Is(200)["parts"].EnumerateArray().Single(p => p.Str("name") == TextCare.Name).Str("reason");

    private static Task<List<string>> Faults(RunningSalus salus) => Faults(salus.Settings);

    private static async Task<List<string>> Faults(Settings settings) => [.. (await CheckDatabase.Faults(settings, default)).Where(f => f.What.Contains("texts of the medical record", StringComparison.Ordinal)).Select(f => f.What)];

    [Fact]
    public async Task texts_from_before_are_read_at_once_and_sealed_by_themselves_and_compacting_takes_their_last_traces()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var visits = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            visits.Add(await clinic.Visit($"Anna {i}"));
            (await clinic.Nurse.Post($"encounters/{visits[i]}/notes", new { text = "x" })).Is(201);
        }
        // As the version before wrote them; one is long enough for pages of its own.
        var words = $"{Planted.Word} {string.Join(' ', Enumerable.Range(0, 3000))}";
        await own.Salus.Sql($"UPDATE clinic_notes SET \"Text\" = '{words}'");
        await own.Salus.Sql($"UPDATE clinic_encounters SET \"Complaint\" = '{Planted.Word} it''s \"sharp\" ↑'");
        Guid version;
        await using (var db = clinic.Open()) version = await db.Encounters.Where(e => e.Id == visits[0]).Select(e => e.Version).SingleAsync();
        Assert.NotEmpty(await RawRows.Holding(own.Salus, Planted.Word));
        Assert.Equal(words, await Note(clinic, visits[0]));
        Assert.Equal(6, await own.Salus.Services.GetRequiredService<TextCare>().Sweep(default));
        Assert.Equal(0, await own.Salus.Services.GetRequiredService<TextCare>().Sweep(default));
        await using (var db = clinic.Open()) Assert.All([.. await RawRows.Of(db, "clinic_notes", "Text"), .. await RawRows.Of(db, "clinic_encounters", "Complaint")], t => Assert.True(TextSeal.IsSealed(t)));
        // As docs/operations.md says: what rows held before stands in free room of the file, until that is given up.
        await Wait.Until(async () =>
        {
            foreach (var sql in TestDatabase.IsPostgres ? [] : (string[])["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]) await own.Salus.Sql(sql);
            return (await RawRows.Holding(own.Salus, Planted.Word)).Count == 0;
        });
        foreach (var visit in visits) Assert.Equal(words, await Note(clinic, visit));
        var head = (await clinic.Doctor.Get($"encounters/{visits[1]}")).Is(200);
        Assert.Equal($"{Planted.Word} it's \"sharp\" ↑", head["complaint"].GetString());
        // What a person changes is told by the version; sealing changes nothing for a person.
        await using (var db = clinic.Open()) Assert.Equal(version, await db.Encounters.Where(e => e.Id == visits[0]).Select(e => e.Version).SingleAsync());
    }

    [Fact]
    public async Task many_rows_are_sealed_part_by_part_also_by_two_at_once_and_after_an_interruption_it_goes_on()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (visit, doctor) = (await clinic.Visit(), clinic.Account("doctor").Id);
        var patient = Guid.Parse((await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetString()!);
        await own.Salus.Database.Write(clinic.Id, db =>
        {
            db.AddRange(Enumerable.Range(0, 950).Select(i => new Note { EncounterId = visit, PatientId = patient, Text = $"Note {i}", WrittenBy = doctor, WrittenAt = DateTime.UtcNow }));
            return db.SaveChangesAsync();
        }, default);
        await own.Salus.Sql("UPDATE clinic_notes SET \"Text\" = 'Plain words'");
        var care = own.Salus.Services.GetRequiredService<TextCare>();
        using (var interrupted = new CancellationTokenSource())
        {
            await interrupted.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => care.Sweep(interrupted.Token));
        }
        var counts = await Task.WhenAll(care.Sweep(default), care.Sweep(default));
        Assert.Equal(950, counts.Sum());
        Assert.All(await Stored(clinic), t => Assert.True(TextSeal.IsSealed(t)));
        await using (var db = clinic.Open()) Assert.Equal(["Plain words"], [.. (await db.Notes.Select(n => n.Text).ToListAsync()).Distinct()]);
        // Rows that an older program adds afterwards are sealed as well, at the next start.
        await own.Salus.Sql($"UPDATE clinic_notes SET \"Text\" = 'Late words' WHERE \"Id\" = (SELECT \"Id\" FROM clinic_notes ORDER BY \"Id\" DESC LIMIT 1)");
        await own.Restart(s => s);
        clinic.On(own.Salus);
        await Wait.Until(async () => (await Stored(clinic)).All(TextSeal.IsSealed));
    }

    private static async Task<List<string>> Stored(Clinic clinic)
    {
        await using var db = clinic.Open();
        return await RawRows.Of(db, "clinic_notes", "Text");
    }

    [Fact]
    public async Task a_newer_key_writes_and_the_older_one_still_reads()
    {
        await using var own = await OwnServer.Start(TestKeys.Own);
        var clinic = await Clinic.Make(own.Salus);
        var (old, young) = (await clinic.Visit(), await clinic.Visit("Bruno Neri"));
        (await clinic.Nurse.Post($"encounters/{old}/notes", new { text = "Old words" })).Is(201);
        await File.WriteAllTextAsync(Path.Combine(own.Salus.Settings.KeysFolder, "file-wrapping-2027.key"), Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));
        await own.Restart(s => s);
        clinic.On(own.Salus);
        (await clinic.Nurse.Post($"encounters/{young}/notes", new { text = "Young words" })).Is(201);
        Assert.Equal(("Old words", "Young words"), (await Note(clinic, old), await Note(clinic, young)));
        await using var db = clinic.Open();
        Assert.Equal(2, (await RawRows.Of(db, "clinic_notes", "Text")).Select(t => t[..7]).Distinct().Count());
        await own.Salus.Services.GetRequiredService<TextCare>().Register(default);
        Assert.Empty(await Faults(own.Salus));
        File.Delete(Path.Combine(own.Salus.Settings.KeysFolder, "file-wrapping-2027.key"));
        Assert.Single(await Faults(own.Salus));
    }

    [Fact]
    public async Task a_lost_key_is_said_by_pages_health_and_check_the_queue_goes_on_and_with_the_key_everything_is_back()
    {
        await using var own = await OwnServer.Start(TestKeys.Own);
        var clinic = await Clinic.Make(own.Salus);
        var (visit, queue) = (await clinic.Visit(), await clinic.Queue());
        (await clinic.Nurse.Post($"encounters/{visit}/notes", new { text = "Kept words" })).Is(201);
        await own.Salus.Services.GetRequiredService<TextCare>().Register(default);
        Assert.Equal("", await Part(own.Salus));
        var (key, away) = (Path.Combine(own.Salus.Settings.KeysFolder, "file-wrapping.key"), Path.Combine(own.Folder, "away.key"));
        File.Move(key, away);
        // It says so while it still works: whoever starts it again would lose more.
        Assert.Equal(TextCare.KeyMissing, await Part(own.Salus));
        await own.Restart(s => s);
        clinic.On(own.Salus);
        var refused = (await clinic.Doctor.Get($"encounters/{visit}/chart")).Refuses(503, "text.key-missing");
        Assert.Contains("backup", refused["unlock"].GetString(), StringComparison.Ordinal);
        using (var browser = new Browser(own.Salus))
        {
            await browser.SignIn(clinic, "doctor");
            using var page = await browser.Get($"/{clinic.Slug}/visits/{visit}");
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, page.StatusCode);
            Assert.Contains("The key that opens a text here is missing", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(TextCare.KeyMissing, await Part(own.Salus));
        Assert.Contains("degraded", (await clinic.Anonymous.Get("/api/v1/health")).Is(200).Text, StringComparison.Ordinal);
        Assert.Contains("is not in the folder of the keys", Assert.Single(await Faults(own.Salus)), StringComparison.Ordinal);
        await clinic.Issue(queue, "Bruno Neri");
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        File.Move(away, key, overwrite: true);
        await own.Restart(s => s);
        clinic.On(own.Salus);
        Assert.Equal("Kept words", await Note(clinic, visit));
    }

    [Fact]
    public async Task check_makes_no_key_and_names_the_lost_one_where_there_is_no_folder_at_all()
    {
        await using var own = await OwnServer.Start();
        await own.Salus.Services.GetRequiredService<TextCare>().Register(default);
        var elsewhere = Path.Combine(own.Folder, "no-keys");
        Assert.Single(await Faults(own.Salus.Settings with { Keys = elsewhere }));
        Assert.False(Directory.Exists(elsewhere));
    }
}
