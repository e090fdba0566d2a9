using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

public sealed partial class ImplicitAls
{
    /// <summary>The least-squares factors of a person: (sum h hᵀ + alpha HᵀH + lambda) w = sum h over their events.</summary>
    private void Fold(ReadOnlySpan<int> columns, ReadOnlySpan<float> amounts, Span<float> w)
    {
        var d = factors.Columns;
        w.Clear();
        if (columns.IsEmpty) return;
        var system = (float[])gram.Values.Clone();
        var lambda = (float)(options.Regularisation * Math.Pow(columns.Length + options.Alpha * Items.Count, options.FrequencyExponent));
        for (var j = 0; j < d; j++) system[j * d + j] += lambda;
        for (var c = 0; c < columns.Length; c++)
        {
            var h = factors.Row(columns[c]);
            TensorPrimitives.MultiplyAdd(h, amounts[c], w, w);
            SmallSolve.AddOuter(system, h, amounts[c]);
        }
        SmallSolve.Solve(system, d, w);
    }

    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers)
    {
        var people = new Matrix(batch.Count, factors.Columns);
        workers.Each(batch.Count, r => Fold(batch.Histories.Row(r), batch.Histories.Weights(r), people.Row(r)));
        Array.Clear(scores, 0, batch.Count * Items.Count);
        Gemm.Add(1, people.All, factors.All.Transposed, new View(scores, 0, batch.Count, Items.Count, Items.Count, 1), workers);
    }

    /// <summary>An event's share in a score: with the person's system solved for the item instead, each event adds its own factor times that.</summary>
    public override IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3)
    {
        var items = person.Histories.Row(0);
        var amounts = person.Histories.Weights(0);
        if (items.IsEmpty) return [];
        var d = factors.Columns;
        var system = (float[])gram.Values.Clone();
        var lambda = (float)(options.Regularisation * Math.Pow(items.Length + options.Alpha * Items.Count, options.FrequencyExponent));
        for (var j = 0; j < d; j++) system[j * d + j] += lambda;
        for (var c = 0; c < items.Length; c++)
            SmallSolve.AddOuter(system, factors.Row(items[c]), amounts[c]);
        var target = factors.Row(item).ToArray();
        SmallSolve.Solve(system, d, target);
        var found = new List<Contribution>();
        for (var c = 0; c < items.Length; c++) found.Add(new(Items[items[c]], false, amounts[c] * TensorPrimitives.Dot<float>(factors.Row(items[c]), target)));
        return [.. found.Where(c => c.Amount > 0).OrderByDescending(c => c.Amount).ThenBy(c => c.Name, StringComparer.Ordinal).Take(most)];
    }

    internal override void Write(ModelWriter writer)
    {
        writer.Dense(factors);
        writer.Real(options.Alpha);
        writer.Real(options.Regularisation);
        writer.Real(options.FrequencyExponent);
    }

    internal static ImplicitAls Read(ModelReader reader, IdMap items)
    {
        var factors = reader.Dense();
        ModelReader.Expect(factors.Rows, items.Count);
        var options = new ImplicitAlsOptions { Dimensions = factors.Columns, Alpha = reader.Real(), Regularisation = reader.Real(), FrequencyExponent = reader.Real() };
        options.Check();
        return new(items, factors, options, Workers.All);
    }
}
