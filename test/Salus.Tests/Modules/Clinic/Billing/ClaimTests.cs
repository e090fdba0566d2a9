using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Payments.Ledger;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>SubmitClaim, AnswerClaim, PayClaims and ReadClaim: from the draft to what arrives at the bank, and back to the patient.</summary>
public sealed class ClaimTests(SalusServer server)
{
    private static string Day(int days = 0) => DateOnly.FromDateTime(DateTime.UtcNow).AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task a_draft_follows_the_bill_and_what_was_submitted_does_not_change_any_more()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Covered(approved: "150.00");
        Assert.Equal(("draft", "", "80.00", "80.00"), ((await clinic.StateOf(claim)), (await clinic.Claim(claim))["claim"].Str("number"), (await clinic.Claim(claim))["claim"].Amount("amount"), (await clinic.Claim(claim))["lines"][0].Amount("amount")));
        var dressing = await clinic.Price("other", "DRESS", "50.00", by: ["desk"]);
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = dressing })).Is(200);
        (await clinic.PayBill(visit)).Is(200); // 20 and 10 of the patient's own
        var order = await clinic.OrderPriced(visit, "MRI", "100.00", kind: "imaging"); // of 80, 30 are left of what was approved
        Assert.Equal(("150.00", 3), ((await clinic.Claim(claim))["claim"].Amount("amount"), (await clinic.Claim(claim))["lines"].GetArrayLength()));
        // What is not done leaves the bill, the claim and the ledger.
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Not needed" })).Is(200);
        Assert.Equal(("120.00", "0.00", 12000L), ((await clinic.Claim(claim))["claim"].Amount("amount"), (await clinic.Bill(visit)).Amount("due"), await clinic.Sum(LedgerAccount.Insurance)));
        await clinic.Proven();
        var seen = (await clinic.Claim(claim))["claim"].Str("version");
        (await clinic.Receptionist.Post($"claims/{claim}/answer", new { approves = true, reference = "X" })).Refuses(409, "claim.draft");
        (await clinic.Receptionist.Post($"claims/{claim}/submission", new { version = Guid.NewGuid() })).Refuses(409, "stale");
        (await clinic.Receptionist.Post($"claims/{claim}/submission", new { on = Day(3) })).RefusesField("on");
        (await clinic.Receptionist.Post($"claims/{claim}/submission", new { on = Day(-3) })).RefusesField("on");
        var submitted = (await clinic.Receptionist.Post($"claims/{claim}/submission", new { version = seen, reference = "Letter 1" })).Is(200);
        Assert.Equal(($"CLM-{DateTime.UtcNow.Year}-0001", "submitted", "120.00"), (submitted["number"].GetString(), submitted["state"].GetString(), submitted.Amount("amount")));
        (await clinic.Submit(claim)).Refuses(409, "claim.submitted");
        // From now on what comes onto the bill the patient pays, and what is on the claim stays there.
        var xray = await clinic.Price("other", "XRAY", "10.00", by: ["desk"]);
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = xray })).Is(200);
        var bill = await clinic.Bill(visit);
        Assert.Equal(("0.00", "10.00", "10.00"), (bill.Line("XRAY").Amount("insurer"), bill.Line("XRAY").Amount("due"), bill.Amount("due")));
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = bill.Line("CONS").Id("chargeId"), reason = "A slip" })).Refuses(409, "bill.paid");
        Assert.Equal((120L * 100, "120.00"), (await clinic.Sum(LedgerAccount.Insurance), (await clinic.Claim(claim))["claim"].Amount("outstanding")));
        Assert.Single(await clinic.Audit(SubmitClaim.Action), a => a.Result == "ok");
        Assert.NotEmpty(await clinic.Audit(ReadClaim.Action));
        await clinic.Proven();
    }

    [Fact]
    public async Task a_line_that_only_the_insurer_had_taken_over_is_taken_off_a_draft_and_frees_its_part_of_the_approval()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Covered(percent: 100, approved: "120.00");
        var dressing = await clinic.Price("other", "DRESS", "50.00", by: ["desk"]);
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = dressing })).Is(200);
        Assert.Equal("30.00", (await clinic.Bill(visit)).Amount("due"));
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = (await clinic.Bill(visit)).Line("CONS").Id("chargeId"), reason = "A slip" })).Is(200);
        var bill = await clinic.Bill(visit);
        Assert.Equal(("0.00", "50.00", "50.00", "credited"), (bill.Amount("due"), bill.Line("DRESS").Amount("insurer"), (await clinic.Claim(claim))["claim"].Amount("amount"), bill.Line("CONS").Str("state")));
        (await clinic.Submit(claim)).Is(200);
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = bill.Line("DRESS").Id("chargeId"), reason = "A slip" })).Refuses(409, "bill.claimed");
        await clinic.Proven();
    }

    [Fact]
    public async Task nothing_is_not_claimed_and_many_submitted_at_once_have_numbers_without_a_gap()
    {
        var clinic = await server.NewClinic();
        (await clinic.Submit(await Rows.Claim(clinic))).Refuses(409, "claim.nothing");
        var claims = new List<Guid>();
        for (var i = 0; i < 5; i++) claims.Add((await clinic.Covered()).Claim);
        var answers = await Task.WhenAll(claims.Concat(claims).Select(c => clinic.Submit(c)));
        Assert.Equal(Enumerable.Range(1, 5).Select(n => $"CLM-{DateTime.UtcNow.Year}-{n:0000}"), answers.Where(a => a.Status == 200).Select(a => a["number"].GetString()!).Order(StringComparer.Ordinal));
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "claim.submitted"));
        await clinic.Proven();
    }

    [Fact]
    public async Task what_the_insurer_does_not_pay_is_owed_by_the_patient_again_in_entries_of_its_own()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Claimed();
        (await clinic.PayBill(visit)).Is(200);
        (await clinic.Approve(claim, "80.01")).RefusesField("amount");
        (await clinic.Approve(claim, "0")).RefusesField("amount");
        (await clinic.Approve(claim, "50.00")).RefusesField("reason");
        (await clinic.Receptionist.Post($"claims/{claim}/answer", new { approves = true })).RefusesField("reference");
        (await clinic.Reject(claim, " ")).RefusesField("reason");
        var answered = (await clinic.Approve(claim, "50.00", "Deductible")).Is(200);
        Assert.Equal(("approved", "50.00"), (answered["state"].GetString(), answered.Amount("approved")));
        Assert.Equal((5000L, 3000L, 2000L), (await clinic.Sum(LedgerAccount.Insurance), await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum(LedgerAccount.Card)));
        var bill = await clinic.Bill(visit);
        Assert.Equal(("30.00", "50.00", "20.00", "part-paid"), (bill.Amount("due"), bill.Amount("insurer"), bill.Amount("paid"), bill.Line("CONS").Str("state")));
        Assert.Equal(("50.00", "Deductible"), ((await clinic.Claim(claim))["lines"][0].Amount("approved"), (await clinic.Claim(claim))["steps"][1].Str("reason")));
        // Another answer to the same claim, unless it was looked at and is lower.
        (await clinic.Approve(claim, "40.00", "Less")).Refuses(409, "claim.answered");
        (await clinic.Approve(claim, "50.00", "Same", answered["version"].GetString())).RefusesField("amount");
        (await clinic.Approve(claim, "60.00", "More", answered["version"].GetString())).RefusesField("amount");
        (await clinic.Approve(claim, "40.00", "A mistake of theirs", answered["version"].GetString())).Is(200);
        (await clinic.Approve(claim, "30.00", "Late", answered["version"].GetString())).Refuses(409, "stale");
        Assert.Equal("40.00", (await clinic.Bill(visit)).Amount("due"));
        (await clinic.PayBill(visit)).Is(200);
        Assert.Equal(("paid", 4000L, 0L), ((await clinic.Bill(visit)).Line("CONS").Str("state"), await clinic.Sum(LedgerAccount.Insurance), await clinic.Sum(LedgerAccount.Receivable)));
        Assert.Equal(2, (await clinic.Audit(AnswerClaim.Action)).Count(a => a.Result == "ok"));
        await clinic.Proven();
    }

    [Fact]
    public async Task a_rejected_claim_returns_the_visit_to_cash_which_is_paid_before_it_ends_and_another_may_follow()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, policy) = await clinic.Claimed(percent: 100);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        Assert.Equal((null, null), (await clinic.LockOf(visit, "close"), await clinic.LockOf(visit, "lab-order")));
        var rejected = (await clinic.Reject(claim, "Policy lapsed")).Is(200);
        Assert.Equal(("rejected", "0.00"), (rejected["state"].GetString(), rejected.Amount("approved")));
        var bill = await clinic.Bill(visit);
        Assert.Equal(("100.00", "0.00", "rejected", "open"), (bill.Amount("due"), bill.Amount("insurer"), bill["coverages"][0].Str("state"), bill.Line("CONS").Str("state")));
        Assert.Equal((0L, 10000L), (await clinic.Sum(LedgerAccount.Insurance), await clinic.Sum(LedgerAccount.Receivable)));
        (await clinic.Order(visit, "lab", new { name = "Potassium" })).Refuses(402, "payment.needed");
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(402, "payment.needed");
        (await clinic.Reject(claim)).Refuses(409, "claim.answered");
        (await clinic.Approve(claim, version: rejected["version"].GetString())).Refuses(409, "claim.answered");
        await clinic.Proven();
        // Asked for anew: the next claim stands beside the one that was rejected.
        var second = await clinic.Approved(visit, policy, "60.00");
        Assert.NotEqual(claim, second);
        (await clinic.Submit(second)).Is(200);
        (await clinic.Approve(second)).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(402, "payment.needed"); // the insurer has said all it has to say
        (await clinic.PayBill(visit)).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
        Assert.Equal(("rejected", "approved", 6000L, 4000L), (await clinic.StateOf(claim), await clinic.StateOf(second), await clinic.Sum(LedgerAccount.Insurance), await clinic.Sum(LedgerAccount.Card)));
        await clinic.Proven();
    }

    [Fact]
    public async Task what_was_cancelled_after_the_claim_was_submitted_is_the_first_that_is_not_paid_and_nobody_owes_it()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Covered(percent: 100);
        var order = await clinic.OrderPriced(visit, "UREA", "40.00");
        (await clinic.Submit(claim)).Is(200);
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Not needed" })).Is(200);
        (await clinic.Approve(claim, "90.00", "The test was not done")).Is(200);
        var bill = await clinic.Bill(visit);
        Assert.Equal(("10.00", "credited", "90.00"), (bill.Amount("due"), bill.Line("UREA").Str("state"), bill.Line("CONS").Amount("insurer")));
        Assert.Equal(9000L, await clinic.Sum(LedgerAccount.Insurance));
        await clinic.Proven();
        // Until it is paid the insurer may still go back on its word; what nobody owes stays so.
        (await clinic.Reject(claim, "Policy lapsed", (await clinic.Claim(claim))["claim"].Str("version"))).Is(200);
        bill = await clinic.Bill(visit);
        Assert.Equal(("100.00", "credited", "rejected", 0L), (bill.Amount("due"), bill.Line("UREA").Str("state"), bill["coverages"][0].Str("state"), await clinic.Sum(LedgerAccount.Insurance)));
        await clinic.Proven();
    }

    [Fact]
    public async Task what_an_insurer_paid_is_booked_exactly_for_one_claim_or_several_of_one_insurer()
    {
        var clinic = await server.NewClinic();
        var (one, two, other) = (await clinic.Claimed(), await clinic.Claimed(percent: 50), await clinic.Claimed(insurer: "Borealis"));
        (await clinic.PayClaims("80.00", one.Claim)).Refuses(409, "claim.not-approved");
        foreach (var claim in (Guid[])[one.Claim, two.Claim, other.Claim]) (await clinic.Approve(claim)).Is(200);
        (await clinic.PayClaims("160.00", one.Claim, other.Claim)).RefusesField("claims");
        Assert.NotEmpty((await clinic.PayClaims("129.99", one.Claim, two.Claim)).Refuses(409, "claim.amount")["unlock"].GetString()!);
        (await clinic.Receptionist.Post("claims/payments", new { claims = new[] { one.Claim }, amount = MoneyWords.Eur("80"), reference = " " })).RefusesField("reference");
        (await clinic.Receptionist.Post("claims/payments", new { claims = new[] { one.Claim }, amount = MoneyWords.Eur("80"), reference = "T", on = Day(2) })).RefusesField("on");
        (await clinic.Receptionist.Post("claims/payments", new { claims = Array.Empty<Guid>(), amount = MoneyWords.Eur("80"), reference = "T" })).RefusesField("claims");
        (await clinic.Receptionist.Post("claims/payments", new { claims = new[] { one.Claim, Guid.NewGuid() }, amount = MoneyWords.Eur("80"), reference = "T" })).Refuses(404, "not-found");
        Assert.Equal(2, (await clinic.PayClaims("130.00", one.Claim, two.Claim)).Is(200)["claims"].GetArrayLength());
        Assert.Equal((13000L, 8000L), (await clinic.Sum(LedgerAccount.Bank), await clinic.Sum(LedgerAccount.Insurance)));
        (await clinic.PayClaims("130.00", one.Claim, two.Claim)).Refuses(409, "claim.paid");
        (await clinic.Reject(one.Claim)).Refuses(409, "claim.answered");
        Assert.Equal(("paid", "0.00"), (await clinic.StateOf(one.Claim), (await clinic.Claim(one.Claim))["claim"].Amount("outstanding")));
        // Less than it said: first that it says less, then what came.
        (await clinic.PayClaims("75.00", other.Claim)).Refuses(409, "claim.amount");
        (await clinic.Approve(other.Claim, "75.00", "Bank charges", (await clinic.Claim(other.Claim))["claim"].Str("version"))).Is(200);
        (await clinic.PayClaims("75.00", other.Claim)).Is(200);
        Assert.Equal((20500L, 0L), (await clinic.Sum(LedgerAccount.Bank), await clinic.Sum(LedgerAccount.Insurance)));
        Assert.Equal(2, (await clinic.Audit(PayClaims.Action)).Count(a => a.Result == "ok"));
        await clinic.Proven();
    }

    [Fact]
    public async Task an_act_that_is_sent_twice_with_one_key_is_done_once()
    {
        var clinic = await server.NewClinic();
        var claim = (await clinic.Covered()).Claim;
        async Task Twice(string path, object body)
        {
            var key = ("Idempotency-Key", Guid.NewGuid().ToString());
            var (first, second) = ((await clinic.Receptionist.Post(path, body, key)).Is(200), (await clinic.Receptionist.Post(path, body, key)).Is(200));
            Assert.Equal(first.Text, second.Text);
        }
        await Twice($"claims/{claim}/submission", new { });
        await Twice($"claims/{claim}/answer", new { approves = true, reference = "ANS-1" });
        await Twice("claims/payments", new { claims = new[] { claim }, amount = MoneyWords.Eur("80"), reference = "TRN-1" });
        Assert.Equal((8000L, 0L), (await clinic.Sum(LedgerAccount.Bank), await clinic.Sum(LedgerAccount.Insurance)));
        await clinic.Proven();
    }
}
