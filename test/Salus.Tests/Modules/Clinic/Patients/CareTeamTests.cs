namespace Salus.Tests.Patients;

/// <summary>AddToCareTeam, EndCareTeam and CareTeamList: who is on the team reads a restricted record as long as this lasts.</summary>
public sealed class CareTeamTests(SalusServer server)
{
    private static async Task<Guid> Restricted(Clinic clinic)
    {
        var patient = (await clinic.Register(form: new { name = "Zenobia Hidden", phone = "+393401234567" })).Id;
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        return patient;
    }

    private static Task<Answer> Add(Clinic clinic, Guid patient, string who, DateOnly? until = null, Caller? by = null) =>
        (by ?? clinic.Admin).Post($"patients/{patient}/care-team", new { accountId = clinic.Account(who).Id, until, reason = "Treats her" });

    [Theory, InlineData("receptionist", 404), InlineData("doctor", 403), InlineData("nurse", 403), InlineData("lab", 404), InlineData("radiology", 404), InlineData("pharmacist", 404)]
    public async Task whoever_is_on_the_team_reads_the_record_without_breaking_the_glass_and_ending_it_cuts_that_at_once(string persona, int before)
    {
        var clinic = await server.NewClinic();
        var patient = await Restricted(clinic);
        var who = clinic.As(persona);
        (await who.Get($"patients/{patient}")).Is(before);
        var member = (await Add(clinic, patient, persona)).Is(201).Id;
        Assert.Equal("Zenobia Hidden", (await who.Get($"patients/{patient}")).Is(200)["name"].GetString());
        var line = Assert.Single((await who.Get("patients?q=zenobia")).Is(200).Items);
        Assert.Equal((true, "+393401234567"), (line.GetProperty("isRestricted").GetBoolean(), line.Str("phone")));
        Assert.Empty(await clinic.Audit("access.break-glass"));
        (await clinic.SecondDoctor.Get($"patients/{patient}")).Refuses(403, "patient.restricted"); // nobody else
        (await clinic.Admin.Delete($"patients/{patient}/care-team/{member}")).Is(204);
        (await who.Get($"patients/{patient}")).Is(before);
        Assert.DoesNotContain("+393401234567", (await who.Get("patients?q=zenobia")).Text, StringComparison.Ordinal);
        (await clinic.Admin.Delete($"patients/{patient}/care-team/{member}")).Refuses(409, "care-team.ended");
        (await Add(clinic, patient, persona)).Is(201); // and again
    }

    [Fact]
    public async Task the_name_stands_in_lists_for_the_team_and_as_dots_for_others()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue, "Zenobia Hidden");
        var patient = (await clinic.Doctor.Get($"tickets/{ticket.Id}"))["patientId"].GetGuid();
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        (await Add(clinic, patient, "doctor")).Is(201);
        foreach (var path in (string[])[$"tickets/{ticket.Id}", $"tickets?queue={queue}", $"queues/{queue}/work-list", "encounters"])
        {
            Assert.Contains("Zenobia", (await clinic.Doctor.Get(path)).Is(200).Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Zenobia", (await clinic.SecondDoctor.Get(path)).Is(200).Text, StringComparison.Ordinal);
        }
        // A doctor who opens a visit is not on the team by that.
        var visit = ticket["encounterId"].GetGuid();
        (await clinic.SecondDoctor.Get($"encounters/{visit}")).Refuses(403, "patient.restricted");
        (await clinic.Doctor.Get($"encounters/{visit}")).Is(200);
        Assert.Single((await clinic.Doctor.Get("patients/likely-duplicates?name=Zenobia+Hidden")).Json.EnumerateArray());
        Assert.Empty((await clinic.Receptionist.Get("patients/likely-duplicates?name=Zenobia+Hidden")).Json.EnumerateArray());
    }

    [Fact]
    public async Task it_ends_with_the_last_day_on_the_clinics_calendar()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var patient = await Restricted(clinic);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(own.Salus.Now, TimeZoneInfo.FindSystemTimeZoneById("Europe/Rome")));
        (await Add(clinic, patient, "nurse", today.AddDays(-1))).RefusesField("until");
        (await Add(clinic, patient, "nurse", today.AddDays(2))).Is(201);
        await own.Restart(s => s with { Clock = "+24h" });
        (await clinic.On(own.Salus).Nurse.Get($"patients/{patient}")).Is(200);
        await own.Restart(s => s with { Clock = "+72h" });
        (await clinic.On(own.Salus).Nurse.Get($"patients/{patient}")).Refuses(403, "patient.restricted");
        Assert.False((await clinic.Admin.Get($"patients/{patient}/care-team")).Is(200).Items[0].GetProperty("isActive").GetBoolean());
    }

    [Fact]
    public async Task only_who_may_restrict_manages_the_team_and_only_with_colleagues()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var patient = await Restricted(clinic);
        foreach (var persona in (string[])["receptionist", "doctor", "nurse", "display"])
        {
            (await Add(clinic, patient, "nurse", by: clinic.As(persona))).Refuses(403, "forbidden");
            (await clinic.As(persona).Get($"patients/{patient}/care-team")).Refuses(403, "forbidden");
        }
        (await clinic.Admin.Post($"patients/{patient}/care-team", new { accountId = other.Account("nurse").Id, reason = "Friend" })).RefusesField("accountId");
        (await clinic.Admin.Post($"patients/{patient}/care-team", new { accountId = clinic.Account("nurse").Id })).RefusesField("reason");
        (await other.Admin.Post($"patients/{patient}/care-team", new { accountId = other.Account("nurse").Id, reason = "Mine" })).Refuses(404, "not-found");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Add(clinic, patient, "nurse")));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "care-team.member"));
        var shown = Assert.Single((await clinic.Admin.Get($"patients/{patient}/care-team")).Is(200).Items);
        Assert.Equal(("Person nurse", "Person admin", "Treats her"), (shown.Str("name"), shown.Str("addedBy"), shown.Str("reason")));
        var row = Assert.Single(await clinic.Audit("care-team.add"), e => e.Result == "ok");
        Assert.Equal((patient, clinic.Account("nurse").Id.ToString()), (row.SubjectId!.Value, row.Detail));
    }

    [Fact]
    public async Task after_a_merge_both_teams_read_it_and_ending_one_person_ends_it_wholly()
    {
        var clinic = await server.NewClinic();
        var (one, two) = (await Restricted(clinic), await Restricted(clinic));
        (await Add(clinic, one, "nurse")).Is(201);
        (await Add(clinic, two, "nurse")).Is(201);
        (await Add(clinic, two, "lab")).Is(201);
        (await MergeTests.Merge(clinic, one, two)).Is(201);
        (await clinic.Lab.Get($"patients/{one}")).Is(200);
        var member = (await clinic.Admin.Get($"patients/{one}/care-team")).Items.First(m => m.Str("name") == "Person nurse").Id();
        (await clinic.Admin.Delete($"patients/{one}/care-team/{member}")).Is(204);
        (await clinic.Nurse.Get($"patients/{one}")).Refuses(403, "patient.restricted");
    }

    [Fact]
    public async Task the_page_adds_and_ends_without_script()
    {
        var clinic = await server.NewClinic();
        var patient = await Restricted(clinic);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        var page = $"/{clinic.Slug}/patients/{patient}/care-team";
        using (await browser.Submit(page, page, new() { ["accountId"] = clinic.Account("lab").Id.ToString(), ["reason"] = "Treats her", ["until"] = "" })) { }
        (await clinic.Lab.Get($"patients/{patient}")).Is(200);
        var member = (await clinic.Admin.Get($"patients/{patient}/care-team")).Items[0].Id();
        using (await browser.Submit(page, $"{page}/{member}/end", [])) { }
        (await clinic.Lab.Get($"patients/{patient}")).Refuses(404, "not-found");
    }
}
