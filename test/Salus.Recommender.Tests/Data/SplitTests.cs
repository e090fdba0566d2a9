namespace Salus.Recommender.Tests.Data;

public sealed class SplitTests
{
    [Fact]
    public void A_share_of_each_person_is_held_out_and_nothing_is_lost_or_in_both()
    {
        var data = Planted.Random(50, 60, 0.5, 1);
        var (train, held) = Split.Share(data, 0.2);
        for (var u = 0; u < data.Users.Count; u++)
        {
            Assert.Equal(data.Matrix.Row(u).ToArray(), train.Matrix.Row(u).ToArray().Concat(held.Known[u]).Order());
            Assert.Equal((int)Math.Round(0.2 * data.Matrix.Row(u).Length, MidpointRounding.AwayFromZero), held.Known[u].Length, 1.0);
        }
        Assert.Equal(train.Times!.Length, train.Matrix.Count);
    }

    [Fact]
    public void The_same_seed_draws_the_same_split_and_another_seed_another()
    {
        var data = Planted.Random(50, 60, 0.5, 1);
        int[] Draw(ulong seed) => [.. Split.Share(data, 0.2, seed).Held.Known.SelectMany(k => k)];
        Assert.Equal(Draw(3), Draw(3));
        Assert.NotEqual(Draw(3), Draw(4));
    }

    [Fact]
    public void The_latest_events_are_left_out_where_times_are_known()
    {
        var builder = new InteractionBuilder();
        foreach (var (item, time) in new[] { ("old", 10L), ("new", 90L), ("newest", 95L), ("older", 5L) }) builder.Add("a", item, time: time);
        builder.Add("b", "old", time: 1);
        var data = builder.Build();
        var (train, held) = Split.LeaveOut(data, 2);
        Assert.Equal(["new", "newest"], held.Known[0].Select(i => data.Items[i]).Order());
        Assert.Single(train.Matrix.Row(1).ToArray());
        Assert.Empty(held.Known[1]);
    }

    [Fact]
    public void A_moment_parts_what_was_before_from_what_came_at_it_or_after()
    {
        var builder = new InteractionBuilder();
        for (var t = 0; t < 10; t++) builder.Add("a", $"i{t}", time: t);
        var (train, held) = Split.Temporal(builder.Build(), 7);
        Assert.Equal([7, 8, 9], held.Known[0]);
        Assert.All(train.Times!, t => Assert.True(t < 7));
    }

    [Fact]
    public void The_latest_share_is_as_many_as_the_drawn_share_and_later_than_all_that_is_kept()
    {
        var data = Planted.Circles3();
        var (train, held) = Split.Latest(data, 0.3);
        var drawn = Split.Share(data, 0.3).Held;
        for (var u = 0; u < data.Users.Count; u++)
        {
            Assert.Equal(drawn.Known[u].Length, held.Known[u].Length);
            // Times rise with the number of the item.
            var kept = train.Matrix.Row(u).ToArray().Max(i => int.Parse(data.Items[i][1..], System.Globalization.CultureInfo.InvariantCulture));
            Assert.All(held.Known[u], i => Assert.True(int.Parse(data.Items[i][1..], System.Globalization.CultureInfo.InvariantCulture) > kept));
        }
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Split.Latest(InteractionReader.Read(["a x"]))).Code);
    }

    [Fact]
    public void A_share_of_the_items_can_be_held_out_whole()
    {
        var data = Planted.Random(50, 60, 0.5, 1);
        var (train, held) = Split.ShareAndItems(data, 0.1, 0.2);
        Assert.InRange(train.Matrix.ColumnCounts().Count(c => c == 0), 5, 20);
        Assert.Equal(data.Matrix.Count, train.Matrix.Count + held.Known.Sum(k => k.Length));
    }

    [Fact]
    public void A_moment_leaves_the_share_asked_for_behind_it()
    {
        var builder = new InteractionBuilder();
        for (var t = 0; t < 100; t++) builder.Add($"u{t % 7}", $"i{t}", time: t);
        Assert.Equal(80, Split.Moment(builder.Build(), 0.2));
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Split.Moment(builder.Build(), 1)).Code);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Split.Moment(InteractionReader.Read(["a x"]), 0.2)).Code);
    }

    [Fact]
    public void Splits_without_sense_are_refused()
    {
        var data = InteractionReader.Read(["a x y"]);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Split.Temporal(data, 7)).Code);
        foreach (var share in new[] { 0, 1, double.NaN }) Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Split.Share(data, share)).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Split.LeaveOut(data, 0)).Code);
    }
}
