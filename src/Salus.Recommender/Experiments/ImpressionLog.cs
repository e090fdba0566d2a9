using System.Globalization;
using System.Text;
using Salus.Recommender.Data;

namespace Salus.Recommender.Experiments;

/// <summary>Impressions in a file that is only ever added to: a line for each, with tabs between, in the order of <see cref="Columns"/>. A line is on the disk when <see cref="Append"/> returns;
/// one that a crash cut short is no impression and is cut off when the file is opened again. Safe to use from many threads, one log to a file.</summary>
public sealed class ImpressionLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;

    /// <param name="path">A file of impressions, or one that does not exist yet.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public ImpressionLog(string path)
    {
        file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.SetLength(Whole(file));
        file.Position = file.Length;
    }

    /// <summary>The columns of a line.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["experiment", "arm", "person", "item", "position", "propensity", "time"];

    /// <summary>Adds impressions, all of a list at once.</summary>
    /// <exception cref="RecommenderException"><c>options.range</c>, <c>data.malformed</c>; then none of them is added.</exception>
    public void Append(IEnumerable<Impression> impressions)
    {
        var text = new StringBuilder();
        foreach (var i in impressions)
        {
            i.Checked();
            text.AppendJoin('\t', new[] { i.Experiment, i.Arm, i.Person, i.Item }.Select(StrictText.Cell))
                .Append(CultureInfo.InvariantCulture, $"\t{i.Position}\t{i.Propensity:R}\t{i.Time}\n");
        }
        var bytes = StrictText.Bytes(text.ToString());
        lock (gate)
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>All impressions of a file, in the order they were added; a last line that is not whole is none.</summary>
    /// <exception cref="RecommenderException"><c>data.malformed</c> with the number of the line.</exception>
    public static IEnumerable<Impression> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var left = Whole(file);
        file.Position = 0;
        using var reader = new StreamReader(file, StrictText.Utf8);
        for (var number = 1; left > 0 && reader.ReadLine() is { } line; number++)
        {
            left -= StrictText.Utf8.GetByteCount(line) + 1;
            yield return Parse(line) ?? throw new RecommenderException(Faults.Malformed, $"Line {number} of the impressions cannot be read.");
        }
    }

    /// <summary>The log as another ranker's estimate needs it, see <see cref="OffPolicy"/>.</summary>
    /// <param name="impressions">From <see cref="Read"/>, those of one experiment.</param>
    /// <param name="target">The probability with which the other ranker would show the item there.</param>
    /// <param name="reward">What came of it, such as 1 for a visit.</param>
    public static IReadOnlyList<LoggedChoice> Choices(IEnumerable<Impression> impressions, Func<Impression, double> target, Func<Impression, double> reward) =>
        [.. impressions.Select(i => new LoggedChoice(i.Propensity, target(i), reward(i)))];

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static Impression? Parse(string line)
    {
        var c = line.Split('\t');
        if (c.Length != Columns.Count || !int.TryParse(c[4], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            || !double.TryParse(c[5], NumberStyles.Float, CultureInfo.InvariantCulture, out var propensity) || !long.TryParse(c[6], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time))
            return null;
        return new Impression(c[0], c[1], c[2], c[3], position, propensity, time).Checked();
    }

    /// <summary>Up to the end of the last line that has one.</summary>
    private static long Whole(FileStream file)
    {
        for (var end = file.Length; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n') return end;
        }
        return 0;
    }
}
