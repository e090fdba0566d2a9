using System.Globalization;

namespace Salus.Tests.Recommending;

/// <summary>The commands around the recommender, as a person starts them: what leaves the house, what is watched, experiments, and how far a fit is.</summary>
public sealed class RecommenderToolTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("salus-recommender-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Place(string name) => Path.Combine(folder, name);

    private string Write(string name, params IEnumerable<string> lines)
    {
        File.WriteAllLines(Place(name), lines);
        return Place(name);
    }

    /// <summary>A refusal: code 2, nothing on standard output, one sentence that begins with its code.</summary>
    private static void Refused(string code, params string[] arguments)
    {
        var (exit, text, error) = RecommenderCommandTests.Start(arguments);
        Assert.Equal((2, ""), (exit, text));
        Assert.StartsWith($"{code}: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>The lines of a table, without its heading, cells apart.</summary>
    private static string[][] Table(params string[] arguments)
    {
        var (exit, text, error) = RecommenderCommandTests.Start(arguments);
        Assert.True(exit == 0, error);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];
    }

    private string Key() => Write("key", "0123456789abcdef0123456789abcdef");

    /// <summary>Two circles of twelve people over six items each, without the one each person takes later.</summary>
    private (string Train, string Test) Circles()
    {
        var people = Enumerable.Range(0, 24).Select(u => (Name: $"Ω{u}", Own: Enumerable.Range(u / 12 * 6, 6).Select(i => $"clinic-{i}").ToArray(), Missing: u % 6)).ToArray();
        return (Write("train.txt", people.Select(p => $"{p.Name} {string.Join(' ', p.Own.Where((_, i) => i != p.Missing))}")), Write("test.txt", people.Select(p => $"{p.Name} {p.Own[p.Missing]}")));
    }

    [Fact]
    public void RE_21_RE_22_an_export_holds_pseudonyms_items_and_days_and_nobody_who_stands_out()
    {
        // Everybody takes six items; Maria Rossi alone takes a seventh, and Rare Person one only.
        var events = Write("events.tsv", [.. Enumerable.Range(0, 6).SelectMany(u => Enumerable.Range(0, 6).Select(i => $"{(u == 0 ? "Maria Rossi" : $"person-{u}")}\tclinic-{i}\t5\t{1_700_000_000 + u}")),
            "Maria Rossi\talone\t5\t1700000000", "Rare Person\tclinic-0\t5\t1700000000"]);
        string[] Export(string to, string purpose = "research")
        {
            var (exit, text, error) = RecommenderCommandTests.Start("export", "--events", events, "--key-file", Key(), "--purpose", purpose, "--least", "5", "--to", Place(to));
            Assert.Equal((0, ""), (exit, text));
            Assert.Equal("36 of 38 events are written; columns: user, item, weight, time.", error.Trim());
            return File.ReadAllLines(Place(to));
        }
        var lines = Export("one.tsv");
        Assert.Equal("user\titem\tweight\ttime", lines[0]);
        Assert.Equal(37, lines.Length);
        Assert.All(lines[1..], l => Assert.Equal("1699920000", l.Split('\t')[3]));
        foreach (var gone in new[] { "Maria", "Rossi", "person-", "Rare", "alone" }) Assert.DoesNotContain(gone, File.ReadAllText(Place("one.tsv")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(lines, Export("again.tsv"));
        Assert.Empty(lines[1..].Select(l => l.Split('\t')[0]).Intersect(Export("other.tsv", "other")[1..].Select(l => l.Split('\t')[0])));

        string[] plain = ["export", "--events", events, "--purpose", "x", "--to", Place("no.tsv"), "--key-file"];
        Refused("options.range", [.. plain, Write("short", "too short")]);
        Refused("data.empty", [.. plain, Place("none")]);
        Refused("options.range", [.. plain, Key(), "--least", "1"]);
        Refused("privacy.too-few", [.. plain, Key(), "--least", "7"]);
        Assert.False(File.Exists(Place("no.tsv")));
    }

    [Fact]
    public void RE_18_drift_says_what_has_moved_in_which_segment()
    {
        var then = Write("then.tsv", [.. Enumerable.Range(0, 100).SelectMany(n => new[] { $"north\tage\t{n}", $"south\tage\t{n}" }), "north\tgone\t1"]);
        var now = Write("now.tsv", Enumerable.Range(0, 100).SelectMany(n => new[] { $"north\tage\t{n + 60}", $"south\tage\t{n}" }));
        var table = Table("drift", "--baseline", then, "--current", now);
        Assert.Equal(["segment", "feature", "index", "level", "baseline", "current"], table[0]);
        Assert.Equal(["north", "gone", "-", "alarm", "1", "0"], table[1]);
        Assert.Equal(["north", "age", "alarm", "100", "100"], table[2].Where((_, c) => c != 2));
        Assert.True(double.Parse(table[2][2], CultureInfo.InvariantCulture) > 0.25);
        Assert.Equal(["south", "age", "0.0000", "steady", "100", "100"], table[3]);
        Refused("data.malformed", "drift", "--baseline", then, "--current", Write("words.tsv", "north\tage\told"));
        Refused("data.malformed", "drift", "--baseline", then, "--current", Write("two.tsv", "north\tage"));
        Refused("data.empty", "drift", "--baseline", then, "--current", Place("none"));
    }

    [Fact]
    public void RE_19_bias_shows_each_group_of_people_the_worst_served_first_and_none_that_is_small()
    {
        // Nobody in the south takes what a model could find: their later item is one of the other circle.
        var (train, _) = Circles();
        var test = Write("later.txt", Enumerable.Range(0, 24).Select(u => $"Ω{u} clinic-{u % 6}"));
        Assert.Equal(0, RecommenderCommandTests.Start("train", "--train", train, "--to", Place("model"), "--model", "ease").Code);
        string[] asked = ["bias", "--from", Place("model"), "--events", train, "--test", test, "--k", "1", "--groups", Write("groups.tsv", Enumerable.Range(0, 23).Select(u => $"Ω{u}\t{(u < 12 ? "north" : "south")}"))];
        var table = Table([.. asked, "--least", "10"]);
        Assert.Equal(["group", "people", "ndcg@1", "low", "high", "gap", "outside"], table[0]);
        Assert.Equal([["south", "11", "0.0000", "0.0000", "0.0000", "-0.5000", "yes"], ["north", "12", "1.0000", "1.0000", "1.0000", "0.5000", "yes"]], table[1..]);
        Refused("privacy.too-few", [.. asked, "--least", "30"]);
        Refused("options.range", [.. asked, "--least", "1"]);
        Refused("data.malformed", [.. asked[..^1], Write("twice.tsv", "Ω1\tnorth", "Ω1\tsouth")]);
    }

    [Fact]
    public void RE_20_noisy_counts_are_paid_from_a_budget_that_refuses_when_it_is_spent()
    {
        var (train, _) = Circles();
        string[] asked = ["noisy", "--events", train, "--items", Write("items.txt", "clinic-0", "clinic-11", "nobody's"), "--release", "people by clinic", "--most-each", "6", "--threshold", "5", "--budget", Place("budget.tsv")];
        Refused("data.empty", [.. asked, "--epsilon", "500"]);
        // So little noise that the counts are what they are: ten people each.
        Assert.Equal([["clinic-0", "10"], ["clinic-11", "10"]], Table([.. asked, "--epsilon", "500", "--budget-epsilon", "800"]));
        Assert.Equal(["people by clinic", "500", "0"], File.ReadAllLines(Place("budget.tsv"))[1].Split('\t')[1..]);
        var before = File.ReadAllText(Place("budget.tsv"));
        Refused("privacy.budget-spent", [.. asked, "--epsilon", "500", "--out", Place("counts.tsv")]);
        Refused("options.range", [.. asked, "--epsilon", "100", "--budget-epsilon", "9000"]);
        Refused("options.range", [.. asked, "--epsilon", "-1"]);
        Assert.Equal(before, File.ReadAllText(Place("budget.tsv")));
        Assert.False(File.Exists(Place("counts.tsv")));
        File.AppendAllText(Place("budget.tsv"), "half a li");
        Refused("data.malformed", [.. asked, "--epsilon", "1"]);
    }

    [Fact]
    public void RE_17_people_keep_their_arm_and_only_those_of_a_stopped_arm_move()
    {
        var people = Write("people.txt", Enumerable.Range(0, 60).Select(u => $"person {u}"));
        string[] asked = ["experiment", "assign", "--name", "order", "--arm", "control=0.5", "--arm", "new=0.3", "--arm", "newer=0.2", "--key-file", Key(), "--people", people];
        var arms = Table(asked);
        Assert.Equal(60, arms.Length);
        Assert.Equal(["control", "new", "newer"], arms.Select(a => a[1]).Distinct().Order());
        Assert.Equal(arms, Table(asked));
        Assert.All(arms.Zip(Table([.. asked, "--stopped", "new"])), p => Assert.True(p.First[1] == "new" ? p.Second[1] != "new" : p.Second[1] == p.First[1]));
        Refused("options.range", "experiment", "assign", "--name", "order", "--arm", "control=half", "--key-file", Key(), "--people", people);
        Refused("options.range", "experiment", "assign", "--name", "order", "--arm", "control=0.5", "--key-file", Key(), "--people", people);
        Refused("options.range", "experiment", "assign", "--name", "order", "--arm", "control=1", "--key-file", Write("short", "x"), "--people", people);
    }

    [Fact]
    public void RE_17_a_log_of_impressions_says_what_each_arm_and_another_ranker_earned_and_whether_arms_differ()
    {
        // Forty people in each arm, one impression each: the new arm earns 1 every time, control nothing. The other ranker would have done what the new arm did.
        var log = Write("log.tsv", [.. Enumerable.Range(0, 80).Select(n => $"order\t{(n % 2 == 0 ? "control" : "new")}\tp{n}\tclinic\t1\t0.5\t{1000 + n}"), "another\tcontrol\tp0\tclinic\t1\t1\t9"]);
        var came = Write("came.tsv", Enumerable.Range(0, 80).Select(n => $"p{n}\tclinic\t{1000 + n}\t{n % 2}\t{n % 2}\t{n % 2}\t1"));
        string[] asked = ["experiment", "estimate", "--name", "order", "--log", log, "--outcomes"];
        var table = Table([.. asked, came, "--control", "control", "--treatment", "new", "--effect", "0.1"]);
        Assert.Equal([["arm", "people", "impressions", "reward"], ["control", "40", "40", "0.0000"], ["new", "40", "40", "1.0000"]], table[..3]);
        // Terms of 2 and 0, half each; their weights are worth (40 * 2)² / (40 * 2²) choices.
        Assert.Equal(["inverse-propensity", "1.0000", "0.1125", "40.0"], table[4]);
        Assert.Equal(["doubly-robust", "1.0000", "0.0000", "40.0"], table[5]);
        Assert.Equal([["difference", "p-value", "people", "left out"], ["1.0000", "0.0000", "80", "0"]], table[6..]);
        // Without what the other ranker would have done there is nothing to say of it; no line is no reward.
        Assert.Equal(3, Table([.. asked, Write("few.tsv", "p1\tclinic\t1001\t1")]).Length);
        Refused("options.range", [.. asked, came, "--control", "control"]);
        Refused("data.malformed", [.. asked, Write("cut.tsv", "p1\tclinic\t1001")]);
        Refused("data.malformed", [.. asked, Write("when.tsv", "p1\tclinic\tnoon\t1")]);
        Refused("data.mismatch", [.. asked, Write("some.tsv", "p1\tclinic\t1001\t1\t1")]);
        Refused("data.empty", "experiment", "estimate", "--name", "order", "--log", Place("none"), "--outcomes", came);
        Refused("data.empty", "experiment", "estimate", "--name", "unknown", "--log", log, "--outcomes", came);
    }

    [Fact]
    public void How_far_a_fit_is_stands_on_one_line_that_a_file_gets_only_when_it_is_asked_for()
    {
        var (train, test) = Circles();
        var quiet = RecommenderCommandTests.Start("train", "--train", train, "--to", Place("model"), "--model", "als");
        Assert.Equal((0, "The model is written."), (quiet.Code, quiet.Error.Trim()));
        foreach (var model in new[] { "als", "auto" })
        {
            var told = RecommenderCommandTests.Start("evaluate", "--train", train, "--test", test, "--k", "3", "--model", model, "--progress");
            Assert.Equal(0, told.Code);
            var shares = told.Error.Split('\r', '\n').Where(l => l.StartsWith("fit:", StringComparison.Ordinal)).Select(l => int.Parse(l[4..^1], CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal((0, 100), (shares[0], shares[^1]));
            Assert.Equal(shares.Order(), shares);
            Assert.DoesNotContain("fit:", told.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Candidates_of_a_published_split_are_ranked_alone_and_the_table_and_the_file_say_so()
    {
        // Leave one out, in the form of the published sets; item 99 is in nobody's events.
        var train = Write("train.rating", Enumerable.Range(0, 12).SelectMany(u => Enumerable.Range(0, 6).Where(i => i != u % 6).Select(i => $"{u}\t{u / 6 * 6 + i}\t5\t100")));
        var test = Write("test.rating", Enumerable.Range(0, 12).Select(u => $"{u}\t{u / 6 * 6 + u % 6}\t5\t200"));
        var negative = Write("test.negative", Enumerable.Range(0, 12).Select(u => $"({u},{u / 6 * 6 + u % 6})\t99\t{(u / 6 * 6 + 6 + u % 6) % 12}"));
        string[] asked = ["evaluate", "--train", train, "--test", test, "--k", "3", "--model", "ease", "--out", Place("lists.tsv")];
        var (code, text, error) = RecommenderCommandTests.Start([.. asked, "--candidates", negative]);
        Assert.True(code == 0, error);
        Assert.StartsWith("12 people, 13 items, 60 training events; SAMPLED candidates: those the split gives for each person;", text, StringComparison.Ordinal);
        Assert.Contains("hit-rate@3/given   1.0000", text, StringComparison.Ordinal);
        var lists = File.ReadAllLines(Place("lists.sampled-given.tsv"));
        Assert.Equal(["0", "6", "99"], lists[0].Split('\t')[1..].Order());
        Assert.Equal("0", lists[0].Split('\t')[1]);
        Assert.False(File.Exists(Place("lists.tsv")));
        Refused("options.range", [.. asked, "--candidates", negative, "--sampled", "3"]);
        Refused("data.malformed", [.. asked, "--candidates", Write("bad", "(0,25\t1\n(0)\t1")]);
        Refused("data.mismatch", [.. asked, "--candidates", Write("one", "(0,0)\t99")]);
    }
}
