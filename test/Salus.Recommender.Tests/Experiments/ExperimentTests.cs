using Salus.Recommender.Experiments;

namespace Salus.Recommender.Tests.Experiments;

public sealed class ExperimentTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void RE_17_a_person_keeps_their_arm_and_the_shares_are_kept()
    {
        var experiment = new Experiment("ranker", [("old", 0.7), ("new", 0.3)], Key);
        var same = new Experiment("ranker", [("old", 0.7), ("new", 0.3)], [.. Key]);
        var people = Enumerable.Range(0, 20_000).Select(n => $"p{n}").ToArray();
        Assert.All(people.Take(500), p => Assert.Equal(experiment.ArmOf(p), same.ArmOf(p)));
        Assert.InRange(people.Count(p => experiment.ArmOf(p) == "new") / 20_000.0, 0.285, 0.315);
    }

    [Fact]
    public void Another_experiment_or_key_deals_anew()
    {
        var one = new Experiment("a", [("x", 0.5), ("y", 0.5)], Key);
        var two = new Experiment("b", [("x", 0.5), ("y", 0.5)], Key);
        var three = new Experiment("a", [("x", 0.5), ("y", 0.5)], [.. Key.Reverse()]);
        var people = Enumerable.Range(0, 10_000).Select(n => $"p{n}").ToArray();
        foreach (var other in new[] { two, three }) Assert.InRange(people.Count(p => one.ArmOf(p) == other.ArmOf(p)) / 10_000.0, 0.47, 0.53);
    }

    [Fact]
    public void Experiments_without_sense_are_refused()
    {
        string Fault(byte[] key, params (string, double)[] shares) => Assert.Throws<RecommenderException>(() => new Experiment("e", shares, key)).Code;
        Assert.Equal(Faults.Range, Fault(Key, ("a", 0.5)));
        Assert.Equal(Faults.Range, Fault(Key));
        Assert.Equal(Faults.Range, Fault(Key, ("a", 1.5), ("b", -0.5)));
        Assert.Equal(Faults.Malformed, Fault(Key, ("a", 0.5), ("a", 0.5)));
        Assert.Equal(Faults.Range, Fault([1, 2], ("a", 1)));
        foreach (var propensity in new[] { 0, 1.1, double.NaN })
            Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => new Impression("e", "a", "p", "i", 1, propensity, 0).Checked()).Code);
        Assert.Equal(1, new Impression("e", "a", "p", "i", 1, 1, 0).Checked().Propensity);
    }

    [Fact]
    public void A_team_draft_holds_both_lists_best_first_and_no_item_twice()
    {
        string[] a = ["1", "2", "3", "4"], b = ["3", "1", "5", "6"];
        for (ulong seed = 0; seed < 50; seed++)
        {
            var mixed = Interleaved.Draft(a, b, 6, seed);
            Assert.Equal(6, mixed.Items.Distinct().Count());
            Assert.Contains(mixed.Items[0], new[] { "1", "3" });
            foreach (var (list, team) in new[] { (a, true), (b, false) })
            {
                var picked = mixed.Items.Where((_, i) => mixed.FromFirst[i] == team).Select(i => Array.IndexOf(list, i)).ToArray();
                Assert.Equal(picked.Order(), picked);
            }
            Assert.InRange(mixed.FromFirst.Count(f => f), 2, 4);
        }
        Assert.Equal(["1"], Interleaved.Draft(["1"], ["1"], 5, 1).Items);
        Assert.Empty(Interleaved.Draft([], [], 5, 1).Items);
    }

    [Fact]
    public void Interleaving_is_fair_to_equals_and_finds_the_better_ranker()
    {
        string[] good = ["g1", "g2", "g3", "b1"], bad = ["b1", "b2", "b3", "g1"];
        var liked = new HashSet<string> { "g1", "g2", "g3" };
        Assert.True(Enumerable.Range(0, 400).Sum(s => Interleaved.Draft(good, bad, 4, (ulong)s).Winner(liked)) > 300);
        Assert.InRange(Enumerable.Range(0, 2000).Sum(s => Interleaved.Draft(good, ["b1", "b2", "g1", "g2"], 2, (ulong)s).Winner(new HashSet<string> { "nothing" })), 0, 0);
        // The same list on both sides: the coin alone decides whose the liked item is.
        Assert.InRange(Enumerable.Range(0, 2000).Sum(s => Interleaved.Draft(good, good, 3, (ulong)s).Winner(new HashSet<string> { "g1" })), -150, 150);
    }

    /// <summary>Two actions with known rewards, logged by a ranker that takes the first with probability 0.8; the target takes it with 0.3.</summary>
    private static LoggedChoice[] Log(ulong seed, double wrong = 0, bool wrongPropensity = false)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, 20_000).Select(_ =>
        {
            var first = random.Unit() < 0.8;
            var reward = random.Unit() < (first ? 0.2 : 0.6) ? 1 : 0;
            var (p, q) = (0.2 + wrong, 0.6 - wrong);
            return new LoggedChoice(wrongPropensity ? 0.5 : first ? 0.8 : 0.2, first ? 0.3 : 0.7, reward, first ? p : q, 0.3 * p + 0.7 * q);
        })];
    }

    [Fact]
    public void What_another_ranker_would_have_earned_is_found_from_the_log()
    {
        const double truth = 0.3 * 0.2 + 0.7 * 0.6;
        var ips = OffPolicy.InversePropensity(Log(1));
        var dr = OffPolicy.DoublyRobust(Log(1));
        Assert.InRange(Math.Abs(ips.Value - truth), 0, 4 * ips.Error);
        Assert.InRange(Math.Abs(dr.Value - truth), 0, 4 * dr.Error);
        Assert.True(dr.Error < ips.Error);
        Assert.InRange(ips.EffectiveSize, 1000, 19_999);
    }

    [Fact]
    public void Doubly_robust_is_right_when_either_half_is()
    {
        const double truth = 0.48;
        Assert.Equal(truth, OffPolicy.DoublyRobust(Log(2, wrong: 0.15)).Value, 0.03);
        Assert.Equal(truth, OffPolicy.DoublyRobust(Log(2, wrongPropensity: true)).Value, 0.03);
        Assert.NotEqual(truth, OffPolicy.InversePropensity(Log(2, wrongPropensity: true)).Value, 0.05);
    }

    [Fact]
    public void Clipped_weights_make_the_estimate_smaller_and_surer_and_bad_logs_are_refused()
    {
        Assert.True(OffPolicy.InversePropensity(Log(3), 2).Error < OffPolicy.InversePropensity(Log(3)).Error);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => OffPolicy.InversePropensity([new(1, 1, 1)])).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => OffPolicy.InversePropensity([new(0, 1, 1), new(1, 1, 1)])).Code);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => OffPolicy.DoublyRobust([new(1, 1, double.NaN), new(1, 1, 1)])).Code);
    }

    private static bool EverBelow(double level, double control, double treatment, ulong seed, int people)
    {
        var random = new SeededRandom(seed);
        var test = new SequentialTest(0.05);
        for (var n = 0; n < people; n++)
        {
            var isTreatment = random.Next() % 2 == 0;
            test.Add(isTreatment, random.Unit() < (isTreatment ? treatment : control) ? 1 : 0);
            if (test.PValue < level) return true;
        }
        return false;
    }

    [Fact]
    public void A_look_after_every_person_does_not_cry_wolf_and_a_true_difference_is_found()
    {
        Assert.InRange(Enumerable.Range(0, 200).Count(s => EverBelow(0.05, 0.3, 0.3, (ulong)s, 2000)), 0, 15);
        Assert.InRange(Enumerable.Range(0, 30).Count(s => EverBelow(0.05, 0.3, 0.4, (ulong)s, 4000)), 28, 30);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => new SequentialTest(0)).Code);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => new SequentialTest(1).Add(true, double.NaN)).Code);
    }
}
