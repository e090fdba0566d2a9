using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files;

/// <summary>The small picture of a picture, for lists. It shows what the picture shows, so it has the same guard and stands in the log.</summary>
public sealed class ReadPreview(Tools tools, FileScope scope, Blobs blobs, NodeLimits limits, Settings settings) : ReadModel<ReadPreview.Query, ReadPreview.Found>(tools)
{
    public const string Action = "file.preview";

    public sealed record Query(Guid Id);

    /// <param name="SubjectId">What the file belongs to.</param>
    public sealed record Found(Guid SubjectId, byte[] Picture);

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct)
    {
        limits.Take(settings.DownloadLimit, Actor.Id?.ToString() ?? "");
        return Require(FilePermissions.Open);
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Found result) => ("file", [query.Id, result.SubjectId]);

    protected override async Task<Found> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var file = await scope.Find(db, Actor, query.Id, ct);
        ReadFile.Refuse(file, isStaff: true, settings);
        var preview = await db.Set<FilePreview>().AsNoTracking().FirstOrDefaultAsync(p => p.FileId == file.Id, ct) ?? throw Refusal.NotFound();
        return new(file.SubjectId, blobs.OpenPreview(file, preview.Sealed));
    }
}
