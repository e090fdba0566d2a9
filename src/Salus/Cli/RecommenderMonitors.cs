using System.CommandLine;
using System.Globalization;
using Salus.Recommender;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Models;
using Salus.Recommender.Monitoring;

namespace Salus.Cli;

/// <summary><c>salus recommender drift</c> and <c>bias</c>: what has moved since, and who is served badly.</summary>
internal static class RecommenderMonitors
{
    public static Command Drift()
    {
        var baseline = new Option<string>("--baseline") { Required = true, Description = "How it was: 'segment feature value' in each line with tabs between, such as north, age, 41; a model's score may be a feature" };
        var current = new Option<string>("--current") { Required = true, Description = "How it is now, in the same form" };
        return RecommenderCommands.Make("drift", "Say how far each feature has moved in each segment: population stability index, a warning from 0.1, an alarm from 0.25", run =>
        {
            var lines = Recommender.Monitoring.Drift.Report(Values(run.Parsed.GetValue(baseline)!), Values(run.Parsed.GetValue(current)!));
            Console.WriteLine("segment\tfeature\tindex\tlevel\tbaseline\tcurrent");
            foreach (var l in lines)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{l.Segment}\t{l.Feature}\t{(double.IsInfinity(l.Index) ? "-" : l.Index.ToString("F4", CultureInfo.InvariantCulture))}\t{l.Level switch
                {
                    DriftLevel.Alarm => "alarm",
                    DriftLevel.Warning => "warning",
                    _ => "steady",
                }}\t{l.Baseline}\t{l.Current}"));
        }, baseline, current);
    }

    private static List<(string, string, double)> Values(string path) =>
        TabFile.Read(path, "A segment, a feature and a value", 3).Select(r => (r.Cells[0], r.Cells[1], TabFile.Number(r.Line, r.Cells[2], "The value"))).ToList();

    /// <param name="k">Length of the lists.</param>
    /// <param name="threads">Cores to use.</param>
    public static Command Bias(Option<int> k, Option<int> threads)
    {
        var from = new Option<string>("--from") { Required = true, Description = "A file written by train" };
        var events = new Option<string>("--events") { Required = true, Description = "What each person had taken, in any of the forms of --train" };
        var test = new Option<string>("--test") { Required = true, Description = "What they took afterwards, in any of the same forms" };
        var groups = new Option<string>("--groups") { Required = true, Description = "The group of each person, 'person group' with a tab between, such as a region or an age band" };
        var least = new Option<int>("--least") { DefaultValueFactory = _ => 20, Description = "Groups of fewer people are gathered into one; that too is shown only if it has so many" };
        return RecommenderCommands.Make("bias", "Say how well a model serves each group of people, the worst served first", run =>
        {
            if (run.Parsed.GetValue(least) < 2) throw new RecommenderException(Faults.Range, "--least must be at least 2: a line about one person is about that person.");
            var group = TabFile.Pairs(run.Parsed.GetValue(groups)!, "A person and their group");
            var model = ModelFile.Load(run.Parsed.GetValue(from)!);
            run.CheckCut(model.Items.Count);
            var data = run.Read(run.Parsed.GetValue(events)!);
            var histories = data with { Items = model.Items, Matrix = RecommenderCommands.Over(model, data), Times = null };
            var report = Evaluator.Run(model, histories, HeldOut.Align(histories, run.Read(run.Parsed.GetValue(test)!)).OnlyKnown(histories), run.Cut, run.Workers);
            var lines = Fairness.ByPeople(report, u => group.GetValueOrDefault(histories.Users[u], "(none)"), run.Parsed.GetValue(least));
            if (lines.Count == 0) throw new RecommenderException(Faults.TooFew, "No group has as many people as must stand behind a line.");
            Console.WriteLine($"group\tpeople\tndcg@{run.Cut}\tlow\thigh\tgap\toutside");
            foreach (var l in lines)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{l.Group}\t{l.People}\t{l.Ndcg.Mean:F4}\t{l.Ndcg.Low:F4}\t{l.Ndcg.High:F4}\t{l.Gap:F4}\t{(l.Unequal ? "yes" : "no")}"));
        }, from, events, test, groups, k, threads, least);
    }
}
