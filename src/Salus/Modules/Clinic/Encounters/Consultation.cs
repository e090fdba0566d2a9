using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Encounters;

public enum ConsultationState { Pending, Active, Closed }

/// <summary>What the doctor found, thought and plans in one visit: exactly one per visit, written by the doctor who has it.</summary>
public sealed class Consultation : IOfEncounter, IVersioned
{
    public const int MostText = 20_000;

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public ConsultationState State { get; set; }

    /// <summary>Who has begun it; null while nobody has, whether it is paid or not.</summary>
    public Guid? DoctorId { get; set; }
    public string History { get; set; } = "";
    public string Examination { get; set; } = "";
    public string Assessment { get; set; } = "";
    public string Plan { get; set; } = "";
    public DateTime StartedAt { get; set; }
    public DateTime SavedAt { get; set; }
    public Guid Version { get; set; }

    /// <summary>The visit's consultation, active and in the hands of this doctor; made when there is none yet.</summary>
    /// <exception cref="Refusal">409 <c>consultation.other-doctor</c> when a colleague has it, 409 <c>consultation.closed</c>.</exception>
    public static async Task<Consultation> Of(SalusDb db, Encounter encounter, Guid doctorId, DateTime now, CancellationToken ct)
    {
        var consultation = await db.Consultations.FirstOrDefaultAsync(c => c.EncounterId == encounter.Id, ct);
        if (consultation is null) db.Add(consultation = new() { EncounterId = encounter.Id, PatientId = encounter.PatientId });
        if (consultation.State == ConsultationState.Closed) throw new Refusal(409, "consultation.closed", "This consultation is closed.") { Unlock = "Write an addendum." };
        if (consultation.DoctorId is { } other && other != doctorId)
            throw new Refusal(409, "consultation.other-doctor", "A colleague has this consultation.") { Unlock = "Take the patient over, with a reason." };
        if (consultation.DoctorId is null) (consultation.StartedAt, consultation.SavedAt) = (now, now);
        (consultation.State, consultation.DoctorId, encounter.DoctorId) = (ConsultationState.Active, doctorId, doctorId);
        return consultation;
    }
}

/// <summary>What a doctor has typed and not saved yet: kept for that doctor alone until it is saved.</summary>
public sealed class ConsultationDraft : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public Guid AccountId { get; set; }
    public string History { get; set; } = "";
    public string Examination { get; set; } = "";
    public string Assessment { get; set; } = "";
    public string Plan { get; set; } = "";
    public DateTime SavedAt { get; set; }
}

public static class ConsultationTables
{
    extension(SalusDb db)
    {
        public DbSet<Consultation> Consultations => db.Set<Consultation>();
        public DbSet<ConsultationDraft> ConsultationDrafts => db.Set<ConsultationDraft>();
    }
}

internal sealed class ConsultationTable : IEntityTypeConfiguration<Consultation>
{
    public void Configure(EntityTypeBuilder<Consultation> table)
    {
        table.ToTable("clinic_consultations");
        table.Property(c => c.History).Sealed();
        table.Property(c => c.Examination).Sealed();
        table.Property(c => c.Assessment).Sealed();
        table.Property(c => c.Plan).Sealed();
        table.IsOfEncounter();
        table.HasIndex(c => c.EncounterId).IsUnique();
    }
}

internal sealed class ConsultationDraftTable : IEntityTypeConfiguration<ConsultationDraft>
{
    public void Configure(EntityTypeBuilder<ConsultationDraft> table)
    {
        table.ToTable("clinic_consultation_drafts");
        table.Property(d => d.History).Sealed();
        table.Property(d => d.Examination).Sealed();
        table.Property(d => d.Assessment).Sealed();
        table.Property(d => d.Plan).Sealed();
        table.IsOfEncounter();
        table.HasIndex(d => new { d.EncounterId, d.AccountId }).IsUnique();
    }
}
