using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>Lets support in for some hours, in one role, or shuts it out again: whoever is inside is out with the next request.</summary>
public sealed class LetSupportIn(Tools tools, Granting granting) : UseCase<LetSupportIn.Command, LetSupportIn.Outcome>(tools)
{
    public const string Action = "organisation.support-access";

    public sealed record Command
    {
        /// <summary>0 ends it.</summary>
        [Range(0, 72, ErrorMessage = "Between 0 and 72.")]
        public int Hours { get; init; }

        [StringLength(40, ErrorMessage = "This is too long.")]
        public string? Role { get; init; }
    }

    public sealed record Outcome(DateTime? Until, string Role);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(OrganisationPermissions.ManageStaff);

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var organisation = await Db.Organisations.SingleAsync(o => o.Id == Db.OrganisationId, ct);
        if (command.Hours == 0) (organisation.SupportUntil, organisation.SupportRole) = (null, "");
        else (organisation.SupportRole, organisation.SupportUntil) = (await granting.Roles(Db, Actor, [command.Role ?? ""], ct), Now.AddHours(command.Hours));
        var inside = await Db.ActingSessions.AsNoTracking().Where(a => a.OrganisationId == organisation.Id && a.Kind == ActingKind.Support && a.EndedAt == null && a.EndsAt > Now).Select(a => a.SessionId).ToListAsync(ct);
        foreach (var session in inside) Changed(LiveTopics.Cut + session);
        Subject("organisation", organisation.Id, command.Hours == 0 ? "ended" : $"{organisation.SupportRole} {command.Hours} hours");
        return new(organisation.SupportUntil, organisation.SupportRole);
    }
}

/// <summary>Makes somebody support staff of the installation, or ends it. Support enters nothing by itself: an organisation has to let it in.</summary>
public sealed class SetSupportStaff(Tools tools) : UseCase<SetSupportStaff.Command, Guid>(tools)
{
    public const string Action = "platform.support-staff";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(254, ErrorMessage = "This is too long.")]
        public string Email { get; init; } = "";
        public bool IsSupport { get; init; } = true;
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Actor.IsPlatformOwner ? RequireProof() : throw Refusal.Forbidden();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var normal = NewAccount.Email(command.Email).ToUpperInvariant();
        var account = await Db.Accounts.FirstOrDefaultAsync(a => a.NormalizedUserName == normal && a.DeactivatedAt == null, ct) ?? throw Refusal.Field("email", "Nobody has an account with this address.");
        account.IsPlatformSupport = command.IsSupport;
        Subject("account", account.Id, command.IsSupport ? Role.PlatformSupport : "ended");
        return account.Id;
    }
}
