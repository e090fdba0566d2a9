using System.Collections.Concurrent;

namespace Salus.Kernel;

/// <summary>
/// Counts uses in the memory of this node, for what happens too often to be worth a row in the database, such as searches. With
/// several nodes each counts for itself, and a restart forgets; what must hold in spite of that is counted by <see cref="RateLimits"/>.
/// </summary>
public sealed class NodeLimits(TimeProvider clock)
{
    private const int Most = 20_000;
    private readonly ConcurrentDictionary<(string Limit, TimeSpan Window, string Subject), Uses> counts = new();

    private sealed class Uses
    {
        public DateTime Start;
        public int Count;
    }

    /// <exception cref="Refusal">429 <c>rate-limit</c> with the seconds until the next is allowed.</exception>
    public void Take(RateLimit limit, string subject)
    {
        if (Count(limit, subject) is { } excess) throw excess.Refusal;
    }

    /// <summary>Counts one use; null when it was not one too many.</summary>
    public Excess? Count(RateLimit limit, string subject)
    {
        var now = clock.Now();
        if (counts.Count > Most) Forget(now);
        Excess? excess = null;
        foreach (var (most, window) in limit.Windows)
        {
            var uses = counts.GetOrAdd((limit.Name, window, subject), _ => new Uses { Start = now });
            lock (uses)
            {
                // A window that has not begun was made while the clock was wrong.
                if (now - uses.Start >= window || uses.Start > now) (uses.Start, uses.Count) = (now, 0);
                if (++uses.Count <= most) continue;
                var left = window - (now - uses.Start);
                excess = new(excess?.Wait > left ? excess.Wait : left, excess?.IsFirst == true || uses.Count == most + 1);
            }
        }
        return excess;
    }

    private void Forget(DateTime now)
    {
        foreach (var (key, uses) in counts)
            if (now - uses.Start >= key.Window) counts.TryRemove(key, out _);
        if (counts.Count > Most) counts.Clear();
    }
}
