using System.CommandLine;
using System.Globalization;
using System.Text;
using Salus.Recommender;
using Salus.Recommender.Experiments;

namespace Salus.Cli;

/// <summary><c>salus recommender experiment</c>: who gets which arm, and what a log of impressions says of the arms.</summary>
internal static class RecommenderExperiments
{
    /// <summary>What came of one impression.</summary>
    private sealed record Outcome(double Reward, double? Target, double? Predicted, double? Expected);

    public static Command Build() => new("experiment", "Comparisons of rankers between people") { Assign(), Estimate() };

    private static Command Assign()
    {
        var name = new Option<string>("--name") { Required = true, Description = "The experiment; another name deals all people anew" };
        var arms = new Option<string[]>("--arm") { Required = true, Description = "An arm and its share, such as control=0.5; once for each, and the shares add up to 1" };
        var key = new Option<string>("--key-file") { Required = true, Description = "A file of at least 16 bytes nobody else has, taken as they are" };
        var people = new Option<string>("--people") { Required = true, Description = "A person in each line" };
        var stopped = new Option<string[]>("--stopped") { Description = "An arm that is dealt no more; its people are dealt among the others, nobody else moves" };
        var output = new Option<string?>("--out") { Description = "Write to this file: person and arm with a tab between" };
        return RecommenderCommands.Make("assign", "Deal people to arms by a keyed hash: the same person has the same arm at every call", run =>
        {
            if (run.Parsed.GetValue(output) is { } place) WholeFile.Check(place);
            var experiment = new Experiment(run.Parsed.GetValue(name)!, [.. run.Parsed.GetValue(arms)!.Select(Share)], TabFile.Key(run.Parsed.GetValue(key)!));
            var gone = run.Parsed.GetValue(stopped)?.ToHashSet(StringComparer.Ordinal) ?? [];
            var text = new StringBuilder();
            foreach (var (_, cells) in TabFile.Read(run.Parsed.GetValue(people)!, "A person", 1)) text.Append(CultureInfo.InvariantCulture, $"{cells[0]}\t{experiment.ArmOf(cells[0], gone)}\n");
            if (run.Parsed.GetValue(output) is { } path) RecommenderCommands.Write(path, text);
            else Console.Out.Write(text);
        }, name, arms, key, people, stopped, output);

        static (string, double) Share(string text)
        {
            var at = text.LastIndexOf('=');
            return at > 0 && double.TryParse(text[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
                ? (text[..at], share)
                : throw new RecommenderException(Faults.Range, "--arm is a name and a share, such as control=0.5.");
        }
    }

    private static Command Estimate()
    {
        var name = new Option<string>("--name") { Required = true, Description = "The experiment" };
        var log = new Option<string>("--log") { Required = true, Description = $"Impressions, as the log of impressions holds them: {string.Join(", ", ImpressionLog.Columns)}, with tabs between" };
        var outcomes = new Option<string>("--outcomes") { Required = true, Description = "What came of an impression: person, item, time, reward and, for another ranker's estimate, the probability with which that one would have shown the item and, for the doubly robust one, the reward predicted for the item and that expected of the other ranker. An impression without a line earned nothing" };
        var control = new Option<string?>("--control") { Description = "The arm to compare with; with --treatment and --effect" };
        var treatment = new Option<string?>("--treatment") { Description = "The arm that is compared" };
        var effect = new Option<double?>("--effect") { Description = "The difference of mean rewards the test should be quickest for" };
        var weight = new Option<double>("--most-weight") { DefaultValueFactory = _ => double.PositiveInfinity, Description = "Cut the weights of impressions here: some bias for less variance" };
        return RecommenderCommands.Make("estimate", "Say what each arm earned, what another ranker would have earned, and whether two arms differ; may be looked at any time", run =>
        {
            var given = new object?[] { run.Parsed.GetValue(control), run.Parsed.GetValue(treatment), run.Parsed.GetValue(effect) }.Count(o => o is not null);
            if (given is not (0 or 3)) throw new RecommenderException(Faults.Range, "--control, --treatment and --effect go together.");
            var came = Read(run.Parsed.GetValue(outcomes)!);
            TabFile.Exists(run.Parsed.GetValue(log)!);
            var shown = ImpressionLog.Read(run.Parsed.GetValue(log)!).Where(i => i.Experiment == run.Parsed.GetValue(name)).ToList();
            if (shown.Count == 0) throw new RecommenderException(Faults.Empty, "The log has no impression of that experiment.");
            Outcome? Of(Impression i) => came.GetValueOrDefault((i.Person, i.Item, i.Time));
            // Nothing is printed before all of it is known to be right.
            using var to = new StringWriter { NewLine = "\n" };
            to.WriteLine("arm\tpeople\timpressions\treward");
            foreach (var arm in shown.GroupBy(i => i.Arm, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{arm.Key}\t{arm.DistinctBy(i => i.Person).Count()}\t{arm.Count()}\t{arm.Average(i => Of(i)?.Reward ?? 0):F4}"));
            Others(to, shown, Of, run.Parsed.GetValue(weight));
            if (given == 3) Test(to, shown, i => Of(i)?.Reward ?? 0, run.Parsed.GetValue(control)!, run.Parsed.GetValue(treatment)!, run.Parsed.GetValue(effect)!.Value);
            Console.Out.Write(to);
        }, name, log, outcomes, control, treatment, effect, weight);
    }

    private static Dictionary<(string, string, long), Outcome> Read(string path)
    {
        var found = new Dictionary<(string, string, long), Outcome>();
        foreach (var (line, c) in TabFile.Read(path, "A person, an item, a time and a reward", 4, 7))
        {
            if (!long.TryParse(c[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)) throw TabFile.Wrong(line, "The time is not a whole number of seconds.");
            double? Cell(int at, string what) => c.Length > at ? TabFile.Number(line, c[at], what) : null;
            if (c.Length == 6) throw TabFile.Wrong(line, "A predicted reward needs the expected one beside it.");
            var outcome = new Outcome(Cell(3, "The reward")!.Value, Cell(4, "The probability"), Cell(5, "The predicted reward"), Cell(6, "The expected reward"));
            if (!found.TryAdd((c[0], c[1], time), outcome)) throw TabFile.Wrong(line, "The impression stands there twice.");
        }
        return found;
    }

    /// <summary>What another ranker would have earned, if the file says what it would have done: for every impression, since one left out would count as never shown by it.</summary>
    private static void Others(StringWriter to, List<Impression> shown, Func<Impression, Outcome?> of, double weight)
    {
        var known = shown.Select(i => (Impression: i, Came: of(i))).ToList();
        if (known.All(k => k.Came?.Target is null)) return;
        if (known.Any(k => k.Came?.Target is null)) throw new RecommenderException(Faults.Mismatch, "The probability of the other ranker must stand there for every impression of the experiment, or for none.");
        var choices = known.Select(k => new LoggedChoice(k.Impression.Propensity, k.Came!.Target!.Value, k.Came.Reward, k.Came.Predicted ?? 0, k.Came.Expected ?? 0)).ToList();
        to.WriteLine("estimate\treward\terror\tworth");
        Line("inverse-propensity", OffPolicy.InversePropensity(choices, weight));
        if (known.All(k => k.Came!.Predicted is not null)) Line("doubly-robust", OffPolicy.DoublyRobust(choices, weight));

        void Line(string name, OffPolicyEstimate e) => to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{e.Value:F4}\t{e.Error:F4}\t{e.EffectiveSize:F1}"));
    }

    /// <summary>One outcome for each person, the mean of their rewards, in the order people came. Whoever saw both arms says nothing of either.</summary>
    private static void Test(StringWriter to, List<Impression> shown, Func<Impression, double> reward, string control, string treatment, double effect)
    {
        foreach (var arm in new[] { control, treatment })
            if (shown.All(i => i.Arm != arm)) throw new RecommenderException(Faults.Empty, $"The log has no impression of the arm {arm}.");
        var test = new SequentialTest(effect);
        var people = shown.Where(i => i.Arm == control || i.Arm == treatment).GroupBy(i => i.Person, StringComparer.Ordinal).OrderBy(g => g.Min(i => i.Time)).ToList();
        var both = people.RemoveAll(p => p.DistinctBy(i => i.Arm).Count() > 1);
        foreach (var person in people) test.Add(person.First().Arm == treatment, person.Average(reward));
        to.WriteLine("difference\tp-value\tpeople\tleft out");
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{test.Difference:F4}\t{test.PValue:F4}\t{people.Count}\t{both}"));
    }
}
