using System.Security.Cryptography;

namespace Salus.Recommender.Privacy;

/// <summary>Figures about people that may be published: one person's contribution is clipped, noise is added to what one person can change, the cost is paid from the budget first,
/// and what is below the threshold is not shown.</summary>
/// <param name="budget">What pays.</param>
/// <param name="unit">Uniform draws in (0, 1); from the operating system's secure source when null. For tests.</param>
public sealed class NoisyCounts(PrivacyBudget budget, Func<double>? unit = null)
{
    private readonly Func<double> draw = unit ?? SecureUnit;

    /// <summary>A number with Laplace noise of scale sensitivity / epsilon (Dwork, McSherry, Nissim and Smith 2006), rounded to a grid of a power of two near a thousandth of that
    /// scale, so that the low bits of the float tell nothing (Mironov 2012).</summary>
    /// <param name="release">For the ledger.</param>
    /// <param name="value">The exact figure.</param>
    /// <param name="sensitivity">The most one person can change it; above 0.</param>
    /// <param name="epsilon">What it costs.</param>
    public double Laplace(string release, double value, double sensitivity, double epsilon)
    {
        Check(value, sensitivity);
        budget.Spend(release, epsilon);
        return OnGrid(value + LaplaceNoise(sensitivity / epsilon), sensitivity / epsilon);
    }

    /// <summary>A number with normal noise of deviation sensitivity sqrt(2 ln(1.25 / delta)) / epsilon (Dwork and Roth 2014, theorem A.1).</summary>
    /// <param name="epsilon">Below 1, as the theorem asks.</param>
    /// <param name="delta">Above 0.</param>
    /// <inheritdoc cref="Laplace"/>
    public double Gaussian(string release, double value, double sensitivity, double epsilon, double delta)
    {
        Check(value, sensitivity);
        if (!(epsilon < 1) || !(delta > 0)) throw new RecommenderException(Faults.Range, "The Gaussian mechanism needs an epsilon below 1 and a delta above 0.");
        budget.Spend(release, epsilon, delta);
        var deviation = sensitivity * Math.Sqrt(2 * Math.Log(1.25 / delta)) / epsilon;
        return OnGrid(value + deviation * Math.Sqrt(-2 * Math.Log(draw())) * Math.Cos(2 * Math.PI * draw()), deviation);
    }

    /// <summary>How many people stand behind each key of a list that is known beforehand, one release for all: a person counts for at most <paramref name="mostEach"/> keys, the first in
    /// ordinal order. Keys whose noisy count is below the threshold are left out; keys nobody stands behind are noised like the others, or their absence would tell.</summary>
    /// <param name="release">For the ledger.</param>
    /// <param name="pairs">Who stands behind which key.</param>
    /// <param name="keys">The keys that may be shown, not taken from the pairs.</param>
    /// <param name="mostEach">At least 1.</param>
    /// <param name="threshold">The k of k-anonymity.</param>
    /// <param name="epsilon">What it costs.</param>
    public IReadOnlyDictionary<string, long> Histogram(string release, IEnumerable<(string Person, string Key)> pairs, IReadOnlyCollection<string> keys, int mostEach, int threshold, double epsilon)
    {
        if (mostEach < 1 || threshold < 1) throw new RecommenderException(Faults.Range, "A person must count at least once, and the threshold be at least 1.");
        var allowed = keys.ToHashSet(StringComparer.Ordinal);
        if (allowed.Count != keys.Count) throw new RecommenderException(Faults.Malformed, "A key stands twice in the list of keys.");
        budget.Spend(release, epsilon);
        var counts = keys.ToDictionary(k => k, _ => 0, StringComparer.Ordinal);
        foreach (var person in pairs.Where(p => allowed.Contains(p.Key)).Distinct().GroupBy(p => p.Person, StringComparer.Ordinal))
            foreach (var (_, key) in person.OrderBy(p => p.Key, StringComparer.Ordinal).Take(mostEach)) counts[key]++;
        return counts.Select(c => (c.Key, Value: (long)Math.Round(c.Value + LaplaceNoise(mostEach / epsilon)))).Where(c => c.Value >= threshold).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
    }

    private double LaplaceNoise(double scale)
    {
        var u = draw() - 0.5;
        return -scale * Math.Sign(u) * Math.Log(1 - 2 * Math.Abs(u));
    }

    private static double OnGrid(double value, double scale)
    {
        var step = Math.Pow(2, Math.Ceiling(Math.Log2(scale / 1024)));
        return Math.Round(value / step) * step;
    }

    private static void Check(double value, double sensitivity)
    {
        if (!double.IsFinite(value)) throw new RecommenderException(Faults.NotFinite, "The figure is not a finite number.");
        if (!(sensitivity > 0) || !double.IsFinite(sensitivity)) throw new RecommenderException(Faults.Range, "The sensitivity must be above zero.");
    }

    private static double SecureUnit()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return ((BitConverter.ToUInt64(bytes) >> 12) + 0.5) * (1.0 / (1UL << 52));
    }
}

/// <summary>What may be shown without noise: only what enough people share.</summary>
public static class KAnonymity
{
    /// <summary>The rows whose combination of attributes at least k people share.</summary>
    public static IReadOnlyList<T> Shared<T>(IEnumerable<T> rows, Func<T, string> attributes, int k)
    {
        if (k < 2) throw new RecommenderException(Faults.Range, "k must be at least 2.");
        return [.. rows.GroupBy(attributes, StringComparer.Ordinal).Where(g => g.Count() >= k).SelectMany(g => g)];
    }

    /// <summary>A count, or a refusal.</summary>
    /// <exception cref="RecommenderException"><c>privacy.too-few</c>.</exception>
    public static int Count(int people, int k) => people >= k ? people : throw new RecommenderException(Faults.TooFew, $"Fewer than {k} people stand behind this figure.");
}
