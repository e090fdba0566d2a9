using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.Outside;

/// <summary>Somebody as another system knows them, who may sign in to an account here. Issuer and subject alone say who it is.</summary>
public sealed class OutsideIdentity
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public string Issuer { get; set; } = "";
    public string Subject { get; set; } = "";
    public Guid AccountId { get; set; }

    /// <summary>What the issuer told when it was linked, so that its owner knows it again. Nobody is found by it and nothing is sent there.</summary>
    public string Email { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public DateTime LastUsedAt { get; set; }
}

internal sealed class OutsideIdentityTable : IEntityTypeConfiguration<OutsideIdentity>
{
    public void Configure(EntityTypeBuilder<OutsideIdentity> table)
    {
        table.ToTable("accounts_outside_identities");
        table.Property(i => i.Issuer).HasMaxLength(300);
        table.Property(i => i.Subject).HasMaxLength(255);
        table.Property(i => i.Email).HasMaxLength(254);
        table.HasIndex(i => new { i.Issuer, i.Subject }).IsUnique();
        table.HasIndex(i => i.AccountId);
        table.HasOne<Account>().WithMany().HasForeignKey(i => i.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
