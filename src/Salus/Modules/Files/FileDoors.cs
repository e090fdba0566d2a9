using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Storage;
using Salus.Web;

namespace Salus.Modules.Files;

/// <summary>How files leave: by their guard, by a link for one person, or openly from public places. There is no other way; the folder is not served.</summary>
public static class FileDoors
{
    private static readonly string[] Opening = ["not-found", "file.rejected", "file.pending", "file.away", "file.damaged", "rate-limit"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapApi(routes.Api("Files"));
        MapLogo(routes);
        MapManagement(routes);
        var pages = routes.Pages();
        pages.MapGet("/files/{id:guid}", (Guid id, ReadFile read, Blobs blobs, HttpContext http, CancellationToken ct) => Content(id, read, blobs, http, ct)).Requires(FilePermissions.Open);
        pages.MapGet("/files/{id:guid}/preview", Preview).Requires(FilePermissions.Open);
        pages.MapPost("/files/{id:guid}/trash", async (Guid id, Form form, TrashFile trash, HttpContext http, CancellationToken ct) =>
        {
            await trash.Run(new() { Id = id, Reason = form["reason"] }, ct);
            return Door.GoTo(http, Door.OwnPath(form["back"]));
        }).Requires(FilePermissions.Open);
        pages.MapPost("/files/{id:guid}/restore", async (Guid id, Form form, RestoreFile restore, HttpContext http, CancellationToken ct) =>
        {
            await restore.Run(new(id), ct);
            return Door.GoTo(http, Door.OwnPath(form["back"]));
        }).Requires(FilePermissions.Open);
        var root = routes.RootPages();
        root.MapGet("/files/s/{word}", async (string word, ReadLinkedFile read, Blobs blobs, HttpContext http, CancellationToken ct) => await FileAnswers.Send(http, blobs, await read.Run(new(word), ct))).SignedIn();
        root.MapGet("/files/open/{organisation:guid}/{file:guid}", Open).Public();
    }

    private static void MapApi(RouteGroupBuilder api)
    {
        api.MapGet("/files/{id:guid}", async (Guid id, FileRecord record, HttpContext http, CancellationToken ct) =>
            {
                var file = await record.Run(new(id), ct);
                http.ETag(file.Version);
                return file;
            })
            .Requires(FilePermissions.Open).Refuses("not-found").Describe("getFile", "What is known about a file: its name, kind and size, what the virus scanner said, and where it is kept");
        api.MapGet("/files/{id:guid}/content", (Guid id, ReadFile read, Blobs blobs, HttpContext http, CancellationToken ct) => Content(id, read, blobs, http, ct))
            .Requires(FilePermissions.Open).Refuses(Opening).Describe("getFileContent", "The file itself, whole or a range of it");
        api.MapPost("/files/{id:guid}/link", (Guid id, LinkToFile link, CancellationToken ct) => link.Run(new(id), ct))
            .Requires(FilePermissions.Open).Refuses("not-found").Describe("linkFile", "A link to the file that holds for you, in a browser in which you are signed in, for a quarter of an hour");
        api.MapPut("/files/{id:guid}/trash", async (Guid id, TrashFile.Command command, TrashFile trash, CancellationToken ct) =>
            {
                await trash.Run(command with { Id = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(FilePermissions.Open).Refuses("not-found", "forbidden", "file.trashed", "file.held").Describe("trashFile", "Move a file to the trash, from which it is erased after some days");
        api.MapDelete("/files/{id:guid}/trash", async (Guid id, RestoreFile restore, CancellationToken ct) =>
            {
                await restore.Run(new(id), ct);
                return TypedResults.NoContent();
            })
            .Requires(FilePermissions.Open).Refuses("not-found", "forbidden", "file.not-trashed", "file.erased").Describe("restoreFile", "Take a file back out of the trash");
    }

    private static void MapManagement(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Files");
        api.MapGet("/files", (FileOverview overview, CancellationToken ct, string filter = "all", Guid? after = null, int limit = 25) => overview.Run(new() { Filter = FilterOf(filter), After = after, Limit = limit }, ct))
            .Requires(FilePermissions.Manage).Refuses("invalid").Describe("listFiles", "The state of all files, newest first and without their names; of the stores; and of the virus scanner");
        api.MapPut("/files/stores", async (ChooseStore.Command command, ChooseStore choose, CancellationToken ct) =>
            {
                await choose.Run(command, ct);
                return TypedResults.NoContent();
            })
            .Requires(FilePermissions.Manage).Refuses("invalid").Describe("chooseStore", "Choose the store for new files of a place, or of all");
        api.MapPut("/files/{id:guid}/hold", (Guid id, HoldFile hold, CancellationToken ct) => Hold(id, true, hold, ct))
            .Requires(FilePermissions.Manage).Refuses("not-found", "file.erased").Describe("holdFile", "Hold a file for a legal reason: nothing removes it then");
        api.MapDelete("/files/{id:guid}/hold", (Guid id, HoldFile hold, CancellationToken ct) => Hold(id, false, hold, ct))
            .Requires(FilePermissions.Manage).Refuses("not-found", "file.erased").Describe("letFileGo", "End the hold on a file");
        var pages = routes.Pages();
        pages.MapGet("/manage/files", async (FileOverview overview, CancellationToken ct, string filter = "all", Guid? after = null, bool saved = false) =>
            Show.Page<FilesPage>(new { Found = await overview.Run(new() { Filter = FilterOf(filter), After = after, Limit = 50 }, ct), Filter = FilterOf(filter), Saved = saved })).Requires(FilePermissions.Manage);
        pages.MapPost("/manage/files/stores", async (Form form, ChooseStore choose, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await choose.Run(new() { Place = form["place"], Store = form["store"] }, ct);
            return Door.GoTo(http, page.At("manage/files?saved=true"));
        }).Requires(FilePermissions.Manage);
        pages.MapPost("/manage/files/{id:guid}/hold", async (Guid id, Form form, HoldFile hold, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await hold.Run(new() { Id = id, Held = form.Flag("held") }, ct);
            return Door.GoTo(http, page.At("manage/files?saved=true"));
        }).Requires(FilePermissions.Manage);
    }

    private static FileFilter FilterOf(string text) => Enum.TryParse<FileFilter>(text, ignoreCase: true, out var filter) && Enum.IsDefined(filter) ? filter : throw Refusal.Field("filter", "Choose one of the list.");

    private static async Task<IResult> Hold(Guid id, bool held, HoldFile hold, CancellationToken ct)
    {
        await hold.Run(new() { Id = id, Held = held }, ct);
        return TypedResults.NoContent();
    }

    private static void MapLogo(IEndpointRouteBuilder routes)
    {
        routes.Api("Files").MapPut("/logo", async (HttpRequest request, Uploads uploads, SetLogo set, ActorSlot slot, CancellationToken ct) =>
            {
                await using var upload = await uploads.Receive(request, Logo.Place, slot.Actor, ct);
                return await set.Run(new(upload.One), ct);
            })
            .Requires(FilePermissions.Manage).TakesFiles().Describe("setLogo", "Set the organisation's logo: the body is a picture, or a form with one. It is made at most 600 points wide and high, and anybody may see it");
        routes.Api("Files").MapDelete("/logo", async (SetLogo set, CancellationToken ct) =>
            {
                await set.Run(new(null), ct);
                return TypedResults.NoContent();
            })
            .Requires(FilePermissions.Manage).Describe("removeLogo", "Take the organisation's logo away");
        var pages = routes.Pages();
        pages.MapPost("/manage/logo", async (HttpRequest request, Uploads uploads, SetLogo set, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await using var upload = await uploads.Receive(request, Logo.Place, page.Actor, ct);
            await set.Run(new(upload.One), ct);
            return Door.GoTo(http, page.At("manage/settings"));
        }).Requires(FilePermissions.Manage).TakesFiles();
        pages.MapPost("/manage/logo/remove", async (Form form, SetLogo set, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await set.Run(new(null), ct);
            return Door.GoTo(http, page.At("manage/settings"));
        }).Requires(FilePermissions.Manage);
    }

    private static async Task<IResult> Content(Guid id, ReadFile read, Blobs blobs, HttpContext http, CancellationToken ct) => await FileAnswers.Send(http, blobs, await read.Run(new(id), ct));

    private static async Task<IResult> Preview(Guid id, ReadPreview read, HttpContext http, CancellationToken ct)
    {
        var found = await read.Run(new(id), ct);
        http.Response.Headers.CacheControl = "private, no-store";
        return Results.Bytes(found.Picture, "image/webp");
    }

    // Nobody is asked who they are: only places that are public answer here, and nothing about a person hangs there.
    private static async Task<IResult> Open(Guid organisation, Guid file, Database database, FilePlaces places, Blobs blobs, NodeLimits limits, Settings settings, HttpContext http, CancellationToken ct)
    {
        limits.Take(settings.DownloadLimit, RateLimits.Address(http.Connection.RemoteIpAddress?.MapToIPv4Text()));
        await using var db = database.Open(organisation);
        var found = await db.Files.FindAsync([file], ct);
        if (found is null || places.Find(found.Place)?.IsPublic != true) throw Refusal.NotFound();
        ReadFile.Refuse(found, isStaff: false, settings);
        return await FileAnswers.Send(http, blobs, found, isPublic: true);
    }
}
