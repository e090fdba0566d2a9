using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Queue;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>Who opens a visit, or issues the token that opens one, says who pays.</summary>
public sealed class CoverageAtOpeningTests(SalusServer server)
{
    private static async Task<(Guid Patient, Guid Policy)> Insured(Clinic clinic, string name = "Anna Rossi", string to = "2099-12-31")
    {
        if ((await clinic.Admin.Get("services?q=cons")).Is(200).Items.Count == 0) await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        var patient = (await clinic.Register(name)).Id;
        return (patient, (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 80, from = "2020-01-01", to })).Is(201).Id);
    }

    private static async Task<int> Coverages(Clinic clinic, Guid patient)
    {
        await using var db = clinic.Open();
        return await db.Coverages.CountAsync(c => c.PatientId == patient);
    }

    private static async Task<int> Visits(Clinic clinic, Guid patient)
    {
        await using var db = clinic.Open();
        return await db.Encounters.CountAsync(e => e.PatientId == patient);
    }

    [Fact]
    public async Task an_insurance_chosen_when_a_visit_is_opened_is_asked_at_once_and_once_however_often_the_request_comes()
    {
        var clinic = await server.NewClinic();
        var (patient, policy) = await Insured(clinic);
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => clinic.Receptionist.Post("encounters", new { patientId = patient, policyId = policy }, key)));
        var visit = made.First(m => m.Status == 201).Id;
        Assert.All(made, m => Assert.True(m.Status == 201 ? m.Id == visit : m.Status == 409, m.Text));
        Assert.Equal((1, 1), (await Visits(clinic, patient), await Coverages(clinic, patient)));
        Assert.Equal(("80.00", "0.00", "100.00"), ((await clinic.Bill(visit)).Amount("expected"), (await clinic.Bill(visit)).Amount("insurer"), (await clinic.Bill(visit)).Amount("due")));
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Refuses(409, "insurance.requested");
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = MoneyWords.Eur("80.00"), reference = "OK-7" })).Is(204);
        Assert.Equal("20.00", (await clinic.Bill(visit)).Amount("due"));
        Assert.Single(await clinic.Audit(OpenEncounter.Action, visit), a => a.Result == "ok");
    }

    [Fact]
    public async Task an_insurance_that_cannot_pay_opens_no_visit_and_takes_no_number()
    {
        var clinic = await server.NewClinic();
        var (patient, over) = await Insured(clinic, to: "2020-12-31");
        var (other, foreign) = await Insured(clinic, "Bruno Bianchi");
        var queue = await clinic.Queue();
        foreach (var (chosen, status, code) in ((Guid, int, string)[])[(over, 409, "insurance.not-valid"), (foreign, 404, "not-found"), (Guid.NewGuid(), 404, "not-found")])
        {
            (await clinic.Receptionist.Post("encounters", new { patientId = patient, policyId = chosen })).Refuses(status, code);
            (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue, policyId = chosen })).Refuses(status, code);
        }
        Assert.Equal((0, 0, 0), (await Visits(clinic, patient), await Coverages(clinic, patient), await Coverages(clinic, other)));
        await using var db = clinic.Open();
        Assert.Equal(0, await db.Tickets.CountAsync(t => t.PatientId == patient));
        Assert.Equal("1", (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue })).Is(201)["token"].GetString());
    }

    [Fact]
    public async Task who_may_open_visits_and_not_write_down_insurances_opens_them_without()
    {
        var clinic = await server.NewClinic();
        var (patient, policy) = await Insured(clinic);
        (await clinic.Doctor.Post("encounters", new { patientId = patient, policyId = policy })).Refuses(403, "forbidden");
        Assert.Equal(0, await Visits(clinic, patient));
        Assert.Empty((await clinic.Doctor.Get($"patients/{patient}")).Is(200)["policies"].EnumerateArray());
        Assert.Equal("Aurora Vita", (await clinic.Receptionist.Get($"patients/{patient}")).Is(200)["policies"][0].Str("insurer"));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        Assert.DoesNotContain("policyId", await (await browser.Get($"/{clinic.Slug}/patients/{patient}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        (await clinic.Doctor.Post("encounters", new { patientId = patient })).Is(201);
        Assert.Equal(0, await Coverages(clinic, patient));
    }

    [Fact]
    public async Task the_desk_is_offered_the_insurance_on_file_first_and_the_token_of_a_visit_that_is_open_asks_nobody_again()
    {
        var clinic = await server.NewClinic();
        var (queue, second) = (await clinic.Queue(), await clinic.Queue("Second", "B"));
        var (patient, policy) = await Insured(clinic);
        (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Ended Mutual", number = "EM-1", percent = 50, from = "2020-01-01", to = "2020-12-31" })).Is(201);
        var today = DateOnly.FromDateTime(clinic.Salus.Now);
        (await clinic.Receptionist.Post($"patients/{patient}/retainers", new { kind = "annual", from = today.AddDays(-5), to = today.AddDays(300) })).Is(201);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        var page = await (await browser.Get($"/{clinic.Slug}/desk/patients/{patient}")).Content.ReadAsStringAsync();
        Assert.Contains($"<option value=\"{policy}\" selected>", page, StringComparison.Ordinal);
        Assert.Contains("data-retainer", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Ended Mutual", page, StringComparison.Ordinal);
        var fields = new Dictionary<string, string> { ["patientId"] = patient.ToString(), ["queueId"] = queue.ToString(), ["policyId"] = policy.ToString() };
        foreach (var one in (Guid[])[queue, second])
            using (var issued = await browser.Submit($"/{clinic.Slug}/desk", $"/{clinic.Slug}/desk/tokens", new(fields) { ["queueId"] = one.ToString() })) Assert.True((int)issued.StatusCode < 400, await issued.Content.ReadAsStringAsync());
        Assert.Equal((1, 1), (await Visits(clinic, patient), await Coverages(clinic, patient)));
        // Who pays otherwise is chosen by leaving the field empty.
        var (paying, _) = await Insured(clinic, "Carla Verdi");
        using (var opened = await browser.Submit($"/{clinic.Slug}/patients/{paying}", $"/{clinic.Slug}/visits", new() { ["patientId"] = paying.ToString(), ["type"] = "Consultation", ["policyId"] = "" })) Assert.Contains("/visits/", opened.Headers.Location?.OriginalString ?? "", StringComparison.Ordinal);
        Assert.Equal((1, 0), (await Visits(clinic, paying), await Coverages(clinic, paying)));
    }

    [Fact]
    public async Task the_desk_writes_insurances_and_agreements_on_the_patients_own_page_before_there_is_a_visit_and_ends_them_there()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        var (page, today) = ($"/{clinic.Slug}/patients/{patient}", DateOnly.FromDateTime(clinic.Salus.Now));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        async Task<string> Read() => await (await browser.Get(page)).Content.ReadAsStringAsync();
        async Task Send(string path, Dictionary<string, string> fields) { using var answer = await browser.Submit(page, page + path, fields); Assert.Equal($"{page}?saved=true", answer.Headers.Location?.OriginalString); }
        Assert.Contains("The patient pays.", await Read(), StringComparison.Ordinal);
        await Send("/insurances", new() { ["insurer"] = "Aurora Vita", ["number"] = "AV-1", ["percent"] = "80", ["from"] = "2020-01-01" });
        await Send("/insurances", new() { ["insurer"] = "Next Year Mutual", ["number"] = "NY-1", ["percent"] = "50", ["from"] = $"{today.AddDays(40):yyyy-MM-dd}" });
        await Send("/retainers", new() { ["kind"] = "Annual", ["from"] = $"{today.AddDays(-5):yyyy-MM-dd}", ["to"] = $"{today.AddDays(300):yyyy-MM-dd}" });
        using (var refused = await browser.Submit(page, page + "/insurances", new() { ["insurer"] = " ", ["number"] = "X", ["percent"] = "101", ["from"] = "2020-01-01" })) Assert.Equal(422, (int)refused.StatusCode);
        var detail = (await clinic.Receptionist.Get($"patients/{patient}")).Is(200);
        Assert.Equal(["Aurora Vita", "Next Year Mutual"], detail["policies"].EnumerateArray().Select(p => p.Str("insurer")));
        // What begins later is shown and not offered yet.
        Assert.Contains("Next Year Mutual", await Read(), StringComparison.Ordinal);
        Assert.DoesNotContain("Next Year Mutual", await (await browser.Get($"/{clinic.Slug}/desk/patients/{patient}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var policy in detail["policies"].EnumerateArray()) await Send($"/insurances/{policy.Id()}/ending", []);
        await Send($"/retainers/{detail["retainers"][0].Id()}/ending", []);
        Assert.Contains("The patient pays.", await Read(), StringComparison.Ordinal);
        using (var again = await browser.Submit(page, $"{page}/insurances/{detail["policies"][0].Id()}/ending", [])) Assert.Equal(409, (int)again.StatusCode);
        using var doctor = new Browser(clinic.Salus);
        await doctor.SignIn(clinic, "doctor");
        Assert.DoesNotContain("id=\"payers\"", await (await doctor.Get(page)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var forbidden = await doctor.Submit(page, page + "/insurances", new() { ["insurer"] = "A", ["number"] = "B", ["percent"] = "80", ["from"] = "2020-01-01" })) Assert.Equal(403, (int)forbidden.StatusCode);
    }
}
