using Salus.Recommender.Experiments;

namespace Salus.Recommender.Tests.Experiments;

public sealed class ImpressionLogTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    private static Impression Shown(int n, double propensity = 0.25) => new("ranker", n % 2 == 0 ? "old" : "new", $"Ω{n}", $"clinic {n}", 1 + n % 5, propensity, 1_700_000_000 + n);

    [Fact]
    public void What_was_added_is_read_back_in_order_across_openings_and_becomes_an_estimate()
    {
        var all = Enumerable.Range(0, 40).Select(n => Shown(n, 1 / (n + 3.0))).ToArray();
        using (var log = new ImpressionLog(path)) log.Append(all[..25]);
        using (var log = new ImpressionLog(path))
        {
            log.Append(all[25..]);
            // While it is open for adding.
            Assert.Equal(all, ImpressionLog.Read(path));
        }
        var choices = ImpressionLog.Choices(ImpressionLog.Read(path), i => i.Arm == "new" ? 0.5 : 0, i => i.Position == 1 ? 1 : 0);
        Assert.Equal(all.Select(i => i.Propensity), choices.Select(c => c.Logged));
        Assert.Equal(all.Where(i => i.Arm == "new" && i.Position == 1).Sum(i => 0.5 / i.Propensity) / 40, OffPolicy.InversePropensity(choices).Value, 1e-9);
    }

    [Fact]
    public void A_line_that_a_crash_cut_short_is_no_impression_and_does_not_spoil_the_next()
    {
        using (var log = new ImpressionLog(path)) log.Append([Shown(1), Shown(2)]);
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. whole, .. "ranker\told\tΩ3\tcli"u8]);
        Assert.Equal([Shown(1), Shown(2)], ImpressionLog.Read(path));
        using (var log = new ImpressionLog(path)) log.Append([Shown(4)]);
        Assert.Equal([Shown(1), Shown(2), Shown(4)], ImpressionLog.Read(path));
    }

    [Fact]
    public void What_would_break_a_line_or_an_estimate_is_refused_with_all_that_came_with_it()
    {
        using (var log = new ImpressionLog(path))
        {
            Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => log.Append([Shown(1), Shown(2, 0)])).Code);
            Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => log.Append([Shown(1), Shown(2) with { Item = "a\tb" }])).Code);
            Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => log.Append([Shown(2) with { Person = "\ud800" }])).Code);
        }
        Assert.Empty(File.ReadAllBytes(path));
        File.WriteAllText(path, "ranker\told\tp\ti\tfirst\t0.5\t1\n");
        Assert.Contains("Line 1", Assert.Throws<RecommenderException>(() => ImpressionLog.Read(path).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_add_whole_lines()
    {
        using (var log = new ImpressionLog(path)) Parallel.For(0, 200, n => log.Append([Shown(n), Shown(n + 1000)]));
        Assert.Equal(400, ImpressionLog.Read(path).Distinct().Count());
    }
}
