using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

public sealed record StaffLine(Guid MembershipId, Guid AccountId, string Name, string Email, IReadOnlyList<string> Roles, MembershipStatus Status, bool MayChange);
public sealed record InvitationLine(Guid Id, string Name, string Email, IReadOnlyList<string> Roles, DateTime ExpiresAt, bool IsExpired);
public sealed record DeviceLine(Guid Id, string Name, DateTime CreatedAt, DateTime? LastSeenAt);

/// <summary>A role that the reader may give.</summary>
public sealed record RoleChoice(string Key, string Title, RoleGroup Group);

public sealed record StaffView(IReadOnlyList<StaffLine> Staff, IReadOnlyList<InvitationLine> Invitations, IReadOnlyList<DeviceLine> Devices, IReadOnlyList<RoleChoice> Roles);

/// <summary>Who works here, who is invited, which screens there are.</summary>
public sealed class StaffList(Tools tools, Granting granting, OrganisationSlot organisation) : ReadModel<StaffList.Query, StaffView>(tools)
{
    public const string Action = "staff.list";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(OrganisationPermissions.ManageStaff);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, StaffView result) => null;

    protected override async Task<StaffView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (accounts, now) = (db.Accounts, Clock.Now());
        var staff = await db.Memberships.AsNoTracking().Join(accounts, m => m.AccountId, a => a.Id, (m, a) => new { m, a.Name, a.Email }).OrderBy(x => x.Name).Take(500).ToListAsync(ct);
        var invitations = await db.Invitations.AsNoTracking().Where(i => i.AcceptedAt == null && i.RevokedAt == null).OrderByDescending(i => i.CreatedAt).Take(50).ToListAsync(ct);
        var devices = await db.Devices.AsNoTracking().Where(d => d.RevokedAt == null).OrderBy(d => d.Name).Take(100).ToListAsync(ct);
        var own = await db.OwnRoles.AsNoTracking().OrderBy(r => r.Title).ToListAsync(ct);
        bool MayGive(string role) => granting.MayGive(Actor, role, own);
        return new(
            [.. staff.Select(x => new StaffLine(x.m.Id, x.m.AccountId, x.Name, x.Email ?? "", Role.Split(x.m.Roles), x.m.Status, Role.Split(x.m.Roles).All(MayGive)))],
            [.. invitations.Select(i => new InvitationLine(i.Id, i.Name, i.Email, Role.Split(i.Roles), i.ExpiresAt, i.ExpiresAt <= now))],
            [.. devices.Select(d => new DeviceLine(d.Id, d.Name, d.CreatedAt, d.LastSeenAt))],
            [.. Role.Groups(organisation.Current.Kind).SelectMany(g => g.Roles.Select(r => new RoleChoice(r, Role.Title(r), g.Group)))
                .Concat(own.Select(r => new RoleChoice(r.Key, r.Title, RoleGroup.Own))).Where(r => MayGive(r.Key))]);
    }
}
