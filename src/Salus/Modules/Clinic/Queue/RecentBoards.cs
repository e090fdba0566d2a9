using System.Collections.Concurrent;
using Salus.Kernel;
using Salus.Kernel.Live;

namespace Salus.Modules.Clinic.Queue;

/// <summary>
/// The last board of each clinic, for all its screens and phones: it is the same for everybody who may see it. It is kept
/// until anything in the clinic changes on this node or a topic says so from another, and never longer than two seconds.
/// </summary>
public sealed class RecentBoards(LiveTopics live, TimeProvider clock)
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(2);
    private const int Most = 500;
    private readonly ConcurrentDictionary<(Guid Organisation, Guid Settings, DateOnly Day, Guid? Queue), (long Stamp, DateTime At, BoardView View)> kept = new();

    /// <summary>The kept board, or a new one from <paramref name="read"/>. What changes while it is read is not hidden: the stamp is taken before.</summary>
    public async Task<BoardView> Get((Guid Organisation, Guid Settings, DateOnly Day, Guid? Queue) key, Func<Task<BoardView>> read)
    {
        var stamp = live.Stamp(key.Organisation);
        if (kept.TryGetValue(key, out var known) && known.Stamp == stamp && clock.Now() - known.At is var age && age >= TimeSpan.Zero && age < Keep) return known.View;
        var at = clock.Now();
        var view = await read();
        if (kept.Count >= Most) kept.Clear();
        kept[key] = (stamp, at, view);
        return view;
    }
}
