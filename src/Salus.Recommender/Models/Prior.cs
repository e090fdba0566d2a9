using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>What is known of an item whoever asks: how often it was taken, by whom so far, and how lately. The honest baseline, and the answer for somebody of
/// whom nothing is known.</summary>
public sealed class Prior : Model
{
    internal const string KindName = "prior";
    private readonly float[] scores;

    private Prior(IdMap items, float[] scores) : base(items) => this.scores = scores;

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>Score = number of people who took the item.</summary>
    /// <param name="data">Events; a pair counts once.</param>
    /// <param name="fitting">Cancellation and progress.</param>
    public static Prior Popularity(Interactions data, Fitting? fitting = null)
    {
        data.Checked();
        return Told(fitting, () => new(data.Items, data.Counts()) { Taken = data.Counts() });
    }

    /// <summary>Score = sum over the item's events of 2^(-age / half-life): an event counts half when it is one half-life old.</summary>
    /// <param name="data">Events with times.</param>
    /// <param name="halfLifeDays">Above zero.</param>
    /// <param name="now">Unix seconds; the latest event when null. Events after it count as if they happened then.</param>
    /// <param name="fitting">Cancellation and progress.</param>
    /// <exception cref="RecommenderException"><c>data.empty</c>: the data has no times; <c>options.range</c>.</exception>
    public static Prior Recency(Interactions data, double halfLifeDays, long? now = null, Fitting? fitting = null)
    {
        data.Checked();
        if (data.Times is not { } times) throw new RecommenderException(Faults.Empty, "The data has no times, so nothing can be said about what is recent.");
        if (!(halfLifeDays > 0)) throw new RecommenderException(Faults.Range, "The half-life must be above zero days.");
        return Told(fitting, () =>
        {
            var at = now ?? times.Max();
            var scores = new double[data.Items.Count];
            for (var e = 0; e < times.Length; e++) scores[data.Matrix.Columns[e]] += Math.Pow(2, -Math.Max(0, at - times[e]) / (86400 * halfLifeDays));
            return new(data.Items, [.. scores.Select(s => (float)s)]) { Taken = data.Counts() };
        });
    }

    /// <summary>One pass over the events: there is nothing to tell between its beginning and its end.</summary>
    private static Prior Told(Fitting? fitting, Func<Prior> fit)
    {
        var f = fitting ?? Fitting.Default;
        f.Done(0);
        var model = fit();
        f.Done(1);
        return model;
    }

    internal static Prior Of(IdMap items, float[] scores) => new(items, scores);

    internal override void Write(ModelWriter writer) => writer.Array<float>(scores);

    internal static Prior Read(ModelReader reader, IdMap items)
    {
        var scores = reader.Reals();
        ModelReader.Expect(scores.Length, items.Count);
        return new(items, scores);
    }

    private protected override void ScoreInto(Batch batch, float[] result, Workers workers)
    {
        for (var row = 0; row < batch.Count; row++) scores.CopyTo(result, row * Items.Count);
    }
}
