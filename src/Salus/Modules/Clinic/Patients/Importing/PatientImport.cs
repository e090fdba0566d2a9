using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Patients.Importing;

/// <summary>One file of patients that was brought in. The same file again goes on where it stopped, and does nothing once it is done.</summary>
public sealed class PatientImport : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>SHA-256 of the text; nothing of its contents is kept.</summary>
    public string FileHash { get; set; } = "";
    public int Rows { get; set; }
    public int Done { get; set; }
    public int Imported { get; set; }

    /// <summary>Rows whose patients were here already.</summary>
    public int LeftOut { get; set; }
    public Guid? StartedBy { get; set; }
    public DateTime StartedAt { get; set; }
}

public static class ImportTables
{
    extension(SalusDb db)
    {
        public DbSet<PatientImport> PatientImports => db.Set<PatientImport>();
    }
}

internal sealed class PatientImportTable : IEntityTypeConfiguration<PatientImport>
{
    public void Configure(EntityTypeBuilder<PatientImport> table)
    {
        table.ToTable("clinic_patient_imports");
        table.Property(i => i.FileHash).HasMaxLength(64);
        table.HasIndex(i => new { i.OrganisationId, i.FileHash }).IsUnique();
    }
}
