using Salus.Recommender.Live;
using Salus.Recommender.Training;

namespace Salus.Recommender.Tests.Live;

/// <summary>By what a new model is judged, what is forgotten, and the loop.</summary>
public sealed class RefitTests
{
    private static readonly Recipe Good = new("good", "", (d, f) => Ease.Fit(d, new() { Regularisation = 5 }, f));

    private static LiveRecommender Filled(Recipe recipe, int people = 36)
    {
        var live = new LiveRecommender(recipe, 3);
        for (var u = 0; u < people; u++)
            foreach (var i in Planted.Taken(u)) live.Record($"u{u}", $"i{i}", 1000 + i);
        return live;
    }

    [Fact]
    public async Task People_whose_events_are_all_new_are_learned_from_and_nobody_is_judged_by_them()
    {
        var fitted = new List<Interactions>();
        using var live = Filled(new("spy", "", (d, f) =>
        {
            fitted.Add(d);
            return Good.Fit(d, f);
        }));
        Assert.True((await live.RefitNow()).Swapped);
        // Newcomers take one item of each circle, which no history foretells.
        for (var n = 0; n < 60; n++)
            foreach (var i in new[] { n % 8, 8 + n % 7, 16 + n % 5 }) live.Record($"new{n}", $"i{i}", 2000);
        for (var u = 0; u < 36; u++) live.Record($"u{u}", $"i{Planted.Missing(u)}", 3000);
        fitted.Clear();
        var refit = await live.RefitNow();
        Assert.True(refit.Swapped, refit.Sentence);
        Assert.Equal(1, refit.Challenger, 0.02);
        var train = fitted[0];
        Assert.All(Enumerable.Range(0, 60), n => Assert.Equal(3, train.Matrix.Row(train.Users.Find($"new{n}")).Length));
    }

    [Fact]
    public async Task Figures_from_one_kind_of_split_are_not_held_against_those_from_the_other()
    {
        using var live = new LiveRecommender(new("linear", "", (d, f) => GraphFilter.Fit(d, new() { Rank = 0 }, f)), 3);
        var data = Planted.Random(80, 30, 0.25, 5);
        for (var u = 0; u < data.Users.Count; u++)
            foreach (var i in data.Matrix.Row(u)) live.Record(data.Users[u], data.Items[i], 1000);
        var share = await live.RefitNow();
        Assert.True(share.Swapped);
        // What many had before, all take now: easy to foresee, so the figure on fresh events is high.
        foreach (var user in data.Users.Names) live.Record(user, "i29", 2000);
        for (var n = 0; n < 40; n++) live.Record($"more{n}", "i28", 2000);
        var fresh = await live.RefitNow();
        Assert.True(fresh.Swapped, fresh.Sentence);
        // Nothing has come since: a share of all events is drawn again, and the bar is of that kind.
        var again = await live.RefitNow();
        Assert.True(again.Swapped, again.Sentence);
        Assert.True(again.Challenger < 0.9 * fresh.Challenger, $"{again.Challenger} would have passed {fresh.Challenger}, which is of the other kind");
        Assert.True(again.Bar >= 0.98 * share.Challenger - 1e-9, $"{again.Bar} {share.Challenger}");
    }

    [Fact]
    public async Task Somebody_forgotten_is_gone_with_the_next_refit_whether_it_is_good_enough_or_not()
    {
        var spoiled = false;
        using var live = Filled(new("sometimes", "", (d, f) => spoiled ? Prior.Of(d.Items, [.. d.Items.Names.Select(n => n[0] == 'z' ? 1f : 0)]) : Good.Fit(d, f)));
        // The spoiled one shows first what one person took.
        foreach (var item in new[] { "z1", "z2", "z3" }) live.Record("one", item, 1);
        await live.RefitNow();
        var held = live.Model;
        live.Forget("u3");
        Assert.True(live.HoldsForgotten);
        Assert.Same(held, live.Model);
        spoiled = true;
        var refused = await live.RefitNow();
        Assert.False(refused.Swapped);
        Assert.Contains("was given up", refused.Sentence, StringComparison.Ordinal);
        Assert.Null(live.Model);
        Assert.False(live.HoldsForgotten);
        Assert.NotEmpty(live.List("u4", 3));
        spoiled = false;
        Assert.True((await live.RefitNow()).Swapped);
        Assert.NotNull(live.Model);
    }

    [Fact]
    public async Task Nothing_is_kept_of_the_last_people_and_a_fit_that_fails_keeps_nobody()
    {
        using var live = Filled(Good);
        await live.RefitNow();
        for (var u = 0; u < 36; u++) live.Forget($"u{u}");
        Assert.Equal("Not swapped: there is no event left. The old one held somebody who is forgotten and was given up; the counts serve.", (await live.RefitNow()).Sentence);
        Assert.Null(live.Model);
        Assert.Empty(live.List("anybody", 3));

        var broken = false;
        using var brittle = Filled(new("brittle", "", (d, f) => broken ? throw new RecommenderException(Faults.Numeric, "no") : Good.Fit(d, f)));
        await brittle.RefitNow();
        broken = true;
        brittle.Forget("u1");
        await Assert.ThrowsAsync<RecommenderException>(() => brittle.RefitNow());
        Assert.Null(brittle.Model);
    }

    [Fact]
    public async Task Somebody_forgotten_while_a_refit_runs_and_somebody_who_was_never_in_the_model_are_told_apart()
    {
        LiveRecommender? live = null;
        var during = "";
        live = Filled(new("meanwhile", "", (d, f) =>
        {
            if (during.Length > 0) live!.Forget(during);
            return Good.Fit(d, f);
        }));
        using (live)
        {
            await live.RefitNow();
            live.Record("late", "i1", 5000);
            live.Forget("late");
            Assert.False(live.HoldsForgotten);
            during = "u5";
            await live.RefitNow();
            Assert.True(live.HoldsForgotten);
            during = "";
            Assert.True((await live.RefitNow()).Swapped);
            Assert.False(live.HoldsForgotten);
        }
    }

    [Fact]
    public async Task What_is_hidden_now_is_not_listed_and_what_came_since_the_fit_fills_the_end()
    {
        using var live = Filled(Good);
        string[] hidden = ["i0", "i3", "i7"];
        Assert.Empty(live.List("stranger", 24, i => !hidden.Contains(i)).Intersect(hidden));
        await live.RefitNow();
        var open = live.List("u0", 24);
        Assert.Contains("i9", open);
        var asked = new List<string>();
        var list = live.List("u0", 5, i =>
        {
            asked.Add(i);
            return i != open[0] && i != open[2];
        });
        Assert.Equal([open[1], open[3], open[4], open[5], open[6]], list);
        Assert.Equal(asked.Distinct(), asked);
        Assert.Empty(live.List("u0", 5, _ => false));
        foreach (var person in new[] { "a", "b" }) live.Record(person, "new clinic", 9000);
        live.Record("a", "newer clinic", 9000);
        Assert.Equal(["new clinic", "newer clinic"], live.List("u0", 100).TakeLast(2));
        Assert.Equal(open, live.List("u0", 100).SkipLast(2));
    }

    [Fact]
    public async Task The_loop_refits_when_something_has_changed_says_what_came_of_it_and_ends_when_stopped()
    {
        var broken = false;
        using var live = Filled(new("brittle", "", (d, f) => broken ? throw new RecommenderException(Faults.Numeric, "no") : Good.Fit(d, f)));
        using var stop = new CancellationTokenSource();
        var outcomes = System.Threading.Channels.Channel.CreateUnbounded<(Refit? Refit, Exception? Failed)>();
        var loop = live.RefitUntilStopped(TimeSpan.FromMilliseconds(1), (refit, failed) => outcomes.Writer.TryWrite((refit, failed)), new(new Workers(2, stop.Token)));
        Assert.True((await outcomes.Reader.ReadAsync()).Refit!.Swapped);
        broken = true;
        live.Record("somebody", "i1", 7000);
        Assert.Equal(Faults.Numeric, Assert.IsType<RecommenderException>((await outcomes.Reader.ReadAsync()).Failed).Code);
        broken = false;
        live.Record("somebody", "i2", 7001);
        Assert.True((await outcomes.Reader.ReadAsync()).Refit!.Swapped);
        stop.Cancel();
        await loop;
        Assert.False(outcomes.Reader.TryRead(out _));
    }
}
