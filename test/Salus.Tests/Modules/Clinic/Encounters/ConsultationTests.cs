using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Tests.Encounters;

/// <summary>SaveConsultation, SaveDraft, TakeOver, Diagnose, EndCondition and VisitChart.</summary>
public sealed class ConsultationTests(SalusServer server)
{
    private static Task<Answer> Save(Caller doctor, Guid visit, string history = "Cough for a week", Guid? version = null) =>
        doctor.Put($"encounters/{visit}/consultation", new { history, examination = "Clear lungs", assessment = "Cold", plan = "Rest\nand tea", version });

    [Fact]
    public async Task PT_14_a_doctor_writes_in_an_open_visit_and_it_is_there_for_all_who_care_for_the_patient()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var saved = (await Save(clinic.Doctor, visit)).Is(200);
        Assert.Equal("active", saved["state"].GetString());
        var seen = (await clinic.Nurse.Get($"encounters/{visit}/chart")).Is(200)["consultation"];
        Assert.Equal(("Cough for a week", "Rest\nand tea", clinic.Account("doctor").Id), (seen.Str("history"), seen.Str("plan"), seen.Id("doctorId")));
        Assert.Equal("Person doctor", (await clinic.Receptionist.Get($"encounters/{visit}"))["doctor"].GetString());
        foreach (var who in (Caller[])[clinic.Nurse, clinic.Lab, clinic.Receptionist, clinic.Admin]) (await Save(who, visit)).Refuses(403, "forbidden");
        foreach (var who in (Caller[])[clinic.Lab, clinic.Receptionist, clinic.Admin, clinic.Pharmacist, clinic.Radiology]) (await who.Get($"encounters/{visit}/chart")).Refuses(403, "forbidden");
        (await Save(clinic.Doctor, visit, version: Guid.NewGuid())).Refuses(409, "stale");
        (await Save(clinic.Doctor, visit, "Cough for two weeks", saved["version"].GetGuid())).Is(200);
        (await Save(clinic.Doctor, visit, new string('x', 20_001))).RefusesField("history");
        Assert.All(await clinic.Audit(SaveConsultation.Action), a => Assert.DoesNotContain("Cough", a.Detail, StringComparison.Ordinal));
        Assert.NotEmpty(await clinic.Audit(VisitChart.Action));
    }

    [Fact]
    public async Task AU_03_nothing_of_the_record_stands_in_the_log()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await Save(clinic.Doctor, visit, "Zebrafieber")).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { text = "Zebrafieber", code = "A09" })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Zebrafieber" })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/notes", new { text = "Zebrafieber" })).Is(201);
        var rows = (await clinic.Audit()).Select(a => System.Text.Json.JsonSerializer.Serialize(a)).ToList();
        Assert.True(rows.Count > 5);
        Assert.All(rows, r => Assert.DoesNotContain("Zebrafieber", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_colleague_takes_over_with_a_reason_and_not_otherwise()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await Save(clinic.Doctor, visit)).Is(200);
        (await Save(clinic.SecondDoctor, visit)).Refuses(409, "consultation.other-doctor");
        (await clinic.SecondDoctor.Post($"encounters/{visit}/conditions", new { text = "Cold" })).Refuses(409, "consultation.other-doctor");
        (await clinic.SecondDoctor.Post($"encounters/{visit}/consultation/take-over", new { reason = "" })).RefusesField("reason");
        (await clinic.SecondDoctor.Post($"encounters/{visit}/consultation/take-over", new { reason = "End of the shift" })).Is(204);
        (await clinic.SecondDoctor.Post($"encounters/{visit}/consultation/take-over", new { reason = "Again" })).Refuses(409, "consultation.yours");
        (await Save(clinic.SecondDoctor, visit)).Is(200);
        (await Save(clinic.Doctor, visit)).Refuses(409, "consultation.other-doctor");
        var note = Assert.Single((await clinic.Nurse.Get($"encounters/{visit}/chart"))["notes"].EnumerateArray());
        Assert.Equal(("handover", "End of the shift"), (note.Str("kind"), note.Str("text")));
        Assert.NotEmpty(await clinic.Audit(TakeOver.Action));
    }

    [Fact]
    public async Task a_draft_is_its_authors_alone_until_it_is_saved()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Doctor.Put($"encounters/{visit}/consultation/draft", new { history = "Half a sen" })).Is(200);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation/draft", new { history = "Half a sentence" })).Is(200);
        Assert.Equal("Half a sentence", (await clinic.Doctor.Get($"encounters/{visit}/chart"))["consultation"].Str("history"));
        foreach (var other in (Caller[])[clinic.Nurse, clinic.SecondDoctor]) Assert.Equal("", (await other.Get($"encounters/{visit}/chart"))["consultation"].Str("history"));
        (await Save(clinic.Doctor, visit, "A sentence")).Is(200);
        var seen = (await clinic.Doctor.Get($"encounters/{visit}/chart"))["consultation"];
        Assert.Equal(("A sentence", System.Text.Json.JsonValueKind.Null), (seen.Str("history"), seen.GetProperty("draftAt").ValueKind));
        (await clinic.Nurse.Put($"encounters/{visit}/consultation/draft", new { history = "x" })).Refuses(403, "forbidden");
        Assert.NotEmpty(await clinic.Audit(SaveDraft.Action));
    }

    [Fact]
    public async Task of_doctors_who_begin_at_once_one_has_the_consultation()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Save(i % 2 == 0 ? clinic.Doctor : clinic.SecondDoctor, visit)));
        Assert.Equal(5, answers.Count(a => a.Status == 200));
        await using var db = clinic.Open();
        Assert.Equal(1, await db.Consultations.CountAsync(c => c.EncounterId == visit));
    }

    [Fact]
    public async Task a_visit_has_one_main_diagnosis_and_a_mistake_stays_marked()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var at = $"encounters/{visit}/conditions";
        var cold = (await clinic.Doctor.Post(at, new { code = "j06.9", text = "Acute infection" })).Is(201).Id;
        (await clinic.Doctor.Post(at, new { text = "Tired" })).Is(201);
        (await clinic.Doctor.Post(at, new { code = "A09", text = "Gastroenteritis", isPrimary = true })).Is(201);
        (await clinic.Doctor.Post(at, new { code = "J06.9", text = "The same" })).Refuses(409, "condition.exists");
        (await clinic.Doctor.Post(at, new { code = "J6", text = "Wrong" })).RefusesField("code");
        (await clinic.Doctor.Post($"{at}/{cold}/ending", new { })).RefusesField("reason");
        (await clinic.Doctor.Post($"{at}/{cold}/ending", new { reason = "Wrong patient" })).Is(204);
        (await clinic.Doctor.Post($"{at}/{cold}/ending", new { reason = "Again" })).Refuses(409, "condition.state");
        (await clinic.Nurse.Post(at, new { text = "Cold" })).Refuses(403, "forbidden");
        var diagnoses = (await clinic.Doctor.Get($"encounters/{visit}/chart"))["diagnoses"].EnumerateArray().Select(d => $"{d.Str("code")} {d.GetProperty("isPrimary").GetBoolean()} {d.Str("state")}");
        Assert.Equal(["A09 True active", "J06.9 False entered-in-error", " False active"], diagnoses);
    }

    [Fact]
    public async Task a_problem_stays_with_the_patient_until_it_is_over()
    {
        var clinic = await server.NewClinic();
        var first = await clinic.Visit();
        var patient = (await clinic.Nurse.Get($"encounters/{first}"))["patientId"].GetGuid();
        (await clinic.Doctor.Post($"encounters/{first}/conditions", new { kind = "problem", code = "I10", text = "Hypertension", since = "2020-05-01" })).Is(201);
        (await clinic.Doctor.Post($"encounters/{first}/conditions", new { kind = "problem", text = "x", since = "2090-01-01" })).RefusesField("since");
        var second = (await clinic.Receptionist.Post("encounters", new { patientId = patient, type = "follow-up" })).Is(201).Id;
        var problem = Assert.Single((await clinic.Nurse.Get($"encounters/{second}/chart"))["problems"].EnumerateArray());
        (await clinic.Doctor.Post($"encounters/{second}/conditions/{problem.Id()}/ending", new { })).Is(204);
        Assert.Empty((await clinic.Nurse.Get($"encounters/{second}/chart"))["problems"].EnumerateArray());
        Assert.NotEmpty(await clinic.Audit(Diagnose.Action));
        Assert.NotEmpty(await clinic.Audit(EndCondition.Action));
    }
}

/// <summary>PatientChart and PatientReaders.</summary>
public sealed class PatientChartTests(SalusServer server)
{
    [Fact]
    public async Task a_record_of_two_hundred_visits_is_read_page_by_page_and_none_is_missing()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            for (var i = 0; i < 200; i++) db.Add(new Encounter { PatientId = patient, Day = new DateOnly(2020, 1, 1).AddDays(i), State = EncounterState.Closed, StartedAt = DateTime.UtcNow, ChangedAt = DateTime.UtcNow, Complaint = $"Visit {i}" });
            return await db.SaveChangesAsync();
        }, default);
        var (read, after) = (new List<Guid>(), "");
        do
        {
            var page = (await clinic.Doctor.Get($"patients/{patient}/record?limit=70{after}")).Is(200);
            read.AddRange(page["visits"].EnumerateArray().Select(v => v.Id()));
            after = page["nextVisit"].ValueKind == System.Text.Json.JsonValueKind.Null ? "" : $"&after={page["nextVisit"].GetGuid()}";
        }
        while (after.Length > 0);
        Assert.Equal(200, read.Distinct().Count());
        foreach (var who in (Caller[])[clinic.Receptionist, clinic.Admin, clinic.Lab]) (await who.Get($"patients/{patient}/record")).Refuses(403, "forbidden");
        Assert.NotEmpty(await clinic.Audit(PatientChart.Action));
    }

    [Fact]
    public async Task AU_08_who_read_or_changed_a_record_is_listed_also_what_happened_in_its_visits()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var patient = (await clinic.Nurse.Get($"encounters/{visit}"))["patientId"].GetGuid();
        (await clinic.Doctor.Get($"encounters/{visit}/chart")).Is(200);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { pulse = 70 })).Is(201);
        await clinic.Visit("Somebody Else");
        var lines = (await clinic.Doctor.Get($"patients/{patient}/readers")).Is(200).Items.Select(l => (l.Str("who"), l.Str("action"))).ToList();
        Assert.Equal([("Person nurse", RecordVitals.Action), ("Person doctor", VisitChart.Action), ("Person nurse", ReadVisit.Action), ("Person receptionist", OpenEncounter.Action), ("Person receptionist", "patient.register")], lines);
        (await clinic.Receptionist.Get($"patients/{patient}/readers")).Refuses(403, "forbidden");
        (await clinic.Doctor.Get($"patients/{Guid.NewGuid()}/readers")).Refuses(404, "not-found");
        Assert.NotEmpty(await clinic.Audit(PatientReaders.Action));
    }

    [Fact]
    public async Task AU_08_what_was_read_under_a_merged_number_is_listed_with_the_one_who_stays()
    {
        var clinic = await server.NewClinic();
        var (stays, goes) = ((await clinic.Register("Anna Rossi")).Id, (await clinic.Register("Anna Rosi")).Id);
        (await clinic.Nurse.Get($"patients/{goes}")).Is(200);
        (await clinic.Admin.Post($"patients/{stays}/merges", new { otherId = goes, reason = "The same person" })).Is(201);
        var lines = (await clinic.Doctor.Get($"patients/{stays}/readers?limit=100")).Is(200).Items.Select(l => (l.Str("who"), l.Str("action")));
        Assert.Contains(("Person nurse", "patient.read"), lines);
    }
}
