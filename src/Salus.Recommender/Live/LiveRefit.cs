using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Models;
using Salus.Recommender.Training;

namespace Salus.Recommender.Live;

public sealed partial class LiveRecommender
{
    /// <summary>Fewer people than this with events since the last fit say too little; a split of all events is used instead.</summary>
    private const int LeastPeople = 30;

    /// <summary>Fits on all events so far, away from the lists that are served meanwhile. Only if the same recipe without the newest events finds those at least as well as the
    /// model that serves does, and no worse than popularity, the new model takes over. A cancelled fit leaves everything as it was; so does a refused or a failed one, but for a model that
    /// <see cref="HoldsForgotten"/>: that is given up, and the counts serve until a fit is good enough.</summary>
    /// <param name="fitting">Cores, seed, cancellation.</param>
    /// <exception cref="RecommenderException">What the recipe refuses; <c>data.empty</c> when there is no event and no model.</exception>
    public async Task<Refit> RefitNow(Fitting? fitting = null)
    {
        var f = fitting ?? Fitting.Default;
        await refitting.WaitAsync(f.Workers.Cancellation);
        try { return await Task.Run(() => Kept(f), f.Workers.Cancellation); }
        finally { refitting.Release(); }
    }

    /// <summary>Refits again and again, each time something has changed, until it is stopped. The caller hosts it: nothing runs by itself.</summary>
    /// <param name="interval">Between the end of one refit and the next look.</param>
    /// <param name="told">Told what came of each refit, and what a failed one threw; one of the two is null.</param>
    /// <param name="fitting">Cores and seed; its cancellation stops the loop.</param>
    /// <param name="clock">For the interval.</param>
    public async Task RefitUntilStopped(TimeSpan interval, Action<Refit?, Exception?> told, Fitting fitting, TimeProvider? clock = null)
    {
        var stop = fitting.Workers.Cancellation;
        var seen = 0L;
        try
        {
            while (true)
            {
                await Task.Delay(interval, clock ?? TimeProvider.System, stop);
                long now;
                lock (gate) now = changes;
                if (now == seen) continue;
                seen = now;
                var (refit, error) = ((Refit?)null, (Exception?)null);
                try { refit = await RefitNow(fitting); }
                catch (Exception failed) when (failed is not OperationCanceledException) { error = failed; }
                told(refit, error);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
    }

    /// <summary>Tries, and gives the serving model up if somebody it was fitted on must be forgotten and no other took its place.</summary>
    private Refit Kept(Fitting fitting)
    {
        var before = serving;
        bool due;
        lock (gate) due = Holds(before);
        try
        {
            var refit = Try(fitting, due ? null : before, before?.ShareFigure ?? 0, due);
            if (!due || refit.Swapped) return refit;
            serving = null;
            return refit with { Sentence = refit.Sentence + " The old one held somebody who is forgotten and was given up; the counts serve." };
        }
        catch (Exception failed) when (due && failed is not OperationCanceledException)
        {
            serving = null;
            throw;
        }
    }

    private Refit Try(Fitting fitting, Serving? incumbent, double shareFigure, bool due)
    {
        var (data, upto, came) = Snapshot();
        if (data.Matrix.Count == 0 && due) return new(false, 0, 0, "Not swapped: there is no event left.");
        data.Checked();
        var (train, held, fresh) = HoldOut(data, incumbent, came);
        if (train.Matrix.Count == 0 || held.Known.All(h => h.Length == 0)) return new(false, 0, 0, "Not swapped: there are too few events to judge a model by.");
        var cut = Math.Min(k, data.Items.Count);
        double Quality(Model model, Interactions over) => Evaluator.Run(model, over, held, cut, fitting.Workers).Ndcg.Mean;
        var challenger = Quality(recipe.Fit(train, fitting), train);
        var popular = Quality(Prior.Popularity(train), train);
        // On fresh events the model that serves is measured beside the new one. On a share of all events it cannot be, having been fitted on them: there its place is taken by what was
        // reached on such a share before. A figure from one kind of split is never held against one from the other.
        var rival = incumbent is null ? 0 : fresh ? Quality(new OtherCatalogue(incumbent.Model, train.Items), train) : shareFigure;
        var bar = Math.Max(popular, rival) * (1 - tolerance);
        if (challenger < bar)
            return new(false, challenger, bar, FormattableString.Invariant($"Not swapped: the new model reaches {challenger:F4} where {bar:F4} is needed{(due ? "." : "; the old one goes on serving.")}"));
        var model = recipe.Fit(data, fitting);
        lock (gate)
        {
            serving = new(model, upto, fresh ? shareFigure : challenger);
            // Who was forgotten before the events were copied is not in the model.
            forgotten.RemoveAll(f => f.At <= upto);
        }
        return new(true, challenger, bar, FormattableString.Invariant($"Swapped: the new model reaches {challenger:F4}, {bar:F4} was needed."));
    }

    /// <summary>Events since the last fit, which the model that serves has not seen either; or a share of all. Somebody all of whose events are new has no history to be judged by: their
    /// events are learned from and not held out.</summary>
    private static (Interactions Train, HeldOut Held, bool Fresh) HoldOut(Interactions data, Serving? incumbent, Func<int, int, long> came)
    {
        if (incumbent is not null)
        {
            var known = Enumerable.Range(0, data.Users.Count).Select(u => data.Matrix.Row(u).ToArray().Any(i => came(u, i) <= incumbent.Upto)).ToArray();
            var (train, held) = Split.Where(data, (u, i) => known[u] && came(u, i) > incumbent.Upto);
            if (held.Known.Count(h => h.Length > 0) >= LeastPeople) return (train, held, true);
        }
        var (rest, share) = Split.Share(data, 0.1);
        return (rest, share.OnlyKnown(rest), false);
    }
}
