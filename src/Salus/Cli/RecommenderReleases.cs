using System.CommandLine;
using System.Globalization;
using System.Text;
using Salus.Recommender;
using Salus.Recommender.Privacy;

namespace Salus.Cli;

/// <summary><c>salus recommender export</c> and <c>noisy</c>: what may leave the house.</summary>
internal static class RecommenderReleases
{
    /// <param name="minRating">Leaves out rows with a lower rating.</param>
    public static Command Export(Option<double?> minRating)
    {
        var events = new Option<string>("--events") { Required = true, Description = "Events, in any of the forms of --train" };
        var key = new Option<string>("--key-file") { Required = true, Description = "A file of at least 32 bytes nobody else has, taken as they are; another key makes exports that cannot be joined" };
        var purpose = new Option<string>("--purpose") { Required = true, Description = "What the export is for; people have other pseudonyms for another purpose" };
        var least = new Option<int>("--least") { DefaultValueFactory = _ => 5, Description = "Leave out people with fewer events and items of fewer people, until all that is written has so many of both" };
        var to = new Option<string>("--to") { Required = true, Description = "The file to write" };
        return RecommenderCommands.Make("export", $"Write events without identities: {string.Join(", ", TrainingExport.Columns)}, with keyed pseudonyms for the people and the day for the time", run =>
        {
            var path = run.Parsed.GetValue(to)!;
            WholeFile.Check(path);
            var most = run.Parsed.GetValue(least);
            if (most < 2) throw new RecommenderException(Faults.Range, "--least must be at least 2: what one person alone took points at them.");
            var pseudonyms = new Pseudonyms(TabFile.Key(run.Parsed.GetValue(key)!), run.Parsed.GetValue(purpose)!);
            var data = run.Read(run.Parsed.GetValue(events)!);
            var written = 0;
            WholeFile.Write(path, file =>
            {
                using var writer = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true);
                written = TrainingExport.Write(data, pseudonyms, writer, most);
                if (written == 0) throw new RecommenderException(Faults.TooFew, $"Nothing is left to write: there are no {most} people and {most} items with enough of each other.");
            });
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written} of {data.Matrix.Count} events are written; columns: {string.Join(", ", TrainingExport.Columns)}."));
        }, events, key, purpose, least, to, minRating);
    }

    /// <param name="minRating">Leaves out rows with a lower rating.</param>
    public static Command Noisy(Option<double?> minRating)
    {
        var events = new Option<string>("--events") { Required = true, Description = "Who stands behind which item, in any of the forms of --train" };
        var keys = new Option<string>("--items") { Required = true, Description = "The items that may be shown, one in each line; not to be taken from the events" };
        var release = new Option<string>("--release") { Required = true, Description = "What is released, for the ledger" };
        var epsilon = new Option<double>("--epsilon") { Required = true, Description = "What the release costs; the smaller, the more noise" };
        var each = new Option<int>("--most-each") { DefaultValueFactory = _ => 1, Description = "A person counts for so many items at most" };
        var threshold = new Option<int>("--threshold") { DefaultValueFactory = _ => 10, Description = "Lower counts are left out" };
        var budget = new Option<string>("--budget") { Required = true, Description = "The ledger: all there is to spend, and what was released. A release it does not cover is refused" };
        var begin = new Option<double?>("--budget-epsilon") { Description = "All there is to spend; begins a ledger that is not there yet" };
        var output = new Option<string?>("--out") { Description = "Write the counts to this file: item and count with a tab between" };
        return RecommenderCommands.Make("noisy", "Count the people behind each item so that nobody can be told from it: Laplace noise, paid from a budget", run =>
        {
            if (run.Parsed.GetValue(output) is { } place) WholeFile.Check(place);
            var data = run.Read(run.Parsed.GetValue(events)!);
            string[] shown = [.. TabFile.Read(run.Parsed.GetValue(keys)!, "An item", 1).Select(r => r.Cells[0])];
            var pairs = Enumerable.Range(0, data.Users.Count).SelectMany(u => data.Matrix.Row(u).ToArray().Select(i => (data.Users[u], data.Items[i])));
            using var ledger = new BudgetFile(run.Parsed.GetValue(budget)!, run.Parsed.GetValue(begin));
            var counts = new NoisyCounts(ledger.Budget).Histogram(run.Parsed.GetValue(release)!, pairs, shown, run.Parsed.GetValue(each), run.Parsed.GetValue(threshold), run.Parsed.GetValue(epsilon));
            // Paid on the disk before anything is shown: a crash between the two costs the release, never the privacy.
            ledger.Keep();
            var text = new StringBuilder();
            foreach (var item in shown.Where(counts.ContainsKey)) text.Append(CultureInfo.InvariantCulture, $"{item}\t{counts[item]}\n");
            if (run.Parsed.GetValue(output) is { } path) RecommenderCommands.Write(path, text);
            else Console.Out.Write(text);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Released; {ledger.Budget.EpsilonLeft:G4} of the budget of {ledger.Budget.Epsilon:G4} is left."));
        }, events, keys, release, epsilon, each, threshold, budget, begin, minRating, output);
    }
}
