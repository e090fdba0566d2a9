using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>A code of a classification of diagnoses, as the clinic loaded it.</summary>
public sealed class DiagnosisCode : IOwned, ISearched
{
    public const int MostCode = 12, MostText = 300;

    /// <summary>The classifications that can be loaded.</summary>
    public static readonly string[] Systems = ["icd-10", "icd-11"];

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public string System { get; set; } = "";

    /// <summary>In capitals, such as J06.9.</summary>
    public string Code { get; set; } = "";
    public string Text { get; set; } = "";
    public DateTime? ArchivedAt { get; set; }

    /// <summary>The code with and without its point, and the folded text.</summary>
    public string SearchText { get; set; } = "";
    public long SearchKey { get; set; } = Random.Shared.NextInt64();

    public void Index()
    {
        var folded = Kernel.Text.Fold(Code);
        SearchText = $" {folded} {folded.Replace(" ", "", StringComparison.Ordinal)} {Kernel.Text.Fold(Text)}";
    }
}

internal sealed class DiagnosisCodeTable : IEntityTypeConfiguration<DiagnosisCode>
{
    public void Configure(EntityTypeBuilder<DiagnosisCode> table)
    {
        table.ToTable("clinic_codes");
        table.Property(c => c.System).HasMaxLength(10);
        table.Property(c => c.Code).HasMaxLength(DiagnosisCode.MostCode);
        table.Property(c => c.Text).HasMaxLength(DiagnosisCode.MostText);
        table.Property(c => c.SearchText).HasMaxLength(1000);
        table.HasIndex(c => c.SearchKey).IsUnique();
        table.HasIndex(c => new { c.OrganisationId, c.System, c.Code }).IsUnique();
        table.HasIndex(c => new { c.OrganisationId, c.Code, c.System });
    }
}
