using Salus.Recommender.Monitoring;

namespace Salus.Recommender.Tests.Monitoring;

public sealed class MonitoringTests
{
    private static double[] Normal(double mean, int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => mean + random.Normal())];
    }

    [Fact]
    public void RE_18_the_index_is_small_without_drift_and_warns_and_alarms_with_it()
    {
        var baseline = Normal(0, 5000, 1);
        Assert.Equal(DriftLevel.Steady, Drift.Level(Drift.OfNumbers(baseline, Normal(0, 5000, 2))));
        Assert.Equal(DriftLevel.Warning, Drift.Level(Drift.OfNumbers(baseline, Normal(0.4, 5000, 3))));
        Assert.Equal(DriftLevel.Alarm, Drift.Level(Drift.OfNumbers(baseline, Normal(1, 5000, 4))));
        Assert.Equal(0, Drift.OfNumbers(baseline, baseline), 12);
    }

    [Fact]
    public void The_index_of_categories_is_the_one_worked_out_by_hand_and_new_categories_count()
    {
        var then = Enumerable.Repeat("a", 60).Concat(Enumerable.Repeat("b", 40)).ToArray();
        var now = Enumerable.Repeat("a", 40).Concat(Enumerable.Repeat("b", 60)).ToArray();
        Assert.Equal(0.4 * Math.Log(1.5), Drift.OfCategories(then, now), 12);
        Assert.True(Drift.OfCategories(then, [.. then, .. Enumerable.Repeat("new", 50)]) > 0.25);
        Assert.InRange(Drift.OfNumbers([1, 1, 1, 1], [1, 1, 1]), -1e-9, 1e-9);
    }

    [Fact]
    public void A_report_names_the_segment_and_feature_that_moved_most_first()
    {
        IEnumerable<(string, string, double)> Rows(double north) => Normal(north, 2000, 5).Select(v => ("north", "score", v)).Concat(Normal(0, 2000, 6).Select(v => ("south", "score", v)));
        var report = Drift.Report(Rows(0), Rows(1));
        Assert.Equal(("north", DriftLevel.Alarm, 2000), (report[0].Segment, report[0].Level, report[0].Current));
        Assert.Equal(("south", DriftLevel.Steady), (report[1].Segment, report[1].Level));
    }

    [Fact]
    public void A_feature_that_has_vanished_is_an_alarm_and_one_that_is_new_a_warning()
    {
        var report = Drift.Report([("north", "score", 1), ("north", "distance", 2), ("north", "distance", 3)], [("north", "score", 1), ("north", "price", 4)]);
        Assert.Equal([("distance", DriftLevel.Alarm, 2, 0), ("price", DriftLevel.Warning, 0, 1), ("score", DriftLevel.Steady, 1, 1)], report.Select(l => (l.Feature, l.Level, l.Baseline, l.Current)));
        Assert.Equal([double.PositiveInfinity, double.PositiveInfinity, 0], report.Select(l => l.Index));
    }

    [Fact]
    public void Nothing_to_compare_and_numbers_that_are_none_are_refused()
    {
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Drift.OfNumbers([], [1])).Code);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => Drift.OfNumbers([1], [double.NaN])).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Drift.OfNumbers([1], [1], 1)).Code);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => Calibration.OfMix([], ["a"])).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => Calibration.OfPredictions([(1.5, true)])).Code);
    }

    [Fact]
    public void RE_19_a_group_that_is_served_worse_is_named_and_a_group_of_a_few_is_not_shown_alone()
    {
        var people = Enumerable.Range(0, 300).Select(u => new PersonResult(u, [0], new(0, 0, 0, 0, 0, u % 3 == 0 ? 0.1 + u % 7 * 0.01 : 0.6 + u % 5 * 0.01))).ToArray();
        var report = Report.Of(people, Planted.Random(300, 5, 0.5, 1), 1, 0);
        var lines = Fairness.ByPeople(report, u => u < 4 ? "village" : u % 3 == 0 ? "old" : "young");
        Assert.Equal("old", lines[0].Group);
        Assert.True(lines[0].Unequal && lines[0].Gap < -0.2);
        Assert.DoesNotContain(lines, l => l.Group is "village" or "(few)");
        Assert.Contains(Fairness.ByPeople(report, u => u < 60 ? $"hamlet {u / 6}" : "town"), l => l.Group == "(few)" && l.People == 60);
    }

    [Fact]
    public void Exposure_is_weighed_by_place_and_compared_with_the_share_of_the_catalogue()
    {
        var lines = Fairness.ByItems([[0, 1], [0, 2]], i => i < 2 ? "old" : "new", 4);
        var last = 1 / Math.Log2(3);
        Assert.Equal(["new", "old"], lines.Select(l => l.Group));
        Assert.Equal(last / (2 + 2 * last), lines[0].Shown, 12);
        Assert.Equal(0.5, lines[0].Catalogue);
        Assert.Equal(1, lines.Sum(l => l.Shown), 12);
    }

    [Fact]
    public void A_list_with_the_persons_own_mix_is_calibrated_and_one_without_is_not()
    {
        Assert.Equal(0, Calibration.OfMix(["a", "a", "b"], ["b", "a", "a"]), 3);
        Assert.True(Calibration.OfMix(["a", "a", "b"], ["b", "b", "b"]) > 1);
        Assert.Equal(0, Calibration.OfPredictions([(0.5, true), (0.5, false)]), 12);
        Assert.Equal(0.9, Calibration.OfPredictions([(0.9, false), (0.9, false)]), 12);
    }
}
