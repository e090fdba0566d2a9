using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Web;

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

    [StringLength(254, ErrorMessage = "This is too long.")]
    public string? Email { get; init; }

    [StringLength(300, ErrorMessage = "This is too long.")]
    public string? Address { get; init; }

    [StringLength(120, ErrorMessage = "This is too long.")]
    public string? EmergencyName { get; init; }

    [StringLength(30, ErrorMessage = "This is too long.")]
    public string? EmergencyPhone { get; init; }

    [StringLength(60, ErrorMessage = "This is too long.")]
    public string? EmergencyRelation { get; init; }

    [StringLength(40, ErrorMessage = "This is too long.")]
    public string? NationalId { get; init; }

    [EnumDataType(typeof(BloodGroup), ErrorMessage = "Choose one of the list.")]
    public BloodGroup BloodGroup { get; init; }

    /// <summary>Writes the fields to the patient and returns the names of those that changed.</summary>
    /// <exception cref="Refusal">422 with a sentence per field.</exception>
    public IReadOnlyList<string> WriteTo(Patient patient, DateOnly today, string callingCode)
    {
        var errors = new Dictionary<string, string[]>();
        var (name, email) = (Text.Clean(Name), Text.Clean(Email).ToLowerInvariant());
        var (phone, emergencyPhone) = (PhoneOf(Phone, callingCode), PhoneOf(EmergencyPhone, callingCode));
        if (!name.Any(char.IsLetter)) errors["name"] = ["A name has at least one letter."];
        if (phone is null) errors["phone"] = ["This is not a phone number."];
        if (emergencyPhone is null) errors["emergencyPhone"] = ["This is not a phone number."];
        if (email.Length > 0 && !IsAddress(email)) errors["email"] = ["This is not an e-mail address."];
        if (!string.IsNullOrWhiteSpace(NationalId) && Patient.KeyOf(NationalId).Length < 4) errors["nationalId"] = ["A national id has at least four letters or digits."];
        if (BirthDate > today) errors["birthDate"] = ["A birth date is not in the future."];
        if (BirthDate < today.AddYears(-150)) errors["birthDate"] = ["A birth date is at most 150 years ago."];
        if (errors.Count > 0) throw Refusal.Fields(errors);
        var before = Particulars.Of(patient);
        (patient.BirthDate, patient.BirthDateIsEstimated) = Born(patient, today);
        (patient.Name, patient.Phone, patient.Gender, patient.Category, patient.BloodGroup) = (name, phone!, Gender, Category, BloodGroup);
        (patient.Email, patient.Address, patient.NationalId) = (email, Text.Clean(Address), Text.Clean(NationalId));
        (patient.EmergencyName, patient.EmergencyPhone, patient.EmergencyRelation) = (Text.Clean(EmergencyName), emergencyPhone!, Text.Clean(EmergencyRelation));
        patient.Index();
        return [.. Particulars.All.Select((field, i) => (field.Key, Changed: field.Read(patient) != before[i])).Where(f => f.Changed).Select(f => f.Key)];
    }

    // An age that still fits leaves the estimated date as it is.
    private (DateOnly?, bool) Born(Patient patient, DateOnly today) => BirthDate is not null ? (BirthDate, false)
        : Age is { } age ? (Patient.AgeAt(patient.BirthDate, today) == age && patient.BirthDateIsEstimated ? patient.BirthDate : new DateOnly(today.Year - age, 1, 1), true)
        : (null, false);

    private static string? PhoneOf(string? text, string callingCode) => string.IsNullOrWhiteSpace(text) ? "" : Text.Phone(text, callingCode);

    private static bool IsAddress(string email) => new EmailAddressAttribute().IsValid(email) && !email.Contains(' ', StringComparison.Ordinal) && email.Split('@')[^1].Contains('.', StringComparison.Ordinal);

    /// <summary>The patient's fields of a form on a page.</summary>
    public static T Read<T>(Form form, T command) where T : PatientForm => (T)((PatientForm)command with
    {
        Name = form["name"], Phone = form["phone"], BirthDate = form.Date("birthDate"), Age = form.Number("age"), Gender = form.Choice<Gender>("gender"), Category = form.Choice<PayerCategory>("category"),
        Email = form["email"], Address = form["address"], EmergencyName = form["emergencyName"], EmergencyPhone = form["emergencyPhone"], EmergencyRelation = form["emergencyRelation"],
        NationalId = form["nationalId"], BloodGroup = form.Choice<BloodGroup>("bloodGroup"),
    });

    /// <summary>Nobody else of the clinic has this national id. Who was merged into another does not count.</summary>
    /// <exception cref="Refusal">409 <c>patient.national-id-taken</c>.</exception>
    public static async Task CheckNationalId(SalusDb db, Patient patient, CancellationToken ct)
    {
        if (patient.NationalKey.Length > 0 && await db.Patients.AnyAsync(p => p.NationalKey == patient.NationalKey && p.Id != patient.Id && p.MergedIntoId == null, ct))
            throw new Refusal(409, "patient.national-id-taken", "Another patient has this national id.") { Unlock = "Look whether it is the same person; an administrator can merge the two." };
    }
}
