using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>Writes down a diagnosis of this visit, or a problem that stays with the patient; by code or in free words.</summary>
public sealed class Diagnose(Tools tools, CareGuard guard, OrganisationSlot organisation) : EncounterUseCase<Diagnose.Command, Guid>(tools, guard)
{
    public const string Action = "condition.add";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [EnumDataType(typeof(ConditionKind), ErrorMessage = "Choose one of the list.")]
        public ConditionKind Kind { get; init; }

        /// <summary>ICD-10 code such as J06.9; may be empty.</summary>
        [RegularExpression(@"[A-Za-z]\d[0-9A-Za-z](\.[0-9A-Za-z]{1,4})?", ErrorMessage = "A code is a letter and two digits, with more behind a point, such as J06.9.")]
        public string? Code { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(300, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";

        /// <summary>The one for which the patient was seen; the first one is it by itself.</summary>
        public bool IsPrimary { get; init; }

        /// <summary>Since when the patient has it, as far as known.</summary>
        public DateOnly? Since { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Diagnosis;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        if (command.Since > Clock.Today(organisation.Current.Zone)) throw Refusal.Field("since", "This day is in the future.");
        var (code, text) = ((command.Code ?? "").ToUpperInvariant(), Text.Clean(command.Text));
        var same = await Db.Conditions.Where(c => c.PatientId == encounter.PatientId && c.Kind == command.Kind && c.State == ConditionState.Active
            && (command.Kind == ConditionKind.Problem || c.EncounterId == encounter.Id)).ToListAsync(ct);
        if (same.Any(c => code.Length > 0 ? c.Code == code : c.Code.Length == 0 && Text.Fold(c.Text) == Text.Fold(text)))
            throw new Refusal(409, "condition.exists", "This is written down already.");
        var isPrimary = command.Kind == ConditionKind.Diagnosis && (command.IsPrimary || !same.Any(c => c.IsPrimary));
        if (isPrimary && same.FirstOrDefault(c => c.IsPrimary) is { } before)
        {
            before.IsPrimary = false;
            await Db.SaveChangesAsync(ct); // the database allows one at a time
        }
        if (command.Kind == ConditionKind.Diagnosis) await Consultation.Of(Db, encounter, Author, Now, ct);
        var condition = new Condition
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, Kind = command.Kind, Code = code, Text = text, IsPrimary = isPrimary, Since = command.Since, RecordedBy = Author, RecordedAt = Now,
        };
        Db.Add(condition);
        return condition.Id;
    }
}

/// <summary>A problem is over, or something was written down by mistake. It stays in the record, marked so.</summary>
public sealed class EndCondition(Tools tools, CareGuard guard) : EncounterUseCase<EndCondition.Command, Guid>(tools, guard)
{
    public const string Action = "condition.end";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public Guid ConditionId { get; init; }

        /// <summary>True: it was a mistake; false: the problem is over.</summary>
        public bool IsError { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Diagnosis;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var condition = await Db.Conditions.FirstOrDefaultAsync(c => c.Id == command.ConditionId && c.PatientId == encounter.PatientId, ct) ?? throw Refusal.NotFound();
        // A diagnosis belongs to its visit, and what another visit said stays said.
        if (condition.Kind == ConditionKind.Diagnosis && condition.EncounterId != encounter.Id) throw Refusal.NotFound();
        if (condition.State != ConditionState.Active) throw new Refusal(409, "condition.state", "This was ended already.");
        var isError = command.IsError || condition.Kind == ConditionKind.Diagnosis;
        var reason = Text.Clean(command.Reason);
        if (isError && reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        (condition.State, condition.EndedAt, condition.EndedBy, condition.EndReason) = (isError ? ConditionState.EnteredInError : ConditionState.Resolved, Now, Author, reason);
        return condition.Id;
    }
}
