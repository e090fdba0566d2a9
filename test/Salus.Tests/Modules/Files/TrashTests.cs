using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Files;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>TrashFile, RestoreFile, HoldFile, and the rule that erases.</summary>
public sealed class TrashTests(FilesHost host)
{
    [Fact]
    public async Task a_file_goes_to_the_trash_with_a_reason_and_comes_back()
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        (await clinic.Doctor.Put($"files/{id}/trash", new { reason = "Wrong patient" })).Is(204);
        (await clinic.Doctor.Get($"files/{id}/content")).Refuses(404, "not-found");
        var record = (await clinic.Doctor.Get($"files/{id}")).Is(200);
        Assert.Equal("Wrong patient", record["deletedReason"].GetString());
        (await clinic.Doctor.Put($"files/{id}/trash", new { })).Refuses(409, "file.trashed");
        (await clinic.Doctor.Delete($"files/{id}/trash")).Is(204);
        (await clinic.Doctor.Delete($"files/{id}/trash")).Refuses(409, "file.not-trashed");
        Assert.Equal(Samples.Pdf, (await clinic.Doctor.Fetch($"files/{id}/content")).Bytes);
        Assert.Equal(["", ""], (await clinic.Audit(subject: id)).Where(r => r.Result == "ok" && r.Action is "file.trash" or "file.restore").Select(r => r.Detail).Take(2));
        (await clinic.Doctor.Put($"files/{id}/trash", new { reason = new string('x', 201) })).RefusesField("reason");
    }

    [Fact]
    public async Task who_may_only_read_may_not_remove_and_for_others_there_is_nothing()
    {
        var (clinic, other) = (await host.NewClinic(), await host.NewClinic());
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        (await clinic.Admin.Put($"files/{id}/trash", new { })).Refuses(403, "forbidden");
        (await clinic.Receptionist.Put($"files/{id}/trash", new { })).Refuses(404, "not-found");
        (await other.Doctor.Put($"files/{id}/trash", new { })).Refuses(404, "not-found");
        (await clinic.Doctor.Put($"files/{id}/hold", new { })).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task of_two_who_remove_it_at_once_one_is_told_that_it_is_gone()
    {
        var clinic = await host.NewClinic();
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? clinic.Doctor : clinic.SecondDoctor).Put($"files/{id}/trash", new { })));
        Assert.Equal(1, answers.Count(a => a.Status == 204));
        Assert.All(answers.Where(a => a.Status != 204), a => Assert.Contains(a.Is(409).Code, (string[])["file.trashed", "stale"]));
    }

    [Fact]
    public async Task RX_16_after_the_days_in_the_trash_the_content_is_erased_and_the_row_stays_to_say_so()
    {
        await using var own = await OwnServer.Start(s => s with { FilesTrashDays = 30 }, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var (old, young, held, kept) = (await clinic.Doctor.Keep("a.png", Samples.Png()), await clinic.Doctor.Keep("b.pdf", Samples.Pdf), await clinic.Doctor.Keep("c.pdf", Samples.Pdf), await clinic.Doctor.Keep("d.pdf", Samples.Pdf));
        foreach (var id in (Guid[])[old, young, held]) (await clinic.Doctor.Put($"files/{id}/trash", new { })).Is(204);
        (await clinic.Admin.Put($"files/{held}/hold", new { })).Is(204);
        await Age(clinic, 31, old, held);
        await Age(clinic, 29, young);
        var care = own.Salus.Services.GetRequiredService<FileCare>();
        Assert.Equal(1, (await clinic.Admin.Get("files")).Is(200)["counts"].Number("willErase"));
        Assert.Equal(1, await care.EraseOld(default));
        Assert.Equal(0, await care.EraseOld(default));
        await using var db = clinic.Open();
        var rows = await db.Files.AsNoTracking().ToDictionaryAsync(f => f.Id);
        Assert.Equal((true, "", false), (rows[old].ErasedAt is not null, rows[old].Key, File.Exists(Path.Combine(own.Salus.Settings.FilesFolder, old.ToString("N")[^2..], old.ToString("N") + ".blob"))));
        Assert.Empty(await db.Set<FilePreview>().ToListAsync());
        Assert.All((Guid[])[young, held, kept], id => Assert.True(rows[id].ErasedAt is null && rows[id].Key.Length > 0 && File.Exists(FileCalls.BlobOf(own.Salus, id))));
        var report = Assert.Single(await clinic.Audit("file.erase"));
        Assert.Equal((old, "1", Kernel.ActorKind.System), (report.SubjectId!.Value, report.Detail, report.ActorKind));
        (await clinic.Doctor.Delete($"files/{old}/trash")).Refuses(409, "file.erased");
        (await clinic.Admin.Put($"files/{old}/hold", new { })).Refuses(409, "file.erased");
        (await clinic.Doctor.Delete($"files/{young}/trash")).Is(204);
        (await clinic.Doctor.Delete($"files/{held}/trash")).Is(204);
        (await clinic.Doctor.Put($"files/{held}/trash", new { })).Refuses(409, "file.held");
        (await clinic.Admin.Delete($"files/{held}/hold")).Is(204);
        (await clinic.Doctor.Put($"files/{held}/trash", new { })).Is(204);
    }

    private static Task<int> Age(Clinic clinic, int days, params Guid[] ids) => clinic.Salus.Database.Write(clinic.Id, db =>
        db.Files.Where(f => ids.Contains(f.Id)).ExecuteUpdateAsync(s => s.SetProperty(f => f.DeletedAt, DateTime.UtcNow.AddDays(-days))), default);

    [Fact]
    public async Task blobs_that_a_crash_left_are_removed_and_those_of_uploads_under_way_and_of_files_are_not()
    {
        await using var own = await OwnServer.Start(null, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var kept = FileCalls.BlobOf(own.Salus, await clinic.Doctor.Keep("a.pdf", Samples.Pdf));
        var folder = own.Salus.Services.GetRequiredService<Salus.Modules.Files.Storage.LocalFolder>();
        var (orphan, young) = (folder.PathOf(Guid.NewGuid()), folder.PathOf(Guid.NewGuid()));
        foreach (var path in (string[])[orphan, young])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, [1]);
        }
        foreach (var path in (string[])[orphan, kept]) File.SetLastWriteTimeUtc(path, DateTime.UtcNow - FileCare.LongestUpload - TimeSpan.FromMinutes(1));
        Assert.Equal(1, await own.Salus.Services.GetRequiredService<FileCare>().RemoveOrphans(default));
        Assert.Equal((false, true, true), (File.Exists(orphan), File.Exists(young), File.Exists(kept)));
    }
}
