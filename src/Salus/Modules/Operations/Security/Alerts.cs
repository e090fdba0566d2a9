using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Operations.Security;

/// <summary>Something that somebody should look at. It names accounts by their ids and addresses, and nothing else: mails and chat rooms are read by many.</summary>
/// <param name="Rows">One row for the audit log each: the account and the organisation where there is one of it, and how often.</param>
public sealed record Alert(string Kind, int Count, DateTime Since, IReadOnlyList<Guid> Accounts, IReadOnlyList<string> Addresses, IReadOnlyList<(Guid? Account, Guid? Organisation, int Count)> Rows);

/// <summary>Tells of an alert: a row in the audit log, a mail, a post to a web address. At most one of a kind in ten minutes, whichever node saw it.</summary>
public sealed class Alerts(Database database, Settings settings, TimeProvider clock, IStringLocalizer<Texts> texts)
{
    public const string Action = "security.alert", Scope = "security-alert:";
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);
    private const int MostNamed = 20;

    /// <summary>When each kind was told last.</summary>
    public static async Task<Dictionary<string, DateTime>> LastTold(SalusDb db, CancellationToken ct) =>
        (await db.Set<Counter>().AsNoTracking().Where(c => c.OrganisationId == Guid.Empty && c.Scope.StartsWith(Scope)).ToListAsync(ct))
            .ToDictionary(c => c.Scope[Scope.Length..], c => DateTimeOffset.FromUnixTimeMilliseconds(c.Value).UtcDateTime);

    /// <summary>Tells, unless another node did so a moment ago.</summary>
    public async Task<bool> Tell(Alert alert, CancellationToken ct)
    {
        try { return await Write(alert, ct); }
        catch (DbUpdateException error) when (database.IsUniqueViolation(error)) { return false; } // the first of its kind, by two nodes at once
    }

    private Task<bool> Write(Alert alert, CancellationToken ct) => database.Write(null, async db =>
    {
        var now = clock.Now();
        if (!await Claim.Take(db, Scope + alert.Kind, now, Quiet, ct)) return false;
        foreach (var (account, organisation, count) in alert.Rows) db.Add(Row(alert, account, organisation, count, now));
        if (settings.AlertMail.Length > 0) db.Post(await MailOf(db, alert, ct), now);
        if (settings.AlertWebhook.Length > 0) db.Enqueue(AlertWebhook.JobKind, new AlertWebhook.Posted(JsonSerializer.Serialize(Body(alert, now), JsonSerializerOptions.Web)), now);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);

    private static AuditEvent Row(Alert alert, Guid? account, Guid? organisation, int count, DateTime now)
    {
        var row = AuditEvent.By(Actor.System(organisation, "security-alert"), now, Action);
        (row.SubjectKind, row.SubjectId, row.Detail) = (account is null ? "" : "account", account, string.Create(CultureInfo.InvariantCulture, $"{alert.Kind} {count}"));
        return row;
    }

    private object Body(Alert alert, DateTime now) => new
    {
        installation = settings.BaseUrl, @event = alert.Kind, count = alert.Count, since = alert.Since, at = now, accounts = alert.Accounts.Take(MostNamed), addresses = alert.Addresses.Take(MostNamed),
    };

    private async Task<Mail> MailOf(SalusDb db, Alert alert, CancellationToken ct)
    {
        var normal = settings.AlertMail.ToUpperInvariant();
        using var _ = AccountPost.InLanguageOf(await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == normal, ct));
        var sentence = Sentence(alert.Kind);
        return new Mail(settings.AlertMail, texts["Salus alert: {0}", sentence], texts["{0}\n\nHow often: {1}\nSince: {2} UTC\nAccounts: {3}\nAddresses: {4}\n\nLook at it: {5}",
            sentence, alert.Count, alert.Since.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Named(alert.Accounts), Named(alert.Addresses), $"{settings.BaseUrl}/platform/security"]);
    }

    private static string Named<T>(IReadOnlyList<T> items) => items.Count == 0 ? "-" : string.Join(", ", items.Take(MostNamed)) + (items.Count > MostNamed ? ", …" : "");

    private string Sentence(string kind) => kind switch
    {
        AlertRules.Lockout => texts["Somebody tried a locked account"],
        AlertRules.Reuse => texts["A stolen refresh token was used"],
        AlertRules.BreakGlass => texts["Somebody opened records in an emergency"],
        AlertRules.Admins => texts["Somebody became or ceased to be an administrator"],
        AlertRules.SignIns => texts["Many sign-ins failed"],
        AlertRules.MassRead => texts["Somebody read very many patients"],
        AlertRules.Export => texts["Somebody exported much data"],
        _ => texts["The program met an unexpected error"],
    };
}

/// <summary>A time kept in a counter, by which nodes agree who does something and how often.</summary>
internal static class Claim
{
    /// <summary>True for one caller, when the last was at least so long ago. A time in the future was made while the clock was wrong.</summary>
    public static async Task<bool> Take(SalusDb db, string scope, DateTime now, TimeSpan pause, CancellationToken ct)
    {
        var (present, before) = (Milliseconds(now), Milliseconds(now - pause));
        var own = db.Set<Counter>().Where(c => c.OrganisationId == Guid.Empty && c.Scope == scope);
        if (await own.Where(c => c.Value <= before || c.Value > present).ExecuteUpdateAsync(set => set.SetProperty(c => c.Value, present), ct) == 1) return true;
        if (await own.AnyAsync(ct)) return false;
        // Of two nodes that make the first row at once, the other fails here.
        db.Add(new Counter { Scope = scope, Value = present });
        await db.SaveChangesAsync(ct);
        return true;
    }

    private static long Milliseconds(DateTime at) => new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
