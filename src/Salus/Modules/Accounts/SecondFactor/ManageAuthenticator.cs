using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>Makes a secret for an authenticator app. It counts for nothing until one code of it was shown.</summary>
public sealed class BeginAuthenticator(Tools tools, Factors factors, Settings settings) : UseCase<BeginAuthenticator.Command, BeginAuthenticator.Begun>(tools)
{
    public const string Action = "account.begin-authenticator";

    public sealed record Command;

    /// <param name="Secret">Base 32, for typing.</param>
    /// <param name="Uri">For a QR code.</param>
    public sealed record Begun(string Secret, string Uri);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<Begun> Handle(Command command, CancellationToken ct)
    {
        var account = await Db.Accounts.AsNoTracking().SingleAsync(a => a.Id == Actor.Id, ct);
        var app = await Db.Set<Authenticator>().FirstOrDefaultAsync(a => a.AccountId == account.Id, ct);
        if (app?.ConfirmedAt is not null) throw new Refusal(409, "authenticator.exists", "Your account has an authenticator app already.") { Unlock = "Remove it first." };
        if (app is null) Db.Add(app = new Authenticator { AccountId = account.Id });
        var secret = Totp.NewSecret();
        (app.SealedSecret, app.CreatedAt) = (factors.Seal(secret), Now);
        Subject("account", account.Id);
        return new(Totp.Base32(secret), Totp.Uri(secret, account.Email ?? account.Name, new Uri(settings.BaseUrl).Host));
    }
}

/// <summary>Shows the first code of the new app: from now on signing in asks for one. Gives recovery codes, once.</summary>
public sealed class ConfirmAuthenticator(Tools tools, Factors factors, IStringLocalizer<Texts> texts) : UseCase<ConfirmAuthenticator.Command, IReadOnlyList<string>>(tools)
{
    public const string Action = "account.add-authenticator";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(20, ErrorMessage = "This is too long.")]
        public string Code { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override Task Prepare(Command command, CancellationToken ct) => Actor.Id is { } id ? factors.CountTry(id, Actor.SessionId?.ToString()) : Task.CompletedTask;

    protected override async Task<IReadOnlyList<string>> Handle(Command command, CancellationToken ct)
    {
        var account = await Db.Accounts.SingleAsync(a => a.Id == Actor.Id, ct);
        if (!await factors.SpendStep(Db, account.Id, command.Code, confirmed: false, ct)) throw Refusal.Field("code", "This is not the code the app shows now.");
        await Db.Set<Authenticator>().Where(a => a.AccountId == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.ConfirmedAt, Now), ct);
        account.TwoFactorEnabled = true;
        (await Db.Sessions.SingleAsync(s => s.Id == Actor.SessionId, ct)).IsStrong = true;
        SecurityMail.Post(Db, account, texts, t => t["An authenticator app was added to your account."], Now);
        Subject("account", account.Id, "authenticator");
        return await Factors.Renew(Db, account.Id, ct);
    }
}

/// <summary>Removes the authenticator app.</summary>
public sealed class RemoveAuthenticator(Tools tools, IStringLocalizer<Texts> texts) : UseCase<RemoveAuthenticator.Command, Guid>(tools)
{
    public const string Action = "account.remove-authenticator";

    public sealed record Command;

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (await Db.Set<Authenticator>().Where(a => a.AccountId == Actor.Id).ExecuteDeleteAsync(ct) == 0) throw Refusal.NotFound();
        var account = await Db.Accounts.SingleAsync(a => a.Id == Actor.Id, ct);
        await Factors.Settle(Db, account, hasApp: false, hasPasskey: await Db.Set<Passkey>().AnyAsync(p => p.AccountId == account.Id, ct), ct);
        SecurityMail.Post(Db, account, texts, t => t["The authenticator app was removed from your account."], Now);
        Subject("account", account.Id, "authenticator");
        return account.Id;
    }
}

/// <summary>New recovery codes in place of the old ones.</summary>
public sealed class RenewRecoveryCodes(Tools tools, IStringLocalizer<Texts> texts) : UseCase<RenewRecoveryCodes.Command, IReadOnlyList<string>>(tools)
{
    public const string Action = "account.renew-recovery-codes";

    public sealed record Command;

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<IReadOnlyList<string>> Handle(Command command, CancellationToken ct)
    {
        var account = await Db.Accounts.AsNoTracking().SingleAsync(a => a.Id == Actor.Id, ct);
        if (!account.TwoFactorEnabled) throw new Refusal(409, "second-factor.none", "Your account has no second factor yet.") { Unlock = "Add an authenticator app or a passkey first." };
        SecurityMail.Post(Db, account, texts, t => t["New recovery codes were made for your account; the old ones work no more."], Now);
        Subject("account", account.Id, "recovery-codes");
        return await Factors.Renew(Db, account.Id, ct);
    }
}

/// <summary>Takes every second factor from an account whose owner lost them all. Only at the command line of the installation.</summary>
public sealed class DropFactors(Tools tools, IStringLocalizer<Texts> texts) : UseCase<DropFactors.Command, Guid>(tools)
{
    public const string Action = "account.drop-factors";

    public sealed record Command(string Email);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Actor.Kind == ActorKind.System ? Task.CompletedTask : throw Refusal.Forbidden();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var normal = NewAccount.Email(command.Email).ToUpperInvariant();
        var account = await Db.Accounts.FirstOrDefaultAsync(a => a.NormalizedUserName == normal, ct) ?? throw Refusal.NotFound();
        await Db.Set<Authenticator>().Where(a => a.AccountId == account.Id).ExecuteDeleteAsync(ct);
        await Db.Set<Passkey>().Where(p => p.AccountId == account.Id).ExecuteDeleteAsync(ct);
        await Factors.Settle(Db, account, hasApp: false, hasPasskey: false, ct);
        foreach (var session in await Db.Sessions.Where(s => s.AccountId == account.Id && s.EndedAt == null).ToListAsync(ct)) session.End(SessionEnd.Ended, Now);
        Changed(LiveTopics.Cut + account.Id);
        SecurityMail.Post(Db, account, texts, t => t["The second factors of your account were removed by the administrator of the installation."], Now);
        Subject("account", account.Id, "authenticator,passkeys,recovery-codes");
        return account.Id;
    }
}
