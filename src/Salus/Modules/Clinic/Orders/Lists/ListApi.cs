using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>The clinic's lists over HTTP for programs: what can be ordered, diagnosis codes, templates.</summary>
public static class ListApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Lists");
        MapCatalogue(api);
        MapCodes(api);
        MapTemplates(api);
    }

    private static void MapCatalogue(RouteGroupBuilder api)
    {
        api.MapGet("/catalogue", (EntryList list, CancellationToken ct, string q = "", string? kind = null, bool archived = false, string? after = null, int limit = 25) =>
                list.Run(new() { Q = q, Kind = Kind(kind), Archived = archived, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadLists).Refuses("invalid").Describe("listCatalogue", "Tests, studies and procedures by kind and fragments of name and code");
        api.MapPost("/catalogue", async (string org, SaveEntry.Command command, SaveEntry save, CancellationToken ct) =>
            {
                var made = await save.Run(command with { Id = null, Version = null }, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/catalogue?q={Uri.EscapeDataString(made.Code)}", made);
            })
            .Requires(ClinicPermissions.ManageCatalogue).Refuses("invalid", "catalogue.code").Describe("addCatalogueEntry", "Define a test, study or procedure");
        api.MapPut("/catalogue/{id:guid}", async (Guid id, SaveEntry.Command command, SaveEntry save, HttpContext http, CancellationToken ct) =>
            {
                var changed = await save.Run(command with { Id = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(changed.Version);
                return changed;
            })
            .Requires(ClinicPermissions.ManageCatalogue).Refuses("invalid", "not-found", "stale", "catalogue.code").Describe("changeCatalogueEntry", "Change a test, study or procedure");
        api.MapPost("/catalogue/{id:guid}/archiving", (Guid id, ArchiveEntry.Command command, ArchiveEntry archive, CancellationToken ct) => archive.Run(command with { Id = id }, ct))
            .Requires(ClinicPermissions.ManageCatalogue).Refuses("not-found").Describe("archiveCatalogueEntry", "Take an entry out of the list, or back into it");
        api.MapGet("/catalogue/export", async (ExportCatalogue export, CancellationToken ct) => Results.File(await export.Run(new(), ct), "text/csv", "catalogue.csv"))
            .Requires(ClinicPermissions.ManageCatalogue).Describe("exportCatalogue", "The whole list as a table (CSV) that can be loaded again");
        api.MapPost("/catalogue/import", async (HttpRequest request, LoadCatalogue load, CancellationToken ct, bool dryRun = false) =>
            {
                await using var table = await Table(request, ct);
                return await load.Run(new() { Table = table, DryRun = dryRun }, ct);
            })
            .Requires(ClinicPermissions.ManageCatalogue).WithMetadata(new RequestSizeLimitAttribute(LoadCatalogue.MostBytes)).Refuses("invalid", "load.rows", "media-type").Describe("loadCatalogue", "Load a table (text/csv): all rows or none; dryRun=true tells what would happen");
    }

    private static void MapCodes(RouteGroupBuilder api)
    {
        api.MapGet("/codes", (CodeSearch search, CancellationToken ct, string q = "", string? system = null, string? after = null, int limit = 20) => search.Run(new() { Q = q, System = system, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadLists).Refuses("invalid").Describe("searchCodes", "Diagnosis codes by the start of the code or fragments of the text");
        api.MapPost("/codes/import", async (HttpRequest request, CodeLoad load, CancellationToken ct, string system = "icd-10", bool replace = false, bool dryRun = false) =>
            {
                await using var table = await Table(request, ct);
                return await load.Run(table, system, replace, dryRun, ct);
            })
            .Requires(ClinicPermissions.ManageCodes).WithMetadata(new RequestSizeLimitAttribute(CodeLoad.MostBytes)).Refuses("invalid", "load.rows", "media-type").Describe("loadCodes", "Load a list of codes (text/csv with the columns code and text); replace=true takes out what the table does not have");
    }

    private static void MapTemplates(RouteGroupBuilder api)
    {
        api.MapGet("/templates", (TemplateList list, CancellationToken ct) => list.Run(new(), ct)).Requires(ClinicPermissions.ManageTemplates).Describe("listTemplates", "Templates of notes: your own and the clinic's, the most used first");
        api.MapPost("/templates", async (string org, SaveTemplate.Command command, SaveTemplate save, CancellationToken ct) => TypedResults.Created($"/api/v1/orgs/{org}/templates", await save.Run(command with { Id = null, Version = null }, ct)))
            .Requires(ClinicPermissions.ManageTemplates).Refuses("invalid").Describe("addTemplate", "Write a template, for yourself or for the clinic");
        api.MapPut("/templates/{id:guid}", async (Guid id, SaveTemplate.Command command, SaveTemplate save, HttpContext http, CancellationToken ct) =>
            {
                var changed = await save.Run(command with { Id = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(changed.Version);
                return changed;
            })
            .Requires(ClinicPermissions.ManageTemplates).Refuses("invalid", "not-found", "stale").Describe("changeTemplate", "Change a template");
        api.MapDelete("/templates/{id:guid}", async (Guid id, ArchiveTemplate archive, CancellationToken ct) =>
            {
                await archive.Run(new() { Id = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.ManageTemplates).Refuses("not-found").Describe("removeTemplate", "Take a template away");
        api.MapPost("/templates/{id:guid}/uses", (Guid id, UseTemplate use, CancellationToken ct) => use.Run(new() { Id = id }, ct))
            .Requires(ClinicPermissions.WriteConsultations).Refuses("not-found").Describe("useTemplate", "A template's texts for a consultation; the use is counted");
    }

    // Written as in bodies, "lab"; a parameter of the enum's own type would be read with capitals only.
    private static OrderKind? Kind(string? text) => string.IsNullOrEmpty(text) ? null
        : Enum.TryParse<OrderKind>(text, true, out var kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(text[0]) ? kind : throw Refusal.Field("kind", "Choose one of the list.");

    /// <summary>The body, kept on disk while it is read twice.</summary>
    /// <exception cref="Refusal">415 when it is no table.</exception>
    internal static async Task<Stream> Table(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentType?.Split(';')[0].Trim() is not "text/csv") throw new Refusal(415, "media-type", "This kind of content is not understood here.");
        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await request.Body.CopyToAsync(file, ct);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
