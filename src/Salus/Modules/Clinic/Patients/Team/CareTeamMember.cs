using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Clinic.Patients.Team;

/// <summary>One person of the team that treats one patient: reads the record also while it is restricted, as long as this lasts.</summary>
public sealed class CareTeamMember : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }
    public Guid AccountId { get; set; }
    public DateTime Since { get; set; }

    /// <summary>When it ends or ended; null: not foreseen.</summary>
    public DateTime? Until { get; set; }
    public Guid? AddedBy { get; set; }
    public string Reason { get; set; } = "";
}

public static class CareTeamTables
{
    extension(SalusDb db)
    {
        public DbSet<CareTeamMember> CareTeam => db.Set<CareTeamMember>();
    }
}

internal sealed class CareTeamTable : IEntityTypeConfiguration<CareTeamMember>
{
    public void Configure(EntityTypeBuilder<CareTeamMember> table)
    {
        table.ToTable("clinic_care_team");
        table.Property(m => m.Reason).Sealed();
        table.HasIndex(m => new { m.PatientId, m.AccountId, m.Until });
        table.HasIndex(m => new { m.AccountId, m.Until });
        table.HasOne<Patient>().WithMany().HasForeignKey(m => m.PatientId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Account>().WithMany().HasForeignKey(m => m.AccountId).OnDelete(DeleteBehavior.Restrict);
    }
}
