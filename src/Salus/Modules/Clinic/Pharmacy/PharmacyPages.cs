using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Modules.Clinic.Pharmacy.Dispensing;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Clinic.Pharmacy.Interactions;
using Salus.Modules.Clinic.Pharmacy.Stock;
using Salus.Web;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>The pharmacist's pages: what is to be dispensed, what was, drugs, stock and rules.</summary>
public static class PharmacyPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapWork(pages);
        MapDrugs(pages);
        MapStock(pages);
        MapRules(pages);
    }

    private static void MapWork(RouteGroupBuilder pages)
    {
        pages.MapGet("/pharmacy", async (PharmacyWorkList list, CancellationToken ct, string q = "", string? after = null) =>
            Show.Page<PharmacyPage>(new { View = await list.Run(new() { Q = q, After = after }, ct), Q = q, After = after })).Requires(ClinicPermissions.ReadPharmacy);
        pages.MapGet("/pharmacy/list", async (PharmacyWorkList list, CancellationToken ct, string q = "", string? after = null) =>
            Show.Page<PharmacyRows>(new { View = await list.Run(new() { Q = q, After = after, IsRefresh = true }, ct), Q = q, After = after })).Requires(ClinicPermissions.ReadPharmacy);
        pages.MapPost("/pharmacy/prescriptions/{id:guid}/dispensing", async (Guid id, Form form, DispensePrescription dispense, PharmacyWorkList list, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var done = await dispense.Run(new() { PrescriptionId = id, Quantity = form.Number("quantity"), Notes = form["notes"], Version = form.Id("version") }, ct);
            var (q, after) = (form["q"], form["after"] is { Length: > 0 } place ? place : null);
            return Show.After<PharmacyRows>(http, page.At("pharmacy") + Place(q, after), new { View = await list.Run(new() { Q = q, After = after, IsRefresh = true }, ct), Q = q, After = after, Done = done });
        }).Requires(ClinicPermissions.Dispense);
        pages.MapGet("/pharmacy/dispensed", async (DispensedList list, CancellationToken ct, Guid? after = null, bool saved = false) =>
            Show.Page<DispensedListPage>(new { Found = await list.Run(new() { After = after }, ct), Saved = saved })).Requires(ClinicPermissions.ReadPharmacy);
        pages.MapPost("/pharmacy/prescriptions/{id:guid}/returns", async (Guid id, Form form, ReturnMedicine take, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await take.Run(new() { PrescriptionId = id, LineId = form.Id("lineId"), Quantity = form.Number("quantity") ?? 0, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At("pharmacy/dispensed?saved=true"));
        }).Requires(ClinicPermissions.Dispense);
    }

    /// <summary>Where in the list of what waits one is.</summary>
    internal static string Place(string q, string? after) => new QueryBuilder(new Dictionary<string, string> { ["q"] = q, ["after"] = after ?? "" }.Where(p => p.Value.Length > 0)).ToString();

    private static void MapDrugs(RouteGroupBuilder pages)
    {
        pages.MapGet("/pharmacy/drugs", async (DrugList list, HttpContext http, CancellationToken ct, string q = "", string? after = null, bool all = false, bool saved = false) =>
        {
            var found = await list.Run(new() { Q = q, After = after, All = all }, ct);
            return http.Request.IsHtmx() ? Show.Page<DrugRows>(new { Found = found, Q = q, All = all }) : Show.Page<DrugsPage>(new { Found = found, Q = q, All = all, Saved = saved });
        }).Requires(ClinicPermissions.ReadStock);
        pages.MapPost("/pharmacy/drugs", async (Form form, SaveDrug save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new()
            {
                Id = form.Id("id"), Name = form["name"], Code = form["code"], Atc = form["atc"], Class = form["class"], Ingredients = form["ingredients"], Form = form["form"], Strength = form["strength"], Unit = form["unit"],
                ReorderLevel = form.Number("reorderLevel") ?? 0, Archived = form.Flag("archived"), Version = form.Id("version"),
            }, ct);
            return Door.GoTo(http, page.At("pharmacy/drugs?saved=true"));
        }).Requires(ClinicPermissions.ManageStock);
        // Options for whoever types the name of a drug.
        pages.MapGet("/pharmacy/drugs/options", async (DrugList list, CancellationToken ct, string drug = "") =>
            Show.Page<DrugOptions>(new { Items = string.IsNullOrWhiteSpace(drug) || drug.Length > 100 ? [] : (await list.Run(new() { Q = drug, Limit = 12 }, ct)).Items })).Requires(ClinicPermissions.ReadStock);
        pages.MapGet("/pharmacy/drugs/export", async (ExportDrugs export, CancellationToken ct) => PharmacyApi.File("drugs.csv", await PharmacyApi.DrugFile(await export.Run(new(), ct)))).Requires(ClinicPermissions.ManageStock);
        pages.MapPost("/pharmacy/drugs/import", async (Form form, ImportDrugs import, CancellationToken ct) =>
            Show.Page<ImportPage>(new { Outcome = await import.Run(new() { Text = CsvFile.Decode(await form.File("file", CsvFile.MostBytes)), DryRun = !form.Flag("write") }, ct), Back = "pharmacy/drugs" }))
            .Requires(ClinicPermissions.ManageStock).WithMetadata(new RequestSizeLimitAttribute(CsvFile.MostBytes + 64 * 1024));
    }

    private static void MapStock(RouteGroupBuilder pages)
    {
        pages.MapGet("/pharmacy/stock", async (StockList list, CancellationToken ct, string filter = "all", string q = "", string? after = null, bool saved = false) =>
            Show.Page<StockListPage>(new { View = await list.Run(new() { Filter = StockList.Read(filter), Q = q, After = after }, ct), Q = q, Saved = saved })).Requires(ClinicPermissions.ReadStock);
        pages.MapGet("/pharmacy/drugs/{id:guid}/movements", async (Guid id, MovementList list, CancellationToken ct, Guid? after = null) =>
            Show.Page<MovementsPage>(new { View = await list.Run(new() { DrugId = id, After = after }, ct), DrugId = id })).Requires(ClinicPermissions.ReadStock);
        pages.MapPost("/pharmacy/drugs/{id:guid}/batches", async (Guid id, Form form, ReceiveStock receive, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await receive.Run(new() { DrugId = id, Number = form["number"], Expiry = form.Date("expiry"), Quantity = form.Number("quantity") ?? 0, Location = form["location"], Reason = form["reason"] }, ct);
            return Stock(form, page, http);
        }).Requires(ClinicPermissions.ManageStock);
        pages.MapPost("/pharmacy/batches/{id:guid}/adjustments", async (Guid id, Form form, AdjustStock adjust, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await adjust.Run(new() { BatchId = id, Quantity = form.Number("quantity") ?? 0, Reason = form["reason"] }, ct);
            return Stock(form, page, http);
        }).Requires(ClinicPermissions.ManageStock);
        pages.MapPost("/pharmacy/batches/{id:guid}/write-offs", async (Guid id, Form form, WriteOffStock write, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await write.Run(new() { BatchId = id, Kind = form.Choice<StockKind>("kind"), Quantity = form.Number("quantity") ?? 0, Reason = form["reason"] }, ct);
            return Stock(form, page, http);
        }).Requires(ClinicPermissions.ManageStock);
    }

    private static IResult Stock(Form form, PageTools page, HttpContext http) => Door.GoTo(http, page.At($"pharmacy/stock?saved=true&filter={form.Choice<StockFilter>("filter")}&q={Uri.EscapeDataString(form["q"])}"));

    private static void MapRules(RouteGroupBuilder pages)
    {
        pages.MapGet("/pharmacy/interactions", async (RuleList list, CancellationToken ct, string q = "", Guid? after = null, bool saved = false) =>
            Show.Page<RulesPage>(new { Found = await list.Run(new() { Q = q, After = after }, ct), Q = q, Saved = saved })).Requires(ClinicPermissions.ReadStock);
        pages.MapPost("/pharmacy/interactions", async (Form form, SaveRule save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new()
            {
                Id = form.Id("id"), ASide = form.Choice<RuleSide>("aSide"), A = form["a"], BSide = form.Choice<RuleSide>("bSide"), B = form["b"], Severity = form.Choice<InteractionSeverity>("severity"), Text = form["text"],
                Version = form.Id("version"),
            }, ct);
            return Door.GoTo(http, page.At("pharmacy/interactions?saved=true"));
        }).Requires(ClinicPermissions.ManageStock);
        pages.MapPost("/pharmacy/interactions/{id:guid}/removal", async (Guid id, Form form, RemoveRule remove, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await remove.Run(new() { RuleId = id }, ct);
            return Door.GoTo(http, page.At("pharmacy/interactions?saved=true"));
        }).Requires(ClinicPermissions.ManageStock);
        pages.MapGet("/pharmacy/interactions/export", async (RuleList list, CancellationToken ct) => PharmacyApi.File("interactions.csv", await PharmacyApi.RuleFile(await list.Run(new() { Limit = null }, ct)))).Requires(ClinicPermissions.ReadStock);
        pages.MapPost("/pharmacy/interactions/import", async (Form form, ImportRules import, CancellationToken ct) =>
            Show.Page<ImportPage>(new { Outcome = await import.Run(new() { Text = CsvFile.Decode(await form.File("file", CsvFile.MostBytes)), DryRun = !form.Flag("write") }, ct), Back = "pharmacy/interactions" }))
            .Requires(ClinicPermissions.ManageStock).WithMetadata(new RequestSizeLimitAttribute(CsvFile.MostBytes + 64 * 1024));
    }
}
