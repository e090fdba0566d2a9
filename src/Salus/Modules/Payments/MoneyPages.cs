using Salus.Kernel;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Figures;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Reconciliation;
using Salus.Modules.Payments.Refunds;
using Salus.Modules.Payments.Wallets;
using Salus.Web;

namespace Salus.Modules.Payments;

/// <summary>The pages about money: the cash desk, papers, refunds, the end of the day, figures and settings.</summary>
public static class MoneyPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapDesk(pages);
        MapPayer(pages);
        MapPapers(pages);
        MapMoney(pages);
    }

    private static void MapDesk(RouteGroupBuilder pages)
    {
        pages.MapGet("/cash", async (CashDesk desk, CancellationToken ct, string q = "", bool saved = false) => Show.Page<CashPage>(new { View = await desk.Run(new() { Q = q }, ct), Q = q, Saved = saved })).Requires(PaymentPermissions.Take);
        pages.MapGet("/cash/list", async (CashDesk desk, CancellationToken ct, string q = "") => Show.Page<CashRows>(new { View = await desk.Run(new() { Q = q }, ct), Q = q })).Requires(PaymentPermissions.Take);
        pages.MapGet("/cash/drawers", async (DrawerList list, CancellationToken ct, Guid? after = null, bool saved = false) => Show.Page<DrawersPage>(new { View = await list.Run(new() { After = after }, ct), Saved = saved })).Requires(PaymentPermissions.Take);
        pages.MapPost("/cash/drawers", async (Form form, OpenDrawer open, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await open.Run(new() { AtOpening = new(form["atOpening"]) }, ct);
            return Door.GoTo(http, page.At("cash?saved=true"));
        }).Requires(PaymentPermissions.Take);
        pages.MapPost("/cash/drawers/{id:guid}/closing", async (Guid id, Form form, CloseDrawer close, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await close.Run(new() { DrawerId = id, Counted = new(form["counted"]), Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At("cash/drawers?saved=true"));
        }).Requires(PaymentPermissions.Take);
    }

    private static void MapPayer(RouteGroupBuilder pages)
    {
        pages.MapGet("/cash/{kind}/{id:guid}", async (string kind, Guid id, PayerAccount read, PaymentRecord payment, CancellationToken ct, Guid? taken = null, bool saved = false) => Show.Page<PayerPage>(new
        {
            View = await read.Run(new() { Kind = Words.Read<PayerKind>("kind", kind), PayerId = id }, ct), Taken = taken is { } one ? await payment.Run(new() { PaymentId = one }, ct) : null, Saved = saved,
        })).Requires(PaymentPermissions.Read);
        pages.MapPost("/cash/{kind}/{id:guid}/payments", async (string kind, Guid id, Form form, TakePayment take, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var taken = await take.Run(new() { Charges = Ids(form), Method = form.Choice<PaymentMethod>("method"), Amount = Money(form, "amount"), Tendered = Money(form, "tendered"), Reference = form["reference"], IsSecond = form.Flag("isSecond") }, ct);
            return Door.GoTo(http, page.At($"cash/{kind}/{id}?taken={taken.Id}"));
        }).Requires(PaymentPermissions.Take);
        pages.MapPost("/cash/{kind}/{id:guid}/invoices", async (string kind, Guid id, Form form, WriteInvoice write, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            return Door.GoTo(http, page.At($"invoices/{(await write.Run(new() { Charges = Ids(form) }, ct)).Id}"));
        }).Requires(PaymentPermissions.Invoice);
        pages.MapGet("/cash/{kind}/{id:guid}/wallet", async (string kind, Guid id, ReadWallet read, CancellationToken ct, long? after = null) => Show.Page<WalletPage>(new { View = await read.Run(new() { Kind = Words.Read<PayerKind>("kind", kind), PayerId = id, After = after }, ct) })).Requires(PaymentPermissions.Read);
        pages.MapPost("/cash/{kind}/{id:guid}/wallet", async (string kind, Guid id, Form form, TopUpWallet fill, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var taken = await fill.Run(new() { Kind = Words.Read<PayerKind>("kind", kind), PayerId = id, Method = form.Choice<PaymentMethod>("method"), Amount = new(form["amount"]), Reference = form["reference"] }, ct);
            return Door.GoTo(http, page.At($"cash/{kind}/{id}?taken={taken.PaymentId}"));
        }).Requires(PaymentPermissions.Wallets);
        pages.MapPost("/cash/{kind}/{id:guid}/charges", async (string kind, Guid id, Form form, AddCharge add, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await add.Run(new() { PayerKind = Words.Read<PayerKind>("kind", kind), PayerId = id, Title = form["title"], Lines = [new() { UnitPrice = new(form["amount"]), TaxRate = form.Amount("taxRate") ?? 0 }] }, ct);
            return Door.GoTo(http, page.At($"cash/{kind}/{id}?saved=true"));
        }).Requires(PaymentPermissions.Charge);
        pages.MapPost("/cash/{kind}/{id:guid}/statements", async (string kind, Guid id, Form form, IssueStatement issue, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var made = await issue.Run(new() { Kind = Words.Read<PayerKind>("kind", kind), PayerId = id, From = form.Date("from"), To = form.Date("to") }, ct);
            return Door.GoTo(http, page.At($"statements/{made.Id}/paper.pdf"));
        }).Requires(PaymentPermissions.Invoice);
        pages.MapPost("/cash/{kind}/{payer:guid}/statements/{id:guid}/sending", (string kind, Guid payer, Guid id, Form form, SendPaper send, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) => Send(LinkedPaper.Statement, id, $"cash/{Uri.EscapeDataString(kind)}/{payer}", form, send, slot, page, http, ct)).Requires(PaymentPermissions.Invoice);
    }

    private static void MapPapers(RouteGroupBuilder pages)
    {
        pages.MapGet("/payments", async (PaymentList list, CancellationToken ct, string q = "", string? method = null, string? state = null, Guid? after = null) =>
        {
            var (by, being) = (Words.ReadOrNull<PaymentMethod>("method", method), Words.ReadOrNull<PaymentState>("state", state));
            return Show.Page<PaymentsPage>(new { View = await list.Run(new() { Q = q, Method = by, State = being, After = after }, ct), Q = q, Method = by, State = being });
        }).Requires(PaymentPermissions.Read);
        pages.MapGet("/payments/{id:guid}", async (Guid id, PaymentRecord read, CancellationToken ct, bool saved = false) => Show.Page<PaymentPageView>(new { View = await read.Run(new() { PaymentId = id }, ct), Saved = saved })).Requires(PaymentPermissions.Read);
        pages.MapPost("/payments/{id:guid}/refunds", async (Guid id, Form form, RefundPayment refund, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await refund.Run(new() { PaymentId = id, Amount = Money(form, "amount"), Way = form.Choice<RefundWay>("way"), TakesBack = form.Flag("takesBack"), Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At($"payments/{id}?saved=true"));
        }).Requires(PaymentPermissions.Refund);
        pages.MapPost("/payments/{id:guid}/sending", (Guid id, Form form, SendPaper send, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) => Send(LinkedPaper.Receipt, id, $"payments/{id}", form, send, slot, page, http, ct)).Requires(PaymentPermissions.Invoice);
        pages.MapPost("/charges/{charge:guid}/credits/{id:guid}/sending", (Guid charge, Guid id, Form form, SendPaper send, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) => Send(LinkedPaper.CreditNote, id, $"charges/{charge}", form, send, slot, page, http, ct)).Requires(PaymentPermissions.Invoice);
        pages.MapGet("/refunds", async (RefundList list, CancellationToken ct, Guid? after = null) => Show.Page<RefundsPage>(new { View = await list.Run(new() { After = after }, ct) })).Requires(PaymentPermissions.Read);
        pages.MapGet("/charges/{id:guid}", async (Guid id, ChargeRecord read, CancellationToken ct, bool saved = false) => Show.Page<ChargePageView>(new { View = await read.Run(new() { ChargeId = id }, ct), Saved = saved })).Requires(PaymentPermissions.Read);
        pages.MapPost("/charges/{id:guid}/credits", async (Guid id, Form form, CreditCharge credit, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await credit.Run(new() { ChargeId = id, Kind = form.Choice<CreditKind>("kind"), Amount = Money(form, "amount"), Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At($"charges/{id}?saved=true"));
        }).Requires(PaymentPermissions.Credit);
        pages.MapGet("/invoices", async (InvoiceList list, CancellationToken ct, string q = "", string? filter = null, Guid? after = null) =>
        {
            var chosen = Words.ReadOrNull<InvoiceFilter>("filter", filter) ?? InvoiceFilter.All;
            return Show.Page<InvoicesPage>(new { View = await list.Run(new() { Q = q, Filter = chosen, After = after }, ct), Filter = chosen, Q = q });
        }).Requires(PaymentPermissions.Read);
        pages.MapGet("/invoices/{id:guid}", async (Guid id, InvoiceRecord read, CancellationToken ct, bool saved = false) => Show.Page<InvoicePageView>(new { View = await read.Run(new() { InvoiceId = id }, ct), Saved = saved })).Requires(PaymentPermissions.Read);
        pages.MapPost("/invoices/{id:guid}/issue", async (Guid id, Form form, IssueInvoice issue, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await issue.Run(new() { InvoiceId = id }, ct);
            return Door.GoTo(http, page.At($"invoices/{id}?saved=true"));
        }).Requires(PaymentPermissions.Invoice);
        pages.MapPost("/invoices/{id:guid}/void", async (Guid id, Form form, VoidInvoice make, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await make.Run(new() { InvoiceId = id, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At($"invoices/{id}?saved=true"));
        }).Requires(PaymentPermissions.Invoice);
        pages.MapPost("/invoices/{id:guid}/sending", (Guid id, Form form, SendPaper send, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) => Send(LinkedPaper.Invoice, id, $"invoices/{id}", form, send, slot, page, http, ct)).Requires(PaymentPermissions.Invoice);
    }

    private static void MapMoney(RouteGroupBuilder pages)
    {
        pages.MapGet("/money", async (MoneyFigures read, CancellationToken ct, DateOnly? from = null, DateOnly? to = null) => Show.Page<MoneyPage>(new { View = await read.Run(new() { From = from, To = to }, ct) })).Requires(PaymentPermissions.Figures);
        pages.MapGet("/money/export", async (MoneyFigures read, CancellationToken ct, DateOnly? from = null, DateOnly? to = null, string by = "day") => await FigureDoors.Csv(by, await read.Run(new() { From = from, To = to }, ct))).Requires(PaymentPermissions.Figures);
        pages.MapGet("/money/day", async (DayReport read, TimeProvider clock, PageTools page, CancellationToken ct, DateOnly? day = null, bool saved = false) => Show.Page<DayPage>(new { View = await read.Run(new() { Day = day ?? clock.Today(page.Organisation!.Zone) }, ct), Saved = saved })).Requires(PaymentPermissions.CloseDay);
        pages.MapPost("/money/day/closing", async (Form form, CloseDay close, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var day = form.Date("day") ?? throw Refusal.Field("day", "Please fill this in.");
            await close.Run(new() { Day = day, Note = form["note"] }, ct);
            return Door.GoTo(http, page.At($"money/day?day={day:yyyy-MM-dd}&saved=true"));
        }).Requires(PaymentPermissions.CloseDay);
        pages.MapGet("/money/reports", async (ReportList read, LedgerProofs proofs, CancellationToken ct, Guid? report = null, Guid? after = null, bool saved = false) =>
            Show.Page<ReportsPage>(new { View = await read.Run(new() { ReportId = report, After = after }, ct), ReportId = report, Proofs = (await proofs.Run(new(), ct)).Items, Saved = saved })).Requires(PaymentPermissions.Reconcile);
        pages.MapPost("/money/reports", async (Form form, CompareReport compare, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var made = await compare.Run(new(form.Choice<PaymentMethod>("method"), await form.File("file", ReportFile.MostBytes) ?? []), ct);
            return Door.GoTo(http, page.At($"money/reports?report={made.Id}&saved=true"));
        }).Requires(PaymentPermissions.Reconcile).WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(ReportFile.MostBytes + Door.MostJson));
        pages.MapPost("/money/differences/{id:guid}/settlement", async (Guid id, Form form, SettleDifference settle, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await settle.Run(new() { DifferenceId = id, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At("money/reports?saved=true"));
        }).Requires(PaymentPermissions.Reconcile);
        pages.MapGet("/manage/money", async (ReadPaymentSettings read, OnlineDesk online, CancellationToken ct, bool saved = false) =>
        {
            var view = await read.Run(new(), ct);
            return Show.Page<MoneySettingsPage>(new { View = view, Providers = online.Offered(view.Currency), Saved = saved });
        }).Requires(PaymentPermissions.Manage);
        pages.MapPost("/manage/money", async (Form form, SavePaymentSettings save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new()
            {
                Currency = form["currency"].Trim().ToUpperInvariant(), TaxIncluded = form.Flag("taxIncluded"), LegalName = form["legalName"], Address = form["address"], TaxNumber = form["taxNumber"], BankName = form["bankName"], Iban = form["iban"], Bic = form["bic"],
                InvoiceNote = form["invoiceNote"], DueDays = form.Number("dueDays") ?? 14, ClaimDays = form.Number("claimDays") ?? PaymentSettings.DefaultClaimDays, OnlinePayments = form.Flag("onlinePayments"), Version = form.Id("version"),
            }, ct);
            return Door.GoTo(http, page.At("manage/money?saved=true"));
        }).Requires(PaymentPermissions.Manage);
    }

    /// <param name="back">The page on which the button is.</param>
    private static async Task<IResult> Send(LinkedPaper paper, Guid id, string back, Form form, SendPaper send, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct)
    {
        slot.Once(form);
        await send.Run(new() { Paper = paper, Id = id, To = form["to"] }, ct);
        return Door.GoTo(http, page.At(back + "?saved=true"));
    }

    private static List<Guid> Ids(Form form) => [.. form.All("charges").Select(t => Guid.TryParse(t, out var id) ? id : throw Refusal.Field("charges", "Choose what is paid."))];

    private static Money? Money(Form form, string field) => form[field].Trim().Length == 0 ? null : new(form[field]);
}
