namespace Salus.Recommender.Data;

/// <summary>Who took what, and when: users x items, one entry for each pair. Weights are positive; times are Unix seconds, or absent.</summary>
/// <param name="Users">The users, one for each row.</param>
/// <param name="Items">The catalogue, one for each column.</param>
/// <param name="Matrix">Users x items.</param>
/// <param name="Times">Beside <c>Matrix.Values</c>, or null when the data has no times.</param>
public sealed record Interactions(IdMap Users, IdMap Items, SparseMatrix Matrix, long[]? Times = null)
{
    /// <summary>Fails when there is nothing to learn from.</summary>
    /// <exception cref="RecommenderException"><c>data.empty</c>, <c>data.mismatch</c>, <c>data.malformed</c>.</exception>
    public Interactions Checked()
    {
        if (Matrix.Count == 0) throw new RecommenderException(Faults.Empty, "There is no event to learn from.");
        if (Matrix.Rows != Users.Count || Matrix.ColumnCount != Items.Count || (Times is not null && Times.Length != Matrix.Count))
            throw new RecommenderException(Faults.Mismatch, "The matrix does not have one row for each user and one column for each item.");
        if (Matrix.Values.Any(v => v <= 0)) throw new RecommenderException(Faults.Malformed, "The weight of an event must be above zero; a dislike is a rule, not an event.");
        return this;
    }

    /// <summary>The same events over a catalogue with more items, which nobody has taken.</summary>
    /// <param name="items">Those that are there already change nothing.</param>
    public Interactions WithItems(IEnumerable<string> items)
    {
        var all = Items.Copy();
        foreach (var item in items) all.Add(item);
        return this with { Items = all, Matrix = new(Matrix.Rows, all.Count, Matrix.Starts, Matrix.Columns, Matrix.Values) };
    }

    /// <summary>How many people took each item.</summary>
    internal float[] Counts() => [.. Matrix.ColumnCounts().Select(c => (float)c)];

    /// <summary>The same pairs, each counting once.</summary>
    internal SparseMatrix Binary()
    {
        var ones = new float[Matrix.Count];
        Array.Fill(ones, 1f);
        return new(Matrix.Rows, Matrix.ColumnCount, Matrix.Starts, Matrix.Columns, ones);
    }
}

/// <summary>Collects events into <see cref="Interactions"/>. A pair that comes again counts once: its larger weight and its latest time are kept.</summary>
public sealed class InteractionBuilder
{
    private readonly List<Dictionary<int, (float Weight, long Time)>> rows = [];
    private bool timed;

    /// <summary>The users so far.</summary>
    public IdMap Users { get; } = new();

    /// <summary>The items so far.</summary>
    public IdMap Items { get; } = new();

    /// <param name="user">Any text but none.</param>
    /// <param name="item">Any text but none.</param>
    /// <param name="weight">Finite and above zero.</param>
    /// <param name="time">Unix seconds, if known.</param>
    /// <exception cref="RecommenderException"><c>data.malformed</c>, <c>data.not-finite</c>.</exception>
    public void Add(string user, string item, float weight = 1, long? time = null)
    {
        if (item.Length == 0) throw new RecommenderException(Faults.Malformed, "An event has no item.");
        if (!float.IsFinite(weight)) throw new RecommenderException(Faults.NotFinite, "The weight of an event is not a finite number.");
        if (weight <= 0) throw new RecommenderException(Faults.Malformed, "The weight of an event must be above zero.");
        var row = rows[AddUser(user)];
        var column = Items.Add(item);
        timed |= time is not null;
        row[column] = row.TryGetValue(column, out var old) ? (Math.Max(old.Weight, weight), Math.Max(old.Time, time ?? 0)) : (weight, time ?? 0);
    }

    /// <summary>An item that nobody may have taken yet: it is part of the catalogue.</summary>
    public int AddItem(string item) => item.Length == 0 ? throw new RecommenderException(Faults.Malformed, "An item has no name.") : Items.Add(item);

    /// <summary>A user who may not have any event yet.</summary>
    public int AddUser(string user)
    {
        if (user.Length == 0) throw new RecommenderException(Faults.Malformed, "An event has no user.");
        var row = Users.Add(user);
        if (row == rows.Count) rows.Add([]);
        return row;
    }

    /// <summary>What was added so far, with identifiers of its own: what is added later does not reach it.</summary>
    public Interactions Build()
    {
        var starts = new int[rows.Count + 1];
        var total = rows.Sum(r => r.Count);
        var (columns, values, times) = (new int[total], new float[total], timed ? new long[total] : null);
        var at = 0;
        for (var r = 0; r < rows.Count; r++)
        {
            foreach (var (column, (weight, time)) in rows[r].OrderBy(e => e.Key))
            {
                (columns[at], values[at]) = (column, weight);
                if (times is not null) times[at] = time;
                at++;
            }
            starts[r + 1] = at;
        }
        return new(Users.Copy(), Items.Copy(), new(rows.Count, Items.Count, starts, columns, values), times);
    }
}
