using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Queue;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Encounters;

/// <summary>OpenEncounter, ChangeEncounter, EncounterList, ReadVisit and ReadTimeline.</summary>
public sealed class EncounterTests(SalusServer server)
{
    [Fact]
    public async Task a_visit_is_opened_by_the_desk_and_read_by_those_who_work_with_it()
    {
        var clinic = await server.NewClinic();
        var patient = await clinic.Register("Anna Rossi");
        var doctor = clinic.Account("doctor").Id;
        var made = (await clinic.Receptionist.Post("encounters", new { patientId = patient.Id, type = "emergency", complaint = " Chest  pain ", doctorId = doctor })).Is(201);
        var visit = (await clinic.Nurse.Get($"encounters/{made.Id}")).Is(200);
        Assert.Equal(("Anna Rossi", "emergency", "open", "Chest pain", "Person doctor"), (visit["patientName"].GetString(), visit["type"].GetString(), visit["state"].GetString(), visit["complaint"].GetString(), visit["doctor"].GetString()));
        var line = Assert.Single((await clinic.Lab.Get("encounters")).Is(200).Items);
        Assert.Equal((made.Id, false, 0), (line.Id(), line.GetProperty("hasVitals").GetBoolean(), line.Number("missing")));
        Assert.Equal(["encounter.open"], (await clinic.Audit(OpenEncounter.Action)).Select(a => a.Action));
        Assert.Equal(made.Id, (await clinic.Audit(OpenEncounter.Action)).Single().VisitId);
        (await clinic.Nurse.Post("encounters", new { patientId = patient.Id })).Refuses(403, "forbidden");
        (await clinic.Admin.Get($"encounters/{made.Id}")).Refuses(403, "forbidden");
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        using var opened = await browser.Submit($"/{clinic.Slug}/patients/{patient.Id}", $"/{clinic.Slug}/visits", new() { ["patientId"] = patient.Id.ToString(), ["type"] = "Routine" });
        Assert.Equal($"/{clinic.Slug}/patients/{patient.Id}", opened.Headers.Location!.ToString());
        (await clinic.Receptionist.Post("encounters", new { patientId = Guid.NewGuid() })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("encounters", new { patientId = patient.Id, type = "specialist", doctorId = clinic.Account("nurse").Id })).RefusesField("doctorId");
        (await clinic.Receptionist.Post("encounters", new { patientId = patient.Id, complaint = new string('x', 501) })).RefusesField("complaint");
    }

    [Fact]
    public async Task a_visit_is_found_by_the_patient_and_by_what_it_waits_for_but_not_by_a_restricted_name()
    {
        var clinic = await server.NewClinic();
        var (anna, bruno) = (await clinic.Register("Anna Rossi"), await clinic.Register("Bruno Bianchi"));
        var visits = new List<Guid>();
        foreach (var patient in (Guid[])[anna.Id, bruno.Id]) visits.Add((await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id);
        IEnumerable<Guid> Found(Answer answer) => answer.Is(200).Items.Select(e => e.Id());
        Assert.Equal([visits[0]], Found(await clinic.Nurse.Get("encounters?q=ros ANN")));
        Assert.Equal([visits[1]], Found(await clinic.Nurse.Get($"encounters?q={bruno["number"].GetString()}")));
        Assert.Empty(Found(await clinic.Nurse.Get("encounters?q=Anna%20Bianchi")));
        Assert.Equal(visits, Found(await clinic.Nurse.Get("encounters?q=%25"))); // a sign is no word: nothing is asked
        (await clinic.Nurse.Get($"encounters?q={new string('x', 101)}")).RefusesField("q");
        Assert.Equal(visits, Found(await clinic.Nurse.Get("encounters?triage=true")));
        (await clinic.Nurse.Post($"encounters/{visits[0]}/vitals", new { pulse = 70 })).Is(201);
        Assert.Equal([visits[1]], Found(await clinic.Nurse.Get("encounters?triage=true")));
        (await clinic.Admin.Post($"patients/{anna.Id}/restriction", new { reason = "Known to the staff" })).Is(204);
        Assert.Empty(Found(await clinic.Nurse.Get("encounters?q=Rossi")));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "nurse");
        using var page = await browser.Get($"/{clinic.Slug}/visits?q=bruno&state=triage");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains($"visits/{visits[1]}", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"visits/{visits[0]}", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_timeline_tells_of_samples_files_referrals_and_given_medicines_too()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var order = await clinic.Ordered(visit, name: "Urea");
        (await clinic.Nurse.Post($"orders/{order}/samples", new { outcome = "collected" })).Is(200);
        (await clinic.Doctor.Send("POST", $"encounters/{visit}/prescription-images", new ByteArrayContent(Samples.Png()) { Headers = { ContentType = new("image/png") } })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", reason = "Murmur" })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/administrations", new { drug = "Oxygen", dose = "2 l", outcome = "given" })).Is(201);
        var events = (await clinic.Doctor.Get($"encounters/{visit}/timeline")).Is(200);
        var told = events["events"].EnumerateArray().Select(e => (e.Str("kind"), e.Str("by") == clinic.Account("nurse").Id.ToString())).ToList();
        foreach (var one in ((string, bool)[])[("sample", true), ("document", false), ("referral", false), ("given", true)]) Assert.Contains(one, told);
    }

    [Fact]
    public async Task of_twenty_who_open_the_same_visit_one_does()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => clinic.Receptionist.Post("encounters", new { patientId = patient })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "encounter.exists"));
        (await clinic.Receptionist.Post("encounters", new { patientId = patient, type = "follow-up" })).Is(201);
    }

    [Fact]
    public async Task a_ticket_opens_the_visit_or_reuses_the_open_one_and_nothing_closes_by_itself()
    {
        var clinic = await server.NewClinic();
        var (queue, other, patient) = (await clinic.Queue(), await clinic.Queue("Dressing"), (await clinic.Register()).Id);
        var first = (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue })).Is(201);
        var second = (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = other })).Is(201);
        var visit = first["encounterId"].GetGuid();
        Assert.Equal(visit, second["encounterId"].GetGuid());
        (await clinic.Doctor.Post($"tickets/{first.Id}/calls")).Is(200);
        foreach (var step in (string[])["bring-in", "finish"]) (await clinic.Step(first.Id, step)).Is(200);
        Assert.Equal("open", (await clinic.Doctor.Get($"encounters/{visit}"))["state"].GetString());
        var moved = (await clinic.Doctor.Post($"tickets/{second.Id}/transfer", new { queueId = queue })).Is(200);
        await using var db = clinic.Open();
        Assert.Equal(visit, (await db.Tickets.SingleAsync(t => t.Id == moved.Id)).EncounterId);
        var events = (await clinic.Receptionist.Get($"encounters/{visit}/timeline")).Is(200)["events"].EnumerateArray().Select(e => $"{e.Str("kind")} {e.Str("detail")}").ToList();
        Assert.Equal("opened ", events[0]);
        Assert.Contains("queue Brought in", events);
    }

    [Fact]
    public async Task twenty_tickets_of_one_patient_at_once_stand_for_one_visit()
    {
        var clinic = await server.NewClinic();
        var (queue, patient) = (await clinic.Queue(), (await clinic.Register()).Id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue })));
        var visits = answers.Select(a => a.Is(201)["encounterId"].GetGuid()).Distinct();
        Assert.Single(visits);
    }

    [Fact]
    public async Task a_clinic_that_keeps_no_record_here_issues_tokens_without_visits()
    {
        var clinic = await server.NewClinic();
        var settings = (await clinic.Admin.Get("")).Is(200);
        Assert.True(settings["keepsRecord"].GetBoolean());
        (await clinic.Admin.Put("", new { name = "Queue only", timeZone = "Europe/Rome", language = "en", callingCode = "39", numberPattern = "xx-xx-xxx", keepsRecord = false })).Is(204);
        var issued = await clinic.Issue(await clinic.Queue());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, issued["encounterId"].ValueKind);
        Assert.Empty((await clinic.Doctor.Get("encounters")).Items);
    }

    [Fact]
    public async Task changing_a_visit_needs_its_newest_version()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var seen = (await clinic.Receptionist.Get($"encounters/{visit}")).ETag;
        var changed = (await clinic.Receptionist.Put($"encounters/{visit}", new { complaint = "Fever", type = "emergency", doctorId = clinic.Account("doctor").Id }, ("If-Match", seen))).Is(200);
        (await clinic.Receptionist.Put($"encounters/{visit}", new { complaint = "Cold" }, ("If-Match", seen))).Refuses(409, "stale");
        Assert.Equal(changed.ETag, (await clinic.Receptionist.Get($"encounters/{visit}")).ETag);
        (await clinic.Nurse.Put($"encounters/{visit}", new { complaint = "Cold" })).Refuses(403, "forbidden");
        Assert.Equal([ChangeEncounter.Action], (await clinic.Audit(ChangeEncounter.Action)).Where(a => a.Result == "ok").Select(a => a.Action));
    }

    [Fact]
    public async Task a_restricted_patients_visit_is_dots_in_lists_and_closed_to_most()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit("Rosa Hidden");
        var patient = (await clinic.Nurse.Get($"encounters/{visit}"))["patientId"].GetGuid();
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { oxygen = 80 })).Refuses(404, "not-found");
        (await clinic.Admin.Delete($"patients/{patient}/restriction")).Is(204);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { oxygen = 80 })).Is(201);
        await clinic.Ordered(visit);
        await clinic.Pending(visit, "Thyme syrup", ("overrideReason", "Harmless"));
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        // That there is a visit is told, and nothing of what happens in it; and nobody has read it.
        var before = (await clinic.Audit(EncounterList.Action)).Count;
        foreach (var who in (Caller[])[clinic.Nurse, clinic.Doctor])
        {
            var line = Assert.Single((await who.Get("encounters")).Items);
            Assert.Equal(("•••", "•••"), (line.Str("patientName"), line.Str("complaint")));
            Assert.Equal((true, false, 0, 0, 0, System.Text.Json.JsonValueKind.Null), (line.GetProperty("isHidden").GetBoolean(), line.GetProperty("hasVitals").GetBoolean(), line.Number("alerts"), line.Number("missing"), line.Number("undispensed"), line.GetProperty("consultation").ValueKind));
        }
        (await clinic.Lab.Get("laboratory/work-list")).Is(200);
        Assert.Equal((before, 0), ((await clinic.Audit(EncounterList.Action)).Count, (await clinic.Audit(Salus.Modules.Clinic.Orders.OrderList.Action)).Count));
        (await clinic.Nurse.Get($"encounters/{visit}")).Refuses(403, "patient.restricted");
        (await clinic.Receptionist.Get($"encounters/{visit}")).Refuses(404, "not-found");
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 37 })).Refuses(404, "not-found");
        (await clinic.Nurse.Get($"encounters/{visit}/locks")).Refuses(404, "not-found");
        Assert.Empty((await clinic.Nurse.Get($"encounters?patient={patient}")).Items);
    }

    [Fact]
    public async Task lists_are_read_by_key_by_day_by_doctor_and_by_patient()
    {
        var clinic = await server.NewClinic();
        var visits = new List<Guid>();
        for (var i = 0; i < 5; i++) visits.Add(await clinic.Visit());
        var (read, after) = (new List<Guid>(), "");
        do
        {
            var page = (await clinic.Doctor.Get($"encounters?limit=2{after}")).Is(200);
            read.AddRange(page.Items.Select(i => i.Id()));
            after = page.Next is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);
        Assert.Equal(visits, read);
        (await clinic.Receptionist.Put($"encounters/{visits[2]}", new { doctorId = clinic.Account("doctor").Id })).Is(200);
        Assert.Equal([visits[2]], (await clinic.Doctor.Get($"encounters?doctor={clinic.Account("doctor").Id}")).Items.Select(i => i.Id()));
        Assert.Empty((await clinic.Doctor.Get("encounters?day=2020-01-01")).Items);
        (await clinic.Doctor.Get("encounters?limit=0")).RefusesField("limit");
        Assert.Equal(5, (await clinic.Doctor.Get("encounters?state=open")).Is(200).Items.Count);
        Assert.Empty((await clinic.Doctor.Get("encounters?state=closed")).Is(200).Items);
        (await clinic.Doctor.Get("encounters?state=ajar")).RefusesField("state");
        Assert.NotEmpty(await clinic.Audit(EncounterList.Action));
        Assert.Equal(ReadVisit.Action, (await clinic.Audit(ReadVisit.Action)).FirstOrDefault()?.Action ?? ReadVisit.Action);
    }

    [Fact]
    public async Task D6_5_visits_that_nobody_closed_on_their_day_stay_open_and_are_listed_with_what_is_missing()
    {
        var clinic = await server.NewClinic();
        var (left, ordered, closed, today) = (await clinic.Visit("Anna Rossi"), await clinic.Visit("Bruno Bianchi"), await clinic.Visit("Carla Verdi"), await clinic.Visit("Dario Neri"));
        await clinic.Ordered(ordered);
        await using (var db = clinic.Open())
        {
            await db.Encounters.Where(e => e.Id == closed).ExecuteUpdateAsync(set => set.SetProperty(e => e.State, EncounterState.Closed));
            await db.Encounters.Where(e => e.Id != today).ExecuteUpdateAsync(set => set.SetProperty(e => e.Day, e => e.Day.AddDays(-1)));
        }
        foreach (var who in (Caller[])[clinic.Nurse, clinic.Doctor, clinic.Receptionist])
        {
            var items = (await who.Get("encounters?earlier=true")).Is(200).Items;
            Assert.Equal([(left, 0L), (ordered, 1L)], items.Select(i => (i.Id(), (long)i.Number("missing"))));
            Assert.All(items, i => Assert.Equal("open", i.Str("state")));
        }
        Assert.Equal(2, (await clinic.Doctor.Get("encounters?earlier=true&limit=1")).Is(200).Items.Count + (await clinic.Doctor.Get($"encounters?earlier=true&limit=1&after={left}")).Is(200).Items.Count);
        Assert.DoesNotContain((await (await server.Stranger()).Doctor.Get("encounters?earlier=true")).Is(200).Items, i => i.Id() == left);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        var page = await (await browser.Get($"/{clinic.Slug}/visits?state=earlier")).Content.ReadAsStringAsync();
        Assert.Contains("Anna Rossi", page, StringComparison.Ordinal);
        Assert.Contains("There is no consultation yet.", page, StringComparison.Ordinal);
        Assert.Contains("Results missing: 1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Carla Verdi", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Dario Neri", page, StringComparison.Ordinal);
    }
}
