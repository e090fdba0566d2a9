using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>A diagnosis of one visit, or a problem that stays with the patient (FHIR Condition, category).</summary>
public enum ConditionKind { Diagnosis, Problem }

public enum ConditionState { Active, Resolved, EnteredInError }

/// <summary>A diagnosis or a problem, by code or in free words.</summary>
public sealed class Condition : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }

    /// <summary>The visit in which it was written down.</summary>
    public Guid EncounterId { get; set; }
    public ConditionKind Kind { get; set; }
    public ConditionState State { get; set; }

    /// <summary>ICD-10 code in capitals such as J06.9; empty for free words.</summary>
    public string Code { get; set; } = "";
    public string Text { get; set; } = "";

    /// <summary>The one for which the patient was seen.</summary>
    public bool IsPrimary { get; set; }
    public DateOnly? Since { get; set; }
    public Guid RecordedBy { get; set; }
    public DateTime RecordedAt { get; set; }
    public DateTime? EndedAt { get; set; }
    public Guid? EndedBy { get; set; }
    public string EndReason { get; set; } = "";
    public Guid Version { get; set; }
}

public static class ConditionTables
{
    extension(SalusDb db)
    {
        public DbSet<Condition> Conditions => db.Set<Condition>();
    }
}

internal sealed class ConditionTable : IEntityTypeConfiguration<Condition>
{
    public void Configure(EntityTypeBuilder<Condition> table)
    {
        table.ToTable("clinic_conditions");
        table.Property(c => c.Code).HasMaxLength(12);
        table.Property(c => c.Text).Sealed();
        table.Property(c => c.EndReason).Sealed();
        table.HasIndex(c => new { c.PatientId, c.Kind, c.State });
        table.HasIndex(c => c.EncounterId);
        table.HasIndex(c => c.EncounterId, "IX_clinic_conditions_primary").IsUnique().HasFilter("\"IsPrimary\" AND \"State\" <> 'EnteredInError' AND \"Kind\" = 'Diagnosis'");
        table.HasOne<Encounter>().WithMany().HasForeignKey(c => c.EncounterId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Patient>().WithMany().HasForeignKey(c => c.PatientId).OnDelete(DeleteBehavior.Restrict);
    }
}
