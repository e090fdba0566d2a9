namespace Salus.Recommender.Data;

/// <summary>Text identifiers and their row numbers, in order of appearance. Any Unicode is allowed; two identifiers are the same when their code units are.</summary>
public sealed class IdMap
{
    private readonly Dictionary<string, int> index = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    public IdMap() { }

    /// <exception cref="RecommenderException"><c>data.malformed</c>: an identifier stands there twice.</exception>
    public IdMap(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            if (index.ContainsKey(id)) throw new RecommenderException(Faults.Malformed, "An identifier appears twice where each must appear once.");
            Add(id);
        }
    }

    public int Count => names.Count;

    public IReadOnlyList<string> Names => names;

    public string this[int row] => names[row];

    /// <summary>The row of an identifier, a new one if it was not known.</summary>
    public int Add(string id)
    {
        if (index.TryGetValue(id, out var row)) return row;
        index[id] = names.Count;
        names.Add(id);
        return names.Count - 1;
    }

    /// <summary>The row of an identifier, or -1.</summary>
    public int Find(string id) => index.GetValueOrDefault(id, -1);
}
