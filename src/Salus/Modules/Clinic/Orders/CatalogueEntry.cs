using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Orders;

/// <summary>One test, study or procedure of the clinic's own list.</summary>
public sealed class CatalogueEntry : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public OrderKind Kind { get; set; }

    /// <summary>The clinic's own code.</summary>
    public string Code { get; set; } = "";
    public string Loinc { get; set; } = "";
    public string Name { get; set; } = "";
    public string Category { get; set; } = "";

    /// <summary>UCUM unit of the value; empty: the result is in words.</summary>
    public string Unit { get; set; } = "";
    public decimal? Low { get; set; }
    public decimal? High { get; set; }

    /// <summary>At or below this, or at or above <see cref="CriticalHigh"/>, the doctor must be told at once.</summary>
    public decimal? CriticalLow { get; set; }
    public decimal? CriticalHigh { get; set; }

    /// <summary>The normal result of a test in words, such as "negative".</summary>
    public string RangeText { get; set; } = "";
    public string Specimen { get; set; } = "";
    public bool IsFasting { get; set; }
    public int? Hours { get; set; }
    public DateTime? ArchivedAt { get; set; }
    public Guid Version { get; set; }

    /// <summary>Folded name, code and category, each word with a space before it: what the search box looks through.</summary>
    public string SearchName { get; set; } = "";

    public void Index() => SearchName = $" {Text.Fold(Name)} {Text.Fold(Code)} {Text.Fold(Category)}";

    /// <summary>The reference range for people: "3.5–5.1 mmol/L".</summary>
    public string Range() => Judgement.Range(Low, High, Unit, RangeText);
}

internal sealed class CatalogueTable : IEntityTypeConfiguration<CatalogueEntry>
{
    public void Configure(EntityTypeBuilder<CatalogueEntry> table)
    {
        table.ToTable("clinic_catalogue");
        table.Property(t => t.Code).HasMaxLength(30);
        table.Property(t => t.Loinc).HasMaxLength(12);
        table.Property(t => t.Name).HasMaxLength(160);
        table.Property(t => t.Category).HasMaxLength(60);
        table.Property(t => t.Unit).HasMaxLength(30);
        table.Property(t => t.RangeText).HasMaxLength(80);
        table.Property(t => t.Specimen).HasMaxLength(80);
        table.Property(t => t.Low).HasPrecision(18, 6);
        table.Property(t => t.High).HasPrecision(18, 6);
        table.Property(t => t.CriticalLow).HasPrecision(18, 6);
        table.Property(t => t.CriticalHigh).HasPrecision(18, 6);
        table.Property(t => t.SearchName).HasMaxLength(800);
        table.HasIndex(t => new { t.OrganisationId, t.Code }).IsUnique();
    }
}
