using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Organisations.Contract;

public enum MembershipStatus { Active, Suspended }

/// <summary>A person's place in an organisation. Suspended, it gives nothing, whatever roles it holds.</summary>
public sealed class Membership : IOwned, IVersioned, IStanding
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid AccountId { get; set; }

    /// <summary>Role keys separated by single spaces.</summary>
    public string Roles { get; set; } = "";
    public MembershipStatus Status { get; set; }
    public DateTime CreatedAt { get; set; }
    public Guid Version { get; set; }
}

/// <summary>An offer of a membership by mail; its link works once and expires.</summary>
public sealed class Invitation : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public string Email { get; set; } = "";
    public string Name { get; set; } = "";
    public string Roles { get; set; } = "";
    public string SecretHash { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime? AcceptedAt { get; set; }
    public DateTime? RevokedAt { get; set; }
}

/// <summary>A device account, such as the screen of a waiting room. It holds one role and signs in with a secret link.</summary>
public sealed class Device : IOwned, IStanding
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public string Name { get; set; } = "";
    public string Role { get; set; } = Contract.Role.Display;
    public string SecretHash { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public DateTime? LastSeenAt { get; set; }
    public DateTime? RevokedAt { get; set; }
}

public static class MembershipTables
{
    extension(SalusDb db)
    {
        public DbSet<Membership> Memberships => db.Set<Membership>();
        public DbSet<Invitation> Invitations => db.Set<Invitation>();
        public DbSet<Device> Devices => db.Set<Device>();
    }
}

internal sealed class MembershipTable : IEntityTypeConfiguration<Membership>
{
    public void Configure(EntityTypeBuilder<Membership> table)
    {
        table.ToTable("organisations_memberships");
        table.Property(m => m.Roles).HasMaxLength(200);
        table.HasIndex(m => new { m.OrganisationId, m.AccountId }).IsUnique();
        table.HasIndex(m => m.AccountId);
        table.HasOne<Organisation>().WithMany().HasForeignKey(m => m.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Account>().WithMany().HasForeignKey(m => m.AccountId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class InvitationTable : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> table)
    {
        table.ToTable("organisations_invitations");
        table.Property(i => i.Email).HasMaxLength(254);
        table.Property(i => i.Name).HasMaxLength(120);
        table.Property(i => i.Roles).HasMaxLength(200);
        table.Property(i => i.SecretHash).HasMaxLength(64);
        table.HasIndex(i => i.SecretHash).IsUnique();
        table.HasIndex(i => new { i.OrganisationId, i.CreatedAt });
    }
}

internal sealed class DeviceTable : IEntityTypeConfiguration<Device>
{
    public void Configure(EntityTypeBuilder<Device> table)
    {
        table.ToTable("organisations_devices");
        table.Property(d => d.Name).HasMaxLength(80);
        table.Property(d => d.Role).HasMaxLength(40);
        table.Property(d => d.SecretHash).HasMaxLength(64);
        table.HasIndex(d => d.SecretHash).IsUnique();
        table.HasIndex(d => d.OrganisationId);
    }
}
