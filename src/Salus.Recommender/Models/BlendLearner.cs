using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>Learns the weights of a <see cref="Blend"/> on held-out events: coordinate search for the largest mean of NDCG@k and Recall@k, first for everybody, then for
/// each bucket of history length. A bucket gets weights of its own only if those learned on half of its people are better on the other half.</summary>
public sealed class BlendLearner(IReadOnlyList<Model> parts, bool[] cold, int k = 20)
{
    private const int Depth = 150;
    private static readonly float[] Steps = [0.4f, 0.2f, 0.1f, 0.05f];

    private sealed record Person(int Events, int[] Candidates, bool[] Hits, bool[] Cold, float[][] Scores, int Held);

    /// <param name="histories">People x items: what the parts were fitted on.</param>
    /// <param name="held">The held-out items of each person, as columns of the catalogue; empty for people without any.</param>
    /// <param name="most">At most so many people are looked at, drawn by the seed.</param>
    /// <param name="seed">For the draw.</param>
    /// <param name="workers">The cores to use.</param>
    /// <param name="described">Features of the people, a row for each row of the histories, where a part uses them.</param>
    /// <exception cref="RecommenderException"><c>data.empty</c>: nobody has a held-out item.</exception>
    public BlendWeights Learn(SparseMatrix histories, int[][] held, int most = 6000, ulong seed = 1, Workers? workers = null, FeatureTable? described = null)
    {
        var cores = workers ?? Workers.All;
        var people = Collect(histories, held, most, seed, cores, described);
        if (people.Length == 0) throw new RecommenderException(Faults.Empty, "Nobody has a held-out event, so no weights can be learned.");
        var all = Start(people, cores);
        all = Search(people, all, cores);
        var limits = Limits(people);
        var (warm, fresh) = (new List<float[]>(), new List<float[]>());
        for (var b = 0; b <= limits.Length; b++)
        {
            var own = people.Where(p => p.Events >= (b == 0 ? 0 : limits[b - 1]) && (b == limits.Length || p.Events < limits[b])).ToArray();
            var chosen = Proven(own, all, cores) ? Search(own, all, cores) : all;
            warm.Add(chosen[..parts.Count]);
            fresh.Add(chosen[parts.Count..]);
        }
        return new(limits, [.. warm], [.. fresh]);
    }

    private Person[] Collect(SparseMatrix histories, int[][] held, int most, ulong seed, Workers workers, FeatureTable? described)
    {
        var chosen = Enumerable.Range(0, histories.Rows).Where(u => held[u].Length > 0).ToArray();
        new SeededRandom(seed).Shuffle(chosen.AsSpan());
        chosen = [.. chosen.Take(most).Order()];
        var result = new Person[chosen.Length];
        var items = histories.ColumnCount;
        var size = Math.Clamp(48_000_000 / (Math.Max(1, items) * (parts.Count + 1)), 1, 128);
        var scores = parts.Select(_ => new float[size * items]).ToArray();
        for (var from = 0; from < chosen.Length; from += size)
        {
            var block = chosen.AsSpan(from, Math.Min(size, chosen.Length - from)).ToArray();
            var batch = Batch.Of(Evaluator.Pick(histories, block), described, block);
            for (var m = 0; m < parts.Count; m++) parts[m].ScoreBare(batch, scores[m], workers);
            var first = from;
            workers.Each(block.Length, r =>
            {
                var candidates = new SortedSet<int>();
                foreach (var score in scores)
                {
                    var row = score.AsSpan(r * items, items);
                    Blend.Standardise(row);
                    var open = row.ToArray();
                    foreach (var seen in batch.Histories.Row(r)) open[seen] = float.NegativeInfinity;
                    foreach (var item in TopK.Select(open, Depth)) candidates.Add(item);
                }
                int[] list = [.. candidates];
                var wanted = held[block[r]].ToHashSet();
                result[first + r] = new(batch.Histories.Row(r).Length, list, [.. list.Select(wanted.Contains)], [.. list.Select(i => cold[i])],
                    [.. scores.Select(s => list.Select(i => s[r * items + i]).ToArray())], wanted.Count);
            });
        }
        return result;
    }

    /// <summary>The best single part, for warm and cold items alike.</summary>
    private float[] Start(Person[] people, Workers workers) => Enumerable.Range(0, parts.Count)
        .Select(m => Enumerable.Range(0, 2 * parts.Count).Select(w => w % parts.Count == m ? 1f : 0f).ToArray())
        .Select(w => (Weights: w, Value: Quality(people, w, workers))).OrderByDescending(c => c.Value).First().Weights;

    private float[] Search(Person[] people, float[] start, Workers workers)
    {
        var (best, value) = ((float[])start.Clone(), Quality(people, start, workers));
        var anyCold = people.Any(p => p.Cold.Zip(p.Hits).Any(c => c.First && c.Second));
        foreach (var step in Steps)
            for (var (moved, round) = (true, 0); moved && round < 6; round++)
            {
                moved = false;
                for (var w = 0; w < (anyCold ? best.Length : parts.Count); w++)
                    foreach (var change in new[] { step, -step })
                    {
                        var tried = (float[])best.Clone();
                        tried[w] = Math.Max(0, tried[w] + change);
                        // Without cold items to learn from, they are weighed as the others are.
                        if (!anyCold) tried[parts.Count + w] = tried[w];
                        if (tried[w] == best[w] || tried.All(x => x == 0)) continue;
                        var found = Quality(people, tried, workers);
                        if (found <= value) continue;
                        (best, value, moved) = (tried, found, true);
                    }
            }
        return best;
    }

    private bool Proven(Person[] people, float[] all, Workers workers)
    {
        if (people.Length < 200) return false;
        var (even, odd) = (people.Where((_, i) => i % 2 == 0).ToArray(), people.Where((_, i) => i % 2 == 1).ToArray());
        return Quality(odd, Search(even, all, workers), workers) > Quality(odd, all, workers) && Quality(even, Search(odd, all, workers), workers) > Quality(even, all, workers);
    }

    private static int[] Limits(Person[] people)
    {
        var events = people.Select(p => p.Events).Order().ToArray();
        return [.. new[] { 0.25, 0.5, 0.75 }.Select(q => events[(int)(q * (events.Length - 1))]).Where(l => l > events[0]).Distinct()];
    }

    private double Quality(Person[] people, float[] weights, Workers workers)
    {
        var values = new double[people.Length];
        workers.Blocks(people.Length, 64, (first, last) =>
        {
            for (var p = first; p < last; p++) values[p] = Quality(people[p], weights);
        });
        return values.Sum() / people.Length;
    }

    private double Quality(Person person, float[] weights)
    {
        var sums = new float[person.Candidates.Length];
        for (var m = 0; m < parts.Count; m++)
        {
            var (warm, fresh, scores) = (weights[m], weights[parts.Count + m], person.Scores[m]);
            if (warm == 0 && fresh == 0) continue;
            for (var c = 0; c < sums.Length; c++) sums[c] += (person.Cold[c] ? fresh : warm) * scores[c];
        }
        var list = TopK.Select(sums, k);
        var found = Metrics.OfList(list, c => person.Hits[c], person.Held, k);
        return (found.Ndcg + found.Recall) / 2;
    }
}
