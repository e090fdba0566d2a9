using Salus.Recommender.Data;
using Salus.Recommender.Evaluation;
using Salus.Recommender.Models;

namespace Salus.Recommender.Training;

/// <summary>A kind of model with its options: what can be fitted again on other data.</summary>
/// <param name="Name">What it is called on the command line and in reports.</param>
/// <param name="About">One sentence.</param>
/// <param name="Fit">Fits it.</param>
public sealed record Recipe(string Name, string About, Func<Interactions, Fitting, Model> Fit);

/// <summary>What was chosen and on what grounds.</summary>
/// <param name="Model">The model, fitted on all of the data.</param>
/// <param name="Tried">Each recipe with its NDCG@k and Recall@k on the validation split; best first.</param>
/// <param name="Parts">The recipes that went into it; one when a single model was best.</param>
public sealed record Choice(Model Model, IReadOnlyList<(string Name, double Ndcg, double Recall)> Tried, IReadOnlyList<string> Parts);

/// <summary>What is known apart from events.</summary>
/// <param name="Items">A row for each item of the data.</param>
/// <param name="People">A row for each person of the data, over the feature space of the items; or null.</param>
public sealed record Described(FeatureTable Items, FeatureTable? People = null);

/// <summary>Chooses a model, or a blend of several, by itself: a tenth of each person's events is held out of the training data, each recipe is fitted on the rest, the
/// weights of the blend are learned on what was held out, and what was chosen is fitted again on everything. The test data is never looked at.
/// Which tenth: the latest where times are known, since that is what will be asked; else one drawn by the seed, and with it, where items are described, every event of a twentieth
/// of the items, so that there is something to learn from about items nobody has taken.</summary>
public static class ModelTrainer
{
    /// <summary>People who are looked at on the validation split.</summary>
    private const int MostPeople = 6000;

    /// <summary>What has been done, for the progress, when all recipes have been tried and when the weights have been learned.</summary>
    private const double Tried = 0.6, Learned = 0.7;

    /// <param name="data">Training data.</param>
    /// <param name="recipes">What to choose from, see <see cref="Recipes.For"/>.</param>
    /// <param name="k">The length of list to be best at.</param>
    /// <param name="fitting">Cores, seed, cancellation, progress.</param>
    /// <param name="say">Told what is done, in words.</param>
    /// <param name="described">What is known of items and people; the recipes are then <see cref="Recipes.For"/> with the items.</param>
    /// <exception cref="RecommenderException"><c>data.empty</c>, <c>data.mismatch</c>.</exception>
    public static Choice Choose(Interactions data, IReadOnlyList<Recipe> recipes, int k = 20, Fitting? fitting = null, Action<string>? say = null, Described? described = null)
    {
        var f = fitting ?? Fitting.Default;
        data.Checked();
        if (described is not null && (described.Items.Values.Rows != data.Items.Count || (described.People is { } rows && rows.Values.Rows != data.Users.Count)))
            throw new RecommenderException(Faults.Mismatch, "The features do not have one row for each item, or for each person, of the data.");
        var (train, held) = data.Times is not null ? Split.Latest(data, seed: f.Seed + 6) : described is not null ? Split.ShareAndItems(data, seed: f.Seed + 6) : Split.Share(data, seed: f.Seed + 6);
        held = held.OnlyKnown(train);
        if (train.Matrix.Count == 0 || held.Known.All(h => h.Length == 0))
        {
            say?.Invoke("There is too little data to hold any out: the most popular items are all that can be said.");
            return new(Prior.Popularity(data, f), [], ["popularity"]);
        }
        var cut = Math.Clamp(k, 1, data.Items.Count);
        var models = new List<Model>();
        var tried = new List<(string, double, double)>();
        var sample = Sample(held, f.Seed);
        foreach (var (n, recipe) in recipes.Index())
        {
            f.Workers.Cancellation.ThrowIfCancellationRequested();
            models.Add(recipe.Fit(train, f.Part(Tried * n / recipes.Count, Tried * (n + 1) / recipes.Count)));
            var report = Evaluator.Run(models[^1], train, sample, cut, f.Workers, options: new() { People = described?.People });
            tried.Add((recipe.Name, report.Ndcg.Mean, report.Recall.Mean));
            say?.Invoke($"validation: {recipe.Name}: ndcg@{cut} {report.Ndcg.Mean:F4}, recall@{cut} {report.Recall.Mean:F4}");
        }
        var cold = Cold(train);
        var weights = new BlendLearner(models, cold, cut).Learn(train.Matrix, sample.Known, MostPeople, f.Seed, f.Workers, described?.People);
        var used = Enumerable.Range(0, recipes.Count).Where(m => weights.Warm.Concat(weights.Cold).Any(w => w[m] > 0)).ToArray();
        models.Clear();
        float[] Keep(float[] row) => [.. used.Select(m => row[m])];
        var kept = new BlendWeights(weights.Limits, [.. weights.Warm.Select(Keep)], [.. weights.Cold.Select(Keep)]);
        var parts = new List<Model>();
        foreach (var (n, m) in used.Index())
        {
            say?.Invoke($"fit on all of the training data: {recipes[m].Name}, weights {string.Join(" ", weights.Warm.Select(w => $"{w[m]:F2}"))}");
            parts.Add(recipes[m].Fit(data, f.Part(Learned + (1 - Learned) * n / used.Length, Learned + (1 - Learned) * (n + 1) / used.Length)));
        }
        Model chosen = parts.Count == 1 ? parts[0] : new Blend(data.Items, parts, kept, Cold(data));
        return new(chosen, [.. tried.OrderByDescending(t => t.Item2)], [.. used.Select(m => recipes[m].Name)]);
    }

    /// <summary>Which items nobody has taken.</summary>
    public static bool[] Cold(Interactions data) => [.. data.Matrix.ColumnCounts().Select(c => c == 0)];

    private static HeldOut Sample(HeldOut held, ulong seed)
    {
        var people = Enumerable.Range(0, held.Known.Length).Where(u => held.Known[u].Length > 0).ToArray();
        if (people.Length <= MostPeople) return held;
        new Numerics.SeededRandom(seed).Shuffle(people.AsSpan());
        var chosen = people.Take(MostPeople).ToHashSet();
        return held with { Known = [.. held.Known.Select((h, u) => chosen.Contains(u) ? h : [])] };
    }
}
