using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>A patient's insurance (FHIR Coverage).</summary>
public sealed class InsurancePolicy : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }
    public string Insurer { get; set; } = "";
    public string Number { get; set; } = "";

    /// <summary>How much it pays of a bill, in percent; 100: all of it.</summary>
    public int Percent { get; set; }
    public DateOnly From { get; set; }

    /// <summary>The last day; null: until further notice.</summary>
    public DateOnly? To { get; set; }
    public DateTime? EndedAt { get; set; }
    public Guid RecordedBy { get; set; }
    public DateTime RecordedAt { get; set; }
}

public enum CoverageState { Pending, Approved, Rejected }

/// <summary>What an insurer says to one visit: there is one at most, and what was decided stays.</summary>
public sealed class VisitCoverage : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public Guid PolicyId { get; set; }
    public string Insurer { get; set; } = "";
    public string Number { get; set; } = "";
    public int Percent { get; set; }
    public CoverageState State { get; set; }

    /// <summary>How much the insurer takes over at most, in the smallest unit.</summary>
    public long Approved { get; set; }

    /// <summary>The insurer's own word for its approval.</summary>
    public string Reference { get; set; } = "";
    public string Reason { get; set; } = "";
    public Guid RequestedBy { get; set; }
    public DateTime RequestedAt { get; set; }
    public Guid? DecidedBy { get; set; }
    public DateTime? DecidedAt { get; set; }
    public Guid Version { get; set; }
}

public static class CoverageTables
{
    extension(SalusDb db)
    {
        public DbSet<InsurancePolicy> InsurancePolicies => db.Set<InsurancePolicy>();
        public DbSet<VisitCoverage> Coverages => db.Set<VisitCoverage>();

        /// <summary>Those to which the insurer still has something to say: it was asked and has not answered, or it has approved and has not answered the claim.</summary>
        public IQueryable<VisitCoverage> OpenCoverages
        {
            get
            {
                var claims = db.Set<Claim>();
                return db.Set<VisitCoverage>().Where(c => c.State == CoverageState.Pending || claims.Any(x => x.CoverageId == c.Id && (x.State == ClaimState.Draft || x.State == ClaimState.Submitted)));
            }
        }
    }
}

/// <summary>
/// A visit of which an insurer may take over a part is paid neither in cash nor online: what it takes over later would have to be given back, in cash as well. The patient's own share is paid by card,
/// by transfer or from the wallet meanwhile; what was rejected, or is owed after the answer to the claim, is paid as the patient likes.
/// </summary>
public sealed class InsuredVisits : IHoldsCash
{
    public IQueryable<Guid> Held(SalusDb db) => db.OpenCoverages.Select(c => c.EncounterId);

    // One after the other in one order, so that two payments for the same visits never wait for each other.
    public async Task Fix(SalusDb db, IReadOnlyCollection<Guid> groups, CancellationToken ct)
    {
        foreach (var id in groups.Order()) await db.Encounters.Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.ChangedAt, e => e.ChangedAt), ct);
    }

    public Refusal Refuse() => new Refusal(409, "bill.insured", "An insurer is asked for this visit: until it has answered, it is paid neither in cash nor online.") { Unlock = "Take the patient's own share by card, by bank transfer or from the wallet, which can be filled with cash. When the insurer has rejected it, or has answered its claim, every way is open." };
}

internal sealed class InsurancePolicyTable : IEntityTypeConfiguration<InsurancePolicy>
{
    public void Configure(EntityTypeBuilder<InsurancePolicy> table)
    {
        table.ToTable("clinic_insurance_policies");
        table.Property(p => p.Insurer).HasMaxLength(120);
        table.Property(p => p.Number).HasMaxLength(40);
        table.HasIndex(p => p.PatientId);
        table.HasOne<Patient>().WithMany().HasForeignKey(p => p.PatientId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class CoverageTable : IEntityTypeConfiguration<VisitCoverage>
{
    public void Configure(EntityTypeBuilder<VisitCoverage> table)
    {
        table.ToTable("clinic_coverages");
        table.IsOfEncounter();
        table.Property(c => c.Insurer).HasMaxLength(120);
        table.Property(c => c.Number).HasMaxLength(40);
        table.Property(c => c.Reference).HasMaxLength(60);
        table.Property(c => c.Reason).Sealed();
        // A rejected one stays beside the next; of those that hold there is one.
        table.HasIndex(c => c.EncounterId).IsUnique().HasFilter("\"State\" <> 'Rejected'").HasDatabaseName("IX_clinic_coverages_one");
        table.HasOne<InsurancePolicy>().WithMany().HasForeignKey(c => c.PolicyId).OnDelete(DeleteBehavior.Restrict);
    }
}
