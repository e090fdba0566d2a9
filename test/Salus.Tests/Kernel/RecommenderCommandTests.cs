using System.Diagnostics;
using Salus.Cli;

namespace Salus.Tests.Recommending;

/// <summary>The recommender at the command line, over files; what it computes is tested in its own suite.</summary>
public sealed class RecommenderCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("salus-recommender-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Place(string name) => Path.Combine(folder, name);

    private string Write(string name, IEnumerable<string> lines)
    {
        File.WriteAllLines(Place(name), lines);
        return Place(name);
    }

    /// <summary>Two circles of twelve people over six items each; everybody misses one item of theirs, which the test file holds.</summary>
    private (string Train, string Test) Circles()
    {
        var people = Enumerable.Range(0, 24).Select(u => (Name: $"Ω{u}", Own: Enumerable.Range(u / 12 * 6, 6).Select(i => $"clinic-{i}").ToArray(), Missing: u % 6)).ToArray();
        return (Write("train.txt", people.Select(p => $"{p.Name} {string.Join(' ', p.Own.Where((_, i) => i != p.Missing))}")), Write("test.txt", people.Select(p => $"{p.Name} {p.Own[p.Missing]}")));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("ease")]
    public async Task Evaluate_writes_each_persons_list_best_first(string model)
    {
        var (train, test) = Circles();
        Assert.Equal(0, await Commands.Run(["recommender", "evaluate", "--train", train, "--test", test, "--k", "3", "--model", model, "--out", Place("lists.tsv")]));
        var lists = File.ReadAllLines(Place("lists.tsv"));
        Assert.Equal(24, lists.Length);
        Assert.Equal(["Ω0", "clinic-0"], lists[0].Split('\t')[..2]);
        Assert.All(lists, l => Assert.Equal(4, l.Split('\t').Length));
        Assert.Equal(["lists.tsv", "test.txt", "train.txt"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_trained_model_recommends_to_people_it_has_never_seen()
    {
        var (train, _) = Circles();
        Assert.Equal(0, await Commands.Run(["recommender", "train", "--train", train, "--to", Place("model"), "--model", "graph-filter"]));
        var people = Write("people.tsv", ["new\tclinic-6", "new\tclinic-7", "new\tnever heard of"]);
        Assert.Equal(0, await Commands.Run(["recommender", "recommend", "--from", Place("model"), "--events", people, "--k", "2", "--out", Place("out.tsv")]));
        var list = Assert.Single(File.ReadAllLines(Place("out.tsv"))).Split('\t');
        Assert.Equal("new", list[0]);
        Assert.Equal(3, list.Length);
        Assert.All(list[1..], i => Assert.Contains(i, new[] { "clinic-8", "clinic-9", "clinic-10", "clinic-11" }));
    }

    [Fact]
    public async Task What_is_known_of_items_and_people_reaches_those_without_events()
    {
        var (train, _) = Circles();
        var items = Write("items.tsv", Enumerable.Range(0, 14).Select(i => $"clinic-{i}\tspeciality={(i % 12 < 6 ? "eye" : "tooth")}\tprice:visit=5000"));
        Assert.Equal(0, await Commands.Run(["recommender", "train", "--train", train, "--to", Place("model"), "--model", "content", "--features", items]));
        // clinic-12 and clinic-13 are in no event; the second person is in none either.
        var people = Write("people.tsv", ["new\tclinic-6"]);
        Assert.Equal(0, await Commands.Run(["recommender", "recommend", "--from", Place("model"), "--events", people, "--k", "14", "--out", Place("out.tsv")]));
        var list = Assert.Single(File.ReadAllLines(Place("out.tsv"))).Split('\t');
        Assert.Equal(["clinic-12", "clinic-13"], list[1..].Where(i => i is "clinic-12" or "clinic-13").Order());
        var said = Write("said.tsv", ["new\tspeciality=eye"]);
        Assert.Equal(0, await Commands.Run(["recommender", "recommend", "--from", Place("model"), "--events", Write("stranger.tsv", ["new\tnever heard of"]), "--people-features", said, "--k", "8", "--out", Place("said-out.tsv")]));
        Assert.Equal(Enumerable.Range(0, 6).Append(12).Append(13).Select(i => $"clinic-{i}").Order(), File.ReadAllText(Place("said-out.tsv")).Trim().Split('\t')[1..].Order());
        // A clinic that opened since the fit.
        var more = Write("more.tsv", ["clinic-new\tspeciality=tooth"]);
        Assert.Equal(0, await Commands.Run(["recommender", "recommend", "--from", Place("model"), "--events", people, "--features", more, "--k", "6", "--out", Place("more-out.tsv")]));
        Assert.Contains("clinic-new", File.ReadAllText(Place("more-out.tsv")).Trim().Split('\t'));
        Assert.Equal(0, await Commands.Run(["recommender", "train", "--train", train, "--to", Place("plain"), "--model", "ease"]));
        Assert.Equal(2, await Commands.Run(["recommender", "recommend", "--from", Place("plain"), "--events", people, "--people-features", said, "--k", "3", "--out", Place("no.tsv")]));
        Assert.Equal(2, await Commands.Run(["recommender", "train", "--train", train, "--to", Place("no"), "--people-features", said]));
        Assert.False(File.Exists(Place("no")) || File.Exists(Place("no.tsv")));
    }

    /// <summary>As it is started by a person, with what it says.</summary>
    internal static (int Code, string Out, string Error) Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "salus.dll"), "recommender", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text, error.GetAwaiter().GetResult());
    }

    [Fact]
    public void Evaluate_splits_by_itself_prints_its_measures_and_says_when_candidates_are_a_sample()
    {
        var timed = Write("timed.tsv", Enumerable.Range(0, 24).SelectMany(u => Enumerable.Range(0, 6).Select(i => $"Ω{u}\tclinic-{u / 12 * 6 + (i + u) % 6}\t5\t{1000 + 10 * i + u % 3}")));
        var groups = Write("groups.tsv", Enumerable.Range(0, 12).Select(i => $"clinic-{i}\t{(i < 6 ? "north" : "south")}"));
        var whole = Start("evaluate", "--train", timed, "--split", "leave-out:1", "--k", "1", "--model", "ease", "--groups", groups, "--out", Place("lists.tsv"));
        Assert.Equal(0, whole.Code);
        Assert.StartsWith("24 people, 12 items, 120 training events; candidates: all items a person has not taken;", whole.Out, StringComparison.Ordinal);
        Assert.Contains("recall@1           1.0000   [1.0000, 1.0000]", whole.Out, StringComparison.Ordinal);
        Assert.Contains("accuracy@1         1.0000", whole.Out, StringComparison.Ordinal);
        Assert.Contains("mix off by (nats)   0.0000", whole.Out, StringComparison.Ordinal);
        Assert.Contains("exposure           0.5000   of 0.5000 of the catalogue: north", whole.Out, StringComparison.Ordinal);
        var sampled = Start("evaluate", "--train", timed, "--split", "temporal:0.2", "--k", "1", "--model", "ease", "--sampled", "3", "--out", Place("lists.tsv"));
        Assert.Equal(0, sampled.Code);
        Assert.Contains("SAMPLED candidates: what was held out and 3 others", sampled.Out, StringComparison.Ordinal);
        Assert.Contains("recall@1/3", sampled.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("exposure", sampled.Out, StringComparison.Ordinal);
        Assert.Equal(["groups.tsv", "lists.sampled-3.tsv", "lists.tsv", "timed.tsv"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_one_line_and_code_1_before_anything_is_fitted()
    {
        var (train, test) = Circles();
        Directory.CreateDirectory(Place("folder"));
        string[][] wrong =
        [
            // What is to be read is not there either: it has not been looked at yet.
            ["train", "--train", Place("none"), "--to", Place("no/such/model")], ["train", "--train", Place("none"), "--to", Place("folder")],
            ["evaluate", "--train", Place("none"), "--test", test, "--out", Place("no/lists.tsv")], ["recommend", "--from", Place("none"), "--events", train, "--out", Place("no/lists.tsv")],
            ["train", "--train", Place("none"), "--to", ""],
        ];
        foreach (var arguments in wrong)
        {
            var (code, text, error) = Start(arguments);
            Assert.Equal((1, ""), (code, text));
            Assert.StartsWith("file: ", error, StringComparison.Ordinal);
            Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        Assert.Empty(Directory.GetFileSystemEntries(Place("folder")));
        // Where the lists are what cannot be written, the table has been printed before.
        var tab = Start("evaluate", "--train", Write("tab", ["c,z", "c,w", "a,x\ty", "a,z", "b,x\ty", "b,w"]), "--split", "leave-out:1", "--k", "3", "--model", "popularity", "--out", Place("lists.tsv"));
        Assert.Equal(2, tab.Code);
        Assert.Contains("recall@3", tab.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Place("lists.tsv")));
    }

    [Fact]
    public async Task What_is_wrong_gives_exit_code_2_and_no_file()
    {
        var (train, test) = Circles();
        var damaged = Write("damaged", ["SALUS-REC but no model"]);
        string[][] wrong =
        [
            ["evaluate", "--train", train, "--test", test, "--k", "13"], ["evaluate", "--train", train, "--test", test, "--k", "0"], ["evaluate", "--train", Place("none"), "--test", test],
            ["evaluate", "--train", train, "--test", test, "--model", "oracle"], ["evaluate", "--train", train, "--test", train], ["recommend", "--from", damaged, "--events", train],
            ["train", "--train", Write("empty", [""]), "--to", Place("model")], ["evaluate", "--train", train], ["evaluate", "--train", train, "--test", test, "--split", "leave-out:1"],
            ["evaluate", "--train", train, "--split", "leave-out:some"], ["evaluate", "--train", train, "--split", "temporal:0.2"], ["evaluate", "--train", train, "--test", test, "--sampled", "0"],
            ["evaluate", "--train", train, "--test", test, "--groups", Write("bad-groups", ["clinic-1"])], ["evaluate", "--train", train, "--test", test, "--features", Write("bad-features", ["clinic-1\tx"])],
            ["evaluate", "--train", train, "--test", test, "--model", "content"], ["evaluate", "--train", Write("tab", ["c,z", "c,w", "a,x\ty", "a,z", "b,x\ty", "b,w"]), "--split", "leave-out:1", "--k", "3", "--model", "popularity"],
        ];
        foreach (var arguments in wrong) Assert.Equal(2, await Commands.Run(["recommender", .. arguments, .. arguments[0] == "train" ? Array.Empty<string>() : ["--out", Place("out.tsv")]]));
        Assert.False(File.Exists(Place("out.tsv")));
        Assert.False(File.Exists(Place("model")));
        Assert.DoesNotContain(Directory.GetFiles(folder), f => f.EndsWith(".part", StringComparison.Ordinal));
    }
}
