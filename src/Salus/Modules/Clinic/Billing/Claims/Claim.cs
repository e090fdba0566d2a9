using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

public enum ClaimState { Draft, Submitted, Approved, Rejected, Paid }

/// <summary>
/// What an insurer is asked to pay of a visit, and what becomes of it (FHIR Claim and ClaimResponse). It comes with the approval of the coverage; as a draft it follows the
/// bill, and from its submission on it never changes but by the insurer's answer. Whoever changes it holds the visit until the commit.
/// </summary>
public sealed class Claim : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public Guid CoverageId { get; set; }

    /// <summary>Such as <c>CLM-2026-0001</c>; empty: a draft.</summary>
    public string Number { get; set; } = "";
    public string Insurer { get; set; } = "";

    /// <summary>The insurer's name folded: claims of one insurer are found by it.</summary>
    public string InsurerKey { get; set; } = "";
    public string PolicyNumber { get; set; } = "";
    public DateOnly VisitDay { get; set; }
    public string Currency { get; set; } = "";
    public ClaimState State { get; set; }

    /// <summary>What is asked for, in the smallest unit. Of a draft: what the insurer has taken over of the bill so far.</summary>
    public long Amount { get; set; }

    /// <summary>What the insurer says that it pays.</summary>
    public long Approved { get; set; }
    public DateOnly? SubmittedOn { get; set; }
    public Guid? SubmittedBy { get; set; }

    /// <summary>By which the insurer was given it, such as the number of a letter or of an upload.</summary>
    public string SubmissionReference { get; set; } = "";
    public DateOnly? AnsweredOn { get; set; }
    public Guid? AnsweredBy { get; set; }

    /// <summary>The insurer's own word for its answer.</summary>
    public string AnswerReference { get; set; } = "";

    /// <summary>Why it pays less, or nothing.</summary>
    public string Reason { get; set; } = "";
    public DateOnly? PaidOn { get; set; }
    public Guid? PaidBy { get; set; }
    public string PaymentReference { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public Guid CreatedBy { get; set; }
    public Guid Version { get; set; }

    /// <summary>What the insurer owes by it now; the ledger says the same.</summary>
    public long Outstanding => State switch { ClaimState.Draft or ClaimState.Submitted => Amount, ClaimState.Approved => Approved, _ => 0 };

    /// <summary>How many days it is with the insurer; null when it is not, or not any more.</summary>
    public int? Age(DateOnly today) => State is ClaimState.Submitted or ClaimState.Approved && SubmittedOn is { } on ? today.DayNumber - on.DayNumber : null;

    /// <summary>The claim that comes with an approved coverage.</summary>
    public static Claim Of(VisitCoverage coverage, Encounter visit, string currency, DateTime now, Guid by) => new()
    {
        EncounterId = visit.Id, PatientId = visit.PatientId, CoverageId = coverage.Id, Insurer = coverage.Insurer, InsurerKey = KeyOf(coverage.Insurer), PolicyNumber = coverage.Number, VisitDay = visit.Day, Currency = currency, CreatedAt = now, CreatedBy = by, Version = Guid.CreateVersion7(),
    };

    public static string KeyOf(string? insurer) => Kernel.Text.Fold(insurer);

    /// <summary>Open lists and pages of claims fetch themselves again.</summary>
    public static string Topic(Guid organisation) => $"claims:{organisation}";
}

/// <summary>What of a claim is for which charge; written when it is submitted.</summary>
public sealed class ClaimLine : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid ClaimId { get; set; }
    public Guid ChargeId { get; set; }
    public int Position { get; set; }
    public string Code { get; set; } = "";
    public string Title { get; set; } = "";

    /// <summary>What the charge comes to.</summary>
    public long Total { get; set; }

    /// <summary>What of it the insurer is asked for.</summary>
    public long Amount { get; set; }

    /// <summary>What of that it pays.</summary>
    public long Approved { get; set; }
}

public static class ClaimTables
{
    extension(SalusDb db)
    {
        public DbSet<Claim> Claims => db.Set<Claim>();
        public DbSet<ClaimLine> ClaimLines => db.Set<ClaimLine>();
    }
}

internal sealed class ClaimTable : IEntityTypeConfiguration<Claim>
{
    public void Configure(EntityTypeBuilder<Claim> table)
    {
        table.ToTable("clinic_claims");
        table.IsOfEncounter();
        table.Property(c => c.Number).HasMaxLength(20);
        table.Property(c => c.Insurer).HasMaxLength(120);
        table.Property(c => c.InsurerKey).HasMaxLength(400);
        table.Property(c => c.PolicyNumber).HasMaxLength(40);
        table.Property(c => c.Currency).HasMaxLength(3);
        table.Property(c => c.SubmissionReference).HasMaxLength(60);
        table.Property(c => c.AnswerReference).HasMaxLength(60);
        table.Property(c => c.Reason).Sealed();
        table.Property(c => c.PaymentReference).HasMaxLength(60);
        table.Ignore(c => c.Outstanding);
        table.HasIndex(c => new { c.OrganisationId, c.Number }).IsUnique().HasFilter("\"Number\" <> ''");
        table.HasIndex(c => c.CoverageId).IsUnique();
        table.HasIndex(c => new { c.OrganisationId, c.State, c.Id });
        table.HasIndex(c => new { c.OrganisationId, c.InsurerKey, c.Id });
        table.HasIndex(c => new { c.OrganisationId, c.Id });
        table.HasOne<VisitCoverage>().WithMany().HasForeignKey(c => c.CoverageId).OnDelete(DeleteBehavior.Restrict);
        table.ToTable(t => t.HasCheckConstraint("CK_clinic_claims_sums", "\"Amount\" >= 0 AND \"Approved\" >= 0 AND \"Approved\" <= \"Amount\""));
    }
}

internal sealed class ClaimLineTable : IEntityTypeConfiguration<ClaimLine>
{
    public void Configure(EntityTypeBuilder<ClaimLine> table)
    {
        table.ToTable("clinic_claim_lines");
        table.Property(l => l.Code).HasMaxLength(40);
        table.Property(l => l.Title).HasMaxLength(200);
        table.HasIndex(l => new { l.ClaimId, l.Position }).IsUnique();
        table.HasOne<Claim>().WithMany().HasForeignKey(l => l.ClaimId).OnDelete(DeleteBehavior.Restrict);
        table.ToTable(t => t.HasCheckConstraint("CK_clinic_claim_lines_sums", "\"Amount\" > 0 AND \"Approved\" >= 0 AND \"Approved\" <= \"Amount\""));
    }
}
