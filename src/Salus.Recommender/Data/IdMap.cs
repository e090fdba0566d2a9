namespace Salus.Recommender.Data;

/// <summary>Text identifiers and their row numbers, in order of appearance. Any Unicode is allowed; two identifiers are the same when their code units are.</summary>
public sealed class IdMap
{
    private readonly Dictionary<string, int> index = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    private IdMap(IdMap other) => (index, names) = (new(other.index, StringComparer.Ordinal), [.. other.names]);

    /// <summary>None yet.</summary>
    public IdMap() { }

    /// <param name="ids">Each once.</param>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: an identifier stands there twice.</exception>
    public IdMap(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            if (index.ContainsKey(id)) throw new RecommenderException(Faults.Malformed, "An identifier appears twice where each must appear once.");
            Add(id);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => names.Count;

    /// <summary>All of them, by row.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The identifier of a row.</summary>
    public string this[int row] => names[row];

    internal IdMap Copy() => new(this);

    /// <summary>The row of an identifier, a new one if it was not known. Not for others: data and models that share a map would change under their readers.</summary>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: half of a surrogate pair, which no file could hold.</exception>
    internal int Add(string id)
    {
        if (index.TryGetValue(id, out var row)) return row;
        StrictText.Check(id);
        index[id] = names.Count;
        names.Add(id);
        return names.Count - 1;
    }

    /// <summary>The row of an identifier, or -1.</summary>
    public int Find(string id) => index.GetValueOrDefault(id, -1);
}
