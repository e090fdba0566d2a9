using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.Profile;

/// <summary>Closes the own account: nobody signs in with it any more, and all its sessions end. What it did stays in the log.</summary>
public sealed class DeactivateOwn(Tools tools, IMemberships memberships) : UseCase<DeactivateOwn.Command, Guid>(tools)
{
    public const string Action = "account.deactivate";

    public sealed record Command;

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProof();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        foreach (var id in await Deactivation.Close(Db, memberships, Actor.Id!.Value, Now, ct)) Changed(LiveTopics.Cut + id);
        Subject("account", Actor.Id.Value);
        return Actor.Id.Value;
    }
}

/// <summary>Closes or opens somebody's account, by an owner of the installation.</summary>
public sealed class SetAccountActive(Tools tools, IMemberships memberships) : UseCase<SetAccountActive.Command, Guid>(tools)
{
    public const string Action = "account.set-active";

    public sealed record Command { public Guid AccountId { get; init; } public bool IsActive { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Actor.IsPlatformOwner || Actor.Kind == ActorKind.System ? RequireProof() : throw Refusal.NotFound();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var account = await Db.Accounts.FirstOrDefaultAsync(a => a.Id == command.AccountId, ct) ?? throw Refusal.NotFound();
        if (command.IsActive) account.DeactivatedAt = null;
        else foreach (var id in await Deactivation.Close(Db, memberships, account.Id, Now, ct)) Changed(LiveTopics.Cut + id);
        Subject("account", account.Id, command.IsActive ? "opened" : "closed");
        return account.Id;
    }
}

internal static class Deactivation
{
    /// <summary>Closes the account and ends its sessions, whose ids are returned. An organisation keeps an administrator, the installation an owner.</summary>
    public static async Task<IReadOnlyList<Guid>> Close(SalusDb db, IMemberships memberships, Guid id, DateTime now, CancellationToken ct)
    {
        var account = await db.Accounts.SingleAsync(a => a.Id == id, ct);
        if (account.IsPlatformOwner && !await db.Accounts.AnyAsync(a => a.Id != id && a.IsPlatformOwner && a.DeactivatedAt == null, ct))
            throw new Refusal(409, "account.last-owner", "This is the only owner of the installation.") { Unlock = "Make another owner first: salus admin create." };
        if (await memberships.AloneIn(db, id, ct) is { } organisation)
            throw new Refusal(409, "staff.last-admin", "An organisation needs at least one administrator.") { Unlock = "Make somebody else an administrator first." };
        (account.DeactivatedAt, account.SecurityStamp) = (account.DeactivatedAt ?? now, Text.Secret());
        var sessions = await db.Sessions.Where(s => s.AccountId == id && s.EndedAt == null).ToListAsync(ct);
        foreach (var session in sessions) session.End(SessionEnd.Ended, now);
        return [.. sessions.Select(s => s.Id)];
    }
}
