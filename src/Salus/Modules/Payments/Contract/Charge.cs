using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>Follows from the sums of a charge; it is kept nowhere.</summary>
public enum ChargeState { Open, PartPaid, Paid, Credited }

/// <summary>Something that is owed. Its sums change only by statements that compare and set at once; its lines never change.</summary>
public sealed class Charge : IOwned, INamesPayer
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public PayerKind PayerKind { get; set; }
    public Guid PayerId { get; set; }
    public string PayerName { get; set; } = "";
    public string PayerNumber { get; set; } = "";

    /// <summary>Folded name and number, each word with a space before it.</summary>
    public string SearchText { get; set; } = "";

    /// <summary>What it is for, such as <c>order</c>: the module that charges knows the word.</summary>
    public string PurposeKind { get; set; } = "";
    public Guid PurposeId { get; set; }

    /// <summary>What belongs together, such as everything of one visit.</summary>
    public Guid? GroupId { get; set; }
    public string Title { get; set; } = "";
    public string Currency { get; set; } = "";
    public long Net { get; set; }
    public long Tax { get; set; }
    public long Total { get; set; }

    /// <summary>Paid and not refunded.</summary>
    public long Paid { get; set; }

    /// <summary>Taken back by credit notes, or waived.</summary>
    public long Credited { get; set; }

    /// <summary>Lower ranks are paid first where a payment does not say which.</summary>
    public int Rank { get; set; }

    /// <summary>Prices hold the tax already.</summary>
    public bool TaxIncluded { get; set; }
    public DateTime ChargedAt { get; set; }
    public DateOnly Day { get; set; }
    public DateOnly? DueOn { get; set; }
    public Guid? ChargedBy { get; set; }
    public Guid? InvoiceId { get; set; }

    /// <summary>The organisation has only one charge with this key; empty: it does not matter.</summary>
    public string Key { get; set; } = "";

    /// <summary>What is still owed; never less than nothing.</summary>
    public long Due => Total - Credited - Paid;
    public ChargeState State => StateOf(Total, Paid, Credited);

    /// <summary>A charge of nothing is paid. One that was taken back as a whole is credited, whatever was paid and given back in between.</summary>
    public static ChargeState StateOf(long total, long paid, long credited) =>
        credited >= total && total > 0 ? ChargeState.Credited : total - credited - paid <= 0 ? ChargeState.Paid : paid > 0 ? ChargeState.PartPaid : ChargeState.Open;

    /// <summary>Something is owed.</summary>
    public static readonly Expression<Func<Charge, bool>> IsOutstanding = c => c.Paid + c.Credited < c.Total;

    /// <summary>The part of the tax in so much of the total. Summed over parts it is the whole tax, because each part is told from what came before it.</summary>
    public long TaxIn(long amount, long before) => TaxUpTo(before + amount) - TaxUpTo(before);

    private long TaxUpTo(long amount) => Total == 0 ? 0 : (long)Math.Round((decimal)Tax * amount / Total, MidpointRounding.ToEven);
}

/// <summary>One line of a charge; written once.</summary>
public sealed class ChargeLine : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid ChargeId { get; set; }
    public int Position { get; set; }
    public string Code { get; set; } = "";
    public string Description { get; set; } = "";

    /// <summary>In the smallest unit of the charge's currency.</summary>
    public long UnitPrice { get; set; }

    /// <summary>In thousandths.</summary>
    public long Quantity { get; set; }

    /// <summary>What was taken off.</summary>
    public long Discount { get; set; }

    /// <summary>In hundredths of a percent: 2200 is 22 %.</summary>
    public int TaxRate { get; set; }
    public long Net { get; set; }
    public long Tax { get; set; }
    public long Total { get; set; }
}

public static class ChargeTables
{
    extension(SalusDb db)
    {
        public DbSet<Charge> Charges => db.Set<Charge>();
        public DbSet<ChargeLine> ChargeLines => db.Set<ChargeLine>();
    }
}

internal sealed class ChargeTable : IEntityTypeConfiguration<Charge>
{
    public void Configure(EntityTypeBuilder<Charge> table)
    {
        table.ToTable("payments_charges");
        table.Property(c => c.PayerName).HasMaxLength(255);
        table.Property(c => c.PayerNumber).HasMaxLength(40);
        table.Property(c => c.SearchText).HasMaxLength(700);
        table.Property(c => c.PurposeKind).HasMaxLength(40);
        table.Property(c => c.Title).HasMaxLength(200);
        table.Property(c => c.Currency).HasMaxLength(3);
        table.Property(c => c.Key).HasMaxLength(100);
        table.Ignore(c => c.Due).Ignore(c => c.State);
        table.HasIndex(c => new { c.OrganisationId, c.Key }).IsUnique().HasFilter("\"Key\" <> ''");
        table.HasIndex(c => new { c.OrganisationId, c.PurposeKind, c.PurposeId });
        table.HasIndex(c => c.GroupId).HasFilter("\"GroupId\" IS NOT NULL");
        table.HasIndex(c => new { c.PayerId, c.Id });
        table.HasIndex(c => c.InvoiceId).HasFilter("\"InvoiceId\" IS NOT NULL");
        table.HasIndex(c => new { c.OrganisationId, c.Id });
        table.HasIndex(c => new { c.OrganisationId, c.Day }).HasDatabaseName("IX_payments_charges_outstanding").HasFilter("\"Paid\" + \"Credited\" < \"Total\"");
        table.ToTable(t => t.HasCheckConstraint("CK_payments_charges_sums", "\"Paid\" >= 0 AND \"Credited\" >= 0 AND \"Paid\" + \"Credited\" <= \"Total\" AND \"Net\" + \"Tax\" = \"Total\""));
    }
}

internal sealed class ChargeLineTable : IEntityTypeConfiguration<ChargeLine>
{
    public void Configure(EntityTypeBuilder<ChargeLine> table)
    {
        table.ToTable("payments_charge_lines");
        table.Property(l => l.Code).HasMaxLength(40);
        table.Property(l => l.Description).HasMaxLength(200);
        table.HasIndex(l => new { l.ChargeId, l.Position }).IsUnique();
        table.HasOne<Charge>().WithMany().HasForeignKey(l => l.ChargeId).OnDelete(DeleteBehavior.Restrict);
    }
}
