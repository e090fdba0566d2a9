using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>
/// A filter on the graph of people and items that comes to the closed form of EASE without its cubic cost. With R~ the event matrix, its rows divided by a power
/// of the person's count and its columns by a power of the item's, and G = R~ᵀR~, EASE needs P = (G + lambda)⁻¹. The largest eigenpairs of G are found by subspace
/// iteration; on what is left the spectrum is narrow and 1 / (s + lambda) is a straight line to within a few parts in a thousand, so that P = a - b G + V g Vᵀ.
/// Scores are the row of a person times (b G - V g Vᵀ) / diag(P), times a power of the item's count. With rank 0 it is the linear filter R~ᵀR~.
/// Sources: graph filters, Shen and others, "How powerful is graph convolution for recommendation?", CIKM 2021 (GF-CF); closed form, Steck 2019 (EASE); the joining is ours.
/// Memory: 2 bytes x items x rank and 16 bytes an event; time for a fit some ten sparse products with that many columns.
/// </summary>
public sealed partial class GraphFilter : Model
{
    internal const string KindName = "graph-filter";

    /// <summary>R~, people x items, and its transpose.</summary>
    private readonly SparseMatrix events, byItem;
    /// <summary>Items x rank, orthonormal columns.</summary>
    private readonly CompactRows vectors;
    /// <summary>g, one for each eigenvector.</summary>
    private readonly float[] response;
    private readonly float[] inScale, outScale;
    private readonly long[] reach;
    private readonly float slope;

    private GraphFilter(IdMap items, SparseMatrix events, CompactRows vectors, float[] response, float slope, float[] inScale, float[] outScale) : base(items)
    {
        (this.events, byItem, this.vectors, this.response) = (events, events.Transposed(), vectors, response);
        (this.slope, this.inScale, this.outScale, reach) = (slope, inScale, outScale, Reach(this.events, byItem));
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <param name="data">Events; a pair counts once.</param>
    /// <param name="options">Rank, exponents, regularisation.</param>
    /// <param name="fitting">Cores, seed of the random start, cancellation, progress. With one seed and the same identifiers the order of the events changes nothing but the rounding.</param>
    /// <exception cref="RecommenderException"><c>data.empty</c>, <c>options.range</c>, <c>memory.limit</c>.</exception>
    public static GraphFilter Fit(Interactions data, GraphFilterOptions? options = null, Fitting? fitting = null)
    {
        var (o, f) = (options ?? new(), fitting ?? Fitting.Default);
        o.Check();
        data.Checked();
        f.Done(0);
        var (people, counts) = (data.Matrix.RowCounts(), data.Matrix.ColumnCounts());
        var inScale = Powers(counts, -o.ItemExponent);
        var events = data.Binary().Scaled(Powers(people, -o.UserExponent), inScale);
        if (o.Rank == 0)
        {
            var linear = new GraphFilter(data.Items, events, CompactRows.Of(new(data.Items.Count, 0)), [], 1, inScale, Powers(counts, o.OutExponent)) { Taken = data.Counts() };
            f.Done(1);
            return linear;
        }
        var rank = Math.Min(o.Rank, Math.Min(events.Rows, events.ColumnCount));
        var bytes = TopEigen.Bytes(events.Rows, events.ColumnCount, rank) + 32L * events.Count;
        if (bytes > (long)o.MostMegabytes << 20)
            throw new RecommenderException(Faults.Memory, $"A graph filter of rank {rank} over {events.Rows} people and {events.ColumnCount} items would need {bytes >> 20} MB; the limit is {o.MostMegabytes} MB. A lower rank needs less.");
        var (values, vectors) = new TopEigen(events, events.Transposed(), f.Workers, data.Items).Solve(rank, o.Rounds, f.Seed, p => f.Done(0.95 * p));
        var lambda = o.Regularisation * values[0];
        var (level, slope) = Line(rank == events.ColumnCount ? 0 : values[^1], lambda);
        var response = new float[rank];
        for (var k = 0; k < rank; k++) response[k] = (float)(1 / (values[k] + lambda) - level + slope * values[k]);
        var outScale = Powers(counts, o.OutExponent);
        var own = new double[data.Items.Count];
        for (var e = 0; e < events.Count; e++) own[events.Columns[e]] += (double)events.Values[e] * events.Values[e];
        for (var i = 0; i < outScale.Length; i++)
        {
            double p = level - slope * own[i];
            var row = vectors.Row(i);
            for (var k = 0; k < rank; k++) p += (double)row[k] * row[k] * response[k];
            outScale[i] = (float)(outScale[i] / Math.Max(p, 1e-3 / (values[0] + lambda)));
        }
        var model = new GraphFilter(data.Items, events, CompactRows.Of(vectors), response, (float)slope, inScale, outScale) { Taken = data.Counts() };
        f.Done(1);
        return model;
    }

    /// <summary>The line level - slope * s through 1 / (s + lambda) at the Chebyshev points of [0, top].</summary>
    private static (double Level, double Slope) Line(double top, double lambda)
    {
        if (top <= 1e-9 * lambda) return (1 / lambda, 1 / (lambda * lambda));
        var (low, high) = (top / 2 * (1 - Math.Sqrt(0.5)), top / 2 * (1 + Math.Sqrt(0.5)));
        var slope = (1 / (low + lambda) - 1 / (high + lambda)) / (high - low);
        return (1 / (low + lambda) + slope * low, slope);
    }

    private static float[] Powers(int[] counts, double exponent) => [.. counts.Select(c => (float)Math.Pow(Math.Max(1, c), exponent))];

    /// <inheritdoc/>
    public override IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3)
    {
        var found = new List<Contribution>();
        var items = person.Histories.Row(0);
        var amounts = person.Histories.Weights(0);
        for (var h = 0; h < items.Length; h++)
        {
            var (own, shared) = (items[h], 0f);
            var left = byItem.Row(own);
            var right = byItem.Row(item);
            for (int a = 0, b = 0; a < left.Length && b < right.Length;)
                if (left[a] == right[b]) shared += byItem.Weights(own)[a++] * byItem.Weights(item)[b++];
                else if (left[a] < right[b]) a++;
                else b++;
            float spectral = 0;
            for (var k = 0; k < response.Length; k++) spectral += vectors[own, k] * response[k] * vectors[item, k];
            found.Add(new(Items[own], false, amounts[h] * inScale[own] * (slope * shared - spectral) * outScale[item]));
        }
        return [.. found.Where(c => c.Amount > 0).OrderByDescending(c => c.Amount).ThenBy(c => c.Name, StringComparer.Ordinal).Take(most)];
    }

    internal override void Write(ModelWriter writer)
    {
        writer.Sparse(events);
        writer.Compact(vectors);
        writer.Array<float>(response);
        writer.Real(slope);
        writer.Array<float>(inScale);
        writer.Array<float>(outScale);
    }

    internal static GraphFilter Read(ModelReader reader, IdMap items)
    {
        var (events, vectors, response) = (reader.Sparse(), reader.Compact(), reader.Reals());
        var (slope, inScale, outScale) = (reader.Real(), reader.Reals(), reader.Reals());
        foreach (var length in new[] { events.ColumnCount, vectors.Rows, inScale.Length, outScale.Length }) ModelReader.Expect(length, items.Count);
        ModelReader.Expect(response.Length, vectors.Columns);
        if (!float.IsFinite((float)slope)) throw ModelReader.Corrupt("a number is out of range");
        return new(items, events, vectors, response, (float)slope, inScale, outScale);
    }
}

/// <summary>Options of <see cref="GraphFilter"/>. How the defaults were found stands in docs/recommender.md.</summary>
public sealed record GraphFilterOptions
{
    /// <summary>How many eigenpairs are exact; 0 gives the linear filter.</summary>
    public int Rank { get; init; } = 256;

    /// <summary>An event is divided by its person's count to this power.</summary>
    public double UserExponent { get; init; } = 0.2;

    /// <summary>An event is divided by its item's count to this power.</summary>
    public double ItemExponent { get; init; } = 0.4;

    /// <summary>A score is multiplied by the item's count to this power: the larger, the more popular the lists.</summary>
    public double OutExponent { get; init; } = 0.35;

    /// <summary>Lambda, as a share of the largest eigenvalue.</summary>
    public double Regularisation { get; init; } = 0.04;

    /// <summary>Rounds of subspace iteration.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>What a fit may take; a larger one is refused before it begins. At most 8192, where one matrix comes to what an array can hold.</summary>
    public int MostMegabytes { get; init; } = 2048;

    internal void Check()
    {
        if (Rank is < 0 or > 4096 || Rounds is < 1 or > 50) throw new RecommenderException(Faults.Range, "The rank must lie within 0 and 4096, the rounds within 1 and 50.");
        if (MostMegabytes is < 1 or > 8192) throw new RecommenderException(Faults.Range, "The limit of memory must lie within 1 and 8192 MB.");
        if (!(Regularisation > 0) || !double.IsFinite(Regularisation)) throw new RecommenderException(Faults.Range, "The regularisation must be above zero.");
        if (new[] { UserExponent, ItemExponent, OutExponent }.Any(e => !(e is >= -2 and <= 2))) throw new RecommenderException(Faults.Range, "The exponents must lie within -2 and 2.");
    }
}
