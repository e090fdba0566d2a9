using System.Diagnostics;
using System.Globalization;

namespace Salus.Bench;

/// <summary>What one run gave.</summary>
/// <param name="Server">CPU milliseconds per request of the program that answers (Salus, the bare endpoint, or the raw caller itself).</param>
/// <param name="Database">CPU milliseconds per request of all PostgreSQL processes; 0 on SQLite.</param>
public sealed record Sample(double PerSecond, double P50, double P99, double Server, double Database, long Requests);

/// <summary>The processes whose cost is counted.</summary>
public sealed record Watched(int ServerPid, int? PostgresPid);

public static class Load
{
    /// <summary>Runs <paramref name="caller"/> on so many connections for so long. Each caller gets its number and gives one action to repeat.</summary>
    public static async Task<Sample> Run(int connections, double seconds, Watched watched, Func<int, Func<ValueTask>> caller, Action? done = null)
    {
        var actions = Enumerable.Range(0, connections).Select(caller).ToArray();
        var times = Enumerable.Range(0, connections).Select(_ => new List<long>(4096)).ToArray();
        var (server, database) = (Cpu(watched.ServerPid), Postgres(watched.PostgresPid));
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(seconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(i => Task.Run(async () =>
        {
            for (var at = Stopwatch.GetTimestamp(); at < end;)
            {
                await actions[i]();
                var now = Stopwatch.GetTimestamp();
                times[i].Add(now - at);
                at = now;
            }
        })));
        var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var all = times.SelectMany(t => t).Order().ToArray();
        done?.Invoke();
        double Ms(double share) => all[(int)Math.Min(all.Length - 1, share * all.Length)] * 1000.0 / Stopwatch.Frequency;
        return new Sample(all.Length / took, Ms(0.50), Ms(0.99), (Cpu(watched.ServerPid) - server) / all.Length, (Postgres(watched.PostgresPid) - database) / all.Length, all.Length);
    }

    /// <summary>One caller does both in turns. A processor that has just waited, and whose caches others have used, computes more slowly than one that never rests:
    /// what mostly computes must be held against the same computation on the same machine in the same state.</summary>
    public static async Task<(Sample Ours, Sample Other)> InTurns(double seconds, Watched watched, Watched otherWatched, Func<ValueTask> ours, Func<ValueTask> other)
    {
        var (mine, its) = (new Turns(watched), new Turns(otherWatched));
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
        {
            await mine.Run(ours);
            await its.Run(other);
        }
        return (mine.Sample, its.Sample);
    }

    private sealed class Turns(Watched watched)
    {
        private readonly List<double> times = [];
        private double server, database;

        public async Task Run(Func<ValueTask> action)
        {
            var (serverBefore, databaseBefore, at) = (Cpu(watched.ServerPid), Postgres(watched.PostgresPid), Stopwatch.GetTimestamp());
            await action();
            times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            (server, database) = (server + Cpu(watched.ServerPid) - serverBefore, database + Postgres(watched.PostgresPid) - databaseBefore);
        }

        public Sample Sample
        {
            get
            {
                times.Sort();
                double Ms(double share) => times[(int)Math.Min(times.Count - 1, share * times.Count)];
                return new(1000 * times.Count / times.Sum(), Ms(0.50), Ms(0.99), server / times.Count, database / times.Count, times.Count);
            }
        }
    }

    public static Sample Median(IReadOnlyList<Sample> runs)
    {
        double M(Func<Sample, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);
        return new(M(r => r.PerSecond), M(r => r.P50), M(r => r.P99), M(r => r.Server), M(r => r.Database), runs.Sum(r => r.Requests));
    }

    /// <summary>CPU milliseconds used by a process so far (user and system).</summary>
    public static double Cpu(int pid)
    {
        try { return Ticks(File.ReadAllText($"/proc/{pid}/stat")).Cpu; }
        catch (IOException) { return 0; }
    }

    private static (double Cpu, int Parent) Ticks(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return ((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * 10.0, int.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    private static double Postgres(int? pid)
    {
        if (pid is null) return 0;
        var sum = 0.0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                var (cpu, parent) = Ticks(File.ReadAllText(Path.Combine(folder, "stat")));
                if (parent == pid || Path.GetFileName(folder) == pid.Value.ToString(CultureInfo.InvariantCulture)) sum += cpu;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
        }
        return sum;
    }

    /// <summary>Resident megabytes of a process, now and at most.</summary>
    public static (double Now, double Most) Memory(int pid)
    {
        var lines = File.ReadAllLines($"/proc/{pid}/status");
        double Of(string name) => double.Parse(lines.First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        return (Of("VmRSS:"), Of("VmHWM:"));
    }
}
