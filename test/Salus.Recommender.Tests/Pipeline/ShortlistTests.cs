using Salus.Recommender.Pipeline;

namespace Salus.Recommender.Tests.Pipeline;

/// <summary>A list is made from the best part of a large catalogue, and what is far down in it costs nothing.</summary>
public sealed class ShortlistTests
{
    private const int Many = 5000;

    /// <summary>Scores fall with the number of the item.</summary>
    private static readonly Model Falling = Prior.Of(new(Enumerable.Range(0, Many).Select(i => $"i{i}")), [.. Enumerable.Range(0, Many).Select(i => (float)(Many - i))]);

    private static int[] List(int take, Rules rules, Func<int, Item, Item>? change = null, FeatureTable? features = null)
    {
        Item[] items = [.. Enumerable.Range(0, Many).Select(i => new Item { Id = $"i{i}" }).Select((item, i) => change?.Invoke(i, item) ?? item)];
        return [.. new RecommendationPipeline(Falling, items, rules, features).Run(new() { Now = 0, Take = take, History = ["i4999"] }, _ => new(Available: true)).Items
            .Select(r => int.Parse(r.Id[1..], System.Globalization.CultureInfo.InvariantCulture))];
    }

    [Fact]
    public void Variety_is_sought_among_the_best_and_not_in_the_whole_catalogue()
    {
        // All alike but the last hundred: whoever looked everywhere would find those first.
        var features = new FeatureTable(new(["alike", "other"]), [FeatureKind.Category, FeatureKind.Category], SparseMatrix.FromRows([.. Enumerable.Range(0, Many).Select(i => (IReadOnlyList<(int, float)>)[(i < Many - 100 ? 0 : 1, 1f)])], 2));
        var list = List(10, new() { Relevance = 0.01, NearWeight = 0 }, features: features);
        Assert.Equal(10, list.Length);
        Assert.All(list, i => Assert.InRange(i, 0, 199));
    }

    [Fact]
    public void A_few_providers_at_the_top_do_not_make_the_list_shorter()
    {
        var list = List(40, new() { Relevance = 1, NearWeight = 0 }, (i, item) => item with { Provider = i < 4000 ? $"chain {i % 5}" : $"p{i}" });
        Assert.Equal([0, 1, 2, 3, 4, .. Enumerable.Range(4000, 35)], list);
    }

    [Fact]
    public void Newcomers_get_their_share_from_however_far_down()
    {
        var list = List(20, new() { Relevance = 0.8, NearWeight = 0, NewcomerShare = 0.25 }, (i, item) => item with { Newcomer = i >= 4900 });
        for (var n = 1; n <= 20; n++) Assert.True(list.Take(n).Count(i => i >= 4900) >= n / 4);
        Assert.Equal(Enumerable.Range(0, 15), list.Where(i => i < 4900));
    }

    [Fact]
    public void A_pin_from_the_end_of_the_catalogue_stands_first_and_an_item_that_is_boosted_comes_from_anywhere()
    {
        var list = List(5, new() { Relevance = 1, NearWeight = 0, Pinned = new Dictionary<string, double> { ["i4321"] = 1 }, Boosts = new Dictionary<string, double> { ["i4000"] = 2 } });
        Assert.Equal([4321, 4000, 0, 1, 2], list);
    }
}
