using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>What a code was.</summary>
public enum FactorKind { Authenticator, RecoveryCode }

/// <summary>Checks and uses up the codes of an account. Secrets are sealed: who has the database alone cannot make codes.</summary>
public sealed class Factors(IDataProtectionProvider protection, RateLimits limits)
{
    public const int RecoveryCodes = 10;
    private static readonly RateLimit Wrong = new("second-factor", [(5, TimeSpan.FromMinutes(30)), (20, TimeSpan.FromDays(1))]);
    private readonly IDataProtector box = protection.CreateProtector("accounts.authenticator");

    public string Seal(byte[] secret) => Convert.ToBase64String(box.Protect(secret));

    public byte[] Open(string sealedSecret) => box.Unprotect(Convert.FromBase64String(sealedSecret));

    /// <summary>Uses the code up, in the transaction of the context; null when it is none of the account, or was used before.</summary>
    public async Task<FactorKind?> Spend(SalusDb db, Guid account, string code, DateTime now, CancellationToken ct)
    {
        var clean = Clean(code);
        if (clean.Length == 6 && clean.All(char.IsAsciiDigit)) return await SpendStep(db, account, clean, confirmed: true, ct) ? FactorKind.Authenticator : null;
        var hash = Hash(account, clean);
        var used = await db.Set<RecoveryCode>().Where(c => c.AccountId == account && c.Hash == hash && c.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, now), ct);
        return used == 1 ? FactorKind.RecoveryCode : null;
    }

    /// <summary>True when this is a code of the account's authenticator app that was not used yet. Of two with the same code at once, one row is changed.</summary>
    public async Task<bool> SpendStep(SalusDb db, Guid account, string code, bool confirmed, CancellationToken ct)
    {
        // The phone goes by the time of the world, also when the program's clock is moved for a demo.
        var app = await db.Set<Authenticator>().AsNoTracking().FirstOrDefaultAsync(a => a.AccountId == account && a.ConfirmedAt != null == confirmed, ct);
        if (app is null || Totp.StepOf(Open(app.SealedSecret), Clean(code), DateTime.UtcNow) is not { } step) return false;
        return await db.Set<Authenticator>().Where(a => a.AccountId == account && a.LastStep < step).ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, step), ct) == 1;
    }

    /// <summary>Five wrong codes within half an hour, or twenty in a day, and the next is not looked at.</summary>
    /// <param name="place">A known device or a session, whose mistakes are counted apart from those of strangers; null: a stranger.</param>
    /// <exception cref="Refusal">429 <c>rate-limit</c>.</exception>
    public Task CountTry(Guid account, string? place) => limits.Take(Wrong, Subject(account, place));

    /// <summary>It was no mistake: those before it are forgotten.</summary>
    public static Task WasRight(SalusDb db, Guid account, string? place) => RateLimits.Forget(db, Wrong, Subject(account, place));

    private static string Subject(Guid account, string? place) => place is null ? $"{account:N}" : $"{account:N}:{Text.Hash(place)[..32]}";

    /// <summary>New recovery codes in place of all old ones: their texts, which are shown once.</summary>
    public static async Task<IReadOnlyList<string>> Renew(SalusDb db, Guid account, CancellationToken ct)
    {
        await db.Set<RecoveryCode>().Where(c => c.AccountId == account).ExecuteDeleteAsync(ct);
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10)).ToList();
        db.AddRange(codes.Select(c => new RecoveryCode { AccountId = account, Hash = Hash(account, c) }));
        return [.. codes.Select(c => $"{c[..5]}-{c[5..]}")];
    }

    private static string Clean(string code) => new([.. code.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(40)]);

    private static string Hash(Guid account, string code) => Text.Hash($"{account:N}:{code}");

    /// <summary>After a factor came or went: an account without any other loses its recovery codes too.</summary>
    public static async Task<bool> Settle(SalusDb db, Account account, bool hasApp, bool hasPasskey, CancellationToken ct)
    {
        account.TwoFactorEnabled = hasApp || hasPasskey;
        if (!account.TwoFactorEnabled) await db.Set<RecoveryCode>().Where(c => c.AccountId == account.Id).ExecuteDeleteAsync(ct);
        return account.TwoFactorEnabled;
    }
}

/// <summary>Messages about what protects an account: its owner learns of every change, also of one by somebody else.</summary>
public static class SecurityMail
{
    /// <param name="what">What happened, in the language of the account.</param>
    public static void Post(SalusDb db, Account account, IStringLocalizer<Texts> texts, Func<IStringLocalizer<Texts>, string> what, DateTime now)
    {
        using var _ = AccountPost.InLanguageOf(account);
        AccountPost.To(db, account, texts["The security of your account"],
            texts["Hello {0},\n\n{1}\n\nIf it was not you, change your password at once, end all other sessions and tell your administrator.", account.Name, what(texts)], now);
    }
}
