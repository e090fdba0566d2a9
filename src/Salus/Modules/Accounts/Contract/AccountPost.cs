using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Resources;

namespace Salus.Modules.Accounts.Contract;

/// <summary>Reaches the owner of an account: by mail, or where they registered with a phone, by short message.</summary>
public static class AccountPost
{
    /// <summary>Speaks the account's language until disposed; English to who chose none, or has no account: there is no browser to ask.</summary>
    public static IDisposable InLanguageOf(Account? account) => Language.Use(account?.Language is { Length: > 0 } code ? code : "en");

    public static void To(SalusDb db, Account account, string subject, string text, DateTime now)
    {
        if (account.Email is { } email) db.Post(new Mail(email, subject, text), now);
        else if (account.PhoneNumber is { } phone) db.Post(new Sms(phone, text), now);
    }
}
