using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>Two patients were one person. What was done is remembered row by row, so that it can be taken back whenever it turns out to be wrong (docs/adr/0033).</summary>
public sealed class PatientMerge : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>The one that stayed.</summary>
    public Guid KeptPatientId { get; set; }

    /// <summary>The one whose rows were moved there.</summary>
    public Guid OtherPatientId { get; set; }
    public DateTime MergedAt { get; set; }
    public Guid? MergedBy { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>The other was archived before.</summary>
    public DateTime? OtherArchivedAt { get; set; }
    public string OtherArchiveReason { get; set; } = "";

    /// <summary>The one that stayed became restricted because the other was.</summary>
    public bool HasRestricted { get; set; }
    public DateTime? UndoneAt { get; set; }
    public Guid? UndoneBy { get; set; }
    public string UndoReason { get; set; } = "";
}

public enum MergedRowChange { Moved, Ended }

/// <summary>One row that a merge moved to the patient who stayed, or ended.</summary>
public sealed class MergedRow : IOwned
{
    public Guid MergeId { get; set; }
    public string Table { get; set; } = "";
    public Guid RowId { get; set; }
    public MergedRowChange Change { get; set; }
    public Guid OrganisationId { get; set; }
}

/// <summary>One particular of the patient who stayed, before the merge and after it.</summary>
public sealed class MergedField : IOwned
{
    public Guid MergeId { get; set; }
    public string Field { get; set; } = "";
    public string Before { get; set; } = "";
    public string After { get; set; } = "";
    public Guid OrganisationId { get; set; }
}

public static class MergeTables
{
    extension(SalusDb db)
    {
        public DbSet<PatientMerge> PatientMerges => db.Set<PatientMerge>();
        public DbSet<MergedRow> MergedRows => db.Set<MergedRow>();
        public DbSet<MergedField> MergedFields => db.Set<MergedField>();
    }
}

internal sealed class PatientMergeTable : IEntityTypeConfiguration<PatientMerge>
{
    public void Configure(EntityTypeBuilder<PatientMerge> table)
    {
        table.ToTable("clinic_patient_merges");
        table.Property(m => m.Reason).Sealed();
        table.Property(m => m.OtherArchiveReason).Sealed();
        table.Property(m => m.UndoReason).Sealed();
        table.HasIndex(m => m.KeptPatientId);
        // Nobody is merged into two.
        table.HasIndex(m => m.OtherPatientId).IsUnique().HasFilter("\"UndoneAt\" IS NULL");
        table.HasOne<Patient>().WithMany().HasForeignKey(m => m.KeptPatientId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Patient>().WithMany().HasForeignKey(m => m.OtherPatientId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class MergedRowTable : IEntityTypeConfiguration<MergedRow>
{
    public void Configure(EntityTypeBuilder<MergedRow> table)
    {
        table.ToTable("clinic_merged_rows");
        table.HasKey(r => new { r.MergeId, r.Table, r.RowId, r.Change });
        table.Property(r => r.Table).HasMaxLength(60);
        table.HasOne<PatientMerge>().WithMany().HasForeignKey(r => r.MergeId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class MergedFieldTable : IEntityTypeConfiguration<MergedField>
{
    public void Configure(EntityTypeBuilder<MergedField> table)
    {
        table.ToTable("clinic_merged_fields");
        table.HasKey(f => new { f.MergeId, f.Field });
        table.Property(f => f.Field).HasMaxLength(30);
        table.Property(f => f.Before).HasMaxLength(400);
        table.Property(f => f.After).HasMaxLength(400);
        table.HasOne<PatientMerge>().WithMany().HasForeignKey(f => f.MergeId).OnDelete(DeleteBehavior.Restrict);
    }
}
