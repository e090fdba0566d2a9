using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;

namespace Salus.Modules.Operations.Security;

/// <summary>
/// Looks once a minute, on one node, at what the audit log holds since each kind of alert was told last. What comes while a kind is
/// quiet is not lost: it is counted in the next alert of that kind.
/// </summary>
public sealed class AlertWatch(Database database, Alerts alerts, Settings settings, TimeProvider clock, ILogger<AlertWatch> log) : BackgroundService
{
    public const string Scope = "security-alerts";

    /// <summary>The newest rows of the log that are looked at; with more than these in an hour, older ones do not count.</summary>
    private const int MostRows = 200_000, MostEvents = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Pause, stoppingToken);
                if (await IsMine(stoppingToken)) await Look(stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error) { log.LogWarning("Watching the audit log waits: {Reason}", error.GetType().Name); }
        }
    }

    private Task<bool> IsMine(CancellationToken ct) => database.Write(null, db => Claim.Take(db, Scope, clock.Now(), Pause * 0.9, ct), ct);

    /// <summary>Looks now; returns the kinds that were told.</summary>
    public async Task<IReadOnlyList<string>> Look(CancellationToken ct)
    {
        var told = new List<string>();
        foreach (var alert in await Find(ct))
            if (await alerts.Tell(alert, ct)) told.Add(alert.Kind);
        return told;
    }

    private async Task<List<Alert>> Find(CancellationToken ct)
    {
        await using var db = database.Open();
        var now = clock.Now();
        var (last, start) = (await Alerts.LastTold(db, ct), now - AlertRules.Longest);
        DateTime Told(string kind) => last.TryGetValue(kind, out var at) && at <= now ? at : start;
        var low = (await db.Set<AuditEvent>().MaxAsync(e => (long?)e.Seq, ct) ?? 0) - MostRows;
        var recent = db.Set<AuditEvent>().AsNoTracking().Where(e => e.Seq > low && e.At > start && e.At <= now);
        var events = await recent.Where(SecurityEvents.IsOne).OrderByDescending(e => e.Seq).Take(MostEvents).ToListAsync(ct);
        var found = new List<Alert>();
        foreach (var rule in AlertRules.All)
        {
            var rows = events.Where(e => e.At > Told(rule.Kind) && e.At > now - rule.Window && rule.Fits(e)).ToList();
            if (rows.Count >= rule.Least) found.Add(Of(rule.Kind, rows));
        }
        var known = events.Where(e => e.Action == Alerts.Action && e.Detail.StartsWith(AlertRules.MassRead, StringComparison.Ordinal)).Select(e => e.SubjectId).ToHashSet();
        if (await MassReads(recent, known, ct) is { } reads) found.Add(reads);
        return [.. found.Where(a => !last.ContainsKey(a.Kind) || now - Told(a.Kind) >= Alerts.Quiet)];
    }

    // Each organisation's log tells of what happened in it and counts nothing else; what happened in none is told of the account it happened to.
    private static Alert Of(string kind, List<AuditEvent> rows) =>
        new(kind, rows.Count, rows.Min(r => r.At), Distinct(rows.Select(r => r.ActorId)), [.. rows.Select(r => r.Ip).Where(ip => ip.Length > 0).Distinct()],
            [.. rows.GroupBy(r => r.OrganisationId).Select(g => (Only(g.Select(r => g.Key is null ? SecurityEvents.HappenedTo(r) : r.ActorId)), g.Key, g.Count()))]);

    private static Guid? Only(IEnumerable<Guid?> ids) => ids.Distinct().ToList() is [var one] ? one : null;

    private static List<Guid> Distinct(IEnumerable<Guid?> ids) => [.. ids.OfType<Guid>().Distinct()];

    /// <summary>Those who saw more different patients within the hour than is set, each told once in that hour.</summary>
    private async Task<Alert?> MassReads(IQueryable<AuditEvent> recent, HashSet<Guid?> known, CancellationToken ct)
    {
        // Who registers somebody has looked nobody up, nor who brings in a file of them.
        var reads = recent.Where(e => e.SubjectKind == "patient" && e.Action != "patient.register" && e.Action != "patient.import" && e.Result == "ok" && e.ActorId != null);
        // An id in a list takes 33 characters. The sum counts a patient twice who was seen twice: only where it is high are the ids looked at.
        var many = await reads.GroupBy(e => new { e.ActorId, e.OrganisationId }).Select(g => new { g.Key.ActorId, g.Key.OrganisationId, Count = g.Sum(e => e.SubjectId != null ? 1 : (e.Subjects.Length + 1) / 33) })
            .Where(g => g.Count > settings.AlertReads).ToListAsync(ct);
        var (readers, rows) = (new List<(Guid? Account, Guid? Organisation, int Count)>(), new List<AuditEvent>());
        foreach (var reader in many.Where(r => !known.Contains(r.ActorId)))
        {
            var own = await reads.Where(e => e.ActorId == reader.ActorId && e.OrganisationId == reader.OrganisationId).ToListAsync(ct);
            var patients = own.SelectMany(e => e.SubjectId is { } one ? [one] : e.SubjectList()).Distinct().Count();
            if (patients <= settings.AlertReads) continue;
            readers.Add((reader.ActorId, reader.OrganisationId, patients));
            rows.AddRange(own);
        }
        return readers.Count == 0 ? null : Of(AlertRules.MassRead, rows) with { Count = readers.Max(r => r.Count), Rows = readers };
    }
}
