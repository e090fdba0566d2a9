using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts;

/// <summary>Checks a password and gives the principal for a session or token. Five failures in a row lock the account for half an hour.</summary>
public sealed class SignIn(Tools tools)
{
    public const string Action = "account.sign-in";
    public const int MostFailures = 5;
    public static readonly TimeSpan Lock = TimeSpan.FromMinutes(30);

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(254, ErrorMessage = "This is too long.")]
        public string Email { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";
    }

    /// <exception cref="Refusal">401 <c>sign-in.failed</c>, the same for unknown accounts; 429 <c>sign-in.locked</c> with the seconds left.</exception>
    public async Task<(Account Account, ClaimsPrincipal Principal)> Run(Command command, string scheme, CancellationToken ct)
    {
        var account = await Find(command.Email, ct);
        var now = tools.Clock.Now();
        var right = Passwords.Matches(account, command.Password);
        if (account?.LockoutEnd > now) throw await Refused(account, Locked(account.LockoutEnd.Value - now));
        if (account is null || !right || account.DeactivatedAt is not null)
        {
            if (account is not null) await CountFailure(account, now);
            throw await Refused(account, new Refusal(401, "sign-in.failed", "This e-mail address and password do not belong together."));
        }
        await Record(account, now);
        return (account, Session.Principal(account, scheme));
    }

    private async Task<Account?> Find(string email, CancellationToken ct)
    {
        var normal = Text.Clean(email).ToUpperInvariant();
        try
        {
            await using var db = tools.Database.Open();
            return await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == normal, ct);
        }
        catch (Exception error) when (tools.Database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    private static Refusal Locked(TimeSpan left) =>
        new(429, "sign-in.locked", "Too many wrong passwords. Try again in {0} minutes.", (int)Math.Ceiling(left.TotalMinutes)) { RetryAfter = (int)Math.Ceiling(left.TotalSeconds) };

    private Task<int> CountFailure(Account account, DateTime now) => tools.Database.Write(null, async db =>
    {
        // One statement, so that parallel guesses are all counted; the fifth one locks and starts again from zero.
        var until = new DateTimeOffset(now + Lock, TimeSpan.Zero);
        await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.AccessFailedCount, a => a.AccessFailedCount + 1));
        return await db.Accounts.Where(a => a.Id == account.Id && a.AccessFailedCount >= MostFailures)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.LockoutEnd, until).SetProperty(a => a.AccessFailedCount, 0));
    }, CancellationToken.None);

    private Task<int> Record(Account account, DateTime now) => tools.Database.Write(null, async db =>
    {
        if (account.AccessFailedCount > 0)
            await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.AccessFailedCount, 0));
        db.Add(Row(account, now));
        return await db.SaveChangesAsync();
    }, CancellationToken.None);

    private async Task<Refusal> Refused(Account? account, Refusal refusal)
    {
        var row = Row(account, tools.Clock.Now());
        row.Result = refusal.Code;
        await tools.Audit.Write([row]);
        return refusal;
    }

    private AuditEvent Row(Account? account, DateTime now)
    {
        var row = AuditEvent.By(tools.Actor, now, Action);
        (row.ActorKind, row.ActorId, row.SubjectKind, row.SubjectId, row.OrganisationId) =
            (account is null ? ActorKind.Anonymous : ActorKind.Person, account?.Id, "account", account?.Id, null);
        return row;
    }
}
