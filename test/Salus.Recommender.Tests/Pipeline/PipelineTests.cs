using Salus.Recommender.Pipeline;

namespace Salus.Recommender.Tests.Pipeline;

public sealed class PipelineTests
{
    private const long Now = 1_800_000_000;
    private static readonly Place Here = new(45.0, 9.0);

    /// <summary>24 clinics, eight to a circle; the higher the number in its circle, the farther away and the older.</summary>
    private static Item[] Items(Func<int, Item, Item>? change = null) => [.. Enumerable.Range(0, 24).Select(i =>
    {
        var item = new Item { Id = $"i{i}", Kind = "clinic", Place = new(45.0 + i % 8 * 0.1, 9), Region = $"r{i / 8}", Services = new HashSet<string> { $"s{i / 8}" }, Created = Now - i % 8 * 86_400L * 100, Accepts = new HashSet<string>() };
        return change?.Invoke(i, item) ?? item;
    })];

    private static readonly Interactions Data = Planted.Circles3();
    private static readonly Model Fitted = Ease.Fit(Data, new() { Regularisation = 5 });
    private static Ask Somebody(params string[] history) => new() { History = history, Now = Now, Take = 5 };
    private static Rules Plain => new() { Relevance = 1, NearWeight = 0 };

    private static string[] Ids(Ask ask, Rules? rules = null, Func<string, LiveState>? live = null, Item[]? items = null, FeatureTable? features = null, RegionalTop? top = null) =>
        [.. new RecommendationPipeline(Fitted, items ?? Items(), rules ?? Plain, features, top).Run(ask, live ?? (_ => default(LiveState) with { Available = true })).Items.Select(r => r.Id)];

    [Fact]
    public void The_list_follows_the_model_and_leaves_out_what_was_taken()
    {
        var list = Ids(Somebody("i8", "i9", "i10"));
        Assert.Equal(["i11", "i12", "i13", "i14", "i15"], list.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void RE_05_nothing_outside_the_radius_without_the_service_or_not_available_appears()
    {
        Assert.Equal(["i1", "i16", "i17", "i9"], Ids(Somebody("i8", "i0") with { Near = Here, RadiusKilometres = 12, Take = 20 }).Order(StringComparer.Ordinal));
        Assert.All(Ids(Somebody("i8") with { Service = "s2", Take = 20 }), id => Assert.InRange(int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture), 16, 23));
        LiveState Busy(string id) => new(Available: id != "i11");
        Assert.Contains("i11", Ids(Somebody("i8", "i9") with { Take = 20 }, live: Busy));
        Assert.DoesNotContain("i11", Ids(Somebody("i8", "i9") with { Take = 20, AvailableNow = true }, live: Busy));
        Assert.Empty(Ids(Somebody("i8") with { RadiusKilometres = 5 }));
    }

    [Fact]
    public void A_clinic_that_cannot_meet_every_need_is_never_shown_and_needs_are_no_reason()
    {
        var items = Items((i, item) => item with { Accepts = i % 2 == 0 ? new HashSet<string> { "catheter", "oxygen" } : new HashSet<string> { "oxygen" } });
        var list = new RecommendationPipeline(Fitted, items, Plain with { Boosts = new Dictionary<string, double> { ["i9"] = 99 }, Pinned = new Dictionary<string, double> { ["i11"] = 1 } })
            .Run(Somebody("i8") with { Needs = new HashSet<string> { "catheter", "oxygen" }, Take = 24 }, _ => new(Available: true));
        Assert.Equal(11, list.Items.Count);
        Assert.All(list.Items, r => Assert.Equal(0, int.Parse(r.Id[1..], System.Globalization.CultureInfo.InvariantCulture) % 2));
        Assert.DoesNotContain(list.Items.SelectMany(r => r.Reasons), r => r.Name is "catheter" or "oxygen");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RE_11_blocked_hidden_expired_own_and_dismissed_items_are_never_returned_whatever_the_weights(ulong seed)
    {
        var random = new SeededRandom(seed);
        for (var round = 0; round < 40; round++)
        {
            string[] Some() => [.. Enumerable.Range(0, 24).Where(_ => random.Below(5) == 0).Select(i => $"i{i}")];
            var (blocked, hidden, expired, own, dismissed, history, stopped) = (Some(), Some(), Some(), Some(), Some(), Some(), Some());
            Dictionary<string, double> Weights() => Enumerable.Range(0, 24).Where(_ => random.Below(2) == 0).ToDictionary(i => $"i{i}", _ => 100 * random.Unit());
            var rules = new Rules { Blocked = blocked.ToHashSet(), Boosts = Weights(), Pinned = Weights(), Relevance = random.Unit(), NewcomerShare = random.Unit() };
            var ask = Somebody(history) with { Own = own.ToHashSet(), Dismissed = dismissed.ToHashSet(), Take = 24 };
            var list = Ids(ask, rules, id => new(hidden.Contains(id), stopped.Contains(id), expired.Contains(id) ? Now : null));
            Assert.Empty(list.Intersect([.. blocked, .. hidden, .. expired, .. own, .. dismissed, .. history, .. stopped]));
            Assert.Equal(24 - blocked.Concat(hidden).Concat(expired).Concat(own).Concat(dismissed).Concat(history).Concat(stopped).Distinct().Count(), list.Length);
        }
    }

    [Fact]
    public void What_was_hidden_while_the_list_was_made_is_replaced()
    {
        var calls = new Dictionary<string, int>();
        LiveState Changing(string id)
        {
            calls[id] = calls.GetValueOrDefault(id) + 1;
            return new(Hidden: id == "i13" && calls[id] > 1);
        }
        var list = Ids(Somebody("i8", "i9", "i10"), live: Changing);
        Assert.DoesNotContain("i13", list);
        Assert.Equal(5, list.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void More_weight_never_lowers_a_boosted_or_a_pinned_item(ulong seed)
    {
        var random = new SeededRandom(seed);
        var items = Items((i, item) => item with { Provider = $"p{random.Below(12)}", Newcomer = random.Below(4) == 0 });
        for (var round = 0; round < 30; round++)
        {
            var id = $"i{8 + random.Below(16)}";
            var others = Enumerable.Range(0, 24).Where(_ => random.Below(3) == 0).ToDictionary(i => $"i{i}", _ => random.Unit());
            var rules = new Rules { Relevance = random.Unit(), NewcomerShare = 0.5 * random.Unit(), MostPerProvider = 1 + random.Below(2) };
            var (lastBoost, lastPin) = (int.MaxValue, int.MaxValue);
            for (var weight = 0.0; weight < 2; weight += 0.2)
            {
                var heavier = new Dictionary<string, double>(others) { [id] = weight };
                int Place(Rules with)
                {
                    var at = Array.IndexOf(Ids(Somebody("i0", "i1") with { Take = 24 }, with, items: items, features: Planted.Features(Data)), id);
                    return at < 0 ? int.MaxValue : at;
                }
                var (boost, pin) = (Place(rules with { Boosts = heavier }), Place(rules with { Pinned = heavier }));
                Assert.True(boost <= lastBoost && pin <= lastPin, $"{id} at weight {weight}: {lastBoost} -> {boost}, {lastPin} -> {pin}");
                (lastBoost, lastPin) = (boost, pin);
            }
        }
    }

    [Fact]
    public void The_order_in_which_the_catalogue_comes_does_not_matter() =>
        Assert.Equal(Ids(Somebody("i8", "i9"), new()), Ids(Somebody("i8", "i9"), new(), items: [.. Items().Reverse()]));

    [Fact]
    public void RE_09_a_list_is_not_all_of_one_provider_and_not_all_of_one_kind()
    {
        var items = Items((i, item) => item with { Provider = i is >= 8 and < 14 ? "one" : $"p{i}" });
        Assert.Single(Ids(Somebody("i8") with { Take = 10 }, Plain, items: items), id => items.Single(i => i.Id == id).Provider == "one");
        int Circles(double relevance) => Ids(Somebody("i8", "i9", "i10"), Plain with { Relevance = relevance }, features: Planted.Features(Data)).Select(id => int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture) / 8).Distinct().Count();
        Assert.Equal(1, Circles(1));
        Assert.True(Circles(0.2) > 1);
    }

    [Fact]
    public void RE_10_of_equal_items_the_older_one_ranks_below()
    {
        var rules = Plain with { HalfLifeDays = new Dictionary<string, double> { ["clinic"] = 100 }, Boosts = new Dictionary<string, double>() };
        var list = Ids(Somebody("i8", "i9"), rules);
        Assert.Equal(["i10", "i11", "i12", "i13", "i14"], list);
    }

    [Fact]
    public void Newcomers_get_their_share_at_every_place_of_the_list()
    {
        var items = Items((i, item) => item with { Newcomer = i >= 16 });
        var list = Ids(Somebody("i8", "i9", "i10") with { Take = 8 }, Plain with { NewcomerShare = 0.25 }, items: items);
        for (var n = 1; n <= 8; n++) Assert.True(list.Take(n).Count(id => items.Single(i => i.Id == id).Newcomer) >= n / 4, string.Join(" ", list));
        Assert.Equal(8, Ids(Somebody("i8") with { Take = 8 }, Plain with { NewcomerShare = 1 }).Length);
    }

    [Fact]
    public void Nearer_ranks_higher_and_says_so()
    {
        var list = new RecommendationPipeline(Fitted, Items(), Plain with { NearWeight = 5 }).Run(Somebody("i8") with { Near = Here }, _ => new(Available: true)).Items;
        Assert.Contains(list[0].Id, new[] { "i0", "i16" });
        Assert.Contains(list[0].Reasons, r => r.Kind == ReasonKind.Near);
        Assert.Equal(111.19, Here.KilometresTo(new(46, 9)), 0.01);
        Assert.Equal(0, Here.KilometresTo(Here));
    }

    [Fact]
    public void RE_12_somebody_of_whom_nothing_is_known_gets_what_is_popular_in_the_region_and_the_list_says_so()
    {
        var top = new RegionalTop();
        for (var n = 0; n < 5; n++) top.Add("north", "i20");
        for (var n = 0; n < 9; n++) top.Add("south", "i3");
        top.Add("north", "i4");
        var pipeline = new RecommendationPipeline(Fitted, Items(), Plain, regions: top);
        var north = pipeline.Run(Somebody() with { Region = "north" }, _ => new(Available: true));
        Assert.True(north.Generic);
        Assert.Equal(["i20", "i4", "i3"], north.Items.Take(3).Select(r => r.Id));
        Assert.All(north.Items.Take(3), r => Assert.Equal(ReasonKind.Popular, Assert.Single(r.Reasons).Kind));
        // What nobody took fills the list, but is not called popular.
        Assert.All(north.Items.Skip(3), r => Assert.Empty(r.Reasons));
        Assert.Equal("i3", pipeline.Run(Somebody() with { Region = "nowhere" }, _ => new(Available: true)).Items[0].Id);
        Assert.Equal(["i20", "i4", "i3"], top.Top("north", 3));
        Assert.False(pipeline.Run(Somebody("i8"), _ => new(Available: true)).Generic);
    }

    [Fact]
    public void Reasons_name_what_the_person_took_and_never_a_feature_that_may_not_be_named()
    {
        var list = new RecommendationPipeline(Fitted, Items(), Plain).Run(Somebody("i8", "i9"), _ => new(Available: true)).Items;
        Assert.All(list[0].Reasons, r => Assert.Contains(r.Name, new[] { "i8", "i9" }));
        var features = Planted.Features(Data);
        var content = ContentModel.Fit(Data.Items, features);
        var silent = new RecommendationPipeline(content, Items(), Plain, mayBeReason: name => name != "circle 1").Run(Somebody("i8"), _ => new(Available: true)).Items;
        Assert.All(silent, r => Assert.DoesNotContain(r.Reasons, x => x.Name == "circle 1"));
        Assert.Contains(new RecommendationPipeline(content, Items(), Plain).Run(Somebody("i8"), _ => new(Available: true)).Items[0].Reasons, x => x.Name == "circle 1");
    }

    [Fact]
    public void An_item_the_model_does_not_know_yet_can_still_be_shown_and_more_than_there_is_gives_what_there_is()
    {
        Item[] items = [.. Items(), new() { Id = "brand new", Newcomer = true, Created = Now }];
        Assert.Contains("brand new", Ids(Somebody("i8"), Plain with { NewcomerShare = 0.3 }, items: items));
        Assert.Equal(24, Ids(Somebody("i8") with { Take = 1000 }, items: items).Length);
    }

    [Fact]
    public void Rules_outside_their_range_are_refused()
    {
        string Fault(Rules rules) => Assert.Throws<RecommenderException>(() => Ids(Somebody("i8"), rules)).Code;
        Assert.Equal(Faults.Range, Fault(Plain with { Relevance = double.NaN }));
        Assert.Equal(Faults.Range, Fault(Plain with { NewcomerShare = 2 }));
        Assert.Equal(Faults.Range, Fault(Plain with { MostPerProvider = 0 }));
        Assert.Equal(Faults.NotFinite, Fault(Plain with { Boosts = new Dictionary<string, double> { ["i1"] = double.NaN } }));
        Assert.Equal(Faults.Range, Fault(Plain with { HalfLifeDays = new Dictionary<string, double> { ["clinic"] = 0 } }));
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Ids(Somebody("i8") with { Take = 0 })).Code);
    }
}
