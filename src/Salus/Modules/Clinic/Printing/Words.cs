using Salus.Modules.Clinic.Pharmacy;

namespace Salus.Modules.Clinic.Printing;

/// <summary>Values of what is printed as words for people (resource keys).</summary>
internal static class Words
{
    public static string Of(MedicineRoute route) => route switch
    {
        MedicineRoute.Oral => "By mouth",
        MedicineRoute.Intravenous => "Into a vein",
        MedicineRoute.Intramuscular => "Into a muscle",
        MedicineRoute.Subcutaneous => "Under the skin",
        MedicineRoute.Topical => "On the skin",
        MedicineRoute.Inhalation => "Inhaled",
        MedicineRoute.Rectal => "Rectally",
        _ => "Another way",
    };
}
