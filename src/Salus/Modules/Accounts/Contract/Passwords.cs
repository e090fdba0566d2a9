using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Modules.Accounts.Contract;

/// <summary>What a password must be, and how it is kept: PBKDF2-HMAC-SHA512 with the OWASP figure of 210 000 rounds.</summary>
public static class Passwords
{
    private const int Least = 12;
    private static readonly PasswordHasher<Account> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));
    private static readonly string Nobody = Hasher.HashPassword(new Account(), Text.Secret());

    public static string Hash(Account account, string password) => Hasher.HashPassword(account, password);

    /// <summary>Compares; takes the same time when there is no account.</summary>
    public static bool Matches(Account? account, string password) =>
        Hasher.VerifyHashedPassword(account ?? new Account(), account?.PasswordHash ?? Nobody, password) != PasswordVerificationResult.Failed && account?.PasswordHash is not null;

    /// <exception cref="Refusal">422 on field <c>password</c>, naming every rule that is not kept.</exception>
    public static void Check(string password, string name, string email)
    {
        var errors = new List<string>();
        if (password.Length is < Least or > 200) errors.Add("Use at least 12 characters.");
        if (!password.Any(char.IsUpper)) errors.Add("Use an upper-case letter.");
        if (!password.Any(char.IsLower)) errors.Add("Use a lower-case letter.");
        if (!password.Any(char.IsDigit)) errors.Add("Use a digit.");
        if (password.All(char.IsLetterOrDigit)) errors.Add("Use a symbol, such as a hyphen or a full stop.");
        var folded = Text.Fold(password).Replace(" ", "", StringComparison.Ordinal);
        var own = Text.Fold(name).Split(' ').Append(Text.Fold(email.Split('@')[0])).Where(w => w.Length > 3);
        if (own.Any(w => folded.Contains(w.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal))) errors.Add("Do not use your own name.");
        if (errors.Count > 0) throw Refusal.Fields(new Dictionary<string, string[]> { ["password"] = [.. errors] });
    }
}
