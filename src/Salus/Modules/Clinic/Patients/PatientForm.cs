using System.ComponentModel.DataAnnotations;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Patients;

/// <summary>What registering and changing a patient have in common.</summary>
public abstract record PatientForm
{
    [Required(ErrorMessage = "Please fill this in."), StringLength(255, ErrorMessage = "This is too long.")]
    public string Name { get; init; } = "";

    [StringLength(30, ErrorMessage = "This is too long.")]
    public string? Phone { get; init; }

    public DateOnly? BirthDate { get; init; }

    /// <summary>In whole years, where the birth date is not known.</summary>
    [Range(0, 150, ErrorMessage = "An age is between 0 and 150.")]
    public int? Age { get; init; }

    [EnumDataType(typeof(Gender), ErrorMessage = "Choose one of the list.")]
    public Gender Gender { get; init; }

    [EnumDataType(typeof(PayerCategory), ErrorMessage = "Choose one of the list.")]
    public PayerCategory Category { get; init; }

    /// <summary>Writes the fields to the patient and returns the names of those that changed.</summary>
    /// <exception cref="Refusal">422 with a sentence per field.</exception>
    public IReadOnlyList<string> WriteTo(Patient patient, DateOnly today, string callingCode)
    {
        var errors = new Dictionary<string, string[]>();
        var name = Text.Clean(Name);
        if (!name.Any(char.IsLetter)) errors["name"] = ["A name has at least one letter."];
        var phone = string.IsNullOrWhiteSpace(Phone) ? "" : Text.Phone(Phone, callingCode);
        if (phone is null) errors["phone"] = ["This is not a phone number."];
        if (BirthDate > today) errors["birthDate"] = ["A birth date is not in the future."];
        if (BirthDate < today.AddYears(-150)) errors["birthDate"] = ["A birth date is at most 150 years ago."];
        if (errors.Count > 0) throw Refusal.Fields(errors);
        var (birth, estimated) = BirthDate is not null ? (BirthDate, false)
            : Age is { } age ? (Patient.AgeAt(patient.BirthDate, today) == age && patient.BirthDateIsEstimated ? patient.BirthDate : new DateOnly(today.Year - age, 1, 1), true)
            : (null, false);
        var before = (patient.Name, patient.Phone, patient.BirthDate, patient.Gender, patient.Category);
        (patient.Name, patient.Phone, patient.BirthDate, patient.BirthDateIsEstimated, patient.Gender, patient.Category) = (name, phone!, birth, estimated, Gender, Category);
        patient.Index();
        var changed = new List<string>();
        if (before.Name != patient.Name) changed.Add("name");
        if (before.Phone != patient.Phone) changed.Add("phone");
        if (before.BirthDate != patient.BirthDate) changed.Add("birthDate");
        if (before.Gender != patient.Gender) changed.Add("gender");
        if (before.Category != patient.Category) changed.Add("category");
        return changed;
    }
}
