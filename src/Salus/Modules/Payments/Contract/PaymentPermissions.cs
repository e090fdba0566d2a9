namespace Salus.Modules.Payments.Contract;

/// <summary>What can be allowed about money.</summary>
public static class PaymentPermissions
{
    public const string Read = "payments.read";
    public const string Charge = "payments.charge";
    public const string Take = "payments.take";
    public const string Credit = "payments.credit";
    public const string Invoice = "payments.invoice";
    public const string Refund = "payments.refund";
    public const string Wallets = "payments.wallets";
    public const string CloseDay = "payments.close-day";
    public const string Reconcile = "payments.reconcile";
    public const string Figures = "payments.figures";
    public const string Manage = "payments.manage";
}
