using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;

namespace Salus.Modules.Clinic.Fhir.Model;

/// <summary>Code systems, and our states as codes of the value sets that FHIR R4 demands. Searching by a code uses the same functions as writing it.</summary>
internal static class Codes
{
    public const string Hl7 = "http://terminology.hl7.org/CodeSystem/", Loinc = "http://loinc.org", Snomed = "http://snomed.info/sct", Icd10 = "http://hl7.org/fhir/sid/icd-10",
        Atc = "http://www.whocc.no/atc", ConditionClinical = Hl7 + "condition-clinical", ConditionVerification = Hl7 + "condition-ver-status", ConditionCategory = Hl7 + "condition-category",
        AllergyClinical = Hl7 + "allergyintolerance-clinical", AllergyVerification = Hl7 + "allergyintolerance-verification", ObservationCategory = Hl7 + "observation-category", Interpretations = Hl7 + "v3-ObservationInterpretation",
        ActCode = Hl7 + "v3-ActCode", DiagnosticSection = Hl7 + "v2-0074", IdentifierType = Hl7 + "v2-0203";

    public const string VitalSigns = "vital-signs", Laboratory = "laboratory", Imaging = "imaging", Procedure = "procedure";

    public static string Of(EncounterState state) => state == EncounterState.Open ? "in-progress" : "finished";

    /// <summary>Where it takes place: everybody walks in and out, but for emergencies and for who is given a bed.</summary>
    public static Coding Class(EncounterType type, bool isAdmitted) => isAdmitted ? Inpatient : type == EncounterType.Emergency ? new(ActCode, "EMER", "emergency") : new(ActCode, "AMB", "ambulatory");

    public static readonly Coding Inpatient = new(ActCode, "IMP", "inpatient encounter");

    public static string Of(Gender gender) => gender switch { Gender.Female => "female", Gender.Male => "male", Gender.Other => "other", _ => "unknown" };

    /// <summary>Null for what was entered in error: that is no clinical state (constraint con-5).</summary>
    public static Coding? Clinical(ConditionState state) => state switch { ConditionState.Active => new(ConditionClinical, "active"), ConditionState.Resolved => new(ConditionClinical, "resolved"), _ => null };

    public static Coding Verification(ConditionState state) => new(ConditionVerification, state == ConditionState.EnteredInError ? "entered-in-error" : "confirmed");

    public static Coding Of(ConditionKind kind) => kind == ConditionKind.Problem ? new(ConditionCategory, "problem-list-item", "Problem List Item") : new(ConditionCategory, "encounter-diagnosis", "Encounter Diagnosis");

    /// <summary>Null for what was entered in error (constraint ait-2).</summary>
    public static Coding? Clinical(AllergyState state) => state switch { AllergyState.Active => new(AllergyClinical, "active"), AllergyState.Inactive => new(AllergyClinical, "inactive"), _ => null };

    public static string Of(AllergyCategory category) => category switch { AllergyCategory.Medication => "medication", AllergyCategory.Food => "food", AllergyCategory.Environment => "environment", _ => "biologic" };

    public static Coding Category(OrderKind kind) => kind switch
    {
        OrderKind.Lab => new(ObservationCategory, Laboratory, "Laboratory"), OrderKind.Imaging => new(ObservationCategory, Imaging, "Imaging"), _ => new(ObservationCategory, Procedure, "Procedure"),
    };

    public static Coding Section(OrderKind kind) => kind == OrderKind.Lab ? new(DiagnosticSection, "LAB", "Laboratory") : new(DiagnosticSection, "RAD", "Radiology");

    public static Coding Service(OrderKind kind) => kind switch
    {
        OrderKind.Lab => new(Snomed, "108252007", "Laboratory procedure"), OrderKind.Imaging => new(Snomed, "363679005", "Imaging"), _ => new(Snomed, "71388002", "Procedure"),
    };

    public static readonly Coding Referral = new(Snomed, "3457005", "Patient referral");

    public static string Of(OrderState state) => state switch { OrderState.Resulted => "completed", OrderState.Cancelled => "revoked", _ => "active" };

    public static string Of(Orders.Referrals.ReferralState state) => state switch
    {
        Orders.Referrals.ReferralState.Completed => "completed", Orders.Referrals.ReferralState.Rejected or Orders.Referrals.ReferralState.Cancelled => "revoked", _ => "active",
    };

    public static string Of(OrderPriority priority) => priority switch { OrderPriority.Stat => "stat", OrderPriority.Urgent => "urgent", _ => "routine" };

    public static string Of(PrescriptionState state, bool isStopped) => state switch { PrescriptionState.Pending => "active", PrescriptionState.Cancelled => "cancelled", _ => isStopped ? "stopped" : "completed" };

    public static Coding? Of(MedicineRoute route) => route switch
    {
        MedicineRoute.Oral => new(Snomed, "26643006", "Oral route"),
        MedicineRoute.Intravenous => new(Snomed, "47625008", "Intravenous route"),
        MedicineRoute.Intramuscular => new(Snomed, "78421000", "Intramuscular route"),
        MedicineRoute.Subcutaneous => new(Snomed, "34206005", "Subcutaneous route"),
        MedicineRoute.Topical => new(Snomed, "6064005", "Topical route"),
        MedicineRoute.Inhalation => new(Snomed, "447694001", "Respiratory tract route"),
        MedicineRoute.Rectal => new(Snomed, "37161004", "Rectal route"),
        _ => null,
    };

    public static Concept Interpretation(string code) => new([new(Interpretations, code, code switch { "N" => "Normal", "H" => "High", "HH" => "Critical high", "L" => "Low", "LL" => "Critical low", "AA" => "Critical abnormal", _ => "Abnormal" })]);
}
