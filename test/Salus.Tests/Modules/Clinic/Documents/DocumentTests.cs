using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Documents;
using Salus.Tests.Encounters;
using Salus.Tests.Orders;

namespace Salus.Tests.Documents;

/// <summary>AddDocuments and DocumentList: photographs of prescriptions, documents, attachments of results.</summary>
public sealed class DocumentTests(SalusServer server)
{
    private static MultipartFormDataContent Form(params (string Name, string Type, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, type, bytes) in files) form.Add(new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } }, "files", name);
        return form;
    }

    private static MultipartFormDataContent Photograph(string name = "paper.png") => Form((name, "image/png", Samples.Png()));

    [Fact]
    public async Task RX_01_photographs_of_a_prescription_hang_on_the_visit_and_open_for_those_who_care_for_the_patient()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var added = (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", Form(("one.png", "image/png", Samples.Png()), ("two.png", "image/png", Samples.Png())))).Is(201);
        Assert.Equal(2, added.Json.GetArrayLength());
        var listed = (await clinic.Nurse.Get($"encounters/{visit}/documents")).Is(200).Json.EnumerateArray().ToList();
        Assert.Equal(["prescription", "prescription"], listed.Select(d => d.Str("kind")));
        var file = listed[0].GetProperty("file").Id();
        foreach (var who in (Caller[])[clinic.Nurse, clinic.Doctor, clinic.Pharmacist]) (await who.Get($"files/{file}/content")).Is(200);
        foreach (var who in (Caller[])[clinic.Receptionist, clinic.Lab, clinic.Admin]) (await who.Get($"files/{file}/content")).Is(404);
        Assert.NotEmpty(await clinic.Audit(AddDocuments.Action));
        Assert.NotEmpty(await clinic.Audit(DocumentList.Action));
    }

    [Fact]
    public async Task RX_02_only_doctors_photograph_prescriptions()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        foreach (var who in (Caller[])[clinic.Receptionist, clinic.Nurse, clinic.Admin, clinic.Pharmacist])
            (await who.Send("POST", $"encounters/{visit}/prescription-images", Photograph())).Refuses(403, "forbidden");
        (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", Form(("paper.pdf", "application/pdf", "%PDF-1.4\n%%EOF"u8.ToArray())))).Refuses(415, "file.type");
        (await clinic.Doctor.Send("POST", $"encounters/{Guid.NewGuid()}/prescription-images", Photograph())).Refuses(404, "not-found");
        await using var db = clinic.Open();
        Assert.Equal(0, await db.Documents.CountAsync());
    }

    [Fact]
    public async Task a_closed_visit_takes_no_more_files_and_those_it_has_stay()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var file = (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", Photograph())).Is(201).Json[0].GetProperty("file").Id();
        var slip = (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", Photograph())).Is(201).Json[0].GetProperty("file").Id();
        (await clinic.Nurse.Put($"files/{slip}/trash", new { reason = "Not mine" })).Refuses(403, "forbidden");
        (await clinic.Doctor.Put($"files/{slip}/trash", new { reason = "Wrong patient" })).Is(204);
        Assert.Single((await clinic.Nurse.Get($"encounters/{visit}/documents")).Json.EnumerateArray());
        await clinic.Close(visit);
        (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", Photograph())).Refuses(409, "encounter.closed");
        (await clinic.Doctor.Put($"files/{file}/trash", new { reason = "Too late" })).Refuses(403, "forbidden");
        (await clinic.Nurse.Get($"files/{file}/content")).Is(200);
    }

    [Fact]
    public async Task the_desk_adds_documents_and_does_not_read_them()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var file = (await clinic.Receptionist.Send("POST", $"encounters/{visit}/documents", Photograph("letter.png"))).Is(201).Json[0].GetProperty("file").Id();
        (await clinic.Receptionist.Get($"files/{file}/content")).Is(404);
        Assert.Empty((await clinic.Receptionist.Get($"encounters/{visit}/documents")).Json.EnumerateArray());
        (await clinic.Doctor.Get($"files/{file}/content")).Is(200);
        (await clinic.Pharmacist.Send("POST", $"encounters/{visit}/documents", Photograph())).Refuses(403, "forbidden");
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        using var page = await browser.Get($"/{clinic.Slug}/visits/{visit}");
        Assert.Contains("Those who treat the patient see what is added here.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var sent = await browser.Upload($"/{clinic.Slug}/visits/{visit}", $"/{clinic.Slug}/visits/{visit}/documents", "files", "letter.png", Samples.Png(), []);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Equal(2, (await clinic.Doctor.Get($"encounters/{visit}/documents")).Json.GetArrayLength());
    }

    [Fact]
    public async Task the_pharmacist_sees_the_photograph_of_a_prescription_on_the_page_of_the_visit_and_nothing_of_the_record()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Longstanding cough" })).Is(200);
        var file = (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", Photograph())).Is(201).Json[0].GetProperty("file").Id();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "pharmacist");
        using var page = await browser.Get($"/{clinic.Slug}/visits/{visit}");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains($"files/{file}", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Longstanding", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task attachments_belong_to_an_order_of_their_kind_in_this_visit()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var (lab, imaging) = (await clinic.Ordered(visit, name: "Urea"), await clinic.Ordered(visit, "imaging", "Chest"));
        (await clinic.Radiology.Send("POST", $"encounters/{visit}/imaging-attachments?order={imaging}", Photograph())).Is(201);
        (await clinic.Radiology.Send("POST", $"encounters/{visit}/imaging-attachments?order={lab}", Photograph())).Refuses(403, "forbidden");
        (await clinic.Lab.Send("POST", $"encounters/{visit}/lab-attachments?order={lab}", Photograph())).Is(201);
        (await clinic.Lab.Send("POST", $"encounters/{visit}/lab-attachments", Photograph())).Refuses(404, "not-found");
        (await clinic.Lab.Send("POST", $"encounters/{await clinic.Visit()}/lab-attachments?order={lab}", Photograph())).Refuses(404, "not-found");
        Assert.Equal(2, (await clinic.Doctor.Get($"encounters/{visit}/documents")).Json.GetArrayLength());
        // They stand with the order, for the doctor and on the work list.
        foreach (var order in (await clinic.Doctor.Get($"encounters/{visit}/orders"))["items"].EnumerateArray()) Assert.Single(order.GetProperty("files").EnumerateArray());
        var listed = (await clinic.Lab.Get("laboratory/work-list"))["items"][0].GetProperty("orders")[0].GetProperty("files");
        Assert.Equal("paper.png", listed[0].Str("name"));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "lab");
        using var page = await browser.Get($"/{clinic.Slug}/lab");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains($"visits/{visit}/lab-attachments?order={lab}", html, StringComparison.Ordinal);
        Assert.Contains($"files/{listed[0].Id()}", html, StringComparison.Ordinal);
        Assert.Equal(2, (await clinic.Lab.Get($"encounters/{visit}/documents")).Json.EnumerateArray().Count(d => d.Str("kind") == "result"));
    }

    [Fact]
    public async Task a_restricted_patients_files_are_closed_with_the_record()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var patient = (await clinic.Nurse.Get($"encounters/{visit}"))["patientId"].GetGuid();
        var file = (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", Photograph())).Is(201).Json[0].GetProperty("file").Id();
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        (await clinic.Nurse.Get($"files/{file}/content")).Is(404);
        (await clinic.Nurse.Get($"encounters/{visit}/documents")).Refuses(404, "not-found");
    }
}
