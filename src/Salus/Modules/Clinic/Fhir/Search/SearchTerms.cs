using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Fhir.Search;

/// <summary>One parameter of a search: any of its values is enough; several parameters narrow each other.</summary>
internal sealed record Term(string Name, IReadOnlyList<string> Values)
{
    public string Text => $"{Name}={Uri.EscapeDataString(string.Join(',', Values.Select(v => v.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal))))}";
}

/// <summary>A search as it was asked for.</summary>
/// <param name="Ignored">Parameters that are not known here.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record SearchTerms(IReadOnlyList<Term> Terms, IReadOnlyList<string> Ignored, int Count, string? After, bool IsCountOnly, bool WantsTotal)
{
    public const int MostTerms = 40, MostValues = 100, MostText = 400;
    public const string AfterName = "_after";
    private static readonly Regex Comma = new(@"(?<!\\),", RegexOptions.None, TimeSpan.FromSeconds(1));

    // How the answer is written is the door's business, not the search's.
    private static readonly string[] OfTheDoor = ["_format", "_pretty"];

    /// <param name="known">The parameters that the type can be searched by.</param>
    /// <exception cref="Refusal">400 <c>fhir.parameter</c> for what cannot be read, and for unknown parameters when they are to be refused.</exception>
    public static SearchTerms Parse(IEnumerable<KeyValuePair<string, StringValues>> asked, IReadOnlySet<string> known, bool isStrict, int count, int mostCount)
    {
        var (terms, ignored) = (new List<Term>(), new List<string>());
        var (after, isCountOnly, wantsTotal) = ((string?)null, false, false);
        foreach (var (key, texts) in asked)
        {
            foreach (var text in texts.OfType<string>())
            {
                if (text.Length == 0 || OfTheDoor.Contains(key)) continue;
                if (text.Length > MostText * 10 || text.Any(char.IsControl)) throw Wrong(Shown(key));
                switch (key)
                {
                    case "_count": count = Number(text, mostCount); break;
                    case AfterName: after = text; break;
                    case "_summary" when text is "count" or "false": isCountOnly = text == "count"; break;
                    case "_total" when text is "none" or "estimate" or "accurate": wantsTotal = text != "none"; break;
                    case "_summary" or "_total": throw Wrong(key);
                    default: Add(key, text, known, terms, ignored); break;
                }
            }
        }
        if (isStrict && ignored.Count > 0) throw new Refusal(400, "fhir.parameter-unknown", "The parameter “{0}” is not known here.", Shown(ignored[0]));
        if (terms.Count > MostTerms) throw new Refusal(400, "fhir.parameter", "These are too many parameters.");
        // A page of none is how a count is asked for, too.
        return new(terms, ignored, Math.Max(count, 1), after, isCountOnly || count == 0, wantsTotal);
    }

    private static void Add(string key, string text, IReadOnlySet<string> known, List<Term> terms, List<string> ignored)
    {
        // "subject:Patient=…" says what kind is meant; all subjects are patients here.
        var name = key.EndsWith(":Patient", StringComparison.Ordinal) && key.Split(':')[0] is "subject" or "patient" ? key.Split(':')[0] : key;
        if (known.Contains(name))
        {
            var values = Comma.Split(text).Select(v => v.Replace("\\,", ",", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)).Where(v => v.Length > 0).ToList();
            if (values.Count is 0 or > MostValues || values.Any(v => v.Length > MostText)) throw Wrong(name);
            terms.Add(new(name, values));
        }
        // A modifier that is not understood would change what is meant: it is never passed over.
        else if (key.Split(':') is [var bare, _, ..] && known.Contains(bare)) throw new Refusal(400, "fhir.modifier", "The parameter “{0}” cannot be changed in this way here.", Shown(key));
        else ignored.Add(key);
    }

    private static int Number(string text, int most) => text.Length is > 0 and < 20 && text.All(char.IsAsciiDigit) ? (int)Math.Min(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : most, most) : throw Wrong("_count");

    public static Refusal Wrong(string name) => new(400, "fhir.parameter", "The value of “{0}” cannot be read.", name);

    /// <summary>A name that somebody made up, short enough to be said.</summary>
    private static string Shown(string name) => string.Concat(name.Where(c => !char.IsControl(c)).Take(60));
}
