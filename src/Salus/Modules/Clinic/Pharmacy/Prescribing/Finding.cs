using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

public enum FindingKind { Allergy, Duplicate, Interaction, NotChecked }

/// <summary>Why a part of the check could not run.</summary>
public enum Unchecked { FreeWords, AllergiesNeverAsked, NoRules, NameOnly, OtherInFreeWords }

/// <summary>One thing that the check found, or could not check.</summary>
/// <param name="About">The substance, or the other medicine; empty: it is about the whole check.</param>
/// <param name="Detail">The reaction, what the two have in common, or the rule's words.</param>
/// <param name="NeedsReason">It is prescribed only with a reason.</param>
public sealed record Finding(FindingKind Kind, string About, string Detail, InteractionSeverity? Severity, Unchecked? Because, bool NeedsReason)
{
    public static Finding NotRun(Unchecked because, string about = "") => new(FindingKind.NotChecked, about, "", null, because, because is Unchecked.FreeWords or Unchecked.AllergiesNeverAsked or Unchecked.NoRules);
}

/// <summary>What the check found, kept with the prescription: who dispenses it sees what was known then.</summary>
public sealed class PrescriptionFinding : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PrescriptionId { get; set; }
    public FindingKind Kind { get; set; }
    public string About { get; set; } = "";
    public string Detail { get; set; } = "";
    public InteractionSeverity? Severity { get; set; }
    public Unchecked? Because { get; set; }
    public bool NeedsReason { get; set; }

    public Finding Finding => new(Kind, About, Detail, Severity, Because, NeedsReason);

    public static PrescriptionFinding Of(Guid prescriptionId, Finding finding) => new()
    {
        PrescriptionId = prescriptionId, Kind = finding.Kind, About = Cut(finding.About, 200), Detail = Cut(finding.Detail, 500), Severity = finding.Severity, Because = finding.Because, NeedsReason = finding.NeedsReason,
    };

    private static string Cut(string text, int most) => text.Length > most ? text[..most] : text;
}

internal static class FindingLines
{
    /// <summary>By prescription: allergies first, what could not be checked last.</summary>
    public static async Task<ILookup<Guid, Finding>> Of(SalusDb db, IReadOnlyCollection<Guid> prescriptions, CancellationToken ct) =>
        (await db.PrescriptionFindings.AsNoTracking().Where(f => prescriptions.Contains(f.PrescriptionId)).ToListAsync(ct))
            .OrderBy(f => f.Kind).ThenByDescending(f => f.Severity).ThenBy(f => f.Because).ThenBy(f => f.About, StringComparer.Ordinal).ToLookup(f => f.PrescriptionId, f => f.Finding);
}

public static class FindingTables
{
    extension(SalusDb db)
    {
        public DbSet<PrescriptionFinding> PrescriptionFindings => db.Set<PrescriptionFinding>();
    }
}

internal sealed class PrescriptionFindingTable : IEntityTypeConfiguration<PrescriptionFinding>
{
    public void Configure(EntityTypeBuilder<PrescriptionFinding> table)
    {
        table.ToTable("clinic_prescription_findings");
        table.Property(f => f.About).Sealed();
        table.Property(f => f.Detail).Sealed();
        table.Ignore(f => f.Finding);
        table.HasIndex(f => f.PrescriptionId);
        table.HasOne<Prescription>().WithMany().HasForeignKey(f => f.PrescriptionId).OnDelete(DeleteBehavior.Restrict);
    }
}
