using Salus.Kernel;
using Salus.Kernel.Live;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What the clinic's module declares for visits.</summary>
internal static class EncounterModule
{
    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(OpenEncounter.Action, "opened a visit"),
        new(ChangeEncounter.Action, "changed a visit"),
        new(EncounterList.Action, "read a patient's visit in a list"),
        new(ReadVisit.Action, "read the head of a visit"),
        new(Locks.Action, "asked what is locked in a visit"),
        new(RecordVitals.Action, "entered vital signs"),
        new(VoidVitals.Action, "marked vital signs as an error"),
        new(VisitChart.Action, "read a patient's record"),
        new(PatientChart.Action, "read a patient's whole record"),
        new(PatientReaders.Action, "read who had read a patient's record"),
        new(ReadTimeline.Action, "read the timeline of a visit"),
        new(SaveConsultation.Action, "saved a consultation"),
        new(SaveDraft.Action, "kept a draft of a consultation"),
        new(TakeOver.Action, "took a patient over from a colleague"),
        new(Diagnose.Action, "wrote down a diagnosis or a problem"),
        new(EndCondition.Action, "ended a diagnosis or a problem"),
        new(NoteAllergy.Action, "wrote down an allergy"),
        new(EndAllergy.Action, "ended an allergy"),
        new(WriteNote.Action, "wrote a note"),
        new(WriteAddendum.Action, "wrote an addendum"),
        new(AnswerAlert.Action, "answered a clinical alert"),
        new(CloseEncounter.Action, "closed a visit"),
        new(WriteSummary.Action, "wrote the summary of a visit"),
    ];

    public static IEnumerable<MenuItem> Menu => [new("visits", "Visits", "stethoscope", ClinicPermissions.ReadEncounters, 25)];

    public static void AddServices(IServiceCollection services) =>
        services.AddSingleton<CareGuard>().AddSingleton<ITopicGuard, EncountersTopic>().AddSingleton<ITopicGuard, EncounterTopic>().AddScoped<VisitPages>();

    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        EncounterApi.Map(routes);
        RecordApi.Map(routes);
        EncounterPages.Map(routes);
    }
}
