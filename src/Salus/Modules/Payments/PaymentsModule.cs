using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Refunds;
using Salus.Modules.Payments.Wallets;

namespace Salus.Modules.Payments;

/// <summary>Money: what is owed, what is paid, the ledger beneath both, wallets, invoices, refunds, and the drawer.</summary>
public sealed class PaymentsModule : Module
{
    public override string Title => "Money";

    public override IEnumerable<Permission> Permissions =>
    [
        new(PaymentPermissions.Read, "See payments, invoices and what is owed", Role.Admin, Role.Owner, Role.Receptionist),
        new(PaymentPermissions.Charge, "Say what is owed", Role.Admin, Role.Receptionist),
        new(PaymentPermissions.Take, "Take payments and keep a drawer", Role.Admin, Role.Receptionist),
        new(PaymentPermissions.Invoice, "Issue invoices and send papers", Role.Admin, Role.Receptionist),
        new(PaymentPermissions.Wallets, "Fill wallets", Role.Admin, Role.Receptionist),
        new(PaymentPermissions.Credit, "Take back or waive what is owed", Role.Admin) { IsForPeople = true },
        new(PaymentPermissions.Refund, "Give payments back", Role.Admin) { IsForPeople = true },
        new(PaymentPermissions.CloseDay, "Close the day and anybody's drawer", Role.Admin),
        new(PaymentPermissions.Reconcile, "Compare payments with the reports of providers", Role.Admin),
        new(PaymentPermissions.Figures, "See what was earned", Role.Admin, Role.Owner),
        new(PaymentPermissions.Manage, "Set currency, taxes and what papers say", Role.Admin),
    ];

    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(AddCharge.Action, "charged somebody"),
        new(CreditCharge.Action, "took back or waived what was owed"),
        new(ChargeList.Action, "read what is owed"),
        new(ChargeRecord.Action, "read a charge"),
        new(CashDesk.Action, "read who owes something"),
        new(PayerAccount.Action, "read a payer's account"),
        new(TakePayment.Action, "took a payment"),
        new(PaymentList.Action, "read payments"),
        new(PaymentRecord.Action, "read a payment"),
        new(RefundPayment.Action, "gave a payment back"),
        new(RefundList.Action, "read refunds"),
        new(OpenDrawer.Action, "opened a drawer"),
        new(CloseDrawer.Action, "closed a drawer"),
        new(DrawerList.Action, "read drawers"),
        new(DayReport.Action, "read the sums of a day"),
        new(CloseDay.Action, "closed a day"),
        new(ReadWallet.Action, "read a wallet"),
        new(TopUpWallet.Action, "filled a wallet"),
        new(SavePaymentSettings.Action, "changed the settings of money"),
        new(ReadPaymentSettings.Action, "read the settings of money"),
    ];

    public override IEnumerable<MenuItem> Menu => [];

    public override void AddServices(IServiceCollection services)
    {
        services.AddScoped<Payers>().AddScoped<ChargeBook>().AddScoped<PaymentBook>().AddScoped<RefundBook>();
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        ChargeApi.Map(routes);
        DeskApi.Map(routes);
    }
}
