using System.Globalization;
using System.Text.Json;

namespace Salus.BrowserTests;

/// <summary>The steps of one visit, each by the person whose work it is. What it needs bears names that no other test puts into the lists.</summary>
internal sealed class Journey(DemoServer demo, bool costs = false)
{
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=");

    public string Word { get; } = Guid.NewGuid().ToString("N")[..6];
    public string Patient => "Giulia Traversa " + Word;
    public string Drug => "Paracetamol " + Word;
    public string Test => costs ? "Lithium " + Word : "Lithium";
    public string Study => costs ? "Chest X-ray " + Word : "Chest X-ray";

    /// <summary>What the pharmacy has: one drug, received today, and a rule, without which nothing could be checked. Where things cost something: the clinic's lists with prices.</summary>
    public async Task Stock(IPage page)
    {
        var pharmacy = await Api(page, "pharmacist");
        var drug = (await pharmacy("drugs", new { name = Drug, code = "P" + Word, ingredients = "paracetamol", unit = "tablet" })).GetProperty("id").GetString();
        await pharmacy($"drugs/{drug}/batches", new { number = "B" + Word, expiry = DateTime.UtcNow.AddDays(300).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), quantity = 40 });
        await pharmacy("interaction-rules", new { aSide = "ingredient", a = "zinc " + Word, bSide = "ingredient", b = "tetracycline", severity = "mild" });
        if (!costs) return;
        var admin = await Api(page, "admin");
        await admin("catalogue", new { kind = "lab", code = "L" + Word, name = Test });
        await admin("catalogue", new { kind = "imaging", code = "X" + Word, name = Study });
        foreach (var (department, code, name, price) in ((string, string, string, string)[])[("consultation", "C", "Consultation " + Word, "30.00"), ("lab", "L", Test, "12.50"), ("imaging", "X", Study, "40.00"), ("pharmacy", "P", Drug, "0.25")])
            await admin("services", new { department, code = code + Word, name, price = new { amount = price }, timing = "before", by = (string[])["desk"], automatic = Array.Empty<string>(), taxRate = 0 });
    }

    private async Task<Func<string, object, Task<JsonElement>>> Api(IPage page, string who)
    {
        var signed = await page.APIRequest.PostAsync(demo.Url + "/api/v1/auth/token", new() { DataObject = new { email = who + "@aurora.example", password = "Sunrise-Clinic-7" } });
        var token = (await signed.JsonAsync())!.Value.GetProperty("accessToken").GetString();
        return async (path, body) =>
        {
            var answer = await page.APIRequest.PostAsync($"{demo.Url}/api/v1/orgs/aurora/{path}", new() { DataObject = body, Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + token } });
            Assert.True(answer.Ok, await answer.TextAsync());
            return (await answer.JsonAsync())!.Value;
        };
    }

    public async Task Register(IPage desk)
    {
        await desk.GotoAsync("/aurora/desk");
        await desk.ClickAsync("[data-key=r]");
        await desk.FillAsync("#side [name=name]", Patient);
        await desk.FillAsync("#side [name=age]", "54");
        await desk.ClickAsync("#side form button[type=submit]");
        await Assertions.Expect(desk.Locator("#side h2")).ToHaveTextAsync(Patient);
        await desk.Locator("#side button[name=queueId]:not([disabled])").First.ClickAsync();
        await Assertions.Expect(desk.Locator("#issued [data-token]")).ToBeVisibleAsync();
    }

    public static async Task Triage(IPage nurse)
    {
        await nurse.ClickAsync("[data-open=allergies]");
        await nurse.FillAsync("#al-substance", "Penicillins");
        await nurse.SelectOptionAsync("#al-severity", "Severe");
        await nurse.ClickAsync("#allergies form:has(#al-substance) button[type=submit]");
        await Assertions.Expect(nurse.Locator(".allergy")).ToContainTextAsync("Penicillins");
        await nurse.FillAsync("#v-temperature", "39.6");
        await nurse.FillAsync("#v-pulse", "128");
        await nurse.FillAsync("#v-systolic", "400");
        await nurse.FillAsync("#v-diastolic", "80");
        await nurse.ClickAsync("#vitals form:has(#v-pulse) button[type=submit]");
        await Assertions.Expect(nurse.Locator("#refusal")).ToBeVisibleAsync(); // nobody has such a pressure: nothing was kept
        await nurse.FillAsync("#v-systolic", "124");
        await nurse.ClickAsync("#vitals form:has(#v-pulse) button[type=submit]");
        await Assertions.Expect(nurse.Locator("#vitals table")).ToContainTextAsync("39.6 !");
        await Assertions.Expect(nurse.Locator("#safety [data-alert]").First).ToBeVisibleAsync();
        await nurse.IsAccessible("journey-triage");
        await nurse.ReloadAsync(); // taking a picture leaves styles behind
    }

    public static async Task Consult(IPage doctor)
    {
        await Assertions.Expect(doctor.Locator(".allergy")).ToContainTextAsync("Penicillins");
        await Assertions.Expect(doctor.Locator("#closing [data-lock='encounter.no-consultation']")).ToBeVisibleAsync();
        await doctor.FillAsync("#c-history", "Fever and cough for four days.");
        await Assertions.Expect(doctor.Locator("[data-autosave-state]")).ToContainTextAsync("Draft kept");
        // Without a connection it is said, and made up for by itself.
        await doctor.Context.SetOfflineAsync(true);
        await doctor.FillAsync("#c-examination", "Crackles on the right side.");
        await Assertions.Expect(doctor.Locator("[data-autosave-state]")).ToContainTextAsync("Not kept yet");
        await doctor.Context.SetOfflineAsync(false);
        await Assertions.Expect(doctor.Locator("[data-autosave-state]")).ToContainTextAsync("Draft kept");
        await doctor.ReloadAsync();
        await Assertions.Expect(doctor.Locator("[data-draft]")).ToBeVisibleAsync();
        await Assertions.Expect(doctor.Locator("#c-examination")).ToHaveValueAsync("Crackles on the right side.");
        await doctor.FillAsync("#c-plan", "Bloods, chest film, fluids.");
        await doctor.ClickAsync("button:has-text('Save the consultation')");
        await Assertions.Expect(doctor.Locator("#consultation .card-header")).ToContainTextAsync("saved");
        await Assertions.Expect(doctor.Locator("[data-draft]")).ToHaveCountAsync(0);
        await doctor.FillAsync("#d-text", "Pneumonia, right lower lobe");
        await doctor.CheckAsync("#conditions [name=primary]");
        await doctor.Locator("#conditions form:has(#d-text) button[type=submit]").PressAsync("Enter");
        await Assertions.Expect(doctor.Locator("#conditions")).ToContainTextAsync("Pneumonia, right lower lobe");
    }

    public static async Task Order(IPage doctor, string kind, string words)
    {
        await doctor.ClickAsync("summary:has-text('Order something')");
        await doctor.SelectOptionAsync("#order-kind", kind);
        await doctor.FillAsync("#order-words", words);
        await doctor.Locator("button:has-text('Place the order')").PressAsync("Enter"); // parts above may grow under a pointer
        await Assertions.Expect(doctor.Locator("#orders-part .order-line").Filter(new() { HasText = words })).ToBeVisibleAsync();
    }

    /// <summary>A page with two pickers sends each picture once.</summary>
    public static async Task Photograph(IPage doctor)
    {
        var sent = 0;
        doctor.Request += (_, request) => { if (request.Method == "POST" && request.Url.EndsWith("/prescription-images", StringComparison.Ordinal)) sent++; };
        await doctor.ClickAsync("summary:has-text('Photograph a prescription')");
        Assert.Equal("environment", await doctor.GetAttributeAsync("#pick-prescriptions", "capture"));
        await doctor.SetInputFilesAsync("#pick-prescriptions", new FilePayload[] { new() { Name = "one.png", MimeType = "image/png", Buffer = Picture }, new() { Name = "two.png", MimeType = "image/png", Buffer = Picture } });
        await doctor.ClickAsync("form:has(#pick-prescriptions) button[type=submit]");
        await Assertions.Expect(doctor.Locator("#documents .file")).ToHaveCountAsync(2);
        Assert.Equal(2, sent);
        await doctor.IsAccessible("journey-doctor");
        await doctor.ReloadAsync();
    }

    public async Task Analyse(IPage lab, string visit)
    {
        var mine = lab.Locator($"[data-visit='{visit}'] .order-line:has-text('{Test}')");
        await mine.Locator("summary:has-text('Attach files')").ClickAsync();
        await mine.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "analyser.png", MimeType = "image/png", Buffer = Picture });
        await mine.Locator("form[data-upload] button[type=submit]").ClickAsync();
        await Assertions.Expect(mine.Locator(".file")).ToContainTextAsync("analyser.png");
        await mine.Locator("summary:has-text('Enter the result')").ClickAsync();
        await mine.Locator("[name=value]").FillAsync("7.1");
        await mine.Locator("[name=unit]").FillAsync("mmol/L");
        await mine.Locator("[name=low]").FillAsync("3.5");
        await mine.Locator("[name=high]").FillAsync("5.1");
        await mine.Locator("[name=flag]").SelectOptionAsync("Critical");
        await lab.IsAccessible("journey-lab");
        await mine.Locator("button:has-text('Save the result')").ClickAsync();
        await Assertions.Expect(mine).ToHaveCountAsync(0);
    }

    public async Task Report(IPage radiology, string visit)
    {
        var mine = radiology.Locator($"[data-visit='{visit}'] .order-line:has-text('{Study}')");
        await mine.Locator("summary:has-text('Write the report')").ClickAsync();
        await mine.Locator("textarea").FillAsync("No infiltrate.");
        await mine.Locator("[name=flag]").SelectOptionAsync("Normal");
        await mine.Locator("button:has-text('Save the report')").ClickAsync();
        await Assertions.Expect(mine).ToHaveCountAsync(0);
    }

    public async Task Prescribe(IPage doctor)
    {
        await doctor.ClickAsync("#prescriptions [data-open=prescribe]");
        await doctor.FillAsync("#rx-drug", Drug);
        await doctor.FillAsync("#rx-dose", "500 mg"); // leaving the drug's field runs the check
        await Assertions.Expect(doctor.Locator("#rx-check")).ToContainTextAsync("40 in stock");
        await doctor.FillAsync("#rx-frequency", "every 6 hours");
        await doctor.FillAsync("#rx-quantity", "20");
        await doctor.ClickAsync("#prescribe-form button[type=submit]");
        await Assertions.Expect(doctor.Locator("#prescriptions .rx-line")).ToContainTextAsync(Drug);
        await Assertions.Expect(doctor.Locator("#closing [data-lock='encounter.prescriptions-left']")).ToBeVisibleAsync();
    }

    public async Task Dispense(IPage pharmacist)
    {
        var row = pharmacist.Locator("section.card", new() { HasText = Patient });
        await Assertions.Expect(row).ToContainTextAsync("Penicillins");
        await row.Locator("form.dispense button").ClickAsync();
        await Assertions.Expect(pharmacist.Locator(".alert-success")).ToContainTextAsync("20 from batch B" + Word);
        await Assertions.Expect(row).ToHaveCountAsync(0);
    }

    public static async Task Close(IPage doctor)
    {
        await Assertions.Expect(doctor.Locator("#prescriptions .rx-line")).ToContainTextAsync("Dispensed");
        await doctor.ClickAsync("#closing button:has-text('Close the visit')");
        await Assertions.Expect(doctor.Locator("#safety h1 ~ .state")).ToHaveTextAsync("Visit closed");
        await Assertions.Expect(doctor.Locator("#consultation form")).ToHaveCountAsync(0);
        await doctor.FillAsync("#s-text", "Pneumonia, treated; potassium repeated.");
        await doctor.SelectOptionAsync("#s-disposition", "Home");
        await doctor.ClickAsync("#closing form button[type=submit]");
        await Assertions.Expect(doctor.Locator("#closing form")).ToHaveCountAsync(0);
        await Assertions.Expect(doctor.Locator("#closing")).ToContainTextAsync("Went home");
        await doctor.IsAccessible("journey-closed");
        await doctor.SetViewportSizeAsync(390, 800);
        await doctor.ReloadAsync();
        await doctor.IsAccessible("journey-closed-phone");
        Assert.True(await doctor.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, "the visit is too wide on a phone");
        await doctor.SetViewportSizeAsync(1280, 850);
    }
}
