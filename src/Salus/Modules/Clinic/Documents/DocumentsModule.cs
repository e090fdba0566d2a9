using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Files.Contract;
using Salus.Web;

namespace Salus.Modules.Clinic.Documents;

/// <summary>What the clinic's module declares for the files of visits.</summary>
internal static class DocumentsModule
{
    private static readonly string[] Refusals = ["not-found", "encounter.closed", "file.type", "file.too-large"];

    public static IEnumerable<AuditAction> AuditActions => [new(AddDocuments.Action, "added files to a visit"), new(DocumentList.Action, "read the list of a visit's files")];

    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton(DocumentPlaces.Prescriptions).AddSingleton(DocumentPlaces.Documents).AddSingleton(DocumentPlaces.Results);
        services.AddScoped<IFileGuard, PrescriptionImageGuard>().AddScoped<IFileGuard, VisitDocumentGuard>().AddScoped<IFileGuard, ResultAttachmentGuard>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var (api, pages) = (routes.Api("Documents"), routes.Pages());
        api.MapGet("/encounters/{id:guid}/documents", async (Guid id, DocumentList list, CancellationToken ct) => (await list.Run(new() { EncounterId = id }, ct)).Items)
            .Requires(ClinicPermissions.ReadEncounters).Refuses("not-found").Describe("listDocuments", "The files of a visit that you may see; fetch each under files/{id}/content");
        foreach (var (path, permission, kind, isImaging, describe, summary) in ((string, string, DocumentKind, bool, string, string)[])
        [
            ("prescription-images", ClinicPermissions.Prescribe, DocumentKind.Prescription, false, "addPrescriptionImages", "Add photographs of a prescription on paper"),
            ("documents", ClinicPermissions.AddDocuments, DocumentKind.Document, false, "addDocuments", "Add documents"),
            ("lab-attachments", ClinicPermissions.WriteLabResults, DocumentKind.Result, false, "addLabAttachments", "Add files to a laboratory order (query: order)"),
            ("imaging-attachments", ClinicPermissions.WriteImagingReports, DocumentKind.Result, true, "addImagingAttachments", "Add files to an imaging order (query: order)"),
        ])
        {
            api.MapPost($"/encounters/{{id:guid}}/{path}", async (string org, Guid id, HttpRequest request, Uploads uploads, AddDocuments add, ActorSlot slot, CancellationToken ct, Guid? order = null) =>
                {
                    await using var upload = await uploads.Receive(request, DocumentPlaces.Of(kind), slot.Actor, ct);
                    return TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/documents", await add.Run(new() { EncounterId = id, Kind = kind, OrderId = order, IsImaging = isImaging, Files = upload.Files }, ct));
                })
                .Requires(permission).Repeatable().TakesFiles().Refuses(Refusals).Describe(describe, summary);
            pages.MapPost($"/visits/{{id:guid}}/{path}", async (Guid id, HttpRequest request, Uploads uploads, AddDocuments add, ActorSlot slot, PageTools page, CancellationToken ct, Guid? order = null) =>
                {
                    await using var upload = await uploads.Receive(request, DocumentPlaces.Of(kind), slot.Actor, ct);
                    upload.Once(slot);
                    await add.Run(new() { EncounterId = id, Kind = kind, OrderId = order, IsImaging = isImaging, Files = upload.Files }, ct);
                    return Results.LocalRedirect(page.At($"visits/{id}"));
                })
                .Requires(permission).TakesFiles();
        }
        pages.MapGet("/visits/{id:guid}/documents", async (Guid id, DocumentList list, CancellationToken ct) => Show.Page<DocumentsPart>(new { VisitId = id, Documents = await list.Run(new() { EncounterId = id, IsRefresh = true }, ct) })).Requires(ClinicPermissions.ReadEncounters);
    }
}
