using Salus.Recommender.Privacy;

namespace Salus.Recommender.Tests.Privacy;

public sealed class PrivacyTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void RE_20_the_budget_pays_release_by_release_and_refuses_when_it_is_spent()
    {
        var budget = new PrivacyBudget(1, 1e-6);
        for (var n = 0; n < 10; n++) budget.Spend($"release {n}", 0.1);
        Assert.Equal(Faults.BudgetSpent, Assert.Throws<RecommenderException>(() => budget.Spend("one more", 0.001)).Code);
        Assert.Equal(10, budget.Ledger.Count);
        Assert.Equal(0, budget.EpsilonLeft, 9);
        Assert.Equal(Faults.BudgetSpent, Assert.Throws<RecommenderException>(() => new PrivacyBudget(1, 1e-6).Spend("delta", 0.1, 1e-5)).Code);
    }

    [Fact]
    public void A_refused_release_costs_nothing_shows_nothing_and_a_kept_ledger_is_gone_on_with()
    {
        var budget = new PrivacyBudget(1);
        var drawn = 0;
        var counts = new NoisyCounts(budget, () => { drawn++; return 0.5; });
        Assert.Throws<RecommenderException>(() => counts.Laplace("too dear", 10, 1, 2));
        Assert.Equal((0, 1), (drawn, budget.EpsilonLeft));
        counts.Laplace("fine", 10, 1, 0.7);
        var later = new PrivacyBudget(1, earlier: budget.Ledger);
        Assert.Equal(0.3, later.EpsilonLeft, 9);
        Assert.Equal(Faults.BudgetSpent, Assert.Throws<RecommenderException>(() => later.Spend("x", 0.4)).Code);
    }

    [Fact]
    public void Many_threads_cannot_spend_more_than_there_is()
    {
        var budget = new PrivacyBudget(1);
        var paid = 0;
        Parallel.For(0, 200, n =>
        {
            try { budget.Spend("r", 0.05); Interlocked.Increment(ref paid); }
            catch (RecommenderException) { }
        });
        Assert.Equal(20, paid);
    }

    [Fact]
    public void Noise_has_the_spread_its_theorem_asks_for_and_no_bias()
    {
        var random = new SeededRandom(1);
        var counts = new NoisyCounts(new(1e9, 0.9), () => Math.Max(1e-12, random.Unit()));
        var laplace = Enumerable.Range(0, 40_000).Select(_ => counts.Laplace("l", 100, 2, 0.5) - 100).ToArray();
        Assert.Equal(0, laplace.Average(), 0.15);
        Assert.Equal(Math.Sqrt(2) * 4, Math.Sqrt(laplace.Average(x => x * x)), 0.2);
        var gauss = Enumerable.Range(0, 20_000).Select(_ => counts.Gaussian("g", 100, 2, 0.5, 1e-5) - 100).ToArray();
        Assert.Equal(0, gauss.Average(), 1);
        Assert.Equal(2 * Math.Sqrt(2 * Math.Log(1.25e5)) / 0.5, Math.Sqrt(gauss.Average(x => x * x)), 0.5);
        Assert.Contains(new NoisyCounts(new(100)).Laplace("secure", 0, 1, 1), Enumerable.Range(-40 * 1024, 80 * 1024).Select(n => n / 1024.0));
    }

    [Fact]
    public void A_person_with_many_contributions_counts_for_few_and_small_counts_are_not_shown()
    {
        var pairs = Enumerable.Range(0, 50).Select(n => ($"p{n}", "flu")).Concat(Enumerable.Range(0, 1000).Select(n => ("one", n % 2 == 0 ? "rare" : "zoster"))).Append(("p1", "not a key"));
        var counts = new NoisyCounts(new(10), () => 0.5).Histogram("topics", pairs, ["flu", "rare", "zoster", "none"], 1, 5, 1);
        Assert.Equal(50, Assert.Single(counts).Value);
        Assert.Equal("flu", counts.Keys.Single());
        var all = new NoisyCounts(new(10), () => 0.5).Histogram("topics", pairs, ["flu", "rare", "zoster"], 1, 1, 1);
        Assert.Equal(["flu", "rare"], all.Keys.Order());
    }

    [Fact]
    public void Mechanisms_outside_their_range_are_refused_before_they_cost()
    {
        var budget = new PrivacyBudget(1);
        var counts = new NoisyCounts(budget);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => counts.Gaussian("g", 1, 1, 1, 1e-6)).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => counts.Laplace("l", 1, 0, 1)).Code);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => counts.Laplace("l", double.NaN, 1, 1)).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => counts.Laplace("l", 1, 1, -1)).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => new PrivacyBudget(0)).Code);
        Assert.Empty(budget.Ledger);
    }

    [Fact]
    public void Only_what_enough_people_share_is_shown()
    {
        Assert.Equal([1, 2, 3], KAnonymity.Shared([1, 2, 3, 14], n => n < 10 ? "small" : "large", 2));
        Assert.Equal(7, KAnonymity.Count(7, 5));
        Assert.Equal(Faults.TooFew, Assert.Throws<RecommenderException>(() => KAnonymity.Count(4, 5)).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => KAnonymity.Shared([1], n => "", 1)).Code);
    }

    [Fact]
    public void RE_21_pseudonyms_are_the_same_under_one_key_and_purpose_and_unlike_under_another()
    {
        var names = new Pseudonyms(Key, "training");
        Assert.Equal(names.Of("anna@example.org"), new Pseudonyms([.. Key], "training").Of("anna@example.org"));
        Assert.Equal(22, names.Of("x").Length);
        string[] others = [names.Of("anna@example.net"), new Pseudonyms(Key, "log").Of("anna@example.org"), new Pseudonyms([.. Key.Reverse()], "training").Of("anna@example.org")];
        Assert.Equal(3, others.Distinct().Count());
        Assert.DoesNotContain(names.Of("anna@example.org"), others);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => new Pseudonyms([1], "x")).Code);
    }

    [Fact]
    public void What_an_export_leaves_out_takes_others_with_it_until_every_person_and_every_item_has_enough()
    {
        // A chain: each person's fourth item is shared with the next one only, and the last has too few from the start.
        var builder = new InteractionBuilder();
        for (var u = 0; u < 6; u++)
            foreach (var item in new[] { $"a{u}", $"a{u + 1}" }) builder.Add($"u{u}", item);
        using var nothing = new StringWriter();
        Assert.Equal(0, TrainingExport.Write(builder.Build(), new(Key, "export"), nothing, 2));
        Assert.Equal("user\titem\tweight\ttime\n", nothing.ToString());

        using var text = new StringWriter();
        Assert.True(TrainingExport.Write(Planted.Random(40, 40, 0.2, 3), new(Key, "export"), text, 6) > 20);
        var written = InteractionReader.Read(text.ToString().Split('\n'));
        Assert.All(written.Matrix.RowCounts(), c => Assert.True(c >= 6));
        Assert.All(written.Matrix.ColumnCounts(), c => Assert.True(c >= 6));
    }

    [Theory]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    public void An_identifier_that_would_break_a_line_is_refused_and_nothing_is_written(string item)
    {
        var builder = new InteractionBuilder();
        for (var u = 0; u < 5; u++)
            for (var i = 0; i < 5; i++) builder.Add($"u{u}", i == 4 ? item : $"i{i}");
        using var text = new StringWriter();
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => TrainingExport.Write(builder.Build(), new(Key, "export"), text)).Code);
        Assert.Empty(text.ToString());
    }

    [Fact]
    public void A_ledger_with_entries_no_release_could_have_made_is_refused_and_so_is_a_key_that_stands_twice()
    {
        foreach (var (epsilon, delta) in new[] { (double.NaN, 0), (-1, 0), (0.1, -0.5), (0.1, double.NaN), (double.PositiveInfinity, 0) })
            Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => new PrivacyBudget(1, 0.1, [new("r", epsilon, delta, default)])).Code);
        var budget = new PrivacyBudget(1);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => new NoisyCounts(budget).Histogram("r", [], ["a", "b", "a"], 1, 5, 0.5)).Code);
        Assert.Empty(budget.Ledger);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_has_no_pseudonym() =>
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => new Pseudonyms(Key, "x").Of("a\udc00")).Code);

    [Fact]
    public void RE_22_an_export_holds_no_planted_name_no_exact_time_and_only_the_columns_it_lists()
    {
        string[] planted = ["Anna Kowalska", "anna@example.org", "+48 600 700 800", "PESEL 44051401359"];
        var builder = new InteractionBuilder();
        for (var u = 0; u < 40; u++)
            for (var i = 0; i < 6; i++) builder.Add(planted[u % 4] + (u < 4 ? "" : $" {u}"), $"clinic-{i}", time: 1_700_000_123 + u);
        builder.Add("someone else", "clinic-0");
        builder.Add(planted[0], "the only one");
        using var text = new StringWriter();
        var written = TrainingExport.Write(builder.Build(), new(Key, "export"), text);
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("user\titem\tweight\ttime", lines[0]);
        Assert.Equal(240, written);
        Assert.Equal(241, lines.Length);
        foreach (var name in planted.SelectMany(p => p.Split(' ')).Append("someone").Append("the only one").Append("1700000123")) Assert.DoesNotContain(name, text.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.All(lines.Skip(1), l => Assert.Equal(0, long.Parse(l.Split('\t')[3], System.Globalization.CultureInfo.InvariantCulture) % 86_400));
        Assert.Equal(40, lines.Skip(1).Select(l => l.Split('\t')[0]).Distinct().Count());
        Assert.Equal(40, InteractionReader.Read(lines).Users.Count);
    }
}
