using Salus.Recommender.Evaluation;

namespace Salus.Recommender.Pipeline;

public sealed partial class RecommendationPipeline
{
    /// <summary>At least so many items, and four for each place, are looked at for variety; what scores lower is not. Newcomers have as many to themselves.</summary>
    private const int LeastShortlist = 200;

    /// <summary>So many more of a provider than may be shown are kept to choose from.</summary>
    private const int SpareEach = 3;

    /// <summary>Best first; ties by identifier, so that the order in which the catalogue came decides nothing.</summary>
    private static int ByScore(Candidate x, Candidate y) => x.Score != y.Score ? y.Score.CompareTo(x.Score) : string.CompareOrdinal(x.Item.Id, y.Item.Id);

    /// <summary>Pinned items first, then greedily by maximal marginal relevance (Carbonell and Goldstein 1998) under the limits per provider and for newcomers. Until an item is
    /// chosen its score decides nothing about the others, so more weight never lowers it: in the shortlists an item can only take the place of another of its own sort.
    /// The work is bounded by the length of the list, whatever the catalogue.</summary>
    private List<Candidate> Choose(Scored all, int count)
    {
        var chosen = new List<Candidate>(count);
        var providers = new Dictionary<string, int>(StringComparer.Ordinal);
        var newcomers = 0;
        var pins = rules.Pinned.Count == 0 ? [] : Enumerable.Range(0, all.Open.Length).Where(i => rules.Pinned.ContainsKey(all.Open[i].Item.Id)).Select(i => At(all, i));
        foreach (var pin in pins.OrderByDescending(c => rules.Pinned[c.Item.Id]).ThenBy(c => c.Item.Id, StringComparer.Ordinal))
            if (chosen.Count < count && HasRoom(pin)) Count(pin);
        var size = (int)Math.Min(Math.Max(LeastShortlist, 4L * count), all.Open.Length);
        var open = Shortlist(all, newcomers: false, size, Room).Concat(Shortlist(all, newcomers: true, size, Room)).Select(i => At(all, i)).ToArray();
        Array.Sort(open, ByScore);
        var (taken, likeness) = (new bool[open.Length], new double[open.Length]);
        foreach (var pin in chosen) Near(pin);
        while (chosen.Count < count)
        {
            var due = newcomers < (int)Math.Floor((chosen.Count + 1) * rules.NewcomerShare + 1e-9);
            var best = Best(due);
            if (best < 0 && due) best = Best(false);
            if (best < 0) break;
            taken[best] = true;
            Count(open[best]);
            Near(open[best]);
        }
        return chosen;

        int Room(Item item) => item.Provider is null ? int.MaxValue : rules.MostPerProvider - providers.GetValueOrDefault(item.Provider);

        bool HasRoom(Candidate c) => Room(c.Item) > 0;

        int Best(bool newcomersOnly)
        {
            var (best, bestValue) = (-1, double.NegativeInfinity);
            for (var c = 0; c < open.Length; c++)
            {
                if (taken[c] || (newcomersOnly && !open[c].Item.Newcomer) || !HasRoom(open[c])) continue;
                var value = rules.Relevance * open[c].Score - (1 - rules.Relevance) * likeness[c];
                if (value > bestValue) (best, bestValue) = (c, value);
            }
            return best;
        }

        void Count(Candidate c)
        {
            chosen.Add(c);
            if (c.Item.Provider is { } provider) providers[provider] = providers.GetValueOrDefault(provider) + 1;
            if (c.Item.Newcomer) newcomers++;
        }

        void Near(Candidate c)
        {
            for (var other = 0; rules.Relevance < 1 && other < open.Length; other++)
                if (!taken[other]) likeness[other] = Math.Max(likeness[other], Likeness(c, open[other]));
        }
    }

    /// <summary>The best of one sort that are not pinned, best first, no provider with more than it can use.</summary>
    private List<int> Shortlist(Scored all, bool newcomers, int size, Func<Item, int> room)
    {
        // A few times as many as are wanted are mostly enough, and cost no sorting of the whole catalogue; where a few providers hold the top, all are looked at.
        for (var look = (int)Math.Min(4L * size, all.Open.Length); ; look = all.Open.Length)
        {
            var list = new List<int>(size);
            var each = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var i in Top(all, newcomers, look))
            {
                if (list.Count == size) break;
                if (all.Open[i].Item is { Provider: { } provider } item)
                {
                    var left = room(item);
                    var kept = each.GetValueOrDefault(provider);
                    if (left <= 0 || kept >= left + SpareEach) continue;
                    each[provider] = kept + 1;
                }
                list.Add(i);
            }
            if (list.Count == size || look == all.Open.Length) return list;
        }
    }

    private IEnumerable<int> Top(Scored all, bool newcomers, int count)
    {
        var best = Comparer<int>.Create((x, y) => all.Score[x] != all.Score[y] ? all.Score[y].CompareTo(all.Score[x]) : string.CompareOrdinal(all.Open[x].Item.Id, all.Open[y].Item.Id));
        // The worst of those kept stands first, to be thrown out.
        var kept = new PriorityQueue<int, int>(Comparer<int>.Create((x, y) => best.Compare(y, x)));
        var least = double.NegativeInfinity;
        for (var i = 0; i < all.Open.Length; i++)
        {
            if (all.Score[i] < least || all.Open[i].Item.Newcomer != newcomers || rules.Pinned.ContainsKey(all.Open[i].Item.Id)) continue;
            if (kept.Count < count) kept.Enqueue(i, i);
            else if (best.Compare(i, kept.Peek()) < 0) kept.EnqueueDequeue(i, i);
            if (kept.Count == count) least = all.Score[kept.Peek()];
        }
        return kept.UnorderedItems.Select(i => i.Element).Order(best);
    }

    private double Likeness(Candidate a, Candidate b)
    {
        if (a.Item.Kind == b.Item.Kind && a.Item.Provider is { } provider && provider == b.Item.Provider) return 1;
        if (features is null || a.Column < 0 || b.Column < 0) return 0;
        return Report.Cosine(features.Values.Row(a.Column), features.Values.Row(b.Column));
    }
}
