using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Resources;

namespace Salus.Modules.Accounts.Registration;

/// <summary>Makes an account for whoever asks. It has no role anywhere, and signs in only after its address was shown to be the person's own.</summary>
public sealed class Register(Tools tools, RateLimits limits, Settings settings, IStringLocalizer<Texts> texts) : UseCase<Register.Command, Guid>(tools)
{
    public const string Action = "account.register";
    private string hash = "";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        /// <summary>E-mail address, or phone number with the country's code, such as +39 055 123 4567.</summary>
        [Required(ErrorMessage = "Please fill this in."), StringLength(254, ErrorMessage = "This is too long.")]
        public string Email { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";

        [RegularExpression("en|fr|es|it", ErrorMessage = "Choose one of the languages.")]
        public string? Language { get; init; }
    }

    protected override string Name => Action;

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        if (!settings.Registration) throw new Refusal(403, "register.closed", "Here accounts come by invitation only.") { Unlock = "Ask the organisation you belong to." };
        await limits.Take(settings.RegisterLimit, RateLimits.Address(Actor.Ip));
        if (NewAccount.Phone(command.Email) is not null && !settings.SendsSms) throw Refusal.Field("email", "Here an account needs an e-mail address.");
        Passwords.Check(command.Password, command.Name, NewAccount.Make(command.Email, command.Name, "", Now).UserName!);
        hash = Passwords.Hash(command.Password);
    }

    // Anybody may have an account.
    protected override Task Authorize(Command command, CancellationToken ct) => Task.CompletedTask;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var account = NewAccount.Make(command.Email, command.Name, hash, Now, isVerified: false);
        account.Language = command.Language ?? "";
        if (await Db.Accounts.AnyAsync(a => a.NormalizedUserName == account.NormalizedUserName, ct)) throw Taken();
        Db.Add(account);
        await Verification.Post(Db, account, settings, texts, Now, ct);
        Subject("account", account.Id);
        return account.Id;
    }

    protected override Refusal Taken() => new(409, "account.exists", "There is an account with this address already.") { Unlock = "Sign in, or ask for a new password." };
}

/// <summary>Shows that the address is one's own, with the word of the mailed link or the code of the short message.</summary>
public sealed class Verify(Tools tools, RateLimits limits) : UseCase<Verify.Command, Guid>(tools)
{
    public const string Action = "account.verify";
    private static readonly RateLimit Codes = new("verify-code", [(5, TimeSpan.FromMinutes(30)), (10, TimeSpan.FromDays(1))]);

    public sealed record Command
    {
        /// <summary>The last part of the mailed link; or the six digits, with <see cref="Phone"/>.</summary>
        [Required(ErrorMessage = "Please fill this in."), StringLength(40, ErrorMessage = "This is too long.")]
        public string Token { get; init; } = "";

        /// <summary>The number that the code was sent to.</summary>
        [StringLength(30, ErrorMessage = "This is too long.")]
        public string? Phone { get; init; }
    }

    protected override string Name => Action;

    protected override Task Prepare(Command command, CancellationToken ct) =>
        command.Phone is { Length: > 0 } phone ? limits.Take(Codes, Text.Hash(NewAccount.SignInName(phone))) : Task.CompletedTask;

    // The secret is the authority.
    protected override Task Authorize(Command command, CancellationToken ct) => Task.CompletedTask;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var hash = Text.Hash(command.Token);
        if (command.Phone is { Length: > 0 })
        {
            var name = NewAccount.SignInName(command.Phone);
            var owner = await Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == name && a.DeactivatedAt == null, ct) ?? throw Gone();
            hash = Verification.HashOf(owner, command.Token);
        }
        var found = await Db.Set<Verification>().AsNoTracking().FirstOrDefaultAsync(v => v.SecretHash == hash && v.UsedAt == null && v.ExpiresAt > Now, ct) ?? throw Gone();
        // Of two at once, one changes the row.
        if (await Db.Set<Verification>().Where(v => v.Id == found.Id && v.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(v => v.UsedAt, Now), ct) == 0) throw Gone();
        var account = await Db.Accounts.FirstOrDefaultAsync(a => a.Id == found.AccountId && a.DeactivatedAt == null, ct) ?? throw Gone();
        (account.EmailConfirmed, account.PhoneNumberConfirmed) = (account.Email is not null, account.Email is null);
        Subject("account", account.Id);
        return account.Id;
    }

    private static Refusal Gone() => new(400, "verify.gone", "This link or code was used already, or its time is over.") { Unlock = "Have a new one sent." };
}
