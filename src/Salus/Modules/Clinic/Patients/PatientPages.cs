using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Patients;

/// <summary>The list of patients and a patient's own page.</summary>
public static class PatientPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        pages.MapGet("/patients", async (PatientSearch search, HttpContext http, CancellationToken ct, string q = "", string? after = null) =>
        {
            var found = await search.Run(new() { Q = q, After = after }, ct);
            return http.Request.IsHtmx() ? Show.Page<PatientRows>(new { Found = found, Q = q }) : Show.Page<PatientListPage>(new { Found = found, Q = q });
        }).Requires(ClinicPermissions.ReadPatients);
        pages.MapGet("/patients/{id:guid}", async Task<IResult> (Guid id, PatientRecord read, PageTools page, CancellationToken ct, bool saved = false) =>
        {
            try { return Show.Page<PatientPageView>(new { Patient = await read.Run(new() { PatientId = id }, ct), Saved = saved }); }
            catch (Refusal refusal) when (refusal.Code == "patient.restricted") { return Results.LocalRedirect(page.At($"patients/{id}/emergency")); }
        }).Requires(ClinicPermissions.ReadPatients);
        pages.MapPost("/patients/{id:guid}", async (Guid id, Form form, ChangePatient change, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(PatientForm.Read(form, new ChangePatient.Command { PatientId = id, Version = form.Id("version") }), ct);
            return Door.GoTo(http, page.At($"patients/{id}?saved=true"));
        }).Requires(ClinicPermissions.WritePatients);
        pages.MapPost("/patients/{id:guid}/archiving", async (Guid id, Form form, ArchivePatient archive, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await archive.Run(new() { PatientId = id, Reason = form["reason"] }, ct);
            return Door.GoTo(http, page.At("patients"));
        }).Requires(ClinicPermissions.ArchivePatients);
    }
}
