using System.Text.Json;
using System.Text.RegularExpressions;

namespace Salus.BrowserTests;

/// <summary>From the list of drugs to the patient's hand: an administrator, a doctor and a pharmacist.</summary>
public sealed partial class PharmacyTests(DemoServer demo)
{
    /// <summary>What no page here is needed for: calls of the API as somebody of the demo clinic.</summary>
    private async Task<Func<string, object, Task<JsonElement>>> Api(IPage page, string who)
    {
        var signed = await page.APIRequest.PostAsync(demo.Url + "/api/v1/auth/token", new() { DataObject = new { email = $"{who}@aurora.example", password = "Sunrise-Clinic-7" } });
        var token = (await signed.JsonAsync())!.Value.GetProperty("accessToken").GetString();
        return async (path, body) =>
        {
            var answer = await page.APIRequest.PostAsync($"{demo.Url}/api/v1/orgs/aurora/{path}", new() { DataObject = body, Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + token } });
            Assert.True(answer.Ok, await answer.TextAsync());
            return (await answer.JsonAsync())!.Value;
        };
    }

    /// <summary>A pharmacist who came by invitation.</summary>
    private async Task<IPage> Pharmacist()
    {
        var (admin, email) = (await demo.SignedIn("admin"), $"pharmacist-{Guid.NewGuid():N}@aurora.example");
        await admin.GotoAsync("/aurora/manage/staff");
        await admin.FillAsync("form[action$=invitations] [name=name]", "Elena Greco");
        await admin.FillAsync("form[action$=invitations] [name=email]", email);
        await admin.CheckAsync("form[action$=invitations] [value='clinic.pharmacist']");
        await admin.ClickAsync("form[action$=invitations] button[type=submit]");
        await Assertions.Expect(admin.Locator("main")).ToContainTextAsync(email);
        var page = await (await demo.Browser()).NewPageAsync();
        for (var look = 0; look < 100 && !(await page.ContentAsync()).Contains(email, StringComparison.Ordinal); look++)
        {
            await page.WaitForTimeoutAsync(100); // the outbox works by itself, after the answer
            await page.GotoAsync("/mailbox");
        }
        await page.Locator(".card", new() { HasText = email }).Locator("a").ClickAsync();
        await page.FillAsync("[name=password]", "Quiet-Harbour-88");
        await page.ClickAsync("form[action^='/invitations'] button");
        await page.WaitForURLAsync(Home());
        return page;
    }

    [Fact]
    public async Task A_drug_is_listed_received_prescribed_in_spite_of_a_warning_and_dispensed()
    {
        var word = Guid.NewGuid().ToString("N")[..5];
        var (drug, name) = ($"Amoxicillin {word}", $"Paziente {word}");
        var admin = await demo.SignedIn("admin");
        var complaints = admin.Complaints();
        await admin.GotoAsync("/aurora/pharmacy/drugs");
        await admin.FillAsync("#dnew-name", drug);
        await admin.FillAsync("#dnew-ingredients", "amoxicillin");
        await admin.FillAsync("#dnew-class", "Penicillins");
        await admin.FillAsync("#dnew-reorderLevel", "40");
        await admin.ClickAsync("form:has(#dnew-name) button");
        await Assertions.Expect(admin.Locator(".saved")).ToBeVisibleAsync();
        await admin.FillAsync("#q", "nothing of this kind");
        await Assertions.Expect(admin.Locator("#drugs")).ToContainTextAsync("Nothing found");
        await admin.FillAsync("#q", word);
        await admin.ClickAsync($"summary:has-text('{drug}')");
        await admin.IsAccessible("pharmacy-drugs");
        await admin.GotoAsync($"/aurora/pharmacy/stock?q={word}");
        await admin.ClickAsync($"summary:has-text('{drug}')");
        await admin.FillAsync("[name=quantity]", "30");
        await admin.FillAsync("[name=number]", "L" + word);
        await admin.FillAsync("[name=expiry]", DateTime.UtcNow.AddDays(60).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        await admin.ClickAsync("form.dispense button");
        await Assertions.Expect(admin.Locator(".saved")).ToBeVisibleAsync();
        await admin.ClickAsync($"summary:has-text('{drug}')");
        await Assertions.Expect(admin.Locator("details[open]").First).ToContainTextAsync("Expires soon");
        await admin.IsAccessible("pharmacy-stock");
        await admin.GotoAsync("/aurora/pharmacy/interactions");
        await admin.FillAsync("#rnew-a", "Amoxicillin");
        await admin.FillAsync("#rnew-b", "Methotrexate " + word);
        await admin.ClickAsync("form:has(#rnew-a) button");
        await Assertions.Expect(admin.Locator(".saved")).ToBeVisibleAsync();
        await admin.IsAccessible("pharmacy-interactions");
        Assert.Empty(complaints);

        var pharmacist = await Pharmacist();
        complaints = pharmacist.Complaints();
        await pharmacist.GotoAsync("/aurora/pharmacy");
        await pharmacist.IsAccessible("pharmacy-before");
        await pharmacist.ReloadAsync(); // taking a picture leaves styles on fields, which a swap would carry over

        var doctor = await demo.SignedIn("luca");
        var grumbles = doctor.Complaints();
        var api = await Api(doctor, "luca");
        var patient = (await api("patients", new { name })).GetProperty("id").GetGuid();
        var visit = (await api("encounters", new { patientId = patient })).GetProperty("id").GetGuid();
        await doctor.GotoAsync($"/aurora/visits/{visit}/prescribing");
        await doctor.Locator("#rx-drug").PressSequentiallyAsync(word);
        await Assertions.Expect(doctor.Locator("#rx-drugs option")).ToHaveAttributeAsync("value", drug);
        await doctor.FillAsync("#rx-drug", drug);
        await doctor.FillAsync("#rx-dose", "500 mg"); // leaving the drug's field runs the check
        await Assertions.Expect(doctor.Locator("#rx-check")).ToContainTextAsync("never asked");
        await Assertions.Expect(doctor.Locator("#rx-check")).ToContainTextAsync("30 in stock");
        await doctor.FillAsync("#rx-frequency", "every 8 hours");
        await doctor.FillAsync("#rx-quantity", "21");
        await doctor.ClickAsync("#prescribe-form button[type=submit]");
        await Assertions.Expect(doctor.Locator("#rx-overrideReason")).ToBeVisibleAsync();
        await Assertions.Expect(doctor.Locator("#rx-dose")).ToHaveValueAsync("500 mg");
        await doctor.IsAccessible("prescribe-warned");
        await doctor.FillAsync("#rx-overrideReason", "Unconscious: cannot be asked");
        await doctor.ClickAsync("#prescribe-form button[type=submit]");
        await doctor.WaitForURLAsync($"**/visits/{visit}");

        // The open page of the pharmacist hears of it by itself.
        var row = pharmacist.Locator("section.card", new() { HasText = name });
        await Assertions.Expect(row).ToContainTextAsync("Allergies: never asked");
        await Assertions.Expect(row).ToContainTextAsync("Unconscious: cannot be asked");
        await pharmacist.IsAccessible("pharmacy");
        await pharmacist.SetViewportSizeAsync(390, 800);
        await pharmacist.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await pharmacist.ReloadAsync();
        await pharmacist.IsAccessible("pharmacy-phone-dark");
        await pharmacist.ReloadAsync();
        await row.Locator("button[type=submit]").ClickAsync();
        await Assertions.Expect(pharmacist.Locator(".alert-success")).ToContainTextAsync("21 from batch L" + word);
        await Assertions.Expect(row).ToHaveCountAsync(0);
        await pharmacist.GotoAsync("/aurora/pharmacy/dispensed");
        await pharmacist.ClickAsync($"summary:has-text('{name}')");
        await pharmacist.IsAccessible("pharmacy-dispensed-phone-dark");
        await pharmacist.Locator("details[open] [name=quantity]").FillAsync("1");
        await pharmacist.Locator("details[open] [name=reason]").FillAsync("Unused");
        await pharmacist.ClickAsync("details[open] button");
        await Assertions.Expect(pharmacist.Locator($"summary:has-text('{name}')")).ToContainTextAsync("1 came back");
        Assert.Empty(complaints);
        Assert.DoesNotContain(grumbles, g => !g.Contains("404", StringComparison.Ordinal));
    }

    [GeneratedRegex("/aurora/$")]
    private static partial Regex Home();
}
