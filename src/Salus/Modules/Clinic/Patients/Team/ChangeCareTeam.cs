using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients.Team;

/// <summary>Takes a colleague into the team that treats a patient.</summary>
public sealed class AddToCareTeam(Tools tools, OrganisationSlot organisation) : UseCase<AddToCareTeam.Command, AddToCareTeam.Added>(tools)
{
    public const string Action = "care-team.add";

    public sealed record Command
    {
        public Guid PatientId { get; init; }
        public Guid AccountId { get; init; }

        /// <summary>The last day, on the clinic's calendar; empty: not foreseen.</summary>
        public DateOnly? Until { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    public sealed record Added(Guid Id);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.RestrictPatients);

    protected override async Task<Added> Handle(Command command, CancellationToken ct)
    {
        // Holds the patient's row until the commit: nobody is added twice, and nobody to a patient that is being merged.
        await Db.Patients.Where(p => p.Id == command.PatientId).ExecuteUpdateAsync(set => set.SetProperty(p => p.UpdatedAt, Now), ct);
        if (!await Db.PatientsVisibleTo(Actor, Now).AnyAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct)) throw Refusal.NotFound();
        Subject("patient", command.PatientId, command.AccountId.ToString());
        var zone = organisation.Current.Zone;
        if (command.Until < Clock.Today(zone)) throw Refusal.Field("until", "The last day is today or later.");
        if (!await Colleagues.Of(Db).AnyAsync(m => m.AccountId == command.AccountId, ct)) throw Refusal.Field("accountId", "Choose one of the list.");
        if (await Db.CareTeam.AnyAsync(m => m.PatientId == command.PatientId && m.AccountId == command.AccountId && (m.Until == null || m.Until > Now), ct))
            throw new Refusal(409, "care-team.member", "This person is on the team already.") { Unlock = "End it first, to set another last day." };
        var member = new CareTeamMember { PatientId = command.PatientId, AccountId = command.AccountId, Since = Now, Until = command.Until is { } last && last < DateOnly.MaxValue ? last.AddDays(1).StartUtc(zone) : null, AddedBy = Actor.Id, Reason = Text.Clean(command.Reason) };
        Db.Add(member);
        return new(member.Id);
    }
}

/// <summary>Somebody leaves the team that treats a patient, at once.</summary>
public sealed class EndCareTeam(Tools tools) : UseCase<EndCareTeam.Command, Guid>(tools)
{
    public const string Action = "care-team.end";

    public sealed record Command
    {
        public Guid PatientId { get; init; }
        public Guid MemberId { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.RestrictPatients);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var member = await Db.CareTeam.FirstOrDefaultAsync(m => m.Id == command.MemberId && m.PatientId == command.PatientId && visible.Any(p => p.Id == m.PatientId), ct) ?? throw Refusal.NotFound();
        Subject("patient", member.PatientId, member.AccountId.ToString());
        if (member.Until <= Now) throw new Refusal(409, "care-team.ended", "This has ended already.");
        // After a merge somebody may be on it twice: both end, or the access would go on.
        foreach (var same in await Db.CareTeam.Where(m => m.PatientId == member.PatientId && m.AccountId == member.AccountId && (m.Until == null || m.Until > Now)).ToListAsync(ct)) same.Until = Now;
        return member.Id;
    }
}
