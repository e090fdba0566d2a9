using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Encounters;

public enum EncounterType { Consultation, FollowUp, Emergency, Routine, Specialist }

public enum EncounterState { Open, Closed }

/// <summary>One visit of a patient: everything clinical hangs on it. Opened once, closed once, never opened again, never deleted.</summary>
public sealed class Encounter : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }

    /// <summary>The clinic's local date on which it began.</summary>
    public DateOnly Day { get; set; }
    public EncounterType Type { get; set; }
    public EncounterState State { get; set; }

    /// <summary>Why the patient came, in the patient's words.</summary>
    public string Complaint { get; set; } = "";

    /// <summary>Who is to see the patient; who wrote the consultation once there is one.</summary>
    public Guid? DoctorId { get; set; }
    public DateTime StartedAt { get; set; }
    public DateTime? ClosedAt { get; set; }
    public Guid? ClosedBy { get; set; }

    /// <summary>When anything of the visit was last written. Setting it holds the visit's row until the commit, so that what is written to one visit is written one after the other.</summary>
    public DateTime ChangedAt { get; set; }
    public Guid Version { get; set; }

    public bool IsOpen => State == EncounterState.Open;

    /// <summary>Open pages of the visit fetch their parts again.</summary>
    public static string Topic(Guid id) => $"encounter:{id}";
}

public static class EncounterTables
{
    extension(SalusDb db)
    {
        public DbSet<Encounter> Encounters => db.Set<Encounter>();
    }
}

internal sealed class EncounterTable : IEntityTypeConfiguration<Encounter>
{
    public void Configure(EntityTypeBuilder<Encounter> table)
    {
        table.ToTable("clinic_encounters");
        table.Property(e => e.Complaint).Sealed();
        table.Ignore(e => e.IsOpen);
        // No second open visit of the same kind on the same day; a ticket reuses the open one.
        table.HasIndex(e => new { e.PatientId, e.Type, e.Day }).IsUnique().HasFilter("\"State\" = 'Open'");
        table.HasIndex(e => new { e.PatientId, e.StartedAt });
        table.HasIndex(e => new { e.OrganisationId, e.State, e.Day, e.Id });
        table.HasIndex(e => new { e.OrganisationId, e.Day, e.Id });
        table.HasOne<Patient>().WithMany().HasForeignKey(e => e.PatientId).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>A row of the record that belongs to one visit.</summary>
public interface IOfEncounter : IOwned
{
    Guid EncounterId { get; set; }
    Guid PatientId { get; set; }
}

internal static class EncounterRows
{
    /// <summary>The two keys that every row of a visit has, and the indexes that the visit's page and the patient's chart read by.</summary>
    public static void IsOfEncounter<T>(this EntityTypeBuilder<T> table) where T : class, IOfEncounter
    {
        table.HasIndex(r => r.EncounterId);
        table.HasIndex(r => r.PatientId);
        table.HasOne<Encounter>().WithMany().HasForeignKey(r => r.EncounterId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Patient>().WithMany().HasForeignKey(r => r.PatientId).OnDelete(DeleteBehavior.Restrict);
    }
}
