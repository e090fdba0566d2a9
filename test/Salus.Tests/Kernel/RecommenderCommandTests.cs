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
        Assert.Equal("clinic-0", lists[0].Split('\t')[1].Split(',')[0]);
        Assert.All(lists, l => Assert.Equal(3, l.Split('\t')[1].Split(',').Length));
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
        Assert.All(list[1].Split(','), i => Assert.Contains(i, new[] { "clinic-8", "clinic-9", "clinic-10", "clinic-11" }));
    }

    [Fact]
    public async Task What_is_wrong_gives_exit_code_1_and_no_file()
    {
        var (train, test) = Circles();
        var damaged = Write("damaged", ["SALUS-REC but no model"]);
        string[][] wrong =
        [
            ["evaluate", "--train", train, "--test", test, "--k", "13"], ["evaluate", "--train", train, "--test", test, "--k", "0"], ["evaluate", "--train", Place("none"), "--test", test],
            ["evaluate", "--train", train, "--test", test, "--model", "oracle"], ["evaluate", "--train", train, "--test", train], ["recommend", "--from", damaged, "--events", train],
            ["train", "--train", Write("empty", [""]), "--to", Place("model")],
        ];
        foreach (var arguments in wrong) Assert.Equal(1, await Commands.Run(["recommender", .. arguments, .. arguments[0] == "train" ? Array.Empty<string>() : ["--out", Place("out.tsv")]]));
        Assert.False(File.Exists(Place("out.tsv")));
        Assert.False(File.Exists(Place("model")));
    }
}
