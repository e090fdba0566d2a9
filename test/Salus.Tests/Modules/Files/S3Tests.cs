using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Files;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>S3Store with a real server: files go there encrypted, come back whole, and wait here while it is away.</summary>
public sealed class S3Tests
{
    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../s3"));

    private sealed class S3Server : IDisposable
    {
        private readonly Process process;

        public S3Server(int port, string objects)
        {
            process = Process.Start(new ProcessStartInfo("node", $"server.js {port} {objects}") { WorkingDirectory = Folder(), RedirectStandardOutput = true, RedirectStandardInput = true })!;
            Assert.Equal(port, JsonDocument.Parse(process.StandardOutput.ReadLine()!).RootElement.Number("port"));
        }

        public void Stop()
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(5000)) process.Kill();
        }

        public void Dispose()
        {
            if (!process.HasExited) Stop();
            process.Dispose();
        }
    }

    private static Func<Kernel.Settings, Kernel.Settings> Store(int port, string key = "S3RVER") =>
        s => s with { FilesStore = "s3", S3Url = $"http://127.0.0.1:{port}", S3Bucket = "salus", S3Key = key, S3Secret = "S3RVER", FilesTimeout = 10 };

    private static async Task<StoredFile> Row(Clinic clinic, Guid id)
    {
        await using var db = clinic.Open();
        return await db.Files.AsNoTracking().SingleAsync(f => f.Id == id);
    }

    private static Task UntilStored(Clinic clinic, Guid id) => Wait.Until(async () => (await Row(clinic, id)).StoreState == StoreState.Stored && FileCalls.Blobs(clinic.Salus).All(b => !b.Contains(id.ToString("N"), StringComparison.Ordinal)));

    [Fact]
    public async Task RX_14_files_are_kept_in_an_S3_store_encrypted_and_come_back_whole_and_in_ranges()
    {
        var objects = Directory.CreateTempSubdirectory("salus-s3").FullName;
        var port = Ports.Free();
        using var server = new S3Server(port, objects);
        await using var own = await OwnServer.Start(Store(port), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var (file, pdf) = (Samples.PdfOf(3_000_000), Samples.Pdf);
        var (large, small) = (await clinic.Doctor.Keep("large.pdf", file), await clinic.Doctor.Keep("small.pdf", pdf));
        foreach (var id in (Guid[])[large, small]) await UntilStored(clinic, id);
        var size = (await Row(clinic, large)).SealedBytes;
        var stored = Directory.GetFiles(objects, "*", SearchOption.AllDirectories);
        Assert.Contains(stored, p => new FileInfo(p).Length == size);
        foreach (var path in stored) Assert.DoesNotContain("%PDF", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)), StringComparison.Ordinal);
        Assert.Equal(file, (await clinic.Doctor.Fetch($"files/{large}/content")).Bytes);
        Assert.Equal(pdf, (await clinic.Doctor.Fetch($"files/{small}/content")).Bytes);
        Assert.Equal(file[1_000_000..1_200_000], (await clinic.Doctor.Fetch($"files/{large}/content", ("Range", "bytes=1000000-1199999"))).Bytes);
        Assert.Equal("stored", (await clinic.Doctor.Get($"files/{large}"))["storeState"].GetString());
        (await clinic.Doctor.Put($"files/{small}/trash", new { })).Is(204);
        await own.Salus.Database.Write(clinic.Id, db => db.Files.Where(f => f.Id == small).ExecuteUpdateAsync(s => s.SetProperty(f => f.DeletedAt, DateTime.UtcNow.AddDays(-40))), default);
        Assert.Equal(1, await own.Salus.Services.GetRequiredService<FileCare>().EraseOld(default));
        Assert.Single(Directory.GetFiles(objects, "*", SearchOption.AllDirectories), p => new FileInfo(p).Length > 1_000_000);
        Assert.DoesNotContain(Directory.GetFiles(objects, "*", SearchOption.AllDirectories), p => p.Contains(small.ToString("N"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task RX_03_RX_04_while_the_store_is_away_the_upload_succeeds_says_so_and_moves_by_itself_when_it_is_back()
    {
        var (port, objects) = (Ports.Free(), Directory.CreateTempSubdirectory("salus-s3").FullName);
        await using var own = await OwnServer.Start(Store(port), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var sent = (await clinic.Doctor.Send("a.png", Samples.Png())).Is(201).Json[0];
        Assert.Equal("waiting-for-remote", sent.Str("storeState"));
        await Wait.Until(async () => (await Row(clinic, sent.Id())).StoreFault == "away");
        Assert.Equal(200, (await clinic.Doctor.Fetch($"files/{sent.Id()}/content")).Status);
        var page = (await clinic.Admin.Get("files?filter=waiting")).Is(200);
        Assert.Equal((sent.Id(), "away"), (page.Items.Single().Id(), page.Items.Single().Str("storeFault")));
        Assert.Equal(("degraded", "away"), Part(page, "files-s3"));
        using var server = new S3Server(port, objects);
        await UntilStored(clinic, sent.Id());
        Assert.Equal("", (await Row(clinic, sent.Id())).StoreFault);
        Assert.Equal(200, (await clinic.Doctor.Fetch($"files/{sent.Id()}/content")).Status);
        server.Stop();
        (await clinic.Doctor.Get($"files/{sent.Id()}/content")).Refuses(503, "file.away");
    }

    [Fact]
    public async Task RX_06_wrong_credentials_and_a_missing_bucket_are_told_by_their_kind()
    {
        var (port, objects) = (Ports.Free(), Directory.CreateTempSubdirectory("salus-s3").FullName);
        using var server = new S3Server(port, objects);
        await using (var own = await OwnServer.Start(Store(port, key: "unknown"), new TestFiles()))
        {
            var clinic = await Clinic.Make(own.Salus);
            var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
            await Wait.Until(async () => (await Row(clinic, id)).StoreFault == "credentials");
            Assert.Equal(("degraded", "credentials"), Part((await clinic.Admin.Get("files")).Is(200), "files-s3"));
            (await clinic.Doctor.Get($"files/{id}/content")).Is(200);
        }
        await using var other = await OwnServer.Start(s => Store(port)(s) with { S3Bucket = "nothing" }, new TestFiles());
        var second = await Clinic.Make(other.Salus);
        Assert.Equal(("degraded", "folder"), Part((await second.Admin.Get("files")).Is(200), "files-s3"));
    }

    internal static (string, string) Part(Answer page, string name)
    {
        var part = page["parts"].EnumerateArray().Single(p => p.Str("name") == name);
        return (part.Str("state"), part.Str("reason"));
    }
}
