using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy.Stock;

namespace Salus.Modules.Clinic.Pharmacy.Dispensing;

/// <summary>The handing out of a prescribed medicine: once for a prescription (FHIR MedicationDispense).</summary>
public sealed class Dispense : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public Guid PrescriptionId { get; set; }
    public int Quantity { get; set; }

    /// <summary>False for a drug in free words, which the stock does not know.</summary>
    public bool IsFromStock { get; set; }
    public string Notes { get; set; } = "";
    public Guid DispensedBy { get; set; }
    public DateTime DispensedAt { get; set; }
}

/// <summary>What was taken from one batch.</summary>
public sealed class DispenseLine : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid DispenseId { get; set; }
    public Guid BatchId { get; set; }
    public int Quantity { get; set; }

    /// <summary>How many came back.</summary>
    public int Returned { get; set; }
}

public static class DispenseTables
{
    extension(SalusDb db)
    {
        public DbSet<Dispense> Dispenses => db.Set<Dispense>();
        public DbSet<DispenseLine> DispenseLines => db.Set<DispenseLine>();
    }
}

internal sealed class DispenseTable : IEntityTypeConfiguration<Dispense>
{
    public void Configure(EntityTypeBuilder<Dispense> table)
    {
        table.ToTable("clinic_dispenses");
        table.Property(d => d.Notes).Sealed();
        table.IsOfEncounter();
        table.HasIndex(d => d.PrescriptionId).IsUnique();
        table.HasIndex(d => new { d.OrganisationId, d.Id });
        table.HasOne<Prescription>().WithMany().HasForeignKey(d => d.PrescriptionId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class DispenseLineTable : IEntityTypeConfiguration<DispenseLine>
{
    public void Configure(EntityTypeBuilder<DispenseLine> table)
    {
        table.ToTable("clinic_dispense_lines", t => t.HasCheckConstraint("CK_clinic_dispense_lines_Returned", "\"Quantity\" > 0 AND \"Returned\" >= 0 AND \"Returned\" <= \"Quantity\""));
        table.HasIndex(l => l.DispenseId);
        table.HasOne<Dispense>().WithMany().HasForeignKey(l => l.DispenseId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Batch>().WithMany().HasForeignKey(l => l.BatchId).OnDelete(DeleteBehavior.Restrict);
    }
}
