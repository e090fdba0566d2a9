using Salus.Kernel.Data;

namespace Salus.Kernel.Jobs;

/// <summary>A mail to be sent after the commit. Any module may post one; the Notifications module delivers.</summary>
public sealed record Mail(string To, string Subject, string Text)
{
    public const string Kind = "mail.send";
}

/// <summary>A short message to a phone.</summary>
/// <param name="To">E.164, such as <c>+390551234567</c>.</param>
public sealed record Sms(string To, string Text)
{
    public const string Kind = "sms.send";
}

public static class MailExtensions
{
    /// <summary>Puts the mail into the outbox, in the transaction of the context.</summary>
    public static void Post(this SalusDb db, Mail mail, DateTime now) => db.Enqueue(Mail.Kind, mail, now);

    /// <summary>Puts the short message into the outbox, in the transaction of the context.</summary>
    public static void Post(this SalusDb db, Sms sms, DateTime now) => db.Enqueue(Sms.Kind, sms, now);
}
