using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Organisations.Contract;

public enum OrganisationKind { Clinic }

/// <summary>A tenant: a clinic with its own people, rows and settings.</summary>
public sealed class Organisation : IVersioned, IStanding
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public string Slug { get; set; } = "";
    public string Name { get; set; } = "";
    public OrganisationKind Kind { get; set; }

    /// <summary>IANA zone such as Europe/Rome; "today" is its local date.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Language of mails and printed slips where the person's own is not known.</summary>
    public string Language { get; set; } = "en";

    /// <summary>Country calling code, digits only.</summary>
    public string CallingCode { get; set; } = "39";

    /// <summary>Pattern of patients' registration numbers; see <c>NumberScheme</c>.</summary>
    public string NumberPattern { get; set; } = "xx-xx-xxx";

    /// <summary>First number of the scheme, digits only.</summary>
    public string NumberStart { get; set; } = "0100001";

    /// <summary>The clinic decided that the waiting-room board shows names.</summary>
    public bool BoardShowsNames { get; set; }

    /// <summary>The clinic keeps its medical record here: a ticket opens a visit. Else it runs its queue only.</summary>
    public bool KeepsRecord { get; set; } = true;

    /// <summary>Role keys separated by single spaces: who holds one of them must have shown a second factor.</summary>
    public string SecondFactorRoles { get; set; } = "";

    /// <summary>Until when support may enter, and in which role; null: it may not.</summary>
    public DateTime? SupportUntil { get; set; }
    public string SupportRole { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public Guid Version { get; set; }

    /// <summary>The organisation's time zone.</summary>
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
}

/// <summary>The organisation of the current request, set by the door; null outside one.</summary>
public sealed class OrganisationSlot
{
    private Organisation? current;

    public bool IsSet => current is not null;

    /// <exception cref="InvalidOperationException">The request names no organisation.</exception>
    public Organisation Current
    {
        get => current ?? throw new InvalidOperationException("This request names no organisation.");
        set => current = value;
    }
}

public static class OrganisationTables
{
    extension(SalusDb db)
    {
        public DbSet<Organisation> Organisations => db.Set<Organisation>();
    }
}

internal sealed class OrganisationTable : IEntityTypeConfiguration<Organisation>
{
    public void Configure(EntityTypeBuilder<Organisation> table)
    {
        table.ToTable("organisations_organisations");
        table.Property(o => o.Slug).HasMaxLength(40);
        table.Property(o => o.Name).HasMaxLength(120);
        table.Property(o => o.TimeZone).HasMaxLength(60);
        table.Property(o => o.Language).HasMaxLength(5);
        table.Property(o => o.CallingCode).HasMaxLength(4);
        table.Property(o => o.NumberPattern).HasMaxLength(15);
        table.Property(o => o.NumberStart).HasMaxLength(15);
        table.Property(o => o.SecondFactorRoles).HasMaxLength(400);
        table.Property(o => o.SupportRole).HasMaxLength(40);
        table.Ignore(o => o.Zone);
        table.HasIndex(o => o.Slug).IsUnique();
    }
}
