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
    /// <exception cref="RecommenderException"><c>data.mismatch</c>, <c>data.malformed</c>.</exception>
    public FeatureTable(IdMap names, IReadOnlyList<FeatureKind> kinds, SparseMatrix values)
    {
        if (names.Count != kinds.Count || values.ColumnCount != names.Count) throw new RecommenderException(Faults.Mismatch, "Every column of the features needs a name and a kind.");
        if (values.Values.Any(v => v < 0)) throw new RecommenderException(Faults.Malformed, "A feature must not be below zero.");
        (Names, Kinds, Values) = (names, kinds, values);
    }

    public IdMap Names { get; }
    public IReadOnlyList<FeatureKind> Kinds { get; }
    public SparseMatrix Values { get; }
}
