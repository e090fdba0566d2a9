using Salus.Web;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>Merging two patients and undoing it: pages and API.</summary>
public static class MergeDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Patients");
        api.MapGet("/patients/{id:guid}/merge-preview", (Guid id, MergePreview preview, CancellationToken ct, Guid? with = null) => preview.Run(new() { PatientId = id, OtherId = with ?? default }, ct))
            .Requires(ClinicPermissions.MergePatients).Refuses("not-found").Describe("previewMerge", "What merging another patient into this one would do: particulars side by side, rows that would move, what is in the way");
        api.MapPost("/patients/{id:guid}/merges", async (string org, Guid id, MergePatients.Command command, MergePatients merge, CancellationToken ct) =>
            {
                var merged = await merge.Run(command with { PatientId = id }, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/patients/{id}", merged);
            })
            .Requires(ClinicPermissions.MergePatients).Refuses("invalid", "not-found", "stale", "proof.needed", "merge.merged", "merge.archived", "merge.open-visits", "merge.conflict", "patient.national-id-taken")
            .Describe("mergePatients", "Merge another patient into this one; it can be undone");
        api.MapPost("/patients/{id:guid}/merges/{mergeId:guid}/undoing", (Guid id, Guid mergeId, UnmergePatients.Command command, UnmergePatients undo, CancellationToken ct) => undo.Run(command with { PatientId = id, MergeId = mergeId }, ct))
            .Requires(ClinicPermissions.MergePatients).Refuses("invalid", "not-found", "proof.needed", "merge.undone", "merge.later", "merge.conflict", "patient.national-id-taken")
            .Describe("unmergePatients", "Undo a merge: exactly the rows that were moved go back");
        MapPages(routes.Pages());
    }

    private static void MapPages(RouteGroupBuilder pages)
    {
        pages.MapGet("/patients/{id:guid}/merge", async (Guid id, PatientRecord read, LikelyDuplicates likely, PatientSearch search, CancellationToken ct, string q = "") =>
        {
            var patient = await read.Run(new() { PatientId = id }, ct);
            var found = q.Trim().Length > 0 ? (await search.Run(new() { Q = q }, ct)).Items
                : await likely.Run(new() { Name = patient.Name, Phone = patient.Phone, BirthDate = patient.BirthDateIsEstimated ? null : patient.BirthDate, NationalId = patient.NationalId, Email = patient.Email }, ct);
            return Show.Page<MergeChoicePage>(new { Patient = patient, Found = found.Where(f => f.Id != id).ToList(), Q = q });
        }).Requires(ClinicPermissions.MergePatients);
        pages.MapGet("/patients/{id:guid}/merge/{otherId:guid}", async (Guid id, Guid otherId, MergePreview preview, CancellationToken ct) =>
            Show.Page<MergePage>(new { View = await preview.Run(new() { PatientId = id, OtherId = otherId }, ct) })).Requires(ClinicPermissions.MergePatients);
        pages.MapPost("/patients/{id:guid}/merge/{otherId:guid}", async (Guid id, Guid otherId, Form form, MergePatients merge, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await merge.Run(new()
            {
                PatientId = id, OtherId = otherId, Reason = form["reason"], Version = form.Id("version"), OtherVersion = form.Id("otherVersion"),
                Take = [.. Particulars.All.Select(f => f.Key).Where(f => form["take-" + f] == "other")],
            }, ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.MergePatients);
        pages.MapPost("/patients/{id:guid}/merges/{mergeId:guid}/undo", async (Guid id, Guid mergeId, Form form, UnmergePatients undo, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await undo.Run(new() { PatientId = id, MergeId = mergeId, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.MergePatients);
    }
}
