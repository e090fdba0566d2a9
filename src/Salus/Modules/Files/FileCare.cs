using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Scanning;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files;

/// <summary>
/// Once an hour: erases what was in the trash for the days that are set, and removes blobs that belong to no row because the program ended in
/// the middle of an upload. At its start: what could not be scanned because there was no scanner waits for the one that is there now. Each minute
/// it looks how stores and scanner are.
/// </summary>
public sealed class FileCare(Database database, LocalFolder folder, FileStores stores, Clamd clamd, FileHealth health, Settings settings, TimeProvider clock, ILogger<FileCare> log) : BackgroundService
{
    public const string Erased = "file.erase";

    /// <summary>An upload that takes longer than this was given up long ago.</summary>
    public static readonly TimeSpan LongestUpload = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var next = DateTime.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (next == DateTime.MinValue) await ScanWhatWasNot(stoppingToken);
                if (clock.Now() >= next)
                {
                    await EraseOld(stoppingToken);
                    await RemoveOrphans(stoppingToken);
                    next = clock.Now().AddHours(1);
                }
                await health.Look(stoppingToken);
                await Task.Delay(TimeSpan.FromMinutes(1), stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                log.LogWarning("Care for files waits: {Reason}", error.GetType().Name);
                await Task.Delay(TimeSpan.FromMinutes(1), CancellationToken.None);
            }
        }
    }

    private async Task ScanWhatWasNot(CancellationToken ct)
    {
        if (!clamd.IsSet) return;
        var now = clock.Now();
        await database.Write(null, db => db.Files.IgnoreQueryFilters().Where(f => f.ScanState == ScanState.NotScanned && f.ScanDetail == ScanWords.NoScanner && f.Key != "")
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.ScanState, ScanState.Pending).SetProperty(f => f.ScanDetail, "").SetProperty(f => f.WorkAt, now), ct), ct);
    }

    /// <summary>Erases what is due; returns how many files. The row stays and says what was here, and the log names them.</summary>
    public async Task<int> EraseOld(CancellationToken ct)
    {
        var (over, count) = (clock.Now().AddDays(-Math.Max(1, settings.FilesTrashDays)), 0);
        List<(Guid OrganisationId, Guid Id)> due;
        await using (var db = database.Open())
            due = [.. (await Due(db.Files.IgnoreQueryFilters(), over).OrderBy(f => f.DeletedAt).Take(1000).Select(f => new { f.OrganisationId, f.Id }).ToListAsync(ct)).Select(f => (f.OrganisationId, f.Id))];
        foreach (var organisation in due.GroupBy(f => f.OrganisationId))
        {
            var erased = new List<Guid>();
            foreach (var (_, id) in organisation)
                if (await Claim(organisation.Key, id, over, ct) is { } file && await Erase(file, ct)) erased.Add(id);
            if (erased.Count > 0) await Report(organisation.Key, erased, ct);
            count += erased.Count;
        }
        return count;
    }

    // What a run that ended in between had claimed already is due whatever the days are now.
    private static IQueryable<StoredFile> Due(IQueryable<StoredFile> files, DateTime over) =>
        files.Where(f => f.DeletedAt != null && f.ErasedAt == null && ((f.DeletedAt <= over && !f.LegalHold) || f.Key == ""));

    /// <summary>
    /// Takes the file for erasing, before anything of it is touched: whoever holds it or takes it back is either before this, and then it stays, or is told that it is
    /// gone. Its key goes with it, without which no copy can be read, wherever one is forgotten. Null: it is not due any more.
    /// </summary>
    private Task<StoredFile?> Claim(Guid organisation, Guid id, DateTime over, CancellationToken ct) => database.Write(organisation, async db =>
    {
        var version = Guid.CreateVersion7();
        if (await Due(db.Files.Where(f => f.Id == id), over).ExecuteUpdateAsync(set => set.SetProperty(f => f.Key, "").SetProperty(f => f.WorkAt, (DateTime?)null).SetProperty(f => f.Version, version), ct) == 0) return null;
        await db.Set<FilePreview>().Where(p => p.FileId == id).ExecuteDeleteAsync(ct);
        return await db.Files.AsNoTracking().FirstAsync(f => f.Id == id, ct);
    }, ct);

    // While its store cannot be reached, the file stays claimed and is tried again.
    private async Task<bool> Erase(StoredFile file, CancellationToken ct)
    {
        try
        {
            if (file.StoreState == StoreState.Stored) await stores[file.Store].Delete(file, ct);
        }
        catch (StoreFault fault)
        {
            log.LogWarning("File {Id} is due to be erased, but {Store} does not do it: {Reason}", file.Id, file.Store, fault.Kind);
            return false;
        }
        folder.Delete(file.Id);
        var (now, version) = (clock.Now(), Guid.CreateVersion7());
        return await database.Write(file.OrganisationId, db => db.Files.Where(f => f.Id == file.Id && f.ErasedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.ErasedAt, now).SetProperty(f => f.WorkAt, (DateTime?)null).SetProperty(f => f.Version, version), ct), ct) == 1;
    }

    private Task<int> Report(Guid organisation, List<Guid> erased, CancellationToken ct) => database.Write(organisation, db =>
    {
        var row = AuditEvent.By(Actor.System(organisation, "file-care"), clock.Now(), Erased);
        row.On("file", erased);
        row.Detail = erased.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        db.Add(row);
        return db.SaveChangesAsync(ct);
    }, ct);

    /// <summary>Removes blobs of this node's folder that no row knows; returns how many.</summary>
    public async Task<int> RemoveOrphans(CancellationToken ct)
    {
        var removed = 0;
        // The folder has the time of its disk, not that of the program's clock.
        foreach (var ids in folder.WrittenBefore(DateTime.UtcNow - LongestUpload).Chunk(500))
        {
            await using var db = database.Open();
            var known = await db.Files.IgnoreQueryFilters().Where(f => ids.Contains(f.Id) && f.ErasedAt == null).Select(f => new { f.Id, f.StoreState }).ToDictionaryAsync(f => f.Id, f => f.StoreState, ct);
            // What is stored remotely was to be removed here when the program ended.
            foreach (var id in ids.Where(id => !known.TryGetValue(id, out var state) || state == StoreState.Stored))
            {
                folder.Delete(id);
                removed++;
            }
        }
        if (removed > 0) log.LogInformation("{Count} blobs that belong to no file were removed", removed);
        return removed;
    }
}
