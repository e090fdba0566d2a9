using System.Diagnostics;
using System.Globalization;
using Salus.Recommender;
using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;

namespace Salus.Cli;

/// <summary>How fast a model answers: one person at a time, and many at once.</summary>
public static class RecommenderSpeed
{
    private const int Singles = 1000, Batch = 8192;

    public static void Run(Model model, SparseMatrix histories, int k, Workers workers)
    {
        var random = new SeededRandom(1);
        var singles = Enumerable.Range(0, Singles).Select(_ => histories.Slice(random.Below(histories.Rows), 1)).ToArray();
        // The first calls pay for compilation.
        foreach (var one in singles.AsSpan(0, 50)) Ranker.Rank(model, new(one), k, workers);
        var times = new double[Singles];
        var before = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        for (var n = 0; n < Singles; n++)
        {
            var at = Stopwatch.GetTimestamp();
            Ranker.Rank(model, new(singles[n]), k, workers);
            times[n] = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        }
        var each = (Environment.CpuUsage.TotalTime.TotalMilliseconds - before) / Singles;
        Array.Sort(times);
        var batch = histories.Slice(0, Math.Min(Batch, histories.Rows));
        Ranker.Rank(model, new(batch.Slice(0, Math.Min(512, batch.Rows))), k, workers);
        var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime.TotalSeconds);
        Ranker.Rank(model, new(batch), k, workers);
        var (seconds, used) = (Stopwatch.GetElapsedTime(start).TotalSeconds, Environment.CpuUsage.TotalTime.TotalSeconds - cpu);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Items.Count} items, top {k}, {workers.Threads} threads"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one person     median {times[Singles / 2]:F2} ms   p99 {times[Singles * 99 / 100]:F2} ms   longest {times[^1]:F2} ms   CPU {each:F2} ms each"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batch          {batch.Rows / seconds:F0} people a second by the clock, {batch.Rows / used:F0} for each CPU second"));
    }

    /// <summary>Made-up events over a large catalogue: a few items are taken by many, most by few, and people keep to their part of the catalogue.</summary>
    public static Interactions MadeUp(int items, int people = 50_000, int each = 30)
    {
        if (items < 1000) throw new RecommenderException(Faults.Range, "A made-up catalogue has at least 1000 items.");
        var random = new SeededRandom(1);
        var builder = new InteractionBuilder();
        for (var i = 0; i < items; i++) builder.Items.Add(i.ToString(CultureInfo.InvariantCulture));
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
