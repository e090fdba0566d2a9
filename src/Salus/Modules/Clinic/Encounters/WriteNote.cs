using System.ComponentModel.DataAnnotations;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>Writes a nursing note, or a doctor's operation note. It is never changed: what is to be corrected is said in another.</summary>
public sealed class WriteNote(Tools tools, CareGuard guard) : EncounterUseCase<WriteNote.Command, Guid>(tools, guard)
{
    public const string Action = "note.write";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [EnumDataType(typeof(NoteKind), ErrorMessage = "Choose one of the list.")]
        public NoteKind Kind { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";
    }

    /// <summary>Kinds that are written this way; an addendum has its own.</summary>
    public static readonly IReadOnlyList<NoteKind> Kinds = [.. Enum.GetValues<NoteKind>().Where(k => k is not (NoteKind.Addendum or NoteKind.Operation))];

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => command.Kind == NoteKind.Operation ? CareAct.Consultation : CareAct.NursingNote;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (command.Kind == NoteKind.Addendum) throw Refusal.Field("kind", "Choose one of the list.");
        var encounter = await Hold(command.EncounterId, command, ct);
        var text = Text.Lines(command.Text);
        if (text.Length == 0) throw Refusal.Field("text", "Please fill this in.");
        var note = new Note { EncounterId = encounter.Id, PatientId = encounter.PatientId, Kind = command.Kind, Text = text, WrittenBy = Author, WrittenAt = Now };
        Db.Add(note);
        return note.Id;
    }
}

/// <summary>Adds to what was written before, also after the visit was closed: the only way to correct the record.</summary>
public sealed class WriteAddendum(Tools tools, CareGuard guard) : EncounterUseCase<WriteAddendum.Command, Guid>(tools, guard)
{
    public const string Action = "note.add";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Addendum;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        // Who may not read the record adds to results only.
        if (!Actor.May(ClinicPermissions.ReadRecord)) throw Refusal.Forbidden();
        var text = Text.Lines(command.Text);
        if (text.Length == 0) throw Refusal.Field("text", "Please fill this in.");
        var note = new Note { EncounterId = encounter.Id, PatientId = encounter.PatientId, Kind = NoteKind.Addendum, Text = text, WrittenBy = Author, WrittenAt = Now };
        Db.Add(note);
        return note.Id;
    }
}
