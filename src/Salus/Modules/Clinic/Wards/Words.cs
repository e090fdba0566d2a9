namespace Salus.Modules.Clinic.Wards;

/// <summary>Kinds, states and steps as words for people.</summary>
public static class Words
{
    public static string Of(WardKind kind) => kind switch
    {
        WardKind.Surgical => "Surgery", WardKind.Maternity => "Maternity", WardKind.Children => "Children", WardKind.Intensive => "Intensive care", WardKind.Isolation => "Isolation",
        WardKind.Observation => "Observation", WardKind.DayCare => "Day care", _ => "General",
    };

    public static string Of(BedState state) => state switch { BedState.Occupied => "Occupied", BedState.Cleaning => "To be cleaned", BedState.OutOfUse => "Out of use", _ => "Free" };

    public static string Of(BedAction action) => action switch
    {
        BedAction.Add => "The bed was added", BedAction.Occupy => "A patient came", BedAction.Leave => "The patient left", BedAction.Clean => "Cleaned", BedAction.Close => "Taken out of use", _ => "Back in use",
    };

    public static string Of(AdmissionKind kind) => kind switch { AdmissionKind.Emergency => "Emergency", AdmissionKind.Observation => "Observation", AdmissionKind.DayCare => "Day care", _ => "Planned" };
}
