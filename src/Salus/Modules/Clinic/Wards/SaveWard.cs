using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Wards;

/// <summary>A ward or bed after an act.</summary>
public sealed record WardOutcome(Guid Id, Guid Version);

/// <summary>Defines a ward, renames it, archives it when nobody is in it, or takes it back.</summary>
public sealed class SaveWard(Tools tools) : UseCase<SaveWard.Command, WardOutcome>(tools)
{
    public const string Action = "ward.save";

    public sealed record Command
    {
        /// <summary>Empty: a new one.</summary>
        public Guid? Id { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(80, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        [EnumDataType(typeof(WardKind), ErrorMessage = "Choose one of the list.")]
        public WardKind Kind { get; init; }
        public bool Archived { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageWards);

    protected override async Task<WardOutcome> Handle(Command command, CancellationToken ct)
    {
        var name = Text.Clean(command.Name);
        if (!name.Any(char.IsLetterOrDigit)) throw Refusal.Field("name", "Please fill this in.");
        Ward ward;
        if (command.Id is { } id) ward = await Db.Wards.FirstOrDefaultAsync(w => w.Id == id, ct) ?? throw Refusal.NotFound();
        else Db.Add(ward = new Ward());
        Subject("ward", ward.Id, command.Archived ? "archived" : command.Kind.ToString());
        if (command.Version is { } seen && seen != ward.Version) throw Refusal.Stale();
        if (command.Archived && ward.ArchivedAt is null) await RefuseOccupied(ward.Id, ct);
        (ward.Name, ward.Kind, ward.ArchivedAt, ward.Version) = (name, command.Kind, command.Archived ? ward.ArchivedAt ?? Now : null, Guid.CreateVersion7());
        Changed(WardBoard.Topic(Db.OrganisationId));
        return new(ward.Id, ward.Version);
    }

    /// <summary>Its beds are held meanwhile, so that nobody is admitted into a ward that is being archived.</summary>
    private async Task RefuseOccupied(Guid wardId, CancellationToken ct)
    {
        var ids = await Db.Beds.Where(b => b.WardId == wardId && b.ArchivedAt == null).Select(b => b.Id).ToListAsync(ct);
        if ((await Bed.Hold(Db, ids, Now, ct)).Values.Any(b => b.State == BedState.Occupied))
            throw new Refusal(409, "ward.occupied", "There are patients in this ward.") { Unlock = "Transfer or discharge them first." };
    }

    protected override Refusal Taken() => new(409, "ward.exists", "There is already a ward with this name.");
}
