using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Payments.Contract;
using Salus.Web;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Prices and bills over HTTP for programs.</summary>
public static class BillingApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Billing");
        MapPrices(api);
        MapBill(api);
        MapInsurance(api);
    }

    private static void MapPrices(RouteGroupBuilder api)
    {
        api.MapGet("/services", (ServiceList list, CancellationToken ct, string q = "", string? department = null, bool archived = false, Guid? after = null, int limit = 25) =>
                list.Run(new() { Q = q, Department = DepartmentOf(department), Archived = archived, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadPrices).Refuses("invalid").Describe("listServices", "The price list by department and fragments of name and code");
        api.MapPost("/services", async (string org, SaveService.Command command, SaveService save, CancellationToken ct) =>
            {
                var made = await save.Run(command with { Id = null }, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/services/{made.Id}", made);
            })
            .Requires(ClinicPermissions.ManagePrices).Refuses("invalid", "service.code").Describe("addService", "Set the price of a service");
        api.MapPut("/services/{id:guid}", (Guid id, SaveService.Command command, SaveService save, HttpContext http, CancellationToken ct) => save.Run(command with { Id = id, Version = http.Request.IfMatch() ?? command.Version }, ct))
            .Requires(ClinicPermissions.ManagePrices).Refuses("invalid", "not-found", "stale", "service.code").Describe("changeService", "Change a service or its price");
        api.MapPut("/services/{id:guid}/archive", (Guid id, ArchiveService.Command command, ArchiveService archive, CancellationToken ct) => archive.Run(command with { Id = id }, ct))
            .Requires(ClinicPermissions.ManagePrices).Refuses("not-found").Describe("archiveService", "Take a service off the price list, or back onto it");
        api.MapGet("/services/export", async (ExportServices export, CancellationToken ct) => Results.File(await export.Run(new(), ct), "text/csv", "prices.csv"))
            .Requires(ClinicPermissions.ManagePrices).Produces(200, contentType: "text/csv").Describe("exportServices", "The price list as a table that can be loaded again");
        api.MapPost("/services/import", async (HttpRequest request, LoadServices load, CancellationToken ct, bool dryRun = false) =>
            {
                await using var table = await ListApi.Table(request, ct);
                return await load.Run(new() { Table = table, DryRun = dryRun }, ct);
            })
            .Requires(ClinicPermissions.ManagePrices).WithMetadata(new RequestSizeLimitAttribute(LoadServices.MostBytes)).Refuses("invalid", "media-type", "too-large", "load.rows").Describe("importServices", "Load the price list from a table (columns department, code, name, price, tax, timing, by, automatic); with dryRun nothing is written");
        api.MapGet("/billing/unpaid-work", (UnpaidWork read, CancellationToken ct, int days = 31, Guid? after = null, int limit = 25) => read.Run(new() { Days = days, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadLeaks).Refuses("invalid", "not-found").Describe("listUnpaidWork", "Work that was done in the last days and is not paid, or has no price");
        api.MapPost("/billing/unpaid-work/{id:guid}/settlement", async (Guid id, SettleLeak.Command command, SettleLeak settle, CancellationToken ct) =>
            {
                await settle.Run(command with { WorkId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.ReadLeaks).Repeatable().Refuses("invalid", "not-found", "bill.leak-settled").Describe("settleUnpaidWork", "Put unpaid work aside, with the reason");
    }

    private static void MapBill(RouteGroupBuilder api)
    {
        api.MapGet("/encounters/{id:guid}/bill", (Guid id, ReadBill read, CancellationToken ct) => read.Run(new() { EncounterId = id }, ct))
            .Requires(ClinicPermissions.ReadBills).Refuses("not-found", "patient.restricted").Describe("readBill", "What a visit costs, who pays which part of it, and what opens the way meanwhile");
        api.MapPost("/encounters/{id:guid}/bill/services", async (Guid id, AddService.Command command, AddService add, ReadBill read, CancellationToken ct) =>
            {
                await add.Run(command with { EncounterId = id }, ct);
                return await read.Run(new() { EncounterId = id, IsRefresh = true }, ct);
            })
            .Requires(ClinicPermissions.ReadBills).Repeatable().Refuses("invalid", "not-found", "encounter.closed", "bill.not-yours", "bill.service-twice").Describe("billService", "Put a service on the bill");
        api.MapPost("/encounters/{id:guid}/bill/extras", async (Guid id, AddExtra.Command command, AddExtra add, ReadBill read, CancellationToken ct) =>
            {
                await add.Run(command with { EncounterId = id }, ct);
                return await read.Run(new() { EncounterId = id, IsRefresh = true }, ct);
            })
            .Requires(ClinicPermissions.EditBills).Repeatable().Refuses("invalid", "not-found", "encounter.closed").Describe("billExtra", "Put something on the bill that is on no price list");
        api.MapPost("/encounters/{id:guid}/bill/removals", async (Guid id, TakeOff.Command command, TakeOff take, ReadBill read, CancellationToken ct) =>
            {
                await take.Run(command with { EncounterId = id }, ct);
                return await read.Run(new() { EncounterId = id, IsRefresh = true }, ct);
            })
            .Requires(ClinicPermissions.EditBills).Repeatable().Refuses("invalid", "not-found", "bill.ordered", "bill.paid", "bill.claimed", "charge.settled", "charge.changed").Describe("takeOffBill", "Take a line off the bill");
        api.MapPost("/encounters/{id:guid}/bill/waivers", async (Guid id, WaiveBill.Command command, WaiveBill waive, CancellationToken ct) =>
            {
                await waive.Run(command with { EncounterId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WaiveBills).Repeatable().Refuses("invalid", "not-found", "charge.settled", "charge.changed").Describe("waiveBill", "Let the patient off what is owed, or some lines of it");
        api.MapPost("/encounters/{id:guid}/bill/discounts", async (Guid id, GiveDiscount.Command command, GiveDiscount give, CancellationToken ct) =>
            {
                await give.Run(command with { EncounterId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WaiveBills).Repeatable().Refuses("invalid", "not-found", "charge.settled", "charge.changed").Describe("discountBill", "Take something off what is owed for a visit, by amount or percent, for the whole bill or some lines");
        api.MapPost("/encounters/{id:guid}/bill/discounts/removal", async (Guid id, EndDiscount.Command command, EndDiscount end, CancellationToken ct) =>
            {
                await end.Run(command with { EncounterId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WaiveBills).Repeatable().Refuses("invalid", "not-found", "bill.no-discount", "bill.paid", "bill.not-done", "charge.changed").Describe("endDiscount", "Take discounts and waivers back before the bill is paid");
        api.MapPost("/encounters/{id:guid}/bill/payments", async (Guid id, PayBill.Command command, PayBill pay, ReadBill read, CancellationToken ct) =>
            {
                await pay.Run(command with { EncounterId = id }, ct);
                return await read.Run(new() { EncounterId = id, IsRefresh = true }, ct);
            })
            .Requires(PaymentPermissions.Take).Repeatable().Refuses("invalid", "not-found", "charge.settled", "charge.changed", "payment.twice", "bill.insured", "wallet.insufficient", "drawer.closed").Describe("payBill", "Take payment for a visit, as a whole or in part");
        foreach (var (path, kind, permission, name, summary) in ((string, ExitKind, string, string, string)[])
        [
            ("promises", ExitKind.Promise, ClinicPermissions.PromisePayment, "promisePayment", "Let care go on against a promise to pay"),
            ("emergencies", ExitKind.Emergency, ClinicPermissions.DeclareEmergency, "declareEmergency", "Let care go on unpaid in an emergency"),
        ])
        {
            api.MapPost($"/encounters/{{id:guid}}/bill/{path}", async (string org, Guid id, GrantExit.Command command, GrantExit grant, CancellationToken ct) =>
                    TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/bill", new Made(await grant.Run(command with { EncounterId = id, Kind = kind }, ct))))
                .Requires(permission).Repeatable().Refuses("invalid", "not-found", "encounter.closed").Describe(name, summary);
        }
        api.MapDelete("/encounters/{id:guid}/bill/exits/{exit:guid}", async (Guid id, Guid exit, EndExit end, CancellationToken ct) =>
            {
                await end.Run(new() { EncounterId = id, ExitId = exit }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.PromisePayment).Refuses("not-found", "encounter.closed", "bill.exit-ended").Describe("endExit", "Make care wait for payment again");
    }

    private static void MapInsurance(RouteGroupBuilder api)
    {
        api.MapPost("/patients/{id:guid}/insurances", async (string org, Guid id, AddPolicy.Command command, AddPolicy add, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/patients/{id}", new Made(await add.Run(command with { PatientId = id }, ct))))
            .Requires(ClinicPermissions.Insure).Repeatable().Refuses("invalid", "not-found").Describe("addInsurance", "Write down a patient's insurance");
        api.MapDelete("/patients/{id:guid}/insurances/{policy:guid}", async (Guid id, Guid policy, EndPolicy end, CancellationToken ct) =>
            {
                await end.Run(new() { PatientId = id, PolicyId = policy }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.Insure).Refuses("not-found", "insurance.ended").Describe("endInsurance", "End a patient's insurance");
        api.MapPost("/patients/{id:guid}/retainers", async (string org, Guid id, AddRetainer.Command command, AddRetainer add, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/patients/{id}", new Made(await add.Run(command with { PatientId = id }, ct))))
            .Requires(ClinicPermissions.Insure).Repeatable().Refuses("invalid", "not-found").Describe("addRetainer", "Write down a standing agreement with its discount");
        api.MapDelete("/patients/{id:guid}/retainers/{retainer:guid}", async (Guid id, Guid retainer, EndRetainer end, CancellationToken ct) =>
            {
                await end.Run(new() { PatientId = id, RetainerId = retainer }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.Insure).Refuses("not-found", "retainer.ended").Describe("endRetainer", "End a standing agreement");
        api.MapPost("/encounters/{id:guid}/coverage", async (string org, Guid id, RequestCoverage.Command command, RequestCoverage request, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/bill", new Made(await request.Run(command with { EncounterId = id }, ct))))
            .Requires(ClinicPermissions.Insure).Repeatable().Refuses("not-found", "insurance.not-valid", "insurance.requested").Describe("requestCoverage", "Ask an insurer to take over a visit");
        api.MapPost("/encounters/{id:guid}/coverage/decision", async (Guid id, DecideCoverage.Command command, DecideCoverage decide, CancellationToken ct) =>
            {
                await decide.Run(command with { EncounterId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.Insure).Repeatable().Refuses("invalid", "not-found", "stale", "insurance.not-pending").Describe("decideCoverage", "Write down what the insurer said");
    }

    /// <summary>What was made.</summary>
    public sealed record Made(Guid Id);

    internal static Department? DepartmentOf(string? text) => string.IsNullOrEmpty(text) ? null : Enum.TryParse<Department>(text, true, out var one) && Enum.IsDefined(one) ? one : throw Refusal.Field("department", "Choose one of the list.");
}
