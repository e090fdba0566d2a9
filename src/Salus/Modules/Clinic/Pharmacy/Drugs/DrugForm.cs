using System.ComponentModel.DataAnnotations;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Pharmacy.Drugs;

/// <summary>A drug's particulars as they are typed or loaded, and the rules for them.</summary>
public record DrugForm
{
    [Required(ErrorMessage = "Please fill this in."), StringLength(160, ErrorMessage = "This is too long.")]
    public string Name { get; init; } = "";

    [StringLength(30, ErrorMessage = "This is too long.")]
    public string? Code { get; init; }

    [RegularExpression("([A-Va-v]([0-9]{2}([A-Za-z]([A-Za-z]([0-9]{2})?)?)?)?)?", ErrorMessage = "An ATC code looks like J01CA04.")]
    public string? Atc { get; init; }

    [StringLength(120, ErrorMessage = "This is too long.")]
    public string? Class { get; init; }

    /// <summary>Parted by semicolons.</summary>
    [StringLength(400, ErrorMessage = "This is too long.")]
    public string? Ingredients { get; init; }

    [StringLength(60, ErrorMessage = "This is too long.")]
    public string? Form { get; init; }

    [StringLength(60, ErrorMessage = "This is too long.")]
    public string? Strength { get; init; }

    [StringLength(40, ErrorMessage = "This is too long.")]
    public string? Unit { get; init; }

    [Range(0, 1_000_000, ErrorMessage = "Between 0 and 1,000,000.")]
    public int ReorderLevel { get; init; }

    /// <summary>Writes them to the drug; true when anything is different now.</summary>
    /// <exception cref="Refusal">422 on <c>name</c>.</exception>
    public bool WriteTo(Drug drug)
    {
        var before = (drug.Name, drug.Code, drug.Atc, drug.Class, drug.Ingredients, drug.Form, drug.Strength, drug.Unit, drug.ReorderLevel);
        drug.Name = Text.Clean(Name);
        drug.Code = Text.Clean(Code).ToUpperInvariant();
        drug.Atc = Text.Clean(Atc).ToUpperInvariant();
        drug.Class = Text.Clean(Class);
        drug.Ingredients = string.Join("; ", Drug.Split(Text.Clean(Ingredients)));
        (drug.Form, drug.Strength, drug.Unit, drug.ReorderLevel) = (Text.Clean(Form), Text.Clean(Strength), Text.Clean(Unit), ReorderLevel);
        drug.Index();
        if (!drug.Folded.Any(char.IsLetter)) throw Refusal.Field("name", "A name has at least one letter.");
        return before != (drug.Name, drug.Code, drug.Atc, drug.Class, drug.Ingredients, drug.Form, drug.Strength, drug.Unit, drug.ReorderLevel);
    }
}
