namespace Salus.Recommender.Tests.Support;

/// <summary>Made-up events whose right answer is known: people and items belong to one of three circles, a person takes most of their circle's items and none of
/// another's. What is missing is what should be recommended first.</summary>
internal static class Planted
{
    public const int Circles = 3, PeopleEach = 12, ItemsEach = 8;

    /// <param name="name">How an item is called.</param>
    public static Interactions Circles3(Func<int, string>? name = null, Func<int, string>? person = null, IEnumerable<int>? order = null)
    {
        var builder = new InteractionBuilder();
        foreach (var u in order ?? Enumerable.Range(0, Circles * PeopleEach))
            foreach (var i in Taken(u)) builder.Add(person?.Invoke(u) ?? $"u{u}", name?.Invoke(i) ?? $"i{i}", time: 1_700_000_000 + 86_400L * (u + i));
        return builder.Build();
    }

    /// <summary>All items of the circle but one, which differs from person to person.</summary>
    public static IEnumerable<int> Taken(int user)
    {
        var circle = user / PeopleEach;
        for (var i = 0; i < ItemsEach; i++)
            if (i != Missing(user) - circle * ItemsEach) yield return circle * ItemsEach + i;
    }

    public static int Missing(int user) => user / PeopleEach * ItemsEach + user % PeopleEach % ItemsEach;

    /// <summary>Random events with popular and unpopular items, for properties that hold for any data.</summary>
    public static Interactions Random(int people, int items, double density, ulong seed)
    {
        var random = new SeededRandom(seed);
        var builder = new InteractionBuilder();
        for (var i = 0; i < items; i++) builder.Add("everybody", $"i{i}");
        for (var u = 0; u < people; u++)
            for (var i = 0; i < items; i++)
                if (random.Unit() < density * 2 * (i + 1) / items) builder.Add($"u{u}", $"i{i}", time: 1_700_000_000 + random.Below(1_000_000));
        return builder.Build();
    }

    /// <summary>Two features of each item: its circle, and one all share.</summary>
    public static FeatureTable Features(Interactions data)
    {
        var names = new IdMap(["circle 0", "circle 1", "circle 2", "shared"]);
        var rows = data.Items.Names.Select(n => (IReadOnlyList<(int, float)>)[(int.Parse(n[1..], System.Globalization.CultureInfo.InvariantCulture) / ItemsEach, 1f), (3, 1f)]).ToList();
        return new(names, [FeatureKind.Category, FeatureKind.Category, FeatureKind.Category, FeatureKind.Flag], SparseMatrix.FromRows(rows, 4));
    }

    public static float[] Scores(Model model, params int[] items)
    {
        var scores = new float[model.Items.Count];
        model.Score(Batch.One(items, model.Items.Count), scores);
        return scores;
    }
}
