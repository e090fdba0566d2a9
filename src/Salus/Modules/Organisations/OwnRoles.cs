using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>What a person fills in for an own role.</summary>
public abstract record RoleForm
{
    [Required(ErrorMessage = "Please fill this in."), StringLength(80, ErrorMessage = "This is too long.")]
    public string Title { get; init; } = "";

    /// <summary>Permission keys such as <c>queue.read</c>.</summary>
    [Required(ErrorMessage = "Choose at least one permission."), MinLength(1, ErrorMessage = "Choose at least one permission."), MaxLength(200, ErrorMessage = "This is too long.")]
    public string[] Permissions { get; init; } = [];
}

/// <summary>Adds a role of the organisation's own.</summary>
public sealed class AddRole(Tools tools, Granting granting) : UseCase<AddRole.Command, AddRole.Added>(tools)
{
    public const string Action = "role.add";

    public sealed record Command : RoleForm;

    public sealed record Added(Guid Id, string Key, Guid Version);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(OrganisationPermissions.ManageRoles);

    protected override async Task<Added> Handle(Command command, CancellationToken ct)
    {
        var permissions = granting.Permissions(Actor, command.Permissions);
        var taken = await Db.OwnRoles.AsNoTracking().Select(r => r.Key).ToListAsync(ct);
        if (taken.Count >= OwnRole.Most) throw new Refusal(409, "role.too-many", "An organisation can have {0} roles of its own.", OwnRole.Most);
        var role = new OwnRole { Key = OwnRole.KeyFor(command.Title, taken), Title = Text.Clean(command.Title), Permissions = permissions, CreatedAt = Now, Version = Guid.CreateVersion7() };
        Db.Add(role);
        Subject("role", role.Id, $"{role.Key}: {permissions}");
        return new(role.Id, role.Key, role.Version);
    }
}

/// <summary>Changes an own role. Those who hold it hold the new permissions with their next request.</summary>
public sealed class ChangeRole(Tools tools, Granting granting) : UseCase<ChangeRole.Command, Guid>(tools)
{
    public const string Action = "role.change";

    public sealed record Command : RoleForm
    {
        public Guid RoleId { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(OrganisationPermissions.ManageRoles);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var role = await Db.OwnRoles.FirstOrDefaultAsync(r => r.Id == command.RoleId, ct) ?? throw Refusal.NotFound();
        Subject("role", role.Id, role.Key);
        if (command.Version is { } seen && seen != role.Version) throw Refusal.Stale();
        Granting.Demand(granting.MayGive(Actor, role.Key, [role]));
        var (before, after) = (role.List, granting.Permissions(Actor, command.Permissions));
        (role.Title, role.Permissions, role.Version) = (Text.Clean(command.Title), after, Guid.CreateVersion7());
        Subject("role", role.Id, $"{role.Key}: {string.Join(' ', role.List.Except(before).Select(p => "+" + p).Concat(before.Except(role.List).Select(p => "-" + p)))}");
        return role.Version;
    }
}

/// <summary>Removes an own role that nobody holds.</summary>
public sealed class RemoveRole(Tools tools, Granting granting) : UseCase<RemoveRole.Command, Guid>(tools)
{
    public const string Action = "role.remove";

    public sealed record Command { public Guid RoleId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(OrganisationPermissions.ManageRoles);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        // Holds the organisation's row, as giving a role does: nobody is given the role while it goes.
        await ChangeMember.Hold(Db, ct);
        var role = await Db.OwnRoles.FirstOrDefaultAsync(r => r.Id == command.RoleId, ct) ?? throw Refusal.NotFound();
        Subject("role", role.Id, role.Key);
        Granting.Demand(granting.MayGive(Actor, role.Key, [role]));
        var holders = await RoleList.Holders(Db, Now, ct);
        if (holders.TryGetValue(role.Key, out var names))
            throw new Refusal(409, "role.in-use", "This role is still held by: {0}.", string.Join(", ", names.Take(10))) { Unlock = "Give them another role first." };
        Db.Remove(role);
        return role.Id;
    }
}
