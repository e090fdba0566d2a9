using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using Salus.Kernel;
using Salus.Kernel.Jobs;

namespace Salus.Modules.Notifications;

/// <summary>Hands a mail to the mail server or, where none is set and this is no production, to the mailbox folder.</summary>
public sealed class SendMail(Settings settings, TimeProvider clock) : IJobHandler
{
    public string Kind => Mail.Kind;

    public async Task Run(Job job, CancellationToken ct)
    {
        var mail = JsonSerializer.Deserialize<Mail>(job.Body)!;
        if (settings.SmtpHost.Length > 0) await Send(job, mail, ct);
        else if (!settings.IsProduction) await Keep(settings, job, mail, ct);
        else throw new InvalidOperationException("No mail server is set.");
    }

    private async Task Send(Job job, Mail mail, CancellationToken ct)
    {
        using var message = new MailMessage(settings.Sender, mail.To, mail.Subject, mail.Text);
        // The job's id names the message: a server that gets it twice after a crash can tell.
        message.Headers.Add("Message-ID", $"<{job.Id:N}@{new Uri(settings.BaseUrl).Host}>");
        message.Headers.Add("Date", clock.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000");
        using var client = new SmtpClient(settings.SmtpHost, settings.SmtpPort) { EnableSsl = settings.SmtpTls };
        if (settings.SmtpUser.Length > 0) client.Credentials = new System.Net.NetworkCredential(settings.SmtpUser, settings.SmtpPassword);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await client.SendMailAsync(message, limit.Token);
    }

    // One file per job: done twice, it is still one mail. Nobody who looks meanwhile finds half of it.
    public static async Task Keep(Settings settings, Job job, Mail mail, CancellationToken ct)
    {
        Directory.CreateDirectory(settings.MailboxFolder);
        var (file, half) = (Path.Combine(settings.MailboxFolder, $"{job.Id:N}.json"), Path.Combine(settings.MailboxFolder, $"{Guid.NewGuid():N}.half"));
        await File.WriteAllTextAsync(half, JsonSerializer.Serialize(mail), ct);
        File.Move(half, file, overwrite: true);
    }
}
