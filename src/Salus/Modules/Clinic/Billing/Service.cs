using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Where a service is rendered. Prices of tests, studies, procedures and medicines are found by the code of the clinic's own lists.</summary>
public enum Department { Registration, Consultation, Lab, Imaging, Procedure, Pharmacy, Other }

/// <summary>Whether a service is paid before it is rendered, or afterwards.</summary>
public enum BillTiming { Before, After }

/// <summary>Who may put a service on a bill by hand. What is ordered or prescribed comes onto it by itself.</summary>
[Flags]
public enum BilledBy { Desk = 1, Doctor = 2, Nurse = 4 }

/// <summary>One line of the clinic's price list (FHIR ChargeItemDefinition).</summary>
public sealed class Service : IOwned, IVersioned
{
    /// <summary>Stands in <see cref="Automatic"/> for a patient's first visit.</summary>
    public const string FirstVisit = "First";

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>For the laboratory, imaging, procedures and the pharmacy: the code of the entry or drug whose price it is.</summary>
    public string Code { get; set; } = "";
    public string Name { get; set; } = "";
    public Department Department { get; set; }

    /// <summary>In the smallest unit of the organisation's currency; with or without tax as its settings say.</summary>
    public long Price { get; set; }

    /// <summary>In hundredths of a percent.</summary>
    public int TaxRate { get; set; }
    public BillTiming Timing { get; set; }
    public BilledBy By { get; set; }

    /// <summary>The kinds of visit that put it on the bill by themselves, each between spaces, and <see cref="FirstVisit"/>.</summary>
    public string Automatic { get; set; } = "";
    public DateTime? ArchivedAt { get; set; }

    /// <summary>Folded name and code, each word with a space before it.</summary>
    public string SearchName { get; set; } = "";
    public Guid Version { get; set; }

    public IEnumerable<string> AutomaticFor => Automatic.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public void Index() => SearchName = $" {Text.Fold(Name)} {Text.Fold(Code)}";

    /// <summary>The words that may stand in <see cref="Automatic"/>.</summary>
    public static readonly IReadOnlyList<string> Occasions = [FirstVisit, .. Enum.GetNames<EncounterType>()];
}

public static class ServiceTables
{
    extension(SalusDb db)
    {
        public DbSet<Service> Services => db.Set<Service>();
    }
}

internal sealed class ServiceTable : IEntityTypeConfiguration<Service>
{
    public void Configure(EntityTypeBuilder<Service> table)
    {
        table.ToTable("clinic_services");
        table.Property(s => s.Code).HasMaxLength(30);
        table.Property(s => s.Name).HasMaxLength(160);
        table.Property(s => s.By).HasConversion<int>();
        table.Property(s => s.Automatic).HasMaxLength(120);
        table.Property(s => s.SearchName).HasMaxLength(400);
        table.HasIndex(s => new { s.OrganisationId, s.Department, s.Code }).IsUnique();
        table.HasIndex(s => new { s.OrganisationId, s.Name });
    }
}
