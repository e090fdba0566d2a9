using System.CommandLine;
using System.Globalization;
using System.Text;
using Salus.Recommender;
using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;
using Salus.Recommender.Training;

namespace Salus.Cli;

/// <summary>The recommender at the command line, over files of events: no database is opened. Tables go to standard output, sentences to standard error.</summary>
public static class RecommenderCommands
{
    private static readonly Option<string> Train = new("--train") { Required = true, Description = "Events to learn from: 'user item item ...' in each line, or user, item, rating, time with tabs or commas" };
    private static readonly Option<string> Model = new("--model") { DefaultValueFactory = _ => "auto", Description = "auto chooses on a validation split cut from the training data; or " + string.Join(", ", Recipes.All.Select(r => r.Name)) };
    private static readonly Option<int> K = new("--k") { DefaultValueFactory = _ => 20, Description = "Length of the lists" };
    private static readonly Option<string?> Out = new("--out") { Description = "Write each person's list to this file: user, tab, items in order with commas between" };
    private static readonly Option<long> Seed = new("--seed") { DefaultValueFactory = _ => 1, Description = "What random starts and splits are drawn from" };
    private static readonly Option<int> Threads = new("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount, Description = "Cores to use; the result does not depend on it" };
    private static readonly Option<double?> MinRating = new("--min-rating") { Description = "Leave out rows with a lower rating" };

    public static Command Build()
    {
        var test = new Option<string>("--test") { Required = true, Description = "Events to be found, in any of the same forms" };
        var evaluate = Make("evaluate", "Fit a model and measure its lists against held-out events, ranked over all items", p => Evaluate(p, test), Train, test, Model, K, Out, Seed, Threads, MinRating);
        var to = new Option<string>("--to") { Required = true, Description = "The file to write the model to" };
        var train = Make("train", "Fit a model and write it to a file", p => Fit(p, to), Train, to, Model, K, Seed, Threads, MinRating);
        var from = new Option<string>("--from") { Required = true, Description = "A file written by train" };
        var events = new Option<string>("--events") { Required = true, Description = "What each person took, in any of the same forms; they need not have been in the training data" };
        var recommend = Make("recommend", "Write the list of each person in a file of events", p => Recommend(p, from, events), from, events, K, Out, Threads);
        var modelled = new Option<string?>("--from") { Description = "A file written by train; a made-up catalogue when it is not given" };
        var asked = new Option<string?>("--events") { Description = "People to make lists for, with --from" };
        var madeUp = new Option<int>("--items") { DefaultValueFactory = _ => 100_000, Description = "Size of the made-up catalogue" };
        var speed = Make("speed", "Measure how fast a model answers, for one person and for many", p => Speed(p, modelled, asked, madeUp), modelled, asked, madeUp, K, Threads);
        return new Command("recommender", "Recommendations from files of events; see docs/recommender.md") { evaluate, train, recommend, speed };
    }

    private static Command Make(string name, string about, Action<Run> run, params Option[] options)
    {
        var command = new Command(name, about);
        foreach (var option in options) command.Add(option);
        command.SetAction((parsed, ct) => Task.Run(() =>
        {
            try
            {
                run(new(parsed, ct));
                return 0;
            }
            catch (RecommenderException fault)
            {
                Console.Error.WriteLine($"{fault.Code}: {fault.Message}");
                return 1;
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("Stopped; nothing was written.");
                return 130;
            }
        }, CancellationToken.None));
        return command;
    }

    private sealed record Run(ParseResult Parsed, CancellationToken Stop)
    {
        public int Cut => Parsed.GetValue(K);
        public Workers Workers => new(Parsed.GetValue(Threads), Stop);
        public Interactions Read(Option<string> file) => InteractionReader.Read(Parsed.GetValue(file)!, leastRating: Parsed.CommandResult.Command.Options.Contains(MinRating) ? Parsed.GetValue(MinRating) : null);

        public Model Fitted(Interactions data)
        {
            var fitting = new Fitting(Workers, (ulong)Parsed.GetValue(Seed));
            var name = Parsed.GetValue(Model)!;
            if (name != "auto") return Recipes.Find(name).Fit(data, fitting);
            var choice = ModelTrainer.Choose(data, Recipes.For(data), Cut, fitting, Console.Error.WriteLine);
            Console.Error.WriteLine($"chosen: {string.Join(" + ", choice.Parts)}");
            return choice.Model;
        }
    }

    private static void Evaluate(Run run, Option<string> test)
    {
        var data = run.Read(Train).Checked();
        var held = HeldOut.Align(data, run.Read(test));
        if (run.Cut < 1 || run.Cut > data.Items.Count) throw new RecommenderException(Faults.Range, $"--k must lie within 1 and the size of the catalogue, {data.Items.Count}.");
        var watch = Cpu();
        var model = run.Fitted(data);
        var fit = Cpu() - watch;
        var lists = new StringBuilder();
        watch = Cpu();
        var report = Evaluator.Run(model, data, held, run.Cut, run.Workers, (user, list) => Line(lists, data.Users[user], list.Select(i => data.Items[i])));
        if (run.Parsed.GetValue(Out) is { } path) Write(path, lists.ToString());
        Table(report, data, fit, Cpu() - watch);
    }

    private static void Fit(Run run, Option<string> to)
    {
        ModelFile.Save(run.Fitted(run.Read(Train).Checked()), run.Parsed.GetValue(to)!);
        Console.Error.WriteLine("The model is written.");
    }

    private static void Recommend(Run run, Option<string> from, Option<string> events)
    {
        var model = ModelFile.Load(run.Parsed.GetValue(from)!);
        if (run.Cut < 1 || run.Cut > model.Items.Count) throw new RecommenderException(Faults.Range, $"--k must lie within 1 and the size of the catalogue, {model.Items.Count}.");
        var data = InteractionReader.Read(run.Parsed.GetValue(events)!);
        var lists = Ranker.Rank(model, new(Over(model, data)), run.Cut, run.Workers);
        var text = new StringBuilder();
        for (var u = 0; u < lists.Length; u++) Line(text, data.Users[u], lists[u].Select(i => model.Items[i]));
        if (run.Parsed.GetValue(Out) is { } path) Write(path, text.ToString());
        else Console.Out.Write(text);
    }

    private static void Speed(Run run, Option<string?> from, Option<string?> events, Option<int> items)
    {
        if (run.Parsed.GetValue(from) is not { } path)
        {
            var data = RecommenderSpeed.MadeUp(run.Parsed.GetValue(items));
            var cpu = Cpu();
            var filter = GraphFilter.Fit(data, new() { Rank = 128 }, new(run.Workers));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"made-up: {data.Users.Count} people, {data.Matrix.Count} events; graph filter of rank 128 fitted in {Cpu() - cpu:F1} CPU seconds"));
            RecommenderSpeed.Run(filter, data.Matrix, run.Cut, run.Workers);
            return;
        }
        var model = ModelFile.Load(path);
        RecommenderSpeed.Run(model, Over(model, InteractionReader.Read(run.Parsed.GetValue(events) ?? throw new RecommenderException(Faults.Range, "--events must be given with --from."))), run.Cut, run.Workers);
    }

    /// <summary>Events over the catalogue of a model; items it has never seen say nothing to it.</summary>
    private static SparseMatrix Over(Model model, Interactions data) => SparseMatrix.FromRows([.. Enumerable.Range(0, data.Users.Count)
        .Select(u => (IReadOnlyList<(int, float)>)[.. data.Matrix.Row(u).ToArray().Select(i => model.Items.Find(data.Items[i])).Where(i => i >= 0).Select(i => (i, 1f))])], model.Items.Count);

    private static void Line(StringBuilder text, string user, IEnumerable<string> items) => text.Append(user).Append('\t').AppendJoin(',', items).Append('\n');

    /// <summary>Beside its place first: a run that is stopped leaves no half of a file.</summary>
    private static void Write(string path, string text)
    {
        var beside = path + ".part";
        File.WriteAllText(beside, text);
        File.Move(beside, path, overwrite: true);
    }

    private static double Cpu() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static void Table(Report report, Interactions data, double fit, double rank)
    {
        void Row(string name, Estimate e) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {e.Mean,8:F4}   [{e.Low:F4}, {e.High:F4}]"));
        void One(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {value,8:F4}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.People.Count} people, {data.Items.Count} items, {data.Matrix.Count} training events; candidates: all items a person has not taken; 95 % intervals by bootstrap over people"));
        Row($"recall@{report.K}", report.Recall);
        Row($"ndcg@{report.K}", report.Ndcg);
        Row($"precision@{report.K}", report.Precision);
        Row($"hit-rate@{report.K}", report.HitRate);
        Row($"map@{report.K}", report.Map);
        Row($"mrr@{report.K}", report.Mrr);
        One("coverage", report.Coverage);
        One("novelty (bits)", report.Novelty);
        One("diversity", report.Diversity);
        One("gini", report.Gini);
        One("top 1 % share", report.TopHundredthShare);
        if (report.Strangers > 0) Console.WriteLine($"not measured: {report.Strangers} people of the test data who are not in the training data");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU seconds: fit {fit:F1}, rank and measure {rank:F1}"));
    }
}
