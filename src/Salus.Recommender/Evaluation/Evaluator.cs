using Salus.Recommender.Data;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Evaluation;

/// <summary>What was held out for each person of the training data.</summary>
/// <param name="Known">Columns of the catalogue, for each row of the training matrix.</param>
/// <param name="Unknown">How many more items each took that the catalogue does not have; they cannot be found and count as missed.</param>
/// <param name="Strangers">People of the test data who are not in the training data; nothing is known of them.</param>
public sealed record HeldOut(int[][] Known, int[] Unknown, int Strangers)
{
    /// <summary>Brings test events into the rows and columns of the training data; pairs that stand in both are left out.</summary>
    public static HeldOut Align(Interactions train, Interactions test)
    {
        var known = new int[train.Users.Count][];
        var unknown = new int[train.Users.Count];
        Array.Fill(known, []);
        var strangers = 0;
        for (var r = 0; r < test.Users.Count; r++)
        {
            if (test.Matrix.Row(r).IsEmpty) continue;
            var user = train.Users.Find(test.Users[r]);
            if (user < 0)
            {
                strangers++;
                continue;
            }
            var found = new List<int>();
            foreach (var column in test.Matrix.Row(r))
            {
                var item = train.Items.Find(test.Items[column]);
                if (item < 0) unknown[user]++;
                else if (train.Matrix.Row(user).BinarySearch(item) < 0) found.Add(item);
            }
            known[user] = [.. found];
        }
        return new(known, unknown, strangers);
    }

    /// <summary>Without those of whom the training data has no event: a model of what people took cannot be measured by them, so they count as strangers.</summary>
    public HeldOut OnlyKnown(Interactions train)
    {
        bool Nobody(int row) => Known[row].Length + Unknown[row] > 0 && train.Matrix.Row(row).IsEmpty;
        var strangers = Enumerable.Range(0, Known.Length).Count(Nobody);
        return strangers == 0 ? this : new([.. Known.Select((k, u) => Nobody(u) ? [] : k)], [.. Unknown.Select((n, u) => Nobody(u) ? 0 : n)], Strangers + strangers);
    }
}

/// <summary>What an evaluation may do otherwise than usual.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Features of the people, a row for each row of the training data, over the feature space of the model.</summary>
    public FeatureTable? People { get; init; }

    /// <summary>Instead of all items a person has not taken: those held out and so many others, drawn by the seed. It flatters every model and changes which one looks best
    /// (Krichene and Rendle 2020), so a report says that it was done.</summary>
    public int? Sampled { get; init; }

    /// <summary>Instead of all items a person has not taken: those held out and these, columns of the catalogue for each row of the training data. Whoever drew them sampled, so a report says that
    /// too. Null for people who are not measured.</summary>
    public IReadOnlyList<int[]?>? Given { get; init; }

    /// <summary>For the sample.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Evaluates models offline. Candidates are all items the person has not taken; nothing is sampled unless asked for.</summary>
public static class Evaluator
{
    /// <param name="model">Any fitted model.</param>
    /// <param name="train">What it was fitted on; its events are not recommended again.</param>
    /// <param name="held">What is to be found.</param>
    /// <param name="k">Length of the lists; within 1 and the size of the catalogue.</param>
    /// <param name="workers">The cores to use.</param>
    /// <param name="lists">Told each person's row and list, in order of the rows.</param>
    /// <param name="options">Features of the people; a sample of candidates, if one must.</param>
    /// <exception cref="RecommenderException"><c>options.range</c> for k and the sample; <c>data.mismatch</c> for candidates that do not belong to the data; <c>data.empty</c> when nobody has anything held out.</exception>
    public static Report Run(Model model, Interactions train, HeldOut held, int k, Workers? workers = null, Action<int, int[]>? lists = null, EvaluationOptions? options = null)
    {
        var o = options ?? new();
        if (o.Given is not null && (o.Sampled is not null || o.Given.Count != train.Users.Count)) throw new RecommenderException(Faults.Mismatch, "Candidates that are given are not sampled as well, and there is one row of them for each row of the training data.");
        if (o.Sampled is < 1) throw new RecommenderException(Faults.Range, "A sample of candidates needs at least one.");
        if (k < 1 || k > train.Items.Count) throw new RecommenderException(Faults.Range, $"k must lie within 1 and the size of the catalogue, {train.Items.Count}.");
        var rows = Enumerable.Range(0, train.Users.Count).Where(u => held.Known[u].Length + held.Unknown[u] > 0).ToArray();
        if (rows.Length == 0) throw new RecommenderException(Faults.Empty, "Nobody in the test data is in the training data with anything held out.");
        if (o.Given is not null && rows.Any(r => o.Given[r] is null)) throw new RecommenderException(Faults.Mismatch, "Somebody has something held out and no candidates.");
        var people = new PersonResult[rows.Length];
        Ranker.EachBlock(model, Batch.Of(Pick(train.Matrix, rows), o.People, rows), workers ?? Workers.All, (p, scores) =>
        {
            var wanted = held.Known[rows[p]].ToHashSet();
            var open = scores.Length - train.Matrix.Row(rows[p]).Length;
            if (o.Sampled is { } sampled) open = Sample(scores, wanted, sampled, new(o.Seed + (ulong)rows[p]));
            if (o.Given is { } given) open = Only(scores, [.. given[rows[p]]!, .. wanted]);
            var list = TopK.Select(scores, k);
            people[p] = new(rows[p], list, Metrics.OfList(list, wanted.Contains, wanted.Count + held.Unknown[rows[p]], k, open));
        });
        foreach (var person in people) lists?.Invoke(person.User, person.List);
        return Report.Of(people, train, k, held.Strangers, o.Sampled, o.Given is not null);
    }

    /// <summary>Closes all items but those wanted and a sample of the others that are open.</summary>
    private static int Sample(Span<float> scores, HashSet<int> wanted, int others, SeededRandom random)
    {
        var rest = new List<int>(scores.Length);
        for (var i = 0; i < scores.Length; i++)
            if (!float.IsNegativeInfinity(scores[i]) && !wanted.Contains(i)) rest.Add(i);
        // The first so many of a shuffled list: the rest is what is closed.
        for (var n = 0; n < Math.Min(others, rest.Count); n++)
        {
            var at = n + random.Below(rest.Count - n);
            (rest[n], rest[at]) = (rest[at], rest[n]);
        }
        for (var n = others; n < rest.Count; n++) scores[rest[n]] = float.NegativeInfinity;
        return Math.Min(others, rest.Count) + wanted.Count;
    }

    /// <summary>Closes all items but these.</summary>
    private static int Only(Span<float> scores, HashSet<int> open)
    {
        for (var i = 0; i < scores.Length; i++)
            if (!open.Contains(i)) scores[i] = float.NegativeInfinity;
        return open.Count;
    }

    internal static SparseMatrix Pick(SparseMatrix matrix, int[] rows)
    {
        var starts = new int[rows.Length + 1];
        for (var r = 0; r < rows.Length; r++) starts[r + 1] = starts[r] + matrix.Row(rows[r]).Length;
        var columns = new int[starts[^1]];
        var values = new float[starts[^1]];
        for (var r = 0; r < rows.Length; r++)
        {
            matrix.Row(rows[r]).CopyTo(columns.AsSpan(starts[r]));
            matrix.Weights(rows[r]).CopyTo(values.AsSpan(starts[r]));
        }
        return new(rows.Length, matrix.ColumnCount, starts, columns, values);
    }
}

/// <summary>One person's list and how good it was.</summary>
/// <param name="User">Row of the training matrix.</param>
/// <param name="List">Items, best first.</param>
/// <param name="Quality">Its measures.</param>
public sealed record PersonResult(int User, int[] List, ListQuality Quality);
