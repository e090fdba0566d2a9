using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>Something that was owed was taken back, or waived; or a waiver was taken back. Written once.</summary>
public sealed class CreditNote : IOwned, IOfPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid ChargeId { get; set; }
    public PayerKind PayerKind { get; set; }
    public Guid PayerId { get; set; }
    public CreditKind Kind { get; set; }

    /// <summary>Such as <c>CRN-2026-0001</c>; a waiver has none.</summary>
    public string Number { get; set; } = "";
    public string Currency { get; set; } = "";

    /// <summary>Less than nothing: a waiver that was taken back.</summary>
    public long Amount { get; set; }
    public long Tax { get; set; }
    public string Reason { get; set; } = "";
    public DateTime At { get; set; }
    public DateOnly Day { get; set; }
    public Guid? By { get; set; }

    /// <summary>The refund that it came with; null: nothing had been paid.</summary>
    public Guid? RefundId { get; set; }
}

public static class CreditNoteTables
{
    extension(SalusDb db)
    {
        public DbSet<CreditNote> CreditNotes => db.Set<CreditNote>();
    }
}

internal sealed class CreditNoteTable : IEntityTypeConfiguration<CreditNote>
{
    public void Configure(EntityTypeBuilder<CreditNote> table)
    {
        table.ToTable("payments_credit_notes");
        table.Property(n => n.Number).HasMaxLength(20);
        table.Property(n => n.Currency).HasMaxLength(3);
        table.Property(n => n.Reason).HasMaxLength(200);
        table.HasIndex(n => new { n.OrganisationId, n.Number }).IsUnique().HasFilter("\"Number\" <> ''");
        table.HasIndex(n => n.ChargeId);
        table.HasIndex(n => n.PayerId);
        table.HasOne<Charge>().WithMany().HasForeignKey(n => n.ChargeId).OnDelete(DeleteBehavior.Restrict);
    }
}
