using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>By what was paid.</summary>
public enum PaymentMethod { Cash, Card, Transfer, Wallet, Insurance, Stripe, PayPal, Paq }

/// <summary>What for: charges, or a wallet that is filled.</summary>
public enum PaymentKind { Charges, TopUp }

/// <summary>Follows from the sums of a payment; it is kept nowhere.</summary>
public enum PaymentState { Completed, PartRefunded, Refunded }

/// <summary>Money that came in. Only what was refunded of it ever changes.</summary>
public sealed class Payment : IOwned, INamesPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public PaymentKind Kind { get; set; }
    public PaymentMethod Method { get; set; }
    public PayerKind PayerKind { get; set; }
    public Guid PayerId { get; set; }
    public string PayerName { get; set; } = "";
    public string PayerNumber { get; set; } = "";
    public string SearchText { get; set; } = "";
    public string Currency { get; set; } = "";
    public long Amount { get; set; }
    public long Refunded { get; set; }

    /// <summary>What was handed over in cash; nothing for other methods.</summary>
    public long Tendered { get; set; }

    /// <summary>What another system calls it: of a transfer, of the card terminal, or the provider's id.</summary>
    public string Reference { get; set; } = "";

    /// <summary>The number of its receipt, such as <c>REC-2026-0001</c>.</summary>
    public string Number { get; set; } = "";
    public Guid? DrawerId { get; set; }

    /// <summary>The wallet that was filled, or from which most of it came.</summary>
    public Guid? WalletId { get; set; }

    /// <summary>The online payment it came by.</summary>
    public Guid? CheckoutId { get; set; }
    public DateTime At { get; set; }
    public DateOnly Day { get; set; }
    public Guid? By { get; set; }

    public PaymentState State => Refunded == 0 ? PaymentState.Completed : Refunded < Amount ? PaymentState.PartRefunded : PaymentState.Refunded;

    /// <summary>What was given back in cash.</summary>
    public long Change => Tendered > Amount ? Tendered - Amount : 0;
}

/// <summary>What of a payment went to which charge.</summary>
public sealed class PaymentPart : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PaymentId { get; set; }
    public Guid ChargeId { get; set; }
    public long Amount { get; set; }
    public long Refunded { get; set; }
}

public static class PaymentTables
{
    extension(SalusDb db)
    {
        public DbSet<Payment> Payments => db.Set<Payment>();
        public DbSet<PaymentPart> PaymentParts => db.Set<PaymentPart>();
    }
}

internal sealed class PaymentTable : IEntityTypeConfiguration<Payment>
{
    public void Configure(EntityTypeBuilder<Payment> table)
    {
        table.ToTable("payments_payments");
        table.Property(p => p.PayerName).HasMaxLength(255);
        table.Property(p => p.PayerNumber).HasMaxLength(40);
        table.Property(p => p.SearchText).HasMaxLength(700);
        table.Property(p => p.Currency).HasMaxLength(3);
        table.Property(p => p.Reference).HasMaxLength(100);
        table.Property(p => p.Number).HasMaxLength(20);
        table.Ignore(p => p.State).Ignore(p => p.Change);
        table.HasIndex(p => new { p.OrganisationId, p.Number }).IsUnique();
        table.HasIndex(p => new { p.OrganisationId, p.Id });
        table.HasIndex(p => new { p.OrganisationId, p.Day });
        table.HasIndex(p => new { p.PayerId, p.Id });
        table.HasIndex(p => new { p.CheckoutId, p.Kind }).IsUnique().HasFilter("\"CheckoutId\" IS NOT NULL");
        table.HasIndex(p => new { p.OrganisationId, p.Reference }).HasFilter("\"Reference\" <> ''");
        table.ToTable(t => t.HasCheckConstraint("CK_payments_payments_sums", "\"Amount\" > 0 AND \"Refunded\" >= 0 AND \"Refunded\" <= \"Amount\""));
    }
}

internal sealed class PaymentPartTable : IEntityTypeConfiguration<PaymentPart>
{
    public void Configure(EntityTypeBuilder<PaymentPart> table)
    {
        table.ToTable("payments_parts");
        table.HasIndex(p => p.PaymentId);
        table.HasIndex(p => p.ChargeId);
        table.HasOne<Payment>().WithMany().HasForeignKey(p => p.PaymentId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Charge>().WithMany().HasForeignKey(p => p.ChargeId).OnDelete(DeleteBehavior.Restrict);
        table.ToTable(t => t.HasCheckConstraint("CK_payments_parts_sums", "\"Amount\" > 0 AND \"Refunded\" >= 0 AND \"Refunded\" <= \"Amount\""));
    }
}
