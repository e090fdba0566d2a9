using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy.Drugs;

namespace Salus.Modules.Clinic.Pharmacy;

public enum PrescriptionState { Pending, Dispensed, Cancelled }

public enum MedicineRoute { Oral, Intravenous, Intramuscular, Subcutaneous, Topical, Inhalation, Rectal, Other }

/// <summary>What the check of allergies, duplicates and interactions found when it was prescribed.</summary>
public enum CheckOutcome { Clear, Warned, NotChecked }

/// <summary>A medicine that a doctor prescribed in a visit (FHIR MedicationRequest).</summary>
public sealed class Prescription : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public PrescriptionState State { get; set; }

    /// <summary>The drug of the clinic's list; null: in free words, which cannot be checked against rules nor dispensed from stock.</summary>
    public Guid? DrugId { get; set; }
    public string Drug { get; set; } = "";

    /// <summary>How much at a time, such as "500 mg" or "2 tablets".</summary>
    public string Dose { get; set; } = "";
    public MedicineRoute Route { get; set; }

    /// <summary>How often, such as "every 8 hours".</summary>
    public string Frequency { get; set; } = "";

    /// <summary>For how many days; null: until further notice.</summary>
    public int? Days { get; set; }

    /// <summary>How many units of the drug are to be dispensed.</summary>
    public int Quantity { get; set; }
    public string Instructions { get; set; } = "";
    public bool IsEmergency { get; set; }
    public string EmergencyReason { get; set; } = "";
    public CheckOutcome Check { get; set; }

    /// <summary>Why it was prescribed in spite of a warning, or although nothing could be checked.</summary>
    public string OverrideReason { get; set; } = "";
    public Guid PrescribedBy { get; set; }
    public DateTime PrescribedAt { get; set; }
    public Guid? EndedBy { get; set; }
    public DateTime? EndedAt { get; set; }
    public string CancelReason { get; set; } = "";

    /// <summary>The earlier prescription that this one goes on with: of the two, this one counts.</summary>
    public Guid? RepeatOfId { get; set; }

    /// <summary>When the patient stopped taking it before its course was over.</summary>
    public DateTime? StoppedAt { get; set; }
    public Guid? StoppedBy { get; set; }
    public string StopReason { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>Pending, then dispensed or cancelled: the one place where a prescription changes state.</summary>
    /// <exception cref="Refusal">409 <c>prescription.state</c>.</exception>
    public void End(PrescriptionState state, Guid by, DateTime now, string reason = "")
    {
        if (State != PrescriptionState.Pending || state == PrescriptionState.Pending)
            throw new Refusal(409, "prescription.state", "This prescription was dispensed or cancelled already.") { Unlock = "Look at the list again: somebody may have acted before you." };
        (State, EndedBy, EndedAt, CancelReason) = (state, by, now, reason);
    }
}

public static class PharmacyTables
{
    extension(SalusDb db)
    {
        public DbSet<Prescription> Prescriptions => db.Set<Prescription>();
    }
}

internal sealed class PrescriptionTable : IEntityTypeConfiguration<Prescription>
{
    public void Configure(EntityTypeBuilder<Prescription> table)
    {
        table.ToTable("clinic_prescriptions");
        table.Property(p => p.Drug).HasMaxLength(160);
        table.Property(p => p.Dose).Sealed();
        table.Property(p => p.Frequency).Sealed();
        table.Property(p => p.Instructions).Sealed();
        table.Property(p => p.EmergencyReason).Sealed();
        table.Property(p => p.OverrideReason).Sealed();
        table.Property(p => p.CancelReason).Sealed();
        table.Property(p => p.StopReason).Sealed();
        table.IsOfEncounter();
        table.HasIndex(p => new { p.OrganisationId, p.State, p.PrescribedAt });
        table.HasIndex(p => p.RepeatOfId);
        table.HasOne<Drug>().WithMany().HasForeignKey(p => p.DrugId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Prescription>().WithMany().HasForeignKey(p => p.RepeatOfId).OnDelete(DeleteBehavior.Restrict);
    }
}
