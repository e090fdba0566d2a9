using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Wards;

/// <summary>A doctor lets the patient go. The visit stays open: closing it is an act of its own.</summary>
public sealed class DischargePatient(Tools tools, CareGuard guard) : AdmissionUseCase<DischargePatient.Command>(tools, guard)
{
    public const string Action = "admission.discharge";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>Where the patient goes, said in so many words: nobody died or went home because a field was forgotten.</summary>
        [Required(ErrorMessage = "Choose one of the list."), EnumDataType(typeof(Disposition), ErrorMessage = "Choose one of the list.")]
        public Disposition? Disposition { get; init; }

        [StringLength(2000, ErrorMessage = "This is too long.")]
        public string? Note { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Discharge;

    protected override async Task<AdmissionOutcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var (admission, stay) = await Current(encounter, command.Version, ct);
        Leave(admission, stay, (await Bed.Hold(Db, [stay.BedId], Now, ct))[stay.BedId]);
        (admission.State, admission.DischargedAt, admission.DischargedBy) = (AdmissionState.Discharged, Now, Author);
        (admission.Disposition, admission.Note) = (command.Disposition, Text.Lines(command.Note));
        return Told(admission, stay.BedId, "");
    }
}
