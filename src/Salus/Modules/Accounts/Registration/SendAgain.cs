using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts.Registration;

/// <summary>Has the link or the code sent again. Whether there is such an account is found out by a job afterwards: the answer is the same for every address.</summary>
public sealed class SendAgain(Tools tools, RateLimits limits, Settings settings)
{
    public const string Action = "account.send-again", JobKind = "account.send-verification";

    public sealed record Command(string Email);
    public sealed record Wanted(string Name);

    /// <exception cref="Refusal">422 when it is neither an e-mail address nor a phone number; 429 <c>rate-limit</c>.</exception>
    public async Task Run(Command command, CancellationToken ct)
    {
        var name = NewAccount.Phone(command.Email) ?? NewAccount.Email(command.Email).ToUpperInvariant();
        await limits.Take(settings.RegisterLimit, RateLimits.Address(tools.Actor.Ip));
        await tools.Database.Write(null, db =>
        {
            var now = tools.Clock.Now();
            db.Enqueue(JobKind, new Wanted(name), now);
            db.Add(AuditEvent.By(tools.Actor with { OrganisationId = null }, now, Action));
            return db.SaveChangesAsync(ct);
        }, ct);
    }
}

/// <summary>Sends it, if the address waits for one; at most three in an hour.</summary>
public sealed class SendVerification(Database database, Settings settings, TimeProvider clock, IStringLocalizer<Texts> texts) : IJobHandler
{
    private const int MostInAnHour = 3;

    public string Kind => SendAgain.JobKind;

    public async Task Run(Job job, CancellationToken ct)
    {
        var name = JsonSerializer.Deserialize<SendAgain.Wanted>(job.Body)!.Name;
        await database.Write(null, async db =>
        {
            var (now, hourAgo) = (clock.Now(), clock.Now().AddHours(-1));
            var account = await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == name && a.DeactivatedAt == null && !a.EmailConfirmed && !a.PhoneNumberConfirmed, ct);
            if (account is null || await db.Set<Verification>().CountAsync(v => v.AccountId == account.Id && v.CreatedAt > hourAgo, ct) >= MostInAnHour) return 0;
            await Verification.Post(db, account, settings, texts, now, ct);
            return await db.SaveChangesAsync(ct);
        }, ct);
    }
}
