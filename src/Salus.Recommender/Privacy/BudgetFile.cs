using System.Globalization;
using System.Text;
using Salus.Recommender.Data;

namespace Salus.Recommender.Privacy;

/// <summary>A <see cref="PrivacyBudget"/> that is kept in a file: all there is to spend in the first line, then a line for each release, cells with tabs between. Nobody else can open it
/// meanwhile, so that two releases at once cannot be paid with the same money.</summary>
public sealed class BudgetFile : IDisposable
{
    private readonly FileStream file;
    private int kept;

    /// <param name="path">The file.</param>
    /// <param name="epsilon">All there is to spend; begins a file that is not there yet. One that is there keeps what it was begun with, and another number is refused.</param>
    /// <param name="delta">As <paramref name="epsilon"/>.</param>
    /// <param name="clock">For the ledger.</param>
    /// <exception cref="RecommenderException"><c>data.empty</c>: there is no budget and nothing to begin one with; <c>data.malformed</c>: a line that cannot be read, and with it what was spent;
    /// <c>options.range</c>.</exception>
    /// <exception cref="IOException">It cannot be opened, or somebody else has it open.</exception>
    public BudgetFile(string path, double? epsilon = null, double delta = 0, TimeProvider? clock = null)
    {
        var isNew = !File.Exists(path) || new FileInfo(path).Length == 0;
        if (isNew && epsilon is null) throw new RecommenderException(Faults.Empty, "There is no budget in the file, and nothing was said of how much there is to spend.");
        if (isNew) Budget = new(epsilon!.Value, delta, clock: clock);
        file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            Budget = isNew && file.Length == 0 ? Begin(Budget!) : Read(clock);
            if (epsilon is { } asked && (asked != Budget.Epsilon || delta != Budget.Delta))
                throw new RecommenderException(Faults.Range, FormattableString.Invariant($"The budget was begun with {Budget.Epsilon} and cannot be made another."));
            kept = Budget.Ledger.Count;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What pays.</summary>
    public PrivacyBudget Budget { get; }

    /// <summary>Writes down what was spent since it was opened; it is on the disk when this returns. To be called before anything that was paid for is shown.</summary>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: the name of a release would break a line.</exception>
    public void Keep()
    {
        var text = string.Concat(Budget.Ledger.Skip(kept).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.At:O}\t{StrictText.Cell(e.Release)}\t{e.Epsilon:R}\t{e.Delta:R}\n")));
        Append(text);
        kept = Budget.Ledger.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private PrivacyBudget Begin(PrivacyBudget budget)
    {
        Append(string.Create(CultureInfo.InvariantCulture, $"budget\t{budget.Epsilon:R}\t{budget.Delta:R}\n"));
        return budget;
    }

    private void Append(string text)
    {
        file.Position = file.Length;
        file.Write(StrictText.Bytes(text));
        file.Flush(flushToDisk: true);
    }

    /// <summary>All of it or a refusal: a line that was passed over would be money to spend again.</summary>
    private PrivacyBudget Read(TimeProvider? clock)
    {
        using var reader = new StreamReader(file, StrictText.Utf8, leaveOpen: true);
        string text;
        try { text = reader.ReadToEnd(); }
        catch (DecoderFallbackException) { throw Broken(1); }
        var lines = text.Split('\n');
        if (lines[^1].Length > 0) throw Broken(lines.Length);
        if (lines[0].Split('\t') is not ["budget", var all, var slack] || !Real(all, out var epsilon) || !Real(slack, out var delta)) throw Broken(1);
        var entries = new List<BudgetEntry>();
        for (var n = 1; n < lines.Length - 1; n++)
        {
            if (lines[n].Split('\t') is not [var at, var release, var cost, var risk] || !Real(cost, out var e) || !Real(risk, out var d)
                || !DateTimeOffset.TryParseExact(at, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) throw Broken(n + 1);
            entries.Add(new(release, e, d, time));
        }
        return new(epsilon, delta, entries, clock);
    }

    private static bool Real(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static RecommenderException Broken(int line) => new(Faults.Malformed, FormattableString.Invariant($"Line {line} of the budget cannot be read, so what was spent is not known; nothing is released."));
}
