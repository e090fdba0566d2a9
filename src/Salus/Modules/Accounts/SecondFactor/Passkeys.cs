using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>
/// Questions to an authenticator (WebAuthn), and the check of its answers by the framework. A question is kept in a sealed cookie for five
/// minutes, and the answer to it counts once.
/// </summary>
public sealed class PasskeyDoor(IPasskeyHandler<Account> passkeys, Database database, TimeProvider clock)
{
    private const string Cookie = "salus-passkey";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>Options for <c>navigator.credentials.create</c>.</summary>
    public async Task<string> AskNew(HttpContext http, Account account)
    {
        var asked = await passkeys.MakeCreationOptionsAsync(new() { Id = account.Id.ToString(), Name = account.Email ?? account.Name, DisplayName = account.Name }, http);
        SealedCookie.Keep(http, Cookie, "new " + asked.AttestationState, Life);
        return asked.CreationOptionsJson;
    }

    /// <summary>Options for <c>navigator.credentials.get</c>: any passkey of this site, or one of the account.</summary>
    public async Task<string> Ask(HttpContext http, Account? account)
    {
        var asked = await passkeys.MakeRequestOptionsAsync(account, http);
        SealedCookie.Keep(http, Cookie, "use " + asked.AssertionState, Life);
        return asked.RequestOptionsJson;
    }

    /// <exception cref="Refusal">401 <c>passkey.failed</c>.</exception>
    public async Task<UserPasskeyInfo> CheckNew(HttpContext http, string answer, Guid account)
    {
        var result = await passkeys.PerformAttestationAsync(new() { HttpContext = http, CredentialJson = answer, AttestationState = await Take(http, "new ") });
        return result.Succeeded && result.UserEntity.Id == account.ToString() ? result.Passkey : throw Failed();
    }

    /// <exception cref="Refusal">401 <c>passkey.failed</c>.</exception>
    public async Task<(Account Account, UserPasskeyInfo Passkey)> Check(HttpContext http, string answer)
    {
        var result = await passkeys.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = answer, AssertionState = await Take(http, "use ") });
        return result.Succeeded && result.User.DeactivatedAt is null ? (result.User, result.Passkey) : throw Failed();
    }

    private async Task<string> Take(HttpContext http, string kind)
    {
        var state = SealedCookie.Read(http, Cookie);
        SealedCookie.Drop(http, Cookie);
        if (state?.StartsWith(kind, StringComparison.Ordinal) != true || !await SpentWords.Spend(database, state, clock.Now() + Life)) throw Failed();
        return state[kind.Length..];
    }

    public static Refusal Failed() => new(401, "passkey.failed", "This passkey was not accepted.") { Unlock = "Try again, or sign in another way." };
}

/// <summary>What a use of a passkey leaves in its row.</summary>
public static class PasskeyUse
{
    /// <summary>False when the passkey was removed meanwhile, or its counter stands still: then there are two of it.</summary>
    public static async Task<bool> Note(SalusDb db, UserPasskeyInfo used, DateTime now)
    {
        var (id, count, backedUp) = (WebEncoders.Base64UrlEncode(used.CredentialId), (long)used.SignCount, used.IsBackedUp);
        return await db.Set<Passkey>().Where(p => p.CredentialId == id && (count == 0 || p.SignCount < count))
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.SignCount, count).SetProperty(p => p.LastUsedAt, now).SetProperty(p => p.IsBackedUp, backedUp)) == 1;
    }
}

/// <summary>Words that count once, whatever node they come to.</summary>
public static class SpentWords
{
    /// <summary>False when the word was spent before.</summary>
    public static async Task<bool> Spend(Database database, string word, DateTime until)
    {
        try
        {
            await database.Write(null, db =>
            {
                db.Add(new SpentWord { Hash = Text.Hash(word), Until = until });
                return db.SaveChangesAsync();
            }, CancellationToken.None);
            return true;
        }
        catch (DbUpdateException error) when (database.IsUniqueViolation(error)) { return false; }
    }
}

/// <summary>Keeps a new passkey, whose making was checked. The first factor of an account brings recovery codes, shown once.</summary>
public sealed class AddPasskey(Tools tools, IStringLocalizer<Texts> texts) : UseCase<AddPasskey.Command, IReadOnlyList<string>>(tools)
{
    public const string Action = "account.add-passkey";
    private const int Most = 20;

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(80, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";
        public UserPasskeyInfo Made { get; init; } = null!;
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<IReadOnlyList<string>> Handle(Command command, CancellationToken ct)
    {
        var account = await Db.Accounts.SingleAsync(a => a.Id == Actor.Id, ct);
        if (await Db.Set<Passkey>().CountAsync(p => p.AccountId == account.Id, ct) >= Most) throw new Refusal(409, "passkey.many", "Your account has very many passkeys.") { Unlock = "Remove one first." };
        var isFirst = !account.TwoFactorEnabled;
        var made = command.Made;
        Db.Add(new Passkey
        {
            AccountId = account.Id, Name = Text.Clean(command.Name), CredentialId = WebEncoders.Base64UrlEncode(made.CredentialId), PublicKey = made.PublicKey, SignCount = made.SignCount,
            Transports = string.Join(' ', made.Transports ?? []), IsBackupEligible = made.IsBackupEligible, IsBackedUp = made.IsBackedUp, CreatedAt = Now,
        });
        account.TwoFactorEnabled = true;
        (await Db.Sessions.SingleAsync(s => s.Id == Actor.SessionId, ct)).IsStrong = true;
        Db.Post(SecurityMail.Of(account, texts, t => t["A passkey was added to your account."]), Now);
        Subject("account", account.Id, "passkey");
        return isFirst ? await Factors.Renew(Db, account.Id, ct) : [];
    }
}

/// <summary>Removes one of the own passkeys.</summary>
public sealed class RemovePasskey(Tools tools, IStringLocalizer<Texts> texts) : UseCase<RemovePasskey.Command, Guid>(tools)
{
    public const string Action = "account.remove-passkey";

    public sealed record Command { public Guid PasskeyId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (await Db.Set<Passkey>().Where(p => p.Id == command.PasskeyId && p.AccountId == Actor.Id).ExecuteDeleteAsync(ct) == 0) throw Refusal.NotFound();
        var account = await Db.Accounts.SingleAsync(a => a.Id == Actor.Id, ct);
        var hasApp = await Db.Set<Authenticator>().AnyAsync(a => a.AccountId == account.Id && a.ConfirmedAt != null, ct);
        await Factors.Settle(Db, account, hasApp, await Db.Set<Passkey>().AnyAsync(p => p.AccountId == account.Id, ct), ct);
        Db.Post(SecurityMail.Of(account, texts, t => t["A passkey was removed from your account."]), Now);
        Subject("account", account.Id, "passkey");
        return account.Id;
    }
}
