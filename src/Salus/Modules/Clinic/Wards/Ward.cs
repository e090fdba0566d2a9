using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Wards;

public enum WardKind { General, Surgical, Maternity, Children, Intensive, Isolation, Observation, DayCare }

/// <summary>Where patients stay in beds (FHIR Location of the kind ward).</summary>
public sealed class Ward : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public string Name { get; set; } = "";
    public WardKind Kind { get; set; }
    public DateTime? ArchivedAt { get; set; }
    public Guid Version { get; set; }
}

public static class WardTables
{
    extension(SalusDb db)
    {
        public DbSet<Ward> Wards => db.Set<Ward>();
        public DbSet<Bed> Beds => db.Set<Bed>();
        public DbSet<BedMove> BedMoves => db.Set<BedMove>();
        public DbSet<Admission> Admissions => db.Set<Admission>();
        public DbSet<BedStay> BedStays => db.Set<BedStay>();
    }
}

internal sealed class WardTable : IEntityTypeConfiguration<Ward>
{
    public void Configure(EntityTypeBuilder<Ward> table)
    {
        table.ToTable("clinic_wards");
        table.Property(w => w.Name).HasMaxLength(80);
        table.HasIndex(w => new { w.OrganisationId, w.Name }).IsUnique().HasFilter("\"ArchivedAt\" IS NULL");
    }
}
