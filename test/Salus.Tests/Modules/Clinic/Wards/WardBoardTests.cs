using System.Net;
using Salus.Modules.Clinic.Wards;

namespace Salus.Tests.Wards;

/// <summary>WardBoard: who lies where, for whom; and the pages of the wards without script.</summary>
public sealed class WardBoardTests(SalusServer server)
{
    private static async Task<string> Text(Browser browser, string path)
    {
        using var answer = await browser.Get(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task the_board_shows_each_bed_its_patient_and_how_many_are_free()
    {
        var clinic = await server.NewClinic();
        var (_, north) = await clinic.Ward("1-3");
        await clinic.Ward("1-2", "Middle");
        var visit = await clinic.Admitted(north[0]);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { oxygen = 80 })).Is(201);
        (await clinic.Receptionist.Put($"encounters/{visit}", new { doctorId = clinic.Account("second-doctor").Id, complaint = "Cough" })).Is(200);
        (await clinic.Nurse.Post($"beds/{north[1]}/state", new { step = "close", reason = "Broken" })).Is(200);
        var board = (await clinic.Receptionist.Get("wards")).Is(200);
        Assert.Equal((3, 5), (board["free"].GetInt32(), board["total"].GetInt32()));
        Assert.Equal([("Middle", 2, 2), ("North", 1, 3)], board["wards"].EnumerateArray().Select(w => (w.Str("name"), w.Number("free"), w.Number("total"))));
        var patient = (await clinic.BedOf(north[0])).GetProperty("patient");
        Assert.Equal(("Anna Rossi", "Person second-doctor", 1, 5, 1, visit), (patient.Str("patientName"), patient.Str("doctor"), patient.Number("day"), patient.Number("expectedDays"), patient.Number("alerts"), patient.Id("encounterId")));
        var alert = (await clinic.Doctor.Get($"encounters/{visit}/chart"))["alerts"][0].Id();
        (await clinic.Doctor.Post($"alerts/{alert}/answers", new { })).Is(200);
        Assert.Equal(0, (await clinic.BedOf(north[0])).GetProperty("patient").Number("alerts"));
        var read = (await clinic.Audit(WardBoard.Action)).First(e => e.ActorId == clinic.Account("receptionist").Id);
        Assert.Equal(patient.Id("patientId"), read.SubjectId);
    }

    [Fact]
    public async Task a_restricted_patient_stands_there_as_dots_for_those_who_may_not_read()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-2");
        var visit = await clinic.Admitted(beds[0], "Zora Quark");
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { oxygen = 80 })).Is(201);
        var patient = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        foreach (var who in (Caller[])[clinic.Doctor, clinic.Nurse, clinic.Receptionist])
        {
            Assert.DoesNotContain("Quark", (await who.Get("wards")).Is(200).Text, StringComparison.Ordinal);
            var hidden = (await clinic.BedOf(beds[0], who)).GetProperty("patient");
            Assert.Equal((true, 0), (hidden.GetProperty("isHidden").GetBoolean(), hidden.Number("alerts")));
        }
        Assert.Empty(await clinic.Audit(WardBoard.Action));
        (await clinic.Doctor.Get($"encounters/{visit}/admission")).Refuses(403, "patient.restricted");
        (await clinic.Transfer(visit, beds[1])).Refuses(404, "not-found");
        using var nurse = new Browser(clinic.Salus);
        await nurse.SignIn(clinic, "nurse");
        var page = await Text(nurse, $"/{clinic.Slug}/wards");
        Assert.DoesNotContain("Quark", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"visits/{visit}", page, StringComparison.Ordinal);
        Assert.Equal("Zora Quark", (await clinic.BedOf(beds[0], clinic.Admin)).GetProperty("patient").Str("patientName"));
        (await clinic.Doctor.Post($"patients/{patient}/emergency-access", new { reason = "Unconscious in the hall" })).Is(200);
        Assert.Equal("Zora Quark", (await clinic.BedOf(beds[0], clinic.Doctor)).GetProperty("patient").Str("patientName"));
    }

    [Fact]
    public async Task the_way_from_an_empty_house_to_a_discharged_patient_goes_without_script()
    {
        var clinic = await server.NewClinic();
        var at = $"/{clinic.Slug}";
        using var admin = new Browser(clinic.Salus);
        await admin.SignIn(clinic, "admin");
        Assert.Contains("No ward yet.", await Text(admin, $"{at}/wards"), StringComparison.Ordinal);
        using (var saved = await admin.Submit($"{at}/manage/wards", $"{at}/manage/wards", new() { ["name"] = "North", ["kind"] = "Surgical" })) Assert.Equal($"{at}/manage/wards?saved=true", saved.Headers.Location!.OriginalString);
        var ward = (await clinic.Admin.Get("wards"))["wards"][0].Id();
        using (var added = await admin.Submit($"{at}/manage/wards", $"{at}/manage/wards/{ward}/beds", new() { ["labels"] = "1-3", ["once"] = "b1" })) Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        var beds = (await clinic.Admin.Get("wards"))["wards"][0].GetProperty("beds").EnumerateArray().Select(b => b.Id()).ToList();
        using (var renamed = await admin.Submit($"{at}/manage/wards", $"{at}/manage/beds/{beds[2]}", new() { ["label"] = "Window" })) Assert.Equal(HttpStatusCode.Redirect, renamed.StatusCode);
        var visit = await clinic.Visit();
        // An administrator sees no visits, and finds the way from the free bed all the same.
        Assert.Contains($"{at}/wards/admission?bed={beds[0]}", await Text(admin, $"{at}/wards"), StringComparison.Ordinal);
        Assert.Contains($"{at}/visits/{visit}/ward?bed={beds[0]}", await Text(admin, $"{at}/wards/admission?bed={beds[0]}&q=rossi"), StringComparison.Ordinal);
        var form = await Text(admin, $"{at}/visits/{visit}/ward?bed={beds[0]}");
        Assert.Matches($"<option value=\"{beds[0]}\" selected[^>]*>North · 1</option>", form);
        using (var forgotten = await admin.Submit($"{at}/visits/{visit}/ward", $"{at}/visits/{visit}/admission", new() { ["reason"] = "Fever" })) Assert.Equal(HttpStatusCode.UnprocessableEntity, forgotten.StatusCode);
        using (var admitted = await admin.Submit($"{at}/visits/{visit}/ward", $"{at}/visits/{visit}/admission", new() { ["bedId"] = beds[0].ToString(), ["kind"] = "Emergency", ["reason"] = "Fever of unknown cause", ["expectedDays"] = "4", ["once"] = "a1" }))
            Assert.Equal($"{at}/visits/{visit}/ward", admitted.Headers.Location!.OriginalString);
        var seen = await Text(admin, $"{at}/visits/{visit}/ward");
        Assert.Contains("North · 1", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Fever of unknown cause", seen, StringComparison.Ordinal); // what was written is the record's
        using var doctor = new Browser(clinic.Salus);
        await doctor.SignIn(clinic, "doctor");
        Assert.Contains("Fever of unknown cause", await Text(doctor, $"{at}/visits/{visit}"), StringComparison.Ordinal);
        using (var moved = await doctor.Submit($"{at}/visits/{visit}", $"{at}/visits/{visit}/admission/transfer", new() { ["bedId"] = beds[2].ToString() })) Assert.Equal($"{at}/visits/{visit}", moved.Headers.Location!.OriginalString);
        Assert.Contains($"{at}/visits/{visit}\"", await Text(doctor, $"{at}/wards"), StringComparison.Ordinal);
        using (var unsaid = await doctor.Submit($"{at}/visits/{visit}", $"{at}/visits/{visit}/admission/discharge", new() { ["disposition"] = "" })) Assert.Equal(HttpStatusCode.UnprocessableEntity, unsaid.StatusCode);
        using (var left = await doctor.Submit($"{at}/visits/{visit}", $"{at}/visits/{visit}/admission/discharge", new() { ["disposition"] = "Absent", ["note"] = "Gone at lunch" })) Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        Assert.Contains("Left without leave", await Text(doctor, $"{at}/visits/{visit}"), StringComparison.Ordinal);
        using var nurse = new Browser(clinic.Salus);
        await nurse.SignIn(clinic, "nurse");
        using (var cleaned = await nurse.Submit($"{at}/wards", $"{at}/beds/{beds[2]}/state", new() { ["step"] = "Clean" })) Assert.Equal($"{at}/wards", cleaned.Headers.Location!.OriginalString);
        Assert.Equal("free", await clinic.StateOf(beds[2]));
        Assert.Contains("Cleaned", await Text(nurse, $"{at}/beds/{beds[2]}/history"), StringComparison.Ordinal);
        using var refused = await nurse.Submit("/account", $"{at}/visits/{visit}/admission", new() { ["bedId"] = beds[1].ToString(), ["reason"] = "Fever" });
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task a_clinic_without_wards_hears_nothing_of_them_in_a_visit()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        using var doctor = new Browser(clinic.Salus);
        await doctor.SignIn(clinic, "doctor");
        Assert.DoesNotContain("Admit the patient", await Text(doctor, $"/{clinic.Slug}/visits/{visit}"), StringComparison.Ordinal);
        await clinic.Ward("1");
        Assert.Contains("Admit the patient", await Text(doctor, $"/{clinic.Slug}/visits/{visit}"), StringComparison.Ordinal);
        using var nurse = new Browser(clinic.Salus);
        await nurse.SignIn(clinic, "nurse");
        Assert.DoesNotContain("The patient was not admitted", await Text(nurse, $"/{clinic.Slug}/visits/{visit}"), StringComparison.Ordinal);
    }
}
