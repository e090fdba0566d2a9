using System.Buffers;
using Salus.Recommender.Data;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Evaluation;

/// <summary>Ranked lists for many people at once, over the whole catalogue.</summary>
public static class Ranker
{
    internal const int BlockSize = 256;

    /// <summary>The k best items of each person that are not in their history, best first; fewer when fewer are left.</summary>
    /// <param name="model">Any fitted model.</param>
    /// <param name="batch">The people.</param>
    /// <param name="k">How many; at least 1.</param>
    /// <param name="workers">The cores to use.</param>
    public static int[][] Rank(Model model, Batch batch, int k, Workers? workers = null)
    {
        var lists = new int[batch.Count][];
        EachBlock(model, batch, workers ?? Workers.All, (row, scores) => lists[row] = TopK.Select(scores, k));
        return lists;
    }

    /// <summary>Calls back with the scores of each person, items of the history at minus infinity.</summary>
    internal static void EachBlock(Model model, Batch batch, Workers workers, Action<int, Span<float>> person)
    {
        var items = model.Items.Count;
        // At most 256 people and 64 million scores at a time: memory stays bounded whatever the catalogue.
        var size = Math.Max(1, Math.Min(BlockSize, 64_000_000 / Math.Max(1, items)));
        var scores = ArrayPool<float>.Shared.Rent(Math.Min(size, batch.Count) * items);
        for (var from = 0; from < batch.Count; from += size)
        {
            var part = batch.Slice(from, Math.Min(size, batch.Count - from));
            model.Score(part, scores, workers);
            var first = from;
            workers.Each(part.Count, r =>
            {
                var row = scores.AsSpan(r * items, items);
                foreach (var seen in part.Histories.Row(r)) row[seen] = float.NegativeInfinity;
                person(first + r, row);
            });
        }
        ArrayPool<float>.Shared.Return(scores);
    }
}
