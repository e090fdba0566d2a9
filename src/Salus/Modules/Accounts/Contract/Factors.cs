using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Accounts.Contract;

/// <summary>An authenticator app. Its secret is kept sealed with a key that lies outside the database.</summary>
public sealed class Authenticator
{
    public Guid AccountId { get; set; }
    public string SealedSecret { get; set; } = "";
    public DateTime CreatedAt { get; set; }

    /// <summary>Null until its owner has shown one code of it: so long it counts for nothing.</summary>
    public DateTime? ConfirmedAt { get; set; }

    /// <summary>The period of the last code that was used: no code works twice, nor an older one after it.</summary>
    public long LastStep { get; set; }
}

/// <summary>A code to sign in with when the other factor is lost; kept as its hash, works once.</summary>
public sealed class RecoveryCode
{
    public Guid AccountId { get; set; }
    public string Hash { get; set; } = "";
    public DateTime? UsedAt { get; set; }
}

/// <summary>A passkey (WebAuthn credential) of an account.</summary>
public sealed class Passkey
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid AccountId { get; set; }

    /// <summary>What its owner calls it, such as the device it was made on.</summary>
    public string Name { get; set; } = "";

    /// <summary>The credential's id, base64url.</summary>
    public string CredentialId { get; set; } = "";

    /// <summary>COSE key.</summary>
    public byte[] PublicKey { get; set; } = [];
    public long SignCount { get; set; }

    /// <summary>How it can be reached, such as <c>internal hybrid</c>.</summary>
    public string Transports { get; set; } = "";
    public bool IsBackupEligible { get; set; }
    public bool IsBackedUp { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? LastUsedAt { get; set; }
}

/// <summary>The hash of a word that works once, such as a signed challenge: kept until it would have ended by itself.</summary>
public sealed class SpentWord
{
    public string Hash { get; set; } = "";
    public DateTime Until { get; set; }
}

internal sealed class AuthenticatorTable : IEntityTypeConfiguration<Authenticator>
{
    public void Configure(EntityTypeBuilder<Authenticator> table)
    {
        table.ToTable("accounts_authenticators");
        table.HasKey(a => a.AccountId);
        table.Property(a => a.SealedSecret).HasMaxLength(400);
        table.HasOne<Account>().WithOne().HasForeignKey<Authenticator>(a => a.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RecoveryCodeTable : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> table)
    {
        table.ToTable("accounts_recovery_codes");
        table.HasKey(c => new { c.AccountId, c.Hash });
        table.Property(c => c.Hash).HasMaxLength(64);
        table.HasOne<Account>().WithMany().HasForeignKey(c => c.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PasskeyTable : IEntityTypeConfiguration<Passkey>
{
    public void Configure(EntityTypeBuilder<Passkey> table)
    {
        table.ToTable("accounts_passkeys");
        table.Property(p => p.Name).HasMaxLength(80);
        table.Property(p => p.CredentialId).HasMaxLength(1400);
        table.Property(p => p.Transports).HasMaxLength(100);
        table.HasIndex(p => p.CredentialId).IsUnique();
        table.HasIndex(p => p.AccountId);
        table.HasOne<Account>().WithMany().HasForeignKey(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class SpentWordTable : IEntityTypeConfiguration<SpentWord>
{
    public void Configure(EntityTypeBuilder<SpentWord> table)
    {
        table.ToTable("accounts_spent_words");
        table.HasKey(w => w.Hash);
        table.Property(w => w.Hash).HasMaxLength(64);
        table.HasIndex(w => w.Until);
    }
}
