using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Clinic.Contract;
using Salus.Modules.Clinic.Patients.Importing;
using Salus.Modules.Clinic.Patients.Merging;
using Salus.Modules.Clinic.Patients.Team;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>What the clinic's module declares for merging and importing patients and for their care teams.</summary>
internal static class PatientModule
{
    public static IEnumerable<Permission> Permissions =>
    [
        new(ClinicPermissions.MergePatients, "Merge patients who are one person, and undo it", Role.Admin) { IsForPeople = true },
        new(ClinicPermissions.ImportPatients, "Import patients from a file", Role.Admin),
        new(ClinicPermissions.ExportPatients, "Export patients as a file", Role.Admin) { IsForPeople = true },
    ];

    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(MergePreview.Action, "looked at what merging two patients would do"),
        new(MergePatients.Action, "merged two patients"),
        new(UnmergePatients.Action, "undid the merge of two patients"),
        new(MoveLateRows.Action, "moved what was written while two patients were merged"),
        new(CheckImport.Action, "tried a file of patients"),
        new(ImportPatients.Action, "imported patients"),
        new(ClinicExport.PatientsAction, "exported patients"),
        new(ClinicExport.LargePatientsAction, "exported many patients"),
        new(AddToCareTeam.Action, "took somebody into a care team"),
        new(EndCareTeam.Action, "took somebody out of a care team"),
        new(CareTeamList.Action, "read who is in a care team"),
    ];

    public static IEnumerable<MenuItem> Menu => [new("manage/import", "Import patients", "users", ClinicPermissions.ImportPatients, 62)];

    public static void AddServices(IServiceCollection services) => services.AddScoped<PatientExport>().AddScoped<IJobHandler, LateRowsJob>().AddScoped<IPayerSource, PatientPayer>();

    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        CareTeamDoors.Map(routes);
        MergeDoors.Map(routes);
        ImportDoors.Map(routes);
    }
}
