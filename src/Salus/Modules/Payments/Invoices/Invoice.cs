using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Invoices;

/// <summary>Draft and void are what somebody decided; the others follow from the sums of what the invoice is for.</summary>
public enum InvoiceState { Draft, Issued, PartPaid, Paid, Credited, Void }

/// <summary>A paper that asks for what is owed. Once it is issued it never changes; it can only be made void, as long as nothing was paid.</summary>
public sealed class Invoice : IOwned, INamesPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public PayerKind PayerKind { get; set; }
    public Guid PayerId { get; set; }
    public string PayerName { get; set; } = "";
    public string PayerNumber { get; set; } = "";
    public string SearchText { get; set; } = "";

    /// <summary>Such as <c>INV-2026-0001</c>; empty: a draft.</summary>
    public string Number { get; set; } = "";
    public string Currency { get; set; } = "";
    public long Net { get; set; }
    public long Tax { get; set; }
    public long Total { get; set; }
    public DateTime CreatedAt { get; set; }
    public Guid? CreatedBy { get; set; }
    public DateTime? IssuedAt { get; set; }
    public DateOnly? IssuedOn { get; set; }
    public DateOnly? DueOn { get; set; }
    public DateTime? VoidedAt { get; set; }
    public string VoidReason { get; set; } = "";

    /// <param name="paid">Paid for its charges.</param>
    /// <param name="credited">Taken back of its charges.</param>
    public InvoiceState StateOf(long paid, long credited) => VoidedAt is not null ? InvoiceState.Void : IssuedAt is null ? InvoiceState.Draft : Charge.StateOf(Total, paid, credited) switch
    {
        ChargeState.Open => InvoiceState.Issued, ChargeState.PartPaid => InvoiceState.PartPaid, ChargeState.Paid => InvoiceState.Paid, _ => InvoiceState.Credited,
    };
}

/// <summary>What an invoice is for; stays when the invoice was made void.</summary>
public sealed class InvoiceCharge : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid InvoiceId { get; set; }
    public Guid ChargeId { get; set; }
}

/// <summary>A paper that lists what was owed and paid in some time. Its lines are read from the books whenever it is printed: they never change.</summary>
public sealed class Statement : IOwned, IOfPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public PayerKind PayerKind { get; set; }
    public Guid PayerId { get; set; }
    public string PayerName { get; set; } = "";
    public string PayerNumber { get; set; } = "";
    public string Number { get; set; } = "";
    public string Currency { get; set; } = "";
    public DateOnly From { get; set; }
    public DateOnly To { get; set; }
    public DateTime At { get; set; }
    public Guid? By { get; set; }
}

public static class InvoiceTables
{
    extension(SalusDb db)
    {
        public DbSet<Invoice> Invoices => db.Set<Invoice>();
        public DbSet<InvoiceCharge> InvoiceCharges => db.Set<InvoiceCharge>();
        public DbSet<Statement> Statements => db.Set<Statement>();
    }
}

internal sealed class InvoiceTable : IEntityTypeConfiguration<Invoice>
{
    public void Configure(EntityTypeBuilder<Invoice> table)
    {
        table.ToTable("payments_invoices");
        table.Property(i => i.PayerName).HasMaxLength(255);
        table.Property(i => i.PayerNumber).HasMaxLength(40);
        table.Property(i => i.SearchText).HasMaxLength(700);
        table.Property(i => i.Number).HasMaxLength(20);
        table.Property(i => i.Currency).HasMaxLength(3);
        table.Property(i => i.VoidReason).HasMaxLength(200);
        table.HasIndex(i => new { i.OrganisationId, i.Number }).IsUnique().HasFilter("\"Number\" <> ''");
        table.HasIndex(i => new { i.OrganisationId, i.Id });
        table.HasIndex(i => i.PayerId);
    }
}

internal sealed class InvoiceChargeTable : IEntityTypeConfiguration<InvoiceCharge>
{
    public void Configure(EntityTypeBuilder<InvoiceCharge> table)
    {
        table.ToTable("payments_invoice_charges");
        table.HasIndex(i => new { i.InvoiceId, i.ChargeId }).IsUnique();
        table.HasOne<Invoice>().WithMany().HasForeignKey(i => i.InvoiceId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Charge>().WithMany().HasForeignKey(i => i.ChargeId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class StatementTable : IEntityTypeConfiguration<Statement>
{
    public void Configure(EntityTypeBuilder<Statement> table)
    {
        table.ToTable("payments_statements");
        table.Property(s => s.PayerName).HasMaxLength(255);
        table.Property(s => s.PayerNumber).HasMaxLength(40);
        table.Property(s => s.Number).HasMaxLength(20);
        table.Property(s => s.Currency).HasMaxLength(3);
        table.HasIndex(s => new { s.OrganisationId, s.Number }).IsUnique();
        table.HasIndex(s => s.PayerId);
    }
}
