namespace Salus.Recommender.Data;

/// <summary>The kinds of features; each kind can have its own weight in <see cref="Models.ContentModel"/>.</summary>
public enum FeatureKind
{
    /// <summary>One of a list, such as a speciality.</summary>
    Category,
    /// <summary>A word of a text.</summary>
    Word,
    /// <summary>A place or a cell of the map.</summary>
    Place,
    /// <summary>A range of prices.</summary>
    Price,
    /// <summary>A language spoken or written.</summary>
    Language,
    /// <summary>A yes-or-no statement, such as "takes wheelchairs".</summary>
    Flag,
}

/// <summary>What is known of items, or of people, apart from events: rows x features.</summary>
public sealed class FeatureTable
{
    /// <param name="names">The features, one for each column.</param>
    /// <param name="kinds">The kind of each feature.</param>
    /// <param name="values">Rows x features; at least zero.</param>
    /// <param name="version">How they were made, such as <see cref="Features.FeatureSnapshot.Version"/>; nothing where nobody keeps account of it.</param>
    /// <exception cref="RecommenderException"><c>data.mismatch</c>, <c>data.malformed</c>.</exception>
    public FeatureTable(IdMap names, IReadOnlyList<FeatureKind> kinds, SparseMatrix values, string version = "")
    {
        if (names.Count != kinds.Count || values.ColumnCount != names.Count) throw new RecommenderException(Faults.Mismatch, "Every column of the features needs a name and a kind.");
        if (values.Values.Any(v => v < 0)) throw new RecommenderException(Faults.Malformed, "A feature must not be below zero.");
        (Names, Kinds, Values, Version) = (names, kinds, values, version);
    }

    /// <summary>The features, one for each column.</summary>
    public IdMap Names { get; }

    /// <summary>The kind of each column.</summary>
    public IReadOnlyList<FeatureKind> Kinds { get; }

    /// <summary>Rows x features.</summary>
    public SparseMatrix Values { get; }

    /// <summary>How the features were made. A model keeps it, and refuses features that were made otherwise.</summary>
    public string Version { get; }

    /// <summary>Whether features of two versions may be compared: what both define, they define alike. Features without a version agree with none that has one.</summary>
    internal static bool Agree(string one, string other)
    {
        if (one == other) return true;
        if (one.Length == 0 || other.Length == 0) return false;
        var versions = one.Split(", ").Select(d => d.Split('@')).ToDictionary(d => d[0], d => d[^1], StringComparer.Ordinal);
        return other.Split(", ").Select(d => d.Split('@')).All(d => !versions.TryGetValue(d[0], out var version) || version == d[^1]);
    }

    /// <summary>The same rows over the feature space of another table; features it does not have are left out.</summary>
    /// <param name="space">Such as the features of the items a model was fitted on.</param>
    /// <exception cref="RecommenderException"><c>data.mismatch</c>: a feature is of one kind here and of another there.</exception>
    public FeatureTable Over(FeatureTable space)
    {
        var columns = Names.Names.Select(space.Names.Find).ToArray();
        for (var c = 0; c < columns.Length; c++)
            if (columns[c] >= 0 && space.Kinds[columns[c]] != Kinds[c]) throw new RecommenderException(Faults.Mismatch, "A feature is of one kind here and of another there.");
        var rows = Enumerable.Range(0, Values.Rows).Select(r => (IReadOnlyList<(int, float)>)[.. Values.Row(r).ToArray().Zip(Values.Weights(r).ToArray())
            .Select(v => (columns[v.First], v.Second)).Where(v => v.Item1 >= 0)]).ToList();
        return new(space.Names, space.Kinds, SparseMatrix.FromRows(rows, space.Names.Count), Version);
    }
}
