using System.Globalization;

namespace Salus.BrowserTests;

/// <summary>A clinic's day, walked by several people at once.</summary>
public sealed class DayTests(DemoServer demo)
{
    [Fact]
    public async Task The_desk_registers_a_patient_and_issues_a_token_that_the_board_shows_by_itself()
    {
        var desk = await demo.SignedIn("reception");
        var complaints = desk.Complaints();
        var board = await (await demo.Browser()).NewPageAsync();
        await board.GotoAsync(demo.DisplayPath);
        await desk.GotoAsync("/aurora/desk");
        await desk.Keyboard.TypeAsync("nobody of this name");
        await Assertions.Expect(desk.Locator("#found")).ToContainTextAsync("Nobody found");
        await desk.ClickAsync("[data-key=r]");
        await desk.FillAsync("#side [name=name]", "Zelda Quintavalle");
        await desk.FillAsync("#side [name=phone]", "06 555 0199");
        await desk.FillAsync("#side [name=age]", "41");
        await desk.ClickAsync("#side form button[type=submit]");
        await Assertions.Expect(desk.Locator("#side")).ToContainTextAsync("Zelda Quintavalle");
        await desk.Keyboard.PressAsync("Escape");
        await desk.Locator("#main").FocusAsync();
        await desk.Keyboard.PressAsync("1");
        await Assertions.Expect(desk.Locator("#issued [data-token]")).ToBeVisibleAsync();
        var token = await desk.Text("#issued [data-token]");
        await Assertions.Expect(board.Locator(".board-waiting").Filter(new() { HasText = token })).ToBeVisibleAsync();
        await Assertions.Expect(board.Locator("#board")).Not.ToContainTextAsync("Quintavalle");
        await desk.Keyboard.PressAsync("Enter");
        await Assertions.Expect(desk.Locator("#issued")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Likely_duplicates_are_shown_while_typing()
    {
        var desk = await demo.SignedIn("reception");
        await desk.GotoAsync("/aurora/patients");
        var name = (await desk.Text("#rows [data-row] strong")).Trim();
        await desk.GotoAsync("/aurora/desk");
        await desk.ClickAsync("[data-key=r]");
        await desk.Locator("#side [name=name]").PressSequentiallyAsync(name.ToUpperInvariant());
        await Assertions.Expect(desk.Locator("#duplicates")).ToContainTextAsync(name);
    }

    [Fact]
    public async Task A_registration_on_its_way_is_not_called_back_by_the_look_for_duplicates()
    {
        var desk = await demo.SignedIn("reception");
        var (sent, looked) = (new TaskCompletionSource(), new TaskCompletionSource());
        await desk.RouteAsync("**/desk/patients", async route =>
        {
            sent.TrySetResult();
            await looked.Task;
            await route.ContinueAsync();
        });
        desk.Response += (_, answer) => { if (answer.Url.Contains("/desk/duplicates", StringComparison.Ordinal) && answer.Url.Contains("0142", StringComparison.Ordinal)) looked.TrySetResult(); };
        await desk.GotoAsync("/aurora/desk");
        await desk.ClickAsync("[data-key=r]");
        await desk.FillAsync("#side [name=name]", "Ottavia Lentamente");
        await desk.FillAsync("#side [name=age]", "41");
        await desk.ClickAsync("#side form button[type=submit]");
        await sent.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await desk.FillAsync("#side [name=phone]", "06 555 0142"); // looks for duplicates; the registration goes on only after the answer
        await Assertions.Expect(desk.Locator("#side")).ToContainTextAsync("Ottavia Lentamente");
    }

    [Fact]
    public async Task Desk_phone_doctor_and_board_agree_while_a_patient_is_called_brought_in_and_finished()
    {
        var desk = await demo.SignedIn("reception");
        await desk.GotoAsync("/aurora/desk");
        await desk.FillAsync("#q", "ma");
        await desk.ClickAsync("#found button.row-button");
        await desk.Locator("#side summary").ClickAsync();
        await desk.SelectOptionAsync("#side [name=urgency]", "Stat");
        await desk.FillAsync("#side [name=reason]", "Chest pain");
        await desk.Locator("#side button[name=queueId]", new() { HasText = "Pediatria" }).ClickAsync();
        var token = await desk.Text("#issued [data-token]");
        var phone = await (await demo.Browser(new() { ViewportSize = new() { Width = 390, Height = 800 }, Locale = "it-IT" })).NewPageAsync();
        await phone.GotoAsync(new Uri((await desk.GetAttributeAsync("[data-phone]", "href"))!).PathAndQuery);
        Assert.Equal(token, await phone.Text("[data-token]"));
        Assert.DoesNotContain("Chest pain", await phone.ContentAsync(), StringComparison.Ordinal);
        var before = await phone.Text("#ticket");
        var board = await (await demo.Browser()).NewPageAsync();
        await board.GotoAsync(demo.DisplayPath);
        await Assertions.Expect(board.Locator(".board-waiting").Filter(new() { HasText = token })).ToBeVisibleAsync();

        var doctor = await demo.SignedIn("pietro");
        await doctor.GotoAsync("/aurora/queue");
        await Assertions.Expect(doctor.Locator("h1")).ToHaveTextAsync("Pediatria");
        await doctor.SelectOptionAsync("#room", new SelectOptionValue { Label = "Ambulatorio 3" });
        await doctor.ClickAsync("form[method=get] button");
        await doctor.WaitForURLAsync(url => url.Contains("room=", StringComparison.Ordinal)); // loaded, its script too
        await doctor.Keyboard.PressAsync("n");
        var line = doctor.Locator($"[data-ticket='{token}']");
        await Assertions.Expect(line.GetByRole(AriaRole.Button, new() { Name = "Bring in" })).ToBeVisibleAsync();
        await Assertions.Expect(phone.Locator("#ticket")).ToContainTextAsync("Ambulatorio 3");
        Assert.NotEqual(before, await phone.Text("#ticket"));
        await Assertions.Expect(board.Locator($"[data-serving='{token}']")).ToContainTextAsync("Ambulatorio 3");
        await Assertions.Expect(board.Locator("body[data-chimed]")).ToHaveCountAsync(1);
        await line.GetByRole(AriaRole.Button, new() { Name = "Bring in" }).ClickAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Finish" }).ClickAsync();
        await Assertions.Expect(doctor.Locator($"[data-ticket='{token}']")).ToHaveCountAsync(0);
        await Assertions.Expect(board.Locator($"[data-serving='{token}']")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Two_doctors_who_press_next_at_once_get_two_patients()
    {
        var (one, two) = (await demo.SignedIn("luca"), await demo.SignedIn("nadia"));
        foreach (var doctor in (IPage[])[one, two]) await Open(doctor, "Medicina generale");
        var before = await Serving(one);
        await Task.WhenAll(one.Keyboard.PressAsync("n"), two.Keyboard.PressAsync("n"));
        foreach (var doctor in (IPage[])[one, two])
            await Assertions.Expect(doctor.GetByRole(AriaRole.Button, new() { Name = "Bring in" }).First).ToBeVisibleAsync();
        await Assertions.Expect(one.Locator("[data-ticket]:has(.state-called), [data-ticket]:has(.state-inroom)")).ToHaveCountAsync(before + 2);
    }

    [Fact]
    public async Task A_patient_called_out_of_turn_needs_a_reason_and_the_page_says_so()
    {
        var doctor = await demo.SignedIn("sara");
        await Open(doctor, "Cardiologia");
        var last = doctor.Locator("[data-ticket]:has-text('since')").Last;
        var token = (await last.GetAttributeAsync("data-ticket"))!;
        await last.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await doctor.GetByRole(AriaRole.Button, new() { Name = "Call this patient" }).ClickAsync();
        await Assertions.Expect(doctor.Locator("#refusal")).ToContainTextAsync("Others are ahead of this patient");
        last = doctor.Locator($"[data-ticket='{token}']");
        await last.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await doctor.Locator("dialog[open] [name=reason]").First.FillAsync("Came back from the laboratory");
        await doctor.GetByRole(AriaRole.Button, new() { Name = "Call this patient" }).ClickAsync();
        await Assertions.Expect(doctor.Locator($"[data-ticket='{token}'] .state-called")).ToBeVisibleAsync();
        await Assertions.Expect(doctor.Locator("#refusal")).ToBeEmptyAsync();
        await doctor.ClickAsync($"[data-ticket='{token}'] a");
        await Assertions.Expect(doctor.Locator("main")).ToContainTextAsync("before others");
    }

    [Fact]
    public async Task A_delay_notice_reaches_board_and_phone_at_once()
    {
        var desk = await demo.SignedIn("reception");
        await desk.GotoAsync("/aurora/desk");
        await desk.FillAsync("#q", "ro");
        await desk.ClickAsync("#found button.row-button");
        await desk.Locator("#side button[name=queueId]", new() { HasText = "Pediatria" }).ClickAsync();
        var phone = await (await demo.Browser()).NewPageAsync();
        await phone.GotoAsync(new Uri((await desk.GetAttributeAsync("[data-phone]", "href"))!).PathAndQuery);
        var admin = await demo.SignedIn("admin");
        await admin.GotoAsync("/aurora/notices");
        await admin.SelectOptionAsync("[name=queueId]", new SelectOptionValue { Label = "Pediatria" });
        var text = "The doctor is called away for a moment " + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..6];
        await admin.FillAsync("[name=text]", text);
        await admin.FillAsync("[name=delayMinutes]", "25");
        await admin.ClickAsync("form[action$=notices] button.btn-primary");
        await Assertions.Expect(phone.Locator("#ticket")).ToContainTextAsync(text);
    }

    private static Task<int> Serving(IPage page) => page.Locator("[data-ticket]:has(.state-called), [data-ticket]:has(.state-inroom)").CountAsync();

    private static async Task Open(IPage doctor, string queue)
    {
        await doctor.GotoAsync("/aurora/queue");
        await doctor.SelectOptionAsync("#queue", new SelectOptionValue { Label = queue });
        await doctor.ClickAsync("form[method=get] button");
        await doctor.WaitForURLAsync(url => url.Contains("queue=", StringComparison.Ordinal));
        await Assertions.Expect(doctor.Locator("h1")).ToHaveTextAsync(queue);
    }
}
