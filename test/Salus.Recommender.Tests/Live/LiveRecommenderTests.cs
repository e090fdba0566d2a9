using Salus.Recommender.Live;
using Salus.Recommender.Training;

namespace Salus.Recommender.Tests.Live;

public sealed class LiveRecommenderTests
{
    private static readonly Recipe Good = new("good", "", (d, f) => Ease.Fit(d, new() { Regularisation = 5 }, f));

    private static LiveRecommender Filled(Recipe recipe)
    {
        var live = new LiveRecommender(recipe, 3);
        for (var u = 0; u < 36; u++)
            foreach (var i in Planted.Taken(u)) live.Record($"u{u}", $"i{i}", 1000 + i);
        return live;
    }

    [Fact]
    public void Before_the_first_fit_the_most_taken_items_are_shown()
    {
        using var live = new LiveRecommender(Good);
        Assert.Empty(live.List("a", 3));
        foreach (var person in new[] { "a", "b" }) live.Record(person, "x", 1);
        live.Record("b", "y", 2);
        Assert.Equal(["x", "y"], live.List("c", 3));
        Assert.Equal(["y"], live.List("a", 3));
    }

    [Fact]
    public async Task RE_13_a_new_event_changes_the_next_list_without_a_refit()
    {
        using var live = Filled(Good);
        Assert.True((await live.RefitNow()).Swapped);
        var model = live.Model;
        foreach (var item in new[] { "i0", "i1", "i2" }) live.Record("new", item, 2000);
        Assert.All(live.List("new", 3), i => Assert.Contains(i, new[] { "i3", "i4", "i5", "i6", "i7" }));
        foreach (var item in new[] { "i16", "i17", "i18", "i19", "i20" }) live.Record("new", item, 2001);
        Assert.Contains(live.List("new", 3), i => i is "i21" or "i22" or "i23");
        Assert.DoesNotContain("i16", live.List("new", 24));
        Assert.Same(model, live.Model);
    }

    [Fact]
    public void Counts_go_up_by_people_not_by_events_and_down_when_somebody_is_forgotten()
    {
        using var live = new LiveRecommender(Good);
        for (var n = 0; n < 3; n++) live.Record("a", "x", n);
        live.Record("b", "x", 1);
        Assert.Equal(2, live.Count("x"));
        live.Forget("a");
        live.Forget("nobody");
        Assert.Equal(1, live.Count("x"));
        Assert.Empty(live.History("a"));
    }

    [Fact]
    public async Task A_model_that_is_worse_is_not_swapped_in_and_says_so()
    {
        var spoiled = false;
        var recipe = new Recipe("sometimes", "", (d, f) => spoiled ? Prior.Of(d.Items, [.. d.Items.Names.Select((_, i) => (float)i)]) : Good.Fit(d, f));
        using var live = Filled(recipe);
        Assert.True((await live.RefitNow()).Swapped);
        var serving = live.Model;
        spoiled = true;
        var refit = await live.RefitNow();
        Assert.False(refit.Swapped);
        Assert.True(refit.Challenger < refit.Bar);
        Assert.StartsWith("Not swapped: the new model reaches", refit.Sentence, StringComparison.Ordinal);
        Assert.Same(serving, live.Model);
    }

    [Fact]
    public async Task The_bar_is_the_serving_model_on_events_that_neither_has_seen()
    {
        using var live = Filled(Good);
        await live.RefitNow();
        var serving = live.Model;
        // Everybody now takes what was missing, and an item that did not exist before.
        for (var u = 0; u < 36; u++)
        {
            live.Record($"u{u}", $"i{Planted.Missing(u)}", 3000);
            live.Record($"u{u}", $"i{(Planted.Missing(u) / 8 + 1) % 3 * 8}", 3001);
            live.Record($"u{u}", "i24", 3002);
        }
        var refit = await live.RefitNow();
        Assert.True(refit.Swapped, refit.Sentence);
        Assert.True(refit.Bar > 0);
        Assert.NotSame(serving, live.Model);
        Assert.Equal(25, live.Model!.Items.Count);
    }

    [Fact]
    public async Task A_cancelled_or_failed_refit_leaves_everything_as_it_was()
    {
        var broken = false;
        using var live = Filled(new("brittle", "", (d, f) => broken ? throw new RecommenderException(Faults.Numeric, "no") : Good.Fit(d, f)));
        await live.RefitNow();
        var serving = live.Model;
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => live.RefitNow(new(new Workers(1, stop.Token))));
        broken = true;
        await Assert.ThrowsAsync<RecommenderException>(() => live.RefitNow());
        Assert.Same(serving, live.Model);
        broken = false;
        Assert.True((await live.RefitNow()).Swapped);
    }

    [Fact]
    public async Task Too_few_events_are_not_fitted()
    {
        using var live = new LiveRecommender(Good);
        await Assert.ThrowsAsync<RecommenderException>(() => live.RefitNow());
        live.Record("a", "x", 1);
        var refit = await live.RefitNow();
        Assert.False(refit.Swapped);
        Assert.Contains("too few events", refit.Sentence, StringComparison.Ordinal);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => live.Record("", "x", 1)).Code);
    }

    [Fact]
    public async Task RE_14_lists_do_not_wait_for_a_refit_that_is_in_the_middle_of_its_fit()
    {
        var held = false;
        using var reached = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var live = Filled(new("held", "", (d, f) =>
        {
            if (Volatile.Read(ref held))
            {
                reached.Set();
                goOn.Wait(f.Workers.Cancellation);
            }
            return Good.Fit(d, f);
        }));
        await live.RefitNow();
        var before = Lists();
        Volatile.Write(ref held, true);
        var refit = live.RefitNow();
        Assert.True(reached.Wait(TimeSpan.FromMinutes(2)));
        // The fit stands still until it is let go, so whoever waited for it would wait for ever: every list is there, and each is what it was.
        var during = await Task.Run(Lists).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.False(refit.IsCompleted);
        Assert.Equal(before, during);
        goOn.Set();
        await refit;

        string[][] Lists() => [.. Enumerable.Range(0, 36).Select(u => live.List($"u{u}", 3).ToArray())];
    }

    [Fact]
    public async Task Lists_are_served_while_events_come_in_and_a_refit_runs()
    {
        using var live = Filled(Good);
        await live.RefitNow();
        var refit = live.RefitNow();
        Parallel.For(0, 200, n =>
        {
            live.Record($"new{n % 20}", $"i{n % 24}", 5000 + n);
            Assert.NotEmpty(live.List($"new{n % 20}", 3));
        });
        await refit;
        var taken = Enumerable.Range(0, 36).Count(u => Planted.Taken(u).Contains(0)) + Enumerable.Range(0, 200).Where(n => n % 24 == 0).Select(n => n % 20).Distinct().Count();
        Assert.Equal(taken, live.Count("i0"));
    }
}
