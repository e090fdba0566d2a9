using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>How claims look on pages.</summary>
internal static class ClaimLook
{
    /// <summary>The class of a state's badge.</summary>
    public static string Of(ClaimState state) => state switch { ClaimState.Paid => "state-done", ClaimState.Rejected => "state-noshow", ClaimState.Draft => "state-waiting", _ => "state-called" };

    public static string Shown(Money money) => Money.Show(money.Minor(money.Currency!, least: 0), money.Currency!);
}
