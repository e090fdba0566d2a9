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
/// that are being served and takes over in one step, if it is not worse. Safe to use from many threads; one refit at a time.
/// Live at every list are the person's own events and the counts of the items; the counts rank for people of whom nothing is known and for items that came since the last fit, which stand
/// after those the model ranks. All else is as it was at the last fit.</summary>
/// <param name="recipe">What is fitted.</param>
/// <param name="k">The length of list it is judged by.</param>
/// <param name="tolerance">A new model may be this share worse than the bar: noise is no reason to keep an old one for ever.</param>
public sealed partial class LiveRecommender(Recipe recipe, int k = 20, double tolerance = 0.02) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim refitting = new(1, 1);
    private readonly Dictionary<string, Dictionary<string, Event>> events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    /// <summary>When people were forgotten, and when their first event had come. No word of who.</summary>
    private readonly List<(long At, long First)> forgotten = [];
    /// <summary>Counts whatever changes the events.</summary>
    private long changes;
    private volatile Serving? serving;

    /// <summary>One pair: when it happened last, and the change with which it came first.</summary>
    private readonly record struct Event(long Time, long Came);

    /// <summary>What serves: the model, and the last change it knows of.</summary>
    /// <param name="ShareFigure">The last figure that was reached on a share of all events, or 0. Figures of the other kind of split are not kept: they are measured anew each time.</param>
    private sealed record Serving(Model Model, long Upto, double ShareFigure);

    /// <summary>The model that serves now, or null before the first refit.</summary>
    public Model? Model => serving?.Model;

    /// <summary>Whether the model that serves was fitted on events of somebody who has been forgotten since. The next refit ends that, whatever comes of it.</summary>
    public bool HoldsForgotten
    {
        get { lock (gate) return Holds(serving); }
    }

    /// <summary>Takes an event in. A pair that comes again moves its time and counts once.</summary>
    /// <param name="person">Any text but none; a pseudonym is best.</param>
    /// <param name="item">Any text but none.</param>
    /// <param name="time">Unix seconds.</param>
    /// <exception cref="RecommenderException"><c>data.malformed</c>.</exception>
    public void Record(string person, string item, long time)
    {
        if (person.Length == 0 || item.Length == 0) throw new RecommenderException(Faults.Malformed, "An event needs a person and an item.");
        // What no model could hold is refused here, and not by every refit from now on.
        StrictText.Check(person);
        StrictText.Check(item);
        lock (gate)
        {
            changes++;
            if (!events.TryGetValue(person, out var own)) events[person] = own = new(StringComparer.Ordinal);
            if (own.TryGetValue(item, out var before))
            {
                own[item] = before with { Time = Math.Max(before.Time, time) };
                return;
            }
            counts[item] = counts.GetValueOrDefault(item) + 1;
            own[item] = new(time, changes);
        }
    }

    /// <summary>Forgets a person: their events count no more in lists at once. The model that serves may have been fitted on them: it is given up at the next refit even if no other is good
    /// enough to take its place, see <see cref="HoldsForgotten"/>.</summary>
    public void Forget(string person)
    {
        lock (gate)
        {
            if (!events.Remove(person, out var own)) return;
            foreach (var item in own.Keys)
                if (--counts[item] == 0) counts.Remove(item);
            forgotten.Add((++changes, own.Values.Min(e => e.Came)));
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

    /// <summary>The person's list now, without what they took. Somebody of whom the model knows nothing, and everybody before the first refit, gets the items most people took.</summary>
    /// <param name="person">Anybody; they need not be known.</param>
    /// <param name="take">How many; fewer when fewer are left.</param>
    /// <param name="mayBeShown">How an item stands now: whether it is neither hidden nor blocked nor expired. Asked last, for each item of the list, which is filled up with others.</param>
    public IReadOnlyList<string> List(string person, int take, Func<string, bool>? mayBeShown = null)
    {
        if (take < 1) return [];
        var own = History(person).ToHashSet(StringComparer.Ordinal);
        var list = new List<string>(Math.Min(take, 1000));
        if (serving is { } now)
        {
            var columns = own.Select(now.Model.Items.Find).Where(c => c >= 0).ToArray();
            // A model that knows none of their items can say nothing; the live counts can.
            if (columns.Length > 0) Fill(now.Model, Batch.One(columns, now.Model.Items.Count));
            if (list.Count == take) return list;
            foreach (var item in columns.Length > 0 ? Popular(i => now.Model.Items.Find(i) < 0) : Popular(_ => true)) if (!Add(item)) break;
            return list;
        }
        foreach (var item in Popular(_ => true)) if (!Add(item)) break;
        return list;

        bool Add(string item)
        {
            if (!own.Contains(item) && mayBeShown?.Invoke(item) != false) list.Add(item);
            return list.Count < take;
        }

        void Fill(Model model, Batch batch)
        {
            // A longer list each time the filter has left too little, until nothing more is there.
            for (long cut = take, seen = 0; ; cut = Math.Min(4 * cut, model.Items.Count))
            {
                var ranked = Ranker.Rank(model, batch, (int)Math.Min(cut, model.Items.Count))[0];
                foreach (var column in ranked.Skip((int)seen)) if (!Add(model.Items[column])) return;
                if (ranked.Length < cut || cut >= model.Items.Count) return;
                seen = ranked.Length;
            }
        }
    }

    /// <summary>Items by how many people took them.</summary>
    private IEnumerable<string> Popular(Func<string, bool> which)
    {
        KeyValuePair<string, int>[] all;
        lock (gate) all = [.. counts];
        return all.Where(c => which(c.Key)).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Key);
    }

    /// <inheritdoc/>
    public void Dispose() => refitting.Dispose();

    private bool Holds(Serving? model) => model is not null && forgotten.Any(f => f.At > model.Upto && f.First <= model.Upto);

    /// <summary>All events, and the last change they hold. Copied under the lock, built outside of it: recording waits for the copy alone.</summary>
    private (Interactions Data, long Upto, Func<int, int, long> Came) Snapshot()
    {
        (string Person, KeyValuePair<string, Event>[] Own)[] copy;
        long upto;
        lock (gate)
        {
            copy = [.. events.Select(e => (e.Key, e.Value.ToArray()))];
            upto = changes;
        }
        Array.Sort(copy, (x, y) => string.CompareOrdinal(x.Person, y.Person));
        var builder = new InteractionBuilder();
        foreach (var (person, own) in copy)
            foreach (var (item, what) in own) builder.Add(person, item, time: what.Time);
        var data = builder.Build();
        // Rows come in the order of the copy; the arrival of a pair is looked up there.
        var came = copy.Select(c => c.Own.ToDictionary(e => data.Items.Find(e.Key), e => e.Value.Came)).ToArray();
        return (data, upto, (user, item) => came[user][item]);
    }
}
