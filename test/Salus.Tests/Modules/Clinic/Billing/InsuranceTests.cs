using System.Net;
using System.Text.RegularExpressions;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Payments.Ledger;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>AddPolicy, EndPolicy, RequestCoverage, DecideCoverage, AddRetainer and EndRetainer: who pays which part of a bill.</summary>
public sealed class InsuranceTests(SalusServer server)
{
    private static async Task<(Guid Visit, Guid Patient, Guid Policy)> Insured(Clinic clinic, int percent)
    {
        await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        var patient = (await clinic.Register()).Id;
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent, from = "2020-01-01" })).Is(201).Id;
        return ((await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id, patient, policy);
    }

    private static Task<Answer> Approve(Clinic clinic, Guid visit, string amount) => clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = MoneyWords.Eur(amount), reference = "OK-7" });

    [Fact]
    public async Task an_approved_insurance_pays_its_share_of_what_is_there_and_of_what_comes_later_up_to_what_it_approved()
    {
        var clinic = await server.NewClinic();
        var (visit, _, policy) = await Insured(clinic, 80);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Refuses(409, "insurance.requested");
        // Before the answer the split is shown, and the patient's care waits for it, or for money.
        var asked = await clinic.Bill(visit);
        Assert.Equal(("80.00", "0.00", "100.00"), (asked.Line("CONS").Amount("expected"), asked.Line("CONS").Amount("insurer"), asked.Line("CONS").Amount("due")));
        Assert.Equal(("80.00", "0.00", "100.00"), (asked.Amount("expected"), asked.Amount("insurer"), asked.Amount("due")));
        (await clinic.Order(visit, "lab", new { name = "Urea" })).Refuses(402, "payment.needed");
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, reference = "OK-7" })).RefusesField("amount");
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = MoneyWords.Eur("100") })).RefusesField("reference");
        (await Approve(clinic, visit, "100.00")).Is(204);
        (await Approve(clinic, visit, "100.00")).Refuses(409, "insurance.not-pending");
        var bill = await clinic.Bill(visit);
        Assert.Equal(("80.00", "0.00", "20.00", "0.00"), (bill.Amount("insurer"), bill.Amount("expected"), bill.Amount("due"), bill.Amount("paid")));
        (await clinic.PayBill(visit)).Is(200);
        await clinic.OrderPriced(visit, "MRI", "60.00", kind: "imaging");
        // Of the 48.00 that would be its share, 20.00 are left of what was approved.
        Assert.Equal(("20.00", "40.00"), ((await clinic.Bill(visit)).Line("MRI").Amount("insurer"), (await clinic.Bill(visit)).Line("MRI").Amount("due")));
        Assert.Equal((10000, 2000, 4000, 0), (await clinic.Sum(LedgerAccount.Insurance), await clinic.Sum(LedgerAccount.Card), await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum()));
        Assert.NotEmpty(await clinic.Audit(RequestCoverage.Action));
        Assert.Single(await clinic.Audit(DecideCoverage.Action), a => a.Result == "ok");
    }

    [Fact]
    public async Task what_an_insurer_is_expected_to_pay_stands_in_lines_and_sum_alike_and_is_owed_until_it_approves()
    {
        var clinic = await server.NewClinic();
        var (visit, _, policy) = await Insured(clinic, 50);
        foreach (var (code, price) in new[] { ("XR", "0.05"), ("PLASTER", "20.00") }) (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = await clinic.Price("other", code, price, by: ["desk"]) })).Is(200);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        async Task<string[]> Expected() => [.. Regex.Matches(await (await browser.Get($"/{clinic.Slug}/visits/{visit}/bill")).Content.ReadAsStringAsync(), "data-expected>([^<]+)<").Select(m => WebUtility.HtmlDecode(m.Groups[1].Value).Replace('\u00a0', ' '))];
        Assert.Empty(await Expected());
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        // What the patient paid of a line already is not asked of the insurer.
        (await clinic.PayBill(visit, "15.00", charges: (await clinic.Bill(visit)).Line("PLASTER").Id("chargeId"))).Is(200);
        var bill = await clinic.Bill(visit);
        Assert.Equal(["50.00", "0.02", "5.00"], new[] { "CONS", "XR", "PLASTER" }.Select(c => bill.Line(c).Amount("expected")));
        Assert.Equal(("55.02", "0.00", "105.05"), (bill.Amount("expected"), bill.Amount("insurer"), bill.Amount("due")));
        Assert.Equal(["50.00 EUR expected", "0.02 EUR expected", "5.00 EUR expected", "55.02 EUR expected"], await Expected());
        (await Approve(clinic, visit, "500.00")).Is(204);
        bill = await clinic.Bill(visit);
        Assert.Equal(("0.00", "55.02", "50.03"), (bill.Amount("expected"), bill.Amount("insurer"), bill.Amount("due")));
        Assert.Empty(await Expected());
    }

    [Fact]
    public async Task a_patients_statement_counts_what_the_insurer_took_over_as_paid_and_never_changes()
    {
        var clinic = await server.NewClinic();
        var (visit, patient, policy) = await Insured(clinic, 80);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        (await Approve(clinic, visit, "100.00")).Is(204);
        (await clinic.PayBill(visit, "5.00")).Is(200);
        var day = (await clinic.Receptionist.Get($"charges?payer={patient}")).Items[0].Str("day");
        var statement = (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = day, to = day })).Is(201).Id;
        async Task<IEnumerable<long>> Lines()
        {
            await using var db = clinic.Open();
            return (await Salus.Modules.Payments.Invoices.StatementFacts.Of(db, statement, default)).Lines.Select(l => l.Amount);
        }
        Assert.Equal([10000, -8000, -500], await Lines());
        (await clinic.PayBill(visit, "5.00", isSecond: true)).Is(200); // the same day, after the paper
        Assert.Equal([10000, -8000, -500], await Lines());
    }

    [Fact]
    public async Task a_visit_is_closed_while_the_insurers_answer_is_awaited_and_a_rejected_one_is_paid_by_the_patient()
    {
        var clinic = await server.NewClinic();
        var (visit, _, policy) = await Insured(clinic, 100);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(402, "payment.needed");
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = false })).RefusesField("reason");
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = false, reason = "Not covered" })).Is(204);
        Assert.Equal(("100.00", "rejected"), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit))["coverages"][0].Str("state")));
        // Another insurer may be asked; what it approves is paid after the end of the visit too.
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        (await Approve(clinic, visit, "70.00")).Is(204);
        Assert.Equal("30.00", (await clinic.Bill(visit)).Amount("due"));
        (await clinic.PayBill(visit)).Is(200);
        Assert.Equal(0, await clinic.Sum());
    }

    [Fact]
    public async Task an_insurance_counts_on_the_days_it_is_valid_for_its_own_patient_and_is_kept_by_the_desk()
    {
        var clinic = await server.NewClinic();
        var (visit, patient, policy) = await Insured(clinic, 50);
        var other = (await clinic.Register("Bruno Verdi")).Id;
        var past = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Old", number = "1", percent = 100, from = "2020-01-01", to = "2020-12-31" })).Is(201).Id;
        var foreign = (await clinic.Receptionist.Post($"patients/{other}/insurances", new { insurer = "Other", number = "2", percent = 100, from = "2020-01-01" })).Is(201).Id;
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = past })).Refuses(409, "insurance.not-valid");
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = foreign })).Refuses(404, "not-found");
        (await clinic.Doctor.Post($"encounters/{visit}/coverage", new { policyId = policy })).Refuses(403, "forbidden");
        foreach (var percent in (int[])[0, 101, -5]) (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "X", number = "1", percent, from = "2020-01-01" })).RefusesField("percent");
        (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "X", number = "1", percent = 10 })).RefusesField("from");
        (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "X", number = "1", percent = 10, from = "2020-02-01", to = "2020-01-01" })).RefusesField("to");
        Assert.Single((await clinic.Bill(visit))["policies"].EnumerateArray());
        (await clinic.Receptionist.Send("DELETE", $"patients/{patient}/insurances/{policy}", null)).Is(204);
        (await clinic.Receptionist.Send("DELETE", $"patients/{patient}/insurances/{policy}", null)).Refuses(409, "insurance.ended");
        (await clinic.Receptionist.Send("DELETE", $"patients/{other}/insurances/{policy}", null)).Refuses(404, "not-found");
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Refuses(409, "insurance.not-valid");
        Assert.NotEmpty(await clinic.Audit(AddPolicy.Action));
        Assert.NotEmpty(await clinic.Audit(EndPolicy.Action));
    }

    [Fact]
    public async Task a_standing_agreement_takes_its_discount_off_while_it_runs()
    {
        var clinic = await server.NewClinic();
        await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation", "routine"]);
        var patient = (await clinic.Register()).Id;
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        object Agreement(string kind, DateOnly from, DateOnly to) => new { kind, from, to };
        (await clinic.Receptionist.Post($"patients/{patient}/retainers", Agreement("monthly", today.AddDays(-5), today.AddDays(25)))).Is(201);
        var best = (await clinic.Receptionist.Post($"patients/{patient}/retainers", Agreement("annual", today.AddDays(-5), today.AddDays(300)))).Is(201).Id;
        (await clinic.Receptionist.Post($"patients/{patient}/retainers", Agreement("corporate", today.AddDays(-50), today.AddDays(-2)))).Is(201);
        (await clinic.Receptionist.Post($"patients/{patient}/retainers", Agreement("annual", today, today.AddDays(-1)))).RefusesField("to");
        (await clinic.Doctor.Post($"patients/{patient}/retainers", Agreement("annual", today, today))).Refuses(403, "forbidden");
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        Assert.Equal(("80.00", "20.00"), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit)).Amount("discount")));
        (await clinic.Receptionist.Send("DELETE", $"patients/{patient}/retainers/{best}", null)).Is(204);
        (await clinic.Receptionist.Send("DELETE", $"patients/{patient}/retainers/{best}", null)).Refuses(409, "retainer.ended");
        var next = (await clinic.Receptionist.Post("encounters", new { patientId = patient, type = "routine" })).Is(201).Id;
        Assert.Equal(("90.00", "80.00"), ((await clinic.Bill(next)).Amount("due"), (await clinic.Bill(visit)).Amount("due")));
        Assert.NotEmpty(await clinic.Audit(AddRetainer.Action));
        Assert.NotEmpty(await clinic.Audit(EndRetainer.Action));
    }
}
