using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.SecondFactor;
using Salus.Resources;

namespace Salus.Modules.Accounts.Outside;

public sealed record OutsideLine(Guid Id, string Issuer, string Email, DateTime CreatedAt, DateTime LastUsedAt);

/// <param name="HasPassword">False: the account was made by signing in outside.</param>
public sealed record OutsideView(bool HasPassword, IReadOnlyList<OutsideLine> Identities);

/// <summary>With what else one can sign in to the own account.</summary>
public sealed class OwnOutside(Tools tools) : ReadModel<OwnOutside.Query, OutsideView>(tools)
{
    public const string Action = "account.outside";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => RequirePerson();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, OutsideView result) => null;

    protected override async Task<OutsideView> Handle(SalusDb db, Query query, CancellationToken ct) => new(
        await db.Accounts.AnyAsync(a => a.Id == Actor.Id && a.PasswordHash != null, ct),
        await db.Set<OutsideIdentity>().AsNoTracking().Where(i => i.AccountId == Actor.Id).OrderBy(i => i.CreatedAt).Select(i => new OutsideLine(i.Id, i.Issuer, i.Email, i.CreatedAt, i.LastUsedAt)).ToListAsync(ct));
}

/// <summary>Lets somebody as the provider knows them sign in to the own account: asked for on a page of ours, never by an address alone.</summary>
public sealed class LinkOutside(Tools tools, Settings settings, IStringLocalizer<Texts> texts) : UseCase<LinkOutside.Command, Guid>(tools)
{
    public const string Action = "account.link-outside";

    /// <param name="Person">From the sealed cookie; never from a body.</param>
    public sealed record Command(OutsidePerson Person);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var (person, word) = (command.Person, Text.Hash(command.Person.Word));
        if (await Db.Set<OutsideIdentity>().AsNoTracking().FirstOrDefaultAsync(i => i.Issuer == person.Issuer && i.Subject == person.Subject, ct) is { } linked) return linked.AccountId == Actor.Id ? linked.Id : throw Taken();
        if (await Db.Set<SpentWord>().AnyAsync(w => w.Hash == word, ct)) throw OutsidePerson.Gone();
        var identity = new OutsideIdentity { Issuer = person.Issuer, Subject = person.Subject, AccountId = Actor.Id!.Value, Email = person.Email, CreatedAt = Now, LastUsedAt = Now };
        Db.Add(new SpentWord { Hash = word, Until = Now + OutsidePerson.Life });
        Db.Add(identity);
        SecurityMail.Post(Db, await Db.Accounts.AsNoTracking().SingleAsync(a => a.Id == Actor.Id, ct), texts, t => t["{0} can be used to sign in to your account now.", settings.OidcName], Now);
        Subject("account", identity.AccountId, "outside");
        return identity.Id;
    }

    protected override Refusal Taken() => new(409, "outside.taken", "This is linked to another account already.") { Unlock = "Sign in to that account and remove it there." };
}

/// <summary>Takes it away again, unless it is the last way in.</summary>
public sealed class UnlinkOutside(Tools tools, Settings settings, IStringLocalizer<Texts> texts) : UseCase<UnlinkOutside.Command, Guid>(tools)
{
    public const string Action = "account.unlink-outside";

    public sealed record Command { public Guid IdentityId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var identity = await Db.Set<OutsideIdentity>().FirstOrDefaultAsync(i => i.Id == command.IdentityId && i.AccountId == Actor.Id, ct) ?? throw Refusal.NotFound();
        // Changing the stamp makes two removals at once see each other: of the last two ways in, one stays.
        var account = await Db.Accounts.SingleAsync(a => a.Id == Actor.Id, ct);
        account.ConcurrencyStamp = Guid.NewGuid().ToString();
        if (account.PasswordHash is null && !await Db.Set<OutsideIdentity>().AnyAsync(i => i.AccountId == account.Id && i.Id != identity.Id, ct) && !await Db.Set<Passkey>().AnyAsync(p => p.AccountId == account.Id, ct))
            throw new Refusal(409, "outside.last", "This is the only way into your account.") { Unlock = "Set a password first: “Forgot your password?” sends a link." };
        Db.Remove(identity);
        SecurityMail.Post(Db, account, texts, t => t["{0} can no longer be used to sign in to your account.", identity.Issuer == settings.OidcIssuer ? settings.OidcName : identity.Issuer.ToUpperInvariant()], Now);
        Subject("account", account.Id, "outside");
        return account.Id;
    }
}
