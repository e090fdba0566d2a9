using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Scanning;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files;

/// <summary>
/// Does what is left to do with files: shows them to the scanner, moves them to their remote store. The rows themselves are the list of it
/// (docs/adr/0026): it never ends after so many tries, it holds up no mail, and an outage of a weekend heals by itself.
/// </summary>
public sealed class FileWork(Database database, LocalFolder folder, FileStores stores, Blobs blobs, Clamd clamd, TimeProvider clock, ILogger<FileWork> log) : BackgroundService
{
    public const string Rejected = "file.reject";
    private const int AtOnce = 50, Batch = 200;
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10), Longest = TimeSpan.FromMinutes(5), Patience = TimeSpan.FromHours(1);

    /// <summary>What did not answer is left alone for a while, ever longer; one file tries again for all.</summary>
    private readonly ConcurrentDictionary<string, (DateTime Until, int Failures)> resting = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await RunDue(stoppingToken)) await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                log.LogWarning("Work on files waits: {Reason}", error.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None);
            }
        }
    }

    /// <summary>Works on what is due and in reach of this node; false when there was nothing.</summary>
    public async Task<bool> RunDue(CancellationToken ct)
    {
        var worked = false;
        foreach (var file in await Due(ct))
        {
            if (!await ClaimFor(file, ct)) continue;
            await Work(file, ct);
            worked = true;
        }
        return worked;
    }

    private async Task<List<StoredFile>> Due(CancellationToken ct)
    {
        var now = clock.Now();
        var (scans, tired, due) = (!clamd.IsSet || !IsResting("clamd", now), resting.Keys.Where(k => IsResting(k, now)).ToList(), new List<StoredFile>());
        await using var db = database.Open();
        for (var after = DateTime.MinValue; due.Count < AtOnce;)
        {
            var batch = await db.Files.IgnoreQueryFilters().AsNoTracking().Where(f => f.WorkAt != null && f.WorkAt <= now && f.WorkAt > after && f.Key != ""
                    && ((f.ScanState == ScanState.Pending && scans) || (f.StoreState == StoreState.WaitingForRemote && f.ScanState != ScanState.Rejected && !tired.Contains(f.Store))))
                .OrderBy(f => f.WorkAt).Take(Batch).ToListAsync(ct);
            // What another node took in is that node's to hand on, unless they share a folder.
            due.AddRange(batch.Where(f => f.StoreState == StoreState.Stored || folder.Has(f.Id)));
            if (batch.Count < Batch) break;
            after = batch[^1].WorkAt!.Value;
        }
        return due.Count > AtOnce ? due[..AtOnce] : due;
    }

    private bool IsResting(string what, DateTime now) => resting.TryGetValue(what, out var rest) && now < rest.Until;

    private async Task<bool> ClaimFor(StoredFile file, CancellationToken ct)
    {
        var (seen, until) = (file.WorkAt, clock.Now() + Claim);
        file.Tries++;
        return await database.Write(file.OrganisationId, db => db.Files.Where(f => f.Id == file.Id && f.WorkAt == seen)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.WorkAt, until).SetProperty(f => f.Tries, file.Tries), ct), ct) == 1;
    }

    private async Task Work(StoredFile file, CancellationToken ct)
    {
        var now = clock.Now();
        if (file.ScanState == ScanState.Pending && !(clamd.IsSet && IsResting("clamd", now))) await Scan(file, ct);
        if (file.StoreState == StoreState.WaitingForRemote && file.ScanState != ScanState.Rejected && !IsResting(file.Store, now)) await Move(file, ct);
        var isDone = file.ScanState != ScanState.Pending && (file.StoreState != StoreState.WaitingForRemote || file.ScanState == ScanState.Rejected);
        DateTime? next = isDone ? null : clock.Now() + Pause(file.Tries, file.StoreFault == "broken" ? Patience : Longest);
        await Update(file, set => set.SetProperty(f => f.WorkAt, next), ct);
    }

    private async Task Scan(StoredFile file, CancellationToken ct)
    {
        try
        {
            Verdict verdict = new(null, ScanWords.NoScanner);
            if (clamd.IsSet)
            {
                await using var content = blobs.Open(file);
                verdict = await clamd.Scan(content, ct);
                Answered("clamd");
            }
            (file.ScanState, file.ScanDetail) = verdict switch
            {
                { Found: { } name } => (ScanState.Rejected, name.Length > 100 ? name[..100] : name),
                { NotScanned: { } why } => (ScanState.NotScanned, why),
                _ => (ScanState.Clean, ""),
            };
            await Scanned(file, ct);
        }
        catch (ScannerAway away) { Rest("clamd", away.Message, null); }
        // It is damaged or cannot be fetched; the store's own turn, and "files verify", will say so.
        catch (Exception error) when (error is StoreFault or InvalidDataException or IOException or System.Security.Cryptography.CryptographicException)
        {
            log.LogWarning("File {Id} could not be read for the scanner: {Reason}", file.Id, error.GetType().Name);
        }
    }

    private Task<int> Scanned(StoredFile file, CancellationToken ct) => database.Write(file.OrganisationId, async db =>
    {
        var now = clock.Now();
        if (file.ScanState == ScanState.Rejected)
        {
            log.LogWarning("The scanner found something in file {Id}; it is not given out", file.Id);
            var row = AuditEvent.By(Actor.System(file.OrganisationId, "file-scan"), now, Rejected);
            row.On("file", [file.Id, file.SubjectId]);
            db.Add(row);
            await db.SaveChangesAsync(ct);
        }
        return await db.Files.Where(f => f.Id == file.Id).ExecuteUpdateAsync(set => set.SetProperty(f => f.ScanState, file.ScanState).SetProperty(f => f.ScanDetail, file.ScanDetail).SetProperty(f => f.ScannedAt, now), ct);
    }, ct);

    private async Task Move(StoredFile file, CancellationToken ct)
    {
        try
        {
            var stored = await stores[file.Store].Put(file, () => folder.Open(file.Id), ct);
            Answered(file.Store);
            file.StoreState = StoreState.Stored;
            await Update(file, set => set.SetProperty(f => f.StoreState, StoreState.Stored).SetProperty(f => f.StoreFault, "").SetProperty(f => f.RemoteId, stored.Id).SetProperty(f => f.RemoteLink, stored.Link), ct);
            // Only now, when the row says where it is: a reader that began before still has the open file.
            folder.Delete(file.Id);
        }
        catch (StoreFault fault)
        {
            if (fault.ConcernsStore) Rest(file.Store, fault.Kind, fault.RetryAfter);
            else log.LogWarning("File {Id} could not be stored in {Store}: {Reason}", file.Id, file.Store, fault.Kind);
            file.StoreFault = fault.Kind;
            await Update(file, set => set.SetProperty(f => f.StoreFault, fault.Kind), ct);
        }
    }

    private Task<int> Update(StoredFile file, Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<StoredFile>> set, CancellationToken ct) =>
        database.Write(file.OrganisationId, db => db.Files.Where(f => f.Id == file.Id).ExecuteUpdateAsync(set, ct), ct);

    private void Answered(string what)
    {
        if (resting.TryRemove(what, out _)) log.LogInformation("{What} answers again; what waited for it goes on", what);
    }

    private void Rest(string what, string why, TimeSpan? asked)
    {
        var failures = resting.TryGetValue(what, out var before) ? before.Failures + 1 : 1;
        var pause = Pause(failures, Longest);
        if (asked > pause) pause = asked.Value < Patience ? asked.Value : Patience;
        resting[what] = (clock.Now() + pause, failures);
        if (failures == 1) log.LogWarning("{What} does not do what it should ({Reason}); files wait and are tried again", what, why);
    }

    /// <summary>2, 6, 18, 54 seconds and so on.</summary>
    private static TimeSpan Pause(int failures, TimeSpan longest) => TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, 2 * Math.Pow(3, Math.Min(failures, 12) - 1)));
}
