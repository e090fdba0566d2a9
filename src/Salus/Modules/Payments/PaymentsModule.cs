using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Kernel.Live;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Figures;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;
using Salus.Modules.Payments.Reconciliation;
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
        new(WriteInvoice.Action, "wrote an invoice"),
        new(IssueInvoice.Action, "issued an invoice"),
        new(VoidInvoice.Action, "made an invoice void"),
        new(InvoiceList.Action, "read invoices"),
        new(InvoiceRecord.Action, "read an invoice"),
        new(SendPaper.Action, "mailed an invoice, a receipt, a credit note or a statement"),
        new(IssueStatement.Action, "issued a statement"),
        new(PrintInvoice.Action, "printed an invoice"),
        new(PrintReceipt.Action, "printed a receipt"),
        new(PrintCreditNote.Action, "printed a credit note"),
        new(PrintStatement.Action, "printed a statement"),
        new(BeginCheckout.Action, "began an online payment"),
        new(OpenCheckout.Action, "sent a payer to a provider"),
        new(EndCheckout.Action, "ended an online payment"),
        new(BookCheckout.Action, "booked what a provider said"),
        new(FinishRefund.Action, "booked a refund by a provider"),
        new(CompareReport.Action, "compared a provider's report with the books"),
        new(SettleDifference.Action, "settled a difference with a provider"),
        new(ReportList.Action, "read differences with providers"),
        new(MoneyFigures.Action, "read what was earned"),
        new(LedgerProofs.Action, "read the proofs of the ledger"),
        new(SavePaymentSettings.Action, "changed the settings of money"),
        new(ReadPaymentSettings.Action, "read the settings of money"),
    ];

    public override IEnumerable<MenuItem> Menu =>
    [
        new("cash", "Cash desk", "cash", PaymentPermissions.Take, 42),
        new("money", "Money", "report-money", PaymentPermissions.Figures, 52),
        new("manage/money", "Settings of money", "receipt", PaymentPermissions.Manage, 84),
    ];

    public override void AddServices(IServiceCollection services)
    {
        services.AddScoped<Payers>().AddScoped<ChargeBook>().AddScoped<PaymentBook>().AddScoped<InsurerBook>().AddScoped<RefundBook>().AddScoped<MoneyPapers>().AddSingleton<CashRule>().AddSingleton<PayLinks>();
        services.AddSingleton<LedgerVerifier>().AddSingleton<LedgerNight>().AddHostedService(s => s.GetRequiredService<LedgerNight>()).AddSingleton<IHealthSource>(s => s.GetRequiredService<LedgerNight>());
        services.AddSingleton<ITopicGuard, MoneyTopic>();
        AddOnline(services);
    }

    private static void AddOnline(IServiceCollection services)
    {
        services.AddSingleton<IPaymentProvider, Stripe>().AddSingleton<IPaymentProvider, PayPal>().AddSingleton<IPaymentProvider, Paq>().AddSingleton<PaymentProviders>().AddSingleton<OnlineDesk>().AddScoped<PayDesk>();
        services.AddSingleton<CheckoutCare>().AddHostedService(s => s.GetRequiredService<CheckoutCare>()).AddSingleton<IHealthSource>(s => s.GetRequiredService<CheckoutCare>());
        services.AddScoped<IJobHandler, CheckoutJob>().AddScoped<IJobHandler, ProviderRefundJob>();
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        ChargeApi.Map(routes);
        DeskApi.Map(routes);
        InvoiceDoors.Map(routes);
        LedgerDoors.Map(routes);
        PayPages.Map(routes);
        FigureDoors.Map(routes);
        MoneyPages.Map(routes);
    }
}
