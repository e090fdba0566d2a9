using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>The four texts of a consultation.</summary>
public abstract record ConsultationText
{
    public Guid EncounterId { get; init; }

    [StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
    public string? History { get; init; }

    [StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
    public string? Examination { get; init; }

    [StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
    public string? Assessment { get; init; }

    [StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
    public string? Plan { get; init; }
}

/// <summary>Saves the consultation of a visit: the first saving makes it active and the visit that doctor's.</summary>
public sealed class SaveConsultation(Tools tools, CareGuard guard) : EncounterUseCase<SaveConsultation.Command, SaveConsultation.Outcome>(tools, guard)
{
    public const string Action = "consultation.save";

    public sealed record Command : ConsultationText
    {
        /// <summary>The version that was looked at; a newer one refuses with 409. Empty: there was none.</summary>
        public Guid? Version { get; init; }
    }

    public sealed record Outcome(Guid Id, ConsultationState State, Guid Version);

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Consultation;

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var consultation = await Consultation.Of(Db, encounter, Author, Now, ct);
        if (command.Version is { } seen && seen != consultation.Version) throw Refusal.Stale();
        (consultation.History, consultation.Examination) = (Text.Lines(command.History), Text.Lines(command.Examination));
        (consultation.Assessment, consultation.Plan) = (Text.Lines(command.Assessment), Text.Lines(command.Plan));
        (consultation.SavedAt, consultation.Version) = (Now, Guid.CreateVersion7());
        await Db.ConsultationDrafts.Where(d => d.EncounterId == encounter.Id && d.AccountId == Author).ExecuteDeleteAsync(ct);
        Changed(EncounterList.Topic(Db.OrganisationId));
        return new(consultation.Id, consultation.State, consultation.Version);
    }
}

/// <summary>Keeps what a doctor has typed and not saved yet: nobody else sees it, and it is no part of the record.</summary>
public sealed class SaveDraft(Tools tools, CareGuard guard) : EncounterUseCase<SaveDraft.Command, DateTime>(tools, guard)
{
    public const string Action = "consultation.save-draft";

    public sealed record Command : ConsultationText;

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Consultation;
    protected override bool IsHeard => false;

    protected override async Task<DateTime> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var draft = await Db.ConsultationDrafts.FirstOrDefaultAsync(d => d.EncounterId == encounter.Id && d.AccountId == Author, ct);
        if (draft is null) Db.Add(draft = new() { EncounterId = encounter.Id, PatientId = encounter.PatientId, AccountId = Author });
        (draft.History, draft.Examination) = (Text.Lines(command.History), Text.Lines(command.Examination));
        (draft.Assessment, draft.Plan, draft.SavedAt) = (Text.Lines(command.Assessment), Text.Lines(command.Plan), Now);
        return Now;
    }
}

/// <summary>A doctor takes over the consultation of a colleague, such as at the end of a shift.</summary>
public sealed class TakeOver(Tools tools, CareGuard guard) : EncounterUseCase<TakeOver.Command, Guid>(tools, guard)
{
    public const string Action = "consultation.take-over";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Consultation;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var consultation = await Db.Consultations.FirstOrDefaultAsync(c => c.EncounterId == encounter.Id, ct);
        if (consultation?.DoctorId is { } colleague)
        {
            if (colleague == Author) throw new Refusal(409, "consultation.yours", "This consultation is yours already.");
            (consultation.DoctorId, consultation.SavedAt) = (Author, Now);
        }
        encounter.DoctorId = Author;
        Db.Add(new Note { EncounterId = encounter.Id, PatientId = encounter.PatientId, Kind = NoteKind.Handover, Text = Text.Clean(command.Reason), WrittenBy = Author, WrittenAt = Now });
        await Db.SaveChangesAsync(ct);
        await AwaitedConsultation.Follow(Db, encounter.Id, ct);
        Changed(EncounterList.Topic(Db.OrganisationId));
        return encounter.Id;
    }
}
