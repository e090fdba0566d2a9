using Salus.Kernel.Data;

namespace Salus.Kernel.Jobs;

/// <summary>A mail to be sent after the commit. Any module may post one; the Notifications module delivers.</summary>
public sealed record Mail(string To, string Subject, string Text)
{
    public const string Kind = "mail.send";
}

public static class MailExtensions
{
    /// <summary>Puts the mail into the outbox, in the transaction of the context.</summary>
    public static void Post(this SalusDb db, Mail mail, DateTime now) => db.Enqueue(Mail.Kind, mail, now);
}
