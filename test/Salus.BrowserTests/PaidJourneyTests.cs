namespace Salus.BrowserTests;

/// <summary>The same visit where everything costs something: nobody is kept from care who may have it, and nothing that waits for money is done before.</summary>
public sealed class PaidJourneyTests(DemoServer demo)
{
    private const string Owed = "is owed", Nothing = "Nothing is owed";

    [Theory, InlineData("cash"), InlineData("wallet"), InlineData("stripe"), InlineData("insured"), InlineData("emergency")]
    public async Task PY_02_QU_11_PT_15_a_visit_is_paid_on_its_way_from_the_desk_to_its_end(string way)
    {
        var journey = new Journey(demo, costs: true);
        var (reception, nurse, doctor) = (await demo.SignedIn("reception"), await demo.SignedIn("nurse"), await demo.SignedIn("luca"));
        var (lab, radiology, pharmacist) = (await demo.SignedIn("lab"), await demo.SignedIn("radiology"), await demo.SignedIn("pharmacist"));
        await journey.Stock(pharmacist);
        await journey.Register(reception);
        await nurse.GotoAsync("/aurora/visits");
        await nurse.FillAsync("#visits-filter [name=q]", journey.Word);
        await nurse.ClickAsync($"#visits a:has-text('{journey.Patient}')");
        var visit = nurse.Url[(nurse.Url.LastIndexOf('/') + 1)..];
        var bill = $"/aurora/visits/{visit}/bill";

        // The consultation is put on the bill: triage and talking go on, ordering waits and says what opens the way.
        await reception.GotoAsync(bill);
        await reception.SelectOptionAsync("#b-service", (await reception.Locator($"#b-service option:has-text('Consultation {journey.Word}')").GetAttributeAsync("value"))!);
        await reception.ClickAsync("form:has(#b-service) button[type=submit]");
        await Assertions.Expect(reception.Locator("#bill [data-due]")).ToContainTextAsync("30.00");
        await Journey.Triage(nurse);
        await doctor.GotoAsync($"/aurora/visits/{visit}");
        await Journey.Consult(doctor);
        await Assertions.Expect(doctor.Locator("#orders-part .notice")).ToContainTextAsync("This is not paid yet");
        await Assertions.Expect(doctor.Locator("#order-kind")).ToHaveCountAsync(0);
        if (way == "emergency")
        {
            await doctor.GotoAsync(bill);
            await doctor.ClickAsync("summary:has-text('An emergency')");
            await doctor.FillAsync("#emergency-reason", "Chest pain, no time to lose");
            await doctor.ClickAsync("form:has(#emergency-reason) button[type=submit]");
            await Assertions.Expect(doctor.Locator("#bill")).ToContainTextAsync("Chest pain, no time to lose");
            await doctor.GotoAsync($"/aurora/visits/{visit}");
        }
        else await Pay(reception, bill, way, isFirst: true);

        // The doctor's page has heard of it: nobody loaded it again.
        await Assertions.Expect(doctor.Locator("#order-kind")).ToHaveCountAsync(1);
        await lab.GotoAsync("/aurora/lab");
        await radiology.GotoAsync("/aurora/imaging");
        await pharmacist.GotoAsync("/aurora/pharmacy");
        await Journey.Order(doctor, "Lab", journey.Test);
        await Journey.Order(doctor, "Imaging", journey.Study);
        if (way is not ("insured" or "emergency"))
        {
            await IsRefused(lab, $"[data-visit='{visit}']");
            await Pay(reception, bill, way);
        }
        await nurse.GotoAsync("/aurora/tasks");
        await nurse.ClickAsync($"[data-visit='{visit}'] button:has-text('Sample taken')");
        await journey.Analyse(lab, visit);
        await journey.Report(radiology, visit);
        await journey.Prescribe(doctor);
        if (way is not ("insured" or "emergency"))
        {
            await pharmacist.Locator("section.card", new() { HasText = journey.Patient }).Locator("form.dispense button").ClickAsync();
            await Assertions.Expect(pharmacist.Locator("#refusal")).ToContainTextAsync("This is not paid yet");
            await Pay(reception, bill, way);
            await pharmacist.ReloadAsync();
        }
        await journey.Dispense(pharmacist);
        await Journey.Close(doctor);

        await reception.GotoAsync(bill);
        if (way == "emergency")
        {
            // The bill comes later, as a whole, and is paid at the desk like any other.
            await Assertions.Expect(reception.Locator("#bill [data-due]")).ToContainTextAsync("87.50");
            await Pay(reception, bill, "cash", isFirst: true);
        }
        await Assertions.Expect(reception.Locator("#bill [data-due]")).ToHaveTextAsync(Nothing);
        await reception.IsAccessible("journey-bill-" + way);
        var (code, text) = await demo.Command("ledger", "verify");
        Assert.True(code == 0, text);
    }

    private static async Task IsRefused(IPage lab, string row)
    {
        var mine = lab.Locator($"{row} .order-line");
        await mine.Locator("summary:has-text('Enter the result')").ClickAsync();
        await mine.Locator("[name=value]").FillAsync("7.1");
        await mine.Locator("[name=flag]").SelectOptionAsync("Critical");
        await mine.Locator("button:has-text('Save the result')").ClickAsync();
        await Assertions.Expect(lab.Locator("#refusal")).ToContainTextAsync("This is not paid yet");
        await lab.ReloadAsync();
    }

    private async Task Pay(IPage desk, string bill, string way, bool isFirst = false)
    {
        if (way == "cash" && isFirst) await OpenDrawer(desk);
        await desk.GotoAsync(bill);
        await Assertions.Expect(desk.Locator("#bill [data-due]")).ToContainTextAsync(Owed);
        switch (way)
        {
            case "cash":
                await desk.SelectOptionAsync("#p-method", "Cash");
                await desk.FillAsync("#p-tendered", "100");
                await desk.ClickAsync("form:has(#p-tendered) button[type=submit]");
                break;
            case "wallet":
                if (isFirst) await FillWallet(desk, bill);
                await desk.SelectOptionAsync("#p-method", "Wallet");
                await desk.ClickAsync("form:has(#p-tendered) button[type=submit]");
                break;
            case "stripe":
                await PayOnline(desk);
                await desk.GotoAsync(bill);
                break;
            case "insured":
                await desk.ClickAsync("summary:has-text('Write down an insurance')");
                await desk.FillAsync("#i-insurer", "Aurora Vita");
                await desk.FillAsync("#i-number", "AV-77");
                await desk.FillAsync("#i-from", "2020-01-01");
                await desk.ClickAsync("form:has(#i-insurer) button[type=submit]");
                await desk.ClickAsync("button:has-text('Ask the insurer')");
                await desk.FillAsync("#cov-amount", "500");
                await desk.FillAsync("#cov-reference", "OK-7");
                await desk.ClickAsync("button[name=approves]");
                break;
            default: throw new ArgumentOutOfRangeException(nameof(way));
        }
        await Assertions.Expect(desk.Locator("#bill [data-due]")).ToHaveTextAsync(Nothing);
    }

    private static async Task OpenDrawer(IPage desk)
    {
        await desk.GotoAsync("/aurora/cash/drawers");
        if (await desk.Locator("#f-atOpening").CountAsync() == 0) return;
        await desk.FillAsync("#f-atOpening", "50");
        await desk.ClickAsync("form:has(#f-atOpening) button[type=submit]");
        await desk.WaitForURLAsync(url => url.Contains("saved", StringComparison.Ordinal));
    }

    private static async Task FillWallet(IPage desk, string bill)
    {
        await desk.ClickAsync("#bill a:has-text('The account of the payer')");
        await desk.FillAsync("#w-amount", "200");
        await desk.FillAsync("#w-reference", "T-1");
        await desk.ClickAsync("form:has(#w-amount) button[value=Card]");
        await Assertions.Expect(desk.Locator("[data-wallet='200.00']")).ToBeVisibleAsync();
        await desk.GotoAsync(bill);
    }

    /// <summary>An invoice over what is owed, and the payer's page of it in a browser of the payer's own.</summary>
    private async Task PayOnline(IPage desk)
    {
        await desk.ClickAsync("#bill a:has-text('The account of the payer')");
        await desk.ClickAsync("button:has-text('Write an invoice over what is chosen')");
        var link = await desk.Locator("a[data-pay]").GetAttributeAsync("href");
        var payer = await (await demo.Browser()).NewPageAsync();
        await payer.GotoAsync(link!);
        await payer.ClickAsync("button:has-text('Pay with Stripe')");
        await payer.ClickAsync("form button"); // on the provider's page
        await Assertions.Expect(payer.Locator(".alert-success")).ToContainTextAsync("This invoice is paid");
        await payer.Context.CloseAsync();
    }
}
