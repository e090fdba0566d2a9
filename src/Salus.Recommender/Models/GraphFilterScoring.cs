using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics.X86;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

public sealed partial class GraphFilter
{
    /// <summary>One addition at a scattered place costs about as much as this many that the cores do in a row.</summary>
    private const double Scattered = 3;

    /// <summary>Rows that are asked for before they are needed, and numbers in a line of the cache.</summary>
    private const int Ahead = 6, CacheLine = 16;

    /// <summary>The linear part is never formed as an item-item matrix, which would take forty million entries for Gowalla: a person's events go to the people who share
    /// them and back to the items, person by person where few share, as a product with rows of people where many do.</summary>
    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers)
    {
        var most = (int)Math.Clamp(96_000_000L / (events.Rows + events.ColumnCount + 1), 1, 256);
        // So few that their scores stay in the cache from one step to the next.
        var near = Math.Min(most, Math.Max(6, 6_000_000 / Items.Count));
        for (var from = 0; from < batch.Count; from += most)
        {
            var part = batch.Histories.Slice(from, Math.Min(most, batch.Count - from));
            double visits = 0;
            foreach (var item in part.Columns) visits += reach[item];
            if (part.Rows < 8 || visits * Scattered < (double)events.Count * part.Rows)
                for (var first = 0; first < part.Rows; first += near) ByPerson(part.Slice(first, Math.Min(near, part.Rows - first)), scores, from + first, workers);
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
        var (count, items) = (people.Rows, Items.Count);
        var mix = new Matrix(count, response.Length);
        workers.Each(count, p =>
        {
            var near = ArrayPool<float>.Shared.Rent(events.Rows);
            Array.Clear(near, 0, events.Rows);
            Share(people, p, mix.Row(p), (u, amount) => near[u] += amount);
            var sums = scores.AsSpan((from + p) * items, items);
            sums.Clear();
            Spread(near.AsSpan(0, events.Rows), sums);
            ArrayPool<float>.Shared.Return(near);
        });
        vectors.SubtractAndScale(mix, scores, (long)from * items, outScale, workers);
    }

    /// <summary>From the people back to the items, in the order of the rows, as in the other way: the same sums in the same order.</summary>
    private unsafe void Spread(ReadOnlySpan<float> near, Span<float> sums)
    {
        var people = ArrayPool<int>.Shared.Rent(near.Length + Ahead);
        var count = 0;
        for (var u = 0; u < near.Length; u++)
        {
            people[count] = u;
            if (near[u] != 0) count++;
        }
        fixed (int* starts = events.Starts, columns = events.Columns)
        fixed (float* values = events.Values, sum = sums)
            for (var p = 0; p < count; p++)
            {
                // The rows lie anywhere in memory: waiting for each in turn would take most of the time.
                if (Sse.IsSupported && p + Ahead < count)
                    for (var (at, end) = (starts[people[p + Ahead]], starts[people[p + Ahead] + 1]); at < end; at += CacheLine)
                    {
                        Sse.Prefetch0(columns + at);
                        Sse.Prefetch0(values + at);
                    }
                var amount = near[people[p]];
                // The columns of a sparse matrix were checked when it was made.
                for (var (at, end) = (starts[people[p]], starts[people[p] + 1]); at < end; at++) sum[columns[at]] += amount * values[at];
            }
        ArrayPool<int>.Shared.Return(people);
    }

    private void Together(SparseMatrix people, float[] scores, int from, Workers workers)
    {
        var (count, items) = (people.Rows, Items.Count);
        // These two are large and wanted again for the next block: rented, so that no collection has to find them.
        var rentedNear = ArrayPool<float>.Shared.Rent(events.Rows * count);
        var rentedSums = ArrayPool<float>.Shared.Rent(items * count);
        Array.Clear(rentedNear, 0, events.Rows * count);
        var mix = new Matrix(count, response.Length);
        workers.Each(count, p => Share(people, p, mix.Row(p), (u, amount) => rentedNear[(long)u * count + p] += amount));
        var sums = new Matrix(items, count, rentedSums);
        byItem.Multiply(new(events.Rows, count, rentedNear), sums, workers);
        // Item-major to person-major, in squares that fit the cache.
        workers.Blocks(items, 64, (first, last) =>
        {
            for (var p = 0; p < count; p++)
                for (var i = first; i < last; i++) scores[(long)(from + p) * items + i] = rentedSums[(long)i * count + p];
        });
        vectors.SubtractAndScale(mix, scores, (long)from * items, outScale, workers);
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
            vectors.Add(own[h], amount, spectral);
        }
        TensorPrimitives.Multiply(spectral, response, spectral);
    }
}
