using Salus.Recommender.Evaluation;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Data;

/// <summary>Ways to hold events out. Rows and columns stay as they are, so a model fitted on the smaller data speaks of the same catalogue.</summary>
public static class Split
{
    /// <summary>Holds out a share of each person's events, drawn by the seed; at least one of whoever has five or more.</summary>
    public static (Interactions Train, HeldOut Held) Share(Interactions data, double share = 0.1, ulong seed = 7)
    {
        return Draw(data, seed, Counted(share));
    }

    /// <summary>As <see cref="Share"/>, and beside that all events of a share of the items: the model meets items nobody has taken, as it will when new ones come.</summary>
    public static (Interactions Train, HeldOut Held) ShareAndItems(Interactions data, double share = 0.1, double items = 0.05, ulong seed = 7)
    {
        if (!(items is > 0 and < 1)) throw new RecommenderException(Faults.Range, "The share of the items must lie between 0 and 1.");
        var random = new SeededRandom(seed);
        var hidden = Enumerable.Range(0, data.Items.Count).Select(_ => random.Unit() < items).ToArray();
        return Draw(data, seed, Counted(share), also: e => hidden[data.Matrix.Columns[e]]);
    }

    private static Func<int, int> Counted(double share) => !(share is > 0 and < 1)
        ? throw new RecommenderException(Faults.Range, "The share to hold out must lie between 0 and 1.")
        : n => Math.Max(n >= 5 ? 1 : 0, (int)Math.Round(n * share, MidpointRounding.AwayFromZero));

    /// <summary>Holds out the latest share of each person's events, as many as <see cref="Share"/> would: what a model that is used tomorrow will be asked.</summary>
    /// <exception cref="RecommenderException"><c>data.empty</c>: the data has no times.</exception>
    public static (Interactions Train, HeldOut Held) Latest(Interactions data, double share = 0.1, ulong seed = 7)
    {
        if (data.Times is null) throw new RecommenderException(Faults.Empty, "The data has no times, so nothing is the latest.");
        return Draw(data, seed, Counted(share), latest: true);
    }

    /// <summary>Holds out k events of each person who has more than k: the latest when the data has times, else drawn by the seed.</summary>
    public static (Interactions Train, HeldOut Held) LeaveOut(Interactions data, int k = 1, ulong seed = 7)
    {
        if (k < 1) throw new RecommenderException(Faults.Range, "At least one event must be held out.");
        return Draw(data, seed, n => n > k ? k : 0, latest: data.Times is not null);
    }

    /// <summary>Holds out everything that happened at or after a moment.</summary>
    /// <param name="data">Events with times.</param>
    /// <param name="from">Unix seconds.</param>
    public static (Interactions Train, HeldOut Held) Temporal(Interactions data, long from)
    {
        if (data.Times is not { } times) throw new RecommenderException(Faults.Empty, "The data has no times to split at.");
        return Cut(data, (_, e) => times[e] >= from);
    }

    /// <summary>The moment from which about this share of the events happened, for <see cref="Temporal"/>.</summary>
    public static long Moment(Interactions data, double share)
    {
        if (data.Times is not { Length: > 0 } times) throw new RecommenderException(Faults.Empty, "The data has no times to split at.");
        if (!(share is > 0 and < 1)) throw new RecommenderException(Faults.Range, "The share to hold out must lie between 0 and 1.");
        var sorted = times.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * (1 - share)))];
    }

    /// <summary>Holds out the events a caller points at, by row and column.</summary>
    public static (Interactions Train, HeldOut Held) Where(Interactions data, Func<int, int, bool> held) => Cut(data, (u, e) => held(u, data.Matrix.Columns[e]));

    private static (Interactions, HeldOut) Draw(Interactions data, ulong seed, Func<int, int> count, bool latest = false, Func<int, bool>? also = null)
    {
        data.Checked();
        var random = new SeededRandom(seed);
        var chosen = new bool[data.Matrix.Count];
        for (var u = 0; u < data.Matrix.Rows; u++)
        {
            var first = data.Matrix.Starts[u];
            var events = Enumerable.Range(first, data.Matrix.Row(u).Length).ToArray();
            random.Shuffle(events.AsSpan());
            if (latest) events = [.. events.OrderByDescending(e => data.Times![e])];
            foreach (var e in events.AsSpan(0, Math.Min(events.Length, count(events.Length)))) chosen[e] = true;
        }
        return Cut(data, (_, e) => chosen[e] || also?.Invoke(e) == true);
    }

    private static (Interactions, HeldOut) Cut(Interactions data, Func<int, int, bool> held)
    {
        var m = data.Matrix;
        var starts = new int[m.Rows + 1];
        var columns = new List<int>();
        var values = new List<float>();
        var times = data.Times is null ? null : new List<long>();
        var test = new int[m.Rows][];
        for (var u = 0; u < m.Rows; u++)
        {
            var chosen = new List<int>();
            for (var e = m.Starts[u]; e < m.Starts[u + 1]; e++)
            {
                if (held(u, e))
                {
                    chosen.Add(m.Columns[e]);
                    continue;
                }
                columns.Add(m.Columns[e]);
                values.Add(m.Values[e]);
                times?.Add(data.Times![e]);
            }
            starts[u + 1] = columns.Count;
            test[u] = [.. chosen];
        }
        var train = data with { Matrix = new(m.Rows, m.ColumnCount, starts, [.. columns], [.. values]), Times = times?.ToArray() };
        return (train, new(test, new int[m.Rows], 0));
    }
}
