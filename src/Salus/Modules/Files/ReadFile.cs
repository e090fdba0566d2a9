using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files;

/// <summary>What is known about one file.</summary>
public sealed class FileRecord(Tools tools, FileScope scope) : ReadModel<FileRecord.Query, FileView>(tools)
{
    public const string Action = "file.look";

    public sealed record Query(Guid Id);

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(FilePermissions.Open);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, FileView result) => ("file", [result.Id, result.SubjectId]);
    protected override async Task<FileView> Handle(SalusDb db, Query query, CancellationToken ct) => FileView.Of(await scope.Find(db, Actor, query.Id, ct));
}

/// <summary>Opens a file's content for somebody whom its guard lets in. The log has it before the first byte goes out.</summary>
public sealed class ReadFile(Tools tools, FileScope scope, NodeLimits limits, Settings settings) : ReadModel<ReadFile.Query, StoredFile>(tools)
{
    public const string Action = "file.read";

    public sealed record Query(Guid Id);

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct)
    {
        limits.Take(settings.DownloadLimit, Actor.Id?.ToString() ?? "");
        return Require(FilePermissions.Open);
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, StoredFile result) => ("file", [result.Id, result.SubjectId]);

    protected override async Task<StoredFile> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var file = await scope.Find(db, Actor, query.Id, ct);
        Refuse(file, isStaff: Actor.Kind is ActorKind.Person or ActorKind.Program or ActorKind.System, settings);
        return file;
    }

    /// <summary>What is in the trash does not exist, what the scanner found is never given out, and what it has not seen yet only to whom the settings say.</summary>
    internal static void Refuse(StoredFile file, bool isStaff, Settings settings)
    {
        if (!file.IsThere) throw Refusal.NotFound();
        if (file.ScanState == ScanState.Rejected) throw new Refusal(403, "file.rejected", "The virus scanner found something in this file. It is not given out.") { Unlock = "Ask for it again where it came from." };
        if (file.ScanState == ScanState.Pending && !(isStaff && settings.FilesPending == PendingFiles.Staff))
            throw new Refusal(409, "file.pending", "The virus scanner has not looked at this file yet.") { RetryAfter = 10, Unlock = "Try again in a moment." };
    }
}

/// <summary>Opens a file through a link that was made for this person.</summary>
public sealed class ReadLinkedFile(Tools tools, FileLinks links, Database database, NodeLimits limits, Settings settings) : ReadModel<ReadLinkedFile.Query, StoredFile>(tools)
{
    public const string Action = "file.read-link";

    public sealed record Query(string Word);

    protected override string Name => Action;

    protected override async Task Authorize(Query query, CancellationToken ct)
    {
        await RequirePerson();
        limits.Take(settings.DownloadLimit, Actor.Id!.Value.ToString());
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, StoredFile result) => ("file", [result.Id, result.SubjectId]);

    protected override async Task<StoredFile> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var link = links.Read(query.Word, Actor.Id);
        // Its reader need not belong to the organisation; the link says whose file it is.
        await using var own = database.Open(link.Organisation);
        var file = await own.Files.FindAsync([link.File], ct) ?? throw Refusal.NotFound();
        ReadFile.Refuse(file, isStaff: false, settings);
        return file;
    }
}

/// <summary>Makes a link for oneself to a file that one may read: for a program that opens it in another.</summary>
public sealed class LinkToFile(Tools tools, FileScope scope, FileLinks links) : ReadModel<LinkToFile.Query, LinkToFile.Made>(tools)
{
    public const string Action = "file.make-link";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    public sealed record Query(Guid Id);

    public sealed record Made(string Path, DateTime Until);

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(FilePermissions.Open);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Made result) => ("file", [query.Id]);

    protected override async Task<Made> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (file, until) = (await scope.Find(db, Actor, query.Id, ct), Clock.Now() + Life);
        // A link is opened in a browser in which that person is signed in; a screen or a program has none.
        if (Actor.Kind != ActorKind.Person) throw Refusal.Forbidden();
        return new(links.Sign(file, Actor.Id!.Value, until), until);
    }
}
