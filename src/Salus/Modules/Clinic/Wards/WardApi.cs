using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Wards;

/// <summary>Wards, beds and admissions over HTTP for programs.</summary>
public static class WardApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Wards");
        MapWards(api);
        MapBeds(api);
        MapAdmissions(api);
    }

    private static void MapWards(RouteGroupBuilder api)
    {
        api.MapGet("/wards", (WardBoard board, CancellationToken ct) => board.Run(new(), ct))
            .Requires(ClinicPermissions.ReadWards).Describe("listWards", "Each ward with its beds, who lies in them, and how many are free");
        api.MapPost("/wards", async (string org, SaveWard.Command command, SaveWard save, CancellationToken ct) => TypedResults.Created($"/api/v1/orgs/{org}/wards", await save.Run(command with { Id = null }, ct)))
            .Requires(ClinicPermissions.ManageWards).Refuses("invalid", "ward.exists").Describe("addWard", "Define a ward");
        api.MapPut("/wards/{id:guid}", async (Guid id, SaveWard.Command command, SaveWard save, HttpContext http, CancellationToken ct) =>
            {
                var saved = await save.Run(command with { Id = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(saved.Version);
                return saved;
            })
            .Requires(ClinicPermissions.ManageWards).Refuses("invalid", "not-found", "stale", "ward.exists", "ward.occupied").Describe("saveWard", "Rename a ward, archive it when nobody is in it, or take it back");
        api.MapPost("/wards/{id:guid}/beds", async (string org, Guid id, AddBeds.Command command, AddBeds add, CancellationToken ct) => TypedResults.Created($"/api/v1/orgs/{org}/wards", await add.Run(command with { WardId = id }, ct)))
            .Requires(ClinicPermissions.ManageWards).Repeatable().Refuses("invalid", "not-found", "bed.exists").Describe("addBeds", "Add beds to a ward, also several at once: 1-12, A1-A4");
    }

    private static void MapBeds(RouteGroupBuilder api)
    {
        api.MapPut("/beds/{id:guid}", async (Guid id, SaveBed.Command command, SaveBed save, HttpContext http, CancellationToken ct) =>
            {
                var saved = await save.Run(command with { BedId = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(saved.Version);
                return saved;
            })
            .Requires(ClinicPermissions.ManageWards).Refuses("invalid", "not-found", "stale", "bed.exists", "bed.occupied").Describe("saveBed", "Rename a bed, archive it when nobody lies in it, or take it back");
        api.MapPost("/beds/{id:guid}/state", (Guid id, MoveBed.Command command, MoveBed move, CancellationToken ct) => move.Run(command with { BedId = id }, ct))
            .Requires(ClinicPermissions.CleanBeds).Refuses("invalid", "not-found", "stale", "bed.state").Describe("moveBed", "Note that a bed was cleaned, is out of use, or is in use again");
        api.MapGet("/beds/{id:guid}/history", (Guid id, BedHistory history, CancellationToken ct) => history.Run(new() { BedId = id }, ct))
            .Requires(ClinicPermissions.ReadWards).Refuses("not-found").Describe("getBedHistory", "The last steps of a bed, newest first");
    }

    private static void MapAdmissions(RouteGroupBuilder api)
    {
        api.MapGet("/admissible-visits", (AdmissibleVisits visits, CancellationToken ct, string? q = null) => visits.Run(new() { Q = q ?? "" }, ct))
            .Requires(ClinicPermissions.AdmitPatients).Refuses("invalid").Describe("listAdmissibleVisits", "Open visits that could be given a bed, newest first");
        api.MapGet("/encounters/{id:guid}/admission", async (Guid id, ReadAdmission read, HttpContext http, CancellationToken ct) =>
            {
                var admission = (await read.Run(new() { EncounterId = id }, ct)).Admission ?? throw Refusal.NotFound();
                http.ETag(admission.Version);
                return admission;
            })
            .Requires(ClinicPermissions.ReadWards).Refuses("not-found", "patient.restricted").Describe("getAdmission", "The stay of a visit with its beds");
        api.MapPost("/encounters/{id:guid}/admission", async (string org, Guid id, AdmitPatient.Command command, AdmitPatient admit, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/admission", await admit.Run(command with { EncounterId = id }, ct)))
            .Requires(ClinicPermissions.AdmitPatients).Repeatable().Refuses("invalid", "not-found", "encounter.closed", "admission.exists", "admission.elsewhere", "admission.ended", "bed.not-free")
            .Describe("admitPatient", "Give an open visit a free bed");
        api.MapPost("/encounters/{id:guid}/admission/transfer", (Guid id, TransferPatient.Command command, TransferPatient transfer, CancellationToken ct) => transfer.Run(command with { EncounterId = id }, ct))
            .Requires(ClinicPermissions.AdmitPatients).Repeatable().Refuses("invalid", "not-found", "stale", "encounter.closed", "admission.none", "bed.not-free").Describe("transferPatient", "Move an admitted patient to another bed");
        api.MapPost("/encounters/{id:guid}/admission/discharge", (Guid id, DischargePatient.Command command, DischargePatient discharge, CancellationToken ct) => discharge.Run(command with { EncounterId = id }, ct))
            .Requires(ClinicPermissions.DischargePatients).Refuses("invalid", "not-found", "stale", "encounter.closed", "admission.none").Describe("dischargePatient", "Let an admitted patient go");
    }
}
