using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Clinic.Patients.Importing;

/// <summary>Patients from a file and into one: pages and API.</summary>
public static class ImportDoors
{
    private const int MostBody = PatientFile.MostBytes + 256 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Patients");
        api.MapPost("/patients/import-checks", async (HttpRequest request, CheckImport check, CancellationToken ct) => await check.Run(new(await PatientFile.Decode(request.Body, ct)), ct))
            .Requires(ClinicPermissions.ImportPatients).WithMetadata(new RequestSizeLimitAttribute(MostBody)).Refuses("invalid", "too-large", "import.malformed", "import.too-long")
            .Describe("checkImport", "Say what importing a file of patients would do: faults by line, and who is here already; the body is CSV in UTF-8");
        api.MapPost("/patients/imports", async (HttpRequest request, ImportPatients import, CancellationToken ct) => await import.RunAll(new(await PatientFile.Decode(request.Body, ct)), ct))
            .Requires(ClinicPermissions.ImportPatients).WithMetadata(new RequestSizeLimitAttribute(MostBody)).Refuses("invalid", "too-large", "import.malformed", "import.too-long", "import.faults", "import.taken")
            .Describe("importPatients", "Import patients; the body is CSV in UTF-8. The same file again goes on where it stopped, and does nothing once it is done");
        api.MapGet("/patients/export", Export).Requires(ClinicPermissions.ExportPatients).Refuses("proof.needed", "rate-limit").Describe("exportPatients", "The patients of the lists as CSV that can be imported again; archived ones are not in it");
        var pages = routes.Pages();
        pages.MapGet("/patients/export", Export).Requires(ClinicPermissions.ExportPatients);
        pages.MapGet("/manage/import", () => Show.Page<ImportPage>()).Requires(ClinicPermissions.ImportPatients);
        pages.MapPost("/manage/import", async Task<IResult> (Form form, CheckImport check, ImportPatients import, CancellationToken ct) =>
        {
            if (form.Flag("import")) return Show.Page<ImportPage>(new { Outcome = await import.RunAll(new(form["text"]), ct) });
            var text = PatientFile.Decode(await form.File("file", PatientFile.MostBytes) ?? throw Refusal.Field("file", "Choose a file."));
            return Show.Page<ImportPage>(new { Report = await check.Run(new(text), ct), Text = text });
        }).Requires(ClinicPermissions.ImportPatients).WithMetadata(new RequestSizeLimitAttribute(MostBody));
    }

    private static async Task<IResult> Export(string org, PatientExport export, CancellationToken ct)
    {
        await export.Authorize();
        return Results.Stream(stream => export.Write(stream, ct), "text/csv", $"patients-{org}.csv");
    }
}
