using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Patients.Importing;

/// <summary>One row of a file: whom it describes, or what is wrong with it.</summary>
/// <param name="Line">The line of the file on which it ends.</param>
public sealed record ImportRow(int Line, RegisterPatient.Command Command, IReadOnlyList<RowFault> Faults);

/// <summary>What is wrong with one field of one row.</summary>
/// <param name="Sentence">A resource key in a row; in a report the sentence in the reader's language.</param>
public sealed record RowFault(int Line, string Field, string Sentence);

/// <summary>A table of patients as text: UTF-8, parted by commas or semicolons, the first line names the columns. Cells are text, whatever they look like.</summary>
public sealed class PatientFile
{
    public const int MostBytes = 2 * 1024 * 1024, MostRows = 5000;
    private const int MostCell = 1000;

    private static readonly string[] Columns = ["name", "phone", "birthdate", "age", "gender", "category", "number", "email", "address", "emergencyname", "emergencyphone", "emergencyrelation", "nationalid", "bloodgroup"];
    private static readonly string[] Days = ["yyyy-M-d", "d/M/yyyy", "d.M.yyyy", "d-M-yyyy", "yyyy/M/d", "yyyyMMdd"];

    private static readonly Refusal NoDate = Refusal.Field("birthDate", "This is not a date."), NoAge = Refusal.Field("age", "This value does not fit."), NoGender = Refusal.Field("gender", "Choose one of the list."),
        NoCategory = Refusal.Field("category", "Choose one of the list."), NoBloodGroup = Refusal.Field("bloodGroup", "Choose one of the list."), TooManyCells = Refusal.Field("file", "The row has more cells than there are columns.");

    private PatientFile(string text, IReadOnlyList<ImportRow> rows) => (Hash, Rows) = (Text.Hash(text), rows);

    /// <summary>Tells the file from others, whatever its line ends and its byte order mark.</summary>
    public string Hash { get; }

    /// <summary>Those with a number of their own first: a number that is brought along must not be given to somebody else before.</summary>
    public IReadOnlyList<ImportRow> Rows { get; }

    /// <summary>The text of a file, read no further than it may be long.</summary>
    /// <exception cref="Refusal">413 when it is longer; 422 when it is not UTF-8.</exception>
    public static async Task<string> Decode(Stream stream, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var part = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(part, ct)) > 0;)
        {
            bytes.Write(part, 0, read);
            if (bytes.Length > MostBytes) throw TooLarge();
        }
        return Decode(bytes.ToArray());
    }

    public static string Decode(byte[] bytes)
    {
        if (bytes.Length > MostBytes) throw TooLarge();
        try { return Plain(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes)); }
        catch (DecoderFallbackException) { throw Refusal.Field("file", "The file is not text in UTF-8. Choose this encoding when you save it."); }
    }

    private static Refusal TooLarge() => new(413, "too-large", "This is too large.");

    private static string Plain(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Trim('\n');

    /// <exception cref="Refusal">422 when it is no table of patients, or too long a one.</exception>
    public static PatientFile Read(string text)
    {
        text = Plain(text);
        var first = text.Split('\n', 2)[0];
        var delimiter = first.Count(c => c == ';') > first.Count(c => c == ',') ? ";" : ",";
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = delimiter, MaxFieldSize = MostCell, TrimOptions = TrimOptions.Trim, IgnoreBlankLines = true };
        using var parser = new CsvParser(new StringReader(text), settings);
        var rows = new List<ImportRow>();
        try
        {
            var columns = parser.Read() ? ColumnsOf(parser.Record!) : throw Refusal.Field("file", "The file is empty.");
            while (parser.Read())
            {
                if (rows.Count == MostRows) throw new Refusal(422, "import.too-long", "A file has at most {0} rows.", MostRows) { Unlock = "Cut it into several files." };
                if (parser.Record!.All(string.IsNullOrWhiteSpace)) continue;
                rows.Add(RowOf(parser.RawRow, columns, parser.Record!));
            }
        }
        // The library's own words would carry what stands in the row.
        catch (CsvHelperException) { throw new Refusal(422, "import.malformed", "Line {0} is not well formed.", parser.RawRow) { Unlock = "Look at quotes and separators there." }; }
        if (rows.Count == 0) throw Refusal.Field("file", "The file is empty.");
        return new(text, [.. rows.OrderBy(r => string.IsNullOrWhiteSpace(r.Command.Number))]);
    }

    private static string[] ColumnsOf(string[] heads)
    {
        var columns = heads.Select(h => Text.Fold(h).Replace(" ", "", StringComparison.Ordinal) switch { "dateofbirth" => "birthdate", "emailaddress" => "email", var key => key }).ToArray();
        if (!columns.Contains("name")) throw Refusal.Field("file", "The first line must name the columns; one of them is “name”.");
        if (columns.Except(Columns).Any()) throw Refusal.Field("file", "The first line names a column that is not known here.");
        if (columns.Distinct().Count() < columns.Length) throw Refusal.Field("file", "The first line names a column twice.");
        return columns;
    }

    private static ImportRow RowOf(int line, string[] columns, string[] cells)
    {
        var faults = new List<RowFault>();
        if (cells.Length > columns.Length) faults.Add(Fault(line, TooManyCells));
        string Cell(string column) => Array.IndexOf(columns, column) is >= 0 and var at && at < cells.Length ? Csv.Plain(cells[at].Trim()) : "";
        T? Read<T>(string column, Refusal refusal, Func<string, T?> read) where T : struct
        {
            if (Cell(column) is not { Length: > 0 } text) return null;
            if (read(text) is { } value) return value;
            faults.Add(Fault(line, refusal));
            return null;
        }
        return new(line, new()
        {
            Name = Cell("name"), Phone = Cell("phone"), Number = Cell("number"), Email = Cell("email"), Address = Cell("address"), NationalId = Cell("nationalid"),
            EmergencyName = Cell("emergencyname"), EmergencyPhone = Cell("emergencyphone"), EmergencyRelation = Cell("emergencyrelation"),
            BirthDate = Read<DateOnly>("birthdate", NoDate, t => DateOnly.TryParseExact(t, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null),
            Age = Read<int>("age", NoAge, t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var age) ? age : null),
            Gender = Read("gender", NoGender, GenderOf) ?? default,
            Category = Read("category", NoCategory, WordOf<PayerCategory>) ?? default,
            BloodGroup = Read("bloodgroup", NoBloodGroup, BloodGroupOf) ?? default,
        }, faults);
    }

    private static RowFault Fault(int line, Refusal refusal) => new(line, refusal.Errors.Single().Key, refusal.Errors.Single().Value[0]);

    private static Gender? GenderOf(string text) => Text.Fold(text) switch { "f" => Gender.Female, "m" => Gender.Male, "o" => Gender.Other, _ => WordOf<Gender>(text) };

    private static BloodGroup? BloodGroupOf(string text) => text.ToUpperInvariant().Replace('−', '-').Replace('0', 'O') switch
    {
        "A+" => BloodGroup.APositive, "A-" => BloodGroup.ANegative, "B+" => BloodGroup.BPositive, "B-" => BloodGroup.BNegative,
        "AB+" => BloodGroup.AbPositive, "AB-" => BloodGroup.AbNegative, "O+" => BloodGroup.OPositive, "O-" => BloodGroup.ONegative, _ => WordOf<BloodGroup>(text),
    };

    /// <summary>"self-paying", "Self paying" and "SelfPaying" are one word. Numbers are none.</summary>
    private static T? WordOf<T>(string text) where T : struct, Enum =>
        Text.Fold(text).Replace(" ", "", StringComparison.Ordinal) is var word && word.All(char.IsLetter) && Enum.TryParse<T>(word, ignoreCase: true, out var value) ? value : null;
}
