using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>The pages on which the clinic keeps its lists, and the fragments that search in them as one types.</summary>
public static class ListPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapCatalogue(pages);
        MapCodes(pages);
        MapTemplates(pages);
    }

    private static void MapCatalogue(RouteGroupBuilder pages)
    {
        pages.MapGet("/manage/catalogue", async (EntryList list, HttpContext http, CancellationToken ct, string q = "", string? kind = null, bool archived = false, string? after = null, bool saved = false) =>
        {
            var chosen = Enum.TryParse<OrderKind>(kind, true, out var one) && Enum.IsDefined(one) ? one : (OrderKind?)null;
            var found = await list.Run(new() { Q = q, Kind = chosen, Archived = archived, After = after }, ct);
            return http.Request.IsHtmx() ? Show.Page<CatalogueRows>(new { Found = found, Q = q, Kind = chosen, Archived = archived }) : Show.Page<CataloguePage>(new { Found = found, Q = q, Kind = chosen, Archived = archived, Saved = saved });
        }).Requires(ClinicPermissions.ManageCatalogue);
        pages.MapPost("/manage/catalogue", async (Form form, SaveEntry save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var made = await save.Run(Entry(form), ct);
            return Door.GoTo(http, page.At($"manage/catalogue?q={Uri.EscapeDataString(made.Code)}&saved=true"));
        }).Requires(ClinicPermissions.ManageCatalogue);
        pages.MapPost("/manage/catalogue/{id:guid}/archiving", async (Guid id, Form form, ArchiveEntry archive, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await archive.Run(new() { Id = id, Restore = form.Flag("restore") }, ct);
            return Door.GoTo(http, page.At("manage/catalogue?saved=true"));
        }).Requires(ClinicPermissions.ManageCatalogue);
        pages.MapGet("/manage/catalogue/export", async (ExportCatalogue export, CancellationToken ct) => Results.File(await export.Run(new(), ct), "text/csv", "catalogue.csv")).Requires(ClinicPermissions.ManageCatalogue);
        pages.MapPost("/manage/catalogue/import", async (Form form, LoadCatalogue load, CancellationToken ct) =>
        {
            await using var table = form.Open("file");
            var report = await load.Run(new() { Table = table, DryRun = true }, ct);
            if (report.FaultCount == 0 && !form.Flag("dryRun")) report = await load.Run(new() { Table = table }, ct);
            return Show.Page<LoadReportPage>(new { Report = report, Back = "manage/catalogue" });
        }).Requires(ClinicPermissions.ManageCatalogue).WithMetadata(new RequestSizeLimitAttribute(LoadCatalogue.MostBytes));
        pages.MapGet("/catalogue/options", async (EntryOptions options, HttpContext http, CancellationToken ct, string q = "", string kind = "Lab") =>
            Show.Page<EntryChoice>(new
            {
                Found = await options.Run(new()
                {
                    Q = q, Kind = Enum.TryParse<OrderKind>(kind, true, out var one) && Enum.IsDefined(one) ? one : OrderKind.Lab,
                    Chosen = [.. http.Request.Query["entry"].Select(t => Guid.TryParse(t, out var id) ? id : (Guid?)null).OfType<Guid>()],
                }, ct),
            })).Requires(ClinicPermissions.PlaceOrders);
    }

    private static SaveEntry.Command Entry(Form form) => new()
    {
        Id = form.Id("id"), Version = form.Id("version"), Kind = form.Choice<OrderKind>("kind"), Code = form["code"], Loinc = form["loinc"], Name = form["name"], Category = form["category"], Unit = form["unit"], Low = form.Amount("low"), High = form.Amount("high"),
        CriticalLow = form.Amount("criticalLow"), CriticalHigh = form.Amount("criticalHigh"), RangeText = form["rangeText"], Specimen = form["specimen"], IsFasting = form.Flag("isFasting"), Hours = form.Number("hours"),
    };

    private static void MapCodes(RouteGroupBuilder pages)
    {
        pages.MapGet("/manage/codes", async (CodeSearch search, CodeSystems systems, CancellationToken ct, string q = "", string? after = null) =>
            Show.Page<CodesPage>(new { Found = await search.Run(new() { Q = q, After = after, Limit = 50 }, ct), Systems = await systems.Run(new(), ct), Q = q })).Requires(ClinicPermissions.ManageCodes);
        pages.MapPost("/manage/codes", async (Form form, CodeLoad load, CancellationToken ct) =>
        {
            await using var table = form.Open("file");
            var (system, replace) = (form["system"], form.Flag("replace"));
            var report = await load.Run(table, system, replace, dryRun: true, ct);
            if (report.FaultCount == 0 && !form.Flag("dryRun")) report = await load.Run(table, system, replace, dryRun: false, ct);
            return Show.Page<LoadReportPage>(new { Report = report, Back = "manage/codes" });
        }).Requires(ClinicPermissions.ManageCodes).WithMetadata(new RequestSizeLimitAttribute(CodeLoad.MostBytes));
        // The box is named as the form around it wants; "field" tells how.
        pages.MapGet("/codes", async (CodeSearch search, HttpContext http, CancellationToken ct, string? q = null, string field = "q", string? system = null) =>
        {
            var typed = q ?? http.Request.Query[field].ToString();
            return Show.Page<CodeOptions>(new { Found = typed.Trim().Length == 0 ? new CodePage([], null) : await search.Run(new() { Q = typed, System = system, Limit = 12 }, ct), Q = typed });
        }).Requires(ClinicPermissions.ReadLists);
    }

    private static void MapTemplates(RouteGroupBuilder pages)
    {
        pages.MapGet("/manage/templates", async (TemplateList list, CancellationToken ct, bool saved = false) => Show.Page<TemplatesPage>(new { Templates = await list.Run(new(), ct), Saved = saved })).Requires(ClinicPermissions.ManageTemplates);
        pages.MapPost("/manage/templates", async (Form form, SaveTemplate save, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await save.Run(new()
            {
                Id = form.Id("id"), Version = form.Id("version"), Name = form["name"], IsOwn = form.Flag("isOwn"), History = form["history"], Examination = form["examination"], Assessment = form["assessment"], Plan = form["plan"],
            }, ct);
            return Door.GoTo(http, page.At("manage/templates?saved=true"));
        }).Requires(ClinicPermissions.ManageTemplates);
        pages.MapPost("/manage/templates/{id:guid}/removal", async (Guid id, Form form, ArchiveTemplate archive, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await archive.Run(new() { Id = id }, ct);
            return Door.GoTo(http, page.At("manage/templates?saved=true"));
        }).Requires(ClinicPermissions.ManageTemplates);
    }
}
