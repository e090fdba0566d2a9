using Salus.Modules.Clinic.Pharmacy.Dispensing;
using Salus.Modules.Clinic.Pharmacy.Giving;
using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Web;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>Prescribing, dispensing and giving over HTTP for programs.</summary>
public static class PrescriptionApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Prescriptions");
        MapPrescribing(api);
        MapMedications(api);
        MapDispensing(api);
        MapGiving(api);
    }

    private static void MapPrescribing(RouteGroupBuilder api)
    {
        api.MapPost("/encounters/{id:guid}/prescription-check", (Guid id, CheckPrescription.Query query, CheckPrescription check, CancellationToken ct) => check.Run(query with { EncounterId = id }, ct))
            .Requires(ClinicPermissions.Prescribe).Refuses("invalid", "not-found").Describe("checkPrescription", "Check a medicine against allergies, current medicines and the clinic's rules; writes nothing");
        api.MapGet("/encounters/{id:guid}/prescriptions", (Guid id, VisitPrescriptions read, CancellationToken ct) => read.Run(new() { EncounterId = id }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("not-found", "patient.restricted").Describe("listPrescriptionsOfVisit", "The prescriptions of a visit, with what the check found");
        api.MapPost("/encounters/{id:guid}/prescriptions", async (string org, Guid id, Prescribe.Command command, Prescribe prescribe, HttpContext http, CancellationToken ct) =>
            {
                var made = await prescribe.Run(command with { EncounterId = id }, ct);
                http.ETag(made.Version);
                return TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/prescriptions", made);
            })
            .Requires(ClinicPermissions.Prescribe).Repeatable()
            .Refuses("invalid", "not-found", "encounter.closed", "consultation.closed", "consultation.other-doctor", "prescription.warned", "prescription.not-checked").Describe("prescribe", "Prescribe a medicine, or repeat one from before");
        api.MapPost("/prescriptions/{id:guid}/cancellation", async (Guid id, CancelPrescription.Command command, CancelPrescription cancel, HttpContext http, CancellationToken ct) =>
            {
                await cancel.Run(command with { PrescriptionId = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.Prescribe).Refuses("invalid", "not-found", "stale", "encounter.closed", "prescription.state").Describe("cancelPrescription", "Cancel a prescription that was not dispensed yet");
        api.MapPost("/prescriptions/{id:guid}/stopping", async (Guid id, StopPrescription.Command command, StopPrescription stop, CancellationToken ct) =>
            {
                await stop.Run(command with { PrescriptionId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.Prescribe).Refuses("invalid", "not-found", "prescription.not-taken").Describe("stopPrescription", "Note that a patient no longer takes a dispensed medicine");
        api.MapGet("/patients/{id:guid}/prescriptions", (Guid id, PrescriptionHistory read, CancellationToken ct, Guid? after = null, int limit = 25) => read.Run(new() { PatientId = id, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("invalid", "not-found", "patient.restricted").Describe("listPrescriptionsOfPatient", "All prescriptions of a patient, the newest first");
    }

    private static void MapMedications(RouteGroupBuilder api)
    {
        api.MapGet("/patients/{id:guid}/medications", (Guid id, MedicationList read, CancellationToken ct) => read.Run(new() { PatientId = id }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("not-found", "patient.restricted").Describe("listMedications", "What a patient takes now: prescribed here, or reported");
        api.MapPost("/patients/{id:guid}/medications", async (string org, Guid id, ReportMedicine.Command command, ReportMedicine report, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/patients/{id}/medications", new Made(await report.Run(command with { PatientId = id }, ct))))
            .Requires(ClinicPermissions.WriteMedications).Repeatable().Refuses("invalid", "not-found", "medication.known").Describe("reportMedicine", "Note a medicine that a patient says to take");
        api.MapPost("/reported-medicines/{id:guid}/stopping", async (Guid id, StopReported stop, CancellationToken ct) =>
            {
                await stop.Run(new() { MedicineId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WriteMedications).Refuses("not-found", "medication.stopped").Describe("stopReportedMedicine", "Note that a patient no longer takes a reported medicine");
    }

    private static void MapDispensing(RouteGroupBuilder api)
    {
        api.MapGet("/pharmacy/work-list", (PharmacyWorkList read, CancellationToken ct, string q = "", string? after = null, int limit = 50) => read.Run(new() { Q = q, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadPharmacy).Refuses("invalid").Describe("listToDispense", "Prescriptions to dispense by visit, emergencies first, page by page");
        api.MapGet("/pharmacy/dispensed", (DispensedList read, CancellationToken ct, Guid? after = null, int limit = 25) => read.Run(new() { After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadPharmacy).Refuses("invalid").Describe("listDispensed", "What was dispensed, the newest first");
        api.MapPost("/prescriptions/{id:guid}/dispensing", (Guid id, DispensePrescription.Command command, DispensePrescription dispense, HttpContext http, CancellationToken ct) =>
                dispense.Run(command with { PrescriptionId = id, Version = http.Request.IfMatch() ?? command.Version }, ct))
            .Requires(ClinicPermissions.Dispense).Repeatable()
            .Refuses("invalid", "not-found", "stale", "encounter.closed", "consultation.not-active", "dispense.own-prescription", "prescription.state", "stock.short").Describe("dispensePrescription", "Dispense a prescription, once");
        api.MapPost("/prescriptions/{id:guid}/returns", (Guid id, ReturnMedicine.Command command, ReturnMedicine take, CancellationToken ct) => take.Run(command with { PrescriptionId = id }, ct))
            .Requires(ClinicPermissions.Dispense).Repeatable().Refuses("invalid", "not-found", "return.not-dispensed", "return.no-stock", "return.too-much").Describe("returnMedicine", "Take a dispensed medicine back into the stock");
    }

    private static void MapGiving(RouteGroupBuilder api)
    {
        api.MapGet("/encounters/{id:guid}/administrations", (Guid id, VisitAdministrations read, CancellationToken ct) => read.Run(new() { EncounterId = id }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("not-found", "patient.restricted").Describe("listAdministrations", "The doses given in a visit");
        api.MapPost("/encounters/{id:guid}/administrations", async (string org, Guid id, GiveMedicine.Command command, GiveMedicine give, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/administrations", new Made(await give.Run(command with { EncounterId = id }, ct))))
            .Requires(ClinicPermissions.WriteNursing).Repeatable().Refuses("invalid", "not-found", "encounter.closed", "prescription.cancelled").Describe("giveMedicine", "Write down a dose: given, refused, held back, not available, or an error");
    }
}
