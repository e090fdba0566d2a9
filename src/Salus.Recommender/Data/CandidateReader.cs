namespace Salus.Recommender.Data;

/// <summary>Reads which items may stand on each person's list, where a published split gives them: a line for each person, the person first and then items, with tabs between. The first cell may be
/// "(person,item)", the held-out item with it, as in the leave-one-out sets of He and others (2017).</summary>
public static class CandidateReader
{
    /// <param name="path">A UTF-8 file.</param>
    /// <returns>For each person the items; the held-out one is among them where the line names it.</returns>
    /// <exception cref="RecommenderException"><c>data.empty</c>; <c>data.malformed</c> with the number of the line.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(string path)
    {
        if (!File.Exists(path)) throw new RecommenderException(Faults.Empty, $"There is no file {path}.");
        var (found, number) = (new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), 0);
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var cells = line.TrimEnd('\r').Split('\t').Select(c => c.Trim()).ToArray();
            if (cells.Length < 2 || cells.Any(c => c.Length == 0)) throw Wrong(number, "a person and at least one item are needed, with tabs between");
            var (person, items) = (cells[0], cells.AsSpan(1).ToArray());
            if (person is ['(', .., ')'])
            {
                var comma = person.LastIndexOf(',');
                if (comma < 2 || comma == person.Length - 2) throw Wrong(number, "what stands within the brackets is a person and an item");
                items = [person[(comma + 1)..^1].Trim(), .. items];
                person = person[1..comma].Trim();
            }
            if (!found.TryAdd(person, items)) throw Wrong(number, "the person stands there twice");
        }
        return found.Count == 0 ? throw new RecommenderException(Faults.Empty, "The file of candidates has no line to read.") : found;
    }

    private static RecommenderException Wrong(int line, string what) => new(Faults.Malformed, FormattableString.Invariant($"Line {line}: {what}."));
}
