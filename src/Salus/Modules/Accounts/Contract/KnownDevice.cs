using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Accounts.Contract;

/// <summary>
/// A browser in which somebody has signed in before. Strangers who guess at the password lock the account for themselves,
/// not for its owner's own devices.
/// </summary>
public sealed class KnownDevice
{
    public Guid AccountId { get; set; }

    /// <summary>Hash of the secret in the device's cookie.</summary>
    public string Hash { get; set; } = "";
    public DateTime LastUsedAt { get; set; }
}

internal sealed class KnownDeviceTable : IEntityTypeConfiguration<KnownDevice>
{
    public void Configure(EntityTypeBuilder<KnownDevice> table)
    {
        table.ToTable("accounts_known_devices");
        table.HasKey(d => new { d.AccountId, d.Hash });
        table.Property(d => d.Hash).HasMaxLength(64);
        table.HasIndex(d => d.LastUsedAt);
        table.HasOne<Account>().WithMany().HasForeignKey(d => d.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
