using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Audit;
using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Operations.Security;
using Salus.Modules.Payments.Ledger;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>ClaimList, ExportClaims, PrintClaim and what others see of claims: figures, the end of a day, refunds, the proof of the ledger.</summary>
public sealed class ClaimListTests(SalusServer server)
{
    private static Task<Answer> List(Clinic clinic, string query = "", string who = "receptionist") => clinic.As(who).Get("claims" + query);

    [Fact]
    public async Task claims_are_found_by_state_insurer_and_words_and_summed_by_state()
    {
        var clinic = await server.NewClinic();
        var (draft, submitted, approved, rejected, paid) = (await clinic.Covered(name: "Carla Neri", policyNumber: "PN-77"), await clinic.Claimed(name: "Dario Blu"), await clinic.Claimed(insurer: "Borealis", name: "Elena Gialli"), await clinic.Claimed(), await clinic.Claimed());
        (await clinic.Approve(approved.Claim, "50.00", "Deductible")).Is(200);
        (await clinic.Reject(rejected.Claim)).Is(200);
        (await clinic.Approve(paid.Claim)).Is(200);
        (await clinic.PayClaims("80", paid.Claim)).Is(200);
        var all = (await List(clinic)).Is(200);
        Assert.Equal([paid.Claim, rejected.Claim, approved.Claim, submitted.Claim, draft.Claim], all.Items.Select(c => c.Id()));
        Assert.Equal(["draft 1 80.00", "submitted 1 80.00", "approved 1 50.00", "rejected 1 80.00", "paid 1 80.00"], all["sums"].EnumerateArray().Select(s => $"{s.Str("state")} {s.Number("count")} {s.Amount("sum")}"));
        Assert.Equal(["Aurora Vita", "Borealis"], all["insurers"].EnumerateArray().Select(i => i.GetString()));
        async Task Finds(string query, params Guid[] claims) => Assert.Equal(claims, (await List(clinic, query)).Is(200).Items.Select(c => c.Id()));
        await Finds("?state=approved", approved.Claim);
        await Finds("?insurer=borealis", approved.Claim);
        await Finds("?state=paid&insurer=Borealis");
        await Finds("?q=blu+dario", submitted.Claim);
        await Finds("?q=PN-77", draft.Claim);
        await Finds($"?q={(await clinic.Claim(rejected.Claim))["claim"].Str("number").ToLowerInvariant()}", rejected.Claim);
        await Finds($"?q={(await clinic.Claim(draft.Claim))["claim"].Str("patientNumber")}", draft.Claim);
        var first = (await List(clinic, "?limit=2")).Is(200);
        await Finds($"?limit=2&after={first.Next}", approved.Claim, submitted.Claim);
        Assert.Equal((0, "0.00"), ((await List(clinic)).Items.Single(c => c.Id() == submitted.Claim).Number("age"), all.Amount("overdue")));
        foreach (var wrong in (string[])["?state=sent", "?state=2", "?limit=0", "?limit=101", $"?q={new string('x', 101)}"]) (await List(clinic, wrong)).Refuses(422, "invalid");
        var csv = (await clinic.Receptionist.Get("claims/export?insurer=borealis")).Is(200).Text.Trim('\uFEFF').Trim().Split("\r\n");
        Assert.Equal(2, csv.Length);
        Assert.StartsWith($"CLM-{DateTime.UtcNow.Year}-0002,approved,Borealis,AV-1,", csv[1], StringComparison.Ordinal);
        Assert.Contains(",80.00,50.00,50.00,EUR,", csv[1], StringComparison.Ordinal);
        Assert.NotEmpty(await clinic.Audit(ExportClaims.Action, approved.Patient));
        Assert.Equal(Weight.Note, SecurityEvents.Of(new AuditEvent { Action = ExportClaims.Action })!.Weight);
        Assert.NotEmpty(await clinic.Audit(ClaimList.Action));
        await clinic.Proven();
    }

    [Fact]
    public async Task what_waits_longer_than_the_organisation_allows_is_overdue()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (late, _) = (await clinic.Claimed(), await clinic.Claimed());
        (await clinic.Approve(late.Claim, "50.00", "Deductible")).Is(200);
        await own.Salus.Sql($"UPDATE clinic_claims SET \"SubmittedOn\" = '{DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-40):yyyy-MM-dd}' WHERE \"State\" = 'Approved'");
        var list = (await List(clinic)).Is(200);
        var item = list.Items.Single(c => c.Id() == late.Claim);
        Assert.True(item.Number("age") is >= 39 and <= 41, item.ToString());
        Assert.Equal((true, "50.00", 1), (item.GetProperty("isOverdue").GetBoolean(), list.Amount("overdue"), list.Items.Count(c => c.GetProperty("isOverdue").GetBoolean())));
        Assert.Equal(30, (await clinic.Admin.Get("payment-settings")).Is(200).Json.Number("claimDays"));
        foreach (var days in (int[])[-1, 366]) (await clinic.Admin.Put("payment-settings", new { currency = "EUR", claimDays = days })).RefusesField("claimDays");
        async Task<(int, string, bool)> Waits(int days)
        {
            (await clinic.Admin.Put("payment-settings", new { currency = "EUR", claimDays = days })).Is(200);
            var (all, one) = ((await List(clinic)).Is(200), (await clinic.Claim(late.Claim))["claim"]);
            Assert.Equal(days, (await clinic.Admin.Get("payment-settings")).Json.Number("claimDays"));
            return (all.Items.Count(c => c.GetProperty("isOverdue").GetBoolean()), all.Amount("overdue"), one.GetProperty("isOverdue").GetBoolean());
        }
        Assert.Equal((0, "0.00", false), await Waits(60));
        Assert.Equal((1, "50.00", true), await Waits(0)); // what was submitted today is not late
    }

    [Fact]
    public async Task claims_of_patients_whose_record_is_restricted_are_not_there_for_others()
    {
        var clinic = await server.NewClinic();
        var (open, closed) = (await clinic.Claimed(), await clinic.Claimed(name: "Bruno Verdi"));
        (await clinic.Admin.Post($"patients/{closed.Patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        foreach (var who in (string[])["receptionist", "doctor"])
        {
            var list = (await List(clinic, who: who)).Is(200);
            Assert.Equal((open.Claim, "80.00"), (Assert.Single(list.Items).Id(), list["sums"][1].Amount("sum")));
        }
        Assert.DoesNotContain("Verdi", (await clinic.Receptionist.Get("claims/export")).Is(200).Text, StringComparison.Ordinal);
        (await clinic.Receptionist.Get($"claims/{closed.Claim}")).Refuses(404, "not-found");
        (await clinic.Receptionist.Get($"claims/{closed.Claim}/document")).Refuses(404, "not-found");
        (await clinic.Doctor.Get($"claims/{closed.Claim}")).Refuses(403, "patient.restricted");
        (await clinic.Approve(closed.Claim)).Refuses(404, "not-found");
        (await clinic.PayClaims("160.00", open.Claim, closed.Claim)).Refuses(404, "not-found");
        Assert.Equal(2, (await List(clinic, who: "admin")).Is(200).Items.Count);
        // Who may read bills may read claims; to write them is the desk's.
        (await clinic.Nurse.Get($"claims/{open.Claim}")).Is(200);
        foreach (var path in (string[])[$"claims/{open.Claim}/submission", $"claims/{open.Claim}/answer", "claims/payments"]) (await clinic.Doctor.Post(path)).Refuses(403, "forbidden");
        (await clinic.Doctor.Get("claims/export")).Is(403);
        (await clinic.Lab.Get("claims")).Is(403);
    }

    [Fact]
    public async Task PY_11_what_insurers_owe_stands_apart_and_is_received_on_the_day_it_arrives()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, patient, _) = await clinic.Claimed();
        async Task<(string, string, string)> Figures()
        {
            var figures = (await clinic.Admin.Get("money-figures")).Is(200);
            return (figures.Amount("outstanding"), figures.Amount("insurers"), figures.Amount("received"));
        }
        Assert.Equal(("20.00", "80.00", "0.00"), await Figures());
        (await clinic.Approve(claim, "70.00", "Deductible")).Is(200);
        Assert.Equal(("30.00", "70.00", "0.00"), await Figures());
        (await clinic.PayClaims("70.00", claim)).Is(200);
        (await clinic.PayBill(visit)).Is(200);
        Assert.Equal(("0.00", "0.00", "100.00"), await Figures());
        Assert.Equal(["card 30.00", "bank 70.00"], (await clinic.Admin.Get("money-figures"))["methods"].EnumerateArray().Select(m => $"{m.Str("method")} {m.Amount("in")}"));
        var day = (await clinic.Admin.Get($"days/{(await clinic.Claim(claim))["steps"][2].Str("on")}")).Is(200);
        Assert.Equal(("100.00", true), (day["received"][0].Str("amount"), day["addsUp"].GetBoolean()));
        (await clinic.Admin.Post($"days/{day.Json.Str("day")}/closing")).Is(204);
        // The patient's statement says what the insurer paid, too.
        Assert.SkipUnless(Support.Paper.CanBeRead, Support.Paper.Missing);
        var statement = (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = day.Json.Str("day"), to = day.Json.Str("day") })).Is(201).Id;
        using var paper = await Support.Paper.Get(clinic.Receptionist, $"statements/{statement}/document", ("Accept-Language", "en"));
        var text = await paper.Text();
        foreach (var words in (string[])["-80.00", "10.00", "-30.00", "Owed at the end"]) Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.Matches(@"Owed at the end\s+0\.00", text);
    }

    [Fact]
    public async Task PY_08_what_an_insurer_owes_cannot_be_given_to_the_patient_and_what_it_paid_goes_back_to_it()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Claimed();
        var payment = (await clinic.Bill(visit))["payments"][0].Id();
        foreach (var way in (string[])["wallet", "cash", "card", "insurer"]) (await clinic.Refund(payment, "10", way)).RefusesField("way");
        (await clinic.Refund(payment, "10")).Refuses(409, "refund.not-arrived");
        (await clinic.Approve(claim)).Is(200);
        (await clinic.PayClaims("80.00", claim)).Is(200);
        (await clinic.Refund(payment, "10")).Is(201);
        Assert.Equal((7000L, 0L), (await clinic.Sum(LedgerAccount.Bank), await clinic.Sum(LedgerAccount.Insurance)));
        await clinic.Proven();
        // At the desk nobody writes down by hand that an insurer pays.
        var (_, charge) = await clinic.Owes("10.00");
        (await clinic.Pay(charge, method: "insurance")).RefusesField("method");
    }

    [Fact]
    public async Task PY_07_a_claim_is_printed_with_its_number_patient_policy_lines_and_a_code()
    {
        Assert.SkipUnless(Support.Paper.CanBeRead, Support.Paper.Missing);
        var clinic = await server.NewClinic();
        (await clinic.Admin.Put("payment-settings", new { currency = "EUR", taxIncluded = true, legalName = "Clinica Uno srl", address = "Via Roma 1, Roma", taxNumber = "IT01234567890", iban = "IT60X0542811101000000123456", bic = "UNCRITMM", dueDays = 30 })).Is(200);
        var (_, claim, _, _) = await clinic.Covered(name: "Zoë Müller", policyNumber: "AV-4711");
        using (var draft = await Support.Paper.Get(clinic.Receptionist, $"claims/{claim}/document", ("Accept-Language", "en"))) Assert.Contains("This is a draft and asks for nothing yet.", await draft.Text(), StringComparison.Ordinal);
        (await clinic.Submit(claim)).Is(200);
        (await clinic.Approve(claim, "70.00", "Deductible")).Is(200);
        using var paper = await Support.Paper.Get(clinic.Receptionist, $"claims/{claim}/document", ("Accept-Language", "en"));
        var text = await paper.Text();
        foreach (var words in (string[])["Insurance claim", $"CLM-{DateTime.UtcNow.Year}-0001", "Clinica Uno srl", "Aurora Vita", "AV-4711", "Zoë Müller", "Service CONS", "100.00", "80.00", "70.00", "Deductible", "IT60X0542811101000000123456"]) Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.EndsWith($"/claims/{claim}", await paper.Code(), StringComparison.Ordinal);
        Assert.DoesNotContain("Müller", await paper.Properties(), StringComparison.Ordinal);
        using var italian = await Support.Paper.Get(clinic.Receptionist, $"claims/{claim}/document", ("Accept-Language", "it"));
        Assert.Contains("80,00", await italian.Text(), StringComparison.Ordinal);
        Assert.NotEmpty(await clinic.Audit(PrintClaim.Action));
    }

    [Fact]
    public async Task what_was_harmed_of_claims_is_found_and_named()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var claim = (await clinic.Claimed()).Claim;
        await clinic.Proven();
        async Task Finds(string harm, string mend, string words)
        {
            await own.Salus.Sql(harm);
            var faults = (await own.Salus.Services.GetRequiredService<LedgerVerifier>().Run(default)).Faults;
            Assert.Contains(faults, f => f.Contains(words, StringComparison.Ordinal));
            Assert.True(words.Contains("gap", StringComparison.Ordinal) || faults.Any(f => f.Contains(claim.ToString(), StringComparison.OrdinalIgnoreCase)), string.Join('\n', faults));
            await own.Salus.Sql(mend);
            await clinic.Proven();
        }
        await Finds("UPDATE clinic_claims SET \"Amount\" = 8001", "UPDATE clinic_claims SET \"Amount\" = 8000", "is not what the ledger says");
        await Finds("UPDATE clinic_claims SET \"State\" = 'Paid', \"Approved\" = 8000", "UPDATE clinic_claims SET \"State\" = 'Submitted', \"Approved\" = 0", "is not what the ledger says");
        await Finds("UPDATE clinic_claim_lines SET \"Amount\" = 7999", "UPDATE clinic_claim_lines SET \"Amount\" = 8000", "is not the sum of its lines");
        await Finds("UPDATE clinic_claims SET \"Number\" = 'CLM-1999-0001'", $"UPDATE clinic_claims SET \"Number\" = 'CLM-{DateTime.UtcNow.Year}-0001'", "have a gap");
    }
}
