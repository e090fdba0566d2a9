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
    ];

    public static IEnumerable<MenuItem> Menu => [];

    public static void AddServices(IServiceCollection services) =>
        services.AddSingleton<IPaymentPolicy, OpenPayment>().AddSingleton<CareGuard>().AddSingleton<ITopicGuard, EncountersTopic>().AddSingleton<ITopicGuard, EncounterTopic>();

    public static void MapRoutes(IEndpointRouteBuilder routes) => EncounterApi.Map(routes);
}
