using System.Diagnostics;
using System.Globalization;
using Salus.Recommender;
using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;
using Salus.Recommender.Pipeline;

namespace Salus.Cli;

/// <summary>How fast a model answers: one person at a time, and many at once.</summary>
public static class RecommenderSpeed
{
    private const int Singles = 1000, Asks = 300, Batch = 8192;

    /// <param name="model">What answers.</param>
    /// <param name="histories">The people who are picked from.</param>
    /// <param name="k">Length of the lists.</param>
    /// <param name="workers">The cores to use.</param>
    /// <param name="refit">Fits the model again on one core; the lists are measured a second time while it runs.</param>
    public static void Run(Model model, SparseMatrix histories, int k, Workers workers, Action<Workers>? refit = null)
    {
        var random = new SeededRandom(1);
        var singles = Enumerable.Range(0, Singles).Select(_ => histories.Slice(random.Below(histories.Rows), 1)).ToArray();
        // The first calls pay for compilation.
        foreach (var one in singles.AsSpan(0, 50)) Ranker.Rank(model, new(one), k, workers);
        var before = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        var times = One(model, singles, k, workers);
        var each = (Environment.CpuUsage.TotalTime.TotalMilliseconds - before) / Singles;
        var busy = refit is null ? null : Beside(refit, () => One(model, singles, k, workers), workers.Cancellation);
        var whole = Lists(model, histories, k);
        var batch = histories.Slice(0, Math.Min(Batch, histories.Rows));
        Ranker.Rank(model, new(batch.Slice(0, Math.Min(512, batch.Rows))), k, workers);
        var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime.TotalSeconds);
        Ranker.Rank(model, new(batch), k, workers);
        var (seconds, used) = (Stopwatch.GetElapsedTime(start).TotalSeconds, Environment.CpuUsage.TotalTime.TotalSeconds - cpu);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Items.Count} items, top {k}, {workers.Threads} threads"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one person     median {times[Singles / 2]:F2} ms   p95 {times[Singles * 95 / 100]:F2} ms   p99 {times[Singles * 99 / 100]:F2} ms   longest {times[^1]:F2} ms   CPU {each:F2} ms each"));
        if (busy is not null) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"beside a refit   median {busy[Singles / 2]:F2} ms   p95 {busy[Singles * 95 / 100]:F2} ms   p99 {busy[Singles * 99 / 100]:F2} ms   longest {busy[^1]:F2} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pipeline       median {whole[Asks / 2]:F2} ms   p99 {whole[Asks * 99 / 100]:F2} ms   longest {whole[^1]:F2} ms   over all items: nearness, freshness, variety, newcomers, reasons, live state"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batch          {batch.Rows / seconds:F0} people a second by the clock, {batch.Rows / used:F0} for each CPU second"));
    }

    /// <summary>The milliseconds of each list, ascending.</summary>
    private static double[] One(Model model, SparseMatrix[] singles, int k, Workers workers)
    {
        var times = new double[singles.Length];
        for (var n = 0; n < times.Length; n++)
        {
            var at = Stopwatch.GetTimestamp();
            Ranker.Rank(model, new(singles[n]), k, workers);
            times[n] = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        }
        Array.Sort(times);
        return times;
    }

    /// <summary>Measures while the other work is done again and again, and stops that afterwards.</summary>
    private static double[] Beside(Action<Workers> work, Func<double[]> measure, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var token = stop.Token;
        var other = Task.Run(() =>
        {
            while (true) work(new(1, token));
        }, CancellationToken.None);
        try { return measure(); }
        finally
        {
            stop.Cancel();
            try { other.GetAwaiter().GetResult(); }
            catch (OperationCanceledException) { }
        }
    }

    /// <summary>The milliseconds of one list from the whole pipeline, ascending, over a made-up catalogue: every item has a place, an age, a provider with two others, and three features.</summary>
    private static double[] Lists(Model model, SparseMatrix histories, int k)
    {
        const long now = 1_800_000_000;
        var (random, count) = (new SeededRandom(2), model.Items.Count);
        var names = new IdMap(Enumerable.Range(0, 300).Select(f => f.ToString(CultureInfo.InvariantCulture)));
        var rows = Enumerable.Range(0, count).Select(_ => (IReadOnlyList<(int, float)>)[.. Enumerable.Range(0, 3).Select(_ => (random.Below(names.Count), 1f))]).ToList();
        var features = new FeatureTable(names, [.. names.Names.Select(_ => FeatureKind.Category)], SparseMatrix.FromRows(rows, names.Count));
        var items = Enumerable.Range(0, count).Select(i => new Item
        {
            Id = model.Items[i], Kind = "clinic", Provider = (i / 3).ToString(CultureInfo.InvariantCulture), Place = new(40 + 10 * random.Unit(), 10 * random.Unit()),
            Created = now - random.Below(100_000_000), Newcomer = i % 50 == 0,
        }).ToArray();
        var rules = new Rules { NewcomerShare = 0.05, HalfLifeDays = new Dictionary<string, double> { ["clinic"] = 365 } };
        var pipeline = new RecommendationPipeline(model, items, rules, features);
        var times = new double[Asks];
        for (var n = -20; n < Asks; n++)
        {
            var history = histories.Row(random.Below(histories.Rows)).ToArray().Select(c => model.Items[c]).ToArray();
            var ask = new Ask { History = history, Now = now, Take = k, Near = new(40 + 10 * random.Unit(), 10 * random.Unit()) };
            var at = Stopwatch.GetTimestamp();
            pipeline.Run(ask, _ => new(Available: true));
            // The first pay for compilation.
            if (n >= 0) times[n] = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        }
        Array.Sort(times);
        return times;
    }

    /// <summary>Made-up events over a large catalogue: a few items are taken by many, most by few, and people keep to their part of the catalogue.</summary>
    public static Interactions MadeUp(int items, int people = 50_000, int each = 30)
    {
        if (items < 1000) throw new RecommenderException(Faults.Range, "A made-up catalogue has at least 1000 items.");
        var random = new SeededRandom(1);
        var builder = new InteractionBuilder();
        for (var i = 0; i < items; i++) builder.AddItem(i.ToString(CultureInfo.InvariantCulture));
        for (var u = 0; u < people; u++)
        {
            var home = random.Below(100);
            for (var e = 0; e < each; e++)
            {
                var part = random.Unit() < 0.8 ? home : random.Below(100);
                var rank = (int)(items / 100 * Math.Pow(random.Unit(), 3));
                builder.Add(u.ToString(CultureInfo.InvariantCulture), (part + 100 * rank).ToString(CultureInfo.InvariantCulture));
            }
        }
        return builder.Build();
    }
}
