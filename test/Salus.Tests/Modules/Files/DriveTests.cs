using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Files;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>DriveStore and FileWork against a Drive that fails in every way it can: no upload fails for it, and what waited moves by itself.</summary>
public sealed class DriveTests
{
    private static async Task<StoredFile> Row(Clinic clinic, Guid id)
    {
        await using var db = clinic.Open();
        return await db.Files.AsNoTracking().SingleAsync(f => f.Id == id);
    }

    private static Task UntilStored(Clinic clinic, Guid id) => Wait.Until(async () => (await Row(clinic, id)).StoreState == StoreState.Stored);

    private static bool IsHere(Clinic clinic, Guid id) => FileCalls.Blobs(clinic.Salus).Any(b => b.Contains(id.ToString("N"), StringComparison.Ordinal));

    [Fact]
    public async Task files_of_the_chosen_place_go_to_Drive_encrypted_and_those_of_others_stay()
    {
        await using var drive = await FakeDrive.Start();
        await using var own = await OwnServer.Start(drive.Settings(), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var (file, id) = (Samples.PdfOf(700_000), Guid.Empty);
        id = await clinic.Doctor.Keep("a.pdf", file);
        await UntilStored(clinic, id);
        await Wait.Until(() => Task.FromResult(!IsHere(clinic, id)));
        var stored = Assert.Single(drive.Objects);
        Assert.DoesNotContain("%PDF", System.Text.Encoding.Latin1.GetString(stored.Value.Bytes), StringComparison.Ordinal);
        var record = (await clinic.Doctor.Get($"files/{id}")).Is(200);
        Assert.Equal(("stored", "https://drive.example.org/file/" + stored.Key), (record["storeState"].GetString(), record["remoteLink"].GetString()));
        Assert.Equal(file, (await clinic.Doctor.Fetch($"files/{id}/content")).Bytes);
        Assert.Equal(file[400_000..], (await clinic.Doctor.Fetch($"files/{id}/content", ("Range", "bytes=400000-"))).Bytes);
        Assert.Equal("here", (await clinic.Doctor.Send("a.png", Samples.Png(), "", "test-picture")).Is(201).Json[0].Str("storeState"));
        Assert.Equal(1, drive.TokensAsked);
        drive.EndTokens(); // a token that is refused is exchanged once, and nobody notices
        Assert.Equal(file, (await clinic.Doctor.Fetch($"files/{id}/content")).Bytes);
        Assert.Equal(2, drive.TokensAsked);
    }

    [Theory]
    [InlineData("401", "credentials")] [InlineData("403", "credentials")] [InlineData("quota", "quota")] [InlineData("slow-down", "busy")] [InlineData("500", "away")] [InlineData("503", "away")] [InlineData("hang", "slow")]
    public async Task RX_03_RX_04_whatever_Drive_answers_the_upload_succeeds_waits_here_and_moves_when_it_is_well_again(string mood, string fault)
    {
        await using var drive = await FakeDrive.Start();
        drive.Mood = mood;
        await using var own = await OwnServer.Start(drive.Settings(), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var sent = (await clinic.Doctor.Send("a.pdf", Samples.Pdf)).Is(201).Json[0];
        Assert.Equal("waiting-for-remote", sent.Str("storeState"));
        await Wait.Until(async () => (await Row(clinic, sent.Id())).StoreFault == fault);
        Assert.True(IsHere(clinic, sent.Id()));
        Assert.Equal(Samples.Pdf, (await clinic.Doctor.Fetch($"files/{sent.Id()}/content")).Bytes);
        drive.Mood = "";
        await UntilStored(clinic, sent.Id());
        Assert.Equal(("", 1), ((await Row(clinic, sent.Id())).StoreFault, drive.Objects.Count));
        Assert.Equal(Samples.Pdf, (await clinic.Doctor.Fetch($"files/{sent.Id()}/content")).Bytes);
    }

    [Fact]
    public async Task a_weekend_without_Drive_heals_by_itself_and_many_files_cost_it_few_requests()
    {
        await using var drive = await FakeDrive.Start();
        drive.Mood = "503";
        await using var own = await OwnServer.Start(drive.Settings(), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var ids = new List<Guid>();
        for (var i = 0; i < 12; i++) ids.Add(await clinic.Doctor.Keep($"{i}.pdf", Samples.Pdf));
        await Wait.Until(async () => (await Row(clinic, ids[0])).StoreFault == "away");
        Assert.True(drive.Tried < 6, $"{drive.Tried} requests"); // one file asks for all
        // As after a weekend of tries: far more than a job of the kernel would be given.
        await own.Salus.Database.Write(clinic.Id, db => db.Files.ExecuteUpdateAsync(s => s.SetProperty(f => f.Tries, 900).SetProperty(f => f.WorkAt, DateTime.UtcNow)), default);
        drive.Mood = "";
        foreach (var id in ids) await UntilStored(clinic, id);
        Assert.Equal(12, drive.Objects.Count);
        await Wait.Until(() => Task.FromResult(FileCalls.Blobs(own.Salus).Count == 0));
    }

    [Fact]
    public async Task an_answer_that_was_lost_on_the_way_makes_no_second_copy()
    {
        await using var drive = await FakeDrive.Start();
        drive.Mood = "lose-answer";
        await using var own = await OwnServer.Start(drive.Settings(), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        await Wait.Until(async () => (await Row(clinic, id)).StoreFault.Length > 0);
        drive.Mood = "";
        await UntilStored(clinic, id);
        Assert.Equal((1, 1), (drive.Uploads, drive.Objects.Count));
    }

    [Fact]
    public async Task what_arrived_damaged_is_not_taken_for_stored_and_the_copy_here_stays()
    {
        await using var drive = await FakeDrive.Start();
        drive.Mood = "lying";
        await using var own = await OwnServer.Start(drive.Settings(), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        await Wait.Until(async () => (await Row(clinic, id)).StoreFault == "broken");
        Assert.Equal((StoreState.WaitingForRemote, true), ((await Row(clinic, id)).StoreState, IsHere(clinic, id)));
    }

    [Fact]
    public async Task RX_05_RX_06_a_store_that_is_not_set_up_or_has_a_wrong_key_fails_no_request_and_health_names_the_reason()
    {
        await using var drive = await FakeDrive.Start();
        using var wrong = RSA.Create(2048);
        await using (var own = await OwnServer.Start(drive.Settings(s => s with { DriveAccount = drive.Account(wrong) }), new TestFiles()))
        {
            var clinic = await Clinic.Make(own.Salus);
            var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
            await Wait.Until(async () => (await Row(clinic, id)).StoreFault == "credentials");
            Assert.Equal(("degraded", "credentials"), S3Tests.Part((await clinic.Admin.Get("files")).Is(200), "files-drive"));
            var owner = own.Salus.As(await own.Salus.Owner(), clinic.Slug);
            Assert.Equal("degraded", (await owner.Get("/api/health/detail")).Status == 307 ? (await owner.Get("/api/v1/health/detail")).Is(200)["status"].GetString() : "");
            (await clinic.Admin.Get("/api/v1/health/detail")).Refuses(404, "not-found");
        }
        await using var off = await OwnServer.Start(s => s with { FilesStore = "drive" }, new TestFiles());
        var other = await Clinic.Make(off.Salus);
        Assert.Equal("here", (await other.Doctor.Send("a.pdf", Samples.Pdf)).Is(201).Json[0].Str("storeState"));
        Assert.Equal(("degraded", "not-set"), S3Tests.Part((await other.Admin.Get("files")).Is(200), "files-drive"));
        (await other.Anonymous.Get("/api/health")).Is(200);
    }

    [Fact]
    public async Task erasing_waits_for_a_store_that_is_away_and_then_takes_the_remote_copy_too()
    {
        await using var drive = await FakeDrive.Start();
        await using var own = await OwnServer.Start(drive.Settings(), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        await UntilStored(clinic, id);
        (await clinic.Doctor.Put($"files/{id}/trash", new { })).Is(204);
        await own.Salus.Database.Write(clinic.Id, db => db.Files.ExecuteUpdateAsync(s => s.SetProperty(f => f.DeletedAt, DateTime.UtcNow.AddDays(-40))), default);
        var care = own.Salus.Services.GetRequiredService<FileCare>();
        drive.Mood = "500";
        Assert.Equal((0, 1), (await care.EraseOld(default), drive.Objects.Count));
        // It is on its way: the key is gone, so nobody takes it back, and what is left of it is no damage. The next run goes on with it, whatever the days are by then.
        (await clinic.Doctor.Delete($"files/{id}/trash")).Refuses(409, "file.erased");
        (await clinic.Admin.Put($"files/{id}/hold", new { })).Refuses(409, "file.erased");
        await using var output = new StringWriter();
        Assert.Equal(0, await Cli.FileCommands.Verify(own.Salus.Settings, output, default));
        Assert.Contains("1 erased by rule, 0 faults", output.ToString(), StringComparison.Ordinal);
        await own.Salus.Database.Write(clinic.Id, db => db.Files.ExecuteUpdateAsync(s => s.SetProperty(f => f.DeletedAt, DateTime.UtcNow.AddDays(-20))), default);
        drive.Mood = "";
        Assert.Equal((1, 0), (await care.EraseOld(default), drive.Objects.Count));
        Assert.Equal(id, Assert.Single(await clinic.Audit("file.erase")).SubjectId);
    }

    [Fact]
    public async Task whoever_holds_a_file_or_takes_it_back_while_its_remote_copy_goes_is_told_that_it_is_gone()
    {
        await using var drive = await FakeDrive.Start();
        await using var own = await OwnServer.Start(drive.Settings(s => s with { FilesTimeout = 30 }), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var (late, held) = (await clinic.Doctor.Keep("a.pdf", Samples.Pdf), await clinic.Doctor.Keep("b.pdf", Samples.Pdf));
        foreach (var id in (Guid[])[late, held])
        {
            await UntilStored(clinic, id);
            (await clinic.Doctor.Put($"files/{id}/trash", new { })).Is(204);
        }
        (await clinic.Admin.Put($"files/{held}/hold", new { })).Is(204);
        await own.Salus.Database.Write(clinic.Id, db => db.Files.ExecuteUpdateAsync(s => s.SetProperty(f => f.DeletedAt, DateTime.UtcNow.AddDays(-40))), default);
        var told = new List<Answer>();
        drive.WhileDeleting = async () => told.AddRange([await clinic.Admin.Put($"files/{late}/hold", new { }), await clinic.Doctor.Delete($"files/{late}/trash")]);
        Assert.Equal((1, 1), (await own.Salus.Services.GetRequiredService<FileCare>().EraseOld(default), drive.Objects.Count));
        Assert.Equal(2, told.Count);
        Assert.All(told, a => a.Refuses(409, "file.erased"));
        // What was held before keeps everything.
        (await clinic.Doctor.Delete($"files/{held}/trash")).Is(204);
        Assert.Equal(Samples.Pdf, (await clinic.Doctor.Fetch($"files/{held}/content")).Bytes);
    }
}
