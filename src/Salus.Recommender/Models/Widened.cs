using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>A model of events over a catalogue to which items were added since its fit. Of those it knows nothing: they score as the least of what it knows. It is never saved.</summary>
internal sealed class Widened : Model
{
    private readonly Model model;

    /// <param name="model">The model.</param>
    /// <param name="all">Its catalogue with more items at the end.</param>
    public Widened(Model model, IdMap all) : base(all) => this.model = model;

    public override string Kind => model.Kind;

    public override IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3) => item < model.Items.Count ? model.Explain(Known(person), item, most) : [];

    internal override void Write(ModelWriter writer) => throw new RecommenderException(Faults.Range, "A model with items added since its fit is not saved; fit it again.");

    private Batch Known(Batch batch) => batch with
    {
        Histories = SparseMatrix.FromRows([.. Enumerable.Range(0, batch.Count).Select(r =>
            (IReadOnlyList<(int, float)>)[.. batch.Histories.Row(r).ToArray().Zip(batch.Histories.Weights(r).ToArray()).Where(e => e.First < model.Items.Count)])], model.Items.Count),
    };

    private protected override void ScoreInto(Batch batch, float[] scores, Workers workers)
    {
        var (known, all) = (model.Items.Count, Items.Count);
        var own = new float[batch.Count * known];
        model.ScoreBare(Known(batch), own, workers);
        workers.Each(batch.Count, r =>
        {
            var row = own.AsSpan(r * known, known);
            row.CopyTo(scores.AsSpan(r * all, known));
            scores.AsSpan(r * all + known, all - known).Fill(TensorPrimitives.Min<float>(row));
        });
    }
}
