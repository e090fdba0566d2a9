using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Salus.Kernel;

/// <summary>Writes tables as spreadsheets read them: UTF-8, commas, CRLF, and an apostrophe before each cell that a spreadsheet would run as a formula.</summary>
public sealed class Csv : IAsyncDisposable
{
    private readonly StreamWriter text;
    private readonly CsvWriter csv;

    /// <param name="output">Stays open.</param>
    /// <param name="withMark">Begins with a byte order mark, by which some spreadsheets know UTF-8.</param>
    public Csv(Stream output, bool withMark = false)
    {
        text = new(output, new UTF8Encoding(withMark), leaveOpen: true);
        csv = new(text, new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape, NewLine = "\r\n" });
    }

    /// <summary>One line; it has left for the stream only after <see cref="Flush"/> or the end.</summary>
    public async Task Line(params IEnumerable<string> cells)
    {
        foreach (var cell in cells) csv.WriteField(cell);
        await csv.NextRecordAsync();
    }

    public Task Flush() => csv.FlushAsync();

    public async ValueTask DisposeAsync()
    {
        await csv.DisposeAsync();
        await text.DisposeAsync();
    }

    /// <summary>A whole table.</summary>
    public static async Task<byte[]> Write(IEnumerable<string> head, IEnumerable<IEnumerable<string>> lines, bool withMark = false)
    {
        using var content = new MemoryStream();
        await using (var csv = new Csv(content, withMark))
        {
            foreach (var line in lines.Prepend(head)) await csv.Line(line);
        }
        return content.ToArray();
    }

    /// <summary>A cell as it was before <see cref="Line"/> put an apostrophe before it.</summary>
    public static string Plain(string cell) => cell.Length > 1 && cell[0] == '\'' && "=+-@".Contains(cell[1], StringComparison.Ordinal) ? cell[1..] : cell;
}
