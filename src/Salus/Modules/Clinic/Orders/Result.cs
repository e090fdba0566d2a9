using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Orders;

public enum ResultFlag { Normal, Abnormal, Critical }

/// <summary>What came of an order (FHIR DiagnosticReport and its Observation): one per order, never changed; what must be corrected is corrected by an addendum.</summary>
public sealed class Result : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public Guid OrderId { get; set; }

    /// <summary>A measured value; null for results in words and for reports.</summary>
    public decimal? Value { get; set; }
    public string Unit { get; set; } = "";

    /// <summary>A result in words, or the report of a study.</summary>
    public string Text { get; set; } = "";
    public ResultFlag Flag { get; set; }

    /// <summary>The reference range as it was then, for people.</summary>
    public string Range { get; set; } = "";
    public Guid RecordedBy { get; set; }
    public DateTime RecordedAt { get; set; }
}

/// <summary>The taking of a sample by a nurse: also when it failed or was refused.</summary>
public sealed class Sample : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public Guid OrderId { get; set; }
    public SampleOutcome Outcome { get; set; }
    public string Specimen { get; set; } = "";
    public string Reason { get; set; } = "";
    public Guid CollectedBy { get; set; }
    public DateTime CollectedAt { get; set; }
}

public enum SampleOutcome { Collected, Partial, Failed, Refused }

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
}

internal sealed class ResultTable : IEntityTypeConfiguration<Result>
{
    public void Configure(EntityTypeBuilder<Result> table)
    {
        table.ToTable("clinic_results");
        table.Property(r => r.Value).HasPrecision(18, 6);
        table.Property(r => r.Unit).HasMaxLength(30);
        table.Property(r => r.Range).HasMaxLength(80);
        table.IsOfEncounter();
        table.HasIndex(r => r.OrderId).IsUnique();
        table.HasOne<Order>().WithMany().HasForeignKey(r => r.OrderId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class SampleTable : IEntityTypeConfiguration<Sample>
{
    public void Configure(EntityTypeBuilder<Sample> table)
    {
        table.ToTable("clinic_samples");
        table.Property(s => s.Specimen).HasMaxLength(80);
        table.Property(s => s.Reason).HasMaxLength(200);
        table.IsOfEncounter();
        table.HasIndex(s => s.OrderId);
        table.HasOne<Order>().WithMany().HasForeignKey(s => s.OrderId).OnDelete(DeleteBehavior.Restrict);
    }
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
        table.HasIndex(t => new { t.OrganisationId, t.Code }).IsUnique();
        table.HasIndex(t => new { t.OrganisationId, t.Kind, t.Name });
    }
}
