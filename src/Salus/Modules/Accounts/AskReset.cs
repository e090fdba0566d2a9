using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts;

/// <summary>
/// Asks for a link to set a new password. Whether the address has an account is found out by a job afterwards: the answer, and
/// the time it takes, are the same for every address.
/// </summary>
public sealed class AskReset(Tools tools, RateLimits limits, Settings settings)
{
    public const string Action = "account.ask-reset", JobKind = "account.mail-reset";

    public sealed record Command(string Email);
    public sealed record Wanted(string Email);

    /// <exception cref="Refusal">422 when it is neither an e-mail address nor a phone number; 429 <c>rate-limit</c>.</exception>
    public async Task Run(Command command, CancellationToken ct)
    {
        var name = NewAccount.Phone(command.Email) ?? NewAccount.Email(command.Email);
        await limits.Take(settings.ResetLimit, RateLimits.Address(tools.Actor.Ip));
        await tools.Database.Write(null, db =>
        {
            var now = tools.Clock.Now();
            db.Enqueue(JobKind, new Wanted(name), now);
            db.Add(AuditEvent.By(tools.Actor with { OrganisationId = null }, now, Action));
            return db.SaveChangesAsync(ct);
        }, ct);
    }
}

/// <summary>Mails the link, if the address has an account that may sign in; at most three in an hour.</summary>
public sealed class MailReset(Database database, Settings settings, TimeProvider clock, IStringLocalizer<Texts> texts) : IJobHandler
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private const int MostInAnHour = 3;

    public string Kind => AskReset.JobKind;

    public async Task Run(Job job, CancellationToken ct)
    {
        var normal = JsonSerializer.Deserialize<AskReset.Wanted>(job.Body)!.Email.ToUpperInvariant(); // a phone number has no upper case
        await database.Write(null, async db =>
        {
            var (now, hourAgo) = (clock.Now(), clock.Now().AddHours(-1));
            var account = await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == normal && a.DeactivatedAt == null, ct);
            // Holds the row: of several jobs at once each counts what those before it have sent.
            if (account is not null) await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.Name, a => a.Name), ct);
            if (account is null || await db.Set<PasswordReset>().CountAsync(r => r.AccountId == account.Id && r.CreatedAt > hourAgo, ct) >= MostInAnHour) return 0;
            var secret = Text.Secret();
            db.Add(new PasswordReset { AccountId = account.Id, SecretHash = Text.Hash(secret), CreatedAt = now, ExpiresAt = now + Life });
            Post(db, account, secret, now);
            return await db.SaveChangesAsync(ct);
        }, ct);
    }

    private void Post(SalusDb db, Account account, string secret, DateTime now)
    {
        using var _ = AccountPost.InLanguageOf(account);
        AccountPost.To(db, account, texts["Your new password"],
            texts["Hello {0},\n\nsomebody asked for a new password for your account in Salus. Open this link within one hour and choose it:\n\n{1}\n\nIf it was not you, ignore this mail: your password stays as it is.",
                account.Name, $"{settings.BaseUrl}/account/reset/{secret}"], now);
    }
}
