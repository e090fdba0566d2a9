using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Encounters;

public enum NoteKind { General, Admission, Handover, Procedure, WoundCare, Education, Antenatal, Inpatient, Other, Operation, Addendum }

/// <summary>A note in a visit: written once, never changed. An addendum says what it adds to.</summary>
public sealed class Note : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public NoteKind Kind { get; set; }
    public string Text { get; set; } = "";

    /// <summary>What an addendum adds to: kind and id of a row of the same visit, such as "result"; empty: to the visit as a whole.</summary>
    public string AboutKind { get; set; } = "";
    public Guid? AboutId { get; set; }
    public Guid WrittenBy { get; set; }
    public DateTime WrittenAt { get; set; }
}

public static class NoteTables
{
    extension(SalusDb db)
    {
        public DbSet<Note> Notes => db.Set<Note>();
    }
}

internal sealed class NoteTable : IEntityTypeConfiguration<Note>
{
    public void Configure(EntityTypeBuilder<Note> table)
    {
        table.ToTable("clinic_notes");
        table.Property(n => n.Text).Sealed();
        table.Property(n => n.AboutKind).HasMaxLength(30);
        table.IsOfEncounter();
    }
}
