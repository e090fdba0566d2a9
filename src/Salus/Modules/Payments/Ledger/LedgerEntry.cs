using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Ledger;

/// <summary>
/// The accounts of an organisation's ledger. What it has stands in them as plus, what it owes and what it earned as minus; all of them sum to nothing. An account
/// of these that has an owner is one for each: what a charge still owes, what a wallet holds, what lies in a drawer.
/// </summary>
public enum LedgerAccount
{
    /// <summary>Owed by payers; the owner is the charge.</summary>
    Receivable,
    Revenue,

    /// <summary>Tax that is owed to the state.</summary>
    Tax,

    /// <summary>Given up by a waiver.</summary>
    Waived,

    /// <summary>In a drawer; the owner is the drawer.</summary>
    Cash,

    /// <summary>Taken by the card terminal.</summary>
    Card,
    Bank,

    /// <summary>Taken over by an insurer, which has not paid it yet; the owner is the claim.</summary>
    Insurance,
    Stripe,
    PayPal,
    Paq,

    /// <summary>Owed to the holder of a wallet; the owner is the wallet.</summary>
    Wallet,

    /// <summary>Put aside in a wallet for something that is to come; the owner is the wallet.</summary>
    Held,

    /// <summary>From where drawers are filled and to where they are emptied.</summary>
    Safe,

    /// <summary>What was found too much or too little in a drawer.</summary>
    CashDifference,

    /// <summary>On its way back through a provider; the owner is the refund.</summary>
    RefundDue,
}

/// <summary>Entries that belong together and sum to nothing. Written once.</summary>
public sealed class LedgerTransaction : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public DateTime At { get; set; }

    /// <summary>The day on which it is booked, in the organisation's time zone.</summary>
    public DateOnly Day { get; set; }

    /// <summary>Why: the kind of row and the row, such as a payment.</summary>
    public string CauseKind { get; set; } = "";
    public Guid CauseId { get; set; }

    /// <summary>What the money is for: the word of the module that charged; empty where it is for several, or for nothing yet.</summary>
    public string Purpose { get; set; } = "";
    public Guid? By { get; set; }
}

/// <summary>One change of one account. Written once: triggers refuse UPDATE and DELETE.</summary>
public sealed class LedgerEntry : IOwned
{
    public long Seq { get; set; }
    public Guid OrganisationId { get; set; }
    public Guid TransactionId { get; set; }
    public DateOnly Day { get; set; }
    public LedgerAccount Account { get; set; }
    public Guid? OwnerId { get; set; }
    public string Currency { get; set; } = "";

    /// <summary>In the smallest unit; never nothing.</summary>
    public long Amount { get; set; }
}

public static class LedgerTables
{
    extension(SalusDb db)
    {
        public DbSet<LedgerTransaction> LedgerTransactions => db.Set<LedgerTransaction>();
        public DbSet<LedgerEntry> LedgerEntries => db.Set<LedgerEntry>();
    }
}

internal sealed class LedgerTransactionTable : IEntityTypeConfiguration<LedgerTransaction>
{
    public void Configure(EntityTypeBuilder<LedgerTransaction> table)
    {
        table.ToTable("payments_transactions");
        table.Property(t => t.CauseKind).HasMaxLength(30);
        table.Property(t => t.Purpose).HasMaxLength(40);
        table.HasIndex(t => t.CauseId);
    }
}

internal sealed class LedgerEntryTable : IEntityTypeConfiguration<LedgerEntry>
{
    public void Configure(EntityTypeBuilder<LedgerEntry> table)
    {
        table.ToTable("payments_entries");
        table.HasKey(e => e.Seq);
        table.Property(e => e.Seq).ValueGeneratedOnAdd();
        table.Property(e => e.Currency).HasMaxLength(3);
        table.HasIndex(e => e.TransactionId);
        table.HasIndex(e => new { e.OwnerId, e.Account, e.Seq }).HasFilter("\"OwnerId\" IS NOT NULL");
        table.HasIndex(e => new { e.OrganisationId, e.Day, e.Account });
        // What insurers still owe is summed whenever somebody looks at the figures.
        table.HasIndex(e => e.OrganisationId, "IX_payments_entries_insurers").HasFilter("\"Account\" = 'Insurance'");
        table.HasOne<LedgerTransaction>().WithMany().HasForeignKey(e => e.TransactionId).OnDelete(DeleteBehavior.Restrict);
        table.ToTable(t => t.HasCheckConstraint("CK_payments_entries_amount", "\"Amount\" <> 0"));
    }
}
