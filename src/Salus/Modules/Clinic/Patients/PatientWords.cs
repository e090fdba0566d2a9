using Salus.Web;

namespace Salus.Modules.Clinic.Patients;

/// <summary>A patient's values as words for people.</summary>
public static class PatientWords
{
    public static string Of(Gender gender) => gender switch { Gender.Female => "Female", Gender.Male => "Male", Gender.Other => "Other", _ => "Not known" };

    public static string Of(PayerCategory category) => category switch
    {
        PayerCategory.Insurance => "Insurance", PayerCategory.Cash => "Cash", PayerCategory.Free => "Free of charge", PayerCategory.Poor => "Supported", _ => "Self-paying",
    };

    public static string Of(BloodGroup group) => group switch
    {
        BloodGroup.APositive => "A+", BloodGroup.ANegative => "A−", BloodGroup.BPositive => "B+", BloodGroup.BNegative => "B−",
        BloodGroup.AbPositive => "AB+", BloodGroup.AbNegative => "AB−", BloodGroup.OPositive => "0+", BloodGroup.ONegative => "0−", _ => "Not known",
    };

    /// <summary>The label of a field; see <see cref="Particulars"/>.</summary>
    public static string OfField(string key) => key switch
    {
        "name" => "Name", "phone" => "Phone", "birthDate" => "Date of birth", "gender" => "Gender", "category" => "Pays by", "email" => "E-mail address", "address" => "Address",
        "emergencyContact" => "Emergency contact", "nationalId" => "National id", "bloodGroup" => "Blood group", _ => "Number",
    };

    /// <summary>What the rows of a table are to people.</summary>
    public static string OfTable(string table) => table switch
    {
        "clinic_tickets" => "Tickets", "clinic_encounters" => "Visits", "clinic_consultations" => "Consultations", "clinic_conditions" => "Diagnoses and problems", "clinic_allergies" => "Allergies",
        "clinic_vital_signs" => "Vital signs", "clinic_notes" => "Notes", "clinic_alerts" => "Alerts", "clinic_orders" => "Orders", "clinic_results" => "Results", "clinic_prescriptions" => "Prescriptions",
        "clinic_samples" => "Samples", "clinic_documents" => "Files", "clinic_referrals" => "Referrals", "clinic_administrations" => "Medicines given", "clinic_summaries" => "Summaries", "clinic_care_team" => "Care team", "clinic_emergency_access" => "Emergency access", _ => "Other rows of the record",
    };

    /// <summary>The content of a field as people read it.</summary>
    public static string Content(PageTools page, string key, string content) => content.Length == 0 ? "" : key switch
    {
        "birthDate" => PageTools.Day(DateOnly.ParseExact(content.TrimStart('~'), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) + (content.StartsWith('~') ? " " + page["(from the age)"] : ""),
        "gender" => page[Of(Enum.Parse<Gender>(content))], "category" => page[Of(Enum.Parse<PayerCategory>(content))], "bloodGroup" => page[Of(Enum.Parse<BloodGroup>(content))],
        "emergencyContact" => string.Join(", ", content.Split('\n').Where(c => c.Length > 0)), _ => content,
    };

    /// <summary>"46 years, female": what tells two people of one name apart.</summary>
    public static string About(PageTools page, int? age, Gender gender) =>
        string.Join(", ", new[] { age is { } years ? page["{0} years", years] : null, gender == Gender.Unknown ? null : page[Of(gender)] }.OfType<string>());

    public static IEnumerable<(string, string)> Genders => Enum.GetValues<Gender>().Select(g => (g.ToString(), Of(g)));
    public static IEnumerable<(string, string)> BloodGroups => Enum.GetValues<BloodGroup>().Select(g => (g.ToString(), Of(g)));
    public static IEnumerable<(string, string)> Categories => Enum.GetValues<PayerCategory>().Select(c => (c.ToString(), Of(c)));
}
