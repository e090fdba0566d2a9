namespace Salus.Recommender.Data;

/// <summary>People to make lists for. A model knows nobody by number: what it needs is what they took and, where the model uses them, their own features, so
/// somebody who came a minute ago is served like everybody else.</summary>
/// <param name="Histories">People x items of the model's catalogue; the weights say how much each event counts, 1 for most.</param>
/// <param name="Features">People x features of the model's feature space, or null.</param>
/// <param name="FeatureVersion">The <see cref="FeatureTable.Version"/> the features were made with; a model that was fitted on another one refuses them.</param>
public sealed record Batch(SparseMatrix Histories, SparseMatrix? Features = null, string FeatureVersion = "")
{
    /// <summary>How many people.</summary>
    public int Count => Histories.Rows;

    /// <summary>One person.</summary>
    /// <param name="items">Columns of the catalogue, in any order.</param>
    /// <param name="itemCount">The size of the catalogue.</param>
    public static Batch One(IEnumerable<int> items, int itemCount) =>
        new(SparseMatrix.FromRows([[.. items.Select(i => (i, 1f))]], itemCount));

    /// <summary>Some people of a larger table.</summary>
    internal static Batch Of(SparseMatrix histories, FeatureTable? described, int[] rows) =>
        described is null ? new(histories) : new(histories, Evaluation.Evaluator.Pick(described.Values, rows), described.Version);

    internal Batch Slice(int from, int count) => this with { Histories = Histories.Slice(from, count), Features = Features?.Slice(from, count) };
}
