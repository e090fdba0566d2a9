using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Wards;

/// <summary>Renames a bed, archives it when nobody lies in it, or takes it back.</summary>
public sealed class SaveBed(Tools tools) : UseCase<SaveBed.Command, WardOutcome>(tools)
{
    public const string Action = "bed.save";

    public sealed record Command
    {
        public Guid BedId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(Bed.MostLabel, ErrorMessage = "This is too long.")]
        public string Label { get; init; } = "";
        public bool Archived { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageWards);

    protected override async Task<WardOutcome> Handle(Command command, CancellationToken ct)
    {
        var bed = (await Bed.Hold(Db, [command.BedId], Now, ct)).GetValueOrDefault(command.BedId) ?? throw Refusal.NotFound();
        Subject("bed", bed.Id, command.Archived ? "archived" : "");
        if (command.Version is { } seen && seen != bed.Version) throw Refusal.Stale();
        var label = Text.Clean(command.Label);
        if (label.Length == 0) throw Refusal.Field("label", "Please fill this in.");
        if (command.Archived && bed.State == BedState.Occupied) throw new Refusal(409, "bed.occupied", "Somebody lies in this bed.") { Unlock = "Transfer or discharge the patient first." };
        var others = await Db.Beds.Where(b => b.WardId == bed.WardId && b.Id != bed.Id && b.ArchivedAt == null).Select(b => b.Label).ToListAsync(ct);
        if (!command.Archived && others.Contains(label, StringComparer.OrdinalIgnoreCase)) throw Exists();
        (bed.Label, bed.ArchivedAt, bed.Version) = (label, command.Archived ? bed.ArchivedAt ?? Now : null, Guid.CreateVersion7());
        Changed(WardBoard.Topic(Db.OrganisationId));
        return new(bed.Id, bed.Version);
    }

    protected override Refusal Taken() => Exists();

    internal static Refusal Exists() => new(409, "bed.exists", "There is already a bed with this name in the ward.");
}
