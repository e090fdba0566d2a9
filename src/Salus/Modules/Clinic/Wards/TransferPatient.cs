using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Wards;

/// <summary>An admitted patient moves to another bed, of the same ward or another; the old one waits to be cleaned.</summary>
public sealed class TransferPatient(Tools tools, CareGuard guard) : AdmissionUseCase<TransferPatient.Command>(tools, guard)
{
    public const string Action = "admission.transfer";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [Required(ErrorMessage = "Choose one of the list.")]
        public Guid? BedId { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Transfer;

    protected override async Task<AdmissionOutcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var (admission, stay) = await Current(encounter, command.Version, ct);
        var id = command.BedId!.Value;
        if (id == stay.BedId) throw Refusal.Field("bedId", "The patient is in this bed already.");
        var beds = await Bed.Hold(Db, [stay.BedId, id], Now, ct);
        Leave(admission, stay, beds[stay.BedId]);
        await Db.SaveChangesAsync(ct); // the database allows one bed at a time
        await Occupy(admission, beds.GetValueOrDefault(id), Text.Clean(command.Reason), ct);
        return Told(admission, id, "");
    }
}
