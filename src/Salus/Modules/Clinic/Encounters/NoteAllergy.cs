using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>Writes down what the patient does not tolerate, or that nothing is known.</summary>
public sealed class NoteAllergy(Tools tools, CareGuard guard) : EncounterUseCase<NoteAllergy.Command, Guid>(tools, guard)
{
    public const string Action = "allergy.add";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>The patient was asked, and knows of none.</summary>
        public bool IsNoneKnown { get; init; }

        [StringLength(120, ErrorMessage = "This is too long.")]
        public string? Substance { get; init; }

        [EnumDataType(typeof(AllergyCategory), ErrorMessage = "Choose one of the list.")]
        public AllergyCategory Category { get; init; }

        [EnumDataType(typeof(AllergySeverity), ErrorMessage = "Choose one of the list.")]
        public AllergySeverity Severity { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reaction { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override bool HoldsPatient => true;
    protected override CareAct Act(Command command) => CareAct.Allergy;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var active = await Db.Allergies.Where(a => a.PatientId == encounter.PatientId && a.State == AllergyState.Active).ToListAsync(ct);
        var allergy = new Allergy
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, IsNoneKnown = command.IsNoneKnown, Category = command.Category, Severity = command.Severity, Reaction = Text.Clean(command.Reaction),
            RecordedBy = Author, RecordedAt = Now,
        };
        if (!command.IsNoneKnown) allergy.Name(command.Substance ?? "");
        if (!command.IsNoneKnown && allergy.Folded.Length == 0) throw Refusal.Field("substance", "Please fill this in.");
        if (command.IsNoneKnown && active.Any(a => !a.IsNoneKnown)) throw new Refusal(409, "allergy.known", "Allergies are known.") { Unlock = "End those that do not hold any more." };
        if (active.Any(a => a.Folded == allergy.Folded)) throw Taken();
        // From now on something is known.
        foreach (var none in active.Where(a => a.IsNoneKnown)) (none.State, none.EndedAt, none.EndedBy) = (AllergyState.Inactive, Now, Author);
        Db.Add(allergy);
        return allergy.Id;
    }

    protected override Refusal Taken() => new(409, "allergy.exists", "This is written down already.");
}

/// <summary>An allergy does not hold any more, or was written down by mistake. It stays in the record, marked so.</summary>
public sealed class EndAllergy(Tools tools, CareGuard guard) : EncounterUseCase<EndAllergy.Command, Guid>(tools, guard)
{
    public const string Action = "allergy.end";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public Guid AllergyId { get; init; }
        public bool IsError { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override bool HoldsPatient => true;
    protected override CareAct Act(Command command) => CareAct.Allergy;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var allergy = await Db.Allergies.FirstOrDefaultAsync(a => a.Id == command.AllergyId && a.PatientId == encounter.PatientId, ct) ?? throw Refusal.NotFound();
        if (allergy.State != AllergyState.Active) throw new Refusal(409, "allergy.state", "This was ended already.");
        (allergy.State, allergy.EndedAt, allergy.EndedBy, allergy.EndReason) = (command.IsError ? AllergyState.EnteredInError : AllergyState.Inactive, Now, Author, Text.Clean(command.Reason));
        return allergy.Id;
    }
}
