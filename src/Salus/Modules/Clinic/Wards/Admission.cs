using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Wards;

public enum AdmissionKind { Elective, Emergency, Observation, DayCare }

public enum AdmissionState { Admitted, Discharged }

/// <summary>A visit's stay in the house, from the first bed to the discharge (FHIR Encounter of the class IMP): one for each visit.</summary>
public sealed class Admission : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public AdmissionState State { get; set; }
    public AdmissionKind Kind { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>The diagnosis with which the patient was admitted; the visit's diagnoses may become others.</summary>
    public string DiagnosisCode { get; set; } = "";
    public string Diagnosis { get; set; } = "";
    public int? ExpectedDays { get; set; }
    public Guid AdmittedBy { get; set; }
    public DateTime AdmittedAt { get; set; }
    public Guid? DischargedBy { get; set; }
    public DateTime? DischargedAt { get; set; }
    public Disposition? Disposition { get; set; }
    public string Note { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>The how manieth day it is, by the clinic's dates; the day of admission is the first.</summary>
    public static int DayOf(DateOnly admitted, DateOnly day) => day.DayNumber - admitted.DayNumber + 1;
}

/// <summary>One bed of a stay, from when until when: the admission's history of places.</summary>
public sealed class BedStay : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid AdmissionId { get; set; }
    public Guid BedId { get; set; }
    public DateTime From { get; set; }
    public DateTime? To { get; set; }

    /// <summary>Who brought the patient into this bed.</summary>
    public Guid By { get; set; }

    /// <summary>Why the patient was moved into it.</summary>
    public string Reason { get; set; } = "";
}

internal sealed class AdmissionTable : IEntityTypeConfiguration<Admission>
{
    public void Configure(EntityTypeBuilder<Admission> table)
    {
        table.ToTable("clinic_admissions");
        table.Property(a => a.Reason).Sealed();
        table.Property(a => a.DiagnosisCode).HasMaxLength(12);
        table.Property(a => a.Diagnosis).Sealed();
        table.Property(a => a.Note).Sealed();
        table.IsOfEncounter();
        table.HasIndex(a => a.EncounterId).IsUnique();
        // Nobody lies in two beds, not even by two visits.
        table.HasIndex(a => a.PatientId, "IX_clinic_admissions_one_at_a_time").IsUnique().HasFilter("\"State\" = 'Admitted'");
    }
}

internal sealed class BedStayTable : IEntityTypeConfiguration<BedStay>
{
    public void Configure(EntityTypeBuilder<BedStay> table)
    {
        table.ToTable("clinic_bed_stays");
        table.Property(s => s.Reason).Sealed();
        table.HasIndex(s => s.EncounterId);
        // One patient in a bed, and one bed for a patient.
        table.HasIndex(s => s.BedId, "IX_clinic_bed_stays_one_in_a_bed").IsUnique().HasFilter("\"To\" IS NULL");
        table.HasIndex(s => s.AdmissionId, "IX_clinic_bed_stays_one_bed").IsUnique().HasFilter("\"To\" IS NULL");
        table.HasIndex(s => s.BedId);
        table.HasIndex(s => s.AdmissionId);
        table.HasOne<Encounter>().WithMany().HasForeignKey(s => s.EncounterId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Admission>().WithMany().HasForeignKey(s => s.AdmissionId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Bed>().WithMany().HasForeignKey(s => s.BedId).OnDelete(DeleteBehavior.Restrict);
    }
}
