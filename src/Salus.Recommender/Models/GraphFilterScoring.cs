using System.Buffers;
using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

public sealed partial class GraphFilter
{
    /// <summary>One addition at a scattered place costs about as much as this many that the cores do in a row.</summary>
    private const double Scattered = 3;

    /// <summary>The linear part is never formed as an item-item matrix, which would take forty million entries for Gowalla: a person's events go to the people who share
    /// them and back to the items, person by person where few share, as a product with rows of people where many do.</summary>
    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers)
    {
        var most = (int)Math.Clamp(96_000_000L / (events.Rows + events.ColumnCount + 1), 1, 256);
        for (var from = 0; from < batch.Count; from += most)
        {
            var part = batch.Histories.Slice(from, Math.Min(most, batch.Count - from));
            double visits = 0;
            foreach (var item in part.Columns) visits += reach[item];
            if (part.Rows < 8 || visits * Scattered < (double)events.Count * part.Rows) ByPerson(part, scores, from, workers);
            else Together(part, scores, from, workers);
        }
    }

    /// <summary>How many events a walk from each item over its people meets.</summary>
    private static long[] Reach(SparseMatrix events, SparseMatrix byItem)
    {
        var reach = new long[byItem.Rows];
        for (var i = 0; i < reach.Length; i++)
            foreach (var u in byItem.Row(i)) reach[i] += events.Row(u).Length;
        return reach;
    }

    private void ByPerson(SparseMatrix people, float[] scores, int from, Workers workers)
    {
        var (count, items, rank) = (people.Rows, Items.Count, response.Length);
        var mix = new Matrix(count, rank);
        workers.Each(count, p =>
        {
            var near = ArrayPool<float>.Shared.Rent(events.Rows);
            Array.Clear(near, 0, events.Rows);
            var touched = new List<int>();
            Share(people, p, mix.Row(p), (u, amount) =>
            {
                if (near[u] == 0) touched.Add(u);
                near[u] += amount;
            });
            var sums = scores.AsSpan((from + p) * items, items);
            sums.Clear();
            // In the order of the rows, as in the other way: the same sums in the same order.
            touched.Sort();
            foreach (var u in touched)
            {
                var columns = events.Row(u);
                var values = events.Weights(u);
                for (var c = 0; c < columns.Length; c++) sums[columns[c]] += near[u] * values[c];
            }
            ArrayPool<float>.Shared.Return(near);
        });
        if (count == 1)
            workers.Blocks(items, 16_384, (first, last) =>
            {
                for (var i = first; i < last; i++) scores[from * items + i] = (scores[from * items + i] - TensorPrimitives.Dot<float>(vectors.Row(i), mix.Values)) * outScale[i];
            });
        else
        {
            Gemm.Add(-1, mix.All, vectors.All.Transposed, new View(scores, (long)from * items, count, items, items, 1), workers);
            workers.Each(count, p => TensorPrimitives.Multiply(scores.AsSpan((from + p) * items, items), outScale, scores.AsSpan((from + p) * items, items)));
        }
    }

    private void Together(SparseMatrix people, float[] scores, int from, Workers workers)
    {
        var (count, items) = (people.Rows, Items.Count);
        // These two are large and wanted again for the next block: rented, so that no collection has to find them.
        var rentedNear = ArrayPool<float>.Shared.Rent(events.Rows * count);
        var rentedSums = ArrayPool<float>.Shared.Rent(items * count);
        Array.Clear(rentedNear, 0, events.Rows * count);
        var mix = new Matrix(response.Length, count);
        workers.Each(count, p =>
        {
            var spectral = new float[response.Length];
            Share(people, p, spectral, (u, amount) => rentedNear[(long)u * count + p] += amount);
            for (var k = 0; k < spectral.Length; k++) mix.Values[k * count + p] = spectral[k];
        });
        var sums = new Matrix(items, count, rentedSums);
        byItem.Multiply(new(events.Rows, count, rentedNear), sums, workers);
        Gemm.Add(-1, vectors.All, mix.All, sums.All, workers);
        // Item-major to person-major, in squares that fit the cache.
        workers.Blocks(items, 64, (first, last) =>
        {
            for (var p = 0; p < count; p++)
                for (var i = first; i < last; i++) scores[(long)(from + p) * items + i] = rentedSums[(long)i * count + p] * outScale[i];
        });
        ArrayPool<float>.Shared.Return(rentedNear);
        ArrayPool<float>.Shared.Return(rentedSums);
    }

    /// <summary>What a person's events say: to each person who shares one, and to the eigenvectors.</summary>
    private void Share(SparseMatrix people, int row, Span<float> spectral, Action<int, float> near)
    {
        var own = people.Row(row);
        var amounts = people.Weights(row);
        for (var h = 0; h < own.Length; h++)
        {
            var amount = amounts[h] * inScale[own[h]];
            var sharers = byItem.Row(own[h]);
            var weights = byItem.Weights(own[h]);
            for (var s = 0; s < sharers.Length; s++) near(sharers[s], slope * amount * weights[s]);
            TensorPrimitives.MultiplyAdd(vectors.Row(own[h]), amount, spectral, spectral);
        }
        TensorPrimitives.Multiply(spectral, response, spectral);
    }
}
