using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Desk;

namespace Salus.Modules.Payments;

/// <summary>What an organisation's papers say of it.</summary>
public sealed record PaymentSettingsView(string Currency, bool TaxIncluded, string LegalName, string Address, string TaxNumber, string BankName, string Iban, string Bic, string InvoiceNote, int DueDays, int ClaimDays, bool OnlinePayments, Guid Version)
{
    public static PaymentSettingsView Of(PaymentSettings s) => new(s.Currency, s.TaxIncluded, s.LegalName, s.Address, s.TaxNumber, s.BankName, s.Iban, s.Bic, s.InvoiceNote, s.DueDays, s.ClaimDays, s.OnlinePayments, s.Version);
}

/// <summary>Sets the currency, the tax rule and what the papers say of the organisation. What was charged already stays as it is.</summary>
public sealed class SavePaymentSettings(Tools tools, IEnumerable<IHasPrices> prices) : UseCase<SavePaymentSettings.Command, PaymentSettingsView>(tools)
{
    public const string Action = "payments.settings";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in.")]
        public string Currency { get; init; } = "EUR";
        public bool TaxIncluded { get; init; } = true;

        [StringLength(160, ErrorMessage = "This is too long.")]
        public string? LegalName { get; init; }

        [StringLength(300, ErrorMessage = "This is too long.")]
        public string? Address { get; init; }

        [StringLength(40, ErrorMessage = "This is too long.")]
        public string? TaxNumber { get; init; }

        [StringLength(80, ErrorMessage = "This is too long.")]
        public string? BankName { get; init; }

        [RegularExpression("([A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{8,36})?", ErrorMessage = "This is not an IBAN.")]
        public string? Iban { get; init; }

        [RegularExpression("([A-Za-z0-9]{8}([A-Za-z0-9]{3})?)?", ErrorMessage = "A BIC has 8 or 11 letters and digits.")]
        public string? Bic { get; init; }

        [StringLength(400, ErrorMessage = "This is too long.")]
        public string? InvoiceNote { get; init; }

        [Range(0, 365, ErrorMessage = "Between 0 and 365.")]
        public int DueDays { get; init; } = 14;

        /// <summary>After so many days a claim that is not paid counts as overdue.</summary>
        [Range(0, 365, ErrorMessage = "Between 0 and 365.")]
        public int ClaimDays { get; init; } = PaymentSettings.DefaultClaimDays;
        public bool OnlinePayments { get; init; } = true;

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(PaymentPermissions.Manage);

    protected override async Task<PaymentSettingsView> Handle(Command command, CancellationToken ct)
    {
        if (!Currencies.IsKnown(command.Currency)) throw Refusal.Field("currency", "Use the three letters of a currency, such as EUR.");
        await KeepCurrency(command.Currency, ct);
        var row = await Db.PaymentSettings.FirstOrDefaultAsync(s => s.OrganisationId == Db.OrganisationId, ct);
        if (row is null) Db.Add(row = new PaymentSettings { OrganisationId = Db.OrganisationId });
        else if (command.Version is { } seen && seen != row.Version) throw Refusal.Stale();
        (row.Currency, row.TaxIncluded, row.LegalName, row.Address, row.TaxNumber) = (command.Currency, command.TaxIncluded, Text.Clean(command.LegalName), Text.Clean(command.Address), Text.Clean(command.TaxNumber));
        (row.BankName, row.Iban, row.Bic, row.InvoiceNote, row.DueDays, row.ClaimDays, row.OnlinePayments) =
            (Text.Clean(command.BankName), Text.Clean(command.Iban).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(), Text.Clean(command.Bic).ToUpperInvariant(), Text.Clean(command.InvoiceNote), command.DueDays, command.ClaimDays, command.OnlinePayments);
        row.Version = Guid.CreateVersion7();
        Subject("organisation", Db.OrganisationId, string.Join(',', Db.Entry(row).Properties.Where(p => p.IsModified).Select(p => p.Metadata.Name)));
        return PaymentSettingsView.Of(row);
    }

    /// <summary>Amounts are kept in the smallest unit: what was ten euros would be a thousand yen.</summary>
    private async Task KeepCurrency(string currency, CancellationToken ct)
    {
        if (currency == (await Db.PaymentSettingsNow(ct)).Currency) return;
        var isUsed = await Db.Charges.AnyAsync(ct) || await Db.Payments.AnyAsync(ct) || await Db.Drawers.AnyAsync(d => d.ClosedAt == null, ct);
        foreach (var one in prices) isUsed = isUsed || await one.Any(Db, ct);
        if (isUsed) throw new Refusal(409, "payments.currency", "There are prices or payments in the old currency.") { Unlock = "Books in another currency need an organisation of their own." };
    }
}

/// <summary>The settings, for the page that changes them.</summary>
public sealed class ReadPaymentSettings(Tools tools) : ReadModel<ReadPaymentSettings.Query, PaymentSettingsView>(tools)
{
    public const string Action = "payments.read-settings";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Manage);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PaymentSettingsView result) => null;

    protected override async Task<PaymentSettingsView> Handle(SalusDb db, Query query, CancellationToken ct) => PaymentSettingsView.Of(await db.PaymentSettingsNow(ct));
}
