using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>Money that somebody left here in advance. Its sums change only by statements that compare and set at once, so that it never goes below nothing.</summary>
public sealed class Wallet : IOwned, IOfPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public PayerKind PayerKind { get; set; }

    /// <summary>Whose it is. After two patients were merged the one who stayed has the wallets of both; they count as one.</summary>
    public Guid PayerId { get; set; }
    public string Currency { get; set; } = "";

    /// <summary>What can be spent.</summary>
    public long Balance { get; set; }

    /// <summary>What is put aside.</summary>
    public long Held { get; set; }

    /// <summary>Whose it was made for, and the currency: it is made once.</summary>
    public string Key { get; set; } = "";
    public DateTime CreatedAt { get; set; }
}

public enum HoldState { Open, Captured, Released }

/// <summary>Money of a wallet that is put aside for something that is to come: taken for it later, or let go.</summary>
public sealed class WalletHold : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid WalletId { get; set; }
    public long Amount { get; set; }
    public HoldState State { get; set; }

    /// <summary>What it is for: the module's own word and row.</summary>
    public string PurposeKind { get; set; } = "";
    public Guid PurposeId { get; set; }
    public DateTime At { get; set; }
    public DateTime? EndedAt { get; set; }
}

public static class WalletTables
{
    extension(SalusDb db)
    {
        public DbSet<Wallet> Wallets => db.Set<Wallet>();
        public DbSet<WalletHold> WalletHolds => db.Set<WalletHold>();
    }
}

internal sealed class WalletTable : IEntityTypeConfiguration<Wallet>
{
    public void Configure(EntityTypeBuilder<Wallet> table)
    {
        table.ToTable("payments_wallets");
        table.Property(w => w.Currency).HasMaxLength(3);
        table.Property(w => w.Key).HasMaxLength(40);
        table.HasIndex(w => new { w.OrganisationId, w.Key }).IsUnique();
        table.HasIndex(w => w.PayerId);
        table.ToTable(t => t.HasCheckConstraint("CK_payments_wallets_sums", "\"Balance\" >= 0 AND \"Held\" >= 0"));
    }
}

internal sealed class WalletHoldTable : IEntityTypeConfiguration<WalletHold>
{
    public void Configure(EntityTypeBuilder<WalletHold> table)
    {
        table.ToTable("payments_holds");
        table.Property(h => h.PurposeKind).HasMaxLength(40);
        table.HasIndex(h => new { h.WalletId, h.State });
        table.HasIndex(h => new { h.PurposeKind, h.PurposeId });
        table.HasOne<Wallet>().WithMany().HasForeignKey(h => h.WalletId).OnDelete(DeleteBehavior.Restrict);
    }
}
