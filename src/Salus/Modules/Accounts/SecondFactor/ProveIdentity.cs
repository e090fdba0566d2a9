using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>
/// Shows again that it is still the same person: with a code where the account has a second factor, else with the password. For the
/// next ten minutes the session may do what must not be done at an unattended screen.
/// </summary>
public sealed class ProveIdentity(Tools tools, Factors factors, IStringLocalizer<Texts> texts) : UseCase<ProveIdentity.Command, Guid>(tools)
{
    public const string Action = "account.prove-identity";
    private bool hasFactor, isRight;

    public sealed record Command
    {
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";

        /// <summary>Of the authenticator app, or a recovery code.</summary>
        [StringLength(40, ErrorMessage = "This is too long.")]
        public string Code { get; init; } = "";

        /// <summary>A passkey whose use was checked; never from a body.</summary>
        [JsonIgnore]
        public UsedPasskey? Passkey { get; init; }
    }

    public sealed record UsedPasskey(Guid AccountId, UserPasskeyInfo Passkey);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        if (Actor.Kind != ActorKind.Person) return;
        if (command.Passkey is not null) return;
        await factors.CountTry(Actor.Id!.Value, Actor.SessionId?.ToString());
        await using var db = OpenForReading();
        var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == Actor.Id, ct);
        hasFactor = account.TwoFactorEnabled;
        isRight = !hasFactor && Passwords.Matches(account, command.Password);
    }

    protected override string? ResultOf(Refusal refusal) =>
        refusal.Errors.ContainsKey("password") ? "password.wrong" : refusal.Errors.ContainsKey("code") ? "second-factor.failed" : refusal.Code == "passkey.failed" ? refusal.Code : base.ResultOf(refusal);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        Subject("session", Actor.SessionId!.Value);
        var session = await Db.Sessions.SingleAsync(s => s.Id == Actor.SessionId, ct);
        if (command.Passkey is { } used)
        {
            if (used.AccountId != session.AccountId || !await PasskeyUse.Note(Db, used.Passkey, Now)) throw PasskeyDoor.Failed();
            session.IsStrong = true;
        }
        else if (hasFactor)
        {
            var kind = await factors.Spend(Db, session.AccountId, command.Code, Now, ct) ?? throw Refusal.Field("code", "This code is wrong, or was used already.");
            session.IsStrong = true;
            if (kind == FactorKind.RecoveryCode) SecurityMail.Post(Db, await Db.Accounts.AsNoTracking().SingleAsync(a => a.Id == session.AccountId, ct), texts, t => t["A recovery code of your account was used."], Now);
        }
        else if (!isRight) throw Refusal.Field("password", "This is not your password.");
        await Factors.WasRight(Db, session.AccountId, session.Id.ToString());
        session.ProvedAt = Now;
        return session.Id;
    }
}
