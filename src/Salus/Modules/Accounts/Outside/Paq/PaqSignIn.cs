using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.SecondFactor;

namespace Salus.Modules.Accounts.Outside.Paq;

/// <summary>
/// Signs in whom PAQ vouches for. An account is found by PAQ's own id or by a phone number that was shown to be the person's; never by the
/// e-mail address in the token. Who has none gets one, with the phone number to sign in with.
/// </summary>
public sealed class PaqSignIn(Tools tools, SignIn signIn, RegisterOutside register, Settings settings)
{
    public const string Issuer = "paq";

    private sealed record Found(Guid Id, bool NeedsCode, bool IsByPhone);

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in.")]
        public string Token { get; init; } = "";

        /// <summary>Of the authenticator app, or a recovery code; for accounts with a second factor.</summary>
        [StringLength(40, ErrorMessage = "This is too long.")]
        public string? Code { get; init; }
    }

    /// <exception cref="Refusal">404 when it is off; 401 <c>paq.failed</c>, <c>paq.used</c>; and as <see cref="SignIn.Vouched"/>.</exception>
    public Task<SignIn.SignedIn> Run(Command command, SessionKind kind, string? device, CancellationToken ct)
    {
        if (settings.PaqSsoSecret.Length == 0) throw Refusal.NotFound();
        var code = string.IsNullOrWhiteSpace(command.Code) ? null : command.Code.Length <= 40 ? command.Code : throw Refusal.Field("code", "This is too long.");
        return signIn.Vouched(async () =>
        {
            var person = PaqToken.Read(command.Token, settings.PaqSsoSecret, DateTime.UtcNow);
            var known = await Find(person, ct);
            // A program learns that a code is needed before the token is used up, and sends both together.
            if (known?.NeedsCode == true && kind == SessionKind.Program && code is null)
                throw new Refusal(401, "second-factor.needed", "Send a code of your authenticator app, or a recovery code, together with the token.");
            if (!await SpentWords.Spend(tools.Database, "paq " + person.Word, tools.Clock.Now() + PaqToken.Life + PaqToken.Ahead))
                throw new Refusal(401, "paq.used", "This message of PAQ was used already.") { Unlock = "Open Salus from PAQ again." };
            var account = known?.Id ?? await register.Run(new() { Issuer = Issuer, Subject = person.PaqId, Contact = person.Phone, Email = person.Email, Name = person.Name, IsVerified = true }, ct);
            if (known?.IsByPhone == true) await Link(account, person, ct);
            return new(await OutsideUse.Note(tools, Issuer, person.PaqId, account, ct) ?? throw PaqToken.Failed(), false, tools.Clock.Now());
        }, kind, device, code);
    }

    private async Task<Found?> Find(PaqPerson person, CancellationToken ct)
    {
        await using var db = tools.Database.Open();
        var identities = db.Set<OutsideIdentity>();
        if (await identities.AsNoTracking().FirstOrDefaultAsync(i => i.Issuer == Issuer && i.Subject == person.PaqId, ct) is { } identity)
            return new(identity.AccountId, await db.Accounts.Where(a => a.Id == identity.AccountId).Select(a => a.TwoFactorEnabled).SingleAsync(ct), false);
        var account = await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == person.Phone && a.PhoneNumberConfirmed, ct);
        if (account is null) return null;
        // A number that went on to somebody else does not take the account with it. The same person may have come a moment ago.
        var linked = await identities.Where(i => i.Issuer == Issuer && i.AccountId == account.Id).Select(i => i.Subject).FirstOrDefaultAsync(ct);
        if (linked is not null && linked != person.PaqId)
            throw new Refusal(403, "paq.other", "This phone number belongs to the account of another person at PAQ.") { Unlock = "Ask the administrator of the installation." };
        return new(account.Id, account.TwoFactorEnabled, linked is null);
    }

    private async Task Link(Guid account, PaqPerson person, CancellationToken ct)
    {
        var now = tools.Clock.Now();
        try
        {
            await tools.Database.Write(null, db =>
            {
                db.Add(new OutsideIdentity { Issuer = Issuer, Subject = person.PaqId, AccountId = account, Email = person.Email, CreatedAt = now, LastUsedAt = now });
                return db.SaveChangesAsync(ct);
            }, ct);
        }
        catch (DbUpdateException error) when (tools.Database.IsUniqueViolation(error)) { } // another token of the same person was quicker
    }
}
