using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Evaluation;

/// <summary>A mean with its 95 % bootstrap interval over people (Efron 1979, percentile form).</summary>
public readonly record struct Estimate(double Mean, double Low, double High);

/// <summary>An evaluation: means over people, and what the lists as a whole are like.</summary>
public sealed record Report
{
    /// <summary>Length of the lists.</summary>
    public required int K { get; init; }

    /// <summary>How many items beside those held out were candidates, if they were sampled; null when all were.</summary>
    public required int? Sampled { get; init; }

    /// <summary>Whether the candidates were given for each person, see <see cref="EvaluationOptions.Given"/>.</summary>
    public required bool Given { get; init; }

    /// <summary>What could have stood on a list, in words; belongs beside every figure.</summary>
    public string Candidates => Given ? "SAMPLED candidates: those the split gives for each person; not comparable with figures over all items" : Sampled is { } others
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SAMPLED candidates: what was held out and {others} others; not comparable with figures over all items")
        : "candidates: all items a person has not taken";

    /// <summary>Each person who was measured.</summary>
    public required IReadOnlyList<PersonResult> People { get; init; }
    /// <summary>People of the test data of whom nothing was known; they are not measured.</summary>
    public required int Strangers { get; init; }
    /// <summary>Mean of <see cref="ListQuality.Recall"/>.</summary>
    public required Estimate Recall { get; init; }
    /// <summary>Mean of <see cref="ListQuality.Precision"/>.</summary>
    public required Estimate Precision { get; init; }
    /// <summary>Mean of <see cref="ListQuality.HitRate"/>.</summary>
    public required Estimate HitRate { get; init; }
    /// <summary>Mean of <see cref="ListQuality.AveragePrecision"/>.</summary>
    public required Estimate Map { get; init; }
    /// <summary>Mean of <see cref="ListQuality.ReciprocalRank"/>.</summary>
    public required Estimate Mrr { get; init; }
    /// <summary>Mean of <see cref="ListQuality.Ndcg"/>.</summary>
    public required Estimate Ndcg { get; init; }
    /// <summary>Mean of <see cref="ListQuality.Accuracy"/>.</summary>
    public required Estimate Accuracy { get; init; }
    /// <summary>Share of the catalogue that stands on at least one list.</summary>
    public required double Coverage { get; init; }
    /// <summary>Mean of -log2 (share of the people who took the item), in bits: high when lists hold what is not known anyway (Castells, Hurley and Vargas 2015).</summary>
    public required double Novelty { get; init; }
    /// <summary>1 - mean cosine of co-occurrence between two items of a list (Ziegler and others 2005), over at most 2 000 people.</summary>
    public required double Diversity { get; init; }
    /// <summary>Gini index of exposure over the catalogue.</summary>
    public required double Gini { get; init; }
    /// <summary>Share of all places on lists that go to the most popular hundredth of the catalogue.</summary>
    public required double TopHundredthShare { get; init; }

    internal static Report Of(PersonResult[] people, Interactions train, int k, int strangers, int? sampled = null, bool given = false)
    {
        var counts = train.Matrix.ColumnCounts();
        var shown = new int[train.Items.Count];
        foreach (var person in people)
            foreach (var item in person.List) shown[item]++;
        double places = shown.Sum(s => (double)s);
        var top = counts.Select((c, i) => (c, i)).OrderByDescending(p => p.c).ThenBy(p => p.i).Take(Math.Max(1, counts.Length / 100)).Sum(p => (double)shown[p.i]);
        Estimate Of(Func<ListQuality, double> measure) => Bootstrap([.. people.Select(p => measure(p.Quality))]);
        return new()
        {
            K = k,
            Sampled = sampled,
            Given = given,
            People = people,
            Strangers = strangers,
            Recall = Of(q => q.Recall),
            Precision = Of(q => q.Precision),
            HitRate = Of(q => q.HitRate),
            Map = Of(q => q.AveragePrecision),
            Mrr = Of(q => q.ReciprocalRank),
            Ndcg = Of(q => q.Ndcg),
            Accuracy = Of(q => q.Accuracy),
            Coverage = shown.Count(s => s > 0) / (double)shown.Length,
            Novelty = places == 0 ? 0 : shown.Select((s, i) => s * -Math.Log2(Math.Max(1, counts[i]) / (double)train.Users.Count)).Sum() / places,
            Diversity = ListDiversity(people, train),
            Gini = Metrics.Gini(shown),
            TopHundredthShare = places == 0 ? 0 : top / places,
        };
    }

    /// <summary>Mean and interval. The draws come from a fixed seed: the same values give the same interval.</summary>
    /// <param name="values">One for each person, at least one.</param>
    /// <param name="draws">How many resamples.</param>
    /// <param name="seed">For the resamples.</param>
    public static Estimate Bootstrap(double[] values, int draws = 400, ulong seed = 1)
    {
        if (values.Length == 0) throw new RecommenderException(Faults.Empty, "There is nobody to take a mean over.");
        var random = new SeededRandom(seed);
        var means = new double[draws];
        for (var d = 0; d < draws; d++)
        {
            double sum = 0;
            for (var i = 0; i < values.Length; i++) sum += values[random.Below(values.Length)];
            means[d] = sum / values.Length;
        }
        Array.Sort(means);
        return new(values.Average(), means[(int)(0.025 * draws)], means[(int)(0.975 * draws)]);
    }

    private static double ListDiversity(PersonResult[] people, Interactions train)
    {
        var byItem = train.Matrix.Transposed();
        var step = Math.Max(1, people.Length / 2000);
        double sum = 0;
        long pairs = 0;
        for (var p = 0; p < people.Length; p += step)
        {
            var list = people[p].List;
            for (var a = 0; a < list.Length; a++)
                for (var b = a + 1; b < list.Length; b++, pairs++) sum += 1 - Cosine(byItem.Row(list[a]), byItem.Row(list[b]));
        }
        return pairs == 0 ? 0 : sum / pairs;
    }

    internal static double Cosine(ReadOnlySpan<int> x, ReadOnlySpan<int> y)
    {
        if (x.IsEmpty || y.IsEmpty) return 0;
        var shared = 0;
        for (int a = 0, b = 0; a < x.Length && b < y.Length;)
            if (x[a] == y[b]) (shared, a, b) = (shared + 1, a + 1, b + 1);
            else if (x[a] < y[b]) a++;
            else b++;
        return shared / Math.Sqrt((double)x.Length * y.Length);
    }
}
