namespace Salus.Tests.Queue;

/// <summary>IssueToken through the API.</summary>
public sealed class IssueTokenTests(SalusServer server)
{
    [Fact]
    public async Task QU_01_QU_04_QU_05_each_queue_counts_from_one()
    {
        var clinic = await server.NewClinic();
        var (general, children) = (await clinic.Queue("General"), await clinic.Queue("Children", "K"));
        Assert.Equal("1", (await clinic.Issue(general))["token"].GetString());
        Assert.Equal("2", (await clinic.Issue(general))["token"].GetString());
        Assert.Equal("K1", (await clinic.Issue(children))["token"].GetString());
    }

    [Fact]
    public async Task QU_06_a_hundred_at_once_get_the_tokens_one_to_a_hundred()
    {
        var clinic = await server.NewClinic();
        var (queue, patient, desk) = (await clinic.Queue(), (await clinic.Register()).Id, clinic.Receptionist);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => desk.Post("tickets", new { patientId = patient, queueId = queue })));
        Assert.All(answers, a => a.Is(201));
        Assert.Equal(Enumerable.Range(1, 100), answers.Select(a => a["number"].GetInt32()).Order());
        Assert.Equal(100, answers.Select(a => a.Code).Distinct().Count());
    }

    [Fact]
    public async Task QU_05_the_next_day_starts_at_one_again()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var queue = await clinic.Queue();
        Assert.Equal(1, (await clinic.Issue(queue))["number"].GetInt32());
        Assert.Equal(2, (await clinic.Issue(queue))["number"].GetInt32());
        await own.Restart(s => s with { Clock = "+26h" });
        clinic.On(own.Salus);
        Assert.Equal(1, (await clinic.Issue(queue))["number"].GetInt32());
        Assert.Single((await clinic.Doctor.Get("tickets")).Is(200).Items);
    }

    [Fact]
    public async Task QU_02_only_the_desk_issues_tokens()
    {
        var clinic = await server.NewClinic();
        var (queue, patient) = (await clinic.Queue(), (await clinic.Register()).Id);
        foreach (var (persona, status) in new[] { ("receptionist", 201), ("doctor", 403), ("admin", 403), ("display", 403), ("anonymous", 401) })
            (await clinic.As(persona).Post("tickets", new { patientId = patient, queueId = queue })).Is(status);
    }

    [Fact]
    public async Task QU_09_AU_02_the_audit_row_names_who_in_which_role_what_which_visit_and_from_where()
    {
        var clinic = await server.NewClinic();
        var (queue, patient) = (await clinic.Queue(), (await clinic.Register()).Id);
        var made = (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue }, ("User-Agent", "Desk/1.0"))).Is(201);
        var row = Assert.Single(await clinic.Audit("ticket.issue"));
        Assert.Equal((clinic.Account("receptionist").Id, "clinic.receptionist", made.Id, made.Id), (row.ActorId!.Value, row.Role, row.SubjectId!.Value, row.VisitId!.Value));
        Assert.Equal(("127.0.0.1", "Desk/1.0", "ok"), (row.Ip, row.UserAgent, row.Result));
        Assert.NotEmpty(row.RequestId);
    }

    [Fact]
    public async Task an_urgent_class_needs_a_reason_and_is_recorded_as_overtaking()
    {
        var clinic = await server.NewClinic();
        var (queue, patient) = (await clinic.Queue(), (await clinic.Register()).Id);
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue, urgency = "urgent" })).RefusesField("reason");
        var made = (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue, urgency = "urgent", reason = "Chest pain" })).Is(201);
        var step = (await clinic.Doctor.Get($"tickets/{made.Id}")).Is(200)["steps"][0];
        Assert.Equal((true, "Chest pain"), (step.GetProperty("isOvertaking").GetBoolean(), step.Str("reason")));
    }

    [Fact]
    public async Task a_closed_weekday_a_closed_day_and_an_archived_queue_issue_nothing()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        var (never, today, archived) = (await clinic.Queue("Never", openDays: []), await clinic.Queue("Today"), await clinic.Queue("Archived"));
        var day = Kernel.ClockExtensions.Today(TimeProvider.System, TimeZoneInfo.FindSystemTimeZoneById("Europe/Rome"));
        (await clinic.Admin.Post($"queues/{today}/closures", new { day, reason = "Holiday" })).Is(200);
        (await clinic.Admin.Put($"queues/{archived}", new { name = "Archived", openDays = new[] { 0, 1, 2, 3, 4, 5, 6 }, archived = true })).Is(200);
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = never })).Refuses(409, "queue.closed");
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = today })).Refuses(409, "queue.closed");
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = archived })).Refuses(404, "not-found");
        (await clinic.Admin.Post($"queues/{today}/closures", new { day, open = true })).Is(200);
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = today })).Is(201);
    }

    [Fact]
    public async Task refuses_a_patient_or_queue_that_is_not_there()
    {
        var clinic = await server.NewClinic();
        var (queue, patient) = (await clinic.Queue(), (await clinic.Register()).Id);
        (await clinic.Receptionist.Post("tickets", new { patientId = Guid.NewGuid(), queueId = queue })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = Guid.NewGuid() })).Refuses(404, "not-found");
    }
}
