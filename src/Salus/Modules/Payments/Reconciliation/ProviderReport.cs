using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Reconciliation;

/// <summary>How a line of a report and the books compare.</summary>
public enum Finding { Matched, AmountDiffers, NotInBooks, NotInReport }

/// <summary>A provider's or a bank's own list of some days, compared with the books when it came in.</summary>
public sealed class ProviderReport : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public PaymentMethod Method { get; set; }
    public DateOnly From { get; set; }
    public DateOnly To { get; set; }
    public int Lines { get; set; }
    public int Differences { get; set; }
    public DateTime At { get; set; }
    public Guid? By { get; set; }
}

/// <summary>One difference. What is the same in both is counted, not kept.</summary>
public sealed class ReportDifference : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid ReportId { get; set; }
    public Finding Finding { get; set; }
    public bool IsRefund { get; set; }
    public string Reference { get; set; } = "";
    public string Currency { get; set; } = "";

    /// <summary>What the report says; nothing where it says nothing.</summary>
    public long Reported { get; set; }

    /// <summary>What the books say; nothing where they say nothing.</summary>
    public long Booked { get; set; }
    public DateTime? SettledAt { get; set; }
    public Guid? SettledBy { get; set; }
    public string Reason { get; set; } = "";
}

public static class ReportTables
{
    extension(SalusDb db)
    {
        public DbSet<ProviderReport> ProviderReports => db.Set<ProviderReport>();
        public DbSet<ReportDifference> ReportDifferences => db.Set<ReportDifference>();
    }
}

internal sealed class ProviderReportTable : IEntityTypeConfiguration<ProviderReport>
{
    public void Configure(EntityTypeBuilder<ProviderReport> table)
    {
        table.ToTable("payments_reports");
        table.HasIndex(r => new { r.OrganisationId, r.Id });
    }
}

internal sealed class ReportDifferenceTable : IEntityTypeConfiguration<ReportDifference>
{
    public void Configure(EntityTypeBuilder<ReportDifference> table)
    {
        table.ToTable("payments_report_differences");
        table.Property(d => d.Reference).HasMaxLength(100);
        table.Property(d => d.Currency).HasMaxLength(3);
        table.Property(d => d.Reason).HasMaxLength(200);
        table.HasIndex(d => d.ReportId);
        table.HasIndex(d => new { d.OrganisationId, d.Id }).HasFilter("\"SettledAt\" IS NULL");
        table.HasOne<ProviderReport>().WithMany().HasForeignKey(d => d.ReportId).OnDelete(DeleteBehavior.Restrict);
    }
}
