using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts;

/// <summary>Creates an account that owns the installation: from the command line, or once in the browser with the code that the program printed.</summary>
public sealed class CreateOwner(Tools tools, SetupCode code) : UseCase<CreateOwner.Command, Guid>(tools)
{
    public const string Action = "account.create-owner";
    private string hash = "";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(254, ErrorMessage = "This is too long.")]
        public string Email { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";

        /// <summary>The code on the program's console; not needed at the command line.</summary>
        [StringLength(40, ErrorMessage = "This is too long.")]
        public string Code { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Prepare(Command command, CancellationToken ct)
    {
        if (Actor.Kind != ActorKind.System && !code.Matches(command.Code)) throw Refusal.Field("code", "This is not the code on the console.");
        Passwords.Check(command.Password, command.Name, NewAccount.Email(command.Email));
        hash = Passwords.Hash(command.Password);
        return Task.CompletedTask;
    }

    protected override async Task Authorize(Command command, CancellationToken ct)
    {
        if (Actor.Kind != ActorKind.System && await Db.Accounts.AnyAsync(ct))
            throw new Refusal(409, "setup.done", "This installation is already set up.");
    }

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var account = NewAccount.Make(command.Email, command.Name, hash, Now);
        if (await Db.Accounts.AnyAsync(a => a.NormalizedUserName == account.NormalizedUserName, ct))
            throw new Refusal(409, "account.exists", "There is already an account with this e-mail address.");
        account.IsPlatformOwner = true;
        Db.Add(account);
        Subject("account", account.Id);
        return account.Id;
    }
}

/// <summary>A code printed on the console of an empty installation, so that a stranger on the network cannot take it over.</summary>
public sealed class SetupCode
{
    public string Value { get; } = Text.Secret()[..8];

    public bool Matches(string text) =>
        System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(Value), System.Text.Encoding.UTF8.GetBytes(Text.Clean(text).ToLowerInvariant()));
}
