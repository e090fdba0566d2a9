namespace Salus.Modules.Clinic.Encounters;

/// <summary>One thing that is measured: its name, unit and codes, what can be true at all, and what is normal.</summary>
/// <param name="Name">The field's name in the API.</param>
/// <param name="Label">For people (a resource key).</param>
/// <param name="Unit">As people write it.</param>
/// <param name="Ucum">The unit's UCUM code.</param>
/// <param name="Loinc">LOINC code, as in the FHIR R4 vital signs profiles.</param>
/// <param name="Least">The least value that is accepted; anything beyond is a slip of the hand.</param>
public sealed record VitalKind(string Name, string Label, string Unit, string Ucum, string Loinc, decimal Least, decimal Most, Func<VitalSigns, decimal?> Value)
{
    public static readonly VitalKind
        Temperature = new("temperature", "Temperature", "°C", "Cel", "8310-5", 30, 45, v => v.Temperature),
        Systolic = new("systolic", "Systolic pressure", "mmHg", "mm[Hg]", "8480-6", 50, 300, v => v.Systolic),
        Diastolic = new("diastolic", "Diastolic pressure", "mmHg", "mm[Hg]", "8462-4", 30, 200, v => v.Diastolic),
        Pulse = new("pulse", "Pulse", "/min", "/min", "8867-4", 30, 250, v => v.Pulse),
        Respiration = new("respiration", "Respiration", "/min", "/min", "9279-1", 8, 50, v => v.Respiration),
        Oxygen = new("oxygen", "Oxygen saturation", "%", "%", "2708-6", 0, 100, v => v.Oxygen),
        Weight = new("weight", "Body weight", "kg", "kg", "29463-7", 0.1m, 500, v => v.Weight),
        Height = new("height", "Height", "cm", "cm", "8302-2", 20, 260, v => v.Height),
        Bmi = new("bmi", "Body mass index", "kg/m²", "kg/m2", "39156-5", 5, 150, v => v.Bmi),
        UpperArm = new("upperArm", "Upper arm", "cm", "cm", "56072-2", 5, 60, v => v.UpperArm),
        Pain = new("pain", "Pain", "/10", "{score}", "72514-3", 0, 10, v => v.Pain);

    /// <summary>All, in the order in which people read them.</summary>
    public static readonly IReadOnlyList<VitalKind> All = [Temperature, Systolic, Diastolic, Pulse, Respiration, Oxygen, Weight, Height, Bmi, UpperArm, Pain];

    /// <summary>
    /// What is normal at an age; null: nothing is said, as for weight, or for the mass index of children, which goes by percentiles.
    /// Adults as DOMAIN asks (36.1–37.2 °C, 90/60–140/90, 60–100, 12–20, from 95 %, 18.5–25); children by the age bands of
    /// Pediatric Advanced Life Support (American Heart Association, 2020). An unknown age counts as adult.
    /// </summary>
    public (decimal Low, decimal High)? Normal(int? age) => this switch
    {
        _ when this == Temperature => (36.1m, 37.2m),
        _ when this == Oxygen => (95, 100),
        _ when this == Bmi => age is null or >= 18 ? (18.5m, 25) : null,
        _ when this == Systolic => age switch { 0 => (72, 104), < 3 => (86, 106), < 6 => (89, 112), < 10 => (97, 115), < 12 => (102, 120), < 16 => (110, 131), _ => (90, 140) },
        _ when this == Diastolic => age switch { 0 => (37, 56), < 3 => (42, 63), < 6 => (46, 72), < 10 => (57, 76), < 12 => (61, 80), < 16 => (64, 83), _ => (60, 90) },
        _ when this == Pulse => age switch { 0 => (100, 180), < 3 => (98, 140), < 6 => (80, 120), < 12 => (75, 118), _ => (60, 100) },
        _ when this == Respiration => age switch { 0 => (30, 53), < 3 => (22, 37), < 6 => (20, 28), < 12 => (18, 25), _ => (12, 20) },
        _ => null,
    };

    /// <summary>The systolic pressure below which it is hypotension: 70 in the first year, then 70 and twice the age, from ten years 90.</summary>
    public static decimal Hypotension(int? age) => age switch { 0 => 70, < 10 => 70 + 2 * age.Value, _ => 90 };

    /// <summary>How grave a value is at an age; null: it is normal, or nothing is said.</summary>
    public AlertSeverity? Judge(decimal value, int? age)
    {
        if (Normal(age) is not var (low, high) || (value >= low && value <= high)) return null;
        if (this == Bmi) return AlertSeverity.Low;
        if (this == Oxygen || (this == Temperature && value >= 38) || (this == Systolic && value < Hypotension(age))) return AlertSeverity.Critical;
        return this == Diastolic && age is null or >= 16 && value < low ? AlertSeverity.Critical : AlertSeverity.High;
    }

    /// <summary>The value with its unit, and what was expected.</summary>
    public string Say(decimal value, int? age) =>
        FormattableString.Invariant($"{value:0.##} {Unit}") + (Normal(age) is var (low, high) ? FormattableString.Invariant($" ({low:0.#}–{high:0.#})") : "");
}
