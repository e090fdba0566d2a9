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
    /// <exception cref="RecommenderException"><c>options.range</c> for k; <c>data.empty</c> when nobody has anything held out.</exception>
    public static Report Run(Model model, Interactions train, HeldOut held, int k, Workers? workers = null, Action<int, int[]>? lists = null)
    {
        if (k < 1 || k > train.Items.Count) throw new RecommenderException(Faults.Range, $"k must lie within 1 and the size of the catalogue, {train.Items.Count}.");
        var rows = Enumerable.Range(0, train.Users.Count).Where(u => held.Known[u].Length + held.Unknown[u] > 0).ToArray();
        if (rows.Length == 0) throw new RecommenderException(Faults.Empty, "Nobody in the test data is in the training data with anything held out.");
        var people = new PersonResult[rows.Length];
        var histories = Pick(train.Matrix, rows);
        Ranker.EachBlock(model, new(histories), workers ?? Workers.All, (p, scores) =>
        {
            var list = TopK.Select(scores, k);
            var wanted = held.Known[rows[p]].ToHashSet();
            people[p] = new(rows[p], list, Metrics.OfList(list, wanted.Contains, wanted.Count + held.Unknown[rows[p]], k));
        });
        foreach (var person in people) lists?.Invoke(person.User, person.List);
        return Report.Of(people, train, k, held.Strangers);
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
