using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Registration;

namespace Salus.Modules.Accounts.Profile;

public sealed record AccountLine(Guid Id, string Name, string Contact, bool IsPlatformOwner, bool IsVerified, bool HasSecondFactor, DateTime CreatedAt, DateTime? LastUsedAt, DateTime? DeactivatedAt);

public sealed record AccountsFound(IReadOnlyList<AccountLine> Items, Guid? Next);

/// <summary>The accounts of the installation, for its owners, newest first; found by name or address.</summary>
public sealed class AccountList(Tools tools) : ReadModel<AccountList.Query, AccountsFound>(tools)
{
    public const string Action = "account.list";
    private const int OnPage = 50;

    public sealed record Query(string Q, Guid? After);

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Actor.IsPlatformOwner ? Task.CompletedTask : throw Refusal.NotFound();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, AccountsFound result) => ("account", [.. result.Items.Select(a => a.Id)]);

    protected override async Task<AccountsFound> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (word, sessions) = (Text.Clean(query.Q).ToUpperInvariant(), db.Sessions);
#pragma warning disable CA1304, CA1311, CA1862 // the database compares, not this program
        var found = db.Accounts.AsNoTracking().Where(a => word == "" || a.NormalizedUserName!.Contains(word) || a.Name.ToUpper().Contains(word));
#pragma warning restore CA1304, CA1311, CA1862
        if (query.After is { } after) found = found.Where(a => a.Id < after);
        var rows = await found.OrderByDescending(a => a.Id).Take(OnPage + 1)
            .Select(a => new AccountLine(a.Id, a.Name, a.UserName!, a.IsPlatformOwner, a.EmailConfirmed || a.PhoneNumberConfirmed, a.TwoFactorEnabled, a.CreatedAt, sessions.Where(s => s.AccountId == a.Id).Max(s => (DateTime?)s.LastUsedAt), a.DeactivatedAt)).ToListAsync(ct);
        return new([.. rows.Take(OnPage)], rows.Count > OnPage ? rows[OnPage - 1].Id : null);
    }
}

/// <summary>Has the link or the code of an account that waits for it sent again, by an owner of the installation whom somebody asked for help.</summary>
public sealed class HelpVerify(Tools tools) : UseCase<HelpVerify.Command, Guid>(tools)
{
    public const string Action = "account.help-verify";

    public sealed record Command(Guid AccountId);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Actor.IsPlatformOwner ? Task.CompletedTask : throw Refusal.NotFound();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var account = await Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == command.AccountId && a.DeactivatedAt == null, ct) ?? throw Refusal.NotFound();
        if (account.IsVerified) throw new Refusal(409, "account.verified", "This account needs no verification.");
        Db.Enqueue(SendAgain.JobKind, new SendAgain.Wanted(account.NormalizedUserName!), Now);
        Subject("account", account.Id);
        return account.Id;
    }
}
