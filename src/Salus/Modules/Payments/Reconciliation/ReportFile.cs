using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Salus.Kernel;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Reconciliation;

/// <summary>One line of a provider's list.</summary>
public sealed record ReportLine(string Reference, long Amount, string Currency, DateOnly Day, bool IsRefund);

/// <summary>
/// Reads a provider's list from CSV: the columns reference, amount, currency and date, in any order and case, others are passed over. A negative amount, or the word refund in a column
/// kind, is money that went back.
/// </summary>
public static class ReportFile
{
    public const int MostBytes = 5 * 1024 * 1024;
    private const int MostLines = 50_000;
    private static readonly string[] Needed = ["reference", "amount", "currency", "date"];

    /// <exception cref="Refusal">422 on <c>file</c>, naming the line.</exception>
    public static List<ReportLine> Read(byte[] bytes)
    {
        if (bytes.Length == 0) throw Refusal.Field("file", "Choose a file.");
        if (bytes.Length > MostBytes) throw Refusal.Field("file", "The file is larger than 5 MB.");
        string text;
        try { text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF'); }
        catch (DecoderFallbackException) { throw Refusal.Field("file", "The file is not in UTF-8. Save it as “CSV UTF-8”."); }
        var header = text.Split('\n', 2)[0];
        using var csv = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = ((string[])[",", ";", "\t"]).MaxBy(d => header.Split(d).Length)!, BadDataFound = null, IgnoreBlankLines = true, MaxFieldSize = 4000, TrimOptions = TrimOptions.Trim,
        });
        try { return Lines(csv); }
        catch (CsvHelperException) { throw Refusal.Field("file", "The file cannot be read as a table."); }
    }

    private static List<ReportLine> Lines(CsvParser csv)
    {
        if (!csv.Read() || csv.Record is null) throw Refusal.Field("file", "The file is empty.");
        var columns = csv.Record.Select(Text.Fold).ToList();
        if (Needed.Any(n => !columns.Contains(n))) throw Refusal.Field("file", "The first line must name the columns reference, amount, currency and date.");
        var lines = new List<ReportLine>();
        while (csv.Read())
        {
            if (lines.Count == MostLines) throw Refusal.Field("file", "The file has more than 50,000 lines.");
            string Cell(string column) => columns.IndexOf(column) is >= 0 and var place && place < csv.Record!.Length ? csv.Record[place] : "";
            lines.Add(Line(Cell("reference"), Cell("amount"), Cell("currency").ToUpperInvariant(), Cell("date"), Cell("kind")) ?? throw new Refusal(422, "invalid", "Line {0} of the file cannot be read.", csv.RawRow));
        }
        return lines;
    }

    private static ReportLine? Line(string reference, string amount, string currency, string date, string kind)
    {
        if (reference.Length is 0 or > 100 || !Currencies.IsKnown(currency)) return null;
        if (!DateOnly.TryParseExact(date[..Math.Min(10, date.Length)], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
        var isRefund = amount.StartsWith('-') || Text.Fold(kind).Contains("refund", StringComparison.Ordinal);
        try { return new(reference, new Money(amount.TrimStart('-')).Minor(currency), currency, day, isRefund); }
        catch (Refusal) { return null; }
    }
}
