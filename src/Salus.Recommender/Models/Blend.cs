using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>Several models as one: each person's scores of each model are brought to mean 0 and deviation 1 over the catalogue and added with weights that depend on how
/// much is known of the person and of the item. The weights are learned by <see cref="BlendLearner"/>, not guessed.</summary>
public sealed class Blend : Model
{
    internal const string KindName = "blend";
    private readonly bool[] cold;

    /// <param name="items">The catalogue, the same for all parts.</param>
    /// <param name="parts">At least one model.</param>
    /// <param name="weights">Which model counts how much for whom.</param>
    /// <param name="cold">Which items nobody had taken at the fit.</param>
    public Blend(IdMap items, IReadOnlyList<Model> parts, BlendWeights weights, bool[] cold) : base(items)
    {
        if (parts.Count == 0) throw new RecommenderException(Faults.Empty, "A blend needs at least one model.");
        if (parts.Any(p => p.Items.Count != items.Count) || cold.Length != items.Count) throw new RecommenderException(Faults.Mismatch, "The models of a blend must share one catalogue.");
        weights.Check(parts.Count);
        (Parts, Weights, this.cold) = (parts, weights, cold);
        Taken = parts.Select(p => p.Taken).FirstOrDefault(t => t.Length == items.Count) ?? [];
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>What is blended.</summary>
    public IReadOnlyList<Model> Parts { get; }

    /// <summary>Which part counts how much.</summary>
    public BlendWeights Weights { get; }

    /// <summary>Brings a row to mean 0 and deviation 1; a row without differences becomes zeros.</summary>
    internal static void Standardise(Span<float> row)
    {
        var mean = TensorPrimitives.Sum<float>(row) / row.Length;
        TensorPrimitives.Subtract(row, mean, row);
        var deviation = MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(row) / row.Length);
        if (deviation > 1e-12f) TensorPrimitives.Multiply(row, 1 / deviation, row);
        else row.Clear();
    }

    /// <inheritdoc/>
    public override FeatureTable? FeatureSpace => Parts.Select(p => p.FeatureSpace).FirstOrDefault(s => s is not null);

    /// <inheritdoc/>
    public override IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3)
    {
        var weights = (cold[item] ? Weights.Cold : Weights.Warm)[Weights.Bucket(person.Histories.Row(0).Length)];
        // Contributions of different models have no common unit: each model speaks with its weight times the share within itself.
        return [.. Parts.Zip(weights).Where(p => p.Second > 0).SelectMany(p =>
            {
                var found = p.First.Explain(person, item, most);
                var total = found.Sum(c => c.Amount);
                return found.Where(_ => total > 0).Select(c => c with { Amount = p.Second * c.Amount / total });
            })
            .GroupBy(c => (c.Name, c.IsFeature)).Select(g => new Contribution(g.Key.Name, g.Key.IsFeature, g.Sum(c => c.Amount)))
            .OrderByDescending(c => c.Amount).ThenBy(c => c.Name, StringComparer.Ordinal).Take(most)];
    }

    internal override Model Widen(IdMap all, FeatureTable features) =>
        new Blend(all, [.. Parts.Select(p => p.Widen(all, features))], Weights, [.. cold, .. Enumerable.Repeat(true, all.Count - Items.Count)]);

    internal override void Write(ModelWriter writer)
    {
        writer.Number(Parts.Count);
        foreach (var part in Parts) ModelFile.Write(writer, part);
        writer.Array<int>([.. Weights.Limits]);
        foreach (var rows in new[] { Weights.Warm, Weights.Cold })
            foreach (var row in rows) writer.Array<float>(row);
        writer.Array<byte>([.. cold.Select(c => (byte)(c ? 1 : 0))]);
    }

    internal static Blend Read(ModelReader reader, IdMap items)
    {
        var count = reader.Number();
        if (count is < 1 or > 100) throw ModelReader.Corrupt("a blend has no parts, or too many");
        var parts = new List<Model>();
        for (var p = 0; p < count; p++) parts.Add(ModelFile.Read(reader, items));
        var limits = reader.Array<int>();
        float[][] Rows() => [.. Enumerable.Range(0, limits.Length + 1).Select(_ => reader.Reals())];
        return new(items, parts, new(limits, Rows(), Rows()), [.. reader.Array<byte>().Select(c => c != 0)]);
    }

    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers)
    {
        var n = Items.Count;
        Array.Clear(scores, 0, batch.Count * n);
        var part = new float[batch.Count * n];
        for (var m = 0; m < Parts.Count; m++)
        {
            if (Weights.Warm.Concat(Weights.Cold).All(w => w[m] == 0)) continue;
            Parts[m].ScoreBare(batch, part, workers);
            workers.Each(batch.Count, r =>
            {
                var row = part.AsSpan(r * n, n);
                var sum = scores.AsSpan(r * n, n);
                Standardise(row);
                var bucket = Weights.Bucket(batch.Histories.Row(r).Length);
                var (warm, fresh) = (Weights.Warm[bucket][m], Weights.Cold[bucket][m]);
                if (warm == fresh) TensorPrimitives.MultiplyAdd(row, warm, sum, sum);
                else for (var i = 0; i < n; i++) sum[i] += (cold[i] ? fresh : warm) * row[i];
            });
        }
    }
}

/// <summary>Weights of a blend: a row for each bucket of history length, a column for each model.</summary>
/// <param name="Limits">Ascending; bucket b holds histories shorter than <c>Limits[b]</c>, the last one all others.</param>
/// <param name="Warm">For items somebody has taken.</param>
/// <param name="Cold">For items nobody has.</param>
public sealed record BlendWeights(IReadOnlyList<int> Limits, float[][] Warm, float[][] Cold)
{
    /// <summary>The same weights for everybody and everything.</summary>
    public static BlendWeights Same(params float[] weights) => new([], [weights], [weights]);

    /// <summary>The row of weights for a person with so many events.</summary>
    public int Bucket(int events)
    {
        var bucket = 0;
        while (bucket < Limits.Count && events >= Limits[bucket]) bucket++;
        return bucket;
    }

    internal void Check(int parts)
    {
        if (Warm.Length != Limits.Count + 1 || Cold.Length != Limits.Count + 1 || Warm.Concat(Cold).Any(w => w.Length != parts))
            throw new RecommenderException(Faults.Mismatch, "A blend needs one weight for each bucket and model.");
        if (Warm.Concat(Cold).Any(w => w.Any(x => !(x >= 0) || !float.IsFinite(x)))) throw new RecommenderException(Faults.Range, "The weights of a blend must be at least zero.");
        if (Limits.Zip(Limits.Skip(1)).Any(p => p.First >= p.Second)) throw new RecommenderException(Faults.Range, "The limits of the buckets must rise.");
    }
}
