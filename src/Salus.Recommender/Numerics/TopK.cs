using System.Numerics;

namespace Salus.Recommender.Numerics;

/// <summary>The k best of a row by a bounded heap: only what beats the worst kept so far is looked at singly. Equal scores are ordered by column, lower first;
/// minus infinity and NaN are never chosen.</summary>
public static class TopK
{
    /// <returns>The columns of the best scores, best first; fewer than k when fewer are finite.</returns>
    public static int[] Select(ReadOnlySpan<float> scores, int k)
    {
        if (k <= 0) return [];
        var heap = new (float Score, int Column)[Math.Min(k, scores.Length)];
        var size = 0;
        var at = 0;
        for (; at < scores.Length && size < heap.Length; at++)
            if (scores[at] > float.NegativeInfinity) Push(heap, ref size, (scores[at], at));
        var width = Vector<float>.Count;
        while (at < scores.Length && size > 0)
        {
            if (at + width <= scores.Length && !Vector.GreaterThanAny(new Vector<float>(scores.Slice(at, width)), new Vector<float>(heap[0].Score)))
            {
                at += width;
                continue;
            }
            for (var end = Math.Min(scores.Length, at + width); at < end; at++)
                if (scores[at] > heap[0].Score) Replace(heap, size, (scores[at], at));
        }
        var best = heap[..size];
        Array.Sort(best, static (x, y) => x.Score != y.Score ? y.Score.CompareTo(x.Score) : x.Column.CompareTo(y.Column));
        return Array.ConvertAll(best, b => b.Column);
    }

    private static bool Worse((float Score, int Column) x, (float Score, int Column) y) => x.Score < y.Score || (x.Score == y.Score && x.Column > y.Column);

    private static void Push((float, int)[] heap, ref int size, (float, int) value)
    {
        var i = size++;
        for (; i > 0 && Worse(value, heap[(i - 1) / 2]); i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
        heap[i] = value;
    }

    private static void Replace((float, int)[] heap, int size, (float, int) value)
    {
        var i = 0;
        for (var child = 1; child < size; child = 2 * i + 1)
        {
            if (child + 1 < size && Worse(heap[child + 1], heap[child])) child++;
            if (!Worse(heap[child], value)) break;
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = value;
    }
}
