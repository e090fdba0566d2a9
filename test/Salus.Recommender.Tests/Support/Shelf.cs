namespace Salus.Recommender.Tests.Support;

/// <summary>Every model of the library, by name, as the shared contract tests take them.</summary>
internal static class Shelf
{
    private static readonly Dictionary<string, Func<Interactions, Fitting, Model>> Fits = new()
    {
        ["popularity"] = (d, f) => Prior.Popularity(d, f),
        ["recency"] = (d, f) => Prior.Recency(d, 30, fitting: f),
        ["linear filter"] = (d, f) => GraphFilter.Fit(d, new() { Rank = 0 }, f),
        ["graph filter"] = (d, f) => GraphFilter.Fit(d, new() { Rank = 12 }, f),
        ["ease"] = (d, f) => Ease.Fit(d, new() { Regularisation = 5 }, f),
        ["als"] = (d, f) => ImplicitAls.Fit(d, new() { Dimensions = 8, Block = 5, Regularisation = 0.05 }, f),
        ["cosine"] = (d, f) => ItemNeighbours.Cosine(d, 30, 1, f),
        ["rp3beta"] = (d, f) => ItemNeighbours.Rp3Beta(d, 30, fitting: f),
        ["content"] = (d, f) => ContentModel.Fit(d.Items, Described(d), fitting: f),
        ["blend"] = (d, f) => new Blend(d.Items, [Prior.Popularity(d, f.Part(0, 0.1)), GraphFilter.Fit(d, new() { Rank = 8 }, f.Part(0.1, 0.6)), Ease.Fit(d, new() { Regularisation = 5 }, f.Part(0.6, 1))],
            new([6], [[0.5f, 1, 0.2f], [0, 1, 1]], [[1, 0, 0], [1, 0, 0]]), new bool[d.Items.Count]),
    };

    public static TheoryData<string> All => [.. Fits.Keys];
    public static TheoryData<string> Personal => [.. Fits.Keys.Where(n => n is not ("popularity" or "recency"))];

    public static Model Fit(string name, Interactions data, Fitting? fitting = null) => Fits[name](data, fitting ?? Fitting.Default);

    /// <summary>Items described by who took them, so that the content model can be asked the same questions as the others.</summary>
    private static FeatureTable Described(Interactions data)
    {
        var byItem = data.Matrix.Transposed();
        var names = new IdMap(data.Users.Names);
        return new(names, [.. names.Names.Select(_ => FeatureKind.Category)], byItem);
    }
}
