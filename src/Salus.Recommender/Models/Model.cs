using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>A fitted model: immutable, safe to use from any number of threads, and whole by construction, since only a fit that came to its end or a file whose
/// checksum is right makes one.</summary>
public abstract class Model(IdMap items)
{
    /// <summary>The stable name of the kind, as it stands in model files.</summary>
    public abstract string Kind { get; }

    /// <summary>The catalogue: column j of every score is item j.</summary>
    public IdMap Items { get; } = items;

    /// <summary>The features people may be described by, without rows; null for a model that asks for none.</summary>
    public virtual FeatureTable? FeatureSpace => null;

    /// <summary>How many people had taken each item at the fit, one number an item; empty when the model was not made from events. Set before anybody else sees the model.</summary>
    internal float[] Taken { get; set; } = [];

    /// <summary>Scores every item for each person of the batch. Higher is better; scores of one person compare with each other only.</summary>
    /// <param name="batch">People over this model's catalogue. A person of whom the model can say nothing, since all its scores would be equal, gets the counts of the items:
    /// what most people took comes first, not what stands first in the catalogue.</param>
    /// <param name="scores">Row-major, <c>batch.Count</c> x <c>Items.Count</c>; what it held is overwritten.</param>
    /// <param name="workers">The cores to use.</param>
    /// <exception cref="RecommenderException"><c>data.mismatch</c>: another catalogue or too small an array.</exception>
    public void Score(Batch batch, float[] scores, Workers? workers = null)
    {
        if (batch.Histories.ColumnCount != Items.Count) throw new RecommenderException(Faults.Mismatch, "The histories are over another catalogue than the model's.");
        if (scores.LongLength < (long)batch.Count * Items.Count) throw new RecommenderException(Faults.Mismatch, "The array for the scores is too small.");
        var cores = workers ?? Workers.All;
        ScoreInto(batch, scores, cores);
        if (Taken.Length == Items.Count) cores.Each(batch.Count, r => Speak(scores.AsSpan(r * Items.Count, Items.Count)));
    }

    /// <summary>The scores as they are, equal ones too: in a blend a part that has nothing to say must leave the word to the others.</summary>
    internal void ScoreBare(Batch batch, float[] scores, Workers workers) => ScoreInto(batch, scores, workers);

    /// <summary>Whether a row of scores prefers nothing to anything.</summary>
    internal static bool IsSilent(ReadOnlySpan<float> row) => row.IsEmpty || row.IndexOfAnyExcept(row[0]) < 0;

    private void Speak(Span<float> row)
    {
        if (IsSilent(row)) Taken.CopyTo(row);
    }

    /// <summary>The same model over a catalogue with items that came since the fit. They are ranked by their features, so only a model that knows features can take them in; those its features say
    /// nothing of rank last. For lists, not for files.</summary>
    /// <param name="items">Features of items, made in the version of those the model was fitted on; items it knows stay as they are.</param>
    /// <exception cref="RecommenderException"><c>data.mismatch</c>: the model knows no features; <c>features.version</c>.</exception>
    public Model WithItems(Features.FeatureSnapshot items)
    {
        var all = Items.Copy();
        foreach (var item in items.Rows.Names) all.Add(item);
        if (FeatureSpace is not { } space) throw new RecommenderException(Faults.Mismatch, "The model was fitted without features of the items, so it can say nothing of new ones.");
        if (!FeatureTable.Agree(space.Version, items.Version)) throw new RecommenderException(Faults.FeatureVersion, "The features of the items were made in another version than those the model was fitted on; compute them again, or fit it again.");
        if (all.Count == Items.Count) return this;
        var wide = Widen(all, items.For(all).Over(space));
        if (Taken.Length == Items.Count) wide.Taken = [.. Taken, .. new float[all.Count - Items.Count]];
        return wide;
    }

    /// <param name="all">The catalogue with more items at the end.</param>
    /// <param name="features">A row for each of them, over the feature space of the model.</param>
    internal virtual Model Widen(IdMap all, FeatureTable features) => new Widened(this, all);

    /// <summary>Why an item was scored as it was: the person's own items that added most, largest first. Empty when the model cannot say.</summary>
    public virtual IReadOnlyList<Contribution> Explain(Batch person, int item, int most = 3) => [];

    /// <summary>What the file of the model holds, after its head.</summary>
    internal abstract void Write(ModelWriter writer);

    private protected abstract void ScoreInto(Batch batch, float[] scores, Workers workers);
}

/// <summary>One of the things an item's score came from.</summary>
/// <param name="Name">The identifier of the person's own item, or the name of the feature.</param>
/// <param name="IsFeature">Whether it is a feature.</param>
/// <param name="Amount">What it added, in units of the score.</param>
public sealed record Contribution(string Name, bool IsFeature, double Amount);

/// <summary>How a fit runs.</summary>
/// <param name="Workers">Cores and cancellation; a cancelled fit throws and leaves nothing.</param>
/// <param name="Seed">What random starts are drawn from.</param>
/// <param name="Progress">Told the share that is done: 0 at the beginning, never less than before, 1 when the model is whole. Told by one thread at a time, whichever does the work.</param>
public sealed record Fitting(Workers Workers, ulong Seed = 1, IProgress<double>? Progress = null)
{
    /// <summary>All cores, seed 1, nobody told.</summary>
    public static Fitting Default { get; } = new(Workers.All);

    /// <summary>The same for a part of a larger piece of work, such as one model of a blend: what is 0 to 1 there is told as <paramref name="from"/> to <paramref name="to"/>.</summary>
    public Fitting Part(double from, double to) => Progress is { } whole ? this with { Progress = new Stretch(whole, from, to) } : this;

    /// <summary>Says how far it is, and stops here if that was asked for: whoever stops a fit when told less than 1 gets no model.</summary>
    internal void Done(double share)
    {
        Workers.Cancellation.ThrowIfCancellationRequested();
        Progress?.Report(share);
    }

    private sealed class Stretch(IProgress<double> whole, double from, double to) : IProgress<double>
    {
        public void Report(double value) => whole.Report(from + (to - from) * value);
    }
}
