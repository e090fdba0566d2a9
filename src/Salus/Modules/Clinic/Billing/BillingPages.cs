using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Payments.Contract;
using Salus.Web;

namespace Salus.Modules.Clinic.Billing;

/// <summary>The price list, the bill of a visit, and the list of work that is not paid.</summary>
public static class BillingPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapPrices(pages);
        MapBill(pages);
        MapExits(pages);
        MapInsurance(pages);
    }

    private static void MapPrices(RouteGroupBuilder pages)
    {
        pages.MapGet("/manage/prices", async (ServiceList list, HttpContext http, CancellationToken ct, string q = "", string? department = null, bool archived = false, Guid? after = null, bool saved = false) =>
        {
            var one = BillingApi.DepartmentOf(department);
            var found = await list.Run(new() { Q = q, Department = one, Archived = archived, After = after }, ct);
            return http.Request.IsHtmx() ? Show.Page<PriceRows>(new { Found = found, Q = q, Department = one, Archived = archived }) : Show.Page<PricesPage>(new { Found = found, Q = q, Department = one, Archived = archived, Saved = saved });
        }).Requires(ClinicPermissions.ManagePrices);
        pages.MapPost("/manage/prices", async (Form form, SaveService save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var made = await save.Run(new()
            {
                Id = form.Id("id"), Version = form.Id("version"), Department = form.Choice<Department>("department"), Code = form["code"], Name = form["name"], Price = new(form["price"]), TaxRate = form.Amount("taxRate") ?? 0,
                Timing = form.Choice<BillTiming>("timing"), By = form.All("by"), Automatic = form.All("automatic"),
            }, ct);
            return Door.GoTo(http, page.At($"manage/prices?q={Uri.EscapeDataString(made.Code)}&saved=true"));
        }).Requires(ClinicPermissions.ManagePrices);
        pages.MapPost("/manage/prices/{id:guid}/archiving", async (Guid id, Form form, ArchiveService archive, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await archive.Run(new() { Id = id, Restore = form.Flag("restore") }, ct);
            return Door.GoTo(http, page.At("manage/prices?saved=true"));
        }).Requires(ClinicPermissions.ManagePrices);
        pages.MapGet("/manage/prices/export", async (ExportServices export, CancellationToken ct) => Results.File(await export.Run(new(), ct), "text/csv", "prices.csv")).Requires(ClinicPermissions.ManagePrices);
        pages.MapPost("/manage/prices/import", async (Form form, LoadServices load, CancellationToken ct) =>
        {
            await using var table = form.Open("file");
            var report = await load.Run(new() { Table = table, DryRun = true }, ct);
            if (report.FaultCount == 0 && !form.Flag("dryRun")) report = await load.Run(new() { Table = table }, ct);
            return Show.Page<LoadReportPage>(new { Report = report, Back = "manage/prices" });
        }).Requires(ClinicPermissions.ManagePrices).WithMetadata(new RequestSizeLimitAttribute(LoadServices.MostBytes));
        pages.MapGet("/manage/unpaid-work", async (UnpaidWork read, CancellationToken ct, int days = 31, Guid? after = null) => Show.Page<UnpaidWorkPage>(new { View = await read.Run(new() { Days = days, After = after }, ct), Days = days })).Requires(ClinicPermissions.ReadLeaks);
        pages.MapPost("/manage/unpaid-work/{id:guid}", async (Guid id, Form form, SettleLeak settle, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await settle.Run(new() { WorkId = id, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At("manage/unpaid-work"));
        }).Requires(ClinicPermissions.ReadLeaks);
    }

    private static void MapBill(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits/{id:guid}/bill", async (Guid id, ReadBill read, ServiceList services, PageTools page, CancellationToken ct) =>
            Show.Page<BillPage>(new { Bill = await read.Run(new() { EncounterId = id }, ct), Services = page.Actor.May(ClinicPermissions.ReadPrices) ? (await services.Run(new() { Limit = 100 }, ct)).Items : [] })).Requires(ClinicPermissions.ReadBills);
        pages.MapGet("/visits/{id:guid}/bill/lines", async (Guid id, ReadBill read, CancellationToken ct) => Show.Page<BillPart>(new { Bill = await read.Run(new() { EncounterId = id, IsRefresh = true }, ct) })).Requires(ClinicPermissions.ReadBills);
        pages.MapPost("/visits/{id:guid}/bill/services", async (Guid id, Form form, AddService add, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await add.Run(new() { EncounterId = id, ServiceId = form.Id("serviceId") ?? throw Refusal.Field("serviceId", "Choose one of the list."), Quantity = form.Amount("quantity") ?? 1 }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.ReadBills);
        pages.MapPost("/visits/{id:guid}/bill/extras", async (Guid id, Form form, AddExtra add, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await add.Run(new() { EncounterId = id, Title = form["title"], Amount = new(form["amount"]), Reason = form["reason"] }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.EditBills);
        pages.MapPost("/visits/{id:guid}/bill/removals", async (Guid id, Form form, TakeOff take, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await take.Run(new() { EncounterId = id, ChargeId = form.Id("chargeId") ?? throw Refusal.NotFound(), Reason = form["reason"] }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.EditBills);
        pages.MapPost("/visits/{id:guid}/bill/payments", async (Guid id, Form form, PayBill pay, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await pay.Run(new()
            {
                EncounterId = id, ChargeIds = Lines(form), Method = form.Choice<PaymentMethod>("method"),
                Amount = Amount(form["amount"]), Tendered = Amount(form["tendered"]), Reference = form["reference"], IsSecond = form.Flag("isSecond"),
            }, ct);
            return Back(id, page, http);
        }).Requires(PaymentPermissions.Take);
    }

    private static void MapExits(RouteGroupBuilder pages)
    {
        pages.MapPost("/visits/{id:guid}/bill/waivers", async (Guid id, Form form, WaiveBill waive, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await waive.Run(new() { EncounterId = id, ChargeIds = Lines(form), Reason = form["reason"] }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.WaiveBills);
        pages.MapPost("/visits/{id:guid}/bill/discounts", async (Guid id, Form form, GiveDiscount give, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await give.Run(new() { EncounterId = id, ChargeIds = Lines(form), Amount = Amount(form["amount"]), Percent = form.Amount("percent"), Reason = form["reason"] }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.WaiveBills);
        pages.MapPost("/visits/{id:guid}/bill/discounts/removal", async (Guid id, Form form, EndDiscount end, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await end.Run(new() { EncounterId = id, ChargeIds = Lines(form), Reason = form["reason"] }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.WaiveBills);
        foreach (var (path, kind, permission) in ((string, ExitKind, string)[])[("promises", ExitKind.Promise, ClinicPermissions.PromisePayment), ("emergencies", ExitKind.Emergency, ClinicPermissions.DeclareEmergency)])
        {
            pages.MapPost($"/visits/{{id:guid}}/bill/{path}", async (Guid id, Form form, GrantExit grant, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
            {
                slot.Once(form);
                await grant.Run(new() { EncounterId = id, Kind = kind, Reason = form["reason"], Until = form.Date("until") }, ct);
                return Back(id, page, http);
            }).Requires(permission);
        }
        pages.MapPost("/visits/{id:guid}/bill/exits/{exit:guid}/ending", async (Guid id, Guid exit, EndExit end, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await end.Run(new() { EncounterId = id, ExitId = exit }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.PromisePayment);
    }

    private static void MapInsurance(RouteGroupBuilder pages)
    {
        pages.MapPost("/visits/{id:guid}/bill/insurances", async (Guid id, Form form, AddPolicy add, ReadBill read, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var visit = (await read.Run(new() { EncounterId = id, IsRefresh = true }, ct)).Visit;
            await add.Run(PolicyOf(visit.PatientId, form), ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.Insure);
        pages.MapPost("/visits/{id:guid}/bill/retainers", async (Guid id, Form form, AddRetainer add, ReadBill read, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var visit = (await read.Run(new() { EncounterId = id, IsRefresh = true }, ct)).Visit;
            await add.Run(RetainerOf(visit.PatientId, form), ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.Insure);
        MapPayers(pages);
        pages.MapPost("/visits/{id:guid}/bill/coverage", async (Guid id, Form form, RequestCoverage request, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await request.Run(new() { EncounterId = id, PolicyId = form.Id("policyId") ?? throw Refusal.NotFound() }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.Insure);
        pages.MapPost("/visits/{id:guid}/bill/coverage/decision", async (Guid id, Form form, DecideCoverage decide, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await decide.Run(new() { EncounterId = id, Approves = form.Flag("approves"), Amount = Amount(form["amount"]), Reference = form["reference"], Reason = form["reason"], Version = form.Id("version") }, ct);
            return Back(id, page, http);
        }).Requires(ClinicPermissions.Insure);
    }

    private static List<Guid> Lines(Form form) => [.. form.All("chargeId").Select(t => Guid.TryParse(t, CultureInfo.InvariantCulture, out var charge) ? charge : throw Refusal.NotFound())];

    private static Money? Amount(string text) => string.IsNullOrWhiteSpace(text) ? null : new(text);

    private static IResult Back(Guid id, PageTools page, HttpContext http) => Door.GoTo(http, page.At($"visits/{id}/bill"));

    /// <summary>What is written down on the patient's own page, before there is a visit.</summary>
    private static void MapPayers(RouteGroupBuilder pages)
    {
        pages.MapPost("/patients/{id:guid}/insurances", async (Guid id, Form form, AddPolicy add, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await add.Run(PolicyOf(id, form), ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.Insure);
        pages.MapPost("/patients/{id:guid}/insurances/{policy:guid}/ending", async (Guid id, Guid policy, EndPolicy end, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await end.Run(new() { PatientId = id, PolicyId = policy }, ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.Insure);
        pages.MapPost("/patients/{id:guid}/retainers", async (Guid id, Form form, AddRetainer add, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await add.Run(RetainerOf(id, form), ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.Insure);
        pages.MapPost("/patients/{id:guid}/retainers/{retainer:guid}/ending", async (Guid id, Guid retainer, EndRetainer end, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await end.Run(new() { PatientId = id, RetainerId = retainer }, ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.Insure);
    }

    private static AddPolicy.Command PolicyOf(Guid patient, Form form) =>
        new() { PatientId = patient, Insurer = form["insurer"], Number = form["number"], Percent = form.Number("percent") ?? 0, From = form.Date("from") ?? default, To = form.Date("to") };

    private static AddRetainer.Command RetainerOf(Guid patient, Form form) =>
        new() { PatientId = patient, Kind = form.Choice<RetainerKind>("kind"), From = form.Date("from") ?? default, To = form.Date("to") ?? default };
}
