using System.Globalization;

namespace Salus.Tests.Queue;

/// <summary>TicketList, TicketView, WorkList and QueueSetup through the API.</summary>
public sealed class TicketListTests(SalusServer server)
{
    [Fact]
    public async Task QU_10_filters_by_queue_date_and_status_give_exactly_the_matching_tickets()
    {
        var clinic = await server.NewClinic();
        var (one, two) = (await clinic.Queue("One"), await clinic.Queue("Two"));
        var tickets = new List<Guid>();
        for (var i = 0; i < 3; i++) tickets.Add((await clinic.Issue(one)).Id);
        var other = (await clinic.Issue(two)).Id;
        (await clinic.Doctor.Post($"queues/{one}/calls")).Is(200);
        (await clinic.Step(tickets[2], "no-show")).Is(200);
        async Task Gives(string query, params Guid[] ids) => Assert.Equal(ids, (await clinic.Receptionist.Get("tickets?" + query)).Is(200).Items.Select(t => t.Id()));
        await Gives("", tickets[0], tickets[1], tickets[2], other);
        await Gives($"queue={one}&status=waiting", tickets[1]);
        await Gives("status=called,no-show", tickets[0], tickets[2]);
        await Gives($"queue={two}", other);
        await Gives("date=2020-01-01");
        var today = Kernel.ClockExtensions.Today(TimeProvider.System, TimeZoneInfo.FindSystemTimeZoneById("Europe/Rome"));
        await Gives($"date={today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}&queue={one}", [.. tickets]);
    }

    [Fact]
    public async Task QU_10_AP_08_pages_yield_every_ticket_once()
    {
        var clinic = await server.NewClinic();
        var (queue, patient) = (await clinic.Queue(), (await clinic.Register()).Id);
        for (var i = 0; i < 7; i++) (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue })).Is(201);
        var (seen, after) = (new List<int>(), "");
        do
        {
            var page = (await clinic.Doctor.Get($"tickets?limit=3{after}")).Is(200);
            seen.AddRange(page.Items.Select(t => t.Number("number")));
            after = page.Next is { } next ? "&after=" + next : "";
        } while (after.Length > 0);
        Assert.Equal(Enumerable.Range(1, 7), seen);
    }

    [Theory, InlineData("status=sleeping", 422), InlineData("status=0", 422), InlineData("limit=1000", 422), InlineData("queue=abc", 400), InlineData("date=yesterday", 400), InlineData("after=x", 400)]
    public async Task refuses_a_filter_that_is_none(string query, int status)
    {
        var clinic = await server.NewClinic();
        (await clinic.Doctor.Get("tickets?" + query)).Is(status);
    }

    [Fact]
    public async Task every_patient_in_a_list_has_an_audit_row()
    {
        var clinic = await server.NewClinic();
        await clinic.Issue(await clinic.Queue());
        var shown = (await clinic.Receptionist.Get("tickets")).Items[0].Id("patientId");
        Assert.Single(await clinic.Audit("ticket.list", shown));
        var ticket = (await clinic.Receptionist.Get("tickets")).Items[0].Id();
        (await clinic.Doctor.Get($"tickets/{ticket}")).Is(200);
        Assert.Single(await clinic.Audit("ticket.read", shown));
    }

    [Fact]
    public async Task the_work_list_tells_mine_from_others_and_counts_what_is_done()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var tickets = new[] { (await clinic.Issue(queue)).Id, (await clinic.Issue(queue)).Id, (await clinic.Issue(queue)).Id, (await clinic.Issue(queue)).Id, (await clinic.Issue(queue)).Id };
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        (await clinic.Step(tickets[0], "bring-in")).Is(200);
        (await clinic.Step(tickets[0], "finish")).Is(200);
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        (await clinic.SecondDoctor.Post($"queues/{queue}/calls")).Is(200);
        (await clinic.Step(tickets[3], "no-show")).Is(200);
        var list = (await clinic.Doctor.Get($"queues/{queue}/work-list")).Is(200);
        Assert.Equal(1, list["done"].GetInt32());
        Assert.Equal([tickets[3]], list["missed"].EnumerateArray().Select(l => l.Id()));
        Assert.Equal([(tickets[1], true), (tickets[2], false), (tickets[4], false)], list["lines"].EnumerateArray().Select(l => (l.Id(), l.GetProperty("isMine").GetBoolean())));
        Assert.Equal(queue, Assert.Single(await clinic.Audit("queue.work-list")).SubjectId);
    }

    [Fact]
    public async Task the_set_up_lists_queues_rooms_and_closures_and_names_are_unique()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue("General", "A", [1, 2]);
        var room = (await clinic.Admin.Post("service-points", new { name = "Room 1" })).Is(201).Id;
        (await clinic.Admin.Post("queues", new { name = "General", openDays = new[] { 1 } })).Refuses(409, "queue.exists");
        (await clinic.Admin.Post("service-points", new { name = "Room 1" })).Refuses(409, "service-point.exists");
        (await clinic.Admin.Put($"service-points/{room}", new { name = "Room 2" })).Is(200);
        var setup = (await clinic.Doctor.Get("queues")).Is(200);
        Assert.Equal([1, 2], setup["queues"][0].GetProperty("openDays").EnumerateArray().Select(d => d.GetInt32()));
        Assert.Equal("Room 2", setup["servicePoints"][0].Str("name"));
        var stale = ("If-Match", $"\"{Guid.NewGuid():N}\"");
        (await clinic.Admin.Put($"queues/{queue}", new { name = "Other", openDays = new[] { 1 } }, stale)).Refuses(409, "stale");
    }

    [Theory, InlineData("receptionist"), InlineData("doctor"), InlineData("display")]
    public async Task only_a_manager_sets_up_queues(string persona)
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        (await clinic.As(persona).Post("queues", new { name = "New", openDays = new[] { 1 } })).Is(403);
        (await clinic.As(persona).Put($"queues/{queue}", new { name = "New", openDays = new[] { 1 } })).Is(403);
        (await clinic.As(persona).Post("service-points", new { name = "Room" })).Is(403);
        (await clinic.As(persona).Post($"queues/{queue}/closures", new { day = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(3) })).Is(403);
    }
}
