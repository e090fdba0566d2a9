using System.Text.RegularExpressions;

namespace Salus.BrowserTests;

/// <summary>A manager's work: queues, people by invitation, the log.</summary>
public sealed partial class ManagerTests(DemoServer demo)
{
    [Fact]
    public async Task A_manager_invites_a_doctor_who_follows_the_link_chooses_a_password_and_sees_the_queue()
    {
        var admin = await demo.SignedIn("admin");
        var email = $"new-{Guid.NewGuid():N}@aurora.example";
        await admin.GotoAsync("/aurora/manage/staff");
        await admin.FillAsync("form[action$=invitations] [name=name]", "Giorgio Neri");
        await admin.FillAsync("form[action$=invitations] [name=email]", email);
        await admin.CheckAsync("form[action$=invitations] [value='clinic.doctor']");
        await admin.ClickAsync("form[action$=invitations] button[type=submit]");
        await Assertions.Expect(admin.Locator("main")).ToContainTextAsync(email);
        var mail = await (await demo.Browser()).NewPageAsync();
        await (await mail.MailTo(email)).Locator("a").ClickAsync();
        await mail.IsAccessible("invitation");
        await mail.FillAsync("[name=password]", "weak");
        await mail.ClickAsync("form[action^='/invitations'] button");
        await Assertions.Expect(mail.Locator("#refusal")).ToContainTextAsync("12 characters");
        await mail.FillAsync("[name=password]", "Quiet-Harbour-88");
        await mail.ClickAsync("form[action^='/invitations'] button");
        await mail.WaitForURLAsync(Home());
        await Assertions.Expect(mail.Locator("nav.menu")).ToContainTextAsync("Queue");
        await Assertions.Expect(mail.Locator("nav.menu")).Not.ToContainTextAsync("Desk");
    }

    [Fact]
    public async Task A_manager_defines_a_queue_and_finds_the_act_in_the_log()
    {
        var admin = await demo.SignedIn("admin");
        var name = "Vaccini " + Guid.NewGuid().ToString("N")[..4];
        await admin.GotoAsync("/aurora/manage/queues");
        await admin.Locator("summary", new() { HasText = "Define a queue" }).ClickAsync();
        var form = admin.Locator("details[open] form").Last;
        await form.Locator("[name=name]").FillAsync(name);
        await form.Locator("[name=prefix]").FillAsync("V");
        await form.Locator("button").ClickAsync();
        await Assertions.Expect(admin.Locator("main")).ToContainTextAsync(name);
        await admin.GotoAsync("/aurora/audit?action=queue.save");
        await Assertions.Expect(admin.Locator("tbody tr").First).ToContainTextAsync("defined a queue");
        await admin.IsAccessible("audit-filtered");
    }

    [GeneratedRegex("/aurora/$")]
    private static partial Regex Home();
}
