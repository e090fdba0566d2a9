using System.Net;

namespace Salus.Tests.Payments;

/// <summary>The pages about money, used without script.</summary>
public sealed class MoneyPageTests(SalusServer server)
{
    private static async Task<string> Text(Browser browser, string path)
    {
        using var answer = await browser.Get(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode} {text}");
        return text;
    }

    private static async Task<string> Submit(Browser browser, string page, string action, Dictionary<string, string> fields)
    {
        using var answer = await browser.Submit(page, action, new(fields) { ["once"] = Guid.NewGuid().ToString("N") });
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{action}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return answer.Headers.Location!.OriginalString;
    }

    [Fact]
    public async Task a_cashier_opens_the_drawer_charges_takes_cash_and_counts()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        string at(string path) => $"/{clinic.Slug}/{path}";
        Assert.Contains("Your drawer is closed", await Text(browser, at("cash")), StringComparison.Ordinal);
        await Submit(browser, at("cash/drawers"), at("cash/drawers"), new() { ["atOpening"] = "50" });
        var payer = at($"cash/Patient/{patient}");
        await Submit(browser, payer, payer + "/charges", new() { ["title"] = "Copy", ["amount"] = "12,50", ["taxRate"] = "22" });
        Assert.Contains("Anna Rossi", await Text(browser, at("cash?q=rossi")), StringComparison.Ordinal);
        var charge = (await clinic.Receptionist.Get("charges")).Items[0].Id();
        var taken = await Submit(browser, payer, payer + "/payments", new() { ["charges"] = charge.ToString(), ["method"] = "Cash", ["tendered"] = "20" });
        Assert.Contains("7.50", await Text(browser, taken), StringComparison.Ordinal);
        await Submit(browser, payer, payer + "/wallet", new() { ["amount"] = "5", ["method"] = "Card" });
        Assert.Contains("5.00", await Text(browser, payer + "/wallet"), StringComparison.Ordinal);
        var invoice = await Submit(browser, payer, payer + "/charges", new() { ["title"] = "Report", ["amount"] = "8", ["taxRate"] = "0" });
        var owed = (await clinic.Receptionist.Get("charges?outstanding=true")).Items[0].Id();
        invoice = await Submit(browser, payer, payer + "/invoices", new() { ["charges"] = owed.ToString() });
        Assert.Contains("INV-", await Text(browser, invoice), StringComparison.Ordinal);
        await Submit(browser, invoice, invoice + "/sending", new() { ["to"] = "anna@example.org" });
        await Submit(browser, invoice, invoice + "/void", new() { ["reason"] = "Wrong" });
        foreach (var path in (string[])["payments", "payments?method=Cash&state=Completed&q=rossi", "invoices?filter=Void", "refunds", $"charges/{charge}", "cash/list", "cash/drawers"]) await Text(browser, at(path));
        var payment = (await clinic.Receptionist.Get("payments?method=cash")).Items[0].Id();
        Assert.Contains("Person receptionist", await Text(browser, at($"payments/{payment}")), StringComparison.Ordinal);
        var drawer = (await clinic.Receptionist.Get("drawers"))["own"].Id();
        await Submit(browser, at("cash/drawers"), at($"cash/drawers/{drawer}/closing"), new() { ["counted"] = "62.50" });
        using var twice = await browser.Submit(payer, payer + "/payments", new() { ["charges"] = "x", ["method"] = "Cash" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, twice.StatusCode);
    }

    [Fact]
    public async Task an_administrator_refunds_waives_compares_closes_the_day_and_sets_the_papers()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("30.00");
        var payment = (await clinic.Pay(charge, "20")).Is(201).Id;
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        string at(string path) => $"/{clinic.Slug}/{path}";
        await Submit(browser, at($"payments/{payment}"), at($"payments/{payment}/refunds"), new() { ["amount"] = "5", ["way"] = "Transfer", ["takesBack"] = "true", ["reason"] = "Not done" });
        Assert.Contains("REF-", await Text(browser, at($"payments/{payment}")), StringComparison.Ordinal);
        await Submit(browser, at($"charges/{charge}"), at($"charges/{charge}/credits"), new() { ["kind"] = "Waiver", ["reason"] = "Poor" });
        Assert.Contains("Waived", await Text(browser, at($"charges/{charge}")), StringComparison.Ordinal);
        await Submit(browser, at("manage/money"), at("manage/money"), new() { ["currency"] = "eur", ["taxIncluded"] = "true", ["legalName"] = "Uno srl", ["dueDays"] = "30", ["claimDays"] = "45" });
        Assert.Equal(45, (await clinic.Admin.Get("payment-settings")).Json.Number("claimDays"));
        Assert.Contains("Uno srl", await Text(browser, at("manage/money")), StringComparison.Ordinal);
        using (var sent = await browser.Upload(at("money/reports"), at("money/reports"), "file", "stripe.csv", "reference,amount,currency,date\nX,5,EUR,2026-01-02"u8.ToArray(), new() { ["method"] = "Stripe", ["once"] = "r1" })) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var difference = (await clinic.Admin.Get("provider-reports")).Items[0].Id();
        await Submit(browser, at("money/reports"), at($"money/differences/{difference}/settlement"), new() { ["reason"] = "Of last year" });
        Assert.Contains("There are none.", await Text(browser, at("money/reports")), StringComparison.Ordinal);
        Assert.Contains("<svg class=\"chart\"", await Text(browser, at("money")), StringComparison.Ordinal);
        Assert.StartsWith("day,received,earned,currency", await Text(browser, at("money/export")), StringComparison.Ordinal);
        var day = (await clinic.Charge(charge)).Str("day");
        await Submit(browser, at("money/day"), at("money/day/closing"), new() { ["day"] = day, ["note"] = "Well" });
        Assert.Contains("This day is closed.", await Text(browser, at($"money/day?day={day}")), StringComparison.Ordinal);
        Assert.NotEqual(Guid.Empty, patient);
    }
}
