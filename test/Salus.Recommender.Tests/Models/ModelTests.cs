using Salus.Recommender.Training;

namespace Salus.Recommender.Tests.Models;

/// <summary>What is special about single models.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Popularity_counts_people_and_recency_halves_with_each_half_life()
    {
        var builder = new InteractionBuilder();
        foreach (var user in new[] { "a", "b", "c" }) builder.Add(user, "old", time: 0);
        builder.Add("a", "new", time: 30 * 86_400);
        var data = builder.Build();
        Assert.Equal([3, 1], Planted.Scores(Prior.Popularity(data)));
        Assert.Equal([3 / 8f, 1], Planted.Scores(Prior.Recency(data, 10)));
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Prior.Recency(data, 0)).Code);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Prior.Recency(InteractionReader.Read(["a x"]), 5)).Code);
    }

    [Fact]
    public void The_closed_form_equals_the_plain_formula()
    {
        var data = Planted.Random(40, 12, 0.4, 2);
        var model = Ease.Fit(data, new() { Regularisation = 3 });
        var gram = new Matrix(12, 12);
        for (var u = 0; u < data.Users.Count; u++)
            foreach (var i in data.Matrix.Row(u))
                foreach (var j in data.Matrix.Row(u)) gram.Row(i)[j]++;
        for (var i = 0; i < 12; i++) gram.Row(i)[i] += 3;
        Cholesky.Inverse(gram, Workers.All);
        var scores = Planted.Scores(model, 4);
        for (var j = 0; j < 12; j++) Assert.Equal(j == 4 ? 0 : -gram.Row(4)[j] / gram.Row(j)[j], scores[j], 1e-4f);
    }

    [Fact]
    public void The_graph_filter_of_full_rank_is_the_closed_form()
    {
        var data = Planted.Random(200, 30, 0.3, 3);
        var eigen = new TopEigen(data.Binary(), data.Binary().Transposed(), Workers.All, data.Items).Solve(30, 6, 1).Values;
        var filter = GraphFilter.Fit(data, new() { Rank = 30, UserExponent = 0, ItemExponent = 0, OutExponent = 0, Regularisation = 20 / eigen[0] });
        var ease = Ease.Fit(data, new() { Regularisation = 20 });
        var (a, b) = (Planted.Scores(filter, 3, 20), Planted.Scores(ease, 3, 20));
        // They differ on the diagonal only: what was taken says nothing of itself in the closed form.
        for (var j = 0; j < 30; j++) if (j is not (3 or 20)) Assert.Equal(b[j], a[j], 2e-3f);
    }

    [Fact]
    public void A_low_rank_comes_near_the_closed_form()
    {
        var data = Planted.Random(300, 60, 0.15, 4);
        var ease = Ease.Fit(data, new() { Regularisation = 60 });
        var top = new TopEigen(data.Binary(), data.Binary().Transposed(), Workers.All, data.Items).Solve(5, 6, 1).Values[0];
        var filter = GraphFilter.Fit(data, new() { Rank = 12, UserExponent = 0, ItemExponent = 0, OutExponent = 0, Regularisation = 60 / top });
        var lists = Ranker.Rank(filter, new(data.Matrix), 10).Zip(Ranker.Rank(ease, new(data.Matrix), 10));
        Assert.InRange(lists.Average(l => l.First.Intersect(l.Second).Count()), 9, 10);
    }

    [Fact]
    public void Folding_in_gives_the_least_squares_factors_and_alternating_makes_the_loss_smaller()
    {
        var data = Planted.Circles3();
        double Recall(int epochs) => Ranker.Rank(ImplicitAls.Fit(data, new() { Dimensions = 6, Epochs = epochs, Regularisation = 0.01 }), new(data.Matrix), 1)
            .Select((l, u) => data.Items[l[0]] == $"i{Planted.Missing(u)}" ? 1.0 : 0).Average();
        Assert.Equal(1, Recall(15));
        Assert.True(Recall(15) >= Recall(1));
    }

    [Fact]
    public void Items_without_events_are_found_by_their_features()
    {
        var builder = new InteractionBuilder();
        for (var i = 0; i < 24; i++) builder.Items.Add($"i{i}");
        // i7, i15 and i23 are never taken.
        for (var u = 0; u < 36; u++)
            foreach (var i in Planted.Taken(u).Where(i => i % 8 != 7)) builder.Add($"u{u}", $"i{i}");
        var data = builder.Build();
        var features = Planted.Features(data);
        var content = ContentModel.Fit(data.Items, features);
        var mapped = ImplicitAls.Fit(data, new() { Dimensions = 6 }).WithMappedItems(data, features, 0.5);
        foreach (Model model in new Model[] { content, mapped })
        {
            var scores = Planted.Scores(model, 8, 9, 10);
            Assert.True(scores[15] > scores[7] + 0.05f && scores[15] > scores[23] + 0.05f, model.Kind);
        }
        Assert.Equal(0, Planted.Scores(ImplicitAls.Fit(data, new() { Dimensions = 6 }), 8, 9, 10)[15], 0.01f);
    }

    [Fact]
    public void RE_06_a_new_person_with_a_profile_gets_items_that_match_it_and_the_reason()
    {
        var data = Planted.Circles3();
        var content = ContentModel.Fit(data.Items, Planted.Features(data));
        var person = new Batch(SparseMatrix.FromRows([[]], 24), SparseMatrix.FromRows([[(1, 1f)]], 4));
        Assert.All(Ranker.Rank(content, person, 8)[0], i => Assert.InRange(int.Parse(data.Items[i][1..], System.Globalization.CultureInfo.InvariantCulture), 8, 15));
        Assert.Equal(new Contribution("circle 1", true, 0), content.Explain(person, data.Items.Find("i9"))[0] with { Amount = 0 });
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => content.Score(person with { Features = SparseMatrix.FromRows([[]], 3) }, new float[24])).Code);
    }

    [Fact]
    public void A_kind_of_feature_without_weight_says_nothing()
    {
        var data = Planted.Circles3();
        var content = ContentModel.Fit(data.Items, Planted.Features(data), new() { Weights = new Dictionary<FeatureKind, double> { [FeatureKind.Category] = 0 } });
        Assert.Single(Planted.Scores(content, 0).Distinct());
    }

    [Fact]
    public void RE_07_a_planted_pattern_of_visits_together_changes_ranks()
    {
        string[] plain = [.. Enumerable.Range(0, 20).Select(u => $"u{u} a b c"), .. Enumerable.Range(20, 20).Select(u => $"u{u} d e f")];
        string[] planted = [.. plain, .. Enumerable.Range(40, 15).Select(u => $"u{u} a e")];
        int Place(string[] lines)
        {
            var data = InteractionReader.Read(lines);
            var list = Ranker.Rank(GraphFilter.Fit(data), Batch.One([data.Items.Find("a"), data.Items.Find("b"), data.Items.Find("c")], 6), 6)[0];
            return Array.IndexOf(list, data.Items.Find("e"));
        }
        Assert.Equal(0, Place(planted));
        Assert.NotEqual(0, Place(plain));
    }

    [Fact]
    public void RE_08_the_weights_of_a_blend_change_the_order_and_follow_what_is_known_of_the_person()
    {
        var data = Planted.Random(60, 20, 0.3, 6);
        var (popular, personal) = (Prior.Popularity(data), (Model)Ease.Fit(data, new() { Regularisation = 5 }));
        var blend = new Blend(data.Items, [popular, personal], new([2], [[1, 0], [0, 1]], [[1, 0], [0, 1]]), new bool[20]);
        int[] List(Model model, params int[] own) => Ranker.Rank(model, Batch.One(own, 20), 8)[0];
        Assert.Equal(List(popular, 3), List(blend, 3));
        Assert.Equal(List(personal, 3, 4, 5), List(blend, 3, 4, 5));
        Assert.NotEqual(List(popular, 3, 4, 5), List(blend, 3, 4, 5));
    }

    [Fact]
    public void Blends_that_do_not_fit_together_are_refused()
    {
        var data = Planted.Circles3();
        var part = Prior.Popularity(data);
        string Fault(BlendWeights weights, params Model[] parts) => Assert.Throws<RecommenderException>(() => new Blend(data.Items, parts, weights, new bool[24])).Code;
        Assert.Equal(Faults.Empty, Fault(BlendWeights.Same()));
        Assert.Equal(Faults.Mismatch, Fault(BlendWeights.Same(1, 1), part));
        Assert.Equal(Faults.Range, Fault(BlendWeights.Same(-1), part));
        Assert.Equal(Faults.Range, Fault(BlendWeights.Same(float.NaN), part));
        Assert.Equal(Faults.Mismatch, Fault(BlendWeights.Same(1), Prior.Popularity(InteractionReader.Read(["a x"]))));
    }

    [Fact]
    public void Weights_are_learned_for_the_part_that_knows_the_answer()
    {
        var (train, held) = Split.LeaveOut(Planted.Circles3() with { Times = null }, 1);
        var weights = new BlendLearner([Prior.Popularity(train), Ease.Fit(train, new() { Regularisation = 5 })], new bool[24], 3).Learn(train.Matrix, held.Known);
        Assert.All(weights.Warm, w => Assert.True(w[1] > w[0]));
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => new BlendLearner([Prior.Popularity(train)], new bool[24]).Learn(train.Matrix, new int[36][].Select(_ => Array.Empty<int>()).ToArray())).Code);
    }

    [Fact]
    public void Auto_chooses_by_validation_says_what_and_is_the_same_again()
    {
        var data = Planted.Random(150, 40, 0.25, 9);
        var said = new List<string>();
        var one = ModelTrainer.Choose(data, Recipes.For(data), 5, say: said.Add);
        var two = ModelTrainer.Choose(data, Recipes.For(data), 5, new(new Workers(3)));
        Assert.Equal(one.Parts, two.Parts);
        Assert.Equal(one.Tried, two.Tried);
        Assert.Equal(Planted.Scores(one.Model, 1, 2), Planted.Scores(two.Model, 1, 2));
        Assert.Equal(Recipes.For(data).Count, one.Tried.Count);
        Assert.Contains(said, s => s.StartsWith("validation: ease", StringComparison.Ordinal));
    }

    [Fact]
    public void Auto_says_how_far_it_is_over_all_of_its_fits()
    {
        var shares = new List<double>();
        var data = Planted.Random(60, 20, 0.25, 9);
        ModelTrainer.Choose(data, Recipes.For(data), 5, new(new Workers(2), Progress: new Listed(shares)));
        Assert.Equal((0, 1), (shares[0], shares[^1]));
        Assert.Equal(shares.Order(), shares);
        // Each recipe is fitted on the split, then those that were chosen on everything.
        Assert.Contains(shares, s => s is > 0.05 and < 0.6);
        Assert.Contains(shares, s => s is > 0.65 and < 1);
    }

    private sealed class Listed(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }

    [Fact]
    public void Auto_says_when_there_is_too_little_to_choose_by()
    {
        var choice = ModelTrainer.Choose(InteractionReader.Read(["a x", "b y"]), Recipes.All);
        Assert.Equal(["popularity"], choice.Parts);
        Assert.Equal(Faults.UnknownModel, Assert.Throws<RecommenderException>(() => Recipes.Find("oracle")).Code);
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        var data = Planted.Circles3();
        Action[] wrong =
        [
            () => Ease.Fit(data, new() { Regularisation = 0 }), () => Ease.Fit(data, new() { UserExponent = double.NaN }), () => GraphFilter.Fit(data, new() { Rank = -1 }),
            () => GraphFilter.Fit(data, new() { Regularisation = double.NaN }), () => GraphFilter.Fit(data, new() { OutExponent = 3 }),
            () => ImplicitAls.Fit(data, new() { Dimensions = 0 }), () => ImplicitAls.Fit(data, new() { Alpha = -1 }), () => ItemNeighbours.Cosine(data, 0), () => ItemNeighbours.Cosine(data, 5, -1),
            () => ItemNeighbours.Rp3Beta(data, 5, 0), () => ContentModel.Fit(data.Items, Planted.Features(data), new() { DeclaredWeight = double.NaN }), () => _ = new Workers(0),
        ];
        foreach (var act in wrong) Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(act).Code);
        Assert.Equal(Faults.Memory, Assert.Throws<RecommenderException>(() => Ease.Fit(data, new() { MostItems = 10 })).Code);
    }
}
