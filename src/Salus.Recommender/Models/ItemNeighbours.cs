using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>A sparse item-item model: each item keeps its strongest neighbours. Two ways to weigh them: the cosine of co-occurrence with shrinkage (Deshpande and
/// Karypis 2004), and RP3beta, the walk item -> person -> item with popularity taken down (Paudel, Christoffel, Newell and Bernstein 2017).</summary>
public sealed class ItemNeighbours : Model
{
    internal const string KindName = "item-neighbours";
    /// <summary>Row i: what an event with item i says for others.</summary>
    private readonly SparseMatrix weights;

    private ItemNeighbours(IdMap items, SparseMatrix weights) : base(items) => this.weights = weights;

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>Weight of i for j = c(i, j) / (sqrt(c(i) c(j)) + shrink), c counting people.</summary>
    /// <param name="data">Events; a pair counts once.</param>
    /// <param name="neighbours">How many each item keeps, at least 1.</param>
    /// <param name="shrink">At least 0; takes down what rests on few people.</param>
    /// <param name="fitting">Cores, cancellation, progress.</param>
    public static ItemNeighbours Cosine(Interactions data, int neighbours = 200, double shrink = 10, Fitting? fitting = null)
    {
        if (!(shrink >= 0)) throw new RecommenderException(Faults.Range, "The shrinkage must not be below zero.");
        var counts = data.Checked().Matrix.ColumnCounts();
        return Fit(data, neighbours, _ => 1, (i, j) => 1 / (Math.Sqrt((double)counts[i] * counts[j]) + shrink), fitting ?? Fitting.Default);
    }

    /// <summary>Weight of i for j = sum over people u of (1 / c(i)) (1 / c(u)), to the power alpha each, divided by c(j) to the power beta.</summary>
    /// <param name="data">Events; a pair counts once.</param>
    /// <param name="neighbours">How many each item keeps, at least 1.</param>
    /// <param name="alpha">Power of each step of the walk.</param>
    /// <param name="beta">0 lets the popular win, 1 takes popularity out.</param>
    /// <param name="fitting">Cores, cancellation, progress.</param>
    public static ItemNeighbours Rp3Beta(Interactions data, int neighbours = 300, double alpha = 0.9, double beta = 0.4, Fitting? fitting = null)
    {
        if (!(alpha is > 0 and <= 3) || !(beta is >= 0 and <= 2)) throw new RecommenderException(Faults.Range, "Alpha must lie within 0 and 3, beta within 0 and 2.");
        var (counts, people) = (data.Checked().Matrix.ColumnCounts(), data.Matrix.RowCounts());
        return Fit(data, neighbours, u => Math.Pow(1.0 / people[u], alpha), (i, j) => Math.Pow(1.0 / counts[i], alpha) * Math.Pow(counts[j], -beta), fitting ?? Fitting.Default);
    }

    private static ItemNeighbours Fit(Interactions data, int neighbours, Func<int, double> ofPerson, Func<int, int, double> ofPair, Fitting fitting)
    {
        if (neighbours < 1) throw new RecommenderException(Faults.Range, "An item must keep at least one neighbour.");
        var (x, n) = (data.Matrix, data.Items.Count);
        fitting.Done(0);
        var byItem = x.Transposed();
        var perPerson = Enumerable.Range(0, x.Rows).Select(u => x.Row(u).IsEmpty ? 0 : ofPerson(u)).ToArray();
        // Which of several equal neighbours is kept is told by their names: their columns are in the order they happened to come in.
        var places = new int[n];
        foreach (var (place, i) in Enumerable.Range(0, n).OrderBy(i => data.Items[i], StringComparer.Ordinal).Index()) places[i] = place;
        var rows = new (int, float)[n][];
        var (gate, done) = (new Lock(), 0);
        fitting.Workers.Blocks(n, 128, (first, last) =>
        {
            var sums = new double[n];
            for (var i = first; i < last; i++)
            {
                var touched = new List<int>();
                foreach (var u in byItem.Row(i))
                    foreach (var j in x.Row(u))
                    {
                        if (sums[j] == 0) touched.Add(j);
                        sums[j] += perPerson[u];
                    }
                var found = new List<(int Column, float Value)>(touched.Count);
                foreach (var j in touched)
                {
                    if (j != i) found.Add((j, (float)(sums[j] * ofPair(i, j))));
                    sums[j] = 0;
                }
                rows[i] = [.. found.OrderByDescending(f => f.Value).ThenBy(f => places[f.Column]).Take(neighbours)];
            }
            // Under the lock: what is told later must not be less.
            lock (gate) fitting.Done(0.9 * (done += last - first) / n);
        });
        var model = new ItemNeighbours(data.Items, SparseMatrix.FromRows(rows, n)) { Taken = data.Counts() };
        fitting.Done(1);
        return model;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3)
    {
        var found = new List<Contribution>();
        var items = person.Histories.Row(0);
        var amounts = person.Histories.Weights(0);
        for (var h = 0; h < items.Length; h++)
        {
            var at = weights.Row(items[h]).BinarySearch(item);
            if (at >= 0) found.Add(new(Items[items[h]], false, amounts[h] * weights.Weights(items[h])[at]));
        }
        return [.. found.OrderByDescending(c => c.Amount).ThenBy(c => c.Name, StringComparer.Ordinal).Take(most)];
    }

    internal override void Write(ModelWriter writer) => writer.Sparse(weights);

    internal static ItemNeighbours Read(ModelReader reader, IdMap items)
    {
        var weights = reader.Sparse();
        ModelReader.Expect(weights.Rows, items.Count);
        ModelReader.Expect(weights.ColumnCount, items.Count);
        return new(items, weights);
    }

    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers) => workers.Each(batch.Count, r =>
    {
        var row = scores.AsSpan(r * Items.Count, Items.Count);
        row.Clear();
        var items = batch.Histories.Row(r);
        var amounts = batch.Histories.Weights(r);
        for (var h = 0; h < items.Length; h++)
        {
            var near = weights.Row(items[h]);
            var values = weights.Weights(items[h]);
            for (var j = 0; j < near.Length; j++) row[near[j]] += amounts[h] * values[j];
        }
    });
}
