using System.Globalization;
using System.Text;

namespace Salus.Recommender.Data;

/// <summary>The text forms of event data.</summary>
public enum TextForm
{
    /// <summary>Told from the first lines: a tab, comma, semicolon or "::" means <see cref="Columns"/>, else <see cref="Lists"/>.</summary>
    Auto,
    /// <summary>"user item item ..." with blanks between, one line for each user (LightGCN, UltraGCN).</summary>
    Lists,
    /// <summary>user, item and, if there, rating and Unix time, with or without a heading.</summary>
    Columns,
}

/// <summary>Reads events from text. Identifiers are taken as they stand: numbers or any other Unicode text, dense or with gaps.</summary>
public static class InteractionReader
{
    private static readonly string[] Separators = ["\t", "::", ";", ","];
    private static readonly string[] Headings = ["user", "userid", "user_id", "uid", "reviewerid"];

    /// <param name="path">A UTF-8 file.</param>
    /// <param name="form">How its lines are to be read.</param>
    /// <param name="leastRating">Rows with a lower rating are left out; null takes every row as a sign of interest.</param>
    /// <exception cref="RecommenderException"><c>data.malformed</c> with the number of the line, <c>data.not-finite</c>, <c>data.empty</c>.</exception>
    public static Interactions Read(string path, TextForm form = TextForm.Auto, double? leastRating = null)
    {
        if (!File.Exists(path)) throw new RecommenderException(Faults.Empty, $"There is no file {path}.");
        return Read(File.ReadLines(path, StrictText.Utf8), form, leastRating);
    }

    /// <inheritdoc cref="Read(string, TextForm, double?)"/>
    public static Interactions Read(IEnumerable<string> lines, TextForm form = TextForm.Auto, double? leastRating = null)
    {
        var builder = new InteractionBuilder();
        string? separator = null;
        var (number, decided) = (0, false);
        try
        {
            foreach (var raw in lines)
            {
                number++;
                var line = number == 1 ? raw.TrimStart('\uFEFF') : raw;
                if (string.IsNullOrWhiteSpace(line)) continue;
                var first = !decided;
                if (!decided)
                {
                    separator = form == TextForm.Lists ? null : Separators.FirstOrDefault(line.Contains) ?? (form == TextForm.Columns ? " " : null);
                    decided = true;
                }
                if (separator is null) List(builder, line);
                else Columns(builder, line.TrimEnd('\r').Split(separator), number, first, leastRating);
            }
        }
        catch (DecoderFallbackException broken)
        {
            throw new RecommenderException(Faults.Malformed, $"After line {number} the file is not UTF-8 text.", broken);
        }
        catch (RecommenderException broken) when (broken.Code is Faults.NotFinite or Faults.Malformed && !broken.Message.StartsWith("Line ", StringComparison.Ordinal))
        {
            throw new RecommenderException(broken.Code, $"Line {number}: {broken.Message}", broken);
        }
        return builder.Users.Count == 0 ? throw new RecommenderException(Faults.Empty, "The data has no line to read.") : builder.Build();
    }

    private static void List(InteractionBuilder builder, string line)
    {
        var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        builder.AddUser(parts[0]);
        foreach (var item in parts.AsSpan(1)) builder.Add(parts[0], item);
    }

    /// <summary>A field without the blanks around it and, if the whole of it is quoted, without the quotes; one that stands alone belongs to the identifier.</summary>
    private static string Field(string text)
    {
        var field = text.Trim();
        return field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? field[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : field;
    }

    private static void Columns(InteractionBuilder builder, string[] parts, int number, bool first, double? leastRating)
    {
        for (var i = 0; i < parts.Length; i++) parts[i] = Field(parts[i]);
        if (first && IsHeading(parts)) return;
        if (parts.Length < 2) throw new RecommenderException(Faults.Malformed, $"Line {number}: at least a user and an item are needed.");
        if (parts[0].Length == 0 || parts[1].Length == 0) throw new RecommenderException(Faults.Malformed, $"Line {number}: the user or the item is missing.");
        double rating = 1;
        if (parts.Length > 2 && parts[2].Length > 0 && !double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out rating))
            throw new RecommenderException(Faults.Malformed, $"Line {number}: the rating is not a number.");
        if (!double.IsFinite(rating)) throw new RecommenderException(Faults.NotFinite, $"Line {number}: the rating is not a finite number.");
        long? time = null;
        if (parts.Length > 3 && parts[3].Length > 0)
        {
            if (!double.TryParse(parts[3], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !double.IsFinite(seconds) || Math.Abs(seconds) > 1e15)
                throw new RecommenderException(Faults.Malformed, $"Line {number}: the time is not a number of seconds.");
            time = (long)seconds;
        }
        // Whoever rated low has still been there: the person is kept, the event is not.
        if (leastRating is { } least && parts.Length > 2 && rating < least) builder.AddUser(parts[0]);
        else builder.Add(parts[0], parts[1], 1, time);
    }

    private static bool IsHeading(string[] parts) =>
        Headings.Contains(parts[0].ToLowerInvariant()) ||
        (parts.Length > 2 && parts[2].Length > 0 && !double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out _) && parts[2].Any(char.IsLetter));
}
