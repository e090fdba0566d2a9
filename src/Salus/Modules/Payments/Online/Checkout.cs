using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Online;

/// <summary>
/// Begun: not known to the provider yet. Open: the payer can pay there. The others are final: what the provider says later changes none of them. Mismatch: the
/// provider took another amount or currency than was asked for, and a person has to look.
/// </summary>
public enum CheckoutState { Begun, Open, Paid, Failed, Cancelled, Expired, Mismatch }

/// <summary>Somebody is about to pay by a provider. No card ever comes near this program: the payer types it at the provider.</summary>
public sealed class Checkout : IOwned, IOfPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public PaymentMethod Method { get; set; }
    public CheckoutState State { get; set; }
    public PayerKind PayerKind { get; set; }
    public Guid PayerId { get; set; }
    public string PayerName { get; set; } = "";
    public string PayerNumber { get; set; } = "";
    public Guid? InvoiceId { get; set; }
    public string Currency { get; set; } = "";
    public long Amount { get; set; }

    /// <summary>What the provider calls it; empty until it knows it.</summary>
    public string ProviderId { get; set; } = "";

    /// <summary>What the provider calls the payment: refunds name it.</summary>
    public string ProviderPayment { get; set; } = "";

    /// <summary>Where the payer pays; empty where that is on our own page.</summary>
    public string Url { get; set; } = "";

    /// <summary>The phone to which a code went; empty for others.</summary>
    public string Phone { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }

    /// <summary>When the provider is asked next; null: no more.</summary>
    public DateTime? LookAt { get; set; }
    public int Looks { get; set; }
    public DateTime? EndedAt { get; set; }

    /// <summary>It had ended in another way before the money came: that was put into the payer's wallet.</summary>
    public bool CameLate { get; set; }

    public bool IsFinal => State is not (CheckoutState.Begun or CheckoutState.Open);
}

/// <summary>What is to be paid by it.</summary>
public sealed class CheckoutCharge : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid CheckoutId { get; set; }
    public Guid ChargeId { get; set; }
}

/// <summary>A provider's notice that was taken in; each once.</summary>
public sealed class ProviderNotice
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public PaymentMethod Method { get; set; }
    public string EventId { get; set; } = "";
    public DateTime At { get; set; }
}

public static class CheckoutTables
{
    extension(SalusDb db)
    {
        public DbSet<Checkout> Checkouts => db.Set<Checkout>();
        public DbSet<CheckoutCharge> CheckoutCharges => db.Set<CheckoutCharge>();
    }
}

internal sealed class CheckoutTable : IEntityTypeConfiguration<Checkout>
{
    public void Configure(EntityTypeBuilder<Checkout> table)
    {
        table.ToTable("payments_checkouts");
        table.Property(c => c.PayerName).HasMaxLength(255);
        table.Property(c => c.PayerNumber).HasMaxLength(40);
        table.Property(c => c.Currency).HasMaxLength(3);
        table.Property(c => c.ProviderId).HasMaxLength(100);
        table.Property(c => c.ProviderPayment).HasMaxLength(100);
        table.Property(c => c.Url).HasMaxLength(1000);
        table.Property(c => c.Phone).HasMaxLength(16);
        table.Ignore(c => c.IsFinal);
        table.HasIndex(c => new { c.Method, c.ProviderId }).IsUnique().HasFilter("\"ProviderId\" <> ''");
        table.HasIndex(c => c.LookAt).HasFilter("\"LookAt\" IS NOT NULL");
        table.HasIndex(c => new { c.OrganisationId, c.Id });
        table.HasIndex(c => c.PayerId);
    }
}

internal sealed class CheckoutChargeTable : IEntityTypeConfiguration<CheckoutCharge>
{
    public void Configure(EntityTypeBuilder<CheckoutCharge> table)
    {
        table.ToTable("payments_checkout_charges");
        table.HasIndex(c => c.CheckoutId);
        table.HasOne<Checkout>().WithMany().HasForeignKey(c => c.CheckoutId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Charge>().WithMany().HasForeignKey(c => c.ChargeId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ProviderNoticeTable : IEntityTypeConfiguration<ProviderNotice>
{
    public void Configure(EntityTypeBuilder<ProviderNotice> table)
    {
        table.ToTable("payments_notices");
        table.Property(n => n.EventId).HasMaxLength(200);
        table.HasIndex(n => new { n.Method, n.EventId }).IsUnique();
        table.HasIndex(n => n.At);
    }
}
