using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Modules.Accounts.Contract;

/// <summary>
/// What a password must be, and how it is kept: Argon2id where the system has the library, else PBKDF2-HMAC-SHA512 with the OWASP
/// figure of 210 000 rounds. A hash names its method; one of an older method is replaced when its owner signs in.
/// </summary>
public static class Passwords
{
    private const int Least = 12;
    private static readonly PasswordHasher<Account> Pbkdf2 = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));
    private static readonly string Nobody = Hash(Text.Secret());

    /// <summary>For people: how new passwords are kept on this machine.</summary>
    public static string Method => Argon2.IsThere ? "Argon2id" : "PBKDF2-SHA512";

    public static string Hash(string password) => Argon2.IsThere ? Argon2.Hash(password) : Pbkdf2.HashPassword(new Account(), password);

    /// <summary>Compares; takes the same time when there is no account.</summary>
    public static bool Matches(Account? account, string password) => Verify(account?.PasswordHash ?? Nobody, password) && account?.PasswordHash is not null;

    /// <summary>True when the hash is not of today's method and figures.</summary>
    public static bool IsOld(string hash) => Argon2.IsThere && !hash.StartsWith(Argon2.Prefix, StringComparison.Ordinal);

    // Scores 0 to 4: below 3 some ten million guesses by lists of known passwords, names, words, dates and keyboard rows would find it.
    private static bool IsCommon(string password, string name, string email) => Zxcvbn.Zxcvbn.MatchPassword(password[..Math.Min(password.Length, 72)], [.. name.Split(' '), email, "salus"]).Score < 3;

    private static bool Verify(string hash, string password) =>
        hash.StartsWith("$argon2", StringComparison.Ordinal) ? Argon2.IsThere && Argon2.Verify(hash, password)
            : Pbkdf2.VerifyHashedPassword(new Account(), hash, password) != PasswordVerificationResult.Failed;

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
        if (errors.Count == 0 && IsCommon(password, name, email)) errors.Add("This password is among the first that are tried. Choose one that nobody would guess.");
        if (errors.Count > 0) throw Refusal.Fields(new Dictionary<string, string[]> { ["password"] = [.. errors] });
    }
}
