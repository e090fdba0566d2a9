using Microsoft.AspNetCore.Http.HttpResults;
using Salus.Kernel;
using Salus.Modules.Clinic.Pharmacy.Giving;
using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Web;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>The parts of the visit's page about medicines, and the form for a prescription as a page of its own.</summary>
public static class PrescriptionPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapPrescribing(pages);
        MapMedications(pages);
        MapGiving(pages);
    }

    private static void MapPrescribing(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits/{id:guid}/prescriptions", async (Guid id, VisitPrescriptions read, CancellationToken ct) => Part(await read.Run(new() { EncounterId = id, IsRefresh = true }, ct))).Requires(ClinicPermissions.ReadRecord);
        pages.MapGet("/visits/{id:guid}/prescribing", async (Guid id, PrescribingDesk desk, HttpContext http, CancellationToken ct, Guid? repeat = null, bool page = false) =>
        {
            var view = await desk.Run(new() { EncounterId = id, RepeatOf = repeat }, ct);
            return Desk(http, view, PrescriptionDraft.Of(view.Repeated) with { OnPage = page || !http.Request.IsHtmx() }, null);
        }).Requires(ClinicPermissions.Prescribe);
        pages.MapPost("/visits/{id:guid}/prescribing/check", async (Guid id, Form form, CheckPrescription check, CancellationToken ct) =>
            Show.Page<CheckFindings>(new { Result = form["drug"].Any(char.IsLetter) ? await check.Run(new() { EncounterId = id, Drug = Cut(form["drug"]), RepeatOf = form.Id("repeatOf") }, ct) : null })).Requires(ClinicPermissions.Prescribe);
        pages.MapPost("/visits/{id:guid}/prescriptions", async (Guid id, Form form, Prescribe prescribe, PrescribingDesk desk, CheckPrescription check, VisitPrescriptions read, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var draft = PrescriptionDraft.Of(form);
            try
            {
                slot.Once(form);
                await prescribe.Run(draft.For(id), ct);
            }
            // The form comes back with what was found and a place for the reason.
            catch (Refusal refusal) when (refusal.Code is "prescription.warned" or "prescription.not-checked")
            {
                var found = await check.Run(new() { EncounterId = id, Drug = draft.Drug, RepeatOf = draft.RepeatOf }, ct);
                return Desk(http, await desk.Run(new() { EncounterId = id, RepeatOf = draft.RepeatOf }, ct), draft, found);
            }
            if (draft.OnPage || !http.Request.IsHtmx()) return Door.GoTo(http, page.At($"visits/{id}"));
            (http.Response.Headers["HX-Retarget"], http.Response.Headers["HX-Reswap"]) = ("#prescriptions", "outerHTML");
            return Part(await read.Run(new() { EncounterId = id, IsRefresh = true }, ct));
        }).Requires(ClinicPermissions.Prescribe);
        pages.MapPost("/visits/{id:guid}/prescriptions/{prescription:guid}/cancellation", async (Guid id, Guid prescription, Form form, CancelPrescription cancel, VisitPrescriptions read, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await cancel.Run(new() { PrescriptionId = prescription, Reason = form["reason"], Version = form.Id("version") }, ct);
            return http.Request.IsHtmx() ? Part(await read.Run(new() { EncounterId = id, IsRefresh = true }, ct)) : Results.LocalRedirect(page.At($"visits/{id}"));
        }).Requires(ClinicPermissions.Prescribe);
    }

    private static void MapMedications(RouteGroupBuilder pages)
    {
        pages.MapGet("/patients/{id:guid}/medications", async (Guid id, MedicationList read, CancellationToken ct, Guid? visit = null) =>
            Show.Page<MedicationsPart>(new { Items = await read.Run(new() { PatientId = id, IsRefresh = true }, ct), PatientId = id, EncounterId = visit })).Requires(ClinicPermissions.ReadRecord);
        pages.MapPost("/patients/{id:guid}/medications", async (Guid id, Form form, ReportMedicine report, MedicationList read, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await report.Run(new() { PatientId = id, Text = form["text"], Since = form.Date("since") }, ct);
            return await Medications(id, form, read, page, http, ct);
        }).Requires(ClinicPermissions.WriteMedications);
        pages.MapPost("/patients/{id:guid}/medications/{medicine:guid}/stopping", async (Guid id, Guid medicine, Form form, StopReported stop, MedicationList read, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await stop.Run(new() { MedicineId = medicine }, ct);
            return await Medications(id, form, read, page, http, ct);
        }).Requires(ClinicPermissions.WriteMedications);
        pages.MapPost("/patients/{id:guid}/prescriptions/{prescription:guid}/stopping", async (Guid id, Guid prescription, Form form, StopPrescription stop, MedicationList read, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await stop.Run(new() { PrescriptionId = prescription, Reason = form["reason"] }, ct);
            return await Medications(id, form, read, page, http, ct);
        }).Requires(ClinicPermissions.Prescribe);
    }

    private static void MapGiving(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits/{id:guid}/administrations", async (Guid id, VisitAdministrations read, CancellationToken ct) => Part(await read.Run(new() { EncounterId = id, IsRefresh = true }, ct))).Requires(ClinicPermissions.ReadRecord);
        pages.MapPost("/visits/{id:guid}/administrations", async (Guid id, Form form, GiveMedicine give, VisitAdministrations read, ActorSlot slot, TimeProvider clock, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await give.Run(new()
            {
                EncounterId = id, PrescriptionId = form.Id("prescriptionId"), Drug = form["drug"], Dose = form["dose"], Route = form.Chosen<MedicineRoute>("route"),
                Outcome = form.Chosen<GivingOutcome>("outcome"), Reason = form["reason"], GivenAt = form.Number("minutesAgo") is > 0 and <= 1440 and { } minutes ? clock.Now().AddMinutes(-minutes) : null,
            }, ct);
            return http.Request.IsHtmx() ? Part(await read.Run(new() { EncounterId = id, IsRefresh = true }, ct)) : Results.LocalRedirect(page.At($"visits/{id}"));
        }).Requires(ClinicPermissions.WriteNursing);
    }

    private static RazorComponentResult Part(VisitPrescriptionsView view) => Show.Page<PrescriptionsPart>(new { view.EncounterId, view.IsOpen, Lines = view.Items });

    private static RazorComponentResult Part(AdministrationsView view) => Show.Page<AdministrationPart>(new { view.EncounterId, view.IsOpen, Lines = view.Items, view.Prescriptions });

    private static RazorComponentResult Desk(HttpContext http, PrescribingView view, PrescriptionDraft draft, CheckResult? found) =>
        http.Request.IsHtmx() ? Show.Page<PrescribeForm>(new { View = view, Draft = draft, Found = found }) : Show.Page<PrescribePage>(new { View = view, Draft = draft, Found = found });

    private static async Task<IResult> Medications(Guid id, Form form, MedicationList read, PageTools page, HttpContext http, CancellationToken ct) => http.Request.IsHtmx()
        ? Show.Page<MedicationsPart>(new { Items = await read.Run(new() { PatientId = id, IsRefresh = true }, ct), PatientId = id, EncounterId = form.Id("visit") })
        : Results.LocalRedirect(page.At(form.Id("visit") is { } visit ? $"visits/{visit}" : $"patients/{id}"));

    private static string Cut(string text) => text.Length > 160 ? text[..160] : text;
}
