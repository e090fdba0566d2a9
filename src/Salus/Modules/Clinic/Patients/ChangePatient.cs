using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Wards;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Changes a patient's particulars. The audit row names the fields, not their contents.</summary>
public sealed class ChangePatient(Tools tools, OrganisationSlot organisation) : UseCase<ChangePatient.Command, ChangePatient.Outcome>(tools)
{
    public const string Action = "patient.change";

    public sealed record Command : PatientForm
    {
        public Guid PatientId { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    public sealed record Outcome(Guid Id, Guid Version);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.WritePatients);

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var patient = await Db.PatientsVisibleTo(Actor, Now).FirstOrDefaultAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct) ?? throw Refusal.NotFound();
        Subject("patient", patient.Id);
        if (command.Version is { } seen && seen != patient.Version) throw Refusal.Stale();
        var fields = command.WriteTo(patient, Clock.Today(organisation.Current.Zone), organisation.Current.CallingCode);
        await PatientForm.CheckNationalId(Db, patient, ct);
        patient.UpdatedAt = Now;
        Subject("patient", patient.Id, string.Join(',', fields));
        await Db.SaveChangesAsync(ct);
        return new Outcome(patient.Id, patient.Version);
    }
}

/// <summary>Takes a patient out of the lists. Nothing is deleted: tickets and the log still know who it was.</summary>
public sealed class ArchivePatient(Tools tools) : UseCase<ArchivePatient.Command, Guid>(tools)
{
    public const string Action = "patient.archive";

    public sealed record Command
    {
        public Guid PatientId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ArchivePatients);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        // Held: nobody admits the patient in between.
        await Db.HoldPatient(command.PatientId, ct);
        var patient = await Db.PatientsVisibleTo(Actor, Now).FirstOrDefaultAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct) ?? throw Refusal.NotFound();
        Subject("patient", patient.Id);
        if (await Db.Admissions.AnyAsync(a => a.PatientId == patient.Id && a.State == AdmissionState.Admitted, ct))
            throw new Refusal(409, "patient.admitted", "You cannot archive the patient: the patient lies in a bed of the ward.") { Unlock = "A doctor discharges the patient first." };
        (patient.ArchivedAt, patient.ArchiveReason, patient.UpdatedAt) = (Now, Text.Clean(command.Reason), Now);
        return patient.Id;
    }
}
