using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>Closes a visit and its consultation. After that nothing in it changes; addenda may be written.</summary>
public sealed class CloseEncounter(Tools tools, CareGuard guard) : EncounterUseCase<CloseEncounter.Command, EncounterOutcome>(tools, guard)
{
    public const string Action = "encounter.close";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>Known and wanted: prescriptions that are not dispensed yet cannot be dispensed here afterwards.</summary>
        public bool LeavesPrescriptions { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => command.LeavesPrescriptions ? CareAct.CloseLeaving : CareAct.Close;

    protected override async Task<EncounterOutcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct, seen: command.Version);
        var consultation = await Db.Consultations.SingleAsync(c => c.EncounterId == encounter.Id, ct);
        consultation.State = ConsultationState.Closed;
        (encounter.State, encounter.ClosedAt, encounter.ClosedBy, encounter.Version) = (EncounterState.Closed, Now, Author, Guid.CreateVersion7());
        await Db.ConsultationDrafts.Where(d => d.EncounterId == encounter.Id).ExecuteDeleteAsync(ct);
        Changed(EncounterList.Topic(Db.OrganisationId));
        return new(encounter.Id, encounter.PatientId, encounter.State, encounter.Version);
    }
}

public enum Disposition { Home, Transfer, AgainstAdvice, Died, Other, Absent }

/// <summary>What a closed visit came to, for the patient and whoever cares for the patient next: one per visit, never changed.</summary>
public sealed class Summary : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public Disposition Disposition { get; set; }
    public string Text { get; set; } = "";

    /// <summary>What the patient is to do.</summary>
    public string Instructions { get; set; } = "";
    public Guid WrittenBy { get; set; }
    public DateTime WrittenAt { get; set; }
}

public static class SummaryTables
{
    extension(SalusDb db)
    {
        public DbSet<Summary> Summaries => db.Set<Summary>();
    }
}

internal sealed class SummaryTable : IEntityTypeConfiguration<Summary>
{
    public void Configure(EntityTypeBuilder<Summary> table)
    {
        table.ToTable("clinic_summaries");
        table.Property(s => s.Text).Sealed();
        table.Property(s => s.Instructions).Sealed();
        table.IsOfEncounter();
        table.HasIndex(s => s.EncounterId).IsUnique();
    }
}

/// <summary>Writes the summary of a closed visit, once.</summary>
public sealed class WriteSummary(Tools tools, CareGuard guard) : EncounterUseCase<WriteSummary.Command, Guid>(tools, guard)
{
    public const string Action = "encounter.summarise";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>Said in so many words: nobody died or went home because a field was forgotten.</summary>
        [Required(ErrorMessage = "Choose one of the list."), EnumDataType(typeof(Disposition), ErrorMessage = "Choose one of the list.")]
        public Disposition? Disposition { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";

        [StringLength(Consultation.MostText, ErrorMessage = "This is too long.")]
        public string? Instructions { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Summary;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        if (await Db.Summaries.AnyAsync(s => s.EncounterId == encounter.Id, ct)) throw Taken();
        var summary = new Summary
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, Disposition = command.Disposition!.Value, Text = Text.Lines(command.Text), Instructions = Kernel.Text.Lines(command.Instructions),
            WrittenBy = Author, WrittenAt = Now,
        };
        Db.Add(summary);
        return summary.Id;
    }

    protected override Refusal Taken() => new(409, "encounter.summarised", "This visit has its summary already.") { Unlock = "Write an addendum." };
}
