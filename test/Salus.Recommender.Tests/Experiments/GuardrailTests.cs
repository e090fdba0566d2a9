using Salus.Recommender.Experiments;

namespace Salus.Recommender.Tests.Experiments;

public sealed class GuardrailTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    /// <summary>Whether the guardrail ever stops, asked after every outcome.</summary>
    private static bool EverStops(ulong seed, int people, double level, double treated, Func<SeededRandom, int, double> control, Func<SeededRandom, int, double> treatment, double margin = 0)
    {
        var (random, guard) = (new SeededRandom(seed), new Guardrail("visits kept", margin, level));
        for (var n = 0; n < people && !guard.Stopped; n++)
        {
            var isTreatment = random.Unit() < treated;
            guard.Add(isTreatment, (isTreatment ? treatment : control)(random, n));
        }
        return guard.Stopped;
    }

    private static double Coin(SeededRandom random, double chance) => random.Unit() < chance ? 1 : 0;

    [Theory]
    [InlineData(0.2, 0, true)]
    [InlineData(0.4, 0, false)]
    [InlineData(0.27, 0.1, false)]
    [InlineData(0.15, 0.1, true)]
    public void It_stops_an_arm_that_harms_by_more_than_the_margin_and_no_other(double treatment, double margin, bool stops)
    {
        var (random, guard) = (new SeededRandom(4), new Guardrail("visits kept", margin));
        for (var n = 0; n < 6000; n++)
        {
            var isTreatment = n % 2 == 0;
            guard.Add(isTreatment, Coin(random, isTreatment ? treatment : 0.3));
        }
        Assert.Equal(stops, guard.Stopped);
        Assert.Equal("visits kept", guard.Measure);
    }

    /// <summary>A false alarm in at most a tenth of the runs, each looked at after each of 1500 people: even shares, few treated, rare outcomes, a course both arms share, outcomes that are no
    /// coins, and an arm that is worse by exactly what is tolerated. 400 runs: 40 expected at most, 60 would be three deviations more.</summary>
    [Fact]
    public void A_look_after_every_person_does_not_cry_wolf_more_often_than_the_level_says()
    {
        (double Treated, Func<SeededRandom, int, double> Control, Func<SeededRandom, int, double> Treatment, double Margin)[] equals =
        [
            (0.5, (r, _) => Coin(r, 0.3), (r, _) => Coin(r, 0.3), 0),
            (0.1, (r, _) => Coin(r, 0.5), (r, _) => Coin(r, 0.5), 0),
            (0.5, (r, _) => Coin(r, 0.01), (r, _) => Coin(r, 0.01), 0),
            (0.5, (r, n) => Coin(r, 0.2 + n / 3000.0), (r, n) => Coin(r, 0.2 + n / 3000.0), 0),
            (0.3, (r, _) => 0.5, (r, _) => r.Unit(), 0),
            (0.5, (r, _) => Coin(r, 0.5), (r, _) => Coin(r, 0.4), 0.1),
        ];
        foreach (var (treated, control, treatment, margin) in equals)
            Assert.InRange(Enumerable.Range(0, 400).Count(s => EverStops((ulong)s, 1500, 0.1, treated, control, treatment, margin)), 0, 60);
    }

    [Fact]
    public void A_true_harm_is_found_with_even_shares_and_with_few_treated()
    {
        Assert.Equal(30, Enumerable.Range(0, 30).Count(s => EverStops((ulong)s, 4000, 0.01, 0.5, (r, _) => Coin(r, 0.4), (r, _) => Coin(r, 0.25))));
        Assert.Equal(30, Enumerable.Range(0, 30).Count(s => EverStops((ulong)s, 8000, 0.01, 0.1, (r, _) => Coin(r, 0.4), (r, _) => Coin(r, 0.2))));
    }

    [Fact]
    public void An_arm_in_which_nobody_comes_while_everybody_did_is_stopped_though_nothing_varies()
    {
        var guard = new Guardrail("visits kept");
        for (var n = 0; n < 60; n++) guard.Add(n % 2 == 0, n % 2 == 0 ? 0 : 1);
        Assert.True(guard.Stopped);
        var equal = new Guardrail("visits kept");
        for (var n = 0; n < 6000; n++) equal.Add(n % 2 == 0, 1);
        Assert.False(equal.Stopped);
        Assert.Equal(1, equal.Evidence, 12);
        // The test both ways sees it too.
        var test = new SequentialTest(0.05);
        for (var n = 0; n < 100; n++) test.Add(n % 2 == 0, n % 2 == 0 ? 0 : 1);
        Assert.True(test.PValue < 0.001);
    }

    [Fact]
    public void An_arm_that_was_much_better_first_is_not_stopped_for_being_a_hair_worse_in_the_end()
    {
        var (guard, test) = (new Guardrail("visits kept", level: 0.05), new SequentialTest(0.05));
        void Both(bool isTreatment, double outcome)
        {
            guard.Add(isTreatment, outcome);
            test.Add(isTreatment, outcome);
        }
        // 150 better, then 152 worse: all in all a difference of two people of 302, after the difference had been proven the other way.
        for (var n = 0; n < 150; n++)
        {
            Both(true, n % 4 == 0 ? 0 : 1);
            Both(false, n % 4 == 0 ? 1 : 0);
        }
        for (var n = 0; n < 152; n++)
        {
            Both(true, n % 4 == 0 ? 1 : 0);
            Both(false, n % 4 == 0 ? 0 : 1);
        }
        Assert.True(test.PValue < 0.05 && test.Difference < 0);
        Assert.False(guard.Stopped);
        Assert.True(guard.Evidence < 1);
    }

    [Fact]
    public void Guardrails_and_outcomes_without_sense_are_refused()
    {
        foreach (var make in new Func<Guardrail>[] { () => new("x", -1), () => new("x", double.NaN), () => new("x", level: 0), () => new("x", level: 1), () => new("x", low: 1, high: 1), () => new("x", high: double.PositiveInfinity) })
            Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(make).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => new Guardrail("x").Add(true, 1.1)).Code);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => new Guardrail("x").Add(true, double.NaN)).Code);
    }

    [Fact]
    public void A_stopped_arm_is_dealt_no_more_its_people_go_by_the_shares_and_nobody_else_moves()
    {
        var experiment = new Experiment("ranker", [("old", 0.5), ("new", 0.2), ("newer", 0.3)], Key);
        var people = Enumerable.Range(0, 20_000).Select(n => $"p{n}").ToArray();
        var one = new HashSet<string> { "new" };
        var two = new HashSet<string> { "new", "newer" };
        Assert.DoesNotContain(people, p => experiment.ArmOf(p, one) == "new");
        Assert.All(people.Where(p => experiment.ArmOf(p) != "new"), p => Assert.Equal(experiment.ArmOf(p), experiment.ArmOf(p, one)));
        var moved = people.Where(p => experiment.ArmOf(p) == "new").ToArray();
        Assert.InRange(moved.Count(p => experiment.ArmOf(p, one) == "old") / (double)moved.Length, 0.59, 0.66);
        Assert.All(people.Where(p => experiment.ArmOf(p, one) != "newer"), p => Assert.Equal(experiment.ArmOf(p, one), experiment.ArmOf(p, two)));
        Assert.All(people, p => Assert.Equal("old", experiment.ArmOf(p, two)));
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => experiment.ArmOf("p", new HashSet<string> { "old", "new", "newer" })).Code);
    }
}
