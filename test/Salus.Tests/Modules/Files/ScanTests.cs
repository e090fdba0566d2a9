using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Files.Contract;

namespace Salus.Tests.Files;

/// <summary>Clamd: a real scanner finds what it should; while it is away nothing is taken for clean.</summary>
public sealed class ScanTests
{
    // In two parts, so that no scanner on a developer's machine takes this file away.
    private static readonly byte[] Eicar = Encoding.ASCII.GetBytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
    private static readonly byte[] InfectedPdf = [.. Samples.Pdf, .. Eicar];

    private static Task<OwnServer> Start(string clamd, PendingFiles pending = PendingFiles.Staff) => OwnServer.Start(s => s with { Clamd = clamd, FilesTimeout = 5, FilesPending = pending }, new TestFiles());

    private static async Task<StoredFile> Row(Clinic clinic, Guid id)
    {
        await using var db = clinic.Open();
        return await db.Files.AsNoTracking().SingleAsync(f => f.Id == id);
    }

    private static Task Until(Clinic clinic, Guid id, ScanState state) => Wait.Until(async () => (await Row(clinic, id)).ScanState == state);

    [Theory, InlineData(true), InlineData(false)]
    public async Task RX_11_a_real_scanner_locks_an_infected_file_away_and_says_that_a_clean_one_is_clean(bool overSocketFile)
    {
        using var scanner = RealClamd.Start(overSocketFile);
        await using var own = await Start(scanner.Address);
        var clinic = await Clinic.Make(own.Salus);
        var (bad, good, picture) = (await clinic.Doctor.Keep("bad.pdf", InfectedPdf), await clinic.Doctor.Keep("good.pdf", Samples.PdfOf(5_000_000)), await clinic.Doctor.Keep("a.png", Samples.Png()));
        await Until(clinic, bad, ScanState.Rejected);
        foreach (var id in (Guid[])[good, picture]) await Until(clinic, id, ScanState.Clean);
        (await clinic.Doctor.Get($"files/{bad}/content")).Refuses(403, "file.rejected");
        (await clinic.Doctor.Get($"files/{good}/content")).Is(200);
        var record = (await clinic.Doctor.Get($"files/{bad}")).Is(200);
        Assert.Contains("Eicar", record["scanDetail"].GetString(), StringComparison.OrdinalIgnoreCase);
        var noted = Assert.Single(await clinic.Audit("file.reject"));
        Assert.Contains(bad, noted.SubjectList());
        var alarm = Assert.Single((await clinic.Admin.Get("security-events")).Is(200).Items, e => e.Str("event") == "file.reject");
        Assert.Equal("alarm", alarm.Str("weight"));
        Assert.Equal(1, (await clinic.Admin.Get("files?filter=rejected")).Is(200)["counts"].Number("rejected"));
        var parts = (await own.Salus.As(await own.Salus.Owner(), clinic.Slug).Get("/api/v1/health/detail")).Is(200)["parts"].EnumerateArray().ToDictionary(p => p.Str("name"), p => p.Str("state"));
        Assert.Equal("ok", parts["scanner"]);
    }

    [Fact]
    public async Task while_the_scanner_is_away_a_file_waits_for_it_health_says_so_and_it_is_scanned_when_it_is_back()
    {
        var port = Ports.Free();
        await using var own = await Start($"127.0.0.1:{port}");
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        await Wait.Until(async () => (await Row(clinic, id)).Tries > 0);
        Assert.Equal(ScanState.Pending, (await Row(clinic, id)).ScanState);
        (await clinic.Doctor.Get($"files/{id}/content")).Is(200); // staff of the clinic may, and see the state
        var owner = own.Salus.As(await own.Salus.Owner(), clinic.Slug);
        var detail = (await owner.Get("/api/v1/health/detail")).Is(200);
        Assert.Equal(("degraded", "away"), (detail["status"].GetString(), detail["parts"].EnumerateArray().Single(p => p.Str("name") == "scanner").Str("reason")));
        Assert.Equal("degraded", (await clinic.Anonymous.Get("/api/health")).Is(200)["status"].GetString());
        using var scanner = new FakeClamd(port, "stream: OK\0");
        await Until(clinic, id, ScanState.Clean);
    }

    [Fact]
    public async Task a_file_that_waits_for_the_scanner_is_for_nobody_where_that_is_set_and_never_for_links_and_screens()
    {
        await using var strict = await Start($"127.0.0.1:{Ports.Free()}", PendingFiles.Nobody);
        var clinic = await Clinic.Make(strict.Salus);
        (await clinic.Doctor.Get($"files/{await clinic.Doctor.Keep("a.pdf", Samples.Pdf)}/content")).Refuses(409, "file.pending");
        await using var plain = await Start($"127.0.0.1:{Ports.Free()}");
        var other = await Clinic.Make(plain.Salus);
        var id = await other.Doctor.Keep("a.pdf", Samples.Pdf);
        (await other.Display.Get($"files/{id}/content")).Refuses(409, "file.pending");
        using var browser = new Browser(plain.Salus);
        await browser.SignIn(other, "doctor");
        using var linked = await browser.Get((await other.Doctor.Post($"files/{id}/link")).Is(200)["path"].GetString()!);
        Assert.Equal(HttpStatusCode.Conflict, linked.StatusCode);
    }

    [Theory, InlineData("stream: OK\0", ScanState.Clean)] [InlineData("stream: Win.Test.EICAR_HDB-1 FOUND\0", ScanState.Rejected)] [InlineData("INSTREAM size limit exceeded. ERROR\0", ScanState.NotScanned)]
    public async Task what_the_scanner_answers_is_what_is_shown(string answer, ScanState state)
    {
        using var scanner = new FakeClamd(Ports.Free(), answer);
        await using var own = await Start(scanner.Address);
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("a.pdf", Samples.PdfOf(300_000));
        await Until(clinic, id, state);
        if (state == ScanState.NotScanned) Assert.Equal("too-large", (await Row(clinic, id)).ScanDetail);
    }

    [Theory, InlineData("")] [InlineData("nonsense\0")] [InlineData("stream: Can't allocate memory ERROR\0")] [InlineData("OK")] [InlineData(null)]
    public async Task an_answer_that_is_none_is_never_taken_for_clean(string? answer)
    {
        using var scanner = new FakeClamd(Ports.Free(), answer);
        await using var own = await OwnServer.Start(s => s with { Clamd = scanner.Address, FilesTimeout = 1 }, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("a.pdf", Samples.Pdf);
        await Wait.Until(() => Task.FromResult(scanner.Asked >= 2));
        Assert.Equal(ScanState.Pending, (await Row(clinic, id)).ScanState);
    }

    [Fact]
    public async Task without_a_scanner_every_file_says_that_it_was_not_scanned_and_a_later_scanner_looks_at_them()
    {
        await using var own = await OwnServer.Start(null, new TestFiles());
        var clinic = await Clinic.Make(own.Salus);
        var id = await clinic.Doctor.Keep("bad.pdf", InfectedPdf);
        Assert.Equal((ScanState.NotScanned, ScanWords.NoScanner), ((await Row(clinic, id)).ScanState, (await Row(clinic, id)).ScanDetail));
        var page = (await clinic.Admin.Get("files")).Is(200);
        Assert.Equal(("off", 1), (page["parts"].EnumerateArray().Single(p => p.Str("name") == "scanner").Str("state"), page["counts"].Number("notScanned")));
        using var scanner = new FakeClamd(Ports.Free(), "stream: Eicar-Test-Signature FOUND\0");
        await own.Restart(s => s with { Clamd = scanner.Address });
        await Until(clinic.On(own.Salus), id, ScanState.Rejected);
    }

    /// <summary>A socket that answers one thing; null: never anything.</summary>
    private sealed class FakeClamd : IDisposable
    {
        private readonly TcpListener listener;

        public FakeClamd(int port, string? answer)
        {
            listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            Address = $"127.0.0.1:{port}";
            _ = Task.Run(async () =>
            {
                try { while (true) _ = Serve(await listener.AcceptTcpClientAsync(), answer); }
                catch (Exception error) when (error is SocketException or ObjectDisposedException) { }
            });
        }

        public string Address { get; }
        public int Asked { get; private set; }

        private async Task Serve(TcpClient client, string? answer)
        {
            using (client)
            {
                try
                {
                    var stream = client.GetStream();
                    var command = new byte[6];
                    await stream.ReadExactlyAsync(command);
                    if (command.AsSpan().SequenceEqual("zPING\0"u8)) { await stream.WriteAsync("PONG\0"u8.ToArray()); return; }
                    await stream.ReadExactlyAsync(new byte[4]);
                    for (var size = new byte[4]; ;)
                    {
                        await stream.ReadExactlyAsync(size);
                        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(size);
                        if (length == 0) break;
                        await stream.ReadExactlyAsync(new byte[length]);
                    }
                    Asked++;
                    if (answer is null) await Task.Delay(Timeout.Infinite);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer!));
                }
                catch (Exception error) when (error is IOException or EndOfStreamException) { }
            }
        }

        public void Dispose() => listener.Dispose();
    }

    /// <summary>Debian's clamd with a signature of our own for the test file: the ones of the internet cannot be fetched everywhere.</summary>
    private sealed class RealClamd : IDisposable
    {
        private readonly Process process;
        private readonly string folder;

        private RealClamd(Process process, string folder, string address) => (this.process, this.folder, Address) = (process, folder, address);

        public string Address { get; }

        public static RealClamd Start(bool overSocketFile)
        {
            var program = ((string[])["/usr/sbin/clamd", "/usr/bin/clamd"]).FirstOrDefault(File.Exists);
            Assert.SkipUnless(program is not null, "LEFT OUT: no real virus scanner looked at the test virus. Install clamav-daemon (eng/setup does).");
            var folder = Directory.CreateTempSubdirectory("salus-clamd").FullName;
            Directory.CreateDirectory(Path.Combine(folder, "db"));
            // An extended signature: name, any kind of file, anywhere in it, and the test virus in hexadecimal.
            File.WriteAllText(Path.Combine(folder, "db", "own.ndb"), $"Eicar-Own-Signature:0:*:{Convert.ToHexStringLower(Eicar)}\n");
            var port = Ports.Free();
            File.WriteAllText(Path.Combine(folder, "clamd.conf"), $"DatabaseDirectory {folder}/db\nForeground yes\nLogFile {folder}/log\n" + (overSocketFile ? $"LocalSocket {folder}/socket\n" : $"TCPSocket {port}\nTCPAddr 127.0.0.1\n"));
            var process = Process.Start(new ProcessStartInfo(program!, $"--config-file={folder}/clamd.conf") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            // What it says is read, or it would stop when nobody takes it.
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return new(process, folder, overSocketFile ? $"{folder}/socket" : $"127.0.0.1:{port}");
        }

        public void Dispose()
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit(5000);
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
