using System.IO.Compression;

namespace Salus.BrowserTests;

/// <summary>Every page: no violation of WCAG, no complaint of the browser, light and dark, wide and narrow, in four languages.</summary>
public sealed class PageTests(DemoServer demo)
{
    public static TheoryData<string, string> StaffPages => new()
    {
        { "reception", "/aurora/" }, { "reception", "/aurora/desk" }, { "reception", "/aurora/queue" }, { "reception", "/aurora/patients" }, { "reception", "/aurora/patients?q=zzzz" },
        { "reception", "/aurora/notices" }, { "luca", "/aurora/queue" }, { "luca", "/aurora/figures" }, { "luca", "/aurora/board" }, { "admin", "/aurora/manage/queues" },
        { "admin", "/aurora/manage/staff" }, { "admin", "/aurora/manage/settings" }, { "admin", "/aurora/audit" }, { "admin", "/aurora/nothing-here" }, { "admin", "/account" }, { "admin", "/account/second-factor" }, { "admin", "/account/profile" }, { "owner", "/platform/accounts" },
        { "admin", "/aurora/manage/roles" }, { "admin", "/aurora/manage/matrix" }, { "admin", "/aurora/manage/matrix?role=clinic.nurse" }, { "admin", "/aurora/manage/keys" }, { "admin", "/aurora/manage/files" }, { "admin", "/aurora/manage/emergencies" },
        { "luca", "/aurora/patients/00000000-0000-0000-0000-000000000001/emergency" }, { "owner", "/platform/support" },
        { "lab", "/aurora/lab" }, { "lab", "/aurora/lab?done=true" }, { "radiology", "/aurora/imaging" }, { "nurse", "/aurora/tasks" }, { "admin", "/aurora/manage/catalogue" }, { "admin", "/aurora/manage/codes" }, { "sara", "/aurora/manage/templates" },
        { "nurse", "/aurora/visits" }, { "nurse", "/aurora/visits?state=triage" }, { "admin", "/aurora/manage/prices" }, { "admin", "/aurora/manage/unpaid-work" }, { "reception", "/aurora/cash" }, { "reception", "/aurora/cash/drawers" },
        { "reception", "/aurora/invoices" }, { "reception", "/aurora/claims" }, { "admin", "/aurora/money" }, { "admin", "/aurora/money/day" }, { "admin", "/aurora/money/reports" }, { "admin", "/aurora/manage/money" }, { "admin", "/help" }, { "admin", "/mailbox" }, { "owner", "/" }, { "owner", "/platform" }, { "owner", "/platform/jobs" }, { "owner", "/platform/security" }, { "admin", "/aurora/security" },
    };

    [Theory]
    [MemberData(nameof(StaffPages))]
    public async Task Every_page_is_accessible_and_clean_in_light_dark_and_on_a_phone(string who, string path)
    {
        var page = await demo.SignedIn(who);
        var complaints = page.Complaints();
        var name = $"{who}{path.Replace('/', '-').Replace('?', '-')}";
        await page.GotoAsync(path);
        await page.IsAccessible(name + "-light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.ReloadAsync();
        await page.IsAccessible(name + "-dark");
        await page.SetViewportSizeAsync(390, 800);
        await page.IsAccessible(name + "-phone");
        var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"{path} is {overflow} pixels too wide on a phone");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_patients_page_ticket_slip_phone_and_the_desks_fragments_are_accessible()
    {
        var page = await demo.SignedIn("reception");
        await page.GotoAsync("/aurora/patients");
        await page.ClickAsync("#rows [data-row]");
        await page.IsAccessible("patient");
        await page.GotoAsync("/aurora/desk");
        await page.ClickAsync("[data-key=r]");
        await page.FillAsync("#side [name=name]", "12");
        await page.ClickAsync("#side form button[type=submit]");
        await Assertions.Expect(page.Locator("#refusal .alert")).ToBeVisibleAsync();
        await page.IsAccessible("desk-refused");
        await page.FillAsync("#q", "ma");
        await page.ClickAsync("#found button.row-button");
        await page.IsAccessible("desk-patient");
        await page.Locator("#side button[name=queueId]").First.ClickAsync();
        await Assertions.Expect(page.Locator("#issued")).ToBeVisibleAsync();
        await page.IsAccessible("desk-issued");
        var phone = new Uri((await page.GetAttributeAsync("[data-phone]", "href"))!).PathAndQuery;
        await page.GotoAsync((await page.GetAttributeAsync("[data-key=p]", "href"))!);
        await page.IsAccessible("slip");
        await page.SetViewportSizeAsync(390, 800);
        await page.GotoAsync(phone);
        await page.IsAccessible("phone");
    }

    [Fact]
    public async Task The_open_dialog_of_a_ticket_is_accessible()
    {
        var page = await demo.SignedIn("luca");
        await page.GotoAsync("/aurora/queue");
        await page.GetByRole(AriaRole.Button, new() { Name = "More" }).Last.ClickAsync();
        await page.IsAccessible("queue-dialog");
    }

    [Theory]
    [InlineData("en-GB", "Sign in")]
    [InlineData("fr-FR", "Connexion")]
    [InlineData("es-ES", "Iniciar sesión")]
    [InlineData("it-IT", "Accedi")]
    public async Task The_browsers_language_is_spoken(string locale, string title)
    {
        var page = await (await demo.Browser(new() { Locale = locale })).NewPageAsync();
        await page.GotoAsync("/account/sign-in");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(title);
        Assert.Equal(locale[..2], await page.GetAttributeAsync("html", "lang"));
        await page.IsAccessible("sign-in-" + locale);
    }

    [Fact]
    public async Task A_chosen_language_wins_over_the_browsers()
    {
        var page = await (await demo.Browser(new() { Locale = "fr-FR" })).NewPageAsync();
        await page.GotoAsync("/account/sign-in");
        await page.ClickAsync(".account-menu summary");
        await page.ClickAsync("button[name=language][value=it]");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "it");
    }

    [Theory]
    [InlineData("/aurora/queue")]
    [InlineData("/aurora/board")]
    public async Task Queue_and_board_load_at_most_50_KB_of_script(string path)
    {
        var page = await demo.SignedIn("luca");
        var scripts = new List<IResponse>();
        page.Response += (_, response) => { if (response.Request.ResourceType == "script") scripts.Add(response); };
        await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
        var size = 0;
        foreach (var script in scripts) size += Compressed(await script.BodyAsync());
        Assert.InRange(size, 1, 50_000);
    }

    [Theory]
    [InlineData("/api/v1/docs", ".opblock")]
    [InlineData("/api/v1/redoc", "[data-section-id]")]
    public async Task The_pages_about_the_api_work_under_the_strict_policy_without_foreign_servers(string path, string part)
    {
        var page = await (await demo.Browser()).NewPageAsync();
        var foreign = new List<string>();
        page.Request += (_, request) => { if (!request.Url.StartsWith(demo.Url, StringComparison.Ordinal) && request.Url.StartsWith("http", StringComparison.Ordinal)) foreign.Add(request.Url); };
        page.RequestFailed += (_, request) => foreign.Remove(request.Url); // asked for by the viewer, stopped by the policy
        await page.GotoAsync(path);
        await page.Locator(part).First.WaitForAsync();
        Assert.Empty(foreign);
    }

    private static int Compressed(byte[] body)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(body);
        return (int)target.Length;
    }
}
