using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Salus.BrowserTests;

/// <summary>An order's way through the house, and the lists behind it, as people click through them.</summary>
public sealed class OrderTests(DemoServer demo)
{
    private async Task<(HttpClient Http, JsonElement Patient)> Program(string who)
    {
        var http = new HttpClient { BaseAddress = new Uri(demo.Url) };
        var token = await (await http.PostAsJsonAsync("/api/v1/auth/token", new { email = $"{who}@aurora.example", password = "Sunrise-Clinic-7" })).Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("accessToken").GetString());
        var patients = await http.GetFromJsonAsync<JsonElement>("/api/v1/orgs/aurora/patients");
        return (http, patients.GetProperty("items")[0]);
    }

    /// <summary>A visit opened at the desk; its id.</summary>
    private async Task<string> Visit(string type)
    {
        var (http, patient) = await Program("reception");
        using (http)
        {
            var made = await http.PostAsJsonAsync("/api/v1/orgs/aurora/encounters", new { patientId = patient.GetProperty("id").GetGuid(), type, complaint = "Palpitations" });
            Assert.Equal(System.Net.HttpStatusCode.Created, made.StatusCode);
            return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        }
    }

    /// <summary>The part of the visit's page by itself, in a page that has styles and script.</summary>
    private static async Task Open(IPage page, string visit, string part)
    {
        await page.GotoAsync("/aurora/patients");
        await page.EvaluateAsync($"() => htmx.ajax('GET', '/aurora/visits/{visit}/{part}', {{ target: '#main .container-xl', swap: 'beforeend' }})");
        await Assertions.Expect(page.Locator($"#{part}-part")).ToBeVisibleAsync();
    }

    private static async Task Look(IPage page, string name)
    {
        await page.IsAccessible(name + "-light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.EvaluateAsync("() => document.documentElement.setAttribute('data-bs-theme', 'dark')");
        await page.IsAccessible(name + "-dark");
        await page.SetViewportSizeAsync(390, 800);
        await page.IsAccessible(name + "-phone");
        Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name + " is too wide on a phone");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.EvaluateAsync("() => document.documentElement.setAttribute('data-bs-theme', 'light')");
        await page.SetViewportSizeAsync(1280, 850);
    }

    [Fact]
    public async Task An_order_goes_from_the_doctor_to_nurse_and_laboratory_and_its_result_comes_back()
    {
        var visit = await Visit("specialist");
        var admin = await demo.SignedIn("admin");
        await admin.GotoAsync("/aurora/manage/catalogue");
        await admin.SetInputFilesAsync("[name=file]", new FilePayload { Name = "tests.csv", MimeType = "text/csv", Buffer = "kind,code,name,unit,low,high,critical_high,specimen\nlab,K,Potassium,mmol/L,3.5,5.1,6.5,Serum\nlab,NA,Sodium,mmol/L,135,145,,Serum\nimaging,CXR,Chest X-ray,,,,,\n"u8.ToArray() });
        await admin.ClickAsync("summary:has-text('Load or export')");
        await admin.ClickAsync("button:has-text('Load'):not([name])");
        await Assertions.Expect(admin.Locator(".alert-success")).ToContainTextAsync("Loaded.");
        await Look(admin, "load-report");
        await admin.GotoAsync("/aurora/manage/catalogue");
        await admin.ClickAsync("summary:has-text('Potassium')");
        await Look(admin, "catalogue");

        var lab = await demo.SignedIn("lab");
        var complaints = lab.Complaints();
        await lab.GotoAsync("/aurora/lab");
        var doctor = await demo.SignedIn("luca");
        await Open(doctor, visit, "orders");
        await doctor.ClickAsync("summary:has-text('Order something')");
        // The answer to what is typed is held back until a line of the list before it was ticked: the tick is not lost.
        var ticked = new TaskCompletionSource();
        await doctor.RouteAsync("**/catalogue/options?*q=potas*", async route => { await ticked.Task; await route.ContinueAsync(); });
        var asked = doctor.WaitForRequestAsync("**/catalogue/options?*q=potas*");
        await doctor.FocusAsync("#order-search");
        await Assertions.Expect(doctor.Locator("#order-options label:has-text('Potassium')")).ToBeVisibleAsync();
        await doctor.FillAsync("#order-search", "potas");
        await asked;
        await doctor.CheckAsync("#order-options label:has-text('Potassium') input");
        ticked.SetResult();
        await Assertions.Expect(doctor.Locator("#order-options label:has-text('Sodium')")).ToHaveCountAsync(0);
        await doctor.FillAsync("#order-search", "sod");
        await Assertions.Expect(doctor.Locator("#order-options label:has-text('Sodium')")).ToBeVisibleAsync();
        await Assertions.Expect(doctor.Locator("#order-options label:has-text('Potassium') input")).ToBeCheckedAsync();
        await doctor.SelectOptionAsync("#orders-part [name=priority]", "Stat");
        await doctor.FillAsync("#orders-part [name=indication]", "Palpitations");
        await Look(doctor, "order-form");
        await doctor.ClickAsync("button:has-text('Place the order')");
        await Assertions.Expect(doctor.Locator("#orders-part .order-line")).ToContainTextAsync("Potassium");

        // It appears in the laboratory and with the nurse by itself.
        await Assertions.Expect(lab.Locator($"[data-visit='{visit}']")).ToContainTextAsync("Potassium");
        // A form that somebody has opened is not taken away by what others do; closed again, the list is fresh at the next change.
        await lab.ClickAsync($"[data-visit='{visit}'] summary:has-text('Enter the result')");
        await doctor.ClickAsync("summary:has-text('Order something')");
        await doctor.FillAsync("#order-words", "Thick film");
        var heard = lab.Locator($"[data-visit='{visit}']").Filter(new() { HasText = "Thick film" });
        await doctor.ClickAsync("button:has-text('Place the order')");
        await Assertions.Expect(doctor.Locator("#orders-part .order-line")).ToHaveCountAsync(2);
        await Assertions.Expect(lab.Locator($"[data-visit='{visit}'] details[open] [name=value]")).ToBeVisibleAsync();
        await Assertions.Expect(heard).ToHaveCountAsync(0);
        await lab.ReloadAsync();
        await Assertions.Expect(heard).ToHaveCountAsync(1);
        var nurse = await demo.SignedIn("nurse");
        await nurse.GotoAsync("/aurora/tasks");
        await Look(nurse, "tasks");
        await nurse.ClickAsync($"[data-visit='{visit}'] .order-line:has-text('Potassium') button:has-text('Sample taken')");
        await Assertions.Expect(nurse.Locator($"[data-visit='{visit}'] .order-line:has-text('Potassium')")).ToHaveCountAsync(0);
        await Assertions.Expect(lab.Locator($"[data-visit='{visit}']")).ToContainTextAsync("In progress");

        var mine = $"[data-visit='{visit}'] .order-line:has-text('Potassium')";
        await lab.ClickAsync($"{mine} summary:has-text('Enter the result')");
        await lab.FillAsync($"{mine} [name=value]", "7,2");
        await lab.SelectOptionAsync($"{mine} [name=flag]", "Normal");
        await Look(lab, "result-form");
        await lab.ClickAsync($"{mine} button:has-text('Save the result')");
        await Assertions.Expect(lab.Locator("#refusal")).ToContainTextAsync("not lower than what the value says");
        await lab.SelectOptionAsync($"{mine} [name=flag]", "");
        await lab.ClickAsync($"{mine} button:has-text('Save the result')");
        await Assertions.Expect(lab.Locator($"{mine}")).ToHaveCountAsync(0);
        await Assertions.Expect(doctor.Locator("#orders-part .result-critical")).ToContainTextAsync("7.2 mmol/L");
        await Look(doctor, "orders-part");
        await lab.GotoAsync("/aurora/lab?done=true");
        await lab.ClickAsync($"[data-visit='{visit}'] summary:has-text('Add to this result')");
        await lab.FillAsync($"[data-visit='{visit}'] textarea", "Sample was haemolysed.");
        await lab.ClickAsync($"[data-visit='{visit}'] details[open] button");
        await Assertions.Expect(lab.Locator($"[data-visit='{visit}'] .addendum")).ToContainTextAsync("haemolysed");
        await Assertions.Expect(doctor.Locator("#orders-part .addendum")).ToContainTextAsync("haemolysed");
        await Look(lab, "lab-done");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_patient_is_referred_and_what_became_of_it_is_noted()
    {
        var visit = await Visit("routine");
        var doctor = await demo.SignedIn("nadia");
        var complaints = doctor.Complaints();
        await Open(doctor, visit, "referrals");
        await doctor.ClickAsync("summary:has-text('Refer the patient')");
        await doctor.FillAsync("#referrals-part [name=specialty]", "Cardiology");
        await doctor.FillAsync("#referrals-part details[open] [name=reason]", "Murmur");
        await doctor.ClickAsync("#referrals-part details[open] button[type=submit]");
        await Assertions.Expect(doctor.Locator("#referrals-part .order-line")).ToContainTextAsync("Cardiology");
        await doctor.ClickAsync("summary:has-text('What became of it')");
        await Look(doctor, "referrals");
        await doctor.ClickAsync("#referrals-part details[open] button[type=submit]");
        await Assertions.Expect(doctor.Locator("#referrals-part .order-line")).ToContainTextAsync("Accepted");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_clinics_lists_are_accessible()
    {
        var admin = await demo.SignedIn("admin");
        var complaints = admin.Complaints();
        await admin.GotoAsync("/aurora/manage/codes");
        await admin.SetInputFilesAsync("[name=file]", new FilePayload { Name = "codes.csv", MimeType = "text/csv", Buffer = "code,text\nA00,Cholera\nB0 0,Space\n"u8.ToArray() });
        await admin.ClickAsync("button:has-text('Try it first')");
        await Assertions.Expect(admin.Locator(".fold")).ToContainTextAsync("A code has letters");
        await Look(admin, "load-faults");
        await admin.GotoAsync("/aurora/manage/codes");
        await Look(admin, "codes");
        await admin.GotoAsync("/aurora/manage/templates");
        await admin.FillAsync("[name=name]", "Cough, adults");
        await admin.FillAsync("[name=history]", "Since when?");
        await admin.ClickAsync("button:has-text('Save')");
        await admin.ClickAsync("summary:has-text('Cough, adults')");
        await Look(admin, "templates");
        await (await demo.SignedIn("radiology")).GotoAsync("/aurora/imaging");
        Assert.Empty(complaints);
    }
}
