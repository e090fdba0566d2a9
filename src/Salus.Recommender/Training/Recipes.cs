using Salus.Recommender.Data;
using Salus.Recommender.Models;

namespace Salus.Recommender.Training;

/// <summary>The recipes this library comes with.</summary>
public static class Recipes
{
    /// <summary>Up to this many items the closed form is fitted as it is: a few seconds.</summary>
    private const int DenseItems = 6000;

    /// <summary>From this many items the factors are longer: there is more to tell apart.</summary>
    private const int LargeCatalogue = 10_000;

    /// <summary>See <see cref="Prior.Popularity"/>.</summary>
    public static Recipe Popularity { get; } = new("popularity", "how many people took an item", (d, f) => Prior.Popularity(d, f));
    /// <summary>See <see cref="Prior.Recency"/>, with a half-life of 60 days.</summary>
    public static Recipe Recency { get; } = new("recency", "how many people took an item lately", (d, f) => Prior.Recency(d, 60, fitting: f));
    /// <summary>See <see cref="GraphFilter"/>, with rank 0. The exponents did best on a tenth of the training events of Gowalla and Yelp2018 together.</summary>
    public static Recipe Linear { get; } = new("linear-filter", "items of people who share an event", (d, f) => GraphFilter.Fit(d, new() { Rank = 0, UserExponent = 0.4, ItemExponent = 0.25, OutExponent = -0.15 }, f));
    /// <summary>See <see cref="GraphFilter"/>.</summary>
    public static Recipe Filter { get; } = new("graph-filter", "the closed form on the graph of people and items, for any size", (d, f) => GraphFilter.Fit(d, fitting: f));
    /// <summary>See <see cref="ItemNeighbours.Cosine"/>.</summary>
    public static Recipe Cosine { get; } = new("cosine", "nearest items by co-occurrence", (d, f) => ItemNeighbours.Cosine(d, fitting: f));
    /// <summary>See <see cref="ItemNeighbours.Rp3Beta"/>.</summary>
    public static Recipe Rp3Beta { get; } = new("rp3beta", "a walk of three steps on the graph", (d, f) => ItemNeighbours.Rp3Beta(d, 500, 0.7, fitting: f));
    /// <summary>Little scaling, little regularisation: for catalogues most people have taken much of.</summary>
    public static Recipe DenseFilter { get; } = new("graph-filter-dense", "the same with settings for dense data", (d, f) => GraphFilter.Fit(d, new() { UserExponent = 0, ItemExponent = 0.2, OutExponent = 0.2, Regularisation = 0.01 }, f));

    /// <summary>The weight of a pair that is no event falls with the catalogue, so that all of them together keep their share in the loss. The settings for large
    /// catalogues are those that did well on a tenth of the training events of Gowalla and Yelp2018.</summary>
    public static Recipe Als { get; } = new("als", "implicit matrix factorisation", (d, f) => ImplicitAls.Fit(d, d.Items.Count < LargeCatalogue
        ? new() { Alpha = Math.Min(300.0 / d.Items.Count, 0.3), Dimensions = 128 }
        : new() { Alpha = Math.Max(600.0 / d.Items.Count, 0.003), Dimensions = 256, Regularisation = 0.003, Epochs = 8 }, f));

    /// <summary>See <see cref="Ease"/>.</summary>
    public static Recipe Closed { get; } = new("ease", "the closed form, for small catalogues", (d, f) => Ease.Fit(d, fitting: f));

    /// <summary>Likeness of what is known of the items; the one that finds items nobody has taken.</summary>
    /// <param name="items">A row for each item of the data that will be fitted.</param>
    public static Recipe Content(FeatureTable items) => new("content", "items like those a person took, by their features", (d, f) =>
    {
        var model = ContentModel.Fit(d.Items, items, fitting: f);
        model.Taken = d.Counts();
        return model;
    });

    /// <summary><see cref="Als"/>, with the factors of items nobody has taken made from their features.</summary>
    /// <param name="items">A row for each item of the data that will be fitted.</param>
    public static Recipe MappedAls(FeatureTable items) =>
        new("als-features", "implicit matrix factorisation, new items by their features", (d, f) =>
    {
        var mapped = ((ImplicitAls)Als.Fit(d, f.Part(0, 0.9))).WithMappedItems(d, items, workers: f.Workers);
        f.Done(1);
        return mapped;
    });

    /// <summary>What "auto" chooses from for data of this size.</summary>
    /// <param name="data">What will be fitted.</param>
    /// <param name="items">Features of its items, if any are known.</param>
    public static IReadOnlyList<Recipe> For(Interactions data, FeatureTable? items = null)
    {
        List<Recipe> recipes = [Popularity, Filter, DenseFilter];
        if (data.Times is not null) recipes.Add(Recency);
        if (data.Items.Count <= DenseItems) recipes.Add(Closed);
        recipes.Add(items is null ? Als : MappedAls(items));
        if (items is not null) recipes.Add(Content(items));
        recipes.Add(Rp3Beta);
        return recipes;
    }

    /// <summary>By name.</summary>
    /// <param name="name">Such as <c>ease</c>.</param>
    /// <param name="items">Features, without which <c>content</c> and <c>als-features</c> are not there.</param>
    /// <exception cref="RecommenderException"><c>model.unknown</c>.</exception>
    public static Recipe Find(string name, FeatureTable? items = null)
    {
        IReadOnlyList<Recipe> all = items is null ? All : [.. All, Content(items), MappedAls(items)];
        return all.FirstOrDefault(r => r.Name == name) ?? throw new RecommenderException(Faults.UnknownModel,
            $"There is no model '{name}'. There are: auto, {string.Join(", ", all.Select(r => r.Name))}{(items is null ? "; and, with features of the items, content and als-features" : "")}.");
    }

    /// <summary>Those that need nothing but events.</summary>
    public static IReadOnlyList<Recipe> All { get; } = [Popularity, Recency, Linear, Filter, DenseFilter, Cosine, Rp3Beta, Als, Closed];
}
