using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Salus.Recommender.Data;

namespace Salus.Recommender.Privacy;

/// <summary>Names that stand for people in training data and logs: a keyed hash (HMAC-SHA256, 128 bits of it). The same person has the same one under the same key; without the
/// key nobody can go back or try identifiers out; a new key makes old exports unlinkable.</summary>
public sealed class Pseudonyms
{
    private readonly byte[] key;

    /// <param name="key">At least 32 bytes, kept outside the data.</param>
    /// <param name="purpose">Pseudonyms of different purposes cannot be joined.</param>
    public Pseudonyms(byte[] key, string purpose)
    {
        if (key.Length < 32) throw new RecommenderException(Faults.Range, "The key of pseudonyms needs at least 32 bytes.");
        this.key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(purpose));
    }

    /// <summary>22 characters that are safe in files and addresses.</summary>
    public string Of(string id) => System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
}

/// <summary>Training data that may leave the house: pseudonyms, items, and the day of an event. No other column exists, so none can be forgotten.</summary>
public static class TrainingExport
{
    /// <summary>The columns, as they stand in the first line.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["user", "item", "weight", "time"];

    /// <param name="data">Events.</param>
    /// <param name="pseudonyms">For the people.</param>
    /// <param name="output">Lines of tab-separated text.</param>
    /// <param name="least">People with fewer events and items taken by fewer people are left out: a rare pair points at somebody.</param>
    /// <returns>How many events were written.</returns>
    public static int Write(Interactions data, Pseudonyms pseudonyms, TextWriter output, int least = 5)
    {
        output.Write(string.Join('\t', Columns) + "\n");
        var (people, items) = (data.Matrix.RowCounts(), data.Matrix.ColumnCounts());
        var lines = new List<string>();
        for (var u = 0; u < data.Users.Count; u++)
        {
            if (people[u] < least) continue;
            var person = pseudonyms.Of(data.Users[u]);
            for (var e = data.Matrix.Starts[u]; e < data.Matrix.Starts[u + 1]; e++)
            {
                var item = data.Matrix.Columns[e];
                if (items[item] < least) continue;
                var day = data.Times is { } times ? (times[e] - Mod(times[e], 86_400)).ToString(CultureInfo.InvariantCulture) : "";
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{person}\t{data.Items[item]}\t{data.Matrix.Values[e]}\t{day}\n"));
            }
        }
        // In the order of the pseudonyms: the order people came in would be one more thing to tell them by.
        lines.Sort(StringComparer.Ordinal);
        foreach (var line in lines) output.Write(line);
        return lines.Count;
    }

    private static long Mod(long value, long by) => (value % by + by) % by;
}
