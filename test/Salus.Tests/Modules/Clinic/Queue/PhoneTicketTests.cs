namespace Salus.Tests.Queue;

/// <summary>PhoneTicket: a token on the patient's own phone.</summary>
public sealed class PhoneTicketTests(SalusServer server)
{
    [Fact]
    public async Task shows_place_and_state_without_login_and_without_any_name()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue(prefix: "A");
        await clinic.Issue(queue, "Yara Quark");
        var code = (await clinic.Issue(queue, "Zebulon Quark"))["code"].GetString();
        var phone = (await clinic.Anonymous.Get($"/api/v1/tickets/{code}")).Is(200);
        Assert.Equal(("A2", "waiting", 1), (phone["token"].GetString(), phone["state"].GetString(), phone["ahead"].GetInt32()));
        Assert.DoesNotContain("Quark", phone.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("01-00-00", phone.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task says_nothing_about_waiting_while_the_past_is_too_thin()
    {
        var clinic = await server.NewClinic();
        var phone = await clinic.Anonymous.Get($"/api/v1/tickets/{(await clinic.Issue(await clinic.Queue()))["code"].GetString()}");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, phone["wait"].ValueKind);
    }

    [Theory, InlineData("00000000000000000000000000"), InlineData("short"), InlineData("%00"), InlineData("00000000000000000000000000000000000000000000000000")]
    public async Task a_wrong_code_finds_nothing(string code)
    {
        var answer = await server.Salus.Anonymous().Get($"/api/v1/tickets/{code}");
        Assert.True(answer.Status is 400 or 404, answer.Text);
    }

    [Fact]
    public async Task a_code_ends_after_two_days()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var code = (await clinic.Issue(await clinic.Queue()))["code"].GetString();
        await own.Restart(s => s with { Clock = "+4d" });
        (await own.Salus.Anonymous().Get($"/api/v1/tickets/{code}")).Refuses(409, "ticket.over");
    }
}
