namespace Salus.Tests.Queue;

/// <summary>Board: what the waiting room sees.</summary>
public sealed class BoardTests(SalusServer server)
{
    [Fact]
    public async Task QU_08_a_display_reads_the_board_and_writes_nothing()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue);
        (await clinic.Display.Get("board")).Is(200);
        (await clinic.Display.Get("queues")).Is(200);
        (await clinic.Display.Post($"queues/{queue}/calls")).Is(403);
        (await clinic.Display.Post("patients", new { name = "Anna Rossi" })).Is(403);
        (await clinic.Display.Get($"tickets/{ticket.Id}")).Is(403);
        (await clinic.Step(ticket.Id, "cancel", clinic.Display)).Is(403);
        (await clinic.Display.Post($"queues/{queue}/notices", new { text = "Hello" })).Is(403);
    }

    [Fact]
    public async Task shows_tokens_in_the_order_of_service_and_no_names()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue(prefix: "A");
        await clinic.Issue(queue, "Zebulon Quark");
        await clinic.Issue(queue, "Yara Quark", "urgent");
        await clinic.Issue(queue, "Xenia Quark");
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        var board = (await clinic.Display.Get("board")).Is(200);
        var shown = board["queues"][0];
        Assert.Equal(["A2"], shown.GetProperty("serving").EnumerateArray().Select(t => t.Str("token")));
        Assert.Equal(["A1", "A3"], shown.GetProperty("waiting").EnumerateArray().Select(t => t.Str("token")));
        Assert.DoesNotContain("Quark", board.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task shows_names_only_when_the_clinic_decided_so()
    {
        var clinic = await server.NewClinic();
        await clinic.Issue(await clinic.Queue(), "Zebulon Quark");
        (await clinic.Admin.Put("", new { name = "Clinic", timeZone = "Europe/Rome", language = "en", callingCode = "39", numberPattern = "xx-xx-xxx", boardShowsNames = true })).Is(204);
        Assert.Contains("Zebulon Quark", (await clinic.Display.Get("board")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task answers_304_when_nothing_changed_and_200_when_something_did()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        await clinic.Issue(queue);
        var seen = ("If-None-Match", (await clinic.Display.Get("board")).Is(200).ETag);
        var same = (await clinic.Display.Get("board", seen)).Is(304);
        Assert.Empty(same.Text);
        await clinic.Issue(queue);
        (await clinic.Display.Get("board", seen)).Is(200);
    }

    [Fact]
    public async Task the_number_of_calls_rises_with_each_so_that_the_board_can_chime()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var ticket = (await clinic.Issue(queue)).Id;
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        (await clinic.Step(ticket, "recall")).Is(200);
        Assert.Equal(2, (await clinic.Display.Get("board"))["queues"][0].GetProperty("serving")[0].Number("calls"));
    }

    [Fact]
    public async Task a_notice_is_on_the_board_and_on_the_phone_until_it_is_taken_back()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var code = (await clinic.Issue(queue))["code"].GetString();
        var notice = (await clinic.Receptionist.Post($"queues/{queue}/notices", new { text = "The doctor is late", delayMinutes = 20 })).Is(201).Id;
        Assert.Contains("The doctor is late", (await clinic.Display.Get("board")).Text, StringComparison.Ordinal);
        Assert.Contains("The doctor is late", (await clinic.Anonymous.Get($"/api/v1/tickets/{code}")).Text, StringComparison.Ordinal);
        (await clinic.Receptionist.Post($"notices/{notice}/end")).Is(200);
        Assert.DoesNotContain("late", (await clinic.Display.Get("board")).Text, StringComparison.Ordinal);
        Assert.Equal(["queue.end-notice", "queue.post-notice"], (await clinic.Audit(subject: notice)).Select(r => r.Action).Order());
    }

    [Theory, InlineData("", 0, 60, "text"), InlineData("Late", 481, 60, "delayMinutes"), InlineData("Late", -1, 60, "delayMinutes"), InlineData("Late", 0, 4, "minutes")]
    public async Task refuses_a_notice_that_cannot_be(string text, int delayMinutes, int minutes, string field)
    {
        var clinic = await server.NewClinic();
        (await clinic.Receptionist.Post($"queues/{await clinic.Queue()}/notices", new { text, delayMinutes, minutes })).RefusesField(field);
    }

    [Fact]
    public async Task one_queue_of_the_board_can_be_asked_for()
    {
        var clinic = await server.NewClinic();
        var (one, _) = (await clinic.Queue("One"), await clinic.Queue("Two"));
        Assert.Equal("One", Assert.Single((await clinic.Display.Get($"board?queue={one}")).Is(200)["queues"].EnumerateArray()).Str("name"));
        (await clinic.Display.Get($"board?queue={Guid.NewGuid()}")).Refuses(404, "not-found");
    }
}
