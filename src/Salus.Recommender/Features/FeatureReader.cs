using System.Globalization;
using System.Text;
using Salus.Recommender.Data;

namespace Salus.Recommender.Features;

/// <summary>Reads what is known of items, or of people, from text: a line for each, the identifier and then cells "kind:name=value" with tabs between. The kind is that of
/// <see cref="FeatureKind"/> in lower case and category where none is given; a name may come several times in a line. Words are cut into words, a place is "latitude,longitude" in degrees
/// north and east, a price is a whole number of minor units, the others are taken as they stand: see <see cref="FeatureValues"/>.</summary>
public static class FeatureReader
{
    /// <summary>Raised when the same file would give other features.</summary>
    private const int Version = 1;

    private sealed record Cell(string Name, FeatureKind Kind, string Value);

    /// <param name="path">A UTF-8 file.</param>
    /// <exception cref="RecommenderException"><c>data.malformed</c> with the number of the line, <c>data.empty</c>.</exception>
    public static FeatureSnapshot Read(string path)
    {
        if (!File.Exists(path)) throw new RecommenderException(Faults.Empty, $"There is no file {path}.");
        return Read(File.ReadLines(path, StrictText.Utf8));
    }

    /// <inheritdoc cref="Read(string)"/>
    public static FeatureSnapshot Read(IEnumerable<string> lines)
    {
        var rows = new List<(string Id, List<Cell> Cells)>();
        var kinds = new Dictionary<string, FeatureKind>(StringComparer.Ordinal);
        var number = 0;
        try
        {
            foreach (var raw in lines)
            {
                number++;
                var line = number == 1 ? raw.TrimStart('\uFEFF') : raw;
                if (string.IsNullOrWhiteSpace(line)) continue;
                var parts = line.TrimEnd('\r').Split('\t');
                if (parts[0].Trim().Length == 0) throw Wrong(number, "the identifier is missing");
                var cells = parts.Skip(1).Where(p => p.Trim().Length > 0).Select(p => Parse(p.Trim(), number)).ToList();
                foreach (var cell in cells)
                    if (!kinds.TryAdd(cell.Name, cell.Kind) && kinds[cell.Name] != cell.Kind) throw Wrong(number, $"'{cell.Name}' was of another kind before");
                rows.Add((parts[0].Trim(), cells));
            }
        }
        catch (DecoderFallbackException broken)
        {
            throw new RecommenderException(Faults.Malformed, $"After line {number} the file is not UTF-8 text.", broken);
        }
        if (rows.Count == 0) throw new RecommenderException(Faults.Empty, "The file of features has no line to read.");
        return new FeatureStore<List<Cell>>(kinds.Select(k => new FeatureDefinition<List<Cell>>(k.Key, Version, k.Value, cells => cells.Where(c => c.Name == k.Key).SelectMany(Values)))).Compute(rows);
    }

    private static Cell Parse(string text, int line)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1) throw Wrong(line, "a feature is written name=value");
        var (head, value) = (text[..equals].Trim(), text[(equals + 1)..].Trim());
        var colon = head.IndexOf(':', StringComparison.Ordinal);
        var kind = FeatureKind.Category;
        if (colon >= 0 && !(Enum.TryParse(head[..colon], ignoreCase: true, out kind) && Enum.GetNames<FeatureKind>().Contains(head[..colon], StringComparer.OrdinalIgnoreCase)))
            throw Wrong(line, $"there is no kind of feature '{head[..colon]}'; there are: {string.Join(", ", Enum.GetNames<FeatureKind>()).ToLowerInvariant()}");
        var cell = new Cell(head[(colon + 1)..].Trim(), kind, value);
        if (cell.Name.Length == 0) throw Wrong(line, "a feature has no name");
        if (kind == FeatureKind.Place && PlaceOf(value) is null) throw Wrong(line, "a place is written latitude,longitude");
        if (kind == FeatureKind.Price && PriceOf(value) is null) throw Wrong(line, "a price is a whole number of minor units, not below zero");
        return cell;
    }

    private static IEnumerable<(string Value, float Weight)> Values(Cell cell) => cell.Kind switch
    {
        FeatureKind.Word => FeatureValues.Words(cell.Value),
        FeatureKind.Place when PlaceOf(cell.Value) is { } place => FeatureValues.Cells(place.Latitude, place.Longitude),
        FeatureKind.Price => FeatureValues.PriceBand(PriceOf(cell.Value)),
        _ => FeatureValues.Category(cell.Value),
    };

    private static (double Latitude, double Longitude)? PlaceOf(string value) =>
        value.Split(',') is [var north, var east]
        && double.TryParse(north, NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude) && double.TryParse(east, NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
        && latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180 ? (latitude, longitude) : null;

    private static long? PriceOf(string value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var price) ? price : null;

    private static RecommenderException Wrong(int line, string what) => new(Faults.Malformed, $"Line {line}: {what}.");
}
