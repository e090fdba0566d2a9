using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Salus.Kernel;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>A line of the price list as it is typed or loaded.</summary>
public record ServiceForm
{
    public static readonly string[] Columns = ["department", "code", "name", "price", "tax", "timing", "by", "automatic"];

    [EnumDataType(typeof(Department), ErrorMessage = "Choose one of the list.")]
    public Department Department { get; init; }

    [Required(ErrorMessage = "Please fill this in."), StringLength(30, ErrorMessage = "This is too long.")]
    public string Code { get; init; } = "";

    [Required(ErrorMessage = "Please fill this in."), StringLength(160, ErrorMessage = "This is too long.")]
    public string Name { get; init; } = "";

    /// <summary>Nothing is a price too.</summary>
    public Money? Price { get; init; }

    /// <summary>In percent, with up to two decimals.</summary>
    public decimal TaxRate { get; init; }

    [EnumDataType(typeof(BillTiming), ErrorMessage = "Choose one of the list.")]
    public BillTiming Timing { get; init; }

    /// <summary>Who may put it on a bill by hand: desk, doctor, nurse.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>Kinds of visit that put it on the bill by themselves; <c>first</c> for a patient's first visit.</summary>
    public IReadOnlyList<string> Automatic { get; init; } = [];

    /// <summary>Writes the fields to a service; true when any of them changed.</summary>
    /// <exception cref="Refusal">422 by field.</exception>
    public bool WriteTo(Service service, string currency)
    {
        var before = Values(service, currency);
        var errors = new Dictionary<string, string[]>();
        if (Text.Clean(Code).Length == 0) errors["code"] = ["Please fill this in."];
        if (!Name.Any(char.IsLetter)) errors["name"] = ["A name has at least one letter."];
        if (TaxRate is < 0 or > 100 || decimal.Round(TaxRate, 2) != TaxRate) errors["taxRate"] = ["A rate is between 0 and 100 %."];
        var by = (BilledBy)0;
        foreach (var who in By ?? [])
        {
            if (Enum.TryParse<BilledBy>(who, true, out var one) && Enum.IsDefined(one)) by |= one;
            else errors["by"] = ["Choose one of the list."];
        }
        var automatic = new List<string>();
        foreach (var occasion in (Automatic ?? []).Select(a => (a ?? "").Replace("-", "", StringComparison.Ordinal)))
        {
            if (Service.Occasions.FirstOrDefault(o => o.Equals(occasion, StringComparison.OrdinalIgnoreCase)) is { } known) automatic.Add(known);
            else errors["automatic"] = ["Choose one of the list."];
        }
        if (errors.Count > 0) throw Refusal.Fields(errors);
        (service.Department, service.Code, service.Name, service.Timing) = (Department, Text.Clean(Code).ToUpperInvariant(), Text.Clean(Name), Timing);
        (service.Price, service.TaxRate, service.By) = ((Price ?? new("")).Minor(currency, "price", least: 0), (int)(TaxRate * 100), by);
        service.Automatic = automatic.Count == 0 ? "" : $" {string.Join(' ', automatic.Distinct().Order(StringComparer.Ordinal))} ";
        service.Index();
        return !Values(service, currency).SequenceEqual(before);
    }

    /// <summary>A service as the cells of a row.</summary>
    public static string[] Values(Service s, string currency) =>
    [
        s.Department.ToString().ToLowerInvariant(), s.Code, s.Name, Money.Write(s.Price, currency), (s.TaxRate / 100m).ToString("0.##", CultureInfo.InvariantCulture), s.Timing.ToString().ToLowerInvariant(),
        string.Join(' ', Enum.GetValues<BilledBy>().Where(b => s.By.HasFlag(b))).ToLowerInvariant(), s.Automatic.Trim().ToLowerInvariant(),
    ];

    /// <summary>A row as a form, and what is wrong with it.</summary>
    internal static (ServiceForm? Form, RowFault? Fault) Read(int row, Func<string, string> cell)
    {
        RowFault Wrong(string column) => new(row, column, "This value does not fit.");
        string[] Words(string column) => cell(column).ToLowerInvariant().Split([' ', ';', ','], StringSplitOptions.RemoveEmptyEntries);
        bool Named<T>(string column, out T value) where T : struct, Enum => Enum.TryParse(cell(column), true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(cell(column)[0]);
        if (!Named<Department>("department", out var department)) return (null, Wrong("department"));
        var timing = BillTiming.Before;
        if (cell("timing").Length > 0 && !Named("timing", out timing)) return (null, Wrong("timing"));
        var tax = 0m;
        if (cell("tax").Length > 0 && !decimal.TryParse(cell("tax").Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out tax)) return (null, Wrong("tax"));
        var form = new ServiceForm { Department = department, Code = cell("code"), Name = cell("name"), Price = new(cell("price")), TaxRate = tax, Timing = timing, By = Words("by"), Automatic = Words("automatic") };
        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(form, new ValidationContext(form), results, validateAllProperties: true) ? (form, null)
            : (null, new(row, results[0].MemberNames.First().ToLowerInvariant(), results[0].ErrorMessage!));
    }
}
