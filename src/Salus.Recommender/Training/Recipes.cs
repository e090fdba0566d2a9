using Salus.Recommender.Data;
using Salus.Recommender.Models;

namespace Salus.Recommender.Training;

/// <summary>The recipes this library comes with.</summary>
public static class Recipes
{
    /// <summary>Up to this many items the closed form is fitted as it is: a few seconds.</summary>
    private const int DenseItems = 6000;

    public static Recipe Popularity { get; } = new("popularity", "how many people took an item", (d, _) => Prior.Popularity(d));
    public static Recipe Recency { get; } = new("recency", "how many people took an item lately", (d, _) => Prior.Recency(d, 60));
    public static Recipe Linear { get; } = new("linear-filter", "items of people who share an event", (d, f) => GraphFilter.Fit(d, new() { Rank = 0, UserExponent = 0.5, OutExponent = 0.5 }, f));
    public static Recipe Filter { get; } = new("graph-filter", "the closed form on the graph of people and items, for any size", (d, f) => GraphFilter.Fit(d, fitting: f));
    public static Recipe Cosine { get; } = new("cosine", "nearest items by co-occurrence", (d, f) => ItemNeighbours.Cosine(d, fitting: f));
    public static Recipe Rp3Beta { get; } = new("rp3beta", "a walk of three steps on the graph", (d, f) => ItemNeighbours.Rp3Beta(d, 500, 0.7, fitting: f));
    /// <summary>Little scaling, little regularisation: for catalogues most people have taken much of.</summary>
    public static Recipe DenseFilter { get; } = new("graph-filter-dense", "the same with settings for dense data", (d, f) => GraphFilter.Fit(d, new() { UserExponent = 0, ItemExponent = 0.2, OutExponent = 0.2, Regularisation = 0.01 }, f));

    /// <summary>The weight of a pair that is no event falls with the catalogue, so that all of them together keep their share in the loss.</summary>
    public static Recipe Als { get; } = new("als", "implicit matrix factorisation", (d, f) => ImplicitAls.Fit(d, new() { Alpha = Math.Clamp(300.0 / d.Items.Count, 0.003, 0.3), Dimensions = d.Items.Count < 10_000 ? 128 : 64 }, f));
    public static Recipe Closed { get; } = new("ease", "the closed form, for small catalogues", (d, f) => Ease.Fit(d, fitting: f));

    /// <summary>What "auto" chooses from for data of this size.</summary>
    public static IReadOnlyList<Recipe> For(Interactions data)
    {
        List<Recipe> recipes = [Popularity, Filter, DenseFilter];
        if (data.Times is not null) recipes.Add(Recency);
        if (data.Items.Count <= DenseItems) recipes.Add(Closed);
        recipes.Add(Als);
        recipes.Add(Rp3Beta);
        return recipes;
    }

    /// <summary>By name.</summary>
    /// <exception cref="RecommenderException"><c>model.unknown</c>.</exception>
    public static Recipe Find(string name) => All.FirstOrDefault(r => r.Name == name)
        ?? throw new RecommenderException(Faults.UnknownModel, $"There is no model '{name}'. There are: auto, {string.Join(", ", All.Select(r => r.Name))}.");

    public static IReadOnlyList<Recipe> All { get; } = [Popularity, Recency, Linear, Filter, DenseFilter, Cosine, Rp3Beta, Als, Closed];
}
