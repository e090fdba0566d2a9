using Salus.Web;

namespace Salus.Modules.Clinic.Patients.Team;

/// <summary>The team that treats a patient: pages and API.</summary>
public static class CareTeamDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Patients");
        api.MapGet("/patients/{id:guid}/care-team", (Guid id, CareTeamList list, CancellationToken ct) => list.Run(new() { PatientId = id }, ct))
            .Requires(ClinicPermissions.RestrictPatients).Refuses("not-found").Describe("listCareTeam", "Who treats a patient and so reads the record while it is restricted");
        api.MapPost("/patients/{id:guid}/care-team", async (string org, Guid id, AddToCareTeam.Command command, AddToCareTeam add, CancellationToken ct) =>
            {
                var member = await add.Run(command with { PatientId = id }, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/patients/{id}/care-team", member);
            })
            .Requires(ClinicPermissions.RestrictPatients).Refuses("invalid", "not-found", "care-team.member").Describe("addToCareTeam", "Take a colleague into the team that treats a patient");
        api.MapDelete("/patients/{id:guid}/care-team/{memberId:guid}", async (Guid id, Guid memberId, EndCareTeam end, CancellationToken ct) =>
            {
                await end.Run(new() { PatientId = id, MemberId = memberId }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.RestrictPatients).Refuses("not-found", "care-team.ended").Describe("endCareTeam", "Somebody leaves the team that treats a patient, at once");
        var pages = routes.Pages();
        pages.MapGet("/patients/{id:guid}/care-team", async (Guid id, CareTeamList list, CancellationToken ct, bool saved = false) =>
            Show.Page<CareTeamPage>(new { PatientId = id, View = await list.Run(new() { PatientId = id }, ct), Saved = saved })).Requires(ClinicPermissions.RestrictPatients);
        pages.MapPost("/patients/{id:guid}/care-team", async (Guid id, Form form, AddToCareTeam add, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await add.Run(new() { PatientId = id, AccountId = form.Id("accountId") ?? default, Until = form.Date("until"), Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At($"patients/{id}/care-team?saved=true"));
        }).Requires(ClinicPermissions.RestrictPatients);
        pages.MapPost("/patients/{id:guid}/care-team/{memberId:guid}/end", async (Guid id, Guid memberId, Form form, EndCareTeam end, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await end.Run(new() { PatientId = id, MemberId = memberId }, ct);
            return Door.GoTo(http, page.At($"patients/{id}/care-team?saved=true"));
        }).Requires(ClinicPermissions.RestrictPatients);
    }
}
