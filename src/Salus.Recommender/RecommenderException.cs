namespace Salus.Recommender;

/// <summary>The one way this library says no: a stable code for programs and a sentence for people. Whatever it refuses, no half-made
/// model, list or file is left behind.</summary>
/// <param name="code">One of <see cref="Faults"/>, such as <c>data.empty</c>.</param>
/// <param name="message">What is wrong and, where it helps, what would put it right. Never an identifier of a person.</param>
/// <param name="inner">What was caught, if anything.</param>
public sealed class RecommenderException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The stable code.</summary>
    public string Code { get; } = code;
}

/// <summary>The codes of <see cref="RecommenderException"/>.</summary>
public static class Faults
{
    /// <summary>There is nothing to learn from or to measure on.</summary>
    public const string Empty = "data.empty";
    /// <summary>A line or table that cannot be read.</summary>
    public const string Malformed = "data.malformed";
    /// <summary>A weight, feature or score that is not a finite number.</summary>
    public const string NotFinite = "data.not-finite";
    /// <summary>Shapes or catalogues that do not belong together.</summary>
    public const string Mismatch = "data.mismatch";
    /// <summary>An option outside its range; k larger than the catalogue is one.</summary>
    public const string Range = "options.range";
    /// <summary>Features made in another version than those a model was fitted on.</summary>
    public const string FeatureVersion = "features.version";
    /// <summary>A model this program does not know.</summary>
    public const string UnknownModel = "model.unknown";
    /// <summary>A model file that is cut, changed or not one of ours.</summary>
    public const string CorruptModel = "model.corrupt";
    /// <summary>More memory than was allowed.</summary>
    public const string Memory = "memory.limit";
    /// <summary>A matrix that should be positive definite is not.</summary>
    public const string Numeric = "numeric.not-definite";
    /// <summary>A privacy budget that does not cover the release.</summary>
    public const string BudgetSpent = "privacy.budget-spent";
    /// <summary>Fewer people than may be shown.</summary>
    public const string TooFew = "privacy.too-few";
}
