namespace Salus.Modules.Clinic.Encounters;

/// <summary>The record's values as words for people (resource keys).</summary>
public static class VisitWords
{
    public static string Of(EncounterType type) => type switch
    {
        EncounterType.FollowUp => "Follow-up", EncounterType.Emergency => "Emergency", EncounterType.Routine => "Routine", EncounterType.Specialist => "Specialist", _ => "Consultation",
    };

    public static string Of(EncounterState state) => state switch { EncounterState.Open => "Visit open", _ => "Visit closed" };

    public static string Of(AllergyCategory category) => category switch { AllergyCategory.Food => "Food", AllergyCategory.Environment => "Environment", AllergyCategory.Biologic => "Biologic", _ => "Medicine" };

    public static string Of(AllergySeverity severity) => severity switch { AllergySeverity.Mild => "Mild", AllergySeverity.Moderate => "Moderate", AllergySeverity.Severe => "Severe", _ => "Severity unknown" };

    public static string Of(AlertSeverity severity) => severity switch { AlertSeverity.Critical => "Critical", AlertSeverity.High => "High", AlertSeverity.Moderate => "Moderate", _ => "Low" };

    public static string Of(NoteKind kind) => kind switch
    {
        NoteKind.Admission => "Admission", NoteKind.Handover => "Handover", NoteKind.Procedure => "Procedure", NoteKind.WoundCare => "Wound care", NoteKind.Education => "Patient education",
        NoteKind.Antenatal => "Antenatal", NoteKind.Inpatient => "Inpatient", NoteKind.Other => "Other", NoteKind.Operation => "Operation note", NoteKind.Addendum => "Addendum", _ => "General",
    };

    public static string Of(Disposition disposition) => disposition switch
    {
        Disposition.Transfer => "Transferred to another place", Disposition.AgainstAdvice => "Left against advice", Disposition.Died => "Died", Disposition.Absent => "Left without leave", Disposition.Other => "Other", _ => "Went home",
    };

    public static string Of(TimelineKind kind) => kind switch
    {
        TimelineKind.Opened => "The visit was opened", TimelineKind.Queue => "In the queue", TimelineKind.Vitals => "Vital signs", TimelineKind.Consultation => "The consultation began", TimelineKind.Alert => "An alert was raised",
        TimelineKind.Note => "A note was written", TimelineKind.Addendum => "An addendum was written", TimelineKind.Order => "Ordered", TimelineKind.Sample => "A sample was taken", TimelineKind.Document => "A file was added",
        TimelineKind.Referral => "Referred", TimelineKind.Given => "A medicine was given", TimelineKind.Result => "Result ready", TimelineKind.Prescription => "Prescribed",
        TimelineKind.Dispensed => "Dispensed", TimelineKind.PrescriptionCancelled => "Prescription cancelled", TimelineKind.Closed => "The visit was closed",
        TimelineKind.Admitted => "Admitted", TimelineKind.Moved => "Moved to another bed", TimelineKind.Discharged => "Discharged", _ => "The summary was written",
    };
}
