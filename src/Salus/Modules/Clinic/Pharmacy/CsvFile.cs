using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>One line of a file that was loaded, with its place in the file.</summary>
public sealed class CsvLine(int number, IReadOnlyDictionary<string, string> cells)
{
    public int Number => number;

    public string this[string column] => cells.GetValueOrDefault(column, "");

    public int? Whole(string column) => int.TryParse(this[column], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) ? value : null;
}

/// <summary>What is wrong with a line: its number in the file, the column, a sentence (a resource key).</summary>
public sealed record CsvFault(int Line, string Column, string Sentence)
{
    /// <summary>What would be refused in a form.</summary>
    public static CsvFault Of(CsvLine line, Refusal refusal) => new(line.Number, refusal.Errors.First().Key, refusal.Errors.First().Value[0]);
}

/// <summary>What a file would do, or did. With any fault nothing is written.</summary>
public sealed record ImportOutcome(bool IsDryRun, int Lines, int Added, int Changed, int Unchanged, IReadOnlyList<CsvFault> Faults)
{
    public bool IsWritten => !IsDryRun && Faults.Count == 0;
}

/// <summary>Comma-separated files as spreadsheets write and read them.</summary>
public static class CsvFile
{
    public const int MostBytes = 5 * 1024 * 1024;
    public const int MostLines = 20_000;
    private const int MostFaults = 200;

    /// <summary>The text of a file.</summary>
    /// <exception cref="Refusal">422 on <c>file</c> when there is none, it is too large or not UTF-8.</exception>
    public static string Decode(byte[]? bytes)
    {
        if (bytes is null || bytes.Length == 0) throw Refusal.Field("file", "Choose a file.");
        if (bytes.Length > MostBytes) throw Refusal.Field("file", "The file is larger than 5 MB.");
        try { return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF'); }
        catch (DecoderFallbackException) { throw Refusal.Field("file", "The file is not in UTF-8. Save it as “CSV UTF-8”."); }
    }

    /// <summary>The body of a request, at most as much as is allowed and one byte.</summary>
    public static async Task<byte[]> Body(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) != true) throw new Refusal(415, "media-type", "This kind of content is not understood here.");
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }

    /// <summary>The lines below the header, whose columns may stand in any order and case; comma, semicolon or tab between them.</summary>
    /// <exception cref="Refusal">422 on <c>file</c> when a column is missing or the file cannot be read.</exception>
    public static List<CsvLine> Read(string text, params string[] needed)
    {
        var header = text.Split('\n', 2)[0];
        using var csv = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = ((string[])[",", ";", "\t"]).MaxBy(d => header.Split(d).Length)!, BadDataFound = null, IgnoreBlankLines = true, MaxFieldSize = 4000, TrimOptions = TrimOptions.Trim,
        });
        try
        {
            if (!csv.Read() || csv.Record is null) throw Refusal.Field("file", "The file is empty.");
            var columns = csv.Record.Select(c => Text.Fold(c).Replace(' ', '_')).ToList();
            if (needed.FirstOrDefault(n => !columns.Contains(n)) is not null) throw Refusal.Field("file", "The first line must name the columns as the example does.");
            var lines = new List<CsvLine>();
            while (csv.Read())
            {
                if (lines.Count == MostLines) throw Refusal.Field("file", "The file has more than 20,000 lines.");
                var cells = new Dictionary<string, string>();
                for (var i = 0; i < columns.Count && i < csv.Record!.Length; i++) cells[columns[i]] = Csv.Plain(Text.Clean(csv.Record[i]));
                lines.Add(new(csv.RawRow, cells));
            }
            return lines;
        }
        catch (CsvHelperException) { throw Refusal.Field("file", "The file cannot be read as a table."); }
    }

    /// <summary>Checks the attributes of what a line says.</summary>
    public static IEnumerable<CsvFault> Check(CsvLine line, object row)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(row, new ValidationContext(row), results, validateAllProperties: true);
        return results.Select(r => new CsvFault(line.Number, JsonNamingPolicy.SnakeCaseLower.ConvertName(r.MemberNames.FirstOrDefault() ?? ""), r.ErrorMessage ?? "This value does not fit."));
    }

    public static IReadOnlyList<CsvFault> Shown(IEnumerable<CsvFault> faults) => [.. faults.OrderBy(f => f.Line).Take(MostFaults)];
}
