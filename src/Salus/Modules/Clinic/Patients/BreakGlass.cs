using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;
using Salus.Resources;

namespace Salus.Modules.Clinic.Patients;

/// <summary>
/// A clinician opens a restricted record in an emergency, for an hour and for a reason. It is in the log, on the manager's
/// page, and in a message to every administrator that names neither patient nor reason.
/// </summary>
public sealed class BreakGlass(Tools tools, OrganisationSlot organisation, Settings settings, IStringLocalizer<Texts> texts) : UseCase<BreakGlass.Command, BreakGlass.Opened>(tools)
{
    public const string Action = "access.break-glass";
    private const int LeastReason = 10;

    public sealed record Command
    {
        public Guid PatientId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(300, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    public sealed record Opened(Guid Id, DateTime EndsAt);

    protected override string Name => Action;

    // A person answers for it by name: no key and no screen does, nor somebody who acts in another role.
    protected override Task Authorize(Command command, CancellationToken ct) =>
        Actor.Kind == ActorKind.Person && !Actor.IsActing ? Require(ClinicPermissions.BreakGlass) : throw Refusal.Forbidden();

    protected override async Task<Opened> Handle(Command command, CancellationToken ct)
    {
        var reason = Text.Clean(command.Reason);
        if (reason.Length < LeastReason) throw Refusal.Field("reason", "Say in at least 10 letters why it is needed.");
        if (!await Db.Patients.AnyAsync(p => p.Id == command.PatientId, ct)) throw Refusal.NotFound();
        Subject("patient", command.PatientId);
        if (await Db.PatientsVisibleTo(Actor, Now).AnyAsync(p => p.Id == command.PatientId, ct)) throw new Refusal(409, "patient.open", "You can read this record already.");
        var access = new EmergencyAccess { PatientId = command.PatientId, AccountId = Actor.Id!.Value, Reason = reason, StartedAt = Now, EndsAt = Now + EmergencyAccess.Life };
        Db.Add(access);
        await Tell(access.Id, ct);
        return new(access.Id, access.EndsAt);
    }

    private async Task Tell(Guid access, CancellationToken ct)
    {
        var accounts = Db.Accounts.AsNoTracking().Where(a => a.DeactivatedAt == null);
        var administrators = await Db.Memberships.AsNoTracking().Where(m => m.Status == MembershipStatus.Active && m.Roles.Contains(Role.Admin)).Join(accounts, m => m.AccountId, a => a.Id, (_, a) => a).ToListAsync(ct);
        using var _ = Language.Use(organisation.Current.Language);
        foreach (var administrator in administrators)
            AccountPost.To(Db, administrator, texts["Emergency access at {0}", organisation.Current.Name],
                texts["Somebody opened a restricted record in an emergency. Who, which and why is on this page:\n\n{0}", $"{settings.BaseUrl}/{organisation.Current.Slug}/manage/emergencies#e-{access:N}"], Now);
    }
}
