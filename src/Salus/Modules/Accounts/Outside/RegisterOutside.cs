using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Registration;
using Salus.Resources;

namespace Salus.Modules.Accounts.Outside;

/// <summary>
/// Makes an account for somebody whom another system vouches for. It has no password and no role anywhere, whatever that system says of
/// roles and groups; an address that it does not call verified has to be shown to be the person's own first.
/// </summary>
public sealed class RegisterOutside(Tools tools, RateLimits limits, Settings settings, IStringLocalizer<Texts> texts) : UseCase<RegisterOutside.Command, Guid>(tools)
{
    public const string Action = "account.register-outside";

    public sealed record Command
    {
        public string Issuer { get; init; } = "";
        public string Subject { get; init; } = "";

        /// <summary>E-mail address or phone number: the name to sign in with.</summary>
        public string Contact { get; init; } = "";

        /// <summary>What the issuer told; kept beside the identity only.</summary>
        public string Email { get; init; } = "";
        public string Name { get; init; } = "";
        public bool IsVerified { get; init; }
    }

    protected override string Name => Action;

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        if (!settings.Registration) throw new Refusal(403, "register.closed", "Here accounts come by invitation only.") { Unlock = "Ask the organisation you belong to." };
        await limits.Take(settings.RegisterLimit, RateLimits.Address(Actor.Ip));
    }

    // Anybody may have an account; the callers have checked what was sent.
    protected override Task Authorize(Command command, CancellationToken ct) => Task.CompletedTask;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        // Of two at once, the second finds what the first made.
        if (await Db.Set<OutsideIdentity>().AsNoTracking().FirstOrDefaultAsync(i => i.Issuer == command.Issuer && i.Subject == command.Subject, ct) is { } made) return made.AccountId;
        var account = NewAccount.Make(command.Contact, command.Name.Length > 0 ? command.Name : command.Contact, "", Now, command.IsVerified);
        (account.PasswordHash, account.Name) = (null, account.Name.Length > 120 ? account.Name[..120] : account.Name);
        if (await Db.Accounts.AnyAsync(a => a.NormalizedUserName == account.NormalizedUserName, ct)) throw Taken();
        Db.Add(account);
        Db.Add(new OutsideIdentity { Issuer = command.Issuer, Subject = command.Subject, AccountId = account.Id, Email = command.Email, CreatedAt = Now, LastUsedAt = Now });
        if (!command.IsVerified) await Verification.Post(Db, account, settings, texts, Now, ct);
        Subject("account", account.Id);
        return account.Id;
    }

    protected override Refusal Taken() => new(409, "account.exists", "There is an account with this address already.") { Unlock = "Sign in, or ask for a new password." };
}
