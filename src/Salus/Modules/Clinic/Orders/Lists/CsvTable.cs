using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>A row of a table that cannot be taken.</summary>
/// <param name="Row">Counted as a spreadsheet counts: the head is row 1.</param>
/// <param name="Sentence">What is wrong, as a resource key.</param>
public sealed record RowFault(int Row, string Column, string Sentence);

/// <summary>What loading a table did, or would do.</summary>
/// <param name="IsDryRun">Nothing was written.</param>
/// <param name="Faults">The first of them; nothing is written while there are any.</param>
public sealed record LoadReport(bool IsDryRun, int Rows, int Added, int Changed, int Same, int Archived, int FaultCount, IReadOnlyList<RowFault> Faults)
{
    public const int MostFaults = 50;

    /// <summary>The same as a refusal: nothing was loaded.</summary>
    public Refusal ToRefusal() => new(422, "load.rows", "Nothing was loaded: {0} rows have faults.", FaultCount)
    {
        Errors = Faults.GroupBy(f => $"row {f.Row}: {f.Column}").ToDictionary(g => g.Key, g => g.Select(f => f.Sentence).ToArray()), Unlock = "Mend the rows and load the table again.",
    };
}

/// <summary>Reads tables as spreadsheets write them: UTF-8, a head, commas or semicolons.</summary>
internal static class CsvTable
{
    /// <summary>The rows one after the other, never all at once. A cell is asked for by the name of its column; one that is not there is empty.</summary>
    /// <exception cref="Refusal">422 on <c>file</c> when it is no such table or lacks a column.</exception>
    public static async IAsyncEnumerable<(int Row, Func<string, string> Cell)> Read(Stream stream, string[] needed, [EnumeratorCancellation] CancellationToken ct)
    {
        using var text = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true);
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true, DetectDelimiterValues = [",", ";", "\t"], MissingFieldFound = null, HeaderValidated = null, BadDataFound = null, MaxFieldSize = 4000, PrepareHeaderForMatch = h => h.Header.Trim().ToLowerInvariant(),
        };
        using var csv = new CsvReader(text, settings);
        if (!await Next(csv)) throw Refusal.Field("file", "This table is empty.");
        csv.ReadHeader();
        if (needed.Any(n => csv.HeaderRecord!.All(h => !h.Trim().Equals(n, StringComparison.OrdinalIgnoreCase)))) throw Refusal.Field("file", "This table lacks a column that is needed.");
        for (var row = 2; await Next(csv); row++)
        {
            ct.ThrowIfCancellationRequested();
            yield return (row, name => Csv.Plain(Text.Clean(csv.TryGetField<string>(name, out var cell) ? cell : "")));
        }
    }

    private static async Task<bool> Next(CsvReader csv)
    {
        try { return await csv.ReadAsync(); }
        catch (Exception error) when (error is DecoderFallbackException or CsvHelperException) { throw Refusal.Field("file", "This is no table in UTF-8 with commas or semicolons."); }
    }
}
