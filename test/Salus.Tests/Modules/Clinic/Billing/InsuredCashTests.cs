using System.Net;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>InsuredVisits and CashRule: what an insurer may still take over is paid neither in cash nor online.</summary>
public sealed class InsuredCashTests(SalusServer server)
{
    private static async Task<(Guid Visit, Guid Patient, Guid Policy)> Asked(Clinic clinic)
    {
        await clinic.Drawer();
        await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        var patient = (await clinic.Register()).Id;
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 80, from = "2020-01-01" })).Is(201).Id;
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        Assert.Equal(["cash", "card", "transfer", "wallet"], await Methods(clinic, visit));
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        return (visit, patient, policy);
    }

    private static async Task<IEnumerable<string?>> Methods(Clinic clinic, Guid visit) => (await clinic.Bill(visit))["methods"].EnumerateArray().Select(m => m.GetString());

    /// <summary>Both desks refuse cash and say what opens the way; both pages say it before.</summary>
    private static async Task IsHeld(Clinic clinic, Guid visit, Guid patient)
    {
        var charge = (await clinic.Bill(visit)).Line("CONS").Id("chargeId");
        foreach (var refused in new[] { await clinic.PayBill(visit, "5.00", "cash"), await clinic.Pay(charge, "5.00", "cash") })
        {
            refused.Refuses(409, "bill.insured");
            Assert.Contains("from the wallet", refused["unlock"].GetString(), StringComparison.Ordinal);
        }
        Assert.Equal(["card", "transfer", "wallet"], await Methods(clinic, visit));
        Assert.Equal([charge], (await clinic.Receptionist.Get($"payer-account?kind=patient&payer={patient}")).Is(200)["held"].EnumerateArray().Select(i => i.GetGuid()));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        foreach (var path in (string[])[$"visits/{visit}/bill", $"cash/Patient/{patient}"])
        {
            using var page = await browser.Get($"/{clinic.Slug}/{path}");
            var text = await page.Content.ReadAsStringAsync();
            Assert.Contains("data-held", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<option value=\"Cash\"", text, StringComparison.Ordinal);
        }
    }

    private static async Task IsOpen(Clinic clinic, Guid visit, Guid patient)
    {
        Assert.Equal(["cash", "card", "transfer", "wallet"], await Methods(clinic, visit));
        Assert.Empty((await clinic.Receptionist.Get($"payer-account?kind=patient&payer={patient}")).Is(200)["held"].EnumerateArray());
        (await clinic.PayBill(visit, "1.00", "cash")).Is(200);
        (await clinic.Pay((await clinic.Bill(visit)).Line("CONS").Id("chargeId"), "1.00", "cash", isSecond: true)).Is(201);
    }

    [Fact]
    public async Task an_insured_visit_takes_no_cash_until_the_insurer_rejects_it()
    {
        var clinic = await server.NewClinic();
        var (visit, patient, _) = await Asked(clinic);
        await IsHeld(clinic, visit, patient);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = false, reason = "Not covered" })).Is(204);
        await IsOpen(clinic, visit, patient);
        Assert.Equal(0, await clinic.Sum());
    }

    [Fact]
    public async Task the_patients_own_share_is_paid_by_card_transfer_or_a_wallet_filled_with_cash_and_what_the_claim_leaves_in_cash_too()
    {
        var clinic = await server.NewClinic();
        var (visit, patient, _) = await Asked(clinic);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = MoneyWords.Eur("500.00"), reference = "OK-7" })).Is(204);
        await IsHeld(clinic, visit, patient);
        (await clinic.Fill(patient, "10.00", "cash")).Is(201);
        (await clinic.PayBill(visit, "10.00", "wallet")).Is(200);
        (await clinic.PayBill(visit, "5.00")).Is(200);
        var claim = (await clinic.Bill(visit))["coverages"][0].GetProperty("claim").Id();
        (await clinic.Submit(claim)).Is(200);
        await IsHeld(clinic, visit, patient);
        (await clinic.Approve(claim, "60.00", "Deductible")).Is(200);
        // 20.00 are owed again, and 5.00 of the patient's share are.
        Assert.Equal("25.00", (await clinic.Bill(visit)).Amount("due"));
        await IsOpen(clinic, visit, patient);
        await clinic.Proven();
    }

    [Fact]
    public async Task a_rejected_claim_returns_the_visit_to_the_cash_path_and_another_insurer_that_is_asked_takes_it_off_again()
    {
        var clinic = await server.NewClinic();
        var (visit, patient, policy) = await Asked(clinic);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = MoneyWords.Eur("500.00"), reference = "OK-7" })).Is(204);
        var claim = (await clinic.Bill(visit))["coverages"][0].GetProperty("claim").Id();
        (await clinic.Submit(claim)).Is(200);
        (await clinic.Reject(claim)).Is(200);
        await IsOpen(clinic, visit, patient);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        await IsHeld(clinic, visit, patient);
        // Other charges of the same patient are paid as before, but not together with it.
        var (_, other) = await clinic.Owes("3.00", patient);
        (await clinic.Receptionist.Post("payments", new { charges = new[] { other, (await clinic.Bill(visit)).Line("CONS").Id("chargeId") }, method = "cash" })).Refuses(409, "bill.insured");
        (await clinic.Pay(other, method: "cash")).Is(201);
    }
}

/// <summary>The same where a payer pays by a link.</summary>
public sealed class InsuredOnlineTests : OnlineBase
{
    [Fact]
    public async Task an_insured_visit_is_not_paid_online_and_what_a_provider_took_before_is_booked_all_the_same()
    {
        var (path, visit, policy, charge) = await Invoiced();
        using var payer = new Browser(clinic.Salus);
        async Task<string> Page() => await (await payer.Get(path)).Content.ReadAsStringAsync();
        Assert.Contains("Pay with Stripe", await Page(), StringComparison.Ordinal);
        await Start(path);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        var held = await Page();
        Assert.Contains("data-held", held, StringComparison.Ordinal);
        Assert.DoesNotContain("Pay with Stripe", held, StringComparison.Ordinal);
        // Not even the one that was begun is gone on with.
        using (var tried = await payer.Post(path + "/start", new() { ["__RequestVerificationToken"] = await payer.TokenOf(path), ["method"] = "stripe" })) Assert.Equal(HttpStatusCode.Conflict, tried.StatusCode);
        fake.Only.Status = "paid";
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal("paid", await State(charge));
        await Proven();
    }

    [Fact]
    public async Task after_a_rejection_it_is_paid_online_again()
    {
        var (path, visit, policy, charge) = await Invoiced();
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = false, reason = "Not covered" })).Is(204);
        await Start(path);
        fake.Only.Status = "paid";
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal("paid", await State(charge));
    }

    /// <summary>A visit that costs 100.00, and the path of its invoice's link.</summary>
    private async Task<(string Path, Guid Visit, Guid Policy, Guid Charge)> Invoiced()
    {
        await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        var patient = (await clinic.Register()).Id;
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 80, from = "2020-01-01" })).Is(201).Id;
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        var charge = (await clinic.Bill(visit)).Line("CONS").Id("chargeId");
        var invoice = (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201).Id;
        return (new Uri((await clinic.Receptionist.Get($"invoices/{invoice}")).Is(200)["payLink"].GetString()!).AbsolutePath, visit, policy, charge);
    }
}
