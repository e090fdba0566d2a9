namespace Salus.Recommender.Evaluation;

/// <summary>How well one list met what the person took afterwards. All values lie within 0 and 1.</summary>
/// <param name="Recall">Hits / held-out items.</param>
/// <param name="Precision">Hits / k.</param>
/// <param name="HitRate">1 if there is a hit.</param>
/// <param name="AveragePrecision">Mean precision at the places of the hits, over min(k, held-out items); its mean is MAP@k.</param>
/// <param name="ReciprocalRank">1 / place of the first hit; its mean is MRR@k.</param>
/// <param name="Ndcg">Discounted gain (1 / log2(place + 1) for a hit) over that of a perfect list of min(k, held-out items) hits (Järvelin and Kekäläinen 2002).</param>
/// <param name="Accuracy">Share of the candidates judged rightly, if what is on the list counts as a yes and all else as a no. Nearly 1 for any list from a large catalogue.</param>
public readonly record struct ListQuality(double Recall, double Precision, double HitRate, double AveragePrecision, double ReciprocalRank, double Ndcg, double Accuracy = 0);

/// <summary>Measures of ranked lists.</summary>
public static class Metrics
{
    /// <param name="list">Items, best first.</param>
    /// <param name="isHit">Whether an item is among those held out.</param>
    /// <param name="held">How many were held out, at least 1; those the model cannot know count too.</param>
    /// <param name="k">The cut.</param>
    /// <param name="candidates">How many items could have stood on the list; for the accuracy, which is 0 without it.</param>
    public static ListQuality OfList(ReadOnlySpan<int> list, Func<int, bool> isHit, int held, int k, int candidates = 0)
    {
        double hits = 0, gain = 0, precision = 0, first = 0;
        for (var place = 0; place < Math.Min(k, list.Length); place++)
        {
            if (!isHit(list[place])) continue;
            hits++;
            gain += 1 / Math.Log2(place + 2);
            precision += hits / (place + 1);
            if (first == 0) first = 1.0 / (place + 1);
        }
        var most = Math.Min(k, held);
        double ideal = 0;
        for (var place = 0; place < most; place++) ideal += 1 / Math.Log2(place + 2);
        // Wrong are the hits that are missing and what is shown beside the hits; those the catalogue does not have are missing too.
        var wrong = held - hits + (Math.Min(k, list.Length) - hits);
        return new(hits / held, hits / k, hits > 0 ? 1 : 0, precision / most, first, gain / ideal, candidates == 0 ? 0 : Math.Max(0, 1 - wrong / candidates));
    }

    /// <summary>Inequality of exposure: 0 when every item is shown equally often, near 1 when one is shown always.</summary>
    /// <param name="shown">How often each item of the catalogue was shown.</param>
    public static double Gini(IReadOnlyCollection<int> shown)
    {
        var sorted = shown.Order().ToArray();
        double total = sorted.Sum(s => (double)s), weighted = 0;
        if (total == 0) return 0;
        for (var i = 0; i < sorted.Length; i++) weighted += (2.0 * (i + 1) - sorted.Length - 1) * sorted[i];
        return weighted / (sorted.Length * total);
    }
}
