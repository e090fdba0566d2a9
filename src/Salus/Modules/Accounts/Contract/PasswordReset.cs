using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Accounts.Contract;

/// <summary>A mailed link with which one sets a new password. It works once, for an hour.</summary>
public sealed class PasswordReset
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid AccountId { get; set; }
    public string SecretHash { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime? UsedAt { get; set; }
}

internal sealed class PasswordResetTable : IEntityTypeConfiguration<PasswordReset>
{
    public void Configure(EntityTypeBuilder<PasswordReset> table)
    {
        table.ToTable("accounts_password_resets");
        table.Property(r => r.SecretHash).HasMaxLength(64);
        table.HasIndex(r => r.SecretHash).IsUnique();
        table.HasIndex(r => new { r.AccountId, r.CreatedAt });
        table.HasOne<Account>().WithMany().HasForeignKey(r => r.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
