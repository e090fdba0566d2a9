using Salus.Kernel;
using Salus.Kernel.Live;

namespace Salus.Modules.Clinic.Wards;

/// <summary>What the clinic's module declares for wards, beds and admissions.</summary>
internal static class WardsModule
{
    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(SaveWard.Action, "defined a ward"),
        new(AddBeds.Action, "added beds to a ward"),
        new(SaveBed.Action, "renamed or archived a bed"),
        new(MoveBed.Action, "cleaned a bed, or changed whether it is in use"),
        new(BedHistory.Action, "read the history of a bed"),
        new(WardBoard.Action, "read who lies in which bed"),
        new(AdmitPatient.Action, "admitted a patient"),
        new(TransferPatient.Action, "moved an admitted patient to another bed"),
        new(DischargePatient.Action, "discharged a patient"),
        new(ReadAdmission.Action, "read the stay of a visit"),
        new(AdmissibleVisits.Action, "looked for somebody to admit"),
    ];

    public static IEnumerable<MenuItem> Menu =>
    [
        new("wards", "Wards", "bed", ClinicPermissions.ReadWards, 29),
        new("manage/wards", "Wards and beds", "bed", ClinicPermissions.ManageWards, 61),
    ];

    public static void AddServices(IServiceCollection services) => services.AddSingleton<ITopicGuard, WardsTopic>();

    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        WardApi.Map(routes);
        WardPages.Map(routes);
    }
}
