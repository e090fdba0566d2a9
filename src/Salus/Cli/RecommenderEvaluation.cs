using System.CommandLine;
using System.Globalization;
using System.Text;
using Salus.Recommender;
using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Monitoring;

namespace Salus.Cli;

/// <summary><c>salus recommender evaluate</c>: what is held out, the table, and the file of lists.</summary>
internal static class RecommenderEvaluation
{
    public static void Run(RecommenderCommands.Run run, Option<string?> test, Option<string?> split, Option<int?> sampled, Option<string?> candidates, Option<string?> groups)
    {
        var sample = run.Parsed.GetValue(sampled);
        if (sample is < 1) throw new RecommenderException(Faults.Range, "--sampled must be at least 1.");
        var among = run.Parsed.GetValue(candidates);
        if (among is not null && (sample is not null || run.Parsed.GetValue(test) is null)) throw new RecommenderException(Faults.Range, "--candidates goes with --test, and not with --sampled.");
        var path = Labelled(run.OutPath, among is not null ? "given" : sample?.ToString(CultureInfo.InvariantCulture));
        // Before the fit, which may take minutes: whether there is anywhere to put the lists, and whether the groups can be read.
        if (path is not null) WholeFile.Check(path);
        var groupOf = run.Parsed.GetValue(groups) is { } file ? TabFile.Pairs(file, "An item and its group") : null;
        var given = among is null ? null : CandidateReader.Read(among);
        var (data, described) = run.Learned(given?.Values.SelectMany(c => c).Distinct(StringComparer.Ordinal));
        var (train, held) = HoldOut(run, data, run.Parsed.GetValue(test), run.Parsed.GetValue(split));
        run.CheckCut(train.Items.Count);
        var watch = RecommenderCommands.Cpu();
        var model = run.Fitted(train, described);
        var fit = RecommenderCommands.Cpu() - watch;
        var lists = new StringBuilder();
        watch = RecommenderCommands.Cpu();
        var report = Evaluator.Run(model, train, held, run.Cut, run.Workers, options: new()
        {
            People = described?.People, Sampled = sample, Seed = run.SeedOf,
            Given = given is null ? null : [.. train.Users.Names.Select(u => given.GetValueOrDefault(u)?.Select(train.Items.Find).ToArray())],
        });
        Table(report, train, fit, RecommenderCommands.Cpu() - watch);
        if (groupOf is not null) Mix(report, train, groupOf);
        if (path is null) return;
        foreach (var person in report.People) RecommenderCommands.Line(lists, train.Users[person.User], person.List.Select(i => train.Items[i]));
        RecommenderCommands.Write(path, lists);
    }

    /// <summary>Lists from a sample of the catalogue carry it in their name.</summary>
    private static string? Labelled(string? path, string? sample) => path is null || sample is null ? path
        : Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}.sampled-{sample}{Path.GetExtension(path)}");

    private static (Interactions Train, HeldOut Held) HoldOut(RecommenderCommands.Run run, Interactions data, string? test, string? split)
    {
        if ((test is null) == (split is null)) throw new RecommenderException(Faults.Range, "Either --test or --split must be given.");
        if (test is not null) return (data, HeldOut.Align(data, run.Read(test)));
        var parts = split!.Split(':', 2);
        var (train, held) = parts switch
        {
            ["leave-out", var k] when int.TryParse(k, NumberStyles.None, CultureInfo.InvariantCulture, out var each) => Split.LeaveOut(data, each, run.SeedOf + 6),
            ["temporal", var part] when double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) => Split.Temporal(data, Split.Moment(data, share)),
            _ => throw new RecommenderException(Faults.Range, "--split is leave-out:K, such as leave-out:1, or temporal:SHARE, such as temporal:0.2."),
        };
        return (train.Checked(), held.OnlyKnown(train));
    }

    private static void Table(Report report, Interactions data, double fit, double rank)
    {
        void Row(string name, Estimate e) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {e.Mean,8:F4}   [{e.Low:F4}, {e.High:F4}]"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.People.Count} people, {data.Items.Count} items, {data.Matrix.Count} training events; {report.Candidates}; 95 % intervals by bootstrap over people"));
        var mark = report.Given ? "/given" : report.Sampled is { } others ? string.Create(CultureInfo.InvariantCulture, $"/{others}") : "";
        Row($"recall@{report.K}{mark}", report.Recall);
        Row($"ndcg@{report.K}{mark}", report.Ndcg);
        Row($"precision@{report.K}{mark}", report.Precision);
        Row($"hit-rate@{report.K}{mark}", report.HitRate);
        Row($"map@{report.K}{mark}", report.Map);
        Row($"mrr@{report.K}{mark}", report.Mrr);
        Row($"accuracy@{report.K}{mark}", report.Accuracy);
        One("coverage", report.Coverage);
        One("novelty (bits)", report.Novelty);
        One("diversity", report.Diversity);
        One("gini", report.Gini);
        One("top 1 % share", report.TopHundredthShare);
        if (report.Strangers > 0) Console.WriteLine($"not measured: {report.Strangers} people of whom the training data has nothing");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU seconds: fit {fit:F1}, rank and measure {rank:F1}"));
    }

    private static void Mix(Report report, Interactions data, Dictionary<string, string> groups)
    {
        string Of(int item) => groups.GetValueOrDefault(data.Items[item], "(none)");
        var mixes = report.People.Where(p => p.List.Length > 0 && !data.Matrix.Row(p.User).IsEmpty)
            .Select(p => Calibration.OfMix([.. data.Matrix.Row(p.User).ToArray().Select(Of)], [.. p.List.Select(Of)])).ToArray();
        if (mixes.Length > 0) One("mix off by (nats)", mixes.Average());
        foreach (var line in Fairness.ByItems(report.People.Select(p => p.List), Of, data.Items.Count))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exposure         {line.Shown,8:F4}   of {line.Catalogue:F4} of the catalogue: {line.Group}"));
    }

    private static void One(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {value,8:F4}"));
}
