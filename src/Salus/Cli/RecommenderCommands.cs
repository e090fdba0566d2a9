using System.CommandLine;
using System.Globalization;
using System.Text;
using Salus.Recommender;
using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Features;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;
using Salus.Recommender.Training;

namespace Salus.Cli;

/// <summary>The recommender at the command line, over files of events: no database is opened. Tables go to standard output, sentences to standard error.</summary>
public static class RecommenderCommands
{
    private static readonly Option<string> Train = new("--train") { Required = true, Description = "Events to learn from: 'user item item ...' in each line, or user, item, rating, time with tabs or commas" };
    private static readonly Option<string> Model = new("--model") { DefaultValueFactory = _ => "auto", Description = "auto chooses on a validation split cut from the training data; or " + string.Join(", ", Recipes.All.Select(r => r.Name)) + "; with --features also content, als-features" };
    private static readonly Option<int> K = new("--k") { DefaultValueFactory = _ => 20, Description = "Length of the lists" };
    private static readonly Option<string?> Out = new("--out") { Description = "Write each person's list to this file: user and items, best first, with tabs between" };
    private static readonly Option<long> Seed = new("--seed") { DefaultValueFactory = _ => 1, Description = "What random starts and splits are drawn from" };
    private static readonly Option<int> Threads = new("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount, Description = "Cores to use; the result does not depend on it" };
    private static readonly Option<double?> MinRating = new("--min-rating") { Description = "Leave out rows with a lower rating" };
    private static readonly Option<string?> Features = new("--features") { Description = "What is known of items: item, then kind:name=value cells with tabs between; items nobody has taken, or that came since the fit, are then in the catalogue" };
    private static readonly Option<string?> PeopleFeatures = new("--people-features") { Description = "What people say of themselves, in the same form, with the person first" };

    private static readonly Option<bool> Progress = new("--progress") { Description = "Say how far the fit is even where standard error is not a terminal" };

    public static Command Build()
    {
        var test = new Option<string?>("--test") { Description = "Events to be found, in any of the same forms" };
        var split = new Option<string?>("--split") { Description = "Instead of --test: leave-out:K holds out K events of each person (the latest, where times are known), temporal:SHARE the latest share of all" };
        var sampled = new Option<int?>("--sampled") { Description = "Rank what was held out among so many other items only; the table and the file of lists say so" };
        var groups = new Option<string?>("--groups") { Description = "The group of each item, 'item group' with a tab between: prints exposure by group, and how near the lists are to each person's own mix" };
        var candidates = new Option<string?>("--candidates") { Description = "Rank what was held out among the items this file gives for each person only, '(person,item) item item ...' with tabs between; with --test. The table and the file of lists say so" };
        var evaluate = Make("evaluate", "Fit a model and measure its lists against held-out events, ranked over all items", p => RecommenderEvaluation.Run(p, test, split, sampled, candidates, groups),
            Train, test, split, Model, K, Out, Seed, Threads, MinRating, Features, PeopleFeatures, sampled, candidates, groups, Progress);
        var to = new Option<string>("--to") { Required = true, Description = "The file to write the model to" };
        var train = Make("train", "Fit a model and write it to a file", p => Fit(p, to), Train, to, Model, K, Seed, Threads, MinRating, Features, PeopleFeatures, Progress);
        var from = new Option<string>("--from") { Required = true, Description = "A file written by train" };
        var events = new Option<string>("--events") { Required = true, Description = "What each person took, in any of the same forms; they need not have been in the training data" };
        var recommend = Make("recommend", "Write the list of each person in a file of events", p => Recommend(p, from, events), from, events, K, Out, Threads, Features, PeopleFeatures);
        var modelled = new Option<string?>("--from") { Description = "A file written by train; a made-up catalogue when it is not given" };
        var asked = new Option<string?>("--events") { Description = "People to make lists for, with --from" };
        var madeUp = new Option<int>("--items") { DefaultValueFactory = _ => 100_000, Description = "Size of the made-up catalogue" };
        var speed = Make("speed", "Measure how fast a model and the pipeline answer, for one person and for many", p => Speed(p, modelled, asked, madeUp), modelled, asked, madeUp, K, Threads);
        return new Command("recommender", "Recommendations from files of events; see docs/recommender.md") 
        {
            evaluate, train, recommend, speed, RecommenderMonitors.Drift(), RecommenderMonitors.Bias(K, Threads), RecommenderReleases.Export(MinRating), RecommenderReleases.Noisy(MinRating), RecommenderExperiments.Build(),
        };
    }

    /// <summary>A command that ends with 0; with 2 and one sentence when what it was given is refused; with 1 when a file cannot be read or written.</summary>
    internal static Command Make(string name, string about, Action<Run> run, params Option[] options)
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
            catch (RecommenderException fault) { return Say(2, $"{fault.Code}: {fault.Message}"); }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return Say(1, $"file: {fault.Message}"); }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("Stopped; nothing was written.");
                return 130;
            }
        }, CancellationToken.None));
        return command;

        static int Say(int code, string sentence)
        {
            Console.Error.WriteLine(sentence.ReplaceLineEndings(" "));
            return code;
        }
    }

    /// <summary>What was asked for, and how it is read.</summary>
    internal sealed record Run(ParseResult Parsed, CancellationToken Stop)
    {
        public int Cut => Parsed.GetValue(K);
        public ulong SeedOf => (ulong)Parsed.GetValue(Seed);
        public string? OutPath => Parsed.GetValue(Out);
        public Workers Workers => new(Parsed.GetValue(Threads), Stop);

        public Interactions Read(string file) => InteractionReader.Read(file, leastRating: Parsed.CommandResult.Command.Options.Contains(MinRating) ? Parsed.GetValue(MinRating) : null);

        /// <summary>The training data over the whole catalogue, and what is known apart from it.</summary>
        /// <param name="more">Items that belong to the catalogue though nobody may have taken them.</param>
        public (Interactions Data, Described? Described) Learned(IEnumerable<string>? more = null)
        {
            var data = Read(Parsed.GetValue(Train)!).Checked();
            if (more is not null) data = data.WithItems(more);
            if (Parsed.GetValue(Features) is not { } path)
                return Parsed.GetValue(PeopleFeatures) is null ? (data, null) : throw new RecommenderException(Faults.Range, "--people-features needs --features: people are compared with items.");
            var items = FeatureReader.Read(path);
            data = data.WithItems(items.Rows.Names);
            var table = items.For(data.Items);
            return (data, new(table, Parsed.GetValue(PeopleFeatures) is { } people ? FeatureReader.Read(people).For(data.Users).Over(table) : null));
        }

        public Model Fitted(Interactions data, Described? described)
        {
            using var progress = ProgressLine.Where(Parsed.GetValue(Progress));
            var fitting = new Fitting(Workers, SeedOf, progress);
            void Say(string sentence)
            {
                if (progress is null) Console.Error.WriteLine(sentence);
                else progress.Say(sentence);
            }

            var name = Parsed.GetValue(Model)!;
            if (name != "auto") return Recipes.Find(name, described?.Items).Fit(data, fitting);
            var choice = ModelTrainer.Choose(data, Recipes.For(data, described?.Items), Cut, fitting, Say, described);
            Say($"chosen: {string.Join(" + ", choice.Parts)}");
            return choice.Model;
        }

        public void CheckCut(int items)
        {
            if (Cut < 1 || Cut > items) throw new RecommenderException(Faults.Range, $"--k must lie within 1 and the size of the catalogue, {items}.");
        }
    }

    private static void Fit(Run run, Option<string> to)
    {
        // Before the fit, which may take minutes: whether there is anywhere to put the model.
        WholeFile.Check(run.Parsed.GetValue(to)!);
        var (data, described) = run.Learned();
        ModelFile.Save(run.Fitted(data, described), run.Parsed.GetValue(to)!);
        Console.Error.WriteLine("The model is written.");
    }

    private static void Recommend(Run run, Option<string> from, Option<string> events)
    {
        if (run.OutPath is { } place) WholeFile.Check(place);
        var model = ModelFile.Load(run.Parsed.GetValue(from)!);
        if (run.Parsed.GetValue(Features) is { } items) model = model.WithItems(FeatureReader.Read(items));
        run.CheckCut(model.Items.Count);
        var data = InteractionReader.Read(run.Parsed.GetValue(events)!);
        var batch = new Batch(Over(model, data));
        if (run.Parsed.GetValue(PeopleFeatures) is { } people)
        {
            var space = model.FeatureSpace ?? throw new RecommenderException(Faults.Mismatch, "The model was fitted without features of the items, so it cannot use those of people.");
            var said = FeatureReader.Read(people).For(data.Users).Over(space);
            batch = batch with { Features = said.Values, FeatureVersion = said.Version };
        }
        var lists = Ranker.Rank(model, batch, run.Cut, run.Workers);
        var text = new StringBuilder();
        for (var u = 0; u < lists.Length; u++) Line(text, data.Users[u], lists[u].Select(i => model.Items[i]));
        if (run.OutPath is { } path) Write(path, text);
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
            RecommenderSpeed.Run(filter, data.Matrix, run.Cut, run.Workers, workers => GraphFilter.Fit(data, new() { Rank = 128 }, new(workers)));
            return;
        }
        var model = ModelFile.Load(path);
        RecommenderSpeed.Run(model, Over(model, InteractionReader.Read(run.Parsed.GetValue(events) ?? throw new RecommenderException(Faults.Range, "--events must be given with --from."))), run.Cut, run.Workers);
    }

    /// <summary>Events over the catalogue of a model; items it has never seen say nothing to it.</summary>
    internal static SparseMatrix Over(Model model, Interactions data) => SparseMatrix.FromRows([.. Enumerable.Range(0, data.Users.Count)
        .Select(u => (IReadOnlyList<(int, float)>)[.. data.Matrix.Row(u).ToArray().Select(i => model.Items.Find(data.Items[i])).Where(i => i >= 0).Select(i => (i, 1f))])], model.Items.Count);

    /// <summary>A person's list: user, tab, items with tabs between.</summary>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: an identifier with a tab in it, which would be read as two.</exception>
    internal static void Line(StringBuilder text, string user, IEnumerable<string> items)
    {
        var at = text.Length;
        var cells = 0;
        foreach (var cell in items.Prepend(user))
        {
            if (cells++ > 0) text.Append('\t');
            text.Append(cell);
        }
        if (text.ToString(at, text.Length - at).Count(c => c == '\t') != cells - 1) throw new RecommenderException(Faults.Malformed, "An identifier holds a tab, which a line of the lists cannot.");
        text.Append('\n');
    }

    internal static void Write(string path, StringBuilder text) => WholeFile.Write(path, file =>
    {
        using var writer = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true);
        writer.Write(text);
    });

    internal static double Cpu() => Environment.CpuUsage.TotalTime.TotalSeconds;
}
