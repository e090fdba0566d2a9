using System.Globalization;
using System.Security.Cryptography;
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
        this.key = HMACSHA256.HashData(key, StrictText.Bytes(purpose));
    }

    /// <summary>22 characters that are safe in files and addresses.</summary>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: half of a surrogate pair, which would give two people one name.</exception>
    public string Of(string id) => System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key, StrictText.Bytes(id)).AsSpan(0, 16));
}

/// <summary>Training data that may leave the house: pseudonyms, items, and the day of an event. No other column exists, so none can be forgotten.</summary>
public static class TrainingExport
{
    /// <summary>The columns, as they stand in the first line.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["user", "item", "weight", "time"];

    /// <param name="data">Events.</param>
    /// <param name="pseudonyms">For the people.</param>
    /// <param name="output">Lines of tab-separated text.</param>
    /// <param name="least">People with fewer events and items taken by fewer people are left out: a rare pair points at somebody. Both are counted over what is written, so leaving one out may
    /// take others with it.</param>
    /// <returns>How many events were written.</returns>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: an item's identifier would break a line; nothing is written then. <c>options.range</c>.</exception>
    public static int Write(Interactions data, Pseudonyms pseudonyms, TextWriter output, int least = 5)
    {
        if (least < 1) throw new RecommenderException(Faults.Range, "The least number of people must be at least 1.");
        var (keptPeople, keptItems) = Core(data.Matrix, least);
        for (var i = 0; i < keptItems.Length; i++)
            if (keptItems[i]) StrictText.Cell(data.Items[i]);
        output.Write(string.Join('\t', Columns) + "\n");
        var lines = new List<string>();
        for (var u = 0; u < data.Users.Count; u++)
        {
            if (!keptPeople[u]) continue;
            var person = pseudonyms.Of(data.Users[u]);
            for (var e = data.Matrix.Starts[u]; e < data.Matrix.Starts[u + 1]; e++)
            {
                var item = data.Matrix.Columns[e];
                if (!keptItems[item]) continue;
                var day = data.Times is { } times ? (times[e] - Mod(times[e], 86_400)).ToString(CultureInfo.InvariantCulture) : "";
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{person}\t{data.Items[item]}\t{data.Matrix.Values[e]}\t{day}\n"));
            }
        }
        // In the order of the pseudonyms: the order people came in would be one more thing to tell them by.
        lines.Sort(StringComparer.Ordinal);
        foreach (var line in lines) output.Write(line);
        return lines.Count;
    }

    /// <summary>The largest part of the events in which every person has so many and every item so many people: what falls below is taken out until nothing does.</summary>
    private static (bool[] People, bool[] Items) Core(SparseMatrix events, int least)
    {
        var byItem = events.Transposed();
        var (people, items) = (events.RowCounts(), events.ColumnCounts());
        var (keptPeople, keptItems) = (people.Select(_ => true).ToArray(), items.Select(_ => true).ToArray());
        for (var moved = true; moved;) moved = Drop(events, people, keptPeople, items, keptItems) | Drop(byItem, items, keptItems, people, keptPeople);
        return (keptPeople, keptItems);

        bool Drop(SparseMatrix rows, int[] own, bool[] kept, int[] others, bool[] keptOthers)
        {
            var any = false;
            for (var r = 0; r < own.Length; r++)
            {
                if (!kept[r] || own[r] >= least) continue;
                (kept[r], any) = (false, true);
                foreach (var other in rows.Row(r))
                    if (keptOthers[other]) others[other]--;
            }
            return any;
        }
    }

    private static long Mod(long value, long by) => (value % by + by) % by;
}
