using System.Buffers;
using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

public sealed partial class GraphFilter
{
    /// <summary>The linear part is never formed as an item-item matrix, which would take forty million entries for Gowalla: a person's events go to the people who share
    /// them and back to the items. For many people at once both ways are products with rows of people, which the cores read in order.</summary>
    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers)
    {
        var most = (int)Math.Clamp(96_000_000L / (events.Rows + events.ColumnCount + 1), 1, 256);
        for (var from = 0; from < batch.Count; from += most)
        {
            var part = batch.Histories.Slice(from, Math.Min(most, batch.Count - from));
            if (part.Rows < 8)
                for (var r = 0; r < part.Rows; r++) One(part, r, scores.AsSpan((from + r) * Items.Count, Items.Count), workers);
            else Many(part, scores, from, workers);
        }
    }

    private void One(SparseMatrix people, int row, Span<float> scores, Workers workers)
    {
        var own = people.Row(row);
        var amounts = people.Weights(row);
        var near = new float[events.Rows];
        var spectral = new float[response.Length];
        for (var h = 0; h < own.Length; h++)
        {
            var amount = amounts[h] * inScale[own[h]];
            var sharers = byItem.Row(own[h]);
            var weights = byItem.Weights(own[h]);
            for (var s = 0; s < sharers.Length; s++) near[sharers[s]] += amount * weights[s];
            TensorPrimitives.MultiplyAdd(vectors.Row(own[h]), amount, spectral, spectral);
        }
        TensorPrimitives.Multiply(spectral, response, spectral);
        scores.Clear();
        for (var u = 0; u < near.Length; u++)
        {
            if (near[u] == 0) continue;
            var columns = events.Row(u);
            var values = events.Weights(u);
            for (var c = 0; c < columns.Length; c++) scores[columns[c]] += near[u] * values[c];
        }
        var linear = scores.ToArray();
        var total = new float[Items.Count];
        workers.Blocks(Items.Count, 2048, (first, last) =>
        {
            for (var i = first; i < last; i++) total[i] = (slope * linear[i] - TensorPrimitives.Dot<float>(vectors.Row(i), spectral)) * outScale[i];
        });
        total.CopyTo(scores);
    }

    private void Many(SparseMatrix people, float[] scores, int from, Workers workers)
    {
        var (count, items) = (people.Rows, Items.Count);
        // These two are large and wanted again for the next block: rented, so that no collection has to find them.
        var rentedNear = ArrayPool<float>.Shared.Rent(events.Rows * count);
        var rentedSums = ArrayPool<float>.Shared.Rent(items * count);
        Array.Clear(rentedNear, 0, events.Rows * count);
        var near = new Matrix(events.Rows, count, rentedNear);
        var mix = new Matrix(response.Length, count);
        workers.Each(count, p =>
        {
            var own = people.Row(p);
            var amounts = people.Weights(p);
            var spectral = new float[response.Length];
            for (var h = 0; h < own.Length; h++)
            {
                var amount = amounts[h] * inScale[own[h]];
                var sharers = byItem.Row(own[h]);
                var weights = byItem.Weights(own[h]);
                for (var s = 0; s < sharers.Length; s++) near.Values[(long)sharers[s] * count + p] += slope * amount * weights[s];
                TensorPrimitives.MultiplyAdd(vectors.Row(own[h]), amount, spectral, spectral);
            }
            for (var k = 0; k < spectral.Length; k++) mix.Values[k * count + p] = spectral[k] * response[k];
        });
        var sums = new Matrix(items, count, rentedSums);
        byItem.Multiply(near, sums, workers);
        Gemm.Add(-1, vectors.All, mix.All, sums.All, workers);
        // Item-major to person-major, in squares that fit the cache.
        workers.Blocks(items, 64, (first, last) =>
        {
            for (var p = 0; p < count; p++)
                for (var i = first; i < last; i++) scores[(long)(from + p) * items + i] = sums.Values[(long)i * count + p] * outScale[i];
        });
        ArrayPool<float>.Shared.Return(rentedNear);
        ArrayPool<float>.Shared.Return(rentedSums);
    }
}
