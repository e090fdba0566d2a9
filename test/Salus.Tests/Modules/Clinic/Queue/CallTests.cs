namespace Salus.Tests.Queue;

/// <summary>CallNext, CallTicket and SetUrgency through the API.</summary>
public sealed class CallTests(SalusServer server)
{
    [Fact]
    public async Task QU_12_two_doctors_who_call_at_once_get_two_patients()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        await clinic.Issue(queue);
        await clinic.Issue(queue);
        var (one, two) = (clinic.Doctor, clinic.SecondDoctor);
        var answers = await Task.WhenAll(one.Post($"queues/{queue}/calls"), two.Post($"queues/{queue}/calls"));
        Assert.Equal([1, 2], answers.Select(a => a.Is(200)["number"].GetInt32()).Order());
    }

    [Fact]
    public async Task QU_12_eight_calls_at_once_empty_a_queue_of_eight_and_a_ninth_finds_nobody()
    {
        var clinic = await server.NewClinic();
        var (queue, patient, desk) = (await clinic.Queue(), (await clinic.Register()).Id, clinic.Receptionist);
        for (var i = 0; i < 8; i++) (await desk.Post("tickets", new { patientId = patient, queueId = queue })).Is(201);
        var callers = new[] { clinic.Doctor, clinic.SecondDoctor };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => callers[i % 2].Post($"queues/{queue}/calls")));
        Assert.Equal(Enumerable.Range(1, 8), answers.Select(a => a.Is(200)["number"].GetInt32()).Order());
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Refuses(409, "queue.empty");
    }

    [Fact]
    public async Task TE_04_doctor_desk_and_display_see_the_same_state_at_once()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue);
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        Assert.Equal("called", (await clinic.Receptionist.Get($"tickets/{ticket.Id}"))["state"].GetString());
        Assert.Equal("called", (await clinic.Doctor.Get($"queues/{queue}/work-list")).Is(200)["lines"][0].Str("state"));
        Assert.Equal("called", (await clinic.Display.Get("board"))["queues"][0].GetProperty("serving")[0].Str("state"));
        Assert.Equal("called", (await clinic.Anonymous.Get($"/api/v1/tickets/{ticket["code"].GetString()}"))["state"].GetString());
    }

    [Fact]
    public async Task the_urgent_go_first_then_the_token_decides()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        foreach (var urgency in (string[])["routine", "urgent", "routine", "stat", "urgent"]) await clinic.Issue(queue, urgency: urgency);
        var order = new List<int>();
        for (var i = 0; i < 5; i++) order.Add((await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200)["number"].GetInt32());
        Assert.Equal([4, 2, 5, 1, 3], order);
    }

    [Fact]
    public async Task overtaking_needs_a_reason_and_the_history_says_so()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        await clinic.Issue(queue);
        var second = (await clinic.Issue(queue)).Id;
        (await clinic.Doctor.Post($"tickets/{second}/calls")).Refuses(422, "queue.overtaking");
        (await clinic.Doctor.Post($"tickets/{second}/calls", new { reason = "Dressing is ready" })).Is(200);
        var step = (await clinic.Doctor.Get($"tickets/{second}"))["steps"].EnumerateArray().Last();
        Assert.Equal(("call", true, "Dressing is ready"), (step.Str("action"), step.GetProperty("isOvertaking").GetBoolean(), step.Str("reason")));
        Assert.Equal("Waiting>Called overtaking", Assert.Single(await clinic.Audit("ticket.call", second), r => r.Result == "ok").Detail);
    }

    [Fact]
    public async Task calling_the_first_is_no_overtaking()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var first = (await clinic.Issue(queue)).Id;
        await clinic.Issue(queue);
        (await clinic.Doctor.Post($"tickets/{first}/calls")).Is(200);
        Assert.False((await clinic.Doctor.Get($"tickets/{first}"))["steps"].EnumerateArray().Last().GetProperty("isOvertaking").GetBoolean());
    }

    [Fact]
    public async Task the_room_is_named_on_the_board_and_on_the_phone()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var room = (await clinic.Admin.Post("service-points", new { name = "Room 3" })).Is(201).Id;
        var code = (await clinic.Issue(queue))["code"].GetString();
        (await clinic.Doctor.Post($"queues/{queue}/calls", new { servicePointId = room })).Is(200);
        Assert.Equal("Room 3", (await clinic.Display.Get("board"))["queues"][0].GetProperty("serving")[0].Str("place"));
        Assert.Equal("Room 3", (await clinic.Anonymous.Get($"/api/v1/tickets/{code}"))["place"].GetString());
    }

    [Fact]
    public async Task refuses_a_room_of_nobody_or_of_another_clinic()
    {
        var (clinic, other) = (await server.NewClinic(), await server.Stranger());
        var queue = await clinic.Queue();
        await clinic.Issue(queue);
        var foreign = (await other.Admin.Post("service-points", new { name = "Room " + Guid.NewGuid() })).Is(201).Id;
        foreach (var room in (Guid[])[Guid.NewGuid(), foreign]) (await clinic.Doctor.Post($"queues/{queue}/calls", new { servicePointId = room })).RefusesField("servicePointId");
    }

    [Fact]
    public async Task a_raised_urgency_moves_ahead_and_needs_a_reason()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        await clinic.Issue(queue);
        var second = (await clinic.Issue(queue)).Id;
        (await clinic.Doctor.Put($"tickets/{second}/urgency", new { urgency = "stat" })).RefusesField("reason");
        (await clinic.Receptionist.Put($"tickets/{second}/urgency", new { urgency = "stat", reason = "Fainted" })).Is(403);
        (await clinic.Doctor.Put($"tickets/{second}/urgency", new { urgency = "stat", reason = "Fainted" })).Is(200);
        Assert.Equal(second, (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200).Id);
        (await clinic.Doctor.Put($"tickets/{second}/urgency", new { urgency = "routine", reason = "Better" })).Refuses(409, "ticket.state");
    }

    [Fact]
    public async Task QU_12_a_stale_version_is_refused_by_every_act_on_a_ticket()
    {
        var clinic = await server.NewClinic();
        var (queue, other) = (await clinic.Queue(), await clinic.Queue("Other"));
        var ticket = (await clinic.Issue(queue)).Id;
        var seen = ("If-Match", (await clinic.Doctor.Get($"tickets/{ticket}")).ETag);
        (await clinic.Doctor.Put($"tickets/{ticket}/urgency", new { urgency = "urgent", reason = "Pain" })).Is(200);
        (await clinic.SecondDoctor.Post($"tickets/{ticket}/calls", new { }, seen)).Refuses(409, "stale");
        (await clinic.SecondDoctor.Post($"tickets/{ticket}/transfer", new { queueId = other }, seen)).Refuses(409, "stale");
        (await clinic.SecondDoctor.Put($"tickets/{ticket}/urgency", new { urgency = "stat", reason = "Pain" }, seen)).Refuses(409, "stale");
    }

    [Fact]
    public async Task a_transfer_ends_the_ticket_and_gives_a_new_token_with_the_same_urgency_and_a_link_between_them()
    {
        var clinic = await server.NewClinic();
        var (from, to) = (await clinic.Queue("From"), await clinic.Queue("To", "T"));
        await clinic.Issue(to);
        var old = await clinic.Issue(from, urgency: "urgent");
        var moved = (await clinic.Doctor.Post($"tickets/{old.Id}/transfer", new { queueId = to, reason = "X-ray" })).Is(200);
        Assert.Equal(("T2", "urgent", "waiting"), (moved["token"].GetString(), moved["urgency"].GetString(), moved["state"].GetString()));
        Assert.Equal(old.Id, (await clinic.Doctor.Get($"tickets/{moved.Id}"))["transferredFrom"].GetGuid());
        var phone = (await clinic.Anonymous.Get($"/api/v1/tickets/{old["code"].GetString()}")).Is(200);
        Assert.Equal("transferred", phone["state"].GetString());
        Assert.Equal((await clinic.Doctor.Get($"tickets/{moved.Id}"))["code"].GetString(), phone["nextCode"].GetString());
    }

    [Fact]
    public async Task a_transfer_into_the_same_or_a_closed_queue_is_refused_and_changes_nothing()
    {
        var clinic = await server.NewClinic();
        var (from, closed) = (await clinic.Queue("From"), await clinic.Queue("Closed", openDays: []));
        var ticket = (await clinic.Issue(from)).Id;
        (await clinic.Doctor.Post($"tickets/{ticket}/transfer", new { queueId = from })).RefusesField("queueId");
        (await clinic.Doctor.Post($"tickets/{ticket}/transfer", new { queueId = closed })).Refuses(409, "queue.closed");
        Assert.Equal("waiting", (await clinic.Doctor.Get($"tickets/{ticket}"))["state"].GetString());
    }
}
