namespace Salus.Recommender.Monitoring;

/// <summary>How far a distribution has moved.</summary>
public enum DriftLevel
{
    /// <summary>Population stability index below 0.1.</summary>
    Steady,
    /// <summary>Population stability index of 0.1 or more.</summary>
    Warning,
    /// <summary>0.25 or more.</summary>
    Alarm,
}

/// <summary>One line of a drift report.</summary>
/// <param name="Segment">Part of the population, such as a region.</param>
/// <param name="Feature">What was compared; a model's score is one.</param>
/// <param name="Index">Population stability index.</param>
/// <param name="Level">What it means.</param>
/// <param name="Baseline">How many values were compared with.</param>
/// <param name="Current">How many values there are now.</param>
public sealed record DriftLine(string Segment, string Feature, double Index, DriftLevel Level, int Baseline, int Current);

/// <summary>The population stability index: sum over bins of (now - then) ln(now / then), shares of the population. Empty bins count as half a value.</summary>
public static class Drift
{
    /// <summary>Of a number, over bins that held equal shares of the baseline.</summary>
    /// <param name="baseline">At least one finite value.</param>
    /// <param name="current">At least one finite value.</param>
    /// <param name="bins">At least 2.</param>
    public static double OfNumbers(IReadOnlyCollection<double> baseline, IReadOnlyCollection<double> current, int bins = 10)
    {
        if (baseline.Count == 0 || current.Count == 0) throw new RecommenderException(Faults.Empty, "There is nothing to compare.");
        if (bins < 2) throw new RecommenderException(Faults.Range, "At least two bins are needed.");
        if (baseline.Concat(current).Any(v => !double.IsFinite(v))) throw new RecommenderException(Faults.NotFinite, "A value is not a finite number.");
        var sorted = baseline.Order().ToArray();
        var edges = Enumerable.Range(1, bins - 1).Select(b => sorted[(int)((long)b * sorted.Length / bins)]).Distinct().ToArray();
        string Bin(double value)
        {
            var at = Array.BinarySearch(edges, value);
            return (at >= 0 ? at + 1 : ~at).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        return OfCategories([.. baseline.Select(Bin)], [.. current.Select(Bin)]);
    }

    /// <summary>Of a category.</summary>
    public static double OfCategories(IReadOnlyCollection<string> baseline, IReadOnlyCollection<string> current)
    {
        if (baseline.Count == 0 || current.Count == 0) throw new RecommenderException(Faults.Empty, "There is nothing to compare.");
        var then = baseline.CountBy(c => c, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var now = current.CountBy(c => c, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        double index = 0;
        foreach (var category in then.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var p = Math.Max(0.5, then.GetValueOrDefault(category)) / baseline.Count;
            var q = Math.Max(0.5, now.GetValueOrDefault(category)) / current.Count;
            index += (q - p) * Math.Log(q / p);
        }
        return index;
    }

    /// <summary>What an index means.</summary>
    public static DriftLevel Level(double index) => index >= 0.25 ? DriftLevel.Alarm : index >= 0.1 ? DriftLevel.Warning : DriftLevel.Steady;

    /// <summary>Every feature in every segment, the farthest moved first. What only one side has has no finite index and stands first: what has vanished is an alarm, since nothing else would
    /// tell of a feature that is not computed any more; what is new is a warning.</summary>
    /// <param name="baseline">Rows of segment, feature, value then.</param>
    /// <param name="current">The same now.</param>
    public static IReadOnlyList<DriftLine> Report(IEnumerable<(string Segment, string Feature, double Value)> baseline, IEnumerable<(string Segment, string Feature, double Value)> current)
    {
        var then = baseline.ToLookup(r => (r.Segment, r.Feature), r => r.Value);
        var now = current.ToLookup(r => (r.Segment, r.Feature), r => r.Value);
        return [.. then.Select(g => g.Key).Union(now.Select(g => g.Key)).Select(key =>
            {
                var (before, after) = (then[key].ToArray(), now[key].ToArray());
                if (after.Length == 0) return new DriftLine(key.Segment, key.Feature, double.PositiveInfinity, DriftLevel.Alarm, before.Length, 0);
                if (before.Length == 0) return new DriftLine(key.Segment, key.Feature, double.PositiveInfinity, DriftLevel.Warning, 0, after.Length);
                var index = OfNumbers(before, after);
                return new DriftLine(key.Segment, key.Feature, index, Level(index), before.Length, after.Length);
            }).OrderByDescending(l => l.Index).ThenByDescending(l => l.Level).ThenBy(l => l.Segment, StringComparer.Ordinal).ThenBy(l => l.Feature, StringComparer.Ordinal)];
    }
}
