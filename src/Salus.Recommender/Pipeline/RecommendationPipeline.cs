using Salus.Recommender.Data;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Pipeline;

/// <summary>Candidates, scores, post-processing and reasons, in that order, and the live state last. Hard rules (need not met, blocked, hidden, expired, own, dismissed, already
/// taken) are never outweighed: no score, pin or boost brings such an item back.</summary>
/// <param name="model">Any fitted model; items it does not know are scored by what is not the model's.</param>
/// <param name="items">Everything that may be shown, as it is now: a pipeline is made anew when the catalogue changes.</param>
/// <param name="rules">What the business decides.</param>
/// <param name="features">For the variety of the list: features of the model's catalogue, or null.</param>
/// <param name="regions">What is popular where, for people of whom nothing is known; without it, how many people took an item at the fit decides for them.</param>
/// <param name="mayBeReason">Which features may be named as a reason; those about health must not. All when null.</param>
public sealed partial class RecommendationPipeline(Model model, IReadOnlyCollection<Item> items, Rules rules, FeatureTable? features = null, RegionalTop? regions = null, Func<string, bool>? mayBeReason = null)
{
    /// <summary>So many times the places asked for are chosen, so that what falls to the live state is replaced.</summary>
    private const int Reserve = 3;

    private readonly (Item Item, int Column)[] catalogue = [.. items.Select(i => (i, model.Items.Find(i.Id)))];

    /// <summary>What passed the hard rules, what was said of it, and its score.</summary>
    private sealed record Scored((Item Item, int Column)[] Open, double[] Raw, double Low, double[] Score, Ask Ask, bool Generic);

    private sealed record Candidate(Item Item, int Column, double Score, bool Near, bool Fresh, bool Popular);

    /// <param name="ask">Who asks and for what.</param>
    /// <param name="live">How an item stands now. It is asked before ranking and again for each item of the finished list.</param>
    public RecommendationList Run(Ask ask, Func<string, LiveState> live)
    {
        rules.Check();
        if (ask.Take < 1) throw new RecommenderException(Faults.Range, "At least one item must be asked for.");
        if (features is not null && features.Values.Rows != model.Items.Count) throw new RecommenderException(Faults.Mismatch, "The features are of another catalogue than the model's.");
        var taken = ask.History.ToHashSet(StringComparer.Ordinal);
        var open = Array.FindAll(catalogue, c => Passes(c.Item, ask, taken, live(c.Item.Id)));
        var person = new Batch(SparseMatrix.FromRows([[.. taken.Select(model.Items.Find).Where(c => c >= 0).Select(c => (c, 1f))]], model.Items.Count), ask.Features, ask.FeatureVersion);
        var (raw, generic) = Raw(open, ask, person);
        var chosen = Choose(Score(open, raw, ask, generic), (int)Math.Min((long)ask.Take * Reserve, open.Length));
        var shown = chosen.Where(c => Standing(live(c.Item.Id), ask)).Take(ask.Take);
        return new([.. shown.Select(c => new Recommendation(c.Item.Id, c.Score, Reasons(c, person, generic)))], generic, open.Length);
    }

    private bool Passes(Item item, Ask ask, HashSet<string> taken, LiveState state) =>
        Standing(state, ask) && !rules.Blocked.Contains(item.Id) && !taken.Contains(item.Id) && !ask.Own.Contains(item.Id) && !ask.Dismissed.Contains(item.Id)
        && ask.Needs.IsSubsetOf(item.Accepts)
        && (ask.Service is null || item.Services.Contains(ask.Service))
        && (double.IsPositiveInfinity(ask.RadiusKilometres) || (ask.Near is { } near && item.Place is { } place && near.KilometresTo(place) <= ask.RadiusKilometres));

    private static bool Standing(LiveState state, Ask ask) => !state.Hidden && !state.Blocked && !(state.Expires <= ask.Now) && (state.Available || !ask.AvailableNow);

    /// <summary>What the model says of each item, NaN for what it does not know; or what is popular, where it can say nothing of this person.</summary>
    private (double[] Raw, bool Generic) Raw((Item Item, int Column)[] open, Ask ask, Batch person)
    {
        var scores = new float[model.Items.Count];
        model.ScoreBare(person, scores, Workers.All);
        // A profile that fits nothing is no more than none.
        var generic = Model.IsSilent(scores) || (person.Histories.Count == 0 && (ask.Features is null || ask.Features.Count == 0));
        if (generic && regions is not null) return ([.. open.Select(o => regions.Score(ask.Region, o.Item.Id))], true);
        if (Model.IsSilent(scores) && model.Taken.Length == scores.Length) scores = model.Taken;
        return (Array.ConvertAll(open, o => o.Column >= 0 ? scores[o.Column] : double.NaN), generic);
    }

    /// <summary>Numbers only: of a hundred thousand items a few hundred are looked at more closely, see <see cref="At"/>.</summary>
    private Scored Score((Item Item, int Column)[] open, double[] raw, Ask ask, bool generic)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in raw)
            if (double.IsFinite(value)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        var scores = new double[open.Length];
        var (kind, halfLife) = ((string?)null, 0.0);
        for (var i = 0; i < open.Length; i++)
        {
            var item = open[i].Item;
            // Between 0 and 1 before the rules, and not dependent on them, so that a heavier boost can only lift its item.
            var score = high > low && double.IsFinite(raw[i]) ? (raw[i] - low) / (high - low) : 0;
            var distance = Distance(ask, item);
            if (double.IsFinite(distance)) score += rules.NearWeight * Math.Pow(2, -distance / rules.NearKilometres);
            // Kinds are few and come in runs.
            if (!ReferenceEquals(kind, item.Kind)) (kind, halfLife) = (item.Kind, rules.HalfLifeDays.GetValueOrDefault(item.Kind));
            if (halfLife > 0) score *= Math.Pow(2, -Age(ask, item) / halfLife);
            scores[i] = score + rules.Boosts.GetValueOrDefault(item.Id);
        }
        return new(open, raw, low, scores, ask, generic);
    }

    private Candidate At(Scored all, int i)
    {
        var (item, column) = all.Open[i];
        var fresh = rules.HalfLifeDays.TryGetValue(item.Kind, out var halfLife) && Age(all.Ask, item) < halfLife;
        // Popular is what stands above another for it, and was taken by somebody: no other item is shown for that reason.
        var popular = all.Generic && all.Raw[i] > all.Low && (regions is not null || (column >= 0 && model.Taken.Length > column && model.Taken[column] > 0));
        return new(item, column, all.Score[i], Distance(all.Ask, item) <= rules.NearKilometres, fresh, popular);
    }

    private static double Distance(Ask ask, Item item) => ask.Near is { } near && item.Place is { } place ? near.KilometresTo(place) : double.NaN;

    private static double Age(Ask ask, Item item) => Math.Max(0, ask.Now - item.Created) / 86400.0;

    private Reason[] Reasons(Candidate c, Batch person, bool generic)
    {
        var reasons = new List<Reason>();
        if (rules.Pinned.ContainsKey(c.Item.Id)) reasons.Add(new(ReasonKind.Pinned));
        if (c.Popular) reasons.Add(new(ReasonKind.Popular));
        else if (!generic && c.Column >= 0)
            foreach (var part in model.Explain(person, c.Column))
                if (!part.IsFeature || mayBeReason is null || mayBeReason(part.Name)) reasons.Add(new(part.IsFeature ? ReasonKind.Feature : ReasonKind.Event, part.Name, part.Amount));
        if (c.Near) reasons.Add(new(ReasonKind.Near));
        if (c.Fresh) reasons.Add(new(ReasonKind.New));
        return [.. reasons];
    }
}
