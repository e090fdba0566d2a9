using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.SecondFactor;
using Salus.Resources;

namespace Salus.Modules.Accounts;

/// <summary>
/// Checks a password, and a code where the account has a second factor, and begins a session. Five failures in a row lock the account
/// for half an hour, but not for the devices its owner has used before, nor for who shows password and code together; how often an
/// address may try at all is limited too.
/// </summary>
public sealed class SignIn(Tools tools, RateLimits limits, Settings settings, Factors factors, IStringLocalizer<Texts> texts)
{
    public const string Action = "account.sign-in", LockAction = "account.lock";
    public const int MostFailures = 5;
    public static readonly TimeSpan Lock = TimeSpan.FromMinutes(30);

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(254, ErrorMessage = "This is too long.")]
        public string Email { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";

        /// <summary>Of the authenticator app, or a recovery code; for accounts with a second factor.</summary>
        [StringLength(40, ErrorMessage = "This is too long.")]
        public string? Code { get; init; }
    }

    /// <param name="Session">Null: the password was right, a code is still asked for.</param>
    /// <param name="RefreshToken">For programs; a browser has its cookie.</param>
    public sealed record SignedIn(Account Account, Session? Session, string? RefreshToken);

    /// <summary>Wrong passwords on a known device, after which it is known no more.</summary>
    private static readonly RateLimit DeviceFailures = new("sign-in-device", [(MostFailures, Lock)]);

    private static readonly RateLimit UnknownFailures = new("sign-in-unknown", [(MostFailures, Lock)]);

    /// <param name="device">The secret of the browser's cookie; null for programs.</param>
    /// <exception cref="Refusal">401 <c>sign-in.failed</c>, the same for unknown accounts; 429 <c>sign-in.locked</c> or <c>rate-limit</c> with the seconds left.</exception>
    /// <exception cref="Refusal">401 <c>second-factor.failed</c> when the code is wrong, or was used before.</exception>
    public async Task<SignedIn> Run(Command command, SessionKind kind, string? device, CancellationToken ct)
    {
        var finding = Find(command.Email, device, ct);
        // A program has no device to be known by: its address is counted while its account is looked for.
        var counting = device is null ? Count(RateLimits.Address(tools.Actor.Ip)) : null;
        var (account, known) = await finding;
        await Limit(counting ?? Count(known ? "device:" + Text.Hash(device!) : RateLimits.Address(tools.Actor.Ip)), account);
        var now = tools.Clock.Now();
        var right = Passwords.Matches(account, command.Password);
        var code = string.IsNullOrWhiteSpace(command.Code) ? null : command.Code;
        // An end further away than any lock lasts was set by a clock that ran ahead.
        var locked = account?.LockoutEnd > now && account.LockoutEnd <= now + Lock && !known ? Locked(account.LockoutEnd.Value - now) : null;
        if (locked is not null && !(right && account!.TwoFactorEnabled && code is not null)) throw await Refused(account, locked);
        if (account is null || !right || account.DeactivatedAt is not null)
        {
            // For an unknown address something is counted too, so that it answers no sooner.
            if (account is not null) await CountFailure(account, known ? device : null, now);
            else await limits.Count(UnknownFailures, Text.Hash(Text.Clean(command.Email)));
            throw await Refused(account, new Refusal(401, "sign-in.failed", "This address and password do not belong together."));
        }
        if (!account.IsVerified) throw await Refused(account, Unverified());
        var better = Passwords.IsOld(account.PasswordHash!) ? Passwords.Hash(command.Password) : null;
        if (!account.TwoFactorEnabled) return await Begin(account, kind, device, better, null, now);
        if (code is null) return await Asked(account);
        try { return await WithCode(account, kind, device, known ? device : null, better, code, now); }
        // While it is locked, no answer tells that the password was right.
        catch (Refusal) when (locked is not null) { throw locked; }
    }

    /// <summary>The second step in a browser: the password was right a moment ago.</summary>
    /// <exception cref="Refusal">401 <c>second-factor.failed</c>; 401 <c>sign-in</c> when the password was changed or the account ended meanwhile.</exception>
    public async Task<SignedIn> Second(Guid accountId, string stamp, string code, string device, CancellationToken ct)
    {
        await using var db = tools.Database.Open();
        var account = await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == accountId && a.DeactivatedAt == null && a.SecurityStamp == stamp, ct) ?? throw Refusal.Unknown();
        var hash = Text.Hash(device);
        var known = await db.Set<KnownDevice>().AnyAsync(d => d.AccountId == accountId && d.Hash == hash, ct);
        return await WithCode(account, SessionKind.Browser, device, known ? device : null, null, code, tools.Clock.Now());
    }

    /// <summary>With a passkey alone: it is what one has, and the device asked its owner. Strangers' wrong passwords do not stand in its way.</summary>
    public async Task<SignedIn> WithPasskey(Func<Task<(Account, UserPasskeyInfo)>> check, string device, CancellationToken ct)
    {
        await Limit(Count(RateLimits.Address(tools.Actor.Ip)), null);
        Account account;
        UserPasskeyInfo passkey;
        try { (account, passkey) = await check(); }
        catch (Refusal refusal) { throw await Refused(null, refusal); }
        return await Begin(account, SessionKind.Browser, device, null, (db, now) => PasskeyUse.Note(db, passkey, now), tools.Clock.Now(), ifWrong: PasskeyDoor.Failed());
    }

    /// <param name="IsStrong">It was shown outside with more than one factor, and the settings trust that.</param>
    /// <param name="ShownAt">When the person last showed who it is; null when nobody says: then it is no proof.</param>
    public sealed record Voucher(Account Account, bool IsStrong, DateTime? ShownAt);

    /// <summary>Without a password, because another system vouches for the person; a second factor of ours is still asked for. What is refused leaves a row.</summary>
    public async Task<SignedIn> Vouched(Func<Task<Voucher>> check, SessionKind kind, string? device, string? code = null)
    {
        await Limit(Count(RateLimits.Address(tools.Actor.Ip)), null);
        Voucher voucher;
        try { voucher = await check(); }
        catch (Refusal refusal) { throw await Refused(null, refusal); }
        var (account, now) = (voucher.Account, tools.Clock.Now());
        if (account.DeactivatedAt is not null) throw await Refused(account, new Refusal(403, "account.closed", "This account was closed.") { Unlock = "Ask the administrator of the installation." });
        if (!account.IsVerified) throw await Refused(account, Unverified());
        if (account.TwoFactorEnabled && !voucher.IsStrong) return code is null ? await Asked(account) : await WithCode(account, kind, device, null, null, code, now);
        return await Begin(account, kind, device, null, voucher.IsStrong ? (_, _) => Task.FromResult(true) : null, now, voucher.ShownAt ?? now - Actor.ProofLife);
    }

    // Who has the password and never shows a code may have stolen it: the first step leaves a row too.
    private async Task<SignedIn> Asked(Account account)
    {
        await Note(account, "second-factor.asked");
        return new(account, null, null);
    }

    private async Task<SignedIn> WithCode(Account account, SessionKind kind, string? device, string? knownDevice, string? better, string code, DateTime now)
    {
        await factors.CountTry(account.Id, knownDevice);
        return await Begin(account, kind, device, better, (db, at) => Spend(db, account, code, knownDevice, at), now);
    }

    private Task<Excess?> Count(string subject) => limits.Count(settings.SignInLimit, subject);

    private async Task Limit(Task<Excess?> counting, Account? account)
    {
        if (await counting is not { } excess) return;
        throw excess.IsFirst ? await Refused(account, excess.Refusal) : excess.Refusal;
    }

    private async Task<(Account?, bool Known)> Find(string email, string? device, CancellationToken ct)
    {
        var (normal, hash) = (NewAccount.SignInName(email), device is null ? "" : Text.Hash(device));
        try
        {
            await using var db = tools.Database.Open();
            var devices = db.Set<KnownDevice>();
            var found = await db.Accounts.AsNoTracking().Where(a => a.NormalizedUserName == normal).Select(a => new { Account = a, Known = devices.Any(d => d.AccountId == a.Id && d.Hash == hash) }).FirstOrDefaultAsync(ct);
            return (found?.Account, found?.Known == true);
        }
        catch (Exception error) when (tools.Database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    private static Refusal Unverified() => new(403, "account.unverified", "Show first that the address is yours.") { Unlock = "Open the link that we mailed you, or enter the code that we sent; or have it sent again." };

    private static Refusal Locked(TimeSpan left) =>
        new(429, "sign-in.locked", "Too many wrong passwords. Try again in {0} minutes.", (int)Math.Ceiling(left.TotalMinutes))
        { RetryAfter = (int)Math.Ceiling(left.TotalSeconds), Unlock = "If your account has a second factor, a passkey gets you in now, or password and code together." };

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
        var locks = await db.Accounts.Where(a => a.Id == account.Id && a.AccessFailedCount >= MostFailures)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.LockoutEnd, until).SetProperty(a => a.AccessFailedCount, 0));
        if (locks == 0) return 0;
        var row = Row(account, now);
        row.Action = LockAction;
        db.Add(row);
        return await db.SaveChangesAsync();
    }, CancellationToken.None);

    private async Task<SignedIn> Begin(Account account, SessionKind kind, string? device, string? better, Func<SalusDb, DateTime, Task<bool>>? factor, DateTime now, DateTime? shownAt = null, Refusal? ifWrong = null)
    {
        var session = Session.Begin(account.Id, kind, tools.Actor, now);
        (session.IsStrong, session.ProvedAt) = (factor is not null, shownAt < now ? shownAt.Value : now);
        var refresh = kind == SessionKind.Program ? RefreshToken.Make(session.Id, now) : default;
        var isRight = await tools.Database.Write(null, async db =>
        {
            if (factor is not null && !await factor(db, now)) return false;
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
            await db.SaveChangesAsync();
            return true;
        }, CancellationToken.None);
        return isRight ? new(account, session, refresh.Text) : throw await Refused(account, ifWrong ?? new Refusal(401, "second-factor.failed", "This code is wrong, or was used already."));
    }

    private async Task<bool> Spend(SalusDb db, Account account, string code, string? knownDevice, DateTime now)
    {
        var kind = await factors.Spend(db, account.Id, code, now, CancellationToken.None);
        if (kind is not null) await Factors.WasRight(db, account.Id, knownDevice);
        if (kind == FactorKind.RecoveryCode) SecurityMail.Post(db, account, texts, t => t["A recovery code of your account was used."], now);
        return kind is not null;
    }

    private async Task Know(SalusDb db, Account account, string hash, DateTime now)
    {
        if (await db.Set<KnownDevice>().Where(d => d.AccountId == account.Id && d.Hash == hash).ExecuteUpdateAsync(set => set.SetProperty(d => d.LastUsedAt, now)) == 0)
        {
            if (!account.SkipsDeviceMail && await db.Set<KnownDevice>().AnyAsync(d => d.AccountId == account.Id))
                SecurityMail.Post(db, account, texts, t => t["Somebody signed in to your account with a device that was not used before: {0}, from {1}.", DeviceName.Of(tools.Actor.UserAgent ?? ""), tools.Actor.Ip ?? ""], now);
            db.Add(new KnownDevice { AccountId = account.Id, Hash = hash, LastUsedAt = now });
        }
    }

    private async Task<Refusal> Refused(Account? account, Refusal refusal)
    {
        await Note(account, refusal.Code);
        return refusal;
    }

    private Task Note(Account? account, string result)
    {
        var row = Row(account, tools.Clock.Now());
        row.Result = result;
        return tools.Audit.Write([row]);
    }

    private AuditEvent Row(Account? account, DateTime now)
    {
        var row = AuditEvent.By(tools.Actor, now, Action);
        (row.ActorKind, row.ActorId, row.SubjectKind, row.SubjectId, row.OrganisationId) =
            (account is null ? ActorKind.Anonymous : ActorKind.Person, account?.Id, "account", account?.Id, null);
        return row;
    }
}
