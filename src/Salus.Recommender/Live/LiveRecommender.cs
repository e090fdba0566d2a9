using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Models;
using Salus.Recommender.Training;

namespace Salus.Recommender.Live;

/// <summary>What came of a refit.</summary>
/// <param name="Swapped">Whether the new model serves now.</param>
/// <param name="Challenger">NDCG@k of the new model on events neither model was fitted on.</param>
/// <param name="Bar">What it had to reach.</param>
/// <param name="Sentence">The outcome in words.</param>
public sealed record Refit(bool Swapped, double Challenger, double Bar, string Sentence);

/// <summary>A recommender that goes on learning: an event counts at the person's next list by folding in, item counts go up by one, and a full refit runs beside the lists
/// that are being served and takes over in one step, if it is not worse. Safe to use from many threads; one refit at a time.</summary>
/// <param name="recipe">What is fitted.</param>
/// <param name="k">The length of list it is judged by.</param>
/// <param name="tolerance">A new model may be this share worse than the bar: noise is no reason to keep an old one for ever.</param>
public sealed class LiveRecommender(Recipe recipe, int k = 20, double tolerance = 0.02) : IDisposable
{
    /// <summary>Fewer people than this with events since the last fit say too little; a split of all events is used instead.</summary>
    private const int LeastPeople = 30;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim refitting = new(1, 1);
    private readonly Dictionary<string, Dictionary<string, long>> events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private volatile Serving? serving;

    /// <summary>What serves: the model and what it was fitted on.</summary>
    private sealed record Serving(Model Model, HashSet<(string, string)> Known, double Quality);

    /// <summary>The model that serves now, or null before the first refit.</summary>
    public Model? Model => serving?.Model;

    /// <summary>Takes an event in. A pair that comes again moves its time and counts once.</summary>
    /// <param name="time">Unix seconds.</param>
    public void Record(string person, string item, long time)
    {
        if (person.Length == 0 || item.Length == 0) throw new RecommenderException(Faults.Malformed, "An event needs a person and an item.");
        lock (gate)
        {
            if (!events.TryGetValue(person, out var own)) events[person] = own = new(StringComparer.Ordinal);
            if (!own.TryGetValue(item, out var before)) counts[item] = counts.GetValueOrDefault(item) + 1;
            own[item] = Math.Max(before, time);
        }
    }

    /// <summary>Forgets a person: their events count no more, in lists at once and in the model from the next refit.</summary>
    public void Forget(string person)
    {
        lock (gate)
        {
            if (!events.Remove(person, out var own)) return;
            foreach (var item in own.Keys) counts[item]--;
        }
    }

    /// <summary>How many people took an item.</summary>
    public int Count(string item)
    {
        lock (gate) return counts.GetValueOrDefault(item);
    }

    /// <summary>What a person took.</summary>
    public IReadOnlyList<string> History(string person)
    {
        lock (gate) return events.TryGetValue(person, out var own) ? [.. own.Keys] : [];
    }

    /// <summary>The person's list now. Before the first refit: the items most people took.</summary>
    public IReadOnlyList<string> List(string person, int take)
    {
        var own = History(person);
        if (serving is not { } now)
            lock (gate) return [.. counts.Where(c => c.Value > 0 && !own.Contains(c.Key)).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(take).Select(c => c.Key)];
        var batch = Batch.One(own.Select(now.Model.Items.Find).Where(c => c >= 0), now.Model.Items.Count);
        return [.. Ranker.Rank(now.Model, batch, take)[0].Select(c => now.Model.Items[c])];
    }

    /// <summary>Fits on all events so far, away from the lists that are served meanwhile. Only if the same recipe without the newest events finds those at least as well as the
    /// model that serves does, and no worse than popularity, the new model takes over. A cancelled or failed fit leaves everything as it was.</summary>
    public async Task<Refit> RefitNow(Fitting? fitting = null)
    {
        var f = fitting ?? Fitting.Default;
        await refitting.WaitAsync(f.Workers.Cancellation);
        try { return await Task.Run(() => Try(f), f.Workers.Cancellation); }
        finally { refitting.Release(); }
    }

    public void Dispose() => refitting.Dispose();

    private Refit Try(Fitting fitting)
    {
        var data = Snapshot().Checked();
        var before = serving;
        var (train, held, fresh) = HoldOut(data, before);
        if (train.Matrix.Count == 0 || held.Known.All(h => h.Length == 0)) return new(false, 0, 0, "Not swapped: there are too few events to judge a model by.");
        var cut = Math.Min(k, data.Items.Count);
        double Quality(Model model, Interactions over) => Evaluator.Run(model, over, held, cut, fitting.Workers).Ndcg.Mean;
        var challenger = Quality(recipe.Fit(train, fitting), train);
        var popular = Quality(Prior.Popularity(train), train);
        var incumbent = before is null ? 0 : fresh ? Quality(Translated(before.Model, train.Items), train) : before.Quality;
        var bar = Math.Max(popular, incumbent) * (1 - tolerance);
        if (challenger < bar)
            return new(false, challenger, bar, FormattableString.Invariant($"Not swapped: the new model reaches {challenger:F4} where {bar:F4} is needed; the old one goes on serving."));
        var known = new HashSet<(string, string)>();
        for (var u = 0; u < data.Users.Count; u++)
            foreach (var i in data.Matrix.Row(u)) known.Add((data.Users[u], data.Items[i]));
        serving = new(recipe.Fit(data, fitting), known, challenger);
        return new(true, challenger, bar, FormattableString.Invariant($"Swapped: the new model reaches {challenger:F4}, {bar:F4} was needed."));
    }

    private Interactions Snapshot()
    {
        var builder = new InteractionBuilder();
        lock (gate)
            foreach (var (person, own) in events.OrderBy(e => e.Key, StringComparer.Ordinal))
                foreach (var (item, time) in own) builder.Add(person, item, time: time);
        return builder.Build();
    }

    /// <summary>Events since the last fit, which the model that serves has not seen either; or a share of all.</summary>
    private static (Interactions Train, HeldOut Held, bool Fresh) HoldOut(Interactions data, Serving? before)
    {
        if (before is not null)
        {
            var (train, held) = Split.Where(data, (u, i) => !before.Known.Contains((data.Users[u], data.Items[i])));
            if (held.Known.Count(h => h.Length > 0) >= LeastPeople) return (train, held, true);
        }
        var (rest, share) = Split.Share(data, 0.1);
        return (rest, share, false);
    }

    /// <summary>A model seen over another catalogue: items it does not know come last.</summary>
    private static OtherCatalogue Translated(Model model, IdMap items) => new(model, items);
}
