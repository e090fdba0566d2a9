using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Organisations.Contract;

/// <summary>Support: from outside, because an administrator let it in. SeeAs: an administrator looks at what another role sees.</summary>
public enum ActingKind { Support, SeeAs }

/// <summary>A stretch of time in which a session stands in an organisation in another role than its person's own. It ends by itself.</summary>
public sealed class ActingSession : IStanding
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid SessionId { get; set; }
    public Guid OrganisationId { get; set; }
    public ActingKind Kind { get; set; }

    /// <summary>The role in which it acts.</summary>
    public string Role { get; set; } = "";
    public DateTime StartedAt { get; set; }
    public DateTime EndsAt { get; set; }
    public DateTime? EndedAt { get; set; }
}

public static class ActingTables
{
    extension(SalusDb db)
    {
        public DbSet<ActingSession> ActingSessions => db.Set<ActingSession>();
    }
}

internal sealed class ActingSessionTable : IEntityTypeConfiguration<ActingSession>
{
    public void Configure(EntityTypeBuilder<ActingSession> table)
    {
        table.ToTable("organisations_acting_sessions");
        table.Property(a => a.Role).HasMaxLength(40);
        table.HasIndex(a => new { a.SessionId, a.EndsAt });
        table.HasOne<Session>().WithMany().HasForeignKey(a => a.SessionId).OnDelete(DeleteBehavior.Cascade);
        table.HasOne<Organisation>().WithMany().HasForeignKey(a => a.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }
}
