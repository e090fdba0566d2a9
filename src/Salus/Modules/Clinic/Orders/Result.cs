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

internal sealed class ResultTable : IEntityTypeConfiguration<Result>
{
    public void Configure(EntityTypeBuilder<Result> table)
    {
        table.ToTable("clinic_results");
        table.Property(r => r.Text).Sealed();
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
        table.Property(s => s.Reason).Sealed();
        table.IsOfEncounter();
        table.HasIndex(s => s.OrderId);
        table.HasOne<Order>().WithMany().HasForeignKey(s => s.OrderId).OnDelete(DeleteBehavior.Restrict);
    }
}
