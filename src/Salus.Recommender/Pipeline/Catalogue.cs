using Salus.Recommender.Data;

namespace Salus.Recommender.Pipeline;

/// <summary>A place on the globe, degrees north and east.</summary>
public readonly record struct Place(double Latitude, double Longitude)
{
    /// <summary>Great-circle distance in kilometres (haversine, mean radius 6371.0088 km).</summary>
    public double KilometresTo(Place other)
    {
        var (a, b) = (Latitude * Math.PI / 180, other.Latitude * Math.PI / 180);
        var h = Math.Pow(Math.Sin((b - a) / 2), 2) + Math.Cos(a) * Math.Cos(b) * Math.Pow(Math.Sin((other.Longitude - Longitude) * Math.PI / 360), 2);
        return 2 * 6371.0088 * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }
}

/// <summary>What the pipeline knows of an item besides events.</summary>
public sealed record Item
{
    /// <summary>The identifier, as the model knows it.</summary>
    public required string Id { get; init; }
    /// <summary>Clinic, post, resource: decides the half-life.</summary>
    public string Kind { get; init; } = "";
    /// <summary>Whose it is; one list holds at most so many of a provider.</summary>
    public string? Provider { get; init; }
    /// <summary>Where it is; null where that means nothing.</summary>
    public Place? Place { get; init; }
    /// <summary>In which region it is popular.</summary>
    public string? Region { get; init; }
    /// <summary>What is offered there.</summary>
    public IReadOnlySet<string> Services { get; init; } = new HashSet<string>();
    /// <summary>The needs it can meet. A person with a need it does not name is never sent there.</summary>
    public IReadOnlySet<string> Accepts { get; init; } = new HashSet<string>();
    /// <summary>Unix seconds.</summary>
    public long Created { get; init; }
    /// <summary>Whether it belongs to those who get a share of the places.</summary>
    public bool Newcomer { get; init; }
}

/// <summary>How an item stands at this moment. Read last, so that what was hidden a second ago is not shown.</summary>
public readonly record struct LiveState(bool Hidden = false, bool Blocked = false, long? Expires = null, bool Available = true);

/// <summary>Who asks and for what.</summary>
public sealed record Ask
{
    /// <summary>Items the person took, most telling or not; they are not recommended again.</summary>
    public IReadOnlyList<string> History { get; init; } = [];
    /// <summary>Items that are theirs; never shown.</summary>
    public IReadOnlySet<string> Own { get; init; } = new HashSet<string>();
    /// <summary>Items they waved away; never shown.</summary>
    public IReadOnlySet<string> Dismissed { get; init; } = new HashSet<string>();
    /// <summary>Where they are, or want to be.</summary>
    public Place? Near { get; init; }
    /// <summary>Nothing farther away is shown, and nothing without a place; no limit when infinite.</summary>
    public double RadiusKilometres { get; init; } = double.PositiveInfinity;
    /// <summary>Where they live, for what is popular there.</summary>
    public string? Region { get; init; }
    /// <summary>A service that must be offered; any when null.</summary>
    public string? Service { get; init; }
    /// <summary>Needs that must be met. They decide who is shown; they are no feature, no reason, and are not kept.</summary>
    public IReadOnlySet<string> Needs { get; init; } = new HashSet<string>();
    /// <summary>Whether only what is available at this moment is shown.</summary>
    public bool AvailableNow { get; init; }
    /// <summary>At most so many; fewer when fewer are left.</summary>
    public int Take { get; init; } = 10;
    /// <summary>Unix seconds.</summary>
    public required long Now { get; init; }
    /// <summary>The person's own features, one row, over the feature space of the model.</summary>
    public SparseMatrix? Features { get; init; }
    /// <summary>The version those features were made with, see <see cref="FeatureTable.Version"/>.</summary>
    public string FeatureVersion { get; init; } = "";
}

/// <summary>What the business decides, apart from the models.</summary>
public sealed record Rules
{
    /// <summary>Shown first, the heaviest first, if they pass every hard rule.</summary>
    public IReadOnlyDictionary<string, double> Pinned { get; init; } = new Dictionary<string, double>();
    /// <summary>Never shown to anybody.</summary>
    public IReadOnlySet<string> Blocked { get; init; } = new HashSet<string>();
    /// <summary>Added to an item's score, which lies within 0 and 1 before.</summary>
    public IReadOnlyDictionary<string, double> Boosts { get; init; } = new Dictionary<string, double>();
    /// <summary>One list holds at most so many items of one provider; at least 1.</summary>
    public int MostPerProvider { get; init; } = 1;
    /// <summary>Of every n places at the top at least n times this go to newcomers, if there are any.</summary>
    public double NewcomerShare { get; init; }
    /// <summary>Days after which an item of a kind counts half; kinds without one do not age.</summary>
    public IReadOnlyDictionary<string, double> HalfLifeDays { get; init; } = new Dictionary<string, double>();
    /// <summary>1 ranks by score alone; lower makes the list more varied (maximal marginal relevance).</summary>
    public double Relevance { get; init; } = 0.8;
    /// <summary>What being near adds at most, falling by half every <see cref="NearKilometres"/>.</summary>
    public double NearWeight { get; init; } = 0.3;
    /// <summary>The distance over which nearness falls by half; nearer than this is called near.</summary>
    public double NearKilometres { get; init; } = 10;

    internal void Check()
    {
        if (!(Relevance is >= 0 and <= 1) || !(NewcomerShare is >= 0 and <= 1) || MostPerProvider < 1 || !(NearWeight >= 0) || !(NearKilometres > 0))
            throw new RecommenderException(Faults.Range, "A rule is outside its range.");
        if (Boosts.Values.Concat(Pinned.Values).Any(b => !double.IsFinite(b))) throw new RecommenderException(Faults.NotFinite, "A boost or pin is not a finite number.");
        if (HalfLifeDays.Values.Any(h => !(h > 0))) throw new RecommenderException(Faults.Range, "A half-life must be above zero days.");
    }
}

/// <summary>Why an item stands on the list.</summary>
public enum ReasonKind
{
    /// <summary>Something the person took; <see cref="Reason.Name"/> is that item.</summary>
    Event,
    /// <summary>A feature the person and the item share.</summary>
    Feature,
    /// <summary>It lies within <see cref="Rules.NearKilometres"/>.</summary>
    Near,
    /// <summary>It is younger than the half-life of its kind.</summary>
    New,
    /// <summary>The operator put it there, and the person is told.</summary>
    Pinned,
    /// <summary>More people took it than another, in the region or everywhere; nothing is known of this person yet, and the counts have ranked it.</summary>
    Popular,
}

/// <summary>One reason, for the program to put into words.</summary>
public sealed record Reason(ReasonKind Kind, string Name = "", double Amount = 0);

/// <summary>One item of a list.</summary>
public sealed record Recommendation(string Id, double Score, IReadOnlyList<Reason> Reasons);

/// <summary>A list.</summary>
/// <param name="Items">Best first.</param>
/// <param name="Generic">Whether it is the same for everybody of the region, because nothing is known of the person.</param>
/// <param name="Candidates">How many items passed the hard rules.</param>
public sealed record RecommendationList(IReadOnlyList<Recommendation> Items, bool Generic, int Candidates);
