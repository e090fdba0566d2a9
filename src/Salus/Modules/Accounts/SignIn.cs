using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts;

/// <summary>
/// Checks a password and begins a session. Five failures in a row lock the account for half an hour, but not for the devices its
/// owner has used before; how often an address may try at all is limited too.
/// </summary>
public sealed class SignIn(Tools tools, RateLimits limits, Settings settings)
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

    /// <param name="RefreshToken">For programs; a browser has its cookie.</param>
    public sealed record SignedIn(Account Account, Session Session, string? RefreshToken);

    /// <summary>Wrong passwords on a known device, after which it is known no more.</summary>
    private static readonly RateLimit DeviceFailures = new("sign-in-device", [(MostFailures, Lock)]);

    private static readonly RateLimit UnknownFailures = new("sign-in-unknown", [(MostFailures, Lock)]);

    /// <param name="device">The secret of the browser's cookie; null for programs.</param>
    /// <exception cref="Refusal">401 <c>sign-in.failed</c>, the same for unknown accounts; 429 <c>sign-in.locked</c> or <c>rate-limit</c> with the seconds left.</exception>
    public async Task<SignedIn> Run(Command command, SessionKind kind, string? device, CancellationToken ct)
    {
        var (account, known) = await Find(command.Email, device, ct);
        await Limit(known ? "device:" + Text.Hash(device!) : RateLimits.Address(tools.Actor.Ip), account);
        var now = tools.Clock.Now();
        var right = Passwords.Matches(account, command.Password);
        if (account?.LockoutEnd > now && !known) throw await Refused(account, Locked(account.LockoutEnd.Value - now));
        if (account is null || !right || account.DeactivatedAt is not null)
        {
            // For an unknown address something is counted too, so that it answers no sooner.
            if (account is not null) await CountFailure(account, known ? device : null, now);
            else await limits.Count(UnknownFailures, Text.Hash(Text.Clean(command.Email)));
            throw await Refused(account, new Refusal(401, "sign-in.failed", "This e-mail address and password do not belong together."));
        }
        var better = Passwords.IsOld(account.PasswordHash!) ? Passwords.Hash(command.Password) : null;
        return await Begin(account, kind, device, better, now);
    }

    private async Task Limit(string subject, Account? account)
    {
        if (await limits.Count(settings.SignInLimit, subject) is not { } excess) return;
        throw excess.IsFirst ? await Refused(account, excess.Refusal) : excess.Refusal;
    }

    private async Task<(Account?, bool Known)> Find(string email, string? device, CancellationToken ct)
    {
        var (normal, hash) = (Text.Clean(email).ToUpperInvariant(), device is null ? "" : Text.Hash(device));
        try
        {
            await using var db = tools.Database.Open();
            var devices = db.Set<KnownDevice>();
            var found = await db.Accounts.AsNoTracking().Where(a => a.NormalizedUserName == normal).Select(a => new { Account = a, Known = devices.Any(d => d.AccountId == a.Id && d.Hash == hash) }).FirstOrDefaultAsync(ct);
            return (found?.Account, found?.Known == true);
        }
        catch (Exception error) when (tools.Database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    private static Refusal Locked(TimeSpan left) =>
        new(429, "sign-in.locked", "Too many wrong passwords. Try again in {0} minutes.", (int)Math.Ceiling(left.TotalMinutes)) { RetryAfter = (int)Math.Ceiling(left.TotalSeconds) };

    private async Task CountFailure(Account account, string? knownDevice, DateTime now)
    {
        if (knownDevice is null) await CountFailure(account, now);
        else if (await limits.Count(DeviceFailures, Text.Hash(knownDevice)) is not null) await Forget(account, Text.Hash(knownDevice));
    }

    private Task<int> Forget(Account account, string hash) =>
        tools.Database.Write(null, db => db.Set<KnownDevice>().Where(d => d.AccountId == account.Id && d.Hash == hash).ExecuteDeleteAsync(), CancellationToken.None);

    private Task<int> CountFailure(Account account, DateTime now) => tools.Database.Write(null, async db =>
    {
        // One statement, so that parallel guesses are all counted; the fifth one locks and starts again from zero.
        var until = new DateTimeOffset(now + Lock, TimeSpan.Zero);
        await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.AccessFailedCount, a => a.AccessFailedCount + 1));
        return await db.Accounts.Where(a => a.Id == account.Id && a.AccessFailedCount >= MostFailures)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.LockoutEnd, until).SetProperty(a => a.AccessFailedCount, 0));
    }, CancellationToken.None);

    private async Task<SignedIn> Begin(Account account, SessionKind kind, string? device, string? better, DateTime now)
    {
        var session = Session.Begin(account.Id, kind, tools.Actor, now);
        var refresh = kind == SessionKind.Program ? RefreshToken.Make(session.Id, now) : default;
        await tools.Database.Write(null, async db =>
        {
            if (account.AccessFailedCount > 0)
                await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.AccessFailedCount, 0));
            // Unless the password was changed meanwhile.
            if (better is not null) await db.Accounts.Where(a => a.Id == account.Id && a.PasswordHash == account.PasswordHash).ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, better));
            // A sign-in never goes on with a session that somebody may have put into this browser before.
            if (kind == SessionKind.Browser && await db.Sessions.FirstOrDefaultAsync(s => s.Id == tools.Actor.SessionId) is { } before) before.End(SessionEnd.Replaced, now);
            if (device is not null) await Know(db, account, Text.Hash(device), now);
            db.Add(session);
            if (refresh.Row is not null) db.Add(refresh.Row);
            db.Add(Row(account, now));
            return await db.SaveChangesAsync();
        }, CancellationToken.None);
        return new(account, session, refresh.Text);
    }

    private static async Task Know(SalusDb db, Account account, string hash, DateTime now)
    {
        if (await db.Set<KnownDevice>().Where(d => d.AccountId == account.Id && d.Hash == hash).ExecuteUpdateAsync(set => set.SetProperty(d => d.LastUsedAt, now)) == 0)
            db.Add(new KnownDevice { AccountId = account.Id, Hash = hash, LastUsedAt = now });
    }

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
