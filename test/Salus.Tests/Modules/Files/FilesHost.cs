[assembly: AssemblyFixture(typeof(Salus.Tests.Files.FilesHost))]

namespace Salus.Tests.Files;

using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;
using Salus.Web;

/// <summary>A module as others will be: two places, who may read there, a route that keeps what comes, and a form.</summary>
public sealed class TestFiles : Module
{
    public static readonly FilePlace Documents = new("test-document", FileType.All), Pictures = new("test-picture", [FileType.Jpeg, FileType.Png], ImagePixels: 1200, MostFiles: 3);

    public override IEnumerable<AuditAction> AuditActions => [new(KeepTestFiles.Action, "kept files of a test")];

    public override void AddServices(IServiceCollection services) => services.AddSingleton(Documents).AddSingleton(Pictures)
        .AddScoped<IFileGuard>(_ => new Guard(Documents.Key)).AddScoped<IFileGuard>(_ => new Guard(Pictures.Key)).AddScoped<KeepTestFiles>();

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.Api("Tests").MapPost("/test-files/{place}", Take).SignedIn().TakesFiles();
        routes.Pages().MapPost("/test-files/{place}", Take).SignedIn().TakesFiles();
        routes.Pages().MapGet("/test-files", async (Database database, ActorSlot slot) =>
        {
            await using var db = database.Open(slot.Actor.OrganisationId);
            var files = await db.Files.Where(f => f.SubjectKind == "test").OrderBy(f => f.Id).ToListAsync();
            return Show.Page<FileList>(new { Files = (IReadOnlyList<FileView>)[.. files.Select(FileView.Of)], MayTrash = slot.Actor.Roles.Contains("clinic.doctor") });
        }).SignedIn();
    }

    private static async Task<IResult> Take(string place, HttpRequest request, Uploads uploads, FilePlaces places, KeepTestFiles keep, ActorSlot slot, CancellationToken ct)
    {
        await using var upload = await uploads.Receive(request, places[place], slot.Actor, ct);
        return Results.Json(await keep.Run(new(upload.Files, Guid.TryParse(upload["subject"], out var subject) ? subject : Guid.Empty, upload["fail"]), ct), statusCode: 201);
    }

    /// <summary>Doctors and administrators read; doctors remove.</summary>
    private sealed class Guard(string place) : IFileGuard
    {
        public string Place => place;
        public Task<bool> MayRead(SalusDb db, Actor actor, StoredFile file, CancellationToken ct) => Task.FromResult(actor.Roles.Any(r => r is "clinic.doctor" or "org.admin") || actor.Kind == ActorKind.Device);
        public Task<bool> MayTrash(SalusDb db, Actor actor, StoredFile file, CancellationToken ct) => Task.FromResult(actor.Roles.Contains("clinic.doctor"));
    }
}

/// <summary>Keeps files in one transaction, which may be told to fail after that.</summary>
public sealed class KeepTestFiles(Tools tools, FileRows rows) : UseCase<KeepTestFiles.Command, List<FileView>>(tools)
{
    public const string Action = "test.keep-files";

    public sealed record Command(IReadOnlyList<ReceivedFile> Files, Guid Subject, string Fail);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task<List<FileView>> Handle(Command command, CancellationToken ct)
    {
        var kept = new List<FileView>();
        foreach (var file in command.Files) kept.Add(FileView.Of(await rows.Keep(Db, file, "test", command.Subject, Now, ct)));
        return command.Fail.Length == 0 ? kept : throw new Refusal(409, "test.fails", "No.");
    }
}

/// <summary>One server with the test module for all tests of files that need nothing special; started by the first of them.</summary>
public sealed class FilesHost : IAsyncDisposable
{
    private readonly Lazy<Task<OwnServer>> server = new(async () =>
    {
        var own = await OwnServer.Start(null, new TestFiles());
        await own.Salus.Owner();
        return own;
    });

    public async Task<Clinic> NewClinic() => await Clinic.Make((await server.Value).Salus);

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated) await (await server.Value).DisposeAsync();
    }
}

public static class FileCalls
{
    /// <summary>A form with files, as a browser or a program sends it.</summary>
    public static MultipartFormDataContent Form(params (string Name, string Type, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, type, bytes) in files)
        {
            var part = new ByteArrayContent(bytes);
            if (type.Length > 0) part.Headers.ContentType = new MediaTypeHeaderValue(type);
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"files\"; filename*=UTF-8''{Uri.EscapeDataString(name)}");
            form.Add(part);
        }
        return form;
    }

    public static Task<Answer> Send(this Caller caller, string name, byte[] bytes, string type = "", string place = "test-document", params (string, string)[] headers) =>
        caller.Send("POST", $"test-files/{place}", Form((name, type, bytes)), headers);

    /// <summary>Sends a file that is kept, and gives its id.</summary>
    public static async Task<Guid> Keep(this Caller caller, string name, byte[] bytes, string place = "test-document") => (await caller.Send(name, bytes, "", place)).Is(201).Json[0].Id();

    public static async Task<(int Status, byte[] Bytes, HttpResponseMessage Answer)> Fetch(this Caller caller, string path, params (string Name, string Value)[] headers)
    {
        using var request = caller.Request("GET", path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var answer = await caller.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(), answer);
    }

    /// <summary>All blobs in the folder of an installation.</summary>
    public static IReadOnlyList<string> Blobs(RunningSalus salus) => Directory.Exists(salus.Settings.FilesFolder) ? Directory.GetFiles(salus.Settings.FilesFolder, "*", SearchOption.AllDirectories) : [];

    public static string BlobOf(RunningSalus salus, Guid id) => Assert.Single(Blobs(salus), b => b.Contains(id.ToString("N"), StringComparison.Ordinal));
}
