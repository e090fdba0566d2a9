using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Salus.BrowserTests;

/// <summary>A claim as people click through it: from the bill to the insurer, its answer, and the transfer.</summary>
public sealed class ClaimTests(DemoServer demo)
{
    private static object Eur(string amount) => new { amount };

    /// <summary>A visit with a dressing of 30.00 on its bill, which an insurer has approved; its id.</summary>
    private async Task<string> Insured(string name)
    {
        using var http = new HttpClient { BaseAddress = new Uri(demo.Url) };
        var token = await (await http.PostAsJsonAsync("/api/v1/auth/token", new { email = "admin@aurora.example", password = "Sunrise-Clinic-7" })).Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("accessToken").GetString());
        async Task<string> Post(string path, object body)
        {
            var made = await http.PostAsJsonAsync("/api/v1/orgs/aurora/" + path, body);
            var text = await made.Content.ReadAsStringAsync();
            Assert.True(made.IsSuccessStatusCode, $"{path}: {text}");
            return text.Length > 0 && JsonSerializer.Deserialize<JsonElement>(text).TryGetProperty("id", out var id) ? id.GetString()! : "";
        }
        var patient = await Post("patients", new { name });
        var visit = await Post("encounters", new { patientId = patient, complaint = "Cut finger" });
        var service = await Post("services", new { department = "other", code = "CLAIM-DRESS", name = "Dressing", price = Eur("30.00"), by = new[] { "desk" } });
        await Post($"encounters/{visit}/bill/services", new { serviceId = service });
        await Post($"encounters/{visit}/coverage", new { policyId = await Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 80, from = "2020-01-01" }) });
        await Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = Eur("200.00"), reference = "OK-7" });
        return visit;
    }

    [Fact]
    public async Task A_claim_is_submitted_answered_with_less_and_paid_by_a_transfer()
    {
        var visit = await Insured("Clara Prova");
        var page = await demo.SignedIn("reception");
        var complaints = page.Complaints();
        await page.GotoAsync($"/aurora/visits/{visit}/bill");
        await page.LooksRight("claim-bill");
        await page.ClickAsync("[data-claim] a");
        await page.LooksRight("claim-draft");
        await page.FillAsync("#sub-reference", "Letter 5");
        await page.ClickAsync("form[action$='/submission'] button");
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveAttributeAsync("data-state", "Submitted");
        await page.LooksRight("claim-submitted");
        // Less without a reason is refused, and nothing that was typed is lost.
        await page.FillAsync("#ans-amount", "20,00");
        await page.FillAsync("#ans-reference", "ANS-1");
        await page.ClickAsync("form[action$='/answer'] button[value=true]");
        await Assertions.Expect(page.Locator("#refusal .alert")).ToBeVisibleAsync();
        await page.FillAsync("#ans-reason", "Deductible");
        await page.ClickAsync("form[action$='/answer'] button[value=true]");
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveAttributeAsync("data-state", "Approved");
        await page.LooksRight("claim-approved");
        await page.GotoAsync("/aurora/claims?state=Approved&q=Clara");
        await page.LooksRight("claims");
        await page.CheckAsync("[data-claim] input[type=checkbox]");
        await page.FillAsync("#pay-amount", "20.00");
        await page.FillAsync("#pay-reference", "TRN-1");
        await page.ClickAsync("form[action$='/claims/payments'] button");
        await Assertions.Expect(page.Locator("[data-state]")).ToHaveAttributeAsync("data-state", "Paid");
        await page.LooksRight("claim-paid");
        await page.GotoAsync($"/aurora/visits/{visit}/bill");
        await Assertions.Expect(page.Locator("[data-due]")).ToContainTextAsync("10.00");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_desk_writes_down_an_insurance_and_the_next_token_asks_it()
    {
        const string Name = "Ottone Assicurato";
        var desk = await demo.SignedIn("reception");
        var complaints = desk.Complaints();
        await desk.GotoAsync("/aurora/desk");
        await desk.ClickAsync("[data-key=r]");
        await desk.FillAsync("#side [name=name]", Name);
        await desk.FillAsync("#side [name=age]", "52");
        await desk.ClickAsync("#side form button[type=submit]");
        await desk.ClickAsync("#side a[href*='/patients/']");
        await desk.ClickAsync("#payers summary:has-text('Write down an insurance')");
        await desk.FillAsync("#i-insurer", "Società Reciproca di Assistenza Sanitaria Integrativa del Mezzogiorno");
        await desk.FillAsync("#i-number", "SRASIM-2026-000142");
        await desk.FillAsync("#i-percent", "80");
        await desk.FillAsync("#i-from", "2020-01-01");
        await desk.ClickAsync("form:has(#i-insurer) button[type=submit]");
        await Assertions.Expect(desk.Locator("#payers")).ToContainTextAsync("SRASIM-2026-000142");
        await desk.LooksRight("patient-payers");
        await desk.GotoAsync("/aurora/desk");
        await desk.FillAsync("#q", Name);
        await desk.ClickAsync("#found button.row-button");
        await Assertions.Expect(desk.Locator("#payer-policyId")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^[0-9a-f-]{36}$"));
        await desk.LooksRight("desk-payer");
        await desk.Locator("#side button[name=queueId]").First.ClickAsync();
        await Assertions.Expect(desk.Locator("#issued [data-token]")).ToBeVisibleAsync();
        await desk.GotoAsync("/aurora/visits?q=Ottone");
        await desk.Locator("#visits a").Filter(new() { HasText = Name }).ClickAsync();
        await desk.WaitForURLAsync(url => !url.Contains("q=Ottone", StringComparison.Ordinal));
        await desk.GotoAsync(new Uri(desk.Url).AbsolutePath + "/bill");
        await Assertions.Expect(desk.Locator("#bill")).ToContainTextAsync("Società Reciproca");
        Assert.Empty(complaints);
    }
}
