using System.Collections.Concurrent;

namespace Salus.Recommender.Pipeline;

/// <summary>What is popular in a region, kept by increments: the answer for somebody of whom nothing is known. Safe to use from many threads.</summary>
public sealed class RegionalTop
{
    /// <summary>How many events of the whole count as one event of the region: a region nobody has visited yet shows what is popular everywhere.</summary>
    private const double Borrowed = 0.01;

    private readonly ConcurrentDictionary<(string Region, string Item), int> counts = new();
    private readonly ConcurrentDictionary<string, int> everywhere = new(StringComparer.Ordinal);

    /// <summary>Counts one event.</summary>
    public void Add(string? region, string item)
    {
        everywhere.AddOrUpdate(item, 1, (_, c) => c + 1);
        if (region is not null) counts.AddOrUpdate((region, item), 1, (_, c) => c + 1);
    }

    /// <summary>Events of the region plus a hundredth of those of the whole.</summary>
    public double Score(string? region, string item) =>
        (region is null ? 0 : counts.GetValueOrDefault((region, item))) + Borrowed * everywhere.GetValueOrDefault(item);

    /// <summary>The k most popular items.</summary>
    public IReadOnlyList<string> Top(string? region, int k) =>
        [.. everywhere.Keys.OrderByDescending(i => Score(region, i)).ThenBy(i => i, StringComparer.Ordinal).Take(k)];
}
