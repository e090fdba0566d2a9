using System.Collections.Concurrent;

namespace Salus.Kernel;

/// <summary>
/// What was read a moment ago, for all who ask the same: kept while its stamp is the newest, and never longer than <paramref name="keep"/>.
/// </summary>
/// <param name="most">Entries that are kept; one more, and all are forgotten.</param>
public sealed class RecentlyRead<TKey, TValue>(TimeSpan keep, int most, TimeProvider clock) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (long Stamp, DateTime At, TValue Value)> kept = new();

    /// <summary>The kept value, or a new one. A change while it is read is not hidden, because the stamp was taken before. Null is never kept.</summary>
    public ValueTask<TValue> Get(TKey key, long stamp, Func<Task<TValue>> read) =>
        kept.TryGetValue(key, out var known) && known.Stamp == stamp && clock.Now() - known.At is var age && age >= TimeSpan.Zero && age < keep
            ? new(known.Value) : new(Read(key, stamp, read));

    private async Task<TValue> Read(TKey key, long stamp, Func<Task<TValue>> read)
    {
        var at = clock.Now();
        var value = await read();
        if (value is null) return value;
        if (kept.Count >= most) kept.Clear();
        kept[key] = (stamp, at, value);
        return value;
    }
}
