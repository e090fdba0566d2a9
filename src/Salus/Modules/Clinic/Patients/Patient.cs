using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Administrative gender, as in FHIR R4.</summary>
public enum Gender { Unknown, Female, Male, Other }

/// <summary>Who pays for the visits.</summary>
public enum PayerCategory { SelfPaying, Insurance, Cash, Free, Poor }

/// <summary>A person in the care of one clinic.</summary>
public sealed class Patient : IOwned, IVersioned, ISearched
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>The registration number, such as 01-00-001.</summary>
    public string Number { get; set; } = "";
    public string Name { get; set; } = "";
    public DateOnly? BirthDate { get; set; }

    /// <summary>Only the age was known: the birth date is the first of January of the year that follows from it.</summary>
    public bool BirthDateIsEstimated { get; set; }
    public Gender Gender { get; set; }

    /// <summary>E.164, or empty.</summary>
    public string Phone { get; set; } = "";
    public PayerCategory Category { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public DateTime? ArchivedAt { get; set; }
    public string ArchiveReason { get; set; } = "";

    /// <summary>Since when only few may read the record (docs/adr/0020); null: it is open to all who read patients.</summary>
    public DateTime? RestrictedAt { get; set; }
    public string RestrictReason { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>The folded name, for sorting and prefix search.</summary>
    public string SearchName { get; set; } = "";

    /// <summary>Folded name, number and phone in one text, each word with a space before it: what the search box looks through.</summary>
    public string SearchText { get; set; } = "";
    public long SearchKey { get; set; } = Random.Shared.NextInt64();

    public void Index()
    {
        SearchName = Text.Fold(Name);
        SearchText = $" {SearchName} {Number} {Text.Digits(Number)} {Text.Digits(Phone)}";
    }

    /// <summary>Whole years on a date; null when no birth date is known.</summary>
    public int? Age(DateOnly on) => AgeAt(BirthDate, on);

    public static int? AgeAt(DateOnly? birth, DateOnly on) => birth is not { } day ? null
        : on.Year - day.Year - (on.Month < day.Month || (on.Month == day.Month && on.Day < day.Day) ? 1 : 0);
}

public static class PatientTables
{
    extension(SalusDb db)
    {
        public DbSet<Patient> Patients => db.Set<Patient>();
    }
}

internal sealed class PatientTable : IEntityTypeConfiguration<Patient>
{
    public void Configure(EntityTypeBuilder<Patient> table)
    {
        table.ToTable("clinic_patients");
        table.Property(p => p.Number).HasMaxLength(15);
        table.Property(p => p.Name).HasMaxLength(255);
        table.Property(p => p.Phone).HasMaxLength(16);
        table.Property(p => p.ArchiveReason).HasMaxLength(200);
        table.Property(p => p.RestrictReason).HasMaxLength(200);
        table.Property(p => p.SearchName).HasMaxLength(600);
        table.Property(p => p.SearchText).HasMaxLength(700);
        table.HasIndex(p => p.SearchKey).IsUnique();
        table.HasIndex(p => new { p.OrganisationId, p.Number }).IsUnique();
        table.HasIndex(p => new { p.OrganisationId, p.SearchName, p.Id });
        table.HasIndex(p => new { p.OrganisationId, p.Phone });
        table.HasIndex(p => new { p.OrganisationId, p.BirthDate });
    }
}
