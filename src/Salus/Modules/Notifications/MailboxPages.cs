using System.Text.Json;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Web;

namespace Salus.Modules.Notifications;

public sealed record KeptMail(DateTime At, Mail Mail);

/// <summary>The mailbox of development and demo: what would have been sent. In production there is none.</summary>
public static class MailboxPages
{
    public static void Map(IEndpointRouteBuilder routes) => routes.RootPages().MapGet("/mailbox", (Settings settings) =>
    {
        if (settings.IsProduction) throw Refusal.NotFound();
        var folder = new DirectoryInfo(settings.MailboxFolder);
        var mails = !folder.Exists ? [] : folder.GetFiles("*.json").OrderByDescending(f => f.LastWriteTimeUtc).Take(100)
            .Select(f => new KeptMail(f.LastWriteTimeUtc, JsonSerializer.Deserialize<Mail>(File.ReadAllText(f.FullName))!)).ToList();
        return Show.Page<MailboxPage>(new { Mails = mails });
    }).Public();
}
