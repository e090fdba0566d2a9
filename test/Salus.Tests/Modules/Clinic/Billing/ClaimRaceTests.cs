using Salus.Modules.Payments.Ledger;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>AnswerClaim, PayClaims and SubmitClaim beside each other and beside what changes the same bill.</summary>
public sealed class ClaimRaceTests(SalusServer server)
{
    [Fact]
    public async Task of_many_answers_at_once_one_is_written()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Claimed();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? clinic.Approve(claim, "50.00", "Deductible") : clinic.Reject(claim)));
        var done = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a != done), a => a.Refuses(409, "claim.answered"));
        var isApproved = done["state"].GetString() == "approved";
        Assert.Equal((isApproved ? 5000L : 0L, isApproved ? "50.00" : "100.00"), (await clinic.Sum(LedgerAccount.Insurance), (await clinic.Bill(visit)).Amount("due")));
        await clinic.Proven();
    }

    [Fact]
    public async Task a_claim_that_is_paid_many_times_at_once_also_in_different_transfers_is_booked_once()
    {
        var clinic = await server.NewClinic();
        var (one, two, three) = ((await clinic.Claimed()).Claim, (await clinic.Claimed()).Claim, (await clinic.Claimed()).Claim);
        foreach (var claim in (Guid[])[one, two, three]) (await clinic.Approve(claim)).Is(200);
        var answers = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => i % 3 == 0 ? clinic.PayClaims("160.00", one, two) : i % 3 == 1 ? clinic.PayClaims("160.00", three, two) : clinic.PayClaims("240.00", three, two, one)));
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "claim.paid"));
        Assert.Single(answers, a => a.Status == 200);
        var paid = await Task.WhenAll(new[] { one, two, three }.Select(clinic.StateOf));
        Assert.Equal(paid.Count(s => s == "paid") * 8000L, await clinic.Sum(LedgerAccount.Bank));
        Assert.Equal(24000L, await clinic.Sum(LedgerAccount.Bank) + await clinic.Sum(LedgerAccount.Insurance));
        await clinic.Proven();
    }

    [Fact]
    public async Task what_comes_onto_the_bill_while_the_claim_is_submitted_stands_on_it_or_is_the_patients()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Covered(percent: 100);
        var services = new List<Guid>();
        for (var i = 0; i < 6; i++) services.Add(await clinic.Price("other", $"S{i}", "10.00", by: ["desk"]));
        var added = services.Select(s => clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = s })).ToList();
        var submitted = (await clinic.Submit(claim)).Is(200);
        Assert.All(await Task.WhenAll(added), a => a.Is(200));
        var bill = await clinic.Bill(visit);
        Assert.Equal(("160.00", submitted.Amount("amount")), (bill.Amount("total"), bill.Amount("insurer")));
        Assert.Equal(16000L, await clinic.Sum(LedgerAccount.Insurance) + await clinic.Sum(LedgerAccount.Receivable));
        await clinic.Proven();
        // The same with the answer: while it is written the patient pays, services come and go, and refunds run.
        var payment = bill.Amount("due") == "0.00" ? Guid.Empty : (await clinic.Receptionist.Post("payments", new { charges = bill["lines"].EnumerateArray().Where(l => l.Amount("due") != "0.00").Select(l => l.Id("chargeId")), method = "card" })).Is(201).Id;
        var running = new List<Task<Answer>> { clinic.Reject(claim), clinic.PayBill(visit), clinic.PayBill(visit), clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = bill.Line("S0").Id("chargeId"), reason = "A slip" }) };
        if (payment != Guid.Empty) running.Add(clinic.Refund(payment, takesBack: false));
        var answers = await Task.WhenAll(running);
        answers[0].Is(200);
        Assert.All(answers, a => Assert.True(a.Status is >= 200 and < 300 or 409, $"{a.Status} {a.Text}"));
        Assert.Equal(0L, await clinic.Sum(LedgerAccount.Insurance));
        await clinic.Proven();
    }

    [Fact]
    public async Task a_refund_to_the_patient_and_a_rejection_of_the_same_charge_both_count()
    {
        var clinic = await server.NewClinic();
        foreach (var takesBack in (bool[])[true, false])
        {
            var (visit, claim, _, _) = await clinic.Claimed(name: takesBack ? "Anna Rossi" : "Bruno Verdi");
            var payment = (await clinic.Receptionist.Post("payments", new { charges = new[] { (await clinic.Bill(visit)).Line("CONS").Id("chargeId") }, method = "card" })).Is(201).Id;
            var (refund, rejection) = (clinic.Refund(payment, takesBack: takesBack), clinic.Reject(claim));
            (await rejection).Is(200);
            var back = await refund;
            if (back.Status == 409) back = await clinic.Refund(payment, takesBack: takesBack); // somebody changed the charge before it
            back.Is(201);
            Assert.Equal((takesBack ? "80.00" : "100.00", "0.00"), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit)).Amount("paid")));
            await clinic.Proven();
        }
    }
}
