using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Refunds;

/// <summary>Which way money goes back.</summary>
public enum RefundWay
{
    Cash, Wallet, Transfer, Card, Provider,

    /// <summary>No money moves: an insurer had taken it over, and does not pay it.</summary>
    Insurer,
}

/// <summary>Pending: the provider was asked and has not done it yet. If it never will, the money goes into the payer's wallet, so that every refund is done in the end.</summary>
public enum RefundState { Done, Pending }

/// <summary>Money that was given back: an event of its own, with its own day.</summary>
public sealed class Refund : IOwned, IOfPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PaymentId { get; set; }
    public PayerKind PayerKind { get; set; }
    public Guid PayerId { get; set; }
    public string Number { get; set; } = "";
    public RefundWay Way { get; set; }
    public RefundState State { get; set; }
    public string Currency { get; set; } = "";
    public long Amount { get; set; }

    /// <summary>What it was paid for was taken back too, so that it is not owed again.</summary>
    public bool TakesBack { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>What the provider calls it.</summary>
    public string Reference { get; set; } = "";
    public Guid? DrawerId { get; set; }
    public DateTime At { get; set; }
    public DateOnly Day { get; set; }
    public Guid? By { get; set; }
    public DateTime? DoneAt { get; set; }
}

/// <summary>What of a refund came from which part of the payment.</summary>
public sealed class RefundPart : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid RefundId { get; set; }
    public Guid PartId { get; set; }
    public Guid ChargeId { get; set; }
    public long Amount { get; set; }
}

/// <summary>A refund as a line of a list.</summary>
public sealed record RefundView(Guid Id, Guid PaymentId, string Number, RefundWay Way, RefundState State, Money Amount, bool TakesBack, string Reason, string Reference, DateTime At, DateOnly Day)
{
    public static RefundView Of(Refund r) => new(r.Id, r.PaymentId, r.Number, r.Way, r.State, Money.Of(r.Amount, r.Currency), r.TakesBack, r.Reason, r.Reference, r.At, r.Day);
}

public static class RefundTables
{
    extension(SalusDb db)
    {
        public DbSet<Refund> Refunds => db.Set<Refund>();
        public DbSet<RefundPart> RefundParts => db.Set<RefundPart>();
    }
}

internal sealed class RefundTable : IEntityTypeConfiguration<Refund>
{
    public void Configure(EntityTypeBuilder<Refund> table)
    {
        table.ToTable("payments_refunds");
        table.Property(r => r.Number).HasMaxLength(20);
        table.Property(r => r.Currency).HasMaxLength(3);
        table.Property(r => r.Reason).HasMaxLength(200);
        table.Property(r => r.Reference).HasMaxLength(100);
        table.HasIndex(r => new { r.OrganisationId, r.Number }).IsUnique();
        table.HasIndex(r => new { r.OrganisationId, r.Id });
        table.HasIndex(r => r.PaymentId);
        table.HasIndex(r => r.PayerId);
        table.HasOne<Payment>().WithMany().HasForeignKey(r => r.PaymentId).OnDelete(DeleteBehavior.Restrict);
        table.ToTable(t => t.HasCheckConstraint("CK_payments_refunds_amount", "\"Amount\" > 0"));
    }
}

internal sealed class RefundPartTable : IEntityTypeConfiguration<RefundPart>
{
    public void Configure(EntityTypeBuilder<RefundPart> table)
    {
        table.ToTable("payments_refund_parts");
        table.HasIndex(p => p.RefundId);
        table.HasIndex(p => p.PartId);
        table.HasOne<Refund>().WithMany().HasForeignKey(p => p.RefundId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<PaymentPart>().WithMany().HasForeignKey(p => p.PartId).OnDelete(DeleteBehavior.Restrict);
    }
}
