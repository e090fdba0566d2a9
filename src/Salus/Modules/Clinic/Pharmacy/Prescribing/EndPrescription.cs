using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

/// <summary>Cancels a prescription that nobody has dispensed yet; its alerts are settled with it.</summary>
public sealed class CancelPrescription(Tools tools, CareGuard guard, Bills bills) : EncounterUseCase<CancelPrescription.Command, Guid>(tools, guard)
{
    public const string Action = "prescription.cancel";

    public sealed record Command
    {
        public Guid PrescriptionId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";

        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    // Taking back what was ordered waits for no payment.
    protected override CareAct Act(Command command) => CareAct.EmergencyPrescription;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounterId = await Db.Prescriptions.Where(p => p.Id == command.PrescriptionId).Select(p => (Guid?)p.EncounterId).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var encounter = await Hold(encounterId, command, ct, command.PrescriptionId);
        var prescription = await Db.Prescriptions.SingleAsync(p => p.Id == command.PrescriptionId, ct);
        Subject("prescription", prescription.Id, "cancelled", encounter.Id);
        if (command.Version is { } seen && seen != prescription.Version) throw Refusal.Stale();
        prescription.End(PrescriptionState.Cancelled, Author, Now, Text.Clean(command.Reason));
        foreach (var alert in await Db.Alerts.Where(a => a.SourceId == prescription.Id && a.State != AlertState.Resolved).ToListAsync(ct))
        {
            if (alert.State == AlertState.Raised) alert.Acknowledge(Author, Now);
            alert.Resolve(Author, Now, prescription.CancelReason);
        }
        Changed(PharmacyTopic.Of(Db.OrganisationId));
        Changed(EncounterList.Topic(Db.OrganisationId));
        await bills.NotDone(bills.Booking(Db, Now, Actor.Id, Changed), prescription.Id, 1, prescription.CancelReason, ct);
        return encounter.Id;
    }
}

/// <summary>Notes that a patient no longer takes a medicine that was dispensed: it leaves the medication list. The visit in which it was prescribed may be closed; nothing in it changes.</summary>
public sealed class StopPrescription(Tools tools) : UseCase<StopPrescription.Command, Guid>(tools)
{
    public const string Action = "prescription.stop";

    public sealed record Command
    {
        public Guid PrescriptionId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.Prescribe);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var prescription = await Db.Prescriptions.FirstOrDefaultAsync(p => p.Id == command.PrescriptionId && visible.Any(v => v.Id == p.PatientId), ct) ?? throw Refusal.NotFound();
        Subject("prescription", prescription.Id, "stopped", prescription.EncounterId);
        if (prescription.State != PrescriptionState.Dispensed || prescription.StoppedAt is not null)
            throw new Refusal(409, "prescription.not-taken", "Only a medicine that was dispensed and not stopped yet can be stopped.") { Unlock = "Cancel what is still to be dispensed." };
        (prescription.StoppedAt, prescription.StoppedBy, prescription.StopReason) = (Now, Actor.Id, Text.Clean(command.Reason));
        foreach (var visit in await Medications.OpenVisits(Db, prescription.PatientId, ct)) Changed(Encounter.Topic(visit));
        return prescription.PatientId;
    }
}
