using Salus.Recommender.Numerics;

namespace Salus.Recommender.Experiments;

/// <summary>One list made of two rankers' lists: in each round a coin decides who picks first, and each adds its best item not yet there (team draft; Radlinski, Kurup and
/// Joachims 2008). Whose items are taken more often is the better ranker; it needs far fewer people than two groups do.</summary>
/// <param name="Items">The list shown.</param>
/// <param name="FromFirst">Whether each item was picked by the first ranker.</param>
public sealed record Interleaved(IReadOnlyList<string> Items, IReadOnlyList<bool> FromFirst)
{
    /// <param name="first">The first ranker's list.</param>
    /// <param name="second">The second ranker's list.</param>
    /// <param name="take">Length of the list to show.</param>
    /// <param name="seed">For the coin; log it with the impression.</param>
    public static Interleaved Draft(IReadOnlyList<string> first, IReadOnlyList<string> second, int take, ulong seed)
    {
        var random = new SeededRandom(seed);
        var (items, teams, seen) = (new List<string>(), new List<bool>(), new HashSet<string>(StringComparer.Ordinal));
        var (a, b) = (0, 0);
        while (items.Count < take)
        {
            var firstPicks = random.Next() % 2 == 0;
            var before = items.Count;
            foreach (var isFirst in new[] { firstPicks, !firstPicks })
            {
                var list = isFirst ? first : second;
                ref var at = ref isFirst ? ref a : ref b;
                while (at < list.Count && seen.Contains(list[at])) at++;
                if (at == list.Count || items.Count == take) continue;
                seen.Add(list[at]);
                items.Add(list[at]);
                teams.Add(isFirst);
            }
            if (items.Count == before) break;
        }
        return new(items, teams);
    }

    /// <summary>1 when the first ranker's items were taken more often, -1 when the second's were, 0 when neither's.</summary>
    public int Winner(IReadOnlySet<string> taken)
    {
        var balance = 0;
        for (var i = 0; i < Items.Count; i++)
            if (taken.Contains(Items[i])) balance += FromFirst[i] ? 1 : -1;
        return Math.Sign(balance);
    }
}
