using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Accounts.Contract;

/// <summary>One person's login for all organisations.</summary>
public sealed class Account : IdentityUser<Guid>, IStanding
{
    public string Name { get; set; } = "";

    /// <summary>The chosen language, or empty: the browser's.</summary>
    public string Language { get; set; } = "";
    /// <summary>What the person tells of itself.</summary>
    public string Bio { get; set; } = "";

    /// <summary>The person does not want a message when a new device signs in.</summary>
    public bool SkipsDeviceMail { get; set; }
    public bool IsPlatformOwner { get; set; }

    /// <summary>May enter organisations that let support in (docs/adr/0021).</summary>
    public bool IsPlatformSupport { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? DeactivatedAt { get; set; }

    /// <summary>The person has shown that the e-mail address or the phone number is theirs; without that nobody signs in.</summary>
    public bool IsVerified => EmailConfirmed || PhoneNumberConfirmed;
}

public static class AccountTables
{
    extension(SalusDb db)
    {
        public DbSet<Account> Accounts => db.Set<Account>();
    }
}

internal sealed class AccountTable : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> table)
    {
        table.ToTable("accounts_accounts");
        table.Property(a => a.Name).HasMaxLength(120);
        table.Property(a => a.Language).HasMaxLength(5);
        table.Property(a => a.UserName).HasMaxLength(254);
        table.Property(a => a.NormalizedUserName).HasMaxLength(254);
        table.Property(a => a.Email).HasMaxLength(254);
        table.Property(a => a.NormalizedEmail).HasMaxLength(254);
        table.Property(a => a.PhoneNumber).HasMaxLength(20);
        table.Property(a => a.LockoutEnd).HasConversion(v => v == null ? (DateTime?)null : v.Value.UtcDateTime, v => v == null ? null : new DateTimeOffset(DateTime.SpecifyKind(v.Value, DateTimeKind.Utc)));
        table.Property(a => a.ConcurrencyStamp).IsConcurrencyToken().HasMaxLength(36);
        table.Property(a => a.SecurityStamp).HasMaxLength(40);
        table.Property(a => a.PasswordHash).HasMaxLength(300);
        table.Property(a => a.Bio).HasMaxLength(500);
        table.Ignore(a => a.IsVerified);
        table.HasIndex(a => a.NormalizedUserName).IsUnique();
        table.HasIndex(a => a.NormalizedEmail);
    }
}
