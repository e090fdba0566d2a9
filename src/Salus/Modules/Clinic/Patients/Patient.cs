using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Administrative gender, as in FHIR R4.</summary>
public enum Gender { Unknown, Female, Male, Other }

/// <summary>Who pays for the visits.</summary>
public enum PayerCategory { SelfPaying, Insurance, Cash, Free, Poor }

public enum BloodGroup { Unknown, APositive, ANegative, BPositive, BNegative, AbPositive, AbNegative, OPositive, ONegative }

/// <summary>A person in the care of one clinic. What each field is for stands in docs/data.md.</summary>
public sealed class Patient : IOwned, IVersioned, ISearched
{
    private const int MostSearched = 700;

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

    /// <summary>In lower case, or empty.</summary>
    public string Email { get; set; } = "";
    public string Address { get; set; } = "";
    public string EmergencyName { get; set; } = "";

    /// <summary>E.164, or empty.</summary>
    public string EmergencyPhone { get; set; } = "";

    /// <summary>What the emergency contact is to the patient.</summary>
    public string EmergencyRelation { get; set; } = "";

    /// <summary>As it was typed.</summary>
    public string NationalId { get; set; } = "";

    /// <summary>The national id as it is compared: letters and digits only. One patient of a clinic has it.</summary>
    public string NationalKey { get; set; } = "";
    public BloodGroup BloodGroup { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public DateTime? ArchivedAt { get; set; }
    public string ArchiveReason { get; set; } = "";

    /// <summary>Since when only few may read the record (docs/adr/0022); null: it is open to all who read patients.</summary>
    public DateTime? RestrictedAt { get; set; }
    public string RestrictReason { get; set; } = "";

    /// <summary>The patient that this one turned out to be; its rows are there (docs/adr/0033).</summary>
    public Guid? MergedIntoId { get; set; }

    /// <summary>The numbers of patients that were merged into this one, parted by spaces: whoever still has the old card is found.</summary>
    public string FormerNumbers { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>The folded name, for sorting and prefix search.</summary>
    public string SearchName { get; set; } = "";

    /// <summary>Folded name, numbers, phone and national id in one text, each word with a space before it: what the search box looks through.</summary>
    public string SearchText { get; set; } = "";
    public long SearchKey { get; set; } = Random.Shared.NextInt64();

    public void Index()
    {
        SearchName = Text.Fold(Name);
        NationalKey = KeyOf(NationalId);
        var former = string.Concat(FormerNumbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => $" {n} {Text.Digits(n)}"));
        var text = $" {SearchName} {Number} {Text.Digits(Number)} {Text.Digits(Phone)}{former}{(NationalKey.Length > 0 ? " " + NationalKey : "")}";
        SearchText = text.Length > MostSearched ? text[..MostSearched] : text;
    }

    /// <summary>How two spellings of a national id are compared: "RSS-MRA 80A" is "rssmra80a".</summary>
    public static string KeyOf(string? nationalId) => Text.Fold(nationalId).Replace(" ", "", StringComparison.Ordinal);

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

        /// <summary>Holds a patient until the commit, and changes nothing. Before rows of visits, as a merge does.</summary>
        public Task HoldPatient(Guid id, CancellationToken ct) => db.Patients.Where(p => p.Id == id).ExecuteUpdateAsync(set => set.SetProperty(p => p.UpdatedAt, p => p.UpdatedAt), ct);
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
        table.Property(p => p.Email).HasMaxLength(254);
        table.Property(p => p.Address).HasMaxLength(300);
        table.Property(p => p.EmergencyName).HasMaxLength(120);
        table.Property(p => p.EmergencyPhone).HasMaxLength(16);
        table.Property(p => p.EmergencyRelation).HasMaxLength(60);
        table.Property(p => p.NationalId).HasMaxLength(40);
        table.Property(p => p.NationalKey).HasMaxLength(120);
        table.Property(p => p.BloodGroup).HasDefaultValue(BloodGroup.Unknown);
        table.Property(p => p.FormerNumbers).HasMaxLength(160);
        table.Property(p => p.ArchiveReason).Sealed();
        table.Property(p => p.RestrictReason).Sealed();
        table.Property(p => p.SearchName).HasMaxLength(600);
        table.Property(p => p.SearchText).HasMaxLength(700);
        table.HasIndex(p => p.SearchKey).IsUnique();
        table.HasIndex(p => new { p.OrganisationId, p.Number }).IsUnique();
        table.HasIndex(p => new { p.OrganisationId, p.SearchName, p.Id });
        // Lists of money ask whose names may not be shown.
        table.HasIndex(p => new { p.OrganisationId, p.Id }).HasFilter("\"RestrictedAt\" IS NOT NULL").HasDatabaseName("IX_clinic_patients_restricted");
        table.HasIndex(p => new { p.OrganisationId, p.Phone });
        table.HasIndex(p => new { p.OrganisationId, p.BirthDate });
        table.HasIndex(p => new { p.OrganisationId, p.Email }).HasFilter("\"Email\" <> ''");
        // Who was merged into another may have the same: it is the same person.
        table.HasIndex(p => new { p.OrganisationId, p.NationalKey }).IsUnique().HasFilter("\"NationalKey\" <> '' AND \"MergedIntoId\" IS NULL");
    }
}
