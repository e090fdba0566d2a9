using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus.Modules.Clinic.Printing;

/// <summary>What the clinic's module declares for printing: for people and for programs, and the way from the code on a paper back to its visit.</summary>
internal static class PrintModule
{
    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(PrintSummary.Action, "printed the summary of a visit"),
        new(PrintPrescription.Action, "printed a prescription"),
        new(PrintLabel.Action, "printed a patient's label"),
        new(FindVisit.Action, "looked for a visit by its reference"),
    ];

    public static void AddServices(IServiceCollection services) => services.AddScoped<Papers>().AddScoped<PrintDesk>();

    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        pages.MapGet("/visits/{id:guid}/summary.pdf", Summary).Requires(ClinicPermissions.ReadRecord);
        pages.MapGet("/visits/{id:guid}/prescription.pdf", Prescription).Requires(ClinicPermissions.ReadPharmacy);
        pages.MapGet("/patients/{id:guid}/label.pdf", Label).Requires(ClinicPermissions.ReadPatients);
        pages.MapGet("/v/{reference}", async (string reference, FindVisit find, PageTools page, CancellationToken ct) => Results.LocalRedirect(page.At($"visits/{await find.Run(new() { Reference = reference }, ct)}")))
            .Requires(ClinicPermissions.ReadEncounters);
        var api = routes.Api("Documents");
        api.MapGet("/encounters/{id:guid}/documents/summary", Summary)
            .Requires(ClinicPermissions.ReadRecord).Refuses("not-found", "patient.restricted", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printSummary", "The summary of a visit as PDF, or as a page when text/html is accepted only");
        api.MapGet("/encounters/{id:guid}/documents/prescription", Prescription)
            .Requires(ClinicPermissions.ReadPharmacy).Refuses("not-found", "patient.restricted", "prescription.none", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printPrescription", "What is prescribed in a visit, or one prescription of it, as PDF");
        api.MapGet("/patients/{id:guid}/documents/label", Label)
            .Requires(ClinicPermissions.ReadPatients).Refuses("not-found", "patient.restricted", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printLabel", "A patient's label, 62 × 29 mm, as PDF");
    }

    private static async Task Summary(Guid id, PrintSummary read, PrintDesk desk, HttpContext http, CancellationToken ct)
    {
        var facts = await read.Run(new() { EncounterId = id }, ct);
        await desk.Answer(http, papers => papers.Summary(facts), ct);
    }

    private static async Task Prescription(Guid id, PrintPrescription read, PrintDesk desk, HttpContext http, CancellationToken ct, Guid? prescription = null)
    {
        var facts = await read.Run(new() { EncounterId = id, PrescriptionId = prescription }, ct);
        await desk.Answer(http, papers => papers.Prescription(facts), ct);
    }

    private static async Task Label(Guid id, PrintLabel read, PrintDesk desk, HttpContext http, CancellationToken ct)
    {
        var facts = await read.Run(new() { PatientId = id }, ct);
        await desk.Answer(http, papers => papers.Label(facts), ct);
    }
}

/// <summary>Hands out what the clinic prints, in the reader's language or else the clinic's.</summary>
internal sealed class PrintDesk(Printer printer, Papers papers, OrganisationSlot organisation)
{
    public Task Answer(HttpContext http, Func<Papers, Printed> make, CancellationToken ct) => printer.Answer(http, organisation.Current.Id, organisation.Current.Language, () => make(papers), ct);
}
