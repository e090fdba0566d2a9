using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.SecondFactor;

namespace Salus.Modules.Accounts.Outside;

/// <summary>What the browser does next: it is signed in (or owes a code), or the person is asked something first.</summary>
public enum OutsideStep { SignedIn, AskWhetherToLink, AskToSignInFirst }

/// <summary>
/// Decides what becomes of somebody who came back from the provider. Who is known by issuer and subject signs in; nobody is ever found by an
/// e-mail address: who has an account with it already signs in to that account first and then links the two.
/// </summary>
public sealed class OutsideSignIn(Tools tools, SignIn signIn, RegisterOutside register, Settings settings)
{
    /// <exception cref="Refusal">As <see cref="SignIn.Vouched"/> and <see cref="RegisterOutside"/>; each leaves a row in the log.</exception>
    public async Task<(OutsideStep Step, SignIn.SignedIn? Signed)> Run(OutsidePerson person, string device, CancellationToken ct)
    {
        var (known, hasAccount) = await Look(person, ct);
        if (tools.Actor.Kind == ActorKind.Person && (known is null || person.IsLink)) return (OutsideStep.AskWhetherToLink, null);
        if (known is null && hasAccount && person.IsEmailVerified) return (OutsideStep.AskToSignInFirst, null);
        return (OutsideStep.SignedIn, await signIn.Vouched(async () =>
        {
            if (!await SpentWords.Spend(tools.Database, person.Word, tools.Clock.Now() + OutsidePerson.Life)) throw OutsidePerson.Gone();
            if (known is null && person.Email.Length == 0) throw new Refusal(403, "outside.email", "The provider told no e-mail address, and a new account needs one.") { Unlock = "Make an account here, then link the two on your account's page." };
            // An e-mail address and nothing else: a phone number in its place would become the name of an account.
            var account = known ?? await register.Run(new() { Issuer = person.Issuer, Subject = person.Subject, Contact = NewAccount.Email(person.Email), Email = person.Email, Name = person.Name, IsVerified = person.IsEmailVerified }, ct);
            return new(await OutsideUse.Note(tools, person.Issuer, person.Subject, account, ct) ?? throw OutsidePerson.Gone(), person.HasMfa && settings.OidcTrustsMfa, person.ShownAt);
        }, SessionKind.Browser, device));
    }

    private async Task<(Guid? Known, bool HasAccount)> Look(OutsidePerson person, CancellationToken ct)
    {
        try
        {
            await using var db = tools.Database.Open();
            var known = await db.Set<OutsideIdentity>().Where(i => i.Issuer == person.Issuer && i.Subject == person.Subject).Select(i => (Guid?)i.AccountId).FirstOrDefaultAsync(ct);
            var name = NewAccount.SignInName(person.Email);
            return (known, known is null && name.Length > 0 && await db.Accounts.AnyAsync(a => a.NormalizedUserName == name, ct));
        }
        catch (Exception error) when (tools.Database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }
}

/// <summary>What a use of an outside identity leaves in its row.</summary>
public static class OutsideUse
{
    /// <returns>The account; null when the identity was removed meanwhile.</returns>
    public static Task<Account?> Note(Tools tools, string issuer, string subject, Guid account, CancellationToken ct) => tools.Database.Write(null, async db =>
    {
        var now = tools.Clock.Now();
        return await db.Set<OutsideIdentity>().Where(i => i.Issuer == issuer && i.Subject == subject && i.AccountId == account).ExecuteUpdateAsync(set => set.SetProperty(i => i.LastUsedAt, now), ct) == 0
            ? null : await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == account, ct);
    }, ct);
}
