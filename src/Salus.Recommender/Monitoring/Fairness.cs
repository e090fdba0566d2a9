using Salus.Recommender.Evaluation;

namespace Salus.Recommender.Monitoring;

/// <summary>How well one group of people is served.</summary>
/// <param name="Group">Region, age band or another group; "(few)" gathers those too small to show.</param>
/// <param name="People">How many.</param>
/// <param name="Ndcg">NDCG@k with its interval.</param>
/// <param name="Gap">Its mean minus that of everybody.</param>
/// <param name="Unequal">Whether everybody's mean lies outside the group's interval.</param>
public sealed record GroupQuality(string Group, int People, Estimate Ndcg, double Gap, bool Unequal);

/// <summary>How often items of one group are shown.</summary>
/// <param name="Group">Newcomers, a region, a provider.</param>
/// <param name="Shown">Share of all places on lists, each place weighed by 1 / log2(position + 1).</param>
/// <param name="Catalogue">Share of the catalogue.</param>
public sealed record GroupExposure(string Group, double Shown, double Catalogue);

/// <summary>Reports that ask whom a recommender serves badly.</summary>
public static class Fairness
{
    private const string Few = "(few)";

    /// <param name="report">An evaluation.</param>
    /// <param name="groupOf">The group of a row of the training data.</param>
    /// <param name="least">Groups of fewer people are gathered into one, so that a line never describes a handful of people.</param>
    public static IReadOnlyList<GroupQuality> ByPeople(Report report, Func<int, string> groupOf, int least = 20)
    {
        var groups = report.People.GroupBy(p => groupOf(p.User), StringComparer.Ordinal).ToList();
        var small = groups.Where(g => g.Count() < least).SelectMany(g => g).ToList();
        var lines = groups.Where(g => g.Count() >= least).Select(g => Line(g.Key, [.. g])).ToList();
        // What is gathered must itself be enough people.
        if (small.Count >= least) lines.Add(Line(Few, small));
        return [.. lines.OrderBy(l => l.Gap).ThenBy(l => l.Group, StringComparer.Ordinal)];

        GroupQuality Line(string group, List<PersonResult> people)
        {
            var ndcg = Report.Bootstrap([.. people.Select(p => p.Quality.Ndcg)]);
            return new(group, people.Count, ndcg, ndcg.Mean - report.Ndcg.Mean, report.Ndcg.Mean < ndcg.Low || report.Ndcg.Mean > ndcg.High);
        }
    }

    /// <param name="lists">Lists, best first.</param>
    /// <param name="groupOf">The group of an item.</param>
    /// <param name="items">Size of the catalogue.</param>
    public static IReadOnlyList<GroupExposure> ByItems(IEnumerable<IReadOnlyList<int>> lists, Func<int, string> groupOf, int items)
    {
        var shown = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var list in lists)
            for (var place = 0; place < list.Count; place++)
                shown[groupOf(list[place])] = shown.GetValueOrDefault(groupOf(list[place])) + 1 / Math.Log2(place + 2);
        var total = shown.Values.Sum();
        return [.. Enumerable.Range(0, items).CountBy(groupOf, StringComparer.Ordinal)
            .Select(g => new GroupExposure(g.Key, total == 0 ? 0 : shown.GetValueOrDefault(g.Key) / total, g.Value / (double)items)).OrderBy(g => g.Group, StringComparer.Ordinal)];
    }
}

/// <summary>Whether lists and predictions mean what they say.</summary>
public static class Calibration
{
    /// <summary>How far the mix of a list is from the person's own mix: Kullback-Leibler divergence in nats of the list's category shares from the history's, with a hundredth of the
    /// history mixed in so that it is finite (Steck 2018). 0 is the person's own mix.</summary>
    /// <param name="history">Categories of what the person took; at least one.</param>
    /// <param name="list">Categories of what is shown; at least one.</param>
    public static double OfMix(IReadOnlyCollection<string> history, IReadOnlyCollection<string> list)
    {
        if (history.Count == 0 || list.Count == 0) throw new RecommenderException(Faults.Empty, "A mix needs at least one item.");
        return history.CountBy(c => c, StringComparer.Ordinal).Sum(c =>
        {
            var p = c.Value / (double)history.Count;
            var q = 0.99 * list.Count(x => x == c.Key) / list.Count + 0.01 * p;
            return p * Math.Log(p / q);
        });
    }

    /// <summary>Mean distance between predicted and seen frequency over ten bins of equal width, weighed by size (expected calibration error).</summary>
    /// <param name="outcomes">Predicted probability, and whether it came true; at least one.</param>
    public static double OfPredictions(IReadOnlyCollection<(double Predicted, bool Seen)> outcomes)
    {
        if (outcomes.Count == 0) throw new RecommenderException(Faults.Empty, "There is no prediction to check.");
        if (outcomes.Any(o => !(o.Predicted is >= 0 and <= 1))) throw new RecommenderException(Faults.Range, "A predicted probability must lie within 0 and 1.");
        return outcomes.GroupBy(o => Math.Min(9, (int)(o.Predicted * 10))).Sum(g => g.Count() / (double)outcomes.Count * Math.Abs(g.Average(o => o.Predicted) - g.Average(o => o.Seen ? 1 : 0)));
    }
}
