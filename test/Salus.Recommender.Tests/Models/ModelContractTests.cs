namespace Salus.Recommender.Tests.Models;

/// <summary>What every model must do, on events whose right answer is known.</summary>
public sealed class ModelContractTests
{
    public static TheoryData<string> All => Shelf.All;
    public static TheoryData<string> Personal => Shelf.Personal;

    [Theory, MemberData(nameof(Personal))]
    public void Recommends_what_is_missing_from_a_persons_circle_first(string name)
    {
        var data = Planted.Circles3();
        var lists = Ranker.Rank(Shelf.Fit(name, data), new(data.Matrix), 1);
        for (var u = 0; u < lists.Length; u++) Assert.Equal($"i{Planted.Missing(u)}", data.Items[Assert.Single(lists[u])]);
    }

    [Theory, MemberData(nameof(Personal))]
    public void Serves_somebody_who_was_not_there_at_the_fit(string name)
    {
        var data = Planted.Circles3();
        var model = Shelf.Fit(name, data);
        var own = Enumerable.Range(8, 5).Select(i => data.Items.Find($"i{i}")).ToArray();
        var list = Assert.Single(Ranker.Rank(model, Batch.One(own, data.Items.Count), 3));
        Assert.Equal(["i13", "i14", "i15"], list.Select(i => data.Items[i]).Order());
    }

    [Theory, MemberData(nameof(Personal))]
    public void A_new_event_changes_the_list_at_once(string name)
    {
        var data = Planted.Circles3();
        var model = Shelf.Fit(name, data);
        int[] before = [data.Items.Find("i0"), data.Items.Find("i1")];
        int[] after = [.. before, data.Items.Find("i17"), data.Items.Find("i18"), data.Items.Find("i19")];
        Assert.NotEqual(Ranker.Rank(model, Batch.One(before, data.Items.Count), 5)[0], Ranker.Rank(model, Batch.One(after, data.Items.Count), 5)[0]);
    }

    [Theory, MemberData(nameof(All))]
    public void Never_recommends_what_was_taken_and_gives_all_that_is_left(string name)
    {
        var data = Planted.Random(30, 20, 0.3, 3);
        var lists = Ranker.Rank(Shelf.Fit(name, data), new(data.Matrix), 20);
        for (var u = 0; u < lists.Length; u++)
        {
            Assert.Equal(20 - data.Matrix.Row(u).Length, lists[u].Distinct().Count());
            Assert.Empty(lists[u].Intersect(data.Matrix.Row(u).ToArray()));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Has_nothing_for_somebody_who_took_everything_and_something_for_somebody_who_took_nothing(string name)
    {
        var data = Planted.Circles3();
        var model = Shelf.Fit(name, data);
        Assert.Empty(Ranker.Rank(model, Batch.One(Enumerable.Range(0, data.Items.Count), data.Items.Count), 5)[0]);
        Assert.Equal(5, Ranker.Rank(model, Batch.One([], data.Items.Count), 5)[0].Length);
        Assert.All(Planted.Scores(model), s => Assert.True(float.IsFinite(s)));
    }

    [Theory, MemberData(nameof(All))]
    public void The_same_seed_gives_the_same_scores_on_one_core_and_on_many(string name)
    {
        var data = Planted.Random(60, 40, 0.2, 4);
        var (one, many) = (Shelf.Fit(name, data, new(new Workers(1), 9)), Shelf.Fit(name, data, new(new Workers(7), 9)));
        Assert.Equal(All40(one, new Workers(1)), All40(many, new Workers(5)));

        float[] All40(Model model, Workers workers)
        {
            var scores = new float[data.Users.Count * data.Items.Count];
            model.Score(new(data.Matrix), scores, workers);
            return scores;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void One_person_gets_the_scores_they_get_among_many(string name)
    {
        var data = Planted.Random(60, 40, 0.2, 5);
        var model = Shelf.Fit(name, data);
        var together = new float[data.Users.Count * 40];
        model.Score(new(data.Matrix), together);
        for (var u = 0; u < data.Users.Count; u += 7)
        {
            var alone = Planted.Scores(model, data.Matrix.Row(u).ToArray());
            for (var i = 0; i < 40; i++) Assert.Equal(together[u * 40 + i], alone[i], 1e-3f * (1 + Math.Abs(alone[i])));
        }
    }

    [Theory, MemberData(nameof(Personal))]
    public void What_things_are_called_and_in_which_order_they_come_does_not_matter(string name)
    {
        // Names are turned round and the people come in another order, so every row and column has another number.
        var plain = Planted.Circles3();
        var turned = Planted.Circles3(i => $"x{(i * 7 + 3) % 24}", u => $"y{u * 5 % 36}", Enumerable.Range(0, 36).Reverse());
        var one = Ranker.Rank(Shelf.Fit(name, plain), new(plain.Matrix), 1);
        var other = Ranker.Rank(Shelf.Fit(name, turned), new(turned.Matrix), 1);
        for (var u = 0; u < 36; u++)
        {
            var first = int.Parse(plain.Items[one[plain.Users.Find($"u{u}")][0]][1..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal($"x{(first * 7 + 3) % 24}", turned.Items[other[turned.Users.Find($"y{u * 5 % 36}")][0]]);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void On_any_data_a_permutation_of_people_and_items_changes_no_score(string name)
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var plain = Planted.Random(50, 25, 0.25, seed);
            var (turned, places) = Turned(plain, seed);
            var fitted = Shelf.Fit(name, plain);
            var off = Apart(fitted, Shelf.Fit(name, turned), plain, places);
            // To what float32 can hold. What the factors of ALS begin with is drawn by the name of each: under other names they begin as with another seed, and do what that does.
            var most = name == "als" ? 1.5 * Apart(fitted, Shelf.Fit(name, plain, new(Workers.All, 99)), plain, [.. Enumerable.Range(0, 25)]) : 1e-4;
            Assert.InRange(off, 0, most);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void The_order_in_which_people_items_and_events_come_changes_no_score(string name)
    {
        // More items than the filter has exact pairs for, so that what it begins with could be seen.
        var plain = Planted.Random(60, 160, 0.15, 11);
        var (turned, places) = Turned(plain, 11, renamed: false);
        Assert.InRange(Apart(Shelf.Fit(name, plain), Shelf.Fit(name, turned), plain, places), 0, 1e-4);
    }

    /// <summary>The same events in another order, from people and on items with other numbers; and the new place of each item.</summary>
    private static (Interactions Turned, int[] Places) Turned(Interactions plain, ulong seed, bool renamed = true)
    {
        var random = new SeededRandom(seed);
        var events = Enumerable.Range(0, plain.Users.Count).SelectMany(u => Enumerable.Range(plain.Matrix.Starts[u], plain.Matrix.Row(u).Length).Select(e => (User: u, Event: e))).ToArray();
        random.Shuffle(events.AsSpan());
        var (people, items) = (Enumerable.Range(0, plain.Users.Count).ToArray(), Enumerable.Range(0, plain.Items.Count).ToArray());
        random.Shuffle(people.AsSpan());
        random.Shuffle(items.AsSpan());
        var builder = new InteractionBuilder();
        string Person(int user) => renamed ? $"p{people[user]}" : plain.Users[user];
        string Named(int item) => renamed ? $"x{items[item]}" : plain.Items[item];
        foreach (var (user, e) in events) builder.Add(Person(user), Named(plain.Matrix.Columns[e]), time: plain.Times![e]);
        var turned = builder.Build();
        return (turned, [.. Enumerable.Range(0, items.Length).Select(i => turned.Items.Find(Named(i)))]);
    }

    /// <summary>Mean distance of two models' scores, in units of the largest.</summary>
    private static double Apart(Model one, Model other, Interactions data, int[] places) => Enumerable.Range(0, data.Users.Count).Average(u =>
    {
        var mine = data.Matrix.Row(u).ToArray();
        var (left, right) = (Planted.Scores(one, mine), Planted.Scores(other, [.. mine.Select(i => places[i])]));
        return left.Select((s, i) => Math.Abs(s - right[places[i]])).Average() / (left.Max(Math.Abs) + 1e-9);
    });

    [Theory, MemberData(nameof(All))]
    public void Refuses_empty_data_and_another_catalogue(string name)
    {
        var empty = new InteractionBuilder();
        empty.AddUser("somebody");
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Shelf.Fit(name, empty.Build())).Code);
        var model = Shelf.Fit(name, Planted.Circles3());
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => model.Score(Batch.One([0], 3), new float[3])).Code);
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => model.Score(Batch.One([0], 24), new float[23])).Code);
    }

    [Theory, MemberData(nameof(All))]
    public void Learns_from_one_person_and_from_names_in_any_script(string name)
    {
        var builder = new InteractionBuilder();
        foreach (var item in new[] { "医院", "क्लिनिक", "عيادة", "🏥", "a\tb c" }) builder.Add("Ольга Ω", item, time: 5);
        var data = builder.Build();
        var model = Shelf.Fit(name, data);
        Assert.Equal(4, Ranker.Rank(model, Batch.One([data.Items.Find("🏥")], 5), 10)[0].Length);
        Assert.All(Planted.Scores(model, 0), s => Assert.True(float.IsFinite(s)));
    }

    [Theory, MemberData(nameof(All))]
    public void A_cancelled_fit_throws_and_gives_no_model(string name)
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Shelf.Fit(name, Planted.Circles3(), new(new Workers(2, stop.Token))));
    }

    [Theory, MemberData(nameof(All))]
    public void A_fit_says_how_far_it_is_and_one_that_is_stopped_on_the_way_gives_no_model(string name)
    {
        var told = new Told();
        Shelf.Fit(name, Planted.Random(60, 400, 0.1, 12), new(new Workers(4), Progress: told));
        Assert.Equal((0, 1), (told.Shares[0], told.Shares[^1]));
        Assert.Equal(told.Shares.Order(), told.Shares);
        Assert.Single(told.Shares, 1.0);
        // Stopped after each of the reports but the last, by which the model is whole.
        foreach (var at in Enumerable.Range(1, told.Shares.Count - 1))
        {
            using var stop = new CancellationTokenSource();
            var until = new Told(n =>
            {
                if (n == at) stop.Cancel();
            });
            Model? model = null;
            Assert.ThrowsAny<OperationCanceledException>(() => model = Shelf.Fit(name, Planted.Random(60, 400, 0.1, 12), new(new Workers(1, stop.Token), Progress: until)));
            Assert.Null(model);
            Assert.Equal(at, until.Shares.Count);
        }
    }

    /// <summary>Writes down what a fit tells, at once and by whichever thread.</summary>
    private sealed class Told(Action<int>? then = null) : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value)
        {
            Shares.Add(value);
            then?.Invoke(Shares.Count);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Reasons_name_the_persons_own_events_or_features_largest_first(string name)
    {
        var data = Planted.Circles3();
        var model = Shelf.Fit(name, data);
        var own = new[] { "i0", "i1", "i2", "i9" }.Select(data.Items.Find).ToArray();
        var reasons = model.Explain(Batch.One(own, data.Items.Count), data.Items.Find("i3"));
        if (name is "popularity" or "recency") Assert.Empty(reasons);
        else Assert.NotEmpty(reasons);
        Assert.All(reasons, r => Assert.True(r.IsFeature || r.Name is "i0" or "i1" or "i2", r.Name));
        Assert.Equal(reasons.OrderByDescending(r => r.Amount), reasons);
    }
}
