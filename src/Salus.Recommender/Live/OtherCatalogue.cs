using Salus.Recommender.Data;
using Salus.Recommender.Models;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Live;

/// <summary>A model seen over a newer catalogue, so that it can be measured beside one that was fitted on it. It is never saved.</summary>
internal sealed class OtherCatalogue : Model
{
    private readonly Model model;
    private readonly int[] columns;

    public OtherCatalogue(Model model, IdMap items) : base(items)
    {
        this.model = model;
        columns = [.. items.Names.Select(model.Items.Find)];
    }

    /// <inheritdoc/>
    public override string Kind => model.Kind;

    internal override void Write(ModelWriter writer) => throw new InvalidOperationException("A view of a model is not saved; the model is.");

    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers)
    {
        var rows = Enumerable.Range(0, batch.Count)
            .Select(r => (IReadOnlyList<(int, float)>)[.. batch.Histories.Row(r).ToArray().Select(c => columns[c]).Where(c => c >= 0).Select(c => (c, 1f))]).ToList();
        var own = new float[batch.Count * model.Items.Count];
        model.Score(new(SparseMatrix.FromRows(rows, model.Items.Count)), own, workers);
        for (var r = 0; r < batch.Count; r++)
            for (var i = 0; i < columns.Length; i++) scores[r * columns.Length + i] = columns[i] < 0 ? float.MinValue : own[r * model.Items.Count + columns[i]];
    }
}
