using System.Globalization;

namespace Salus.Modules.Clinic.Patients;

/// <summary>One field of what is known about a person, as text: what a change names, a merge chooses between and an export writes.</summary>
/// <param name="Key">Its name in the API, in forms and in the log.</param>
/// <param name="Read">Its content; empty: not known.</param>
/// <param name="Write">Puts back what <paramref name="Read"/> gave.</param>
public sealed record Particular(string Key, Func<Patient, string> Read, Action<Patient, string> Write);

public static class Particulars
{
    /// <summary>Stands before an estimated birth date.</summary>
    private const char About = '~';
    private const char Part = '\n';

    public static IReadOnlyList<Particular> All { get; } =
    [
        new("name", p => p.Name, (p, t) => p.Name = t),
        new("phone", p => p.Phone, (p, t) => p.Phone = t),
        new("birthDate", p => p.BirthDate is { } day ? (p.BirthDateIsEstimated ? About : "") + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "", (p, t) => (p.BirthDate, p.BirthDateIsEstimated) =
            (t.Length == 0 ? null : DateOnly.ParseExact(t.TrimStart(About), "yyyy-MM-dd", CultureInfo.InvariantCulture), t.StartsWith(About))),
        new("gender", p => p.Gender == Gender.Unknown ? "" : p.Gender.ToString(), (p, t) => p.Gender = t.Length == 0 ? default : Enum.Parse<Gender>(t)),
        new("category", p => p.Category.ToString(), (p, t) => p.Category = Enum.Parse<PayerCategory>(t)),
        new("email", p => p.Email, (p, t) => p.Email = t),
        new("address", p => p.Address, (p, t) => p.Address = t),
        // One person: name, phone and relation are taken together or not at all.
        new("emergencyContact", p => string.Join(Part, p.EmergencyName, p.EmergencyPhone, p.EmergencyRelation) is { Length: > 2 } all ? all : "", (p, t) =>
        {
            var parts = t.Split(Part);
            (p.EmergencyName, p.EmergencyPhone, p.EmergencyRelation) = parts.Length == 3 ? (parts[0], parts[1], parts[2]) : ("", "", "");
        }),
        new("nationalId", p => p.NationalId, (p, t) => p.NationalId = t),
        new("bloodGroup", p => p.BloodGroup == BloodGroup.Unknown ? "" : p.BloodGroup.ToString(), (p, t) => p.BloodGroup = t.Length == 0 ? default : Enum.Parse<BloodGroup>(t)),
    ];

    /// <summary>What is known of a patient, in the order of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Of(Patient patient) => [.. All.Select(f => f.Read(patient))];
}
