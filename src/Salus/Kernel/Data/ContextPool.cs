using System.Collections.Concurrent;

namespace Salus.Kernel.Data;

/// <summary>
/// Contexts for reading, used again. Building one costs more than a small query; taking one back costs an empty change
/// tracker. After an error that says the database is away, all of them are given up, with the connections they hold.
/// </summary>
internal sealed class ContextPool(Func<SalusDb> make)
{
    private const int Most = 64;
    private readonly ConcurrentQueue<SalusDb> idle = new();
    private volatile int generation;

    public SalusDb Rent(Guid? organisationId)
    {
        if (!idle.TryDequeue(out var db)) db = make();
        db.OrganisationId = organisationId ?? Guid.Empty;
        var born = generation;
        db.Lend(back =>
        {
            if (born != generation || idle.Count >= Most) return false;
            back.ChangeTracker.Clear();
            (back.OrganisationId, back.StandingChanged) = (Guid.Empty, false);
            idle.Enqueue(back);
            return true;
        });
        return db;
    }

    public void GiveUp()
    {
        Interlocked.Increment(ref generation);
        while (idle.TryDequeue(out var db)) db.Dispose();
    }
}
