using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Wallets;
using Salus.Web;

namespace Salus.Modules.Payments.Charges;

/// <summary>What is owed, wallets and settings over HTTP for programs.</summary>
public static class ChargeApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Money");
        api.MapGet("/charges", (ChargeList list, CancellationToken ct, Guid? payer = null, Guid? group = null, bool outstanding = false, string? q = null, Guid? after = null, int limit = 25) =>
                list.Run(new() { PayerId = payer, GroupId = group, Outstanding = outstanding, Q = q, After = after, Limit = limit }, ct))
            .Requires(PaymentPermissions.Read).Refuses("invalid").Describe("listCharges", "What is owed and what was, newest first");
        api.MapPost("/charges", async (string org, AddCharge.Command command, AddCharge add, CancellationToken ct) =>
            {
                var made = await add.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/charges/{made.Id}", made);
            })
            .Requires(PaymentPermissions.Charge).Repeatable().Refuses("invalid", "not-found").Describe("addCharge", "Charge somebody for something that nothing else charges for");
        api.MapGet("/charges/{id:guid}", (Guid id, ChargeRecord read, CancellationToken ct) => read.Run(new() { ChargeId = id }, ct))
            .Requires(PaymentPermissions.Read).Refuses("not-found").Describe("readCharge", "One charge with its lines, payments and credit notes");
        api.MapPost("/charges/{id:guid}/credits", async (string org, Guid id, CreditCharge.Command command, CreditCharge credit, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/charges/{id}", await credit.Run(command with { ChargeId = id }, ct)))
            .Requires(PaymentPermissions.Credit).Repeatable().Refuses("invalid", "not-found", "charge.changed", "charge.settled", "proof.needed").Describe("creditCharge", "Take back what is owed, or waive it");
        api.MapGet("/wallet", (ReadWallet read, CancellationToken ct, Guid? payer = null, string kind = "patient", long? after = null, int limit = 25) => read.Run(new() { Kind = Words.Read<PayerKind>("kind", kind), PayerId = payer ?? Guid.Empty, After = after, Limit = limit }, ct))
            .Requires(PaymentPermissions.Read).Refuses("invalid", "not-found").Describe("readWallet", "What somebody has in a wallet, with every movement");
        api.MapPost("/wallet/top-ups", async (string org, TopUpWallet.Command command, TopUpWallet fill, CancellationToken ct) =>
            {
                var made = await fill.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/payments/{made.PaymentId}", made);
            })
            .Requires(PaymentPermissions.Wallets).Repeatable().Refuses("invalid", "not-found", "drawer.closed").Describe("topUpWallet", "Fill a wallet with what was paid at the desk");
        api.MapGet("/payment-settings", (ReadPaymentSettings read, CancellationToken ct) => read.Run(new(), ct)).Requires(PaymentPermissions.Manage).Describe("readPaymentSettings", "Currency, taxes and what papers say");
        api.MapPut("/payment-settings", async (SavePaymentSettings.Command command, SavePaymentSettings save, HttpContext http, CancellationToken ct) =>
            {
                var saved = await save.Run(command with { Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(saved.Version);
                return saved;
            })
            .Requires(PaymentPermissions.Manage).Refuses("invalid", "stale", "payments.currency", "proof.needed").Describe("changePaymentSettings", "Change currency, taxes and what papers say");
    }
}
