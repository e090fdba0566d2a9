using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Queue.Waiting;

/// <summary>What a queue's past says, and how often the told range was right in the last 30 days.</summary>
/// <param name="Told">Tickets of the last 30 days that were told a range and whose outcome is known.</param>
/// <param name="Right">Those that were called inside it.</param>
public sealed record QueuePast(WaitModel? Model, TimeOnly? UsualStart, int Told, int Right);

/// <summary>Learns from the last 60 days of a queue, keeps it for ten minutes, and foresees the waiting of those who wait now.</summary>
public sealed class WaitForecasts(TimeProvider clock)
{
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(10), Break = TimeSpan.FromMinutes(45), Active = TimeSpan.FromMinutes(40);
    private readonly ConcurrentDictionary<(Guid Organisation, Guid Queue), (DateTime At, Task<QueuePast> Past)> kept = new();

    /// <summary>The ranges of those who wait, in the order of service; empty when the past is too thin to say.</summary>
    /// <param name="open">Today's open tickets of the queue.</param>
    public async Task<IReadOnlyList<WaitRange>> Foresee(SalusDb db, Guid queueId, IReadOnlyList<Ticket> open, TimeZoneInfo zone, int delayMinutes, CancellationToken ct)
    {
        var past = await Past(db, queueId, zone, ct);
        if (past.Model is not { } model) return [];
        var now = clock.Now();
        var waiting = open.Where(t => t.State == TicketState.Waiting).OrderByDescending(t => t.Rank).ThenBy(t => t.Number).ToList();
        var since = now - Active;
        var day = now.In(zone);
        var lately = await db.Tickets.AsNoTracking().Where(t => t.QueueId == queueId && t.Day == DateOnly.FromDateTime(day) && t.CalledAt != null)
            .GroupBy(t => t.ServedBy).Select(g => new { Doctor = g.Key, Last = g.Max(t => t.EndedAt ?? t.CalledAt) }).ToListAsync(ct);
        var serving = open.Where(t => t.State is TicketState.Called or TicketState.InRoom).GroupBy(t => t.ServedBy).ToDictionary(g => g.Key ?? Guid.Empty, g => g.Min(t => t.CalledAt));
        var doctors = lately.Where(l => l.Last > since || serving.ContainsKey(l.Doctor ?? Guid.Empty))
            .Select(l => new AtWork(l.Doctor, serving.TryGetValue(l.Doctor ?? Guid.Empty, out var called) ? (now - called!.Value).TotalSeconds : null)).ToList();
        var delay = delayMinutes * 60.0;
        if (lately.Count == 0 && past.UsualStart is { } start) delay += Math.Max(0, (start - TimeOnly.FromDateTime(day)).TotalSeconds is var s && s < 12 * 3600 ? s : 0);
        return model.Foresee(new Situation(day.Hour, doctors, [.. waiting.Select(t => t.Rank > 0)], delay, queueId.GetHashCode() ^ waiting.Count));
    }

    public async Task<QueuePast> Past(SalusDb db, Guid queueId, TimeZoneInfo zone, CancellationToken ct)
    {
        var now = clock.Now();
        if (kept.TryGetValue((db.OrganisationId, queueId), out var entry) && now - entry.At < Keep && !entry.Past.IsFaulted && !entry.Past.IsCanceled) return await entry.Past;
        var past = Learn(db, queueId, zone, now, ct);
        kept[(db.OrganisationId, queueId)] = (now, past);
        return await past;
    }

    private static async Task<QueuePast> Learn(SalusDb db, Guid queueId, TimeZoneInfo zone, DateTime now, CancellationToken ct)
    {
        var from = DateOnly.FromDateTime(now.In(zone)).AddDays(-60);
        var rows = await db.Tickets.AsNoTracking().Where(t => t.QueueId == queueId && t.Day >= from).OrderByDescending(t => t.Day).Take(20_000)
            .Select(t => new Row(t.Day, t.ServedBy, t.IssuedAt, t.CalledAt, t.EndedAt, t.State, t.Rank, t.Waited, t.ToldFrom, t.ToldTo)).ToListAsync(ct);
        var today = DateOnly.FromDateTime(now.In(zone));
        var spans = Spans(rows, zone, now, today);
        var ended = rows.Where(r => r.EndedAt is not null).ToList();
        var hours = Math.Max(1, rows.Where(r => r.CalledAt is not null).Select(r => (r.Day, r.CalledAt!.Value.Hour)).Distinct().Count());
        var starts = rows.Where(r => r.CalledAt is not null && r.Day < today).GroupBy(r => r.Day).Select(g => TimeOnly.FromDateTime(g.Min(r => r.CalledAt!.Value).In(zone))).Order().ToList();
        var (told, right) = Record(rows.Where(r => r.Day > today.AddDays(-30)), now);
        return new QueuePast(
            WaitModel.Learn(spans, (double)rows.Count(r => r.Rank > 0) / hours, ended.Count == 0 ? 0 : (double)ended.Count(r => r.CalledAt is null) / ended.Count),
            starts.Count >= 5 ? starts[starts.Count / 2] : null, told, right);
    }

    private sealed record Row(DateOnly Day, Guid? Doctor, DateTime IssuedAt, DateTime? CalledAt, DateTime? EndedAt, TicketState State, int Rank, int? Waited, int? ToldFrom, int? ToldTo);

    private static List<ServiceSpan> Spans(IEnumerable<Row> rows, TimeZoneInfo zone, DateTime now, DateOnly today)
    {
        var spans = new List<ServiceSpan>();
        foreach (var shift in rows.Where(r => r.CalledAt is not null).GroupBy(r => (r.Day, r.Doctor)))
        {
            var calls = shift.OrderBy(r => r.CalledAt).ToList();
            for (var i = 0; i < calls.Count; i++)
            {
                var (row, called) = (calls[i], calls[i].CalledAt!.Value);
                var next = i + 1 < calls.Count ? calls[i + 1] : null;
                if (row.EndedAt is null && row.Day < today && next is null) continue; // nobody closed it that evening: its length is not known
                var end = row.EndedAt ?? next?.CalledAt ?? now;
                if (next is not null && next.IssuedAt <= end && next.CalledAt!.Value - end < Break) end = next.CalledAt.Value;
                spans.Add(new(row.Day, row.Doctor, called.In(zone).Hour, Math.Clamp((end - called).TotalSeconds, 0, 4 * 3600), row.EndedAt is not null || next is not null));
            }
        }
        return spans;
    }

    /// <summary>Who still waits past the told range was told wrong; who left before its end cannot be judged.</summary>
    private static (int Told, int Right) Record(IEnumerable<Row> rows, DateTime now)
    {
        var (told, right) = (0, 0);
        foreach (var row in rows.Where(r => r.ToldTo is not null))
        {
            var waited = row.Waited ?? ((row.EndedAt ?? now) - row.IssuedAt).TotalSeconds;
            if (row.Waited is null && waited <= row.ToldTo) continue;
            told++;
            if (row.Waited >= row.ToldFrom && row.Waited <= row.ToldTo) right++;
        }
        return (told, right);
    }
}
