using Salus.Modules.Clinic.Billing;
using Salus.Modules.Payments.Ledger;
using Salus.Tests.Orders;
using Salus.Tests.Payments;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Billing;

/// <summary>ReadBill, AddService, TakeOff, WaiveBill, PayBill, GrantExit and EndExit: what a visit costs, and what waits for payment.</summary>
public sealed class BillTests(SalusServer server)
{
    [Fact]
    public async Task PY_02_PT_15_an_unpaid_visit_takes_no_order_until_it_is_paid_and_an_unpaid_order_takes_no_result()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var refused = (await clinic.Order(visit, "lab", new { name = "Urea" })).Refuses(402, "payment.needed");
        Assert.Contains("30.00", refused["detail"].GetString(), StringComparison.Ordinal);
        Assert.Contains("Pay at the desk", refused["unlock"].GetString(), StringComparison.Ordinal);
        Assert.Equal(("payment.needed", "payment.needed", null), (await clinic.LockOf(visit, "lab-order"), await clinic.LockOf(visit, "bring-in"), await clinic.LockOf(visit, "vitals")));
        // Care that does not wait for money goes on.
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { pulse = 70 })).Is(201);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        (await clinic.PayBill(visit, "10.00")).Is(200);
        (await clinic.Order(visit, "lab", new { name = "Urea" })).Refuses(402, "payment.needed");
        Assert.Equal("0.00", (await clinic.PayBill(visit)).Is(200).Amount("due"));
        var order = await clinic.OrderPriced(visit, "GLU", "12.50");
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Refuses(402, "payment.needed");
        // The visit's own charges are paid: what else is ordered does not wait for the first order.
        var free = (await clinic.Order(visit, "lab", new { name = "Urea" })).Is(201)["orders"][0].GetGuid();
        (await clinic.Lab.Post($"orders/{free}/result", new { text = "Seen", flag = "normal" })).Is(201);
        Assert.Equal("payment.needed", await clinic.LockOf(visit, "lab-result", order, clinic.Lab));
        Assert.Null(await clinic.LockOf(visit, "lab-result", free, clinic.Lab));
        var charge = (await clinic.Bill(visit)).Line("GLU").Id("chargeId");
        (await clinic.PayBill(visit, charges: charge)).Is(200);
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
        Assert.Equal((0, 4250, 0), (await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum(LedgerAccount.Card), await clinic.Sum()));
        Assert.Equal(3, (await clinic.Audit(PayBill.Action)).Count(a => a.Result == "ok"));
    }

    [Fact]
    public async Task QU_11_a_patient_is_brought_in_once_the_visit_is_paid_and_the_doctors_lists_say_who_has_not()
    {
        var clinic = await server.NewClinic();
        await clinic.Price("registration", "REG", "5.00", automatic: ["first"]);
        await clinic.Price("consultation", "CONS", "20.00", automatic: ["consultation", "emergency"]);
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue);
        var visit = ticket["encounterId"].GetGuid();
        Assert.Equal(["REG", "CONS"], (await clinic.Bill(visit))["lines"].EnumerateArray().Select(l => l.Str("code")));
        async Task<bool> IsUnpaid() => (await clinic.Doctor.Get($"queues/{queue}/work-list")).Is(200)["lines"][0].GetProperty("isUnpaid").GetBoolean();
        Assert.True(await IsUnpaid());
        Assert.True((await clinic.Doctor.Get("encounters")).Is(200).Items[0].GetProperty("isUnpaid").GetBoolean());
        (await clinic.Doctor.Post($"tickets/{ticket.Id}/calls")).Is(200);
        (await clinic.Step(ticket.Id, "bring-in")).Refuses(402, "payment.needed");
        (await clinic.PayBill(visit)).Is(200);
        Assert.False(await IsUnpaid());
        (await clinic.Step(ticket.Id, "bring-in")).Is(200);
        // Who comes again pays no registration.
        var patient = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        var next = (await clinic.Receptionist.Post("encounters", new { patientId = patient, type = "emergency" })).Is(201).Id;
        Assert.Equal("20.00", (await clinic.Bill(next)).Amount("total"));
    }

    [Fact]
    public async Task a_promise_an_emergency_and_a_waiver_open_the_way_each_by_its_own_right_and_with_a_reason()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var order = new { name = "Urea" };
        (await clinic.Doctor.Post($"encounters/{visit}/bill/promises", new { reason = "Payday" })).Refuses(403, "forbidden");
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/emergencies", new { reason = "Bleeding" })).Refuses(403, "forbidden");
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/promises", new { reason = " " })).RefusesField("reason");
        var promise = (await clinic.Receptionist.Post($"encounters/{visit}/bill/promises", new { reason = "Payday", until = "2030-01-31" })).Is(201).Id;
        (await clinic.Order(visit, "lab", order)).Is(201);
        Assert.False((await clinic.Doctor.Get("encounters")).Items[0].GetProperty("isUnpaid").GetBoolean());
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/promises", new { reason = "Payday", until = "2020-01-31" })).RefusesField("until");
        // A promise holds until its day is over.
        async Task PromisedUntil(int days) => await clinic.Salus.Sql($"UPDATE clinic_bill_exits SET \"Until\" = '{DateTime.UtcNow.AddDays(days):yyyy-MM-dd}'");
        await PromisedUntil(-2);
        (await clinic.Order(visit, "imaging", new { name = "Chest" })).Refuses(402, "payment.needed");
        Assert.True((await clinic.Doctor.Get("encounters")).Items[0].GetProperty("isUnpaid").GetBoolean());
        await PromisedUntil(2);
        (await clinic.Receptionist.Send("DELETE", $"encounters/{visit}/bill/exits/{promise}", null)).Is(204);
        (await clinic.Receptionist.Send("DELETE", $"encounters/{visit}/bill/exits/{promise}", null)).Refuses(409, "bill.exit-ended");
        (await clinic.Order(visit, "imaging", new { name = "Chest" })).Refuses(402, "payment.needed");
        (await clinic.Doctor.Post($"encounters/{visit}/bill/emergencies", new { reason = "Bleeding" })).Is(201);
        (await clinic.Order(visit, "imaging", new { name = "Chest" })).Is(201);
        // What is owed stays owed, until it is paid or given away.
        Assert.Equal("30.00", (await clinic.Bill(visit)).Amount("due"));
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/waivers", new { reason = "Hardship" })).Refuses(403, "forbidden");
        (await clinic.Admin.Post($"encounters/{visit}/bill/waivers", new { reason = "Hardship" })).Is(204);
        (await clinic.Admin.Post($"encounters/{visit}/bill/waivers", new { reason = "Hardship" })).Refuses(409, "charge.settled");
        var bill = await clinic.Bill(visit);
        Assert.Equal(("0.00", "30.00"), (bill.Amount("due"), bill.Amount("waived")));
        Assert.Equal((3000, -3000, 0), (await clinic.Sum(LedgerAccount.Waived), await clinic.Sum(LedgerAccount.Revenue), await clinic.Sum()));
        Assert.Equal(2, (await clinic.Audit(GrantExit.Action)).Count(a => a.Result == "ok"));
        Assert.NotEmpty(await clinic.Audit(EndExit.Action));
        Assert.NotEmpty(await clinic.Audit(WaiveBill.Action));
    }

    [Fact]
    public async Task a_service_is_put_on_the_bill_by_those_whom_the_list_names_once_and_taken_off_while_nothing_is_paid()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var dressing = await clinic.Price("other", "DRESS", "8.00", by: ["nurse", "desk"]);
        var advice = await clinic.Price("other", "ADVICE", "15.00", by: ["doctor"], taxRate: 22);
        (await clinic.Doctor.Post($"encounters/{visit}/bill/services", new { serviceId = dressing })).Refuses(403, "bill.not-yours");
        (await clinic.Lab.Post($"encounters/{visit}/bill/services", new { serviceId = dressing })).Refuses(403, "forbidden");
        (await clinic.Nurse.Post($"encounters/{visit}/bill/services", new { serviceId = Guid.NewGuid() })).Refuses(404, "not-found");
        foreach (var quantity in (decimal[])[0, -1, 0.0001m]) (await clinic.Nurse.Post($"encounters/{visit}/bill/services", new { serviceId = dressing, quantity })).Refuses(422, "invalid");
        var bill = (await clinic.Nurse.Post($"encounters/{visit}/bill/services", new { serviceId = dressing, quantity = 2 })).Is(200);
        Assert.Equal("46.00", bill.Amount("total"));
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = dressing })).Refuses(409, "bill.service-twice");
        (await clinic.Doctor.Post($"encounters/{visit}/bill/services", new { serviceId = advice })).Is(200);
        var off = bill.Line("DRESS").Id("chargeId");
        (await clinic.Nurse.Post($"encounters/{visit}/bill/removals", new { chargeId = off, reason = "Not done" })).Refuses(403, "forbidden");
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = off, reason = "Not done" })).Is(200);
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = dressing })).Is(200);
        (await clinic.PayBill(visit, "35.00")).Is(200);
        bill = await clinic.Bill(visit);
        // The consultation was paid first, then the rest by age.
        Assert.Equal(("paid", "part-paid"), (bill.Line("CONS").Str("state"), bill.Line("ADVICE").Str("state")));
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = bill.Line("ADVICE").Id("chargeId"), reason = "Not done" })).Refuses(409, "bill.paid");
        Assert.Equal(0, await clinic.Sum());
    }

    [Fact]
    public async Task what_is_added_after_payment_is_owed_and_what_is_paid_after_care_holds_nothing_back_but_the_end()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        (await clinic.PayBill(visit)).Is(200);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        Assert.Null(await clinic.LockOf(visit, "close"));
        var later = await clinic.OrderPriced(visit, "CULT", "40.00", "after");
        Assert.Equal(("40.00", "after"), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit)).Line("CULT").Str("timing")));
        (await clinic.Lab.Post($"orders/{later}/result", new { text = "Growth", flag = "abnormal" })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(402, "payment.needed");
        (await clinic.PayBill(visit)).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = await clinic.Price("other", "LATE", "1.00", by: ["desk"]) })).Refuses(409, "encounter.closed");
    }

    [Fact]
    public async Task what_is_cancelled_or_dispensed_in_part_leaves_the_bill_and_an_emergency_prescription_is_billed_later()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        var order = await clinic.OrderPriced(visit, "GLU", "12.50");
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Not needed" })).Is(200);
        Assert.Equal(("0.00", "12.50", true), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit)).Amount("waived"), (await clinic.Bill(visit)).Line("GLU").GetProperty("isNotDone").GetBoolean()));
        var drug = (await clinic.Pharmacist.Post("drugs", new { name = "Amoxicillin", code = "amox" })).Is(201).Id;
        await clinic.Receive(drug, 100);
        await clinic.Price("pharmacy", "AMOX", "0.50");
        var waiting = await clinic.Pending(visit, drug);
        var quantity = (await clinic.Bill(visit)).Line("AMOX").GetProperty("quantity").GetDecimal();
        (await clinic.Dispense(waiting)).Refuses(402, "payment.needed");
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = (await clinic.Bill(visit)).Line("AMOX").Id("chargeId"), reason = "Too dear" })).Refuses(409, "bill.ordered");
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/promises", new { reason = "Payday", purposeId = waiting })).Is(201);
        (await clinic.Pharmacist.Post($"prescriptions/{waiting}/dispensing", new { quantity = (int)quantity / 2 })).Is(200);
        Assert.Equal(quantity / 4, decimal.Parse((await clinic.Bill(visit)).Amount("due"), System.Globalization.CultureInfo.InvariantCulture));
        // What was paid before only half of it was handed out is to be given back, until it is.
        var third = await clinic.Pending(visit, drug, ("overrideReason", "Needed again"));
        var line = (await clinic.Bill(visit))["lines"].EnumerateArray().Single(l => l.Id("purposeId") == third);
        (await clinic.PayBill(visit, charges: line.Id("chargeId"))).Is(200);
        (await clinic.Pharmacist.Post($"prescriptions/{third}/dispensing", new { quantity = (int)quantity / 2 })).Is(200);
        async Task<decimal> GiveBack() => decimal.Parse((await clinic.Bill(visit))["lines"].EnumerateArray().Single(l => l.Id("purposeId") == third).Amount("giveBack"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(quantity / 4, await GiveBack());
        var payment = (await clinic.Bill(visit))["payments"].EnumerateArray().Last().Id();
        (await clinic.Refund(payment, (quantity / 4).ToString("F2", System.Globalization.CultureInfo.InvariantCulture))).Is(201);
        Assert.Equal(0, await GiveBack());
        var urgent = await clinic.Pending(visit, drug, ("isEmergency", true), ("emergencyReason", "Anaphylaxis"), ("overrideReason", "Needed twice"));
        (await clinic.Dispense(urgent)).Is(200);
        Assert.Equal(3, (await clinic.Bill(visit))["lines"].EnumerateArray().Count(l => l.Str("code") == "AMOX"));
        Assert.Equal(0, await clinic.Sum());
    }

    [Fact]
    public async Task of_ten_who_take_the_same_payment_one_does_and_a_repeated_request_takes_it_once()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => clinic.PayBill(visit)));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Contains(a["code"].GetString(), (string[])["charge.settled", "charge.changed"]));
        Assert.Equal((3000, 0), (await clinic.Sum(LedgerAccount.Card), await clinic.Sum()));
        var second = await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register("Bruno Verdi")).Id });
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        for (var i = 0; i < 3; i++) (await clinic.Receptionist.Post($"encounters/{second.Id}/bill/payments", new { method = "card", amount = MoneyWords.Eur("10") }, key)).Is(200);
        Assert.Equal("20.00", (await clinic.Bill(second.Id)).Amount("due"));
    }

    [Fact]
    public async Task bad_amounts_and_methods_are_refused_and_nothing_is_booked()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        foreach (var amount in (string[])["0", "-1", "1.001", "NaN", "1e3", "99999999999999", "31.00", ""]) (await clinic.PayBill(visit, amount)).Refuses(422, "invalid");
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/payments", new { method = "card", amount = new { amount = "10", currency = "USD" } })).RefusesField("amount");
        foreach (var method in (string[])["insurance", "stripe", "pay-pal"]) (await clinic.PayBill(visit, method: method)).RefusesField("method");
        (await clinic.PayBill(visit, method: "cash")).Refuses(409, "drawer.closed");
        (await clinic.PayBill(visit, method: "wallet")).Refuses(409, "wallet.insufficient");
        (await clinic.PayBill(visit, method: "transfer")).RefusesField("reference");
        (await clinic.PayBill(visit, charges: Guid.NewGuid())).Refuses(404, "not-found");
        foreach (var who in (Caller[])[clinic.Doctor, clinic.Nurse, clinic.Lab, clinic.Pharmacist]) (await clinic.PayBill(visit, by: who)).Refuses(403, "forbidden");
        Assert.Equal(("30.00", 0), ((await clinic.Bill(visit)).Amount("due"), await clinic.Sum()));
        // By cash with change, and from the wallet.
        await clinic.Drawer();
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/payments", new { method = "cash", amount = MoneyWords.Eur("12.30"), tendered = MoneyWords.Eur("20") })).Is(200);
        var patient = (await clinic.Receptionist.Get($"encounters/{visit}"))["patientId"].GetGuid();
        (await clinic.Fill(patient, "25.00")).Is(201);
        Assert.Equal("0.00", (await clinic.PayBill(visit, method: "wallet")).Is(200).Amount("due"));
        Assert.Equal("7.30", await clinic.Balance(patient));
    }

    [Fact]
    public async Task the_bills_page_takes_the_payment_and_lets_care_go_on()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var at = $"/{clinic.Slug}/visits/{visit}/bill";
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        using var promised = await browser.Submit(at, at + "/promises", new() { ["reason"] = "Payday" });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, promised.StatusCode);
        using var paid = await browser.Submit(at, at + "/payments", new() { ["method"] = "Card", ["amount"] = "30.00" });
        Assert.Equal(at, paid.Headers.Location!.ToString());
        using var page = await browser.Get(at);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("Nothing is owed", html, StringComparison.Ordinal);
        Assert.Contains("Payday", html, StringComparison.Ordinal);
        using var stranger = new Browser(clinic.Salus);
        await stranger.SignIn(clinic, "lab");
        using var refused = await stranger.Get(at);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
    }
}
