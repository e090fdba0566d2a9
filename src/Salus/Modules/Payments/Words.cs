using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;
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

    public static string Of(RefundWay way) => way switch { RefundWay.Cash => "Cash", RefundWay.Wallet => "Wallet", RefundWay.Transfer => "Bank transfer", RefundWay.Card => "Card terminal", _ => "By its provider" };

    public static string Of(RefundState state) => state switch { RefundState.Done => "Given back", RefundState.Pending => "On its way", _ => "Failed" };

    public static string Of(LedgerAccount account) => account switch
    {
        LedgerAccount.Cash => "Cash", LedgerAccount.Card => "Card terminal", LedgerAccount.Bank => "Bank transfer", LedgerAccount.Insurance => "Insurance", LedgerAccount.Stripe => "Stripe", LedgerAccount.PayPal => "PayPal", LedgerAccount.Paq => "PAQ",
        LedgerAccount.Wallet => "Wallet", LedgerAccount.RefundDue => "On its way back", LedgerAccount.Receivable => "Owed by payers", LedgerAccount.Revenue => "Earned", LedgerAccount.Tax => "Taxes", LedgerAccount.Waived => "Waived",
        LedgerAccount.Held => "Put aside", LedgerAccount.Safe => "Safe", LedgerAccount.CashDifference => "Differences of drawers", _ => "Differences with providers",
    };

    /// <summary>A value as programs write it: <c>part-refunded</c>.</summary>
    /// <exception cref="Refusal">422 on the field.</exception>
    internal static T Read<T>(string field, string? text) where T : struct, Enum =>
        Enum.TryParse<T>((text ?? "").Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value) && Enum.IsDefined(value) && !int.TryParse(text, out _) ? value : throw Refusal.Field(field, "Choose one of the list.");

    internal static T? ReadOrNull<T>(string field, string? text) where T : struct, Enum => string.IsNullOrEmpty(text) ? null : Read<T>(field, text);
}
