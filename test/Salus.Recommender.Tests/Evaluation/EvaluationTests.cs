namespace Salus.Recommender.Tests.Evaluation;

public sealed class EvaluationTests
{
    private static ListQuality Quality(int[] list, int[] wanted, int k) => Metrics.OfList(list, wanted.Contains, wanted.Length, k);

    [Fact]
    public void Measures_are_those_worked_out_by_hand()
    {
        // Hits at places 1 and 3 of 4, three wanted.
        var q = Quality([5, 6, 7, 8], [5, 7, 9], 4);
        Assert.Equal(2 / 3.0, q.Recall, 12);
        Assert.Equal(0.5, q.Precision, 12);
        Assert.Equal(1, q.HitRate);
        Assert.Equal((1 + 2 / 3.0) / 3, q.AveragePrecision, 12);
        Assert.Equal(1, q.ReciprocalRank);
        Assert.Equal((1 + 1 / Math.Log2(4)) / (1 + 1 / Math.Log2(3) + 1 / Math.Log2(4)), q.Ndcg, 12);
    }

    [Fact]
    public void A_list_is_cut_at_k_and_a_short_one_is_not_padded()
    {
        Assert.Equal(default, Quality([1, 2, 3], [3], 2));
        var q = Quality([1], [2, 1], 10);
        Assert.Equal((0.5, 0.1), (q.Recall, q.Precision));
        Assert.Equal(1, Quality([4, 3], [3, 4, 5, 6], 2).Ndcg, 12);
    }

    [Theory]
    [InlineData(0, 3, 3, 3)]
    [InlineData(0.75, 0, 0, 0, 8)]
    [InlineData(0, 0, 0)]
    public void Gini_is_zero_for_equal_shares_and_grows_with_inequality(double expected, params int[] shown) => Assert.Equal(expected, Metrics.Gini(shown), 12);

    [Fact]
    public void A_report_of_a_model_that_knows_the_answer_is_perfect_and_says_what_its_lists_are_like()
    {
        var (train, held) = Split.LeaveOut(Planted.Circles3() with { Times = null }, 1);
        var perfect = Evaluator.Run(Ease.Fit(train, new() { Regularisation = 5 }), train, held, 2);
        Assert.Equal((1, 1, 0.5), (perfect.Recall.Mean, perfect.HitRate.Mean, perfect.Precision.Mean));
        Assert.Equal(36, perfect.People.Count);
        Assert.Equal((1, 1), (perfect.Recall.Low, perfect.Recall.High));
        Assert.InRange(perfect.Coverage, 0.5, 1);
        Assert.InRange(perfect.Diversity, 0, 0.6);
        var popular = Evaluator.Run(Prior.Popularity(train), train, held, 2);
        Assert.True(popular.Recall.Mean < 0.8);
        Assert.True(popular.Recall.Low <= popular.Recall.Mean && popular.Recall.High >= popular.Recall.Mean);
    }

    [Fact]
    public void What_the_lists_are_like_is_what_was_worked_out_by_hand()
    {
        // 200 items: i0 taken by three of four people, i1 by two, each of the others by d alone.
        var train = InteractionReader.Read(["a i0 i1", "b i0 i1", "c i0", $"d {string.Join(' ', Enumerable.Range(2, 198).Select(i => $"i{i}"))}"]);
        var report = Evaluator.Run(Prior.Popularity(train), train, HeldOut.Align(train, InteractionReader.Read(["c i1", "d i0"])), 3);
        Assert.Equal([["i1", "i2", "i3"], ["i0", "i1"]], report.People.Select(p => p.List.Select(i => train.Items[i]).ToArray()));
        // Taken by half of the people: one bit; by a quarter: two. i1 is shown twice, i2, i3 and i0 once.
        Assert.Equal((1 + 2 + 2 + Math.Log2(4 / 3.0) + 1) / 5, report.Novelty, 12);
        // The hundredth that was taken most is i0 and i1: three of the five places.
        Assert.Equal(0.6, report.TopHundredthShare, 12);
        Assert.Equal(4 / 200.0, report.Coverage, 12);
        // Nobody took i1 and i2, or i1 and i3; the same person took i2 and i3; two of the three who took i0 took i1.
        Assert.Equal((1 + 1 + 0 + (1 - 2 / Math.Sqrt(3 * 2))) / 4, report.Diversity, 12);
    }

    [Fact]
    public void What_the_catalogue_does_not_have_counts_as_missed_and_strangers_are_counted_apart()
    {
        var train = InteractionReader.Read(["a x y", "b x y z", "c z"]);
        var held = HeldOut.Align(train, InteractionReader.Read(["a z new", "d x", "b y", "c"]));
        Assert.Equal(1, held.Strangers);
        Assert.Equal([train.Items.Find("z")], held.Known[0]);
        Assert.Equal(1, held.Unknown[0]);
        Assert.Empty(held.Known[1]);
        var report = Evaluator.Run(Prior.Popularity(train), train, held, 3);
        Assert.Equal(0.5, Assert.Single(report.People).Quality.Recall);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public void K_outside_the_catalogue_is_refused(int k)
    {
        var (train, held) = Split.LeaveOut(Planted.Circles3());
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Evaluator.Run(Prior.Popularity(train), train, held, k)).Code);
    }

    [Fact]
    public void Nothing_held_out_is_refused()
    {
        var data = Planted.Circles3();
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Evaluator.Run(Prior.Popularity(data), data, HeldOut.Align(data, data), 3)).Code);
    }

    [Fact]
    public void Lists_come_in_order_of_the_people_and_hold_what_the_measures_were_taken_of()
    {
        var (train, held) = Split.Share(Planted.Random(300, 30, 0.3, 8), 0.2);
        var seen = new List<(int User, int[] List)>();
        var report = Evaluator.Run(Prior.Popularity(train), train, held, 5, lists: (u, list) => seen.Add((u, list)));
        Assert.Equal(report.People.Select(p => p.User), seen.Select(s => s.User));
        Assert.Equal(seen.Select(s => s.User).Order(), seen.Select(s => s.User));
        Assert.All(report.People.Zip(seen), p => Assert.Equal(p.First.List, p.Second.List));
    }

    [Fact]
    public void A_sample_of_candidates_is_taken_only_when_asked_for_and_says_so()
    {
        var (train, held) = Split.Share(Planted.Random(200, 60, 0.3, 8), 0.2);
        var model = Prior.Popularity(train);
        var full = Evaluator.Run(model, train, held, 5);
        var sampled = Evaluator.Run(model, train, held, 5, options: new() { Sampled = 10 });
        Assert.Null(full.Sampled);
        Assert.StartsWith("candidates: all items", full.Candidates, StringComparison.Ordinal);
        Assert.StartsWith("SAMPLED candidates: what was held out and 10 others", sampled.Candidates, StringComparison.Ordinal);
        Assert.True(sampled.Recall.Mean > full.Recall.High);
        Assert.Equal(sampled.People.SelectMany(p => p.List), Evaluator.Run(model, train, held, 5, new Workers(1), options: new() { Sampled = 10 }).People.SelectMany(p => p.List));
        // A sample of all there is changes nothing; what was taken is in none.
        Assert.Equal(full.People.SelectMany(p => p.List), Evaluator.Run(model, train, held, 5, options: new() { Sampled = 60 }).People.SelectMany(p => p.List));
        Assert.All(sampled.People, p => Assert.Empty(p.List.Intersect(train.Matrix.Row(p.User).ToArray())));
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Evaluator.Run(model, train, held, 5, options: new() { Sampled = 0 })).Code);
    }

    [Fact]
    public void Candidates_that_a_split_gives_are_all_that_is_ranked_and_the_report_says_so()
    {
        var train = InteractionReader.Read(["a x y", "b x z", "c x z", "d w v"]);
        var test = HeldOut.Align(train, InteractionReader.Read(["a v", "b w"]));
        int[] Columns(params string[] names) => [.. names.Select(train.Items.Find)];
        // a's list holds v and w alone, though z was taken by more people; x is a's own and stays away.
        var report = Evaluator.Run(Prior.Popularity(train), train, test, 3, options: new() { Given = [Columns("x", "w"), Columns("y"), null, null] });
        Assert.Equal([["w", "v"], ["y", "w"]], report.People.Select(p => p.List.Select(i => train.Items[i]).Order(StringComparer.Ordinal).Reverse().ToArray()));
        Assert.StartsWith("SAMPLED candidates: those the split gives", report.Candidates, StringComparison.Ordinal);
        Assert.Equal(1, report.HitRate.Mean);
        string Fault(EvaluationOptions options) => Assert.Throws<RecommenderException>(() => Evaluator.Run(Prior.Popularity(train), train, test, 3, options: options)).Code;
        Assert.Equal(Faults.Mismatch, Fault(new() { Given = [Columns("w"), null, null, null] }));
        Assert.Equal(Faults.Mismatch, Fault(new() { Given = [Columns("w")] }));
        Assert.Equal(Faults.Mismatch, Fault(new() { Given = [Columns("w"), Columns("z"), null, null], Sampled = 1 }));
    }

    [Fact]
    public void Accuracy_is_the_share_of_the_candidates_that_are_judged_rightly()
    {
        // Of ten candidates four are shown, three wanted, two of them shown: one is missing and two are shown in vain.
        Assert.Equal(0.7, Metrics.OfList([5, 6, 7, 8], c => c is 5 or 7 or 9, 3, 4, 10).Accuracy, 12);
        var train = InteractionReader.Read(["a x y z w", "b x y"]);
        var report = Evaluator.Run(Prior.Popularity(train), train, HeldOut.Align(train, InteractionReader.Read(["b z"])), 1);
        Assert.Equal(1, report.Accuracy.Mean);
    }

    [Fact]
    public void People_without_a_training_event_are_strangers()
    {
        var train = InteractionReader.Read(["a x y", "b", "c z"]);
        var held = HeldOut.Align(train, InteractionReader.Read(["a z", "b x new", "d x"])).OnlyKnown(train);
        Assert.Equal(2, held.Strangers);
        Assert.Equal(0, Assert.Single(Evaluator.Run(Prior.Popularity(train), train, held, 1).People).User);
    }

    [Fact]
    public void The_bootstrap_interval_holds_the_mean_and_narrows_with_more_people()
    {
        var random = new SeededRandom(1);
        var few = Report.Bootstrap([.. Enumerable.Range(0, 50).Select(_ => random.Unit())]);
        var many = Report.Bootstrap([.. Enumerable.Range(0, 5000).Select(_ => random.Unit())]);
        Assert.True(few.Low < few.Mean && few.Mean < few.High);
        Assert.InRange((few.High - few.Low) / (many.High - many.Low), 6, 16);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Report.Bootstrap([])).Code);
    }
}
