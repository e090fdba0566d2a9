using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.SecondFactor;

namespace Salus.Modules.Accounts;

/// <summary>The language in which the program speaks to a person; empty: the browser's.</summary>
public sealed class ChangeLanguage(Tools tools) : UseCase<ChangeLanguage.Command, Guid>(tools)
{
    public const string Action = "account.change-language";

    public sealed record Command
    {
        [Required(AllowEmptyStrings = true, ErrorMessage = "Choose one of the languages."), RegularExpression("en|fr|es|it", ErrorMessage = "Choose one of the languages.")]
        public string Language { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        await Db.Accounts.Where(a => a.Id == Actor.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.Language, command.Language), ct);
        Db.StandingChanged = true; // the update went past the change tracker
        Subject("account", Actor.Id!.Value, "language");
        return Actor.Id.Value;
    }
}

/// <summary>Changes the own password and ends all other sessions. Guesses at the present one are counted with the proofs of who it is: a stolen session has five.</summary>
public sealed class ChangePassword(Tools tools, Factors factors) : UseCase<ChangePassword.Command, Guid>(tools)
{
    public const string Action = "account.change-password";
    private string hash = "";
    private bool isRight;

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Current { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        if (Actor.Kind != ActorKind.Person) return;
        await using var db = OpenForReading();
        var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == Actor.Id, ct);
        // Before anything is guessed at: a new password that is too weak uses up no try.
        Passwords.Check(command.Password, account.Name, account.Email ?? "");
        await factors.CountTry(account.Id, Actor.SessionId?.ToString());
        isRight = Passwords.Matches(account, command.Current);
        if (isRight) hash = Passwords.Hash(command.Password);
    }

    protected override string? ResultOf(Refusal refusal) => refusal.Errors.ContainsKey("current") ? "password.wrong" : base.ResultOf(refusal);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        Subject("account", Actor.Id!.Value, "password");
        if (!isRight) throw Refusal.Field("current", "This is not your password.");
        await Factors.WasRight(Db, Actor.Id.Value, Actor.SessionId?.ToString());
        var account = await Db.Accounts.SingleAsync(a => a.Id == Actor.Id, ct);
        (account.PasswordHash, account.SecurityStamp, account.ConcurrencyStamp) = (hash, Text.Secret(), Guid.NewGuid().ToString());
        await ResetPassword.EndLinks(Db, account.Id, Now, ct);
        foreach (var ended in await EndOtherSessions.EndOthers(Db, Actor, SessionEnd.PasswordChanged, Now, ct)) Changed(LiveTopics.Cut + ended);
        return account.Id;
    }
}
