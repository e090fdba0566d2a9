using Microsoft.EntityFrameworkCore;
using Salus.Cli;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Storage;

namespace Salus.Tests.Files;

/// <summary>FileVerifier and what is said at the command line; the folder that is full or closed; the format of blobs.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task RX_16_files_verify_finds_every_changed_cut_lengthened_swapped_and_lost_blob_and_nothing_else()
    {
        await using var drive = await FakeDrive.Start();
        await using var own = await OwnServer.Start(drive.Settings(), new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        async Task<(int Code, string Text)> Verify()
        {
            using var output = new StringWriter();
            return (await FileCommands.Verify(own.Salus.Settings, output, default), output.ToString());
        }
        var remote = await clinic.Doctor.Keep("remote.pdf", Samples.PdfOf(200_000));
        await Wait.Until(async () => { await using var db = clinic.Open(); return await db.Files.AnyAsync(f => f.StoreState == StoreState.Stored); });
        await clinic.Admin.Put("files/stores", new { place = "", store = "local" });
        var ids = new List<Guid>();
        for (var i = 0; i < 6; i++) ids.Add(await clinic.Doctor.Keep($"{i}.pdf", Samples.PdfOf(150_000)));
        var (clean, text) = await Verify();
        Assert.Equal((0, true), (clean, text.Contains("7 files, 1100000 bytes checked, 0 erased by rule, 0 faults", StringComparison.Ordinal)));
        string Blob(int i) => FileCalls.BlobOf(own.Salus, ids[i]);
        var bytes = await File.ReadAllBytesAsync(Blob(0));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(Blob(0), bytes);
        await File.WriteAllBytesAsync(Blob(1), (await File.ReadAllBytesAsync(Blob(1)))[..^70_000]);
        await File.AppendAllTextAsync(Blob(2), "more");
        File.Copy(Blob(5), Blob(3), overwrite: true);
        File.Delete(Blob(4));
        var stored = drive.Objects.Single();
        stored.Value.Bytes[5000] ^= 1;
        var (code, faults) = await Verify();
        Assert.Equal(1, code);
        Assert.Equal([remote, .. ids.Take(5)], faults.Split('\n').Where(l => l.StartsWith("FAULT", StringComparison.Ordinal)).Select(l => Guid.Parse(l.Split(' ')[1])).Order());
        Assert.Contains("6 faults", faults, StringComparison.Ordinal);
        drive.Mood = "503";
        Assert.Contains("it cannot be fetched (away)", (await Verify()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task another_keys_folder_opens_nothing_and_a_newer_key_leaves_the_older_files_readable()
    {
        await using var own = await OwnServer.Start(null, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var old = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        await File.WriteAllTextAsync(Path.Combine(own.Salus.Settings.KeysFolder, "file-wrapping-2027.key"), Convert.ToBase64String(FileKeys.Fresh()));
        await own.Restart(s => s);
        clinic.On(own.Salus);
        var young = await clinic.Doctor.Keep("b.pdf", Samples.Pdf);
        foreach (var id in (Guid[])[old, young]) Assert.Equal(Samples.Pdf, (await clinic.Doctor.Fetch($"files/{id}/content")).Bytes);
        await using var db = clinic.Open();
        Assert.Equal(2, (await db.Files.Select(f => f.Key).ToListAsync()).Select(k => k[..5]).Distinct().Count());
        File.Delete(Path.Combine(own.Salus.Settings.KeysFolder, "file-wrapping-2027.key"));
        await own.Restart(s => s);
        clinic.On(own.Salus);
        (await clinic.Doctor.Get($"files/{young}/content")).Refuses(500, "file.damaged");
        (await clinic.Doctor.Get($"files/{old}/content")).Is(200);
    }

    [Fact]
    public async Task when_the_folder_of_files_cannot_be_written_to_the_sender_is_told_and_nothing_is_kept()
    {
        await using var own = await OwnServer.Start(null, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var folder = own.Salus.Settings.FilesFolder;
        Directory.CreateDirectory(folder);
        foreach (var shard in Enumerable.Range(0, 256)) await File.WriteAllTextAsync(Path.Combine(folder, shard.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)), ""); // no folder can be made where a file is
        (await clinic.Doctor.Send("a.pdf", Samples.PdfOf(500_000))).Refuses(503, "file.no-room");
        (await clinic.Doctor.Send("a.png", Samples.Png())).Refuses(503, "file.no-room");
        (await clinic.Doctor.Get("patients")).Is(200);
        await using (var db = clinic.Open()) Assert.Empty(await db.Files.ToListAsync());
        foreach (var shard in Enumerable.Range(0, 256)) File.Delete(Path.Combine(folder, shard.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
        (await clinic.Doctor.Send("a.pdf", Samples.Pdf)).Is(201);
    }

    [Fact]
    public async Task a_real_disk_that_runs_full_in_the_middle_of_an_upload_leaves_nothing_and_what_was_there_stays()
    {
        Assert.SkipUnless(SmallDisk.TryMake(out var disk), "LEFT OUT: no small disk could be mounted here (needs root); the full disk was tried in another way only.");
        using (disk)
        {
            await using var own = await OwnServer.Start(s => s with { Files = Path.Combine(disk!.Path, "files") }, new TestFiles());
            var clinic = await Clinic.Make(own.Salus);
            var kept = await clinic.Doctor.Keep("a.pdf", Samples.PdfOf(1_000_000));
            (await clinic.Doctor.Send("b.pdf", Samples.PdfOf(8_000_000))).Refuses(503, "file.no-room");
            (await clinic.Doctor.Send("POST", "test-files/test-document", FileCalls.Form(("c.pdf", "", Samples.PdfOf(1_000_000)), ("d.pdf", "", Samples.PdfOf(8_000_000))))).Refuses(503, "file.no-room");
            Assert.Single(FileCalls.Blobs(own.Salus));
            Assert.Equal(1_000_000, (await clinic.Doctor.Fetch($"files/{kept}/content")).Bytes.Length);
            await clinic.Doctor.Keep("e.pdf", Samples.PdfOf(2_000_000));
        }
    }

    /// <summary>Four megabytes of memory, mounted as a disk.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string path) => Path = path;

        public string Path { get; }

        public static bool TryMake(out SmallDisk? disk)
        {
            var path = Directory.CreateTempSubdirectory("salus-disk").FullName;
            disk = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", path) ? new(path) : null;
            if (disk is null) Directory.Delete(path);
            return disk is not null;
        }

        private static bool Run(string program, params string[] arguments)
        {
            try
            {
                using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception) { return false; }
        }

        public void Dispose()
        {
            Run("umount", Path);
            Directory.Delete(Path, recursive: true);
        }
    }

    [Fact]
    public async Task RX_06_check_names_what_is_missing_and_an_unknown_store_stops_the_start()
    {
        await using var own = await OwnServer.Start();
        var settings = own.Salus.Settings;
        async Task<List<string>> Faults(Kernel.Settings s) => [.. (await FileCommands.Faults(s, default)).Select(f => $"{f.StopsStart} {f.What}")];
        Assert.Contains("False Uploaded files are not scanned", Assert.Single(await Faults(settings)), StringComparison.Ordinal);
        Assert.Contains("True SALUS_FILES_STORE: 'ftp'", Assert.Single(await Faults(settings with { FilesStore = "ftp" })), StringComparison.Ordinal);
        Assert.Contains((await Faults(settings with { FilesStore = "drive" })), f => f.StartsWith("True SALUS_FILES_STORE names a store that is not set up (drive)", StringComparison.Ordinal));
        Assert.Contains((await Faults(settings with { Clamd = $"127.0.0.1:{Ports.Free()}" })), f => f.StartsWith("False The virus scanner does not answer (away)", StringComparison.Ordinal));
        Assert.Contains((await Faults(settings with { FilesStore = "s3", S3Url = $"http://127.0.0.1:{Ports.Free()}", S3Bucket = "b", S3Key = "k", S3Secret = "s" })), f => f.StartsWith("False The remote store s3 does not take files (away)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_blob_opens_at_every_place_and_at_none_when_a_chunk_is_moved_or_its_end_is_cut_to_a_whole_chunk()
    {
        var (id, key) = (Guid.CreateVersion7(), FileKeys.Fresh());
        foreach (var length in (int[])[1, SealedBlob.Chunk - 1, SealedBlob.Chunk, SealedBlob.Chunk + 1, 3 * SealedBlob.Chunk])
        {
            var plain = new byte[length];
            new Random(length).NextBytes(plain);
            using var blob = new MemoryStream();
            using var writer = new SealedWriter(blob, key, id);
            for (var at = 0; at < length; at += 50_000) writer.Write(plain.AsSpan(at, Math.Min(50_000, length - at)));
            writer.Finish();
            var bytes = blob.ToArray();
            Assert.Equal((SealedBlob.LengthOf(length), writer.SealedBytes), (bytes.Length, bytes.Length));
            Assert.Equal(plain, await Read(bytes, key, id, length));
            Assert.Equal(plain[(length / 2)..], await Read(bytes, key, id, length, length / 2));
            await Assert.ThrowsAsync<InvalidDataException>(() => Read(bytes, FileKeys.Fresh(), id, length));
            await Assert.ThrowsAsync<InvalidDataException>(() => Read(bytes, key, Guid.NewGuid(), length));
            if (length < 3 * SealedBlob.Chunk) continue;
            var (size, moved) = (SealedBlob.Chunk + SealedBlob.Tag, bytes.ToArray());
            bytes.AsSpan(SealedBlob.Header, size).CopyTo(moved.AsSpan(SealedBlob.Header + size));
            await Assert.ThrowsAsync<InvalidDataException>(() => Read(moved, key, id, length));
            // Whoever changes the row's length as well still cannot cut a chunk off: only the last one is marked as the last.
            await Assert.ThrowsAsync<InvalidDataException>(() => Read(bytes[..^size], key, id, length - SealedBlob.Chunk));
        }
    }

    private static async Task<byte[]> Read(byte[] blob, byte[] key, Guid id, long length, long from = 0)
    {
        await using var reader = new SealedReader((at, _) => Task.FromResult<Stream>(new MemoryStream(blob[(int)at..])), key, id, length);
        reader.Position = from;
        using var plain = new MemoryStream();
        await reader.CopyToAsync(plain);
        return plain.ToArray();
    }
}
