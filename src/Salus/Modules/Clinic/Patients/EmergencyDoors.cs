using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Restricted records and access in an emergency: pages and API.</summary>
public static class EmergencyDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapPages(routes.Pages());
        var api = routes.Api("Patients");
        api.MapPost("/patients/{id:guid}/restriction", async (Guid id, RestrictPatient.Command command, RestrictPatient restrict, CancellationToken ct) =>
            {
                await restrict.Run(command with { PatientId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.RestrictPatients).Refuses("invalid", "not-found").Describe("restrictPatient", "Hide a record from all who may not read restricted ones");
        api.MapDelete("/patients/{id:guid}/restriction", async (Guid id, LiftRestriction lift, CancellationToken ct) =>
            {
                await lift.Run(new() { PatientId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.RestrictPatients).Refuses("not-found").Describe("liftRestriction", "Open a restricted record to all who read patients");
        api.MapPost("/patients/{id:guid}/emergency-access", (Guid id, BreakGlass.Command command, BreakGlass open, CancellationToken ct) => open.Run(command with { PatientId = id }, ct))
            .Requires(ClinicPermissions.BreakGlass).Refuses("invalid", "not-found", "patient.open").Describe("breakGlass", "Open a restricted record for an hour in an emergency; the administrators are told");
        api.MapGet("/emergency-access", (EmergencyList list, CancellationToken ct, Guid? after = null, int limit = 25) => list.Run(new() { After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReviewEmergencies).Refuses("invalid").Describe("listEmergencyAccess", "Who opened restricted records in an emergency, newest first");
    }

    private static void MapPages(RouteGroupBuilder pages)
    {
        pages.MapPost("/patients/{id:guid}/restriction", async (Guid id, Form form, RestrictPatient restrict, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await restrict.Run(new() { PatientId = id, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.RestrictPatients);
        pages.MapPost("/patients/{id:guid}/restriction/end", async (Guid id, Form form, LiftRestriction lift, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await lift.Run(new() { PatientId = id }, ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.RestrictPatients);
        pages.MapGet("/patients/{id:guid}/emergency", (Guid id) => Show.Page<BreakGlassPage>(new { PatientId = id })).Requires(ClinicPermissions.BreakGlass);
        pages.MapPost("/patients/{id:guid}/emergency", async (Guid id, Form form, BreakGlass open, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await open.Run(new() { PatientId = id, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At($"patients/{id}"));
        }).Requires(ClinicPermissions.BreakGlass);
        pages.MapGet("/manage/emergencies", async (EmergencyList list, CancellationToken ct, Guid? after = null) =>
            Show.Page<EmergencyListPage>(new { Found = await list.Run(new() { After = after }, ct) })).Requires(ClinicPermissions.ReviewEmergencies);
    }
}
