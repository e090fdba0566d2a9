using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Salus.BrowserTests;

/// <summary>What the demo clinic's pages about money teach, and that they follow what happens elsewhere.</summary>
public sealed class MoneyTests(DemoServer demo)
{
    [Theory]
    [InlineData("reception", "cash"), InlineData("reception", "cash/drawers"), InlineData("reception", "payments"), InlineData("reception", "invoices?filter=Overdue"), InlineData("reception", "refunds"), InlineData("admin", "manage/prices"), InlineData("admin", "manage/unpaid-work")]
    [InlineData("reception", "claims?state=Draft"), InlineData("reception", "claims?state=Submitted"), InlineData("reception", "claims?state=Approved"), InlineData("reception", "claims?state=Rejected"), InlineData("reception", "claims?state=Paid"), InlineData("admin", "money"), InlineData("admin", "money/day")]
    public async Task Every_page_about_money_has_something_to_show(string who, string path)
    {
        var page = await demo.SignedIn(who);
        var complaints = page.Complaints();
        await page.GotoAsync("/aurora/" + path);
        Assert.Equal(0, await page.Locator(".empty-note").CountAsync());
        Assert.NotEqual(0, await page.Locator("main .number, main [data-work]").CountAsync());
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_demos_books_can_be_proven_and_its_figures_name_doctors()
    {
        var page = await demo.SignedIn("admin");
        await page.GotoAsync("/aurora/money");
        Assert.NotEqual(0, await page.Locator("[data-doctors] tr:has-text('Luca Moretti')").CountAsync());
        Assert.Equal(1, await page.Locator("a[href*='by=doctor']").CountAsync());
        var (code, text) = await demo.Command("ledger", "verify");
        Assert.True(code == 0, text);
    }

    /// <summary>A patient with this name, a visit that costs 30.00, and an insurer that was asked for it.</summary>
    private async Task<(string Visit, Func<string, object, Task<JsonElement>> Post)> Asked(string name)
    {
        var http = new HttpClient { BaseAddress = new Uri(demo.Url) };
        var token = await (await http.PostAsJsonAsync("/api/v1/auth/token", new { email = "admin@aurora.example", password = "Sunrise-Clinic-7" })).Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("accessToken").GetString());
        async Task<JsonElement> Post(string path, object body)
        {
            var made = await http.PostAsJsonAsync("/api/v1/orgs/aurora/" + path, body);
            var text = await made.Content.ReadAsStringAsync();
            Assert.True(made.IsSuccessStatusCode, $"{path}: {text}");
            return text.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(text) : default;
        }
        async Task<string> Id(string path, object body) => (await Post(path, body)).GetProperty("id").GetString()!;
        var patient = await Id("patients", new { name });
        var visit = await Id("encounters", new { patientId = patient, complaint = "Cut finger" });
        await Post($"encounters/{visit}/bill/services", new { serviceId = await Id("services", new { department = "other", code = "HELD-" + visit[^6..], name = "Stitches", price = new { amount = "30.00" }, by = new[] { "desk" } }) });
        await Post($"encounters/{visit}/coverage", new { policyId = await Id($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-9", percent = 80, from = "2020-01-01" }) });
        return (visit, Post);
    }

    [Fact]
    public async Task A_bill_says_before_anybody_tries_that_it_takes_no_cash_and_claims_appear_and_move_by_themselves()
    {
        var name = "Livia Attesa " + Guid.NewGuid().ToString("N")[..6];
        var (visit, post) = await Asked(name);
        var (desk, nurse) = (await demo.SignedIn("reception"), await demo.SignedIn("nurse"));
        var complaints = ((IPage[])[desk, nurse]).Select(p => p.Complaints()).ToList();
        await nurse.GotoAsync("/aurora/claims?q=" + Uri.EscapeDataString(name));
        await Assertions.Expect(nurse.Locator("#claims .empty-note")).ToBeVisibleAsync();
        await desk.GotoAsync($"/aurora/visits/{visit}/bill");
        await Assertions.Expect(desk.Locator("#bill [data-held]")).ToBeVisibleAsync();
        Assert.Equal(["Card", "Transfer", "Wallet"], await desk.Locator("#p-method option").EvaluateAllAsync<string[]>("all => all.map(o => o.value)"));
        await desk.LooksRight("money-held-bill");
        await desk.ClickAsync("#bill a:has-text('The account of the payer')");
        await Assertions.Expect(desk.Locator("[data-held]")).ToBeVisibleAsync();
        await Assertions.Expect(desk.Locator("button[value=Cash][name=method]").First).ToBeDisabledAsync();
        await desk.LooksRight("money-held-payer");

        // The insurer approves: the list of who has it open shows the draft, and the page of the claim what becomes of it.
        await post($"encounters/{visit}/coverage/decision", new { approves = true, amount = new { amount = "200.00" }, reference = "OK-7" });
        var row = nurse.Locator("#claims [data-claim]").Filter(new() { HasText = name });
        await Assertions.Expect(row).ToContainTextAsync("24.00");
        var claim = (await row.GetAttributeAsync("data-claim"))!;
        await desk.GotoAsync($"/aurora/claims/{claim}");
        await Assertions.Expect(desk.Locator("#claim [data-state]")).ToHaveAttributeAsync("data-state", "Draft");
        await post($"claims/{claim}/submission", new { reference = "Letter 1" });
        await Assertions.Expect(desk.Locator("#claim [data-state]")).ToHaveAttributeAsync("data-state", "Submitted");
        await Assertions.Expect(row).ToContainTextAsync("Submitted");
        // What somebody is typing is not taken away.
        await desk.FillAsync("#ans-reason", "Not cov");
        await post($"claims/{claim}/answer", new { approves = true, reference = "ANS-1" });
        await Assertions.Expect(row).ToContainTextAsync("Approved");
        await Assertions.Expect(desk.Locator("#ans-reason")).ToHaveValueAsync("Not cov");
        await nurse.LooksRight("money-claims");
        Assert.All(complaints, Assert.Empty);
        foreach (var page in (IPage[])[desk, nurse]) await page.Context.CloseAsync();
    }

    [Fact]
    public async Task An_extra_a_discount_and_a_second_payment_stand_on_the_bill_with_their_reasons()
    {
        var (visit, post) = await Asked("Bruna Scontata " + Guid.NewGuid().ToString("N")[..6]);
        await post($"encounters/{visit}/coverage/decision", new { approves = false, reason = "Not covered" });
        var page = await demo.SignedIn("admin");
        var complaints = page.Complaints();
        await page.GotoAsync($"/aurora/visits/{visit}/bill");
        await page.FillAsync("#x-title", "Taxi home");
        await page.FillAsync("#x-amount", "12.00");
        await page.FillAsync("#x-reason", "Late at night");
        await page.ClickAsync("form[action$='/extras'] button");
        var taxi = page.Locator("#bill tr", new() { HasText = "Late at night" });
        await Assertions.Expect(taxi).ToContainTextAsync("12.00");
        await taxi.Locator("[data-discount] summary").ClickAsync();
        await page.LooksRight("money-discount");
        await taxi.Locator("[data-discount] [name=percent]").FillAsync("50");
        await taxi.Locator("[data-discount] [name=reason]").FillAsync("Hardship");
        await taxi.Locator("[data-discount] button").ClickAsync();
        await Assertions.Expect(page.Locator("#bill [data-let-off]")).ToContainTextAsync("Hardship");
        await Assertions.Expect(page.Locator("#bill [data-due]")).ToContainTextAsync("36.00");
        // The same amount twice: the second time it must be meant.
        foreach (var isMeant in (bool[])[false, false, true])
        {
            await page.SelectOptionAsync("#p-method", "Card");
            await page.FillAsync("#p-amount", "5.00");
            if (isMeant) await page.CheckAsync("#bill [name=isSecond]");
            await page.ClickAsync("#bill form[action$='/payments'] button");
            await Assertions.Expect(isMeant ? page.Locator("#bill .fold:has-text('REC-')").Nth(1) : page.Locator("#bill .fold:has-text('REC-')").First).ToBeVisibleAsync();
        }
        await Assertions.Expect(page.Locator("#bill [data-due]")).ToContainTextAsync("26.00");
        await page.LooksRight("money-discounted");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory, InlineData("fr-FR", "Par médecin"), InlineData("it-IT", "Per medico")]
    public async Task The_figures_speak_other_languages(string locale, string title)
    {
        var page = await demo.SignedIn("admin", new() { Locale = locale });
        await page.GotoAsync("/aurora/money");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(title);
        await page.IsAccessible("money-" + locale);
        await page.GotoAsync("/aurora/manage/money");
        await page.IsAccessible("money-settings-" + locale);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_credit_note_and_a_statement_are_mailed_from_their_pages()
    {
        var page = await demo.SignedIn("reception");
        var complaints = page.Complaints();
        await page.GotoAsync("/aurora/refunds");
        await page.ClickAsync("main a:has-text('Visita abbreviata')");
        await page.ClickAsync("main a[href*='/charges/']");
        await page.LooksRight("money-credit-note");
        var address = $"{Guid.NewGuid():N}@example.org";
        await page.FillAsync("form[action$='/sending'] input[type=email]", address);
        await page.ClickAsync("form[action$='/sending'] button");
        await Assertions.Expect(page.Locator(".saved")).ToBeVisibleAsync();
        await page.ClickAsync("main a[href*='/cash/Patient/']");
        var payer = page.Url;
        await page.ClickAsync("summary:has-text('Issue a statement')");
        await page.FillAsync("#s-from", "2026-01-01");
        await page.FillAsync("#s-to", await page.EvaluateAsync<string>("() => new Date(Date.now() - 86400000).toISOString().slice(0, 10)"));
        var issued = page.WaitForResponseAsync(r => r.Request.Method == "POST" && r.Url.EndsWith("/statements", StringComparison.Ordinal));
        await page.EvaluateAsync("() => { const form = document.querySelector(\"form[action$='/statements']\"); fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }); }");
        Assert.True((await issued).Status is 200 or 302, $"{(await issued).Status}");
        await page.GotoAsync(payer);
        await page.ClickAsync("summary:has-text('Issue a statement')");
        await page.LooksRight("money-statements");
        await page.FillAsync("[data-statement] input[type=email]", address);
        await page.ClickAsync("[data-statement] button");
        await Assertions.Expect(page.Locator(".saved")).ToBeVisibleAsync();
        var mails = await page.MailTo(address);
        await Assertions.Expect(mails.Filter(new() { HasText = "STM-" }).Or(mails.Filter(new() { HasText = "CRN-" })).First).ToBeVisibleAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
