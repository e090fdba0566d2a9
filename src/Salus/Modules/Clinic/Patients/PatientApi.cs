using Salus.Web;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Patients over HTTP for programs.</summary>
public static class PatientApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Patients");
        api.MapGet("/patients", (PatientSearch search, CancellationToken ct, string q = "", string? after = null, int limit = 25) =>
                search.Run(new() { Q = q, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadPatients).Refuses("invalid").Describe("listPatients", "Find patients by fragments of name, phone or registration number");
        api.MapPost("/patients", async (string org, RegisterPatient.Command command, RegisterPatient register, CancellationToken ct) =>
            {
                var made = await register.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/patients/{made.Id}", made);
            })
            .Requires(ClinicPermissions.WritePatients).Repeatable().Refuses("invalid", "patient.number-taken", "patient.national-id-taken", "patient.numbers-used-up", "idempotency.mismatch")
            .Describe("registerPatient", "Register a patient; the registration number is given by the clinic's scheme");
        api.MapGet("/patients/likely-duplicates", (LikelyDuplicates find, CancellationToken ct, string? name = null, string? phone = null, DateOnly? birthDate = null, string? nationalId = null, string? email = null) =>
                find.Run(new() { Name = name, Phone = phone, BirthDate = birthDate, NationalId = nationalId, Email = email }, ct))
            .Requires(ClinicPermissions.WritePatients).Describe("listLikelyDuplicates", "Patients who may be the one that is being registered");
        api.MapGet("/patients/{id:guid}", async (Guid id, PatientRecord read, HttpContext http, CancellationToken ct) =>
            {
                var patient = await read.Run(new() { PatientId = id }, ct);
                http.ETag(patient.Version);
                return patient;
            })
            .Requires(ClinicPermissions.ReadPatients).Refuses("not-found").Describe("getPatient", "Read a patient and the last visits");
        api.MapPut("/patients/{id:guid}", async (Guid id, ChangePatient.Command command, ChangePatient change, HttpContext http, CancellationToken ct) =>
            {
                var changed = await change.Run(command with { PatientId = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(changed.Version);
                return changed;
            })
            .Requires(ClinicPermissions.WritePatients).Refuses("invalid", "not-found", "stale", "patient.national-id-taken").Describe("changePatient", "Change a patient's particulars");
        api.MapPost("/patients/{id:guid}/archiving", async (Guid id, ArchivePatient.Command command, ArchivePatient archive, CancellationToken ct) =>
            {
                await archive.Run(command with { PatientId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.ArchivePatients).Refuses("invalid", "not-found", "patient.admitted").Describe("archivePatient", "Take a patient out of the lists; nothing is deleted");
    }
}
