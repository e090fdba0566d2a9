using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>What an organisation's papers say of it, and in which currency it charges. Without a row, these defaults hold.</summary>
public sealed class PaymentSettings : IVersioned
{
    public Guid OrganisationId { get; set; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; set; } = "EUR";

    /// <summary>Prices hold the tax already.</summary>
    public bool TaxIncluded { get; set; } = true;
    public string LegalName { get; set; } = "";
    public string Address { get; set; } = "";
    public string TaxNumber { get; set; } = "";
    public string BankName { get; set; } = "";
    public string Iban { get; set; } = "";
    public string Bic { get; set; } = "";

    /// <summary>Stands at the foot of invoices.</summary>
    public string InvoiceNote { get; set; } = "";

    /// <summary>How many days after its issue an invoice is due.</summary>
    public int DueDays { get; set; } = 14;

    /// <summary>How many days after its submission a claim that its insurer has not paid counts as overdue.</summary>
    public int ClaimDays { get; set; } = DefaultClaimDays;
    public const int DefaultClaimDays = 30;

    /// <summary>Payers are offered to pay online, by the providers that are set up.</summary>
    public bool OnlinePayments { get; set; } = true;
    public Guid Version { get; set; }
}

/// <summary>A module that keeps prices in the organisation's currency: it cannot be changed while there are any.</summary>
public interface IHasPrices
{
    /// <summary>Whether the organisation of <paramref name="db"/> has any.</summary>
    Task<bool> Any(SalusDb db, CancellationToken ct);
}

public static class PaymentSettingsTables
{
    extension(SalusDb db)
    {
        public DbSet<PaymentSettings> PaymentSettings => db.Set<PaymentSettings>();
    }

    /// <summary>Those of the organisation in reach; the defaults where it has set nothing.</summary>
    public static async Task<PaymentSettings> PaymentSettingsNow(this SalusDb db, CancellationToken ct) =>
        await db.PaymentSettings.AsNoTracking().FirstOrDefaultAsync(s => s.OrganisationId == db.OrganisationId, ct) ?? new PaymentSettings { OrganisationId = db.OrganisationId };
}

internal sealed class PaymentSettingsTable : IEntityTypeConfiguration<PaymentSettings>
{
    public void Configure(EntityTypeBuilder<PaymentSettings> table)
    {
        table.ToTable("payments_settings");
        table.HasKey(s => s.OrganisationId);
        table.Property(s => s.OrganisationId).ValueGeneratedNever();
        table.Property(s => s.Currency).HasMaxLength(3);
        table.Property(s => s.LegalName).HasMaxLength(160);
        table.Property(s => s.Address).HasMaxLength(300);
        table.Property(s => s.TaxNumber).HasMaxLength(40);
        table.Property(s => s.BankName).HasMaxLength(80);
        table.Property(s => s.Iban).HasMaxLength(40);
        table.Property(s => s.Bic).HasMaxLength(11);
        table.Property(s => s.InvoiceNote).HasMaxLength(400);
        // Rows that were there before it keep what held for them; nothing itself is a value that somebody may want.
        table.Property(s => s.ClaimDays).HasDefaultValue(PaymentSettings.DefaultClaimDays).HasSentinel(PaymentSettings.DefaultClaimDays);
        table.HasOne<Organisations.Contract.Organisation>().WithOne().HasForeignKey<PaymentSettings>(s => s.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }
}
