using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files;

public enum FileFilter { All, Waiting, Rejected, Unscanned, Trash }

/// <summary>A file without its name: names can tell of people, and whoever manages files need not know them.</summary>
public sealed record FileLine(Guid Id, string Place, string Type, long Bytes, ScanState Scan, string ScanDetail, string Store, StoreState StoreState, string StoreFault, DateTime CreatedAt, DateTime? DeletedAt, DateTime? ErasedAt, bool LegalHold);

/// <param name="WillErase">How many files the next run of the rule erases.</param>
public sealed record FileCounts(int All, long Bytes, int Waiting, int Rejected, int NotScanned, int Trash, int WillErase);

public sealed record FileOverviewPage(IReadOnlyList<FileLine> Items, string? Next, FileCounts Counts, IReadOnlyList<HealthPart> Parts, IReadOnlyDictionary<string, string> Choices);

/// <summary>The state of the organisation's files, stores and scanner, newest files first.</summary>
public sealed class FileOverview(Tools tools, FileHealth health, Settings settings) : ReadModel<FileOverview.Query, FileOverviewPage>(tools)
{
    public const string Action = "files.overview";

    public sealed record Query
    {
        public FileFilter Filter { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(FilePermissions.Manage);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, FileOverviewPage result) => null;

    protected override async Task<FileOverviewPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var files = db.Files.AsNoTracking();
        var found = query.Filter switch
        {
            FileFilter.Waiting => files.Where(f => f.StoreState == StoreState.WaitingForRemote && f.ErasedAt == null),
            FileFilter.Rejected => files.Where(f => f.ScanState == ScanState.Rejected && f.ErasedAt == null),
            FileFilter.Unscanned => files.Where(f => f.ScanState == ScanState.NotScanned && f.ErasedAt == null),
            FileFilter.Trash => files.Where(f => f.DeletedAt != null),
            _ => files,
        };
        if (query.After is { } after) found = found.Where(f => f.Id < after);
        var rows = await found.OrderByDescending(f => f.Id).Take(query.Limit + 1)
            .Select(f => new FileLine(f.Id, f.Place, f.Type, f.Bytes, f.ScanState, f.ScanDetail, f.Store, f.StoreState, f.StoreFault, f.CreatedAt, f.DeletedAt, f.ErasedAt, f.LegalHold)).ToListAsync(ct);
        var items = rows.Take(query.Limit).ToList();
        var choices = await db.Set<StoreChoice>().AsNoTracking().ToDictionaryAsync(c => c.Place, c => c.Store, ct);
        return new(items, rows.Count > query.Limit ? items[^1].Id.ToString() : null, await Count(files, ct), await health.Look(ct), choices);
    }

    private async Task<FileCounts> Count(IQueryable<StoredFile> files, CancellationToken ct)
    {
        var over = Clock.Now().AddDays(-Math.Max(1, settings.FilesTrashDays));
        return await files.Where(f => f.ErasedAt == null).GroupBy(_ => 1).Select(g => new FileCounts(g.Count(), g.Sum(f => f.Bytes),
            g.Count(f => f.StoreState == StoreState.WaitingForRemote), g.Count(f => f.ScanState == ScanState.Rejected), g.Count(f => f.ScanState == ScanState.NotScanned),
            g.Count(f => f.DeletedAt != null), g.Count(f => f.DeletedAt != null && f.DeletedAt <= over && !f.LegalHold))).FirstOrDefaultAsync(ct) ?? new(0, 0, 0, 0, 0, 0, 0);
    }
}
