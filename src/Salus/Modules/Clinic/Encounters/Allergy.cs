using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Encounters;

public enum AllergyCategory { Medication, Food, Environment, Biologic }

public enum AllergySeverity { Unknown, Mild, Moderate, Severe }

public enum AllergyState { Active, Inactive, EnteredInError }

/// <summary>What a patient does not tolerate; or the statement that nothing is known (<see cref="IsNoneKnown"/>), which is not the same as not having asked.</summary>
public sealed class Allergy : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }

    /// <summary>The visit in which it was written down.</summary>
    public Guid EncounterId { get; set; }
    public bool IsNoneKnown { get; set; }

    /// <summary>A drug, a class of drugs, a food, …</summary>
    public string Substance { get; set; } = "";
    public AllergyCategory Category { get; set; }
    public AllergySeverity Severity { get; set; }
    public string Reaction { get; set; } = "";
    public AllergyState State { get; set; }
    public Guid RecordedBy { get; set; }
    public DateTime RecordedAt { get; set; }
    public Guid? EndedBy { get; set; }
    public DateTime? EndedAt { get; set; }
    public string EndReason { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>The substance as it is compared with drugs.</summary>
    public string Folded { get; set; } = "";

    public void Name(string substance) => (Substance, Folded) = (Text.Clean(substance), Text.Fold(substance));
}

public static class AllergyTables
{
    extension(SalusDb db)
    {
        public DbSet<Allergy> Allergies => db.Set<Allergy>();
    }
}

internal sealed class AllergyTable : IEntityTypeConfiguration<Allergy>
{
    public void Configure(EntityTypeBuilder<Allergy> table)
    {
        table.ToTable("clinic_allergies");
        table.Property(a => a.Substance).HasMaxLength(120);
        table.Property(a => a.Folded).HasMaxLength(360);
        table.Property(a => a.Reaction).Sealed();
        table.Property(a => a.EndReason).Sealed();
        table.HasIndex(a => new { a.PatientId, a.State });
        table.HasOne<Encounter>().WithMany().HasForeignKey(a => a.EncounterId).OnDelete(DeleteBehavior.Restrict);
        // Said once at most; the same substance once at most.
        table.HasIndex(a => new { a.PatientId, a.Folded }).IsUnique().HasFilter("\"State\" = 'Active'");
        table.HasOne<Patient>().WithMany().HasForeignKey(a => a.PatientId).OnDelete(DeleteBehavior.Restrict);
    }
}
