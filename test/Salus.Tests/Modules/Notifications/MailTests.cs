using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Jobs;

namespace Salus.Tests.Notifications;

/// <summary>SendMail through a real mail server, and what happens while there is none.</summary>
public sealed class MailTests
{
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Func<Salus.Kernel.Settings, Salus.Kernel.Settings> Smtp(int port) =>
        s => s with { SmtpHost = "127.0.0.1", SmtpPort = port, SmtpTls = false, MailFrom = "clinic@example.org", PublicUrl = "" };

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../smtp"));

    private sealed class MailServer : IDisposable
    {
        private readonly Process process;

        public MailServer(int port)
        {
            process = Process.Start(new ProcessStartInfo("node", $"server.js {port}") { WorkingDirectory = Folder(), RedirectStandardOutput = true, RedirectStandardInput = true })!;
            Assert.Equal(port, JsonDocument.Parse(process.StandardOutput.ReadLine()!).RootElement.Number("port"));
        }

        public async Task<JsonElement> Next() => JsonDocument.Parse((await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)))!).RootElement;

        public void Dispose()
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(5000)) process.Kill();
            process.Dispose();
        }
    }

    private static Task<Answer> Invite(Clinic clinic) => clinic.Admin.Post("invitations", new { name = "Nora Neri", email = "nora@example.org", roles = new[] { "clinic.doctor" } });

    [Fact]
    public async Task an_invitation_reaches_a_real_mail_server_with_its_link_and_the_job_keeps_no_secret()
    {
        var port = FreePort();
        using var mail = new MailServer(port);
        await using var own = await OwnServer.Start(Smtp(port));
        var clinic = await Clinic.Make(own.Salus);
        (await Invite(clinic)).Is(201);
        var received = await mail.Next();
        Assert.Equal(("clinic@example.org", "nora@example.org"), (received.Str("from"), received.GetProperty("to")[0].GetString()));
        Assert.Contains("Message-ID: <", received.Str("raw"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("/invitations/", received.Str("raw").Replace("=\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await Wait.Until(async () => (await Jobs(own.Salus)).Single().State == JobState.Done);
        Assert.Empty((await Jobs(own.Salus)).Single().Body);
    }

    [Fact]
    public async Task TE_06_while_the_mail_server_is_down_the_request_succeeds_and_the_job_waits_and_is_tried_again()
    {
        var port = FreePort();
        await using var own = await OwnServer.Start(Smtp(port));
        var clinic = await Clinic.Make(own.Salus);
        (await Invite(clinic)).Is(201);
        await Wait.Until(async () => (await Jobs(own.Salus)).Single() is { Attempts: 1, State: JobState.Waiting, LastError.Length: > 0 });
        var job = (await Jobs(own.Salus)).Single();
        Assert.True(job.DueAt > job.CreatedAt);
        Assert.DoesNotContain("nora", job.LastError, StringComparison.OrdinalIgnoreCase);
        using var mail = new MailServer(port);
        Assert.Equal("nora@example.org", (await mail.Next()).GetProperty("to")[0].GetString());
        await Wait.Until(async () => (await Jobs(own.Salus)).Single().State == JobState.Done);
    }

    [Fact]
    public async Task a_job_that_fails_again_and_again_is_given_up_and_stays_visible()
    {
        await using var own = await OwnServer.Start(Smtp(FreePort()));
        var clinic = await Clinic.Make(own.Salus);
        (await Invite(clinic)).Is(201);
        await Wait.Until(async () =>
        {
            await own.Salus.Database.Write(null, db => db.Set<Job>().Where(j => j.State == JobState.Waiting).ExecuteUpdateAsync(s => s.SetProperty(j => j.DueAt, DateTime.UtcNow.AddMinutes(-1))), default);
            await own.Salus.RunJobs();
            return (await Jobs(own.Salus)).Single().State == JobState.Failed;
        });
        Assert.Equal(JobRunner.MostAttempts, (await Jobs(own.Salus)).Single().Attempts);
    }

    private static async Task<List<Job>> Jobs(RunningSalus salus)
    {
        await using var db = salus.Database.Open();
        return await db.Set<Job>().AsNoTracking().ToListAsync();
    }
}
