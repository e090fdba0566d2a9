using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>Changes a member's roles, or suspends and restores the membership. An organisation keeps at least one administrator.</summary>
public sealed class ChangeMember(Tools tools, Granting granting) : UseCase<ChangeMember.Command, Guid>(tools)
{
    public const string Action = "staff.change";

    public sealed record Command
    {
        public Guid MembershipId { get; init; }

        [Required(ErrorMessage = "Choose at least one role."), MinLength(1, ErrorMessage = "Choose at least one role."), MaxLength(10, ErrorMessage = "This is too long.")]
        public string[] Roles { get; init; } = [];
        public bool Suspended { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(OrganisationPermissions.ManageStaff);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        await Hold(Db, ct);
        var member = await Db.Memberships.FirstOrDefaultAsync(m => m.Id == command.MembershipId, ct) ?? throw Refusal.NotFound();
        var before = $"{member.Roles} {member.Status}";
        Subject("membership", member.Id, before);
        // Who could not give these roles cannot take them either, nor suspend who holds them.
        await granting.DemandRoles(Db, Actor, member.Roles, ct);
        (member.Roles, member.Status) = (await granting.Roles(Db, Actor, command.Roles, ct), command.Suspended ? MembershipStatus.Suspended : MembershipStatus.Active);
        Subject("membership", member.Id, $"{before} > {member.Roles} {member.Status}");
        var admins = await Db.Memberships.AsNoTracking().Where(m => m.Id != member.Id && m.Status == MembershipStatus.Active).Select(m => m.Roles).ToListAsync(ct);
        var stays = member.Status == MembershipStatus.Active && member.Roles.Contains(Role.Admin, StringComparison.Ordinal);
        if (!stays && !admins.Any(r => r.Contains(Role.Admin, StringComparison.Ordinal)))
            throw new Refusal(409, "staff.last-admin", "An organisation needs at least one administrator.") { Unlock = "Make somebody else an administrator first." };
        Changed($"staff:{Db.OrganisationId}");
        Changed(LiveTopics.Cut + member.AccountId);
        return member.Id;
    }

    /// <summary>Holds the organisation's row, so that two administrators who remove each other at once do so one after the other.</summary>
    public static Task Hold(SalusDb db, CancellationToken ct) =>
        db.Organisations.Where(o => o.Id == db.OrganisationId).ExecuteUpdateAsync(set => set.SetProperty(o => o.CreatedAt, o => o.CreatedAt), ct);
}
