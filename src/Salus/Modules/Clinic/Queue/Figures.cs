using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Queue.Waiting;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>A day's figures of one queue, or of all together. Times in minutes.</summary>
/// <param name="MeanWait">Mean wait until the first call; those who still wait count for as long as they have waited. Null: nobody was called yet.</param>
/// <param name="P90Wait">Nine of ten waited at most so long; counted in the same way.</param>
/// <param name="Told">Foretold waits of the last 30 days whose outcome is known.</param>
public sealed record QueueFigures(Guid? QueueId, string Name, int Issued, int Waiting, int InService, int Served, int NoShows, int Cancelled, int Transferred, double? MeanWait, double? P90Wait,
    double? LongestWaiting, int Told, int Right);

/// <summary>Tokens issued and patients served in one local hour.</summary>
public sealed record HourFigures(int Hour, int Issued, int Served);

public sealed record FiguresView(DateOnly Day, QueueFigures All, IReadOnlyList<QueueFigures> Queues, IReadOnlyList<HourFigures> Hours);

/// <summary>The figures of a clinic's day. They name nobody, so reading them is not logged.</summary>
public sealed class Figures(Tools tools, OrganisationSlot organisation, WaitForecasts forecasts) : ReadModel<Figures.Query, FiguresView>(tools)
{
    public const string Action = "queue.figures";

    public sealed record Query { public DateOnly? Day { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadFigures);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, FiguresView result) => null;

    protected override async Task<FiguresView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (zone, now) = (organisation.Current.Zone, Clock.Now());
        var day = query.Day ?? Clock.Today(zone);
        var queues = await db.Queues.AsNoTracking().OrderBy(q => q.Name).Select(q => new { q.Id, q.Name, q.ArchivedAt }).ToListAsync(ct);
        var rows = await db.Tickets.AsNoTracking().Where(t => t.Day == day)
            .Select(t => new Row(t.QueueId, t.State, t.IssuedAt, t.EndedAt, t.Waited)).ToListAsync(ct);
        var records = new Dictionary<Guid, QueuePast>();
        foreach (var queue in queues.Where(q => q.ArchivedAt == null)) records[queue.Id] = await forecasts.Past(db, queue.Id, zone, ct);
        var shown = queues.Where(q => q.ArchivedAt == null || rows.Any(r => r.QueueId == q.Id))
            .Select(q => Of(q.Id, q.Name, [.. rows.Where(r => r.QueueId == q.Id)], now, records.GetValueOrDefault(q.Id))).ToList();
        var all = Of(null, "", rows, now, new QueuePast(null, null, records.Values.Sum(r => r.Told), records.Values.Sum(r => r.Right)));
        return new(day, all, shown, Hours(rows, zone));
    }

    private sealed record Row(Guid QueueId, TicketState State, DateTime IssuedAt, DateTime? EndedAt, int? Waited);

    private static QueueFigures Of(Guid? id, string name, IReadOnlyList<Row> rows, DateTime now, QueuePast? past)
    {
        var waits = new Survival(rows.Where(r => r.Waited is not null || r.State is TicketState.Waiting)
            .Select(r => new Measured(r.Waited ?? Math.Max(0, (now - r.IssuedAt).TotalSeconds), r.Waited is not null)));
        int Count(TicketState state) => rows.Count(r => r.State == state);
        var waiting = rows.Where(r => r.State == TicketState.Waiting).Select(r => (now - r.IssuedAt).TotalMinutes).ToList();
        return new(id, name, rows.Count, Count(TicketState.Waiting), Count(TicketState.Called) + Count(TicketState.InRoom), Count(TicketState.Done), Count(TicketState.NoShow),
            Count(TicketState.Cancelled), Count(TicketState.Transferred), waits.Count == 0 ? null : waits.Mean() / 60, waits.Count == 0 ? null : waits.Quantile(0.9) / 60,
            waiting.Count == 0 ? null : waiting.Max(), past?.Told ?? 0, past?.Right ?? 0);
    }

    private static List<HourFigures> Hours(List<Row> rows, TimeZoneInfo zone)
    {
        var issued = rows.GroupBy(r => r.IssuedAt.In(zone).Hour).ToDictionary(g => g.Key, g => g.Count());
        var served = rows.Where(r => r is { State: TicketState.Done, EndedAt: not null }).GroupBy(r => r.EndedAt!.Value.In(zone).Hour).ToDictionary(g => g.Key, g => g.Count());
        var hours = issued.Keys.Concat(served.Keys).ToList();
        return hours.Count == 0 ? [] : [.. Enumerable.Range(hours.Min(), hours.Max() - hours.Min() + 1).Select(h => new HourFigures(h, issued.GetValueOrDefault(h), served.GetValueOrDefault(h)))];
    }
}
