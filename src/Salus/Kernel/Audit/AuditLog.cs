using System.Threading.Channels;
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

    private readonly Channel<(AuditEvent[] Rows, TaskCompletionSource Done)> waiting = Channel.CreateBounded<(AuditEvent[], TaskCompletionSource)>(5000);
    private Task? loop;
    private readonly Lock gate = new();

    /// <summary>Records a read of one or more subjects: one row, whatever their number.</summary>
    /// <exception cref="Refusal">503 when the row cannot be stored.</exception>
    public Task Read(Actor actor, string action, string subjectKind, IReadOnlyCollection<Guid> subjects)
    {
        var row = AuditEvent.By(actor, clock.Now(), action);
        row.On(subjectKind, subjects);
        return Write([row]);
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
        var log = db.Set<AuditEvent>();
        return log.Where(e => e.SubjectId == subject).Select(e => e.Seq)
            .Union(db.Set<AuditSubject>().Where(s => s.SubjectId == subject).Select(s => s.Seq))
            .Union(log.Where(e => e.VisitId == subject && e.VisitId != e.SubjectId).Select(e => e.Seq));
    }
}
