using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Pharmacy.Giving;

public enum GivingOutcome { Given, Refused, Held, NotAvailable, Error }

/// <summary>One dose that a nurse gave, or did not give and why (FHIR MedicationAdministration): written once, never changed.</summary>
public sealed class MedicationAdministration : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }

    /// <summary>A prescription of the same visit; null: in free words.</summary>
    public Guid? PrescriptionId { get; set; }
    public string Drug { get; set; } = "";
    public string Dose { get; set; } = "";
    public MedicineRoute Route { get; set; }
    public GivingOutcome Outcome { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>When it was given, or was to be given.</summary>
    public DateTime GivenAt { get; set; }
    public Guid GivenBy { get; set; }
    public DateTime RecordedAt { get; set; }
}

public static class AdministrationTables
{
    extension(SalusDb db)
    {
        public DbSet<MedicationAdministration> Administrations => db.Set<MedicationAdministration>();
    }
}

internal sealed class AdministrationTable : IEntityTypeConfiguration<MedicationAdministration>
{
    public void Configure(EntityTypeBuilder<MedicationAdministration> table)
    {
        table.ToTable("clinic_administrations");
        table.Property(a => a.Drug).HasMaxLength(160);
        table.Property(a => a.Dose).Sealed();
        table.Property(a => a.Reason).Sealed();
        table.IsOfEncounter();
        table.HasOne<Prescription>().WithMany().HasForeignKey(a => a.PrescriptionId).OnDelete(DeleteBehavior.Restrict);
    }
}
