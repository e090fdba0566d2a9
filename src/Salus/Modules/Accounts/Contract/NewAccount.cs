using Salus.Kernel;

namespace Salus.Modules.Accounts.Contract;

/// <summary>Makes account rows; the callers decide who may have one.</summary>
public static class NewAccount
{
    /// <exception cref="Refusal">422 when the e-mail address is none.</exception>
    public static Account Make(string email, string name, string passwordHash, DateTime now) => new()
    {
        Id = Guid.CreateVersion7(),
        Name = Text.Clean(name),
        Email = Email(email),
        UserName = Email(email),
        NormalizedEmail = Email(email).ToUpperInvariant(),
        NormalizedUserName = Email(email).ToUpperInvariant(),
        EmailConfirmed = true,
        PasswordHash = passwordHash,
        SecurityStamp = Text.Secret(),
        CreatedAt = now,
        LockoutEnabled = true,
    };

    /// <summary>The address in the form it is kept, or 422.</summary>
    public static string Email(string text)
    {
        var clean = Text.Clean(text);
        var at = clean.IndexOf('@', StringComparison.Ordinal);
        var fits = at > 0 && at == clean.LastIndexOf('@') && at < clean.Length - 1 && clean.Length <= 254 && !clean.Contains(' ', StringComparison.Ordinal)
            && System.Net.Mail.MailAddress.TryCreate(clean, out _);
        return fits ? clean : throw Refusal.Field("email", "This is not an e-mail address.");
    }
}
