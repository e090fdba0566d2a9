using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Patients.Merging;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Hides a record from all who may not read restricted ones.</summary>
public sealed class RestrictPatient(Tools tools) : UseCase<RestrictPatient.Command, Guid>(tools)
{
    public const string Action = "patient.restrict";

    public sealed record Command
    {
        public Guid PatientId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.RestrictPatients);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var patient = await Db.PatientsVisibleTo(Actor, Now).FirstOrDefaultAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct) ?? throw Refusal.NotFound();
        (patient.RestrictedAt, patient.RestrictReason, patient.UpdatedAt) = (patient.RestrictedAt ?? Now, Text.Clean(command.Reason), Now);
        Shells.Close(await Shells.Of(Db, patient.Id, ct), patient);
        Subject("patient", patient.Id);
        Changed($"board:{patient.OrganisationId}");
        return patient.Id;
    }
}

/// <summary>Opens a restricted record to all who read patients.</summary>
public sealed class LiftRestriction(Tools tools) : UseCase<LiftRestriction.Command, Guid>(tools)
{
    public const string Action = "patient.lift-restriction";

    public sealed record Command { public Guid PatientId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.RestrictPatients);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var patient = await Db.PatientsVisibleTo(Actor, Now).FirstOrDefaultAsync(p => p.Id == command.PatientId && p.RestrictedAt != null, ct) ?? throw Refusal.NotFound();
        Shells.Open(await Shells.Of(Db, patient.Id, ct), patient.RestrictedAt);
        (patient.RestrictedAt, patient.RestrictReason, patient.UpdatedAt) = (null, "", Now);
        Subject("patient", patient.Id);
        return patient.Id;
    }
}
