using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Files;
using Salus.Tests.Fhir;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Encounters;

/// <summary>PatientReaders and FHIR AuditEvent?patient: both tell by AuditOfPatient who read a record or changed it.</summary>
public sealed class PatientReadersTests(SalusServer server)
{
    private static async Task<List<(string Who, string Action)>> Readers(Clinic clinic, Guid patient)
    {
        var lines = (await clinic.Doctor.Get($"patients/{patient}/readers?limit=100")).Is(200).Items;
        // What the page says and what other programs are told is the same, but for having asked for the page.
        var told = (await clinic.Admin.Fhir(clinic, $"AuditEvent?patient={patient}&_count=100")).Is(200).Entries().Select(e => long.Parse(e.Str("id"), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(lines.Select(l => l.GetProperty("seq").GetInt64()), told.Where(n => n <= lines[0].GetProperty("seq").GetInt64()));
        return [.. lines.Select(l => (l.Str("who"), l.Str("action")))];
    }

    [Fact]
    public async Task AU_08_who_saw_a_file_of_a_visit_is_listed_also_who_saw_only_its_preview()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var patient = await clinic.PatientOf(visit);
        var document = (await clinic.Doctor.Send("POST", $"encounters/{visit}/documents", new ByteArrayContent(Samples.Png(400, 400)) { Headers = { ContentType = new("image/png") } })).Is(201).Json[0];
        var file = document.GetProperty("file").Id();
        using (var browser = new Browser(clinic.Salus))
        {
            await browser.SignIn(clinic, "doctor");
            using var preview = await browser.Get($"/{clinic.Slug}/files/{file}/preview");
            Assert.True(preview.IsSuccessStatusCode);
        }
        Assert.Contains(("Person doctor", ReadPreview.Action), await Readers(clinic, patient));
        Assert.Equal(200, (await clinic.Nurse.Get($"files/{file}/content")).Status);
        Assert.Contains(("Person nurse", ReadFile.Action), await Readers(clinic, patient));
        (await clinic.Doctor.Put($"files/{file}/trash", new { reason = "Another patient's" })).Is(204);
        Assert.Contains(("Person doctor", TrashFile.Action), await Readers(clinic, patient));
        // Nobody else's record has it.
        Assert.DoesNotContain((await Readers(clinic, (await clinic.Register("Bruno Bianchi")).Id)), l => l.Action is ReadPreview.Action or ReadFile.Action);
    }

    [Fact]
    public async Task AU_08_each_part_of_what_is_about_a_patient_is_found_by_an_index()
    {
        using var texts = new SqlTexts();
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var patient = await clinic.PatientOf(await clinic.Visit());
        (await clinic.Doctor.Get($"patients/{patient}/readers", ("X-Count", "readers"))).Is(200);
        (await clinic.Admin.Fhir(clinic, $"AuditEvent?patient={patient}", ("X-Count", "fhir"))).Is(200);
        if (TestDatabase.IsPostgres) return; // It chooses by how many rows there are.
        await using var db = clinic.Open();
        await db.Database.OpenConnectionAsync();
        // The upkeep at the start may have counted the handful of rows that are here; without a count it is as on a log that has grown.
        await db.Database.ExecuteSqlRawAsync("ANALYZE; DELETE FROM sqlite_stat1; ANALYZE sqlite_schema");
        foreach (var mark in (string[])["readers", "fhir"])
        {
            var plan = string.Join('\n', await texts.Of(mark).Single(t => t.Text.Contains("UNION", StringComparison.Ordinal)).Plan(db));
            Assert.True(plan.Split("VisitId=?").Length > 3 && !plan.Contains("SCAN k", StringComparison.Ordinal), plan);
        }
    }

    [Fact]
    public async Task AU_08_what_was_read_and_done_before_two_merges_is_listed_with_the_one_who_stays_and_not_after_they_are_undone()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit("Anna Rosi");
        var first = await clinic.PatientOf(visit);
        var (second, stays) = ((await clinic.Register("Anna Rossi")).Id, (await clinic.Register("Anne Rossi")).Id);
        (await clinic.Nurse.Get($"patients/{first}")).Is(200);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { pulse = 70 })).Is(201);
        (await clinic.Lab.Get("encounters")).Is(200);
        (await clinic.Admin.Post($"patients/{second}/merges", new { otherId = first, reason = "The same person" })).Is(201);
        (await clinic.Admin.Post($"patients/{stays}/merges", new { otherId = second, reason = "The same person" })).Is(201);
        var lines = await Readers(clinic, stays);
        foreach (var line in (IEnumerable<(string, string)>)[("Person nurse", "patient.read"), ("Person nurse", RecordVitals.Action), ("Person lab", EncounterList.Action)]) Assert.Contains(line, lines);
    }
}
