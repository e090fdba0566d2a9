using System.Globalization;
using System.Text;
using Salus.Recommender;

namespace Salus.Cli;

/// <summary>Small files of the recommender's commands: UTF-8, a row in each line, cells with tabs between.</summary>
internal static class TabFile
{
    /// <param name="path">The file.</param>
    /// <param name="what">What a line holds, for the sentence that says it does not.</param>
    /// <param name="least">How many cells at least.</param>
    /// <param name="most">And at most; as many as <paramref name="least"/> when not given.</param>
    /// <exception cref="RecommenderException"><c>data.empty</c>, <c>data.malformed</c> with the number of the line.</exception>
    public static List<(int Line, string[] Cells)> Read(string path, string what, int least, int? most = null)
    {
        Exists(path);
        var (rows, number) = (new List<(int, string[])>(), 0);
        try
        {
            foreach (var line in File.ReadLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true)))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line)) continue;
                string[] cells = [.. line.Split('\t').Select(c => c.Trim())];
                if (cells.Length < least || cells.Length > (most ?? least)) throw Wrong(number, $"{what} is needed, with tabs between.");
                rows.Add((number, cells));
            }
        }
        catch (DecoderFallbackException broken) { throw new RecommenderException(Faults.Malformed, $"After line {number} the file is not UTF-8 text.", broken); }
        return rows.Count == 0 ? throw new RecommenderException(Faults.Empty, $"There is nothing in {path}.") : rows;
    }

    /// <summary>What belongs to each name; a name that comes again must say the same.</summary>
    /// <inheritdoc cref="Read"/>
    public static Dictionary<string, string> Pairs(string path, string what)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (line, cells) in Read(path, what, 2))
            if (!pairs.TryAdd(cells[0], cells[1]) && pairs[cells[0]] != cells[1]) throw Wrong(line, "The name stands there twice, with something else each time.");
        return pairs;
    }

    /// <summary>All bytes of a file that holds a key, as they are.</summary>
    public static byte[] Key(string path)
    {
        Exists(path);
        return File.ReadAllBytes(path);
    }

    /// <exception cref="RecommenderException"><c>data.empty</c>.</exception>
    public static void Exists(string path)
    {
        if (!File.Exists(path)) throw new RecommenderException(Faults.Empty, $"There is no file {path}.");
    }

    /// <summary>A number that is finite.</summary>
    public static double Number(int line, string cell, string what) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : throw Wrong(line, $"{what} is not a number.");

    public static RecommenderException Wrong(int line, string sentence) => new(Faults.Malformed, string.Create(CultureInfo.InvariantCulture, $"Line {line}: {sentence}"));
}
