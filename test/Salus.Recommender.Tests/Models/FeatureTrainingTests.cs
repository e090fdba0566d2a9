using Salus.Recommender.Features;
using Salus.Recommender.Training;

namespace Salus.Recommender.Tests.Models;

/// <summary>Choosing a model when more is known than events, and when events have times.</summary>
public sealed class FeatureTrainingTests
{
    /// <summary>Three circles of forty people over thirty items each; the last three of each circle have never been taken.</summary>
    private static (Interactions Data, FeatureTable Features) Circles(bool timed)
    {
        var random = new SeededRandom(5);
        var builder = new InteractionBuilder();
        for (var i = 0; i < 90; i++) builder.AddItem($"i{i}");
        for (var u = 0; u < 120; u++)
            for (var i = 0; i < 27; i++)
                if (random.Unit() < 0.4) builder.Add($"u{u}", $"i{u / 40 * 30 + i}", time: timed ? 1_700_000_000 + 1000 * i + u : null);
        var data = builder.Build();
        var rows = Enumerable.Range(0, 90).Select(i => (IReadOnlyList<(int, float)>)[(i / 30, 1f), (3 + i % 5, 1f)]).ToList();
        return (data, new(new(["c0", "c1", "c2", "n0", "n1", "n2", "n3", "n4"]), [.. Enumerable.Repeat(FeatureKind.Category, 8)], SparseMatrix.FromRows(rows, 8)));
    }

    private static bool IsCold(int item) => item % 30 >= 27;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_known_of_items_finds_those_nobody_has_taken(bool timed)
    {
        var (data, features) = Circles(timed);
        var choice = ModelTrainer.Choose(data, Recipes.For(data, features), 10, described: new(features));
        Assert.Contains(choice.Tried, t => t.Name == "content");
        Assert.Contains(choice.Tried, t => t.Name == "als-features");
        Assert.Contains(choice.Parts, p => p is "content" or "als-features");
        // Three of the nine are of a person's own circle; by chance one of the three best would be.
        var own = Enumerable.Range(0, 120).Average(u =>
        {
            var scores = Planted.Scores(choice.Model, data.Matrix.Row(u).ToArray());
            return Enumerable.Range(0, 90).Where(IsCold).OrderByDescending(i => scores[i]).Take(3).Count(i => i / 30 == u / 40);
        });
        Assert.InRange(own, 2.7, 3);
        var blind = ModelTrainer.Choose(data, Recipes.For(data), 10).Model;
        Assert.InRange(Enumerable.Range(0, 120).Average(u =>
        {
            var scores = Planted.Scores(blind, data.Matrix.Row(u).ToArray());
            return Enumerable.Range(0, 90).Where(IsCold).OrderByDescending(i => scores[i]).Take(3).Count(i => i / 30 == u / 40);
        }), 0, 2);
    }

    [Fact]
    public void What_people_say_of_themselves_serves_those_without_events()
    {
        var (data, features) = Circles(false);
        var people = new FeatureTable(features.Names, features.Kinds, SparseMatrix.FromRows([.. Enumerable.Range(0, 120).Select(u => (IReadOnlyList<(int, float)>)[(u / 40, 1f)])], 8));
        var choice = ModelTrainer.Choose(data, Recipes.For(data, features), 10, described: new(features, people));
        Assert.NotNull(choice.Model.FeatureSpace);
        var scores = new float[90];
        choice.Model.Score(new(SparseMatrix.FromRows([[]], 90), SparseMatrix.FromRows([[(2, 1f)]], 8)), scores);
        Assert.All(TopK.Select(scores, 10), i => Assert.Equal(2, i / 30));
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => ModelTrainer.Choose(data, Recipes.For(data, features), 10, described: new(features, features))).Code);
    }

    [Fact]
    public void Items_that_came_since_the_fit_are_ranked_by_their_features_and_the_others_as_before()
    {
        static FeatureSnapshot Made(IEnumerable<int> items, int version = 1) => new FeatureStore<int>([new("circle", version, FeatureKind.Category, i => [($"{i / 8}", 1f)])]).Compute(items.Select(i => ($"i{i}", i)));
        // The last item of each circle is not there at the fit.
        var builder = new InteractionBuilder();
        foreach (var i in Enumerable.Range(0, 24).Where(i => i % 8 != 7)) builder.AddItem($"i{i}");
        for (var u = 0; u < 36; u++)
            foreach (var i in Planted.Taken(u).Where(i => i % 8 != 7)) builder.Add($"u{u}", $"i{i}");
        var data = builder.Build();
        var content = ContentModel.Fit(data.Items, Made(Enumerable.Range(0, 24).Where(i => i % 8 != 7)).For(data.Items));
        var model = new Blend(data.Items, [Ease.Fit(data, new() { Regularisation = 5 }), content], new([], [[1, 0.1f]], [[0, 1]]), new bool[21]);
        foreach (var narrow in new Model[] { content, model })
        {
            var wide = narrow.WithItems(Made(Enumerable.Range(0, 24)));
            Assert.Equal([.. data.Items.Names, "i15", "i23", "i7"], wide.Items.Names);
            int[] own = [data.Items.Find("i8"), data.Items.Find("i9"), data.Items.Find("i10")];
            var (before, after) = (Ranker.Rank(narrow, Batch.One(own, 21), 21)[0], Ranker.Rank(wide, Batch.One(own, 24), 24)[0]);
            Assert.Equal(before, after.Where(i => i < 21));
            Assert.InRange(Array.IndexOf(after, wide.Items.Find("i15")), 0, 5);
            Assert.True(Array.IndexOf(after, wide.Items.Find("i7")) > 5 && Array.IndexOf(after, wide.Items.Find("i23")) > 5);
            Assert.Contains(wide.Explain(Batch.One(own, 24), wide.Items.Find("i15")), c => c.Name == "circle=1");
            Assert.Equal(Faults.FeatureVersion, Assert.Throws<RecommenderException>(() => narrow.WithItems(Made(Enumerable.Range(0, 24), 2))).Code);
        }
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => Prior.Popularity(data).WithItems(Made([7]))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_times_are_known_the_choice_is_made_on_the_latest_events(bool timed)
    {
        var (data, _) = Circles(timed);
        var fitted = new List<Interactions>();
        ModelTrainer.Choose(data, [new("spy", "", (d, _) =>
        {
            fitted.Add(d);
            return Prior.Popularity(d);
        })], 10);
        var train = fitted[0];
        // Within a person time rises with the item: whoever lost something lost their last.
        var lost = Enumerable.Range(0, 120).Where(u => train.Matrix.Row(u).Length < data.Matrix.Row(u).Length).ToArray();
        Assert.NotEmpty(lost);
        Assert.Equal(timed, lost.All(u => train.Matrix.Row(u)[^1] < data.Matrix.Row(u)[^1]));
    }

    [Fact]
    public void A_fit_that_would_take_more_memory_than_it_may_is_refused_before_it_begins()
    {
        var data = Planted.Random(400, 300, 0.1, 2);
        Assert.Equal(Faults.Memory, Assert.Throws<RecommenderException>(() => GraphFilter.Fit(data, new() { Rank = 250, MostMegabytes = 1 })).Code);
        Assert.Equal(300, GraphFilter.Fit(data, new() { Rank = 20, MostMegabytes = 1 }).Items.Count);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => GraphFilter.Fit(data, new() { MostMegabytes = 0 })).Code);
    }
}
