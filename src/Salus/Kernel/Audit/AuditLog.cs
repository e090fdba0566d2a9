using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;

namespace Salus.Kernel.Audit;

/// <summary>
/// Writes audit rows that belong to no other transaction: reads and refusals. Rows that wait at the same time share one
/// transaction, and each caller goes on only after its row is durable: what was not logged is not shown.
/// </summary>
public sealed class AuditLog(Database database, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Who may read the log.</summary>
    public const string ReadPermission = "audit.read";

    /// <summary>As long as a page stays open through a shift: what it fetches again meanwhile is the same reading.</summary>
    public static readonly TimeSpan Opened = TimeSpan.FromHours(12);

    private const int MostRemembered = 50_000;

    /// <summary>Who read what, by itself or in a list, and when: rows that are in the log, so that a page that fetches itself again need not look there.</summary>
    private readonly ConcurrentDictionary<(Guid Reader, Guid Subject, bool IsAlone), DateTime> logged = new();

    private readonly Channel<(AuditEvent[] Rows, TaskCompletionSource Done)> waiting = Channel.CreateBounded<(AuditEvent[], TaskCompletionSource)>(5000);
    private Task? loop;
    private readonly Lock gate = new();

    /// <summary>Records a read of one or more subjects: one row, whatever their number.</summary>
    /// <exception cref="Refusal">503 when the row cannot be stored.</exception>
    public async Task Read(Actor actor, string action, string subjectKind, IReadOnlyCollection<Guid> subjects)
    {
        var row = AuditEvent.By(actor, clock.Now(), action);
        row.On(subjectKind, subjects);
        await Write([row]);
        if (actor.Id is { } reader) Remember(reader, subjects, subjects.Count == 1, row.At);
    }

    /// <summary>
    /// Records what an open page fetches again: only those subjects of which the log has no row by the same reader within <see cref="Opened"/>. What is shown by itself must
    /// have been read by itself: having seen somebody in a list is no reading of the record.
    /// </summary>
    /// <exception cref="Refusal">503 when the row cannot be stored.</exception>
    public async Task ReadAgain(Actor actor, string action, string subjectKind, IReadOnlyCollection<Guid> subjects)
    {
        var unlogged = actor.Id is { } reader ? await Unlogged(reader, subjects) : subjects;
        if (unlogged.Count > 0) await Read(actor, action, subjectKind, unlogged);
    }

    private async Task<IReadOnlyCollection<Guid>> Unlogged(Guid reader, IReadOnlyCollection<Guid> subjects)
    {
        var (isAlone, since) = (subjects.Count == 1, clock.Now() - Opened);
        var unknown = subjects.Where(s => !logged.TryGetValue((reader, s, isAlone), out var at) || at < since).ToList();
        if (unknown.Count == 0) return [];
        await using var db = database.Open();
        var rows = db.Set<AuditEvent>().Where(e => e.ActorId == reader && e.At >= since && e.Result == "ok");
        var found = rows.Where(e => e.SubjectId != null && unknown.Contains(e.SubjectId.Value)).Select(e => new { Subject = e.SubjectId!.Value, e.At });
        if (!isAlone) found = found.Concat(db.Set<AuditSubject>().Where(s => unknown.Contains(s.SubjectId)).Join(rows, s => s.Seq, e => e.Seq, (s, e) => new { Subject = s.SubjectId, e.At }));
        var known = await found.GroupBy(f => f.Subject).Select(g => new { g.Key, At = g.Max(f => f.At) }).ToListAsync();
        foreach (var row in known) Remember(reader, [row.Key], isAlone, row.At);
        return [.. unknown.Except(known.Select(k => k.Key))];
    }

    private void Remember(Guid reader, IEnumerable<Guid> subjects, bool isAlone, DateTime at)
    {
        if (logged.Count >= MostRemembered) logged.Clear();
        foreach (var subject in subjects)
        {
            logged[(reader, subject, false)] = at;
            if (isAlone) logged[(reader, subject, true)] = at;
        }
    }

    /// <summary>Records that the actor was refused.</summary>
    /// <param name="result">A word that says more than the refusal's code.</param>
    public Task Refused(Actor actor, string action, Refusal refusal, string subjectKind = "", Guid? subject = null, string? result = null)
    {
        var row = AuditEvent.By(actor, clock.Now(), action);
        (row.Result, row.SubjectKind, row.SubjectId) = (result ?? refusal.Code, subjectKind, subject);
        return Write([row]);
    }

    public async Task Write(AuditEvent[] rows)
    {
        lock (gate) loop ??= Task.Run(Loop);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!waiting.Writer.TryWrite((rows, done))) throw Refusal.Busy();
        await done.Task;
    }

    private async Task Loop()
    {
        var group = new List<(AuditEvent[] Rows, TaskCompletionSource Done)>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < 200 && waiting.Reader.TryRead(out var next)) group.Add(next);
            try
            {
                await database.AppendAudit([.. group.SelectMany(g => g.Rows)]);
                foreach (var (_, done) in group) done.TrySetResult();
            }
            catch (Exception error)
            {
                foreach (var (_, done) in group) done.TrySetException(error);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        if (loop is not null) await Task.WhenAny(loop, Task.Delay(2000));
    }

    /// <summary>The numbers of all rows about a subject: by themselves, in a list, or as the visit they belong to. Each part has an index of its own; together in one condition none of them would be used.</summary>
    public static IQueryable<long> About(SalusDb db, Guid subject)
    {
        var (beside, alone) = OfVisits(db);
        return db.Set<AuditEvent>().Where(e => e.SubjectId == subject).Select(e => e.Seq)
            .Union(db.Set<AuditSubject>().Where(s => s.SubjectId == subject).Select(s => s.Seq))
            .Union(beside.Where(e => e.VisitId == subject).Select(e => e.Seq))
            .Union(alone.Where(e => e.VisitId == subject).Select(e => e.Seq));
    }

    /// <summary>Rows that name a visit which is not their subject: in two parts, because SQLite finds its index of visits only by a condition that is word for word one of the index's own.</summary>
    public static (IQueryable<AuditEvent> Beside, IQueryable<AuditEvent> Alone) OfVisits(SalusDb db) =>
        (db.Set<AuditEvent>().Where(e => e.VisitId != null && e.SubjectId != null && e.VisitId != e.SubjectId), db.Set<AuditEvent>().Where(e => e.VisitId != null && e.SubjectId == null));
}
