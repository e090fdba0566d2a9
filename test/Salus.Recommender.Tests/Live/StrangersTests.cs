using Salus.Recommender.Live;
using Salus.Recommender.Pipeline;
using Salus.Recommender.Training;

namespace Salus.Recommender.Tests.Live;

/// <summary>People of whom nothing is known: what most people took, never what happens to stand first.</summary>
public sealed class StrangersTests
{
    private static readonly Recipe Linear = new("linear", "", (d, f) => GraphFilter.Fit(d, new() { Rank = 0 }, f));

    /// <summary>The catalogue begins with what hardly anybody takes.</summary>
    private static readonly Interactions Rising = Planted.Random(60, 20, 0.3, 11);

    public static TheoryData<string> Counted => [.. Shelf.All.Where(n => n.Data is not ("recency" or "content")).Select(n => n.Data)];

    private static string[] ByCount(Interactions data, int take) => [.. data.Matrix.ColumnCounts()
        .Select((c, i) => (c, i)).OrderByDescending(c => c.c).ThenBy(c => c.i).Take(take).Select(c => data.Items[c.i])];

    [Theory, MemberData(nameof(Counted))]
    public void Every_model_that_was_made_from_events_ranks_by_them_for_somebody_without_any(string name)
    {
        var model = Shelf.Fit(name, Rising);
        Assert.Equal(ByCount(Rising, 8), Ranker.Rank(model, Batch.One([], 20), 8)[0].Select(i => Rising.Items[i]));
        var path = Path.GetTempFileName();
        try
        {
            ModelFile.Save(model, path);
            Assert.Equal(ByCount(Rising, 8), Ranker.Rank(ModelFile.Load(path), Batch.One([], 20), 8)[0].Select(i => Rising.Items[i]));
        }
        finally { File.Delete(path); }
    }

    [Fact]
    public void In_a_blend_the_part_that_has_nothing_to_say_leaves_the_word_to_the_one_that_has()
    {
        var data = Planted.Circles3();
        var blend = new Blend(data.Items, [Ease.Fit(data, new() { Regularisation = 5 }), ContentModel.Fit(data.Items, Planted.Features(data))], BlendWeights.Same(5, 1), new bool[24]);
        // Somebody without events who says they like the second circle.
        var person = new Batch(SparseMatrix.FromRows([[]], 24), SparseMatrix.FromRows([[(1, 1f)]], 4));
        Assert.All(Ranker.Rank(blend, person, 8)[0], i => Assert.InRange(int.Parse(data.Items[i][1..], System.Globalization.CultureInfo.InvariantCulture), 8, 15));
    }

    [Fact]
    public async Task Live_counts_rank_for_a_stranger_before_the_first_refit_after_it_and_without_another()
    {
        using var live = new LiveRecommender(Linear, 3, tolerance: 0.5);
        for (var u = 0; u < Rising.Users.Count; u++)
            foreach (var i in Rising.Matrix.Row(u)) live.Record(Rising.Users[u], Rising.Items[i], 1000);
        var before = live.List("stranger", 5);
        Assert.Equal(Rising.Matrix.ColumnCounts().Max(), live.Count(before[0]));
        Assert.True((await live.RefitNow()).Swapped);
        Assert.Equal(before, live.List("stranger", 5));
        for (var n = 0; n < 80; n++) live.Record($"new{n}", "i0", 2000);
        Assert.Equal("i0", live.List("stranger", 5)[0]);
        // Somebody who took only what the model has never seen is a stranger to it too, and is not shown what they have.
        live.Record("other", "brand new", 2001);
        live.Record("other", "i0", 2001);
        Assert.DoesNotContain("i0", live.List("other", 5));
        live.Record("third", "brand new", 2002);
        Assert.Equal("i0", live.List("third", 5)[0]);
    }

    [Fact]
    public void The_pipeline_ranks_by_counts_and_calls_popular_only_what_the_counts_ranked()
    {
        var builder = new InteractionBuilder();
        foreach (var item in new[] { "a", "b", "c", "d", "e" }) builder.AddItem(item);
        foreach (var (user, items) in new[] { ("1", "de"), ("2", "de"), ("3", "dc") })
            foreach (var item in items) builder.Add(user, item.ToString());
        var data = builder.Build();
        Item[] items5 = [.. data.Items.Names.Select(n => new Item { Id = n })];
        var rules = new Rules { Relevance = 1, NearWeight = 0 };
        var list = new RecommendationPipeline(Ease.Fit(data, new() { Regularisation = 5 }), items5, rules).Run(new() { Now = 0, Take = 5 }, _ => new(Available: true));
        Assert.True(list.Generic);
        Assert.Equal(["d", "e", "c", "a", "b"], list.Items.Select(r => r.Id));
        Assert.Equal([true, true, true, false, false], list.Items.Select(r => r.Reasons.Any(x => x.Kind == ReasonKind.Popular)));
        // A model of features has no counts: nothing ranked anything, and nothing says so.
        var features = new FeatureTable(new(["x"]), [FeatureKind.Category], SparseMatrix.FromRows([[(0, 1)], [], [], [], []], 1));
        Assert.All(new RecommendationPipeline(ContentModel.Fit(data.Items, features), items5, rules).Run(new() { Now = 0, Take = 5 }, _ => new(Available: true)).Items, r => Assert.Empty(r.Reasons));
    }
}
