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

    /// <summary>"46 years, female": what tells two people of one name apart.</summary>
    public static string About(PageTools page, int? age, Gender gender) =>
        string.Join(", ", new[] { age is { } years ? page["{0} years", years] : null, gender == Gender.Unknown ? null : page[Of(gender)] }.OfType<string>());

    public static IEnumerable<(string, string)> Genders => Enum.GetValues<Gender>().Select(g => (g.ToString(), Of(g)));
    public static IEnumerable<(string, string)> Categories => Enum.GetValues<PayerCategory>().Select(c => (c.ToString(), Of(c)));
}
