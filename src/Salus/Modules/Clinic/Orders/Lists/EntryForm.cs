using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>A test, study or procedure as it is typed or loaded. Flat, so that its attributes are checked through every door.</summary>
public partial record EntryForm
{
    public static readonly string[] Columns = ["kind", "code", "loinc", "name", "category", "unit", "low", "high", "critical_low", "critical_high", "range_text", "specimen", "fasting", "hours"];

    [EnumDataType(typeof(OrderKind), ErrorMessage = "Choose one of the list.")]
    public OrderKind Kind { get; init; }

    [Required(ErrorMessage = "Please fill this in."), StringLength(30, ErrorMessage = "This is too long.")]
    public string Code { get; init; } = "";

    [StringLength(12, ErrorMessage = "This is too long.")]
    public string? Loinc { get; init; }

    [Required(ErrorMessage = "Please fill this in."), StringLength(160, ErrorMessage = "This is too long.")]
    public string Name { get; init; } = "";

    [StringLength(60, ErrorMessage = "This is too long.")]
    public string? Category { get; init; }

    [StringLength(30, ErrorMessage = "This is too long.")]
    public string? Unit { get; init; }

    public decimal? Low { get; init; }
    public decimal? High { get; init; }
    public decimal? CriticalLow { get; init; }
    public decimal? CriticalHigh { get; init; }

    [StringLength(80, ErrorMessage = "This is too long.")]
    public string? RangeText { get; init; }

    [StringLength(80, ErrorMessage = "This is too long.")]
    public string? Specimen { get; init; }
    public bool IsFasting { get; init; }

    /// <summary>How long it takes as a rule.</summary>
    [Range(0, 8760, ErrorMessage = "This value does not fit.")]
    public int? Hours { get; init; }

    /// <summary>What attributes cannot say, by field.</summary>
    public Dictionary<string, string[]> Faults()
    {
        var errors = new Dictionary<string, string[]>();
        if (Text.Clean(Code).Length == 0) errors["code"] = ["Please fill this in."];
        if (!Name.Any(char.IsLetter)) errors["name"] = ["A name has at least one letter."];
        if (Text.Clean(Loinc) is { Length: > 0 } loinc && !LoincCode().IsMatch(loinc)) errors["loinc"] = ["A LOINC code is written like 2160-0."];
        if (Low >= High) errors["high"] = ["The upper limit is above the lower one."];
        if (CriticalLow >= Low || CriticalLow > High) errors["criticalLow"] = ["What is critical lies outside of what is normal."];
        if (CriticalHigh <= High || CriticalHigh < Low || CriticalHigh <= CriticalLow) errors["criticalHigh"] = ["What is critical lies outside of what is normal."];
        if (new[] { Low, High, CriticalLow, CriticalHigh }.Any(v => v is > 1_000_000_000 or < -1_000_000_000)) errors["low"] = ["This cannot be true; look at the figure again."];
        return errors;
    }

    /// <summary>Writes the fields to an entry; true when any of them changed.</summary>
    public bool WriteTo(CatalogueEntry entry)
    {
        var before = Values(entry);
        (entry.Kind, entry.Code, entry.Loinc, entry.Name, entry.Category) = (Kind, Text.Clean(Code).ToUpperInvariant(), Text.Clean(Loinc), Text.Clean(Name), Text.Clean(Category));
        (entry.Unit, entry.Low, entry.High, entry.CriticalLow, entry.CriticalHigh) = (Text.Clean(Unit), Low, High, CriticalLow, CriticalHigh);
        (entry.RangeText, entry.Specimen, entry.IsFasting, entry.Hours) = (Text.Clean(RangeText), Text.Clean(Specimen), IsFasting, Hours);
        entry.Index();
        return !Values(entry).SequenceEqual(before);
    }

    /// <summary>An entry as the cells of a row.</summary>
    public static string[] Values(CatalogueEntry e) =>
    [
        e.Kind.ToString().ToLowerInvariant(), e.Code, e.Loinc, e.Name, e.Category, e.Unit, Say(e.Low), Say(e.High), Say(e.CriticalLow), Say(e.CriticalHigh), e.RangeText, e.Specimen, e.IsFasting ? "yes" : "",
        e.Hours?.ToString(CultureInfo.InvariantCulture) ?? "",
    ];

    private static string Say(decimal? value) => value is { } known ? Judgement.Say(known) : "";

    /// <summary>A row as a form, and what is wrong with it.</summary>
    public static (EntryForm Form, IReadOnlyList<RowFault> Faults) Read(int row, Func<string, string> cell)
    {
        var faults = new List<RowFault>();
        T? Parsed<T>(string column, Func<string, (bool, T)> parse) where T : struct
        {
            if (cell(column) is not { Length: > 0 } text) return null;
            var (fits, value) = parse(text);
            if (!fits) faults.Add(new(row, column, "This value does not fit."));
            return fits ? value : null;
        }
        decimal? Figure(string column) => Parsed(column, t => (decimal.TryParse(t.Replace(',', '.'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var v), v));
        var form = new EntryForm
        {
            Kind = Parsed("kind", t => (Enum.TryParse<OrderKind>(t, true, out var v) && Enum.IsDefined(v) && !char.IsAsciiDigit(t[0]), v)) ?? OrderKind.Lab,
            Code = cell("code"), Loinc = cell("loinc"), Name = cell("name"), Category = cell("category"), Unit = cell("unit"), Low = Figure("low"), High = Figure("high"), CriticalLow = Figure("critical_low"), CriticalHigh = Figure("critical_high"),
            RangeText = cell("range_text"), Specimen = cell("specimen"), IsFasting = cell("fasting").ToLowerInvariant() is "yes" or "true" or "1", Hours = Parsed("hours", t => (int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var v), v)),
        };
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(form, new ValidationContext(form), results, validateAllProperties: true);
        faults.AddRange(results.Select(r => new RowFault(row, JsonNamingPolicy.SnakeCaseLower.ConvertName(r.MemberNames.First()), r.ErrorMessage!)));
        if (results.Count == 0) faults.AddRange(form.Faults().SelectMany(f => f.Value.Select(s => new RowFault(row, JsonNamingPolicy.SnakeCaseLower.ConvertName(f.Key), s))));
        return (form, faults);
    }

    [GeneratedRegex("^[0-9]{1,7}-[0-9]$")]
    private static partial Regex LoincCode();
}
