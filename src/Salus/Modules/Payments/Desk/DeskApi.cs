using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;
using Salus.Web;

namespace Salus.Modules.Payments.Desk;

/// <summary>Payments, refunds, drawers and days over HTTP for programs.</summary>
public static class DeskApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Money");
        MapPayments(api);
        MapDrawers(api);
    }

    private static void MapPayments(RouteGroupBuilder api)
    {
        api.MapGet("/payments", (PaymentList list, CancellationToken ct, string? method = null, string? kind = null, string? state = null, Guid? payer = null, DateOnly? day = null, string? q = null, Guid? after = null, int limit = 25) => list.Run(new()
            {
                Method = Words.ReadOrNull<PaymentMethod>("method", method), Kind = Words.ReadOrNull<PaymentKind>("kind", kind), State = Words.ReadOrNull<PaymentState>("state", state), PayerId = payer, Day = day, Q = q, After = after, Limit = limit,
            }, ct))
            .Requires(PaymentPermissions.Read).Refuses("invalid").Describe("listPayments", "Payments by method, kind, state, payer, day, number or reference");
        api.MapPost("/payments", async (string org, TakePayment.Command command, TakePayment take, CancellationToken ct) =>
            {
                var taken = await take.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/payments/{taken.Id}", taken);
            })
            .Requires(PaymentPermissions.Take).Repeatable().Refuses("invalid", "not-found", "charge.changed", "charge.settled", "payment.twice", "bill.insured", "wallet.insufficient", "drawer.closed").Describe("takePayment", "Take a payment at the desk, as a whole or in part");
        api.MapGet("/payments/{id:guid}", (Guid id, PaymentRecord read, CancellationToken ct) => read.Run(new() { PaymentId = id }, ct))
            .Requires(PaymentPermissions.Read).Refuses("not-found").Describe("readPayment", "One payment: where it went, and what was given back");
        api.MapPost("/payments/{id:guid}/refunds", async (string org, Guid id, RefundPayment.Command command, RefundPayment refund, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/payments/{id}", await refund.Run(command with { PaymentId = id }, ct)))
            .Requires(PaymentPermissions.Refund).Repeatable().Refuses("invalid", "not-found", "refund.too-much", "refund.not-arrived", "drawer.closed", "drawer.short", "wallet.insufficient", "charge.changed", "proof.needed").Describe("refundPayment", "Give a payment back, as a whole or in part");
        api.MapGet("/refunds", (RefundList list, CancellationToken ct, string? state = null, Guid? after = null, int limit = 25) => list.Run(new() { State = Words.ReadOrNull<RefundState>("state", state), After = after, Limit = limit }, ct))
            .Requires(PaymentPermissions.Read).Refuses("invalid").Describe("listRefunds", "What was given back, newest first");
        api.MapGet("/debtors", (CashDesk desk, CancellationToken ct, string? q = null) => desk.Run(new() { Q = q }, ct)).Requires(PaymentPermissions.Take).Refuses("invalid").Describe("listDebtors", "Who owes something, and whom a search finds");
        api.MapGet("/payer-account", (PayerAccount read, CancellationToken ct, Guid? payer = null, string kind = "patient") => read.Run(new() { Kind = Words.Read<PayerKind>("kind", kind), PayerId = payer ?? Guid.Empty }, ct))
            .Requires(PaymentPermissions.Read).Refuses("invalid", "not-found").Describe("readPayerAccount", "What one payer owes, has in a wallet, and paid last");
    }

    private static void MapDrawers(RouteGroupBuilder api)
    {
        api.MapGet("/drawers", (DrawerList list, CancellationToken ct, bool open = false, Guid? after = null, int limit = 25) => list.Run(new() { OpenOnly = open, After = after, Limit = limit }, ct))
            .Requires(PaymentPermissions.Take).Refuses("invalid").Describe("listDrawers", "One's own drawers; those of everybody for who closes the day");
        api.MapPost("/drawers", async (string org, OpenDrawer.Command command, OpenDrawer open, CancellationToken ct) => TypedResults.Created($"/api/v1/orgs/{org}/drawers", await open.Run(command, ct)))
            .Requires(PaymentPermissions.Take).Repeatable().Refuses("invalid", "drawer.open").Describe("openDrawer", "Open one's own drawer with what lies in it");
        api.MapPost("/drawers/{id:guid}/closing", (Guid id, CloseDrawer.Command command, CloseDrawer close, CancellationToken ct) => close.Run(command with { DrawerId = id }, ct))
            .Requires(PaymentPermissions.Take).Repeatable().Refuses("invalid", "not-found", "drawer.closed", "forbidden").Describe("closeDrawer", "Close a drawer with what was counted");
        api.MapGet("/days/{day}", (string day, DayReport read, CancellationToken ct) => read.Run(new() { Day = Day(day) }, ct))
            .Requires(PaymentPermissions.CloseDay).Refuses("invalid").Describe("readDay", "What came in and went out on a day, and whether it adds up");
        api.MapPost("/days/{day}/closing", async (string day, CloseDay.Command command, CloseDay close, CancellationToken ct) =>
            {
                await close.Run(command with { Day = Day(day) }, ct);
                return TypedResults.NoContent();
            })
            .Requires(PaymentPermissions.CloseDay).Repeatable().Refuses("invalid", "day.closed", "day.drawer-open", "day.does-not-add-up").Describe("closeDay", "Close a day for good");
    }

    private static DateOnly Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) ? day : throw Refusal.Field("day", "This value does not fit.");
}
