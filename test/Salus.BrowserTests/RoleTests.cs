namespace Salus.BrowserTests;

/// <summary>Own roles, keys, seeing as another role, support and emergency access, as people click through them.</summary>
public sealed class RoleTests(DemoServer demo)
{
    [Fact]
    public async Task An_administrator_defines_a_role_sees_as_it_and_stops()
    {
        var page = await demo.SignedIn("admin");
        var complaints = page.Complaints();
        await page.GotoAsync("/aurora/manage/roles");
        await page.FillAsync("form[action$='/manage/roles'] [name=title]", "Night desk");
        await page.CheckAsync("form[action$='/manage/roles'] [value='patients.read']");
        await page.CheckAsync("form[action$='/manage/roles'] [value='organisation.enter']");
        await page.ClickAsync("form[action$='/manage/roles'] button[type=submit]");
        await Assertions.Expect(page.Locator(".saved")).ToBeVisibleAsync();
        await page.ClickAsync("summary:has-text('Night desk')");
        await page.ClickAsync("summary:has-text('Nurse')");
        await page.IsAccessible("roles-open");
        await page.ClickAsync("details[open]:has-text('Night desk') button:has-text('See what')");
        await Assertions.Expect(page.Locator(".acting-bar")).ToContainTextAsync("Night desk");
        await page.IsAccessible("acting");
        await page.SetViewportSizeAsync(390, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.GotoAsync("/aurora/patients");
        await page.IsAccessible("acting-phone-dark");
        await page.ClickAsync(".acting-bar button");
        await Assertions.Expect(page.Locator(".acting-bar")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_ended()
    {
        var page = await demo.SignedIn("admin");
        await page.GotoAsync("/aurora/manage/keys");
        await page.FillAsync("[name=name]", "Laboratory link");
        await page.FillAsync("[name=days]", "7");
        await page.CheckAsync("[value='patients.read']");
        await page.ClickAsync("button:has-text('Make the key')");
        await Assertions.Expect(page.Locator("#new-key code")).ToContainTextAsync("key_");
        await page.IsAccessible("key-new");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#new-key code")).ToHaveCountAsync(0);
        await page.ClickAsync("summary:has-text('Laboratory link')");
        await page.IsAccessible("key-open");
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.ClickAsync("details[open] button:has-text('End')");
        await Assertions.Expect(page.Locator("summary:has-text('Laboratory link')")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Support_is_let_in_enters_and_stops()
    {
        var admin = await demo.SignedIn("admin");
        await admin.GotoAsync("/aurora/manage/settings");
        await admin.ClickAsync("button:has-text('Let support in')");
        await Assertions.Expect(admin.Locator("button:has-text('End it now')")).ToBeVisibleAsync();
        await admin.IsAccessible("support-open");
        var owner = await demo.SignedIn("owner");
        await owner.GotoAsync("/platform/support");
        await owner.IsAccessible("support-list");
        await owner.ClickAsync("button:has-text('Enter')");
        await Assertions.Expect(owner.Locator(".acting-bar")).ToBeVisibleAsync();
        await owner.ClickAsync(".acting-bar button");
        await admin.ClickAsync("button:has-text('End it now')");
        await Assertions.Expect(admin.Locator("button:has-text('Let support in')")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_doctor_opens_a_restricted_record_in_an_emergency_and_the_manager_sees_it()
    {
        var admin = await demo.SignedIn("admin");
        await admin.GotoAsync("/aurora/patients");
        await admin.Locator("#rows [data-row]").Last.ClickAsync();
        await admin.WaitForURLAsync("**/patients/*-*");
        var record = new Uri(admin.Url).AbsolutePath;
        await admin.ClickAsync("summary:has-text('Restrict this record')");
        await admin.FillAsync("#x-reason", "Works here");
        await admin.IsAccessible("restrict");
        await admin.ClickAsync("button:text-is('Restrict')");
        await Assertions.Expect(admin.Locator("button:has-text('Lift the restriction')")).ToBeVisibleAsync();
        var doctor = await demo.SignedIn("luca");
        await doctor.GotoAsync(record);
        await doctor.FillAsync("[name=reason]", "Unconscious in the hall");
        await doctor.ClickAsync("button:has-text('Open it for one hour')");
        await Assertions.Expect(doctor.Locator(".state:has-text('Restricted')")).ToBeVisibleAsync();
        await admin.GotoAsync("/aurora/manage/emergencies");
        await Assertions.Expect(admin.Locator(".fold")).ToContainTextAsync("Unconscious in the hall");
        await admin.IsAccessible("emergencies");
        await admin.GotoAsync(record);
        admin.Dialog += (_, dialog) => dialog.AcceptAsync();
        await admin.ClickAsync("button:has-text('Lift the restriction')");
        await Assertions.Expect(admin.Locator("summary:has-text('Restrict this record')")).ToBeVisibleAsync();
    }
}
