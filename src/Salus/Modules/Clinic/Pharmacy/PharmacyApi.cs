using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Clinic.Pharmacy.Interactions;
using Salus.Modules.Clinic.Pharmacy.Stock;
using Salus.Web;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>What was made.</summary>
public sealed record Made(Guid Id);

/// <summary>Drugs, stock and rules of interaction over HTTP for programs.</summary>
public static class PharmacyApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Pharmacy");
        MapDrugs(api);
        MapStock(api);
        MapRules(api);
    }

    private static void MapDrugs(RouteGroupBuilder api)
    {
        api.MapGet("/drugs", (DrugList list, CancellationToken ct, string? q = null, bool all = false, string? after = null, int limit = 25) => list.Run(new() { Q = q, All = all, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadStock).Refuses("invalid").Describe("listDrugs", "Drugs of the clinic's list by fragments of name, code, class and ingredients");
        api.MapPost("/drugs", async (string org, SaveDrug.Command command, SaveDrug save, CancellationToken ct) =>
            {
                var made = await save.Run(command with { Id = null, Version = null }, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/drugs/{made.Id}", made);
            })
            .Requires(ClinicPermissions.ManageStock).Refuses("invalid", "drug.exists").Describe("addDrug", "Add a drug to the clinic's list");
        api.MapPut("/drugs/{id:guid}", async (Guid id, SaveDrug.Command command, SaveDrug save, HttpContext http, CancellationToken ct) =>
            {
                var changed = await save.Run(command with { Id = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(changed.Version);
                return changed;
            })
            .Requires(ClinicPermissions.ManageStock).Refuses("invalid", "not-found", "stale", "drug.exists").Describe("changeDrug", "Change a drug, or take it out of use");
        api.MapGet("/drugs/export", async (ExportDrugs export, CancellationToken ct) => File("drugs.csv", await DrugFile(await export.Run(new(), ct))))
            .Requires(ClinicPermissions.ManageStock).Describe("exportDrugs", "The list of drugs as CSV");
        api.MapPost("/drugs/import", async (HttpRequest request, ImportDrugs import, CancellationToken ct, bool dryRun = false) =>
                await import.Run(new() { Text = CsvFile.Decode(await CsvFile.Body(request, ct)), DryRun = dryRun }, ct))
            .Requires(ClinicPermissions.ManageStock).WithMetadata(new RequestSizeLimitAttribute(CsvFile.MostBytes + 1)).Refuses("invalid", "media-type", "too-large")
            .Describe("importDrugs", "Load drugs from CSV (columns name, code, atc, class, ingredients, form, strength, unit, reorder_level); with dryRun nothing is written");
    }

    private static void MapStock(RouteGroupBuilder api)
    {
        api.MapGet("/stock", (StockList list, CancellationToken ct, string filter = "all", string? q = null, string? after = null, int limit = 25) => list.Run(new() { Filter = StockList.Read(filter), Q = q, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadStock).Refuses("invalid").Describe("listStock", "The stock by drug: all, low, out, or expired and expiring");
        api.MapGet("/drugs/{id:guid}/movements", (Guid id, MovementList list, CancellationToken ct, Guid? after = null, int limit = 50) => list.Run(new() { DrugId = id, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadStock).Refuses("invalid", "not-found").Describe("listStockMovements", "How the stock of a drug moved");
        api.MapPost("/drugs/{id:guid}/batches", async (string org, Guid id, ReceiveStock.Command command, ReceiveStock receive, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/drugs/{id}/movements", await receive.Run(command with { DrugId = id }, ct)))
            .Requires(ClinicPermissions.ManageStock).Repeatable().Refuses("invalid", "not-found", "drug.archived").Describe("receiveStock", "Put received units on the shelf");
        api.MapPost("/batches/{id:guid}/adjustments", (Guid id, AdjustStock.Command command, AdjustStock adjust, CancellationToken ct) => adjust.Run(command with { BatchId = id }, ct))
            .Requires(ClinicPermissions.ManageStock).Repeatable().Refuses("invalid", "not-found", "stock.short").Describe("adjustStock", "Correct a batch after counting");
        api.MapPost("/batches/{id:guid}/write-offs", (Guid id, WriteOffStock.Command command, WriteOffStock write, CancellationToken ct) => write.Run(command with { BatchId = id }, ct))
            .Requires(ClinicPermissions.ManageStock).Repeatable().Refuses("invalid", "not-found", "stock.short").Describe("writeOffStock", "Write units off: out, expired or damaged");
    }

    private static void MapRules(RouteGroupBuilder api)
    {
        api.MapGet("/interaction-rules", (RuleList list, CancellationToken ct, string? q = null, Guid? after = null, int limit = 50) => list.Run(new() { Q = q, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadStock).Refuses("invalid").Describe("listInteractionRules", "The clinic's own rules of interaction");
        api.MapPost("/interaction-rules", async (string org, SaveRule.Command command, SaveRule save, CancellationToken ct) =>
            {
                var id = await save.Run(command with { Id = null, Version = null }, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/interaction-rules/{id}", new Made(id));
            })
            .Requires(ClinicPermissions.ManageStock).Refuses("invalid", "interaction.exists").Describe("addInteractionRule", "Add a rule of interaction");
        api.MapPut("/interaction-rules/{id:guid}", async (Guid id, SaveRule.Command command, SaveRule save, HttpContext http, CancellationToken ct) =>
            {
                await save.Run(command with { Id = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.ManageStock).Refuses("invalid", "not-found", "stale", "interaction.exists").Describe("changeInteractionRule", "Change a rule of interaction");
        api.MapDelete("/interaction-rules/{id:guid}", async (Guid id, RemoveRule remove, CancellationToken ct) =>
            {
                await remove.Run(new() { RuleId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.ManageStock).Refuses("not-found").Describe("removeInteractionRule", "Remove a rule of interaction");
        api.MapGet("/interaction-rules/export", async (RuleList list, CancellationToken ct) => File("interactions.csv", await RuleFile(await list.Run(new() { Limit = null }, ct))))
            .Requires(ClinicPermissions.ReadStock).Describe("exportInteractionRules", "The rules of interaction as CSV");
        api.MapPost("/interaction-rules/import", async (HttpRequest request, ImportRules import, CancellationToken ct, bool dryRun = false) =>
                await import.Run(new() { Text = CsvFile.Decode(await CsvFile.Body(request, ct)), DryRun = dryRun }, ct))
            .Requires(ClinicPermissions.ManageStock).WithMetadata(new RequestSizeLimitAttribute(CsvFile.MostBytes + 1)).Refuses("invalid", "media-type", "too-large")
            .Describe("importInteractionRules", "Load rules from CSV (columns a_side, a, b_side, b, severity, text); with dryRun nothing is written");
    }

    public static Task<byte[]> DrugFile(IReadOnlyList<DrugLine> drugs) => Csv.Write(ImportDrugs.Columns, drugs.Select(d => (IEnumerable<string>)
        [d.Name, d.Code, d.Atc, d.Class, string.Join("; ", d.Ingredients), d.Form, d.Strength, d.Unit, d.ReorderLevel.ToString(System.Globalization.CultureInfo.InvariantCulture)]), withMark: true);

    public static Task<byte[]> RuleFile(RulePage rules) => Csv.Write(ImportRules.Columns, rules.Items.Select(r => (IEnumerable<string>)
        [r.ASide.ToString().ToLowerInvariant(), r.A, r.BSide.ToString().ToLowerInvariant(), r.B, r.Severity.ToString().ToLowerInvariant(), r.Text]), withMark: true);

    public static IResult File(string name, byte[] bytes) => Results.File(bytes, "text/csv; charset=utf-8", name);
}
