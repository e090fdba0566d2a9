using Salus.Kernel;

namespace Salus.Modules.Accounts.Contract;

/// <summary>Makes account rows; the callers decide who may have one.</summary>
public static class NewAccount
{
    /// <param name="contact">An e-mail address, or a phone number with the country's code: the name to sign in with.</param>
    /// <param name="isVerified">It is known to be the person's own, as when they were invited by mail.</param>
    /// <exception cref="Refusal">422 when it is neither.</exception>
    public static Account Make(string contact, string name, string passwordHash, DateTime now, bool isVerified = true)
    {
        var phone = Phone(contact);
        var email = phone is null ? Email(contact) : null;
        return new()
        {
            Id = Guid.CreateVersion7(),
            Name = Text.Clean(name),
            Email = email,
            PhoneNumber = phone,
            UserName = email ?? phone,
            NormalizedEmail = email?.ToUpperInvariant(),
            NormalizedUserName = SignInName(contact),
            EmailConfirmed = isVerified && email is not null,
            PhoneNumberConfirmed = isVerified && phone is not null,
            PasswordHash = passwordHash,
            SecurityStamp = Text.Secret(),
            CreatedAt = now,
            LockoutEnabled = true,
        };
    }

    /// <summary>The address in the form it is kept, or 422.</summary>
    public static string Email(string text)
    {
        var clean = Text.Clean(text);
        var at = clean.IndexOf('@', StringComparison.Ordinal);
        var fits = at > 0 && at == clean.LastIndexOf('@') && at < clean.Length - 1 && clean.Length <= 254 && !clean.Contains(' ', StringComparison.Ordinal)
            && System.Net.Mail.MailAddress.TryCreate(clean, out _);
        return fits ? clean : throw Refusal.Field("email", "This is not an e-mail address.");
    }

    /// <summary>A phone number as E.164, such as <c>+390551234567</c>; null when the text is none with a country's code.</summary>
    public static string? Phone(string text)
    {
        var clean = Text.Clean(text);
        return clean.StartsWith('+') || clean.StartsWith("00", StringComparison.Ordinal) ? Text.Phone(clean, "") : null;
    }

    /// <summary>What was typed to sign in, in the form by which accounts are found. Never refuses: an address that is none has no account.</summary>
    public static string SignInName(string text) => Phone(text) ?? Text.Clean(text).ToUpperInvariant();
}
