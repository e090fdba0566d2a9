using System.Linq.Expressions;
using Salus.Kernel.Audit;

namespace Salus.Modules.Operations.Security;

public enum Weight { Note, Warning, Alarm }

/// <summary>One kind of row of the audit log that concerns security.</summary>
/// <param name="Key">The code of a refusal, whatever was tried; or the name of an act that was done.</param>
public sealed record SecurityEvent(Weight Weight, string Sentence, string Key, bool IsAct = false);

/// <summary>What of the audit log is a security event. A new one is one line here, and is then listed, filtered and shown everywhere.</summary>
public static class SecurityEvents
{
    public static IReadOnlyList<SecurityEvent> All { get; } =
    [
        new(Weight.Note, "a sign-in failed", "sign-in.failed"),
        new(Weight.Alarm, "a locked account was tried", "sign-in.locked"),
        new(Weight.Warning, "a second factor was wrong", "second-factor.failed"),
        new(Weight.Warning, "a passkey was not accepted", "passkey.failed"),
        new(Weight.Warning, "somebody who was signed in did not know the password", "password.wrong"),
        new(Weight.Warning, "what an outside provider sent could not be believed", "outside.token"),
        new(Weight.Note, "a sign-in came back that was not begun in that browser, or was used already", "outside.state"),
        new(Weight.Note, "an outside provider did not sign somebody in", "outside.denied"),
        new(Weight.Warning, "an outside provider could not be reached", "outside.away"),
        new(Weight.Warning, "a message of PAQ was not valid, or too old", "paq.failed"),
        new(Weight.Alarm, "a message of PAQ came a second time", "paq.used"),
        new(Weight.Warning, "PAQ named a phone number that belongs to another person's account", "paq.other"),
        new(Weight.Warning, "something was tried too often", "rate-limit"),
        new(Weight.Alarm, "a refresh token came a second time; its session ended", "refresh.reused"),
        new(Weight.Note, "a refresh token came that is unknown, or too old", "refresh.failed"),
        new(Weight.Warning, "a notice about a payment came that its provider did not sign", "webhook.signature"),
        new(Weight.Warning, "the administration was asked for from an address that is not listed", "admin.address"),
        new(Weight.Note, "a token came that is not valid", "token.invalid"),
        new(Weight.Note, "the program was asked for by another name", "host.unknown"),
        new(Weight.Warning, "an address held a path trick", "path.trick"),
        new(Weight.Warning, "a request ended in an unexpected error", "bug"),
        new(Weight.Alarm, "records were opened in an emergency", "access.break-glass", IsAct: true),
        new(Weight.Alarm, "an account was locked after wrong passwords", "account.lock", IsAct: true),
        new(Weight.Warning, "roles were changed", "staff.change", IsAct: true),
        new(Weight.Warning, "an own role was added", "role.add", IsAct: true),
        new(Weight.Warning, "an own role was changed", "role.change", IsAct: true),
        new(Weight.Warning, "a key for a program was made", "key.add", IsAct: true),
        new(Weight.Warning, "support was let in", "organisation.support-access", IsAct: true),
        new(Weight.Warning, "somebody entered for support", "acting.support", IsAct: true),
        new(Weight.Warning, "the support staff was changed", "platform.support-staff", IsAct: true),
        new(Weight.Warning, "an account was closed or opened", "account.set-active", IsAct: true),
        new(Weight.Note, "somebody became a member", "staff.accept-invitation", IsAct: true),
        new(Weight.Alarm, "an owner of the installation was made", "account.create-owner", IsAct: true),
        new(Weight.Alarm, "an account was left without its second factors", "account.drop-factors", IsAct: true),
        new(Weight.Note, "a second factor was removed", "account.remove-authenticator", IsAct: true),
        new(Weight.Note, "a second factor was removed", "account.remove-passkey", IsAct: true),
        new(Weight.Note, "another way to sign in was added", "account.link-outside", IsAct: true),
        new(Weight.Note, "another way to sign in was removed", "account.unlink-outside", IsAct: true),
        new(Weight.Note, "a password was set by mail", "account.reset-password", IsAct: true),
        new(Weight.Note, "data was exported", "audit.export", IsAct: true),
        new(Weight.Alarm, "much data was exported by one person", "audit.export-large", IsAct: true),
        new(Weight.Note, "data was exported", "patient.export", IsAct: true),
        new(Weight.Note, "data was exported", "claim.export", IsAct: true),
        new(Weight.Alarm, "much data was exported by one person", "patient.export-large", IsAct: true),
        new(Weight.Note, "a new key signs access tokens", "keys.rotate", IsAct: true),
        new(Weight.Alarm, "the virus scanner found something in a file", "file.reject", IsAct: true),
        new(Weight.Note, "a link to a file was tried that is over, false, or somebody else's", "file.link"),
        new(Weight.Alarm, "an alert went out", Alerts.Action, IsAct: true),
    ];

    private static readonly string[] Results = [.. All.Where(e => !e.IsAct).Select(e => e.Key)], Acts = [.. All.Where(e => e.IsAct).Select(e => e.Key)];
    private static readonly Dictionary<string, SecurityEvent> ByKey = All.ToDictionary(e => e.Key);

    /// <summary>The same as <see cref="Of"/>, as a condition for the database.</summary>
    public static Expression<Func<AuditEvent, bool>> IsOne { get; } = e => Results.Contains(e.Result) || (e.Result == "ok" && Acts.Contains(e.Action));

    /// <summary>The account to which something happened outside every organisation, and whose organisations may see it; null: it concerns the installation alone.</summary>
    public static Guid? HappenedTo(AuditEvent row) => row.SubjectKind switch { "account" => row.SubjectId, "session" => row.ActorId, _ => null };

    /// <summary>What the row is; null when it does not concern security.</summary>
    public static SecurityEvent? Of(AuditEvent row) => ByKey.GetValueOrDefault(row.Result == "ok" ? row.Action : row.Result) is { } found && found.IsAct == (row.Result == "ok") ? found : null;
}
