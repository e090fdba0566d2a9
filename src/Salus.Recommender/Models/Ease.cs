using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>The closed-form item-item model EASE (Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019), in the scaled form: the best weights B
/// with a zero diagonal for min |X - XB|² + lambda |B|² are B = I - P diag(P)⁻¹ with P = (XᵀX + lambda)⁻¹.
/// Time grows with the cube and memory (8 bytes while fitting, 4 after) with the square of the number of items: for some ten thousand items at most.
/// <see cref="GraphFilter"/> comes to nearly the same for large catalogues.</summary>
public sealed class Ease : Model
{
    internal const string KindName = "ease";
    private readonly Matrix weights;

    private Ease(IdMap items, Matrix weights) : base(items) => this.weights = weights;

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <param name="data">Events; their weights do not matter, a pair counts once.</param>
    /// <param name="options">How strongly to regularise, and how large a catalogue may be.</param>
    /// <param name="fitting">Cores, cancellation, progress. The result does not depend on the number of cores.</param>
    /// <exception cref="RecommenderException"><c>memory.limit</c>, <c>options.range</c>, <c>data.empty</c>.</exception>
    public static Ease Fit(Interactions data, EaseOptions? options = null, Fitting? fitting = null)
    {
        var (o, f) = (options ?? new(), fitting ?? Fitting.Default);
        o.Check();
        data.Checked();
        var n = data.Items.Count;
        if (n > o.MostItems) throw new RecommenderException(Faults.Memory, $"The closed form over {n} items would need {8L * n * n / (1 << 20)} MB; the limit is {o.MostItems} items.");
        f.Done(0);
        var counts = data.Matrix.ColumnCounts();
        var x = data.Binary();
        var rows = x.RowCounts();
        // Very active people say less with each event: dividing by the square root of a power of their count is the row scaling of the graph filters.
        x = x.Scaled([.. rows.Select(c => (float)Math.Pow(Math.Max(1, c), -o.UserExponent))], [.. counts.Select(_ => 1f)]);
        var gram = Gram(x, f.Workers);
        f.Done(0.1);
        for (var i = 0; i < n; i++) gram.Values[(long)i * n + i] += (float)(o.Regularisation * Math.Pow(Math.Max(1, counts[i]), o.FrequencyExponent));
        Cholesky.Inverse(gram, f.Workers, p => f.Done(0.1 + 0.85 * p));
        var diagonal = new float[n];
        for (var i = 0; i < n; i++) diagonal[i] = -1 / gram.Values[(long)i * n + i];
        f.Workers.Blocks(n, 64, (first, last) =>
        {
            for (var r = first; r < last; r++)
            {
                TensorPrimitives.Multiply(gram.Row(r), diagonal, gram.Row(r));
                gram.Row(r)[r] = 0;
            }
        });
        f.Done(1);
        return new(data.Items, gram) { Taken = data.Counts() };
    }

    /// <summary>XᵀX, both triangles, by rows of people: each block of items is summed by one worker in the order of the people.</summary>
    private static Matrix Gram(SparseMatrix x, Workers workers)
    {
        var n = x.ColumnCount;
        var gram = new Matrix(n, n);
        var byItem = x.Transposed();
        workers.Blocks(n, 16, (first, last) =>
        {
            for (var i = first; i < last; i++)
            {
                var row = gram.Row(i);
                var people = byItem.Row(i);
                var amounts = byItem.Weights(i);
                for (var p = 0; p < people.Length; p++)
                {
                    var columns = x.Row(people[p]);
                    var values = x.Weights(people[p]);
                    for (var c = 0; c < columns.Length; c++) row[columns[c]] += amounts[p] * values[c];
                }
            }
        });
        return gram;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3)
    {
        var items = person.Histories.Row(0);
        var amounts = person.Histories.Weights(0);
        var found = new List<Contribution>();
        for (var h = 0; h < items.Length; h++) found.Add(new(Items[items[h]], false, amounts[h] * weights.Row(items[h])[item]));
        return [.. found.Where(c => c.Amount > 0).OrderByDescending(c => c.Amount).ThenBy(c => c.Name, StringComparer.Ordinal).Take(most)];
    }

    internal override void Write(ModelWriter writer) => writer.Dense(weights);

    internal static Ease Read(ModelReader reader, IdMap items)
    {
        var weights = reader.Dense();
        ModelReader.Expect(weights.Rows, items.Count);
        ModelReader.Expect(weights.Columns, items.Count);
        return new(items, weights);
    }

    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers) => workers.Each(batch.Count, r =>
    {
        var row = scores.AsSpan(r * Items.Count, Items.Count);
        row.Clear();
        var items = batch.Histories.Row(r);
        var amounts = batch.Histories.Weights(r);
        for (var h = 0; h < items.Length; h++) TensorPrimitives.MultiplyAdd(weights.Row(items[h]), amounts[h], row, row);
    });
}

/// <summary>Options of <see cref="Ease"/>.</summary>
public sealed record EaseOptions
{
    /// <summary>Lambda, above zero; in units of co-occurrences (after the scaling by <see cref="UserExponent"/>).</summary>
    public double Regularisation { get; init; } = 500;

    /// <summary>Lambda of an item is multiplied by its count to this power; 0 is the paper's form.</summary>
    public double FrequencyExponent { get; init; }

    /// <summary>Each event of a person is divided by their number of events to this power; 0 is the paper's form.</summary>
    public double UserExponent { get; init; }

    /// <summary>Larger catalogues are refused. 16 000 items are 2 GB.</summary>
    public int MostItems { get; init; } = 12_000;

    internal void Check()
    {
        if (!(Regularisation > 0) || !double.IsFinite(Regularisation)) throw new RecommenderException(Faults.Range, "The regularisation must be above zero.");
        if (!(UserExponent is >= 0 and <= 1) || !(FrequencyExponent is >= -1 and <= 1)) throw new RecommenderException(Faults.Range, "The exponents of EASE must lie within -1 and 1.");
    }
}
