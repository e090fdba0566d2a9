using Salus.Recommender.Data;
using Salus.Recommender.Models;

namespace Salus.Recommender.Pipeline;

/// <summary>Candidates, scores, post-processing and reasons, in that order, and the live state last. Hard rules (need not met, blocked, hidden, expired, own, dismissed, already
/// taken) are never outweighed: no score, pin or boost brings such an item back.</summary>
/// <param name="model">Any fitted model; items it does not know are scored by what is not the model's.</param>
/// <param name="items">Everything that may be shown.</param>
/// <param name="rules">What the business decides.</param>
/// <param name="features">For the variety of the list: features of the model's catalogue, or null.</param>
/// <param name="regions">What is popular where, for people of whom nothing is known; or null.</param>
/// <param name="mayBeReason">Which features may be named as a reason; those about health must not. All when null.</param>
public sealed class RecommendationPipeline(Model model, IReadOnlyCollection<Item> items, Rules rules, FeatureTable? features = null, RegionalTop? regions = null, Func<string, bool>? mayBeReason = null)
{
    /// <summary>So many times the places asked for are chosen, so that what falls to the live state is replaced.</summary>
    private const int Reserve = 3;

    private sealed record Candidate(Item Item, int Column, double Score, bool Near, bool Fresh);

    /// <param name="ask">Who asks and for what.</param>
    /// <param name="live">How an item stands now. It is asked before ranking and again for each item of the finished list.</param>
    public RecommendationList Run(Ask ask, Func<string, LiveState> live)
    {
        rules.Check();
        if (ask.Take < 1) throw new RecommenderException(Faults.Range, "At least one item must be asked for.");
        if (features is not null && features.Values.Rows != model.Items.Count) throw new RecommenderException(Faults.Mismatch, "The features are of another catalogue than the model's.");
        var taken = ask.History.ToHashSet(StringComparer.Ordinal);
        var open = items.Where(i => Passes(i, ask, taken, live(i.Id))).ToArray();
        var person = new Batch(SparseMatrix.FromRows([[.. taken.Select(model.Items.Find).Where(c => c >= 0).Select(c => (c, 1f))]], model.Items.Count), ask.Features);
        var generic = person.Histories.Count == 0 && (ask.Features is null || ask.Features.Count == 0);
        var candidates = Score(open, ask, person, generic);
        var chosen = Choose(candidates, (int)Math.Min((long)ask.Take * Reserve, candidates.Count));
        var shown = chosen.Where(c => Standing(live(c.Item.Id), ask)).Take(ask.Take);
        return new([.. shown.Select(c => new Recommendation(c.Item.Id, c.Score, Reasons(c, person, generic)))], generic, open.Length);
    }

    private bool Passes(Item item, Ask ask, HashSet<string> taken, LiveState state) =>
        Standing(state, ask) && !rules.Blocked.Contains(item.Id) && !taken.Contains(item.Id) && !ask.Own.Contains(item.Id) && !ask.Dismissed.Contains(item.Id)
        && ask.Needs.IsSubsetOf(item.Accepts)
        && (ask.Service is null || item.Services.Contains(ask.Service))
        && (double.IsPositiveInfinity(ask.RadiusKilometres) || (ask.Near is { } near && item.Place is { } place && near.KilometresTo(place) <= ask.RadiusKilometres));

    private static bool Standing(LiveState state, Ask ask) => !state.Hidden && !state.Blocked && !(state.Expires <= ask.Now) && (state.Available || !ask.AvailableNow);

    private List<Candidate> Score(Item[] open, Ask ask, Batch person, bool generic)
    {
        var columns = Array.ConvertAll(open, i => model.Items.Find(i.Id));
        var raw = new double[open.Length];
        if (generic && regions is not null)
            for (var i = 0; i < open.Length; i++) raw[i] = regions.Score(ask.Region, open[i].Id);
        else
        {
            var scores = new float[model.Items.Count];
            model.Score(person, scores);
            for (var i = 0; i < open.Length; i++) raw[i] = columns[i] >= 0 ? scores[columns[i]] : double.NaN;
        }
        var known = raw.Where(double.IsFinite).ToArray();
        var (low, high) = known.Length == 0 ? (0, 0) : (known.Min(), known.Max());
        var result = new List<Candidate>(open.Length);
        for (var i = 0; i < open.Length; i++)
        {
            // Between 0 and 1 before the rules, and not dependent on them, so that a heavier boost can only lift its item.
            var score = high > low && double.IsFinite(raw[i]) ? (raw[i] - low) / (high - low) : 0;
            var distance = ask.Near is { } near && open[i].Place is { } place ? near.KilometresTo(place) : double.NaN;
            if (double.IsFinite(distance)) score += rules.NearWeight * Math.Pow(2, -distance / rules.NearKilometres);
            var age = Math.Max(0, ask.Now - open[i].Created) / 86400.0;
            var ages = rules.HalfLifeDays.TryGetValue(open[i].Kind, out var halfLife);
            if (ages) score *= Math.Pow(2, -age / halfLife);
            score += rules.Boosts.GetValueOrDefault(open[i].Id);
            result.Add(new(open[i], columns[i], score, distance <= rules.NearKilometres, ages && age < halfLife));
        }
        // Ties by identifier: the order in which the catalogue came decides nothing.
        result.Sort((x, y) => x.Score != y.Score ? y.Score.CompareTo(x.Score) : string.CompareOrdinal(x.Item.Id, y.Item.Id));
        return result;
    }

    /// <summary>Pinned items first, then greedily by maximal marginal relevance (Carbonell and Goldstein 1998) under the limits per provider and for newcomers. Until an item is
    /// chosen its score decides nothing about the others, so more weight never lowers it.</summary>
    private List<Candidate> Choose(List<Candidate> candidates, int count)
    {
        var chosen = new List<Candidate>(count);
        var providers = new Dictionary<string, int>(StringComparer.Ordinal);
        var newcomers = 0;
        var left = new List<Candidate>(candidates);
        var likeness = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var pin in candidates.Where(c => rules.Pinned.ContainsKey(c.Item.Id)).OrderByDescending(c => rules.Pinned[c.Item.Id]).ThenBy(c => c.Item.Id, StringComparer.Ordinal))
            if (chosen.Count < count && HasRoom(pin)) Take(pin);
        while (chosen.Count < count)
        {
            var due = newcomers < (int)Math.Floor((chosen.Count + 1) * rules.NewcomerShare + 1e-9);
            var best = Best(due) ?? (due ? Best(false) : null);
            if (best is null) break;
            Take(best);
        }
        return chosen;

        bool HasRoom(Candidate c) => c.Item.Provider is null || providers.GetValueOrDefault(c.Item.Provider) < rules.MostPerProvider;

        Candidate? Best(bool newcomersOnly)
        {
            Candidate? best = null;
            var bestValue = double.NegativeInfinity;
            foreach (var c in left)
            {
                if ((newcomersOnly && !c.Item.Newcomer) || !HasRoom(c)) continue;
                var value = rules.Relevance * c.Score - (1 - rules.Relevance) * likeness.GetValueOrDefault(c.Item.Id);
                if (value > bestValue) (best, bestValue) = (c, value);
            }
            return best;
        }

        void Take(Candidate c)
        {
            chosen.Add(c);
            left.Remove(c);
            if (c.Item.Provider is { } provider) providers[provider] = providers.GetValueOrDefault(provider) + 1;
            if (c.Item.Newcomer) newcomers++;
            if (rules.Relevance < 1)
                foreach (var other in left) likeness[other.Item.Id] = Math.Max(likeness.GetValueOrDefault(other.Item.Id), Likeness(c, other));
        }
    }

    private double Likeness(Candidate a, Candidate b)
    {
        if (a.Item.Kind == b.Item.Kind && a.Item.Provider is { } provider && provider == b.Item.Provider) return 1;
        if (features is null || a.Column < 0 || b.Column < 0) return 0;
        return Evaluation.Report.Cosine(features.Values.Row(a.Column), features.Values.Row(b.Column));
    }

    private Reason[] Reasons(Candidate c, Batch person, bool generic)
    {
        var reasons = new List<Reason>();
        if (rules.Pinned.ContainsKey(c.Item.Id)) reasons.Add(new(ReasonKind.Pinned));
        if (generic) reasons.Add(new(ReasonKind.Popular));
        else if (c.Column >= 0)
            foreach (var part in model.Explain(person, c.Column))
                if (!part.IsFeature || mayBeReason is null || mayBeReason(part.Name)) reasons.Add(new(part.IsFeature ? ReasonKind.Feature : ReasonKind.Event, part.Name, part.Amount));
        if (c.Near) reasons.Add(new(ReasonKind.Near));
        if (c.Fresh) reasons.Add(new(ReasonKind.New));
        return [.. reasons];
    }
}
