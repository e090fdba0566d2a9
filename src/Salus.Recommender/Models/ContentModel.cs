using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>Likeness of features: items are vectors of their features, rare ones counting more (tf-idf; Salton and Buckley 1988) and each kind with a weight of its own; a
/// person is the sum of the items they took and of what they said of themselves. It needs no events of an item, so it is what finds new ones.</summary>
public sealed class ContentModel : Model
{
    internal const string KindName = "content";
    private readonly FeatureTable space;
    /// <summary>Items x features, rows of length one.</summary>
    private readonly SparseMatrix vectors;
    /// <summary>What a person's own feature is multiplied by: kind weight and rarity.</summary>
    private readonly float[] importance;
    private readonly float declared;

    private ContentModel(IdMap items, FeatureTable space, SparseMatrix vectors, float[] importance, float declared) : base(items) =>
        (this.space, this.vectors, this.importance, this.declared) = (space, vectors, importance, declared);

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The features a person may be described by, in the order of the columns of <see cref="Batch.Features"/>; those of people must have been made in the same version.</summary>
    public override FeatureTable FeatureSpace => space;

    /// <param name="items">The catalogue.</param>
    /// <param name="features">One row for each item.</param>
    /// <param name="options">Weights.</param>
    /// <param name="fitting">Cancellation and progress.</param>
    public static ContentModel Fit(IdMap items, FeatureTable features, ContentOptions? options = null, Fitting? fitting = null)
    {
        var (o, f) = (options ?? new(), fitting ?? Fitting.Default);
        o.Check();
        if (features.Values.Rows != items.Count) throw new RecommenderException(Faults.Mismatch, "The features do not have one row for each item.");
        if (items.Count == 0) throw new RecommenderException(Faults.Empty, "There is no item to describe.");
        f.Done(0);
        var seen = features.Values.ColumnCounts();
        var importance = new float[seen.Length];
        for (var c = 0; c < seen.Length; c++)
            importance[c] = (float)(o.Weights.GetValueOrDefault(features.Kinds[c], 1) * Math.Log(1 + (double)items.Count / Math.Max(1, seen[c])));
        f.Done(0.5);
        var model = new ContentModel(items, Space(features.Names, [.. features.Kinds], features.Version), Vectors(features.Values, importance), importance, (float)o.DeclaredWeight);
        f.Done(1);
        return model;
    }

    /// <summary>Rows of length one.</summary>
    private static SparseMatrix Vectors(SparseMatrix values, float[] importance)
    {
        var ones = new float[values.Rows];
        Array.Fill(ones, 1f);
        var weighted = values.Scaled(ones, importance);
        var lengths = Enumerable.Range(0, values.Rows).Select(r => TensorPrimitives.Norm(weighted.Weights(r))).Select(n => n > 0 ? 1 / n : 0).ToArray();
        var columns = new float[values.ColumnCount];
        Array.Fill(columns, 1f);
        return weighted.Scaled(lengths, columns);
    }

    /// <summary>Rarity stays what it was at the fit, so that the items that were there score as before.</summary>
    internal override Model Widen(IdMap all, FeatureTable features)
    {
        var rows = Enumerable.Range(0, all.Count).Select(i => i < Items.Count ? (Matrix: vectors, Row: i) : (Matrix: Vectors(features.Values.Slice(i, 1), importance), Row: 0))
            .Select(v => (IReadOnlyList<(int, float)>)[.. v.Matrix.Row(v.Row).ToArray().Zip(v.Matrix.Weights(v.Row).ToArray())]).ToList();
        return new ContentModel(all, space, SparseMatrix.FromRows(rows, space.Names.Count), importance, declared);
    }

    private static FeatureTable Space(IdMap names, FeatureKind[] kinds, string version) => new(names, kinds, new(0, names.Count, [0], [], []), version);

    private float[] Profile(Batch batch, int row)
    {
        var profile = new float[space.Names.Count];
        var items = batch.Histories.Row(row);
        var amounts = batch.Histories.Weights(row);
        for (var h = 0; h < items.Length; h++)
        {
            var own = vectors.Row(items[h]);
            var values = vectors.Weights(items[h]);
            for (var f = 0; f < own.Length; f++) profile[own[f]] += amounts[h] / items.Length * values[f];
        }
        if (batch.Features is { } said)
        {
            if (!FeatureTable.Agree(space.Version, batch.FeatureVersion)) throw new RecommenderException(Faults.FeatureVersion, "The features of the people were made in another version than those the model was fitted on; compute them again, or fit it again.");
            if (said.ColumnCount != space.Names.Count) throw new RecommenderException(Faults.Mismatch, "The features of the people are of another feature space than the model's.");
            var own = said.Row(row);
            var values = said.Weights(row);
            var length = 0f;
            for (var f = 0; f < own.Length; f++) length += MathF.Pow(values[f] * importance[own[f]], 2);
            for (var f = 0; f < own.Length && length > 0; f++) profile[own[f]] += declared * values[f] * importance[own[f]] / MathF.Sqrt(length);
        }
        return profile;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3)
    {
        var profile = Profile(person, 0);
        var own = vectors.Row(item);
        var values = vectors.Weights(item);
        var found = new List<Contribution>();
        for (var f = 0; f < own.Length; f++) found.Add(new(space.Names[own[f]], true, profile[own[f]] * values[f]));
        return [.. found.Where(c => c.Amount > 0).OrderByDescending(c => c.Amount).ThenBy(c => c.Name, StringComparer.Ordinal).Take(most)];
    }

    internal override void Write(ModelWriter writer)
    {
        writer.Ids(space.Names);
        writer.Array<int>([.. space.Kinds.Select(k => (int)k)]);
        writer.Text(space.Version);
        writer.Sparse(vectors);
        writer.Array<float>(importance);
        writer.Real(declared);
    }

    internal static ContentModel Read(ModelReader reader, IdMap items)
    {
        var (names, kinds, version) = (reader.Ids(), reader.Array<int>(), reader.Text());
        var (vectors, importance, declared) = (reader.Sparse(), reader.Reals(), (float)reader.Real());
        if (kinds.Any(k => !Enum.IsDefined((FeatureKind)k))) throw ModelReader.Corrupt("there is no such kind of feature");
        if (!(declared >= 0) || !float.IsFinite(declared)) throw ModelReader.Corrupt("a number is out of range");
        ModelReader.Expect(vectors.Rows, items.Count);
        ModelReader.Expect(vectors.ColumnCount, names.Count);
        ModelReader.Expect(importance.Length, names.Count);
        return new(items, Space(names, [.. kinds.Select(k => (FeatureKind)k)], version), vectors, importance, declared);
    }

    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers) => workers.Each(batch.Count, r =>
    {
        var profile = Profile(batch, r);
        var row = scores.AsSpan(r * Items.Count, Items.Count);
        for (var i = 0; i < row.Length; i++)
        {
            var own = vectors.Row(i);
            var values = vectors.Weights(i);
            float sum = 0;
            for (var f = 0; f < own.Length; f++) sum += profile[own[f]] * values[f];
            row[i] = sum;
        }
    });
}

/// <summary>Options of <see cref="ContentModel"/>.</summary>
public sealed record ContentOptions
{
    /// <summary>How much a kind counts; 1 where nothing is said.</summary>
    public IReadOnlyDictionary<FeatureKind, double> Weights { get; init; } = new Dictionary<FeatureKind, double>();

    /// <summary>What a person says of themselves, against 1 for the mean of what they took.</summary>
    public double DeclaredWeight { get; init; } = 0.5;

    internal void Check()
    {
        if (Weights.Values.Append(DeclaredWeight).Any(w => !(w >= 0) || !double.IsFinite(w))) throw new RecommenderException(Faults.Range, "The weights of features must be at least zero.");
    }
}
