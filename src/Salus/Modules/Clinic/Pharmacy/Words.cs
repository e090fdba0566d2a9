using Salus.Modules.Clinic.Pharmacy.Giving;
using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Modules.Clinic.Pharmacy.Stock;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>The pharmacy's values as words for people (resource keys).</summary>
public static class Words
{
    public static string Of(PrescriptionState state) => state switch { PrescriptionState.Pending => "To be dispensed", PrescriptionState.Dispensed => "Dispensed", _ => "Cancelled" };

    public static string Of(CheckOutcome check) => check switch { CheckOutcome.Clear => "Checked: nothing found", CheckOutcome.Warned => "Prescribed in spite of a warning", _ => "Not checked" };

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

    public static string Of(FindingKind kind) => kind switch { FindingKind.Allergy => "Allergy", FindingKind.Duplicate => "Given already", FindingKind.Interaction => "Interaction", _ => "Not checked" };

    public static string Of(Unchecked because) => because switch
    {
        Unchecked.FreeWords => "This drug is not in the clinic's list: it was compared by its words only.",
        Unchecked.AllergiesNeverAsked => "Allergies were not checked: this patient was never asked for them.",
        Unchecked.NoRules => "Interactions were not checked: the clinic has no rules yet.",
        Unchecked.NameOnly => "The list names neither ingredients nor class of this drug: it was compared by its name only.",
        _ => "This medicine is known in free words only; interactions with it were compared by its words.",
    };

    public static string Of(InteractionSeverity severity) => severity switch { InteractionSeverity.Severe => "Severe", InteractionSeverity.Moderate => "Moderate", _ => "Mild" };

    public static string Of(RuleSide side) => side switch { RuleSide.Drug => "Drug", RuleSide.Ingredient => "Ingredient", _ => "Class" };

    public static string Of(StockKind kind) => kind switch
    {
        StockKind.In => "Received",
        StockKind.Returned => "Returned",
        StockKind.Out => "Taken out",
        StockKind.Dispensed => "Dispensed",
        StockKind.Expired => "Expired goods",
        StockKind.Damaged => "Damaged",
        _ => "Adjusted after counting",
    };

    public static string Of(StockFilter filter) => filter switch { StockFilter.Low => "Low", StockFilter.Out => "Out of stock", StockFilter.Expiring => "Expired or expiring", _ => "All drugs" };

    public static string Of(GivingOutcome outcome) => outcome switch
    {
        GivingOutcome.Given => "Given",
        GivingOutcome.Refused => "Refused by the patient",
        GivingOutcome.Held => "Held back",
        GivingOutcome.NotAvailable => "Not available",
        _ => "Error",
    };
}
