using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Outside;
using Salus.Resources;

namespace Salus.Modules.Accounts;

/// <summary>Sets a new password with a mailed link. All sessions end, no device is known any more, a locked account opens; its owner is told by mail.</summary>
public sealed class ResetPassword(Tools tools, IStringLocalizer<Texts> texts) : UseCase<ResetPassword.Command, Guid>(tools)
{
    public const string Action = "account.reset-password";
    private string hash = "";

    public sealed record Command
    {
        /// <summary>The last part of the mailed link.</summary>
        [Required(ErrorMessage = "Please fill this in."), StringLength(40, ErrorMessage = "This is too long.")]
        public string Token { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";
    }

    protected override string Name => Action;

    // The secret in the link is the authority.
    protected override Task Authorize(Command command, CancellationToken ct) => Task.CompletedTask;

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        await using var db = OpenForReading();
        var (_, account) = await Find(db, command.Token, Clock.Now(), ct);
        Passwords.Check(command.Password, account.Name, account.Email ?? "");
        hash = Passwords.Hash(command.Password);
    }

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var (reset, account) = await Find(Db, command.Token, Now, ct);
        // Of two browsers with the same link, one changes the row; the account's other links end with it.
        if (await Db.Set<PasswordReset>().Where(r => r.Id == reset.Id && r.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(r => r.UsedAt, Now), ct) == 0) throw Gone();
        await EndLinks(Db, account.Id, Now, ct);
        Db.Attach(account);
        (account.PasswordHash, account.SecurityStamp, account.ConcurrencyStamp) = (hash, Text.Secret(), Guid.NewGuid().ToString());
        (account.LockoutEnd, account.AccessFailedCount) = (null, 0);
        await Db.Set<KnownDevice>().Where(d => d.AccountId == account.Id).ExecuteDeleteAsync(ct);
        foreach (var session in await Db.Sessions.Where(s => s.AccountId == account.Id && s.EndedAt == null).ToListAsync(ct)) session.End(SessionEnd.PasswordChanged, Now);
        Changed(LiveTopics.Cut + account.Id);
        // Who claimed the address before it was shown to be anybody's own keeps no way in.
        if (!account.IsVerified) await Db.Set<OutsideIdentity>().Where(i => i.AccountId == account.Id).ExecuteDeleteAsync(ct);
        if (!account.IsVerified) (account.EmailConfirmed, account.PhoneNumberConfirmed) = (account.Email is not null, account.Email is null); // the link came to the address
        Post(account);
        Subject("account", account.Id, "password");
        return account.Id;
    }

    /// <summary>A password that was changed is not to be changed back with a link that was mailed before.</summary>
    public static Task<int> EndLinks(SalusDb db, Guid account, DateTime now, CancellationToken ct) =>
        db.Set<PasswordReset>().Where(r => r.AccountId == account && r.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(r => r.UsedAt, now), ct);

    private void Post(Account account)
    {
        using var _ = AccountPost.InLanguageOf(account);
        AccountPost.To(Db, account, texts["Your password was changed"],
            texts["Hello {0},\n\nthe password of your account in Salus was changed, and all its sessions ended. If it was not you, ask for a new password at once and tell your administrator.", account.Name], Now);
    }

    /// <exception cref="Refusal">400 <c>reset.gone</c>, the same for a link that never was.</exception>
    public static async Task<(PasswordReset Reset, Account Account)> Find(SalusDb db, string token, DateTime now, CancellationToken ct)
    {
        var secret = Text.Hash(token);
        var reset = await db.Set<PasswordReset>().AsNoTracking().FirstOrDefaultAsync(r => r.SecretHash == secret && r.UsedAt == null && r.ExpiresAt > now, ct) ?? throw Gone();
        var account = await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == reset.AccountId && a.DeactivatedAt == null, ct) ?? throw Gone();
        return (reset, account);
    }

    private static Refusal Gone() => new(400, "reset.gone", "This link was used already, or its time is over.") { Unlock = "Ask for a new one." };
}
