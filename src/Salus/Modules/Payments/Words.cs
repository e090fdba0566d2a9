using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;
using Salus.Modules.Payments.Reconciliation;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments;

/// <summary>The values of this module as words for people (resource keys), and as programs write them.</summary>
public static class Words
{
    public static string Of(PaymentMethod method) => method switch
    {
        PaymentMethod.Cash => "Cash", PaymentMethod.Card => "Card terminal", PaymentMethod.Transfer => "Bank transfer", PaymentMethod.Wallet => "Wallet", PaymentMethod.Insurance => "Insurance",
        PaymentMethod.Stripe => "Stripe", PaymentMethod.PayPal => "PayPal", _ => "PAQ",
    };

    public static string Of(ChargeState state) => state switch { ChargeState.Open => "Owed", ChargeState.PartPaid => "Partly paid", ChargeState.Paid => "Paid", _ => "Taken back" };

    public static string Of(PaymentState state) => state switch { PaymentState.Completed => "Paid", PaymentState.PartRefunded => "Partly given back", _ => "Given back" };

    public static string Of(RefundWay way) => way switch { RefundWay.Cash => "Cash", RefundWay.Wallet => "Wallet", RefundWay.Transfer => "Bank transfer", RefundWay.Card => "Card terminal", RefundWay.Insurer => "The insurer does not pay it", _ => "By its provider" };

    public static string Of(RefundState state) => state switch { RefundState.Done => "Given back", _ => "On its way" };

    public static string Of(LedgerAccount account) => account switch
    {
        LedgerAccount.Cash => "Cash", LedgerAccount.Card => "Card terminal", LedgerAccount.Bank => "Bank transfer", LedgerAccount.Insurance => "Insurance", LedgerAccount.Stripe => "Stripe", LedgerAccount.PayPal => "PayPal", LedgerAccount.Paq => "PAQ",
        LedgerAccount.Wallet => "Wallet", LedgerAccount.RefundDue => "On its way back", LedgerAccount.Receivable => "Owed by payers", LedgerAccount.Revenue => "Earned", LedgerAccount.Tax => "Taxes", LedgerAccount.Waived => "Waived",
        LedgerAccount.Held => "Put aside", LedgerAccount.Safe => "Safe", _ => "Differences of drawers",
    };

    public static string Of(InvoiceState state) => state switch { InvoiceState.Draft => "Draft", InvoiceState.Issued => "Issued", InvoiceState.PartPaid => "Partly paid", InvoiceState.Paid => "Paid", InvoiceState.Credited => "Taken back", _ => "Void" };

    public static string Of(InvoiceFilter filter) => filter switch { InvoiceFilter.Draft => "Drafts", InvoiceFilter.Outstanding => "Not paid", InvoiceFilter.Overdue => "Overdue", InvoiceFilter.Void => "Void", _ => "All" };

    public static string Of(CheckoutState state) => state switch
    {
        CheckoutState.Begun or CheckoutState.Open => "Not paid yet", CheckoutState.Paid => "Paid", CheckoutState.Failed => "It failed", CheckoutState.Cancelled => "Cancelled", CheckoutState.Expired => "Its time is over", _ => "Another amount came: somebody looks at it",
    };

    public static string Of(Finding finding) => finding switch { Finding.Matched => "The same in both", Finding.AmountDiffers => "Another amount", Finding.NotInBooks => "Not in the books", _ => "Not in the report" };

    /// <summary>A value as programs write it: <c>part-refunded</c>.</summary>
    /// <exception cref="Refusal">422 on the field.</exception>
    internal static T Read<T>(string field, string? text) where T : struct, Enum =>
        Enum.TryParse<T>((text ?? "").Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value) && Enum.IsDefined(value) && !int.TryParse(text, out _) ? value : throw Refusal.Field(field, "Choose one of the list.");

    internal static T? ReadOrNull<T>(string field, string? text) where T : struct, Enum => string.IsNullOrEmpty(text) ? null : Read<T>(field, text);
}
