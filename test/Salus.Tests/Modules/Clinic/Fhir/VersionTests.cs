using System.Net.Http.Headers;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Fhir;

/// <summary>Versions of what is put together from several rows: another one as soon as anything of it is another.</summary>
public sealed class VersionTests(SalusServer server)
{
    private static ByteArrayContent Picture => new(Samples.Png()) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };

    /// <summary>Whoever asks with the tag of before is told so, and gets what is new.</summary>
    private static async Task<string> Changed(Caller who, Clinic clinic, string path, string before)
    {
        var answer = (await who.Fhir(clinic, path, ("If-None-Match", before))).Is(200);
        Assert.NotEqual(before, answer.ETag);
        Assert.Equal(answer.ETag, $"W/\"{answer.Json.At("meta", "versionId")}\"");
        (await who.Fhir(clinic, path, ("If-None-Match", answer.ETag))).Is(304);
        return answer.ETag;
    }

    [Fact]
    public async Task a_visit_has_another_version_with_each_change_of_its_diagnoses_for_those_who_see_them()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var path = $"Encounter/{visit}";
        var doctors = (await clinic.Doctor.Fhir(clinic, path)).Is(200).ETag;
        var first = (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind = "diagnosis", code = "J06.9", text = "Cold" })).Is(201).Id;
        doctors = await Changed(clinic.Doctor, clinic, path, doctors);
        // A copy that was fetched by somebody who sees less is no copy of what a doctor sees.
        var desks = (await clinic.Receptionist.Fhir(clinic, path, ("If-None-Match", doctors))).Is(200).ETag;
        Assert.NotEqual(doctors, desks);
        (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind = "diagnosis", code = "J18.9", text = "Pneumonia", isPrimary = true })).Is(201);
        (await clinic.Receptionist.Fhir(clinic, path, ("If-None-Match", desks))).Is(304);
        doctors = await Changed(clinic.Doctor, clinic, path, doctors);
        (await clinic.Doctor.Post($"encounters/{visit}/conditions/{first}/ending", new { reason = "A slip", isError = true })).Is(204);
        await Changed(clinic.Doctor, clinic, path, doctors);
    }

    [Fact]
    public async Task a_report_has_another_version_with_each_file_that_comes_or_goes()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var study = await clinic.Ordered(visit, "imaging", "Chest radiograph");
        var report = (await clinic.Radiology.Post($"orders/{study}/report", new { text = "Clear lungs.", flag = "normal" })).Is(201).Id;
        var path = $"DiagnosticReport/{report}";
        var tag = (await clinic.Doctor.Fhir(clinic, path)).Is(200).ETag;
        var file = (await clinic.Radiology.Send("POST", $"encounters/{visit}/imaging-attachments?order={study}", Picture)).Is(201).Json[0].GetProperty("file").Id();
        tag = await Changed(clinic.Doctor, clinic, path, tag);
        (await clinic.Radiology.Put($"files/{file}/trash", new { reason = "Another patient's" })).Is(204);
        await Changed(clinic.Doctor, clinic, path, tag);
    }

    [Fact]
    public async Task a_visit_with_a_bed_is_an_inpatient_one_also_after_the_discharge()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-2");
        var (stays, walks) = (await clinic.Visit("Anna Rossi"), await clinic.Visit("Bruno Verdi"));
        var urgent = (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register("Carla Neri")).Id, type = "emergency" })).Is(201).Id;
        async Task<string[]> Of(string code) => [.. (await clinic.Doctor.Fhir(clinic, $"Encounter?class={code}")).Is(200).Entries().Select(e => e.Str("id")).Order(StringComparer.Ordinal)];
        string[] Ids(params Guid[] visits) => [.. visits.Select(v => v.ToString()).Order(StringComparer.Ordinal)];
        Assert.Equal(Ids(stays, walks), await Of("AMB"));
        var tag = (await clinic.Doctor.Fhir(clinic, $"Encounter/{stays}")).ETag;
        foreach (var (visit, bed) in ((Guid, Guid)[])[(stays, beds[0]), (urgent, beds[1])]) (await clinic.Admit(visit, bed)).Is(201);
        tag = await Changed(clinic.Doctor, clinic, $"Encounter/{stays}", tag);
        (await clinic.Discharge(stays)).Is(200);
        var left = (await clinic.Doctor.Fhir(clinic, $"Encounter/{stays}")).Is(200).Json;
        Assert.Equal(("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP"), (left.At("class", "system"), left.At("class", "code")));
        Assert.Equal(Ids(stays, urgent), await Of("IMP"));
        Assert.Equal(Ids(walks), await Of("AMB"));
        Assert.Empty(await Of("EMER"));
        Assert.Equal(Ids(stays, walks, urgent), await Of("IMP,AMB"));
    }
}
