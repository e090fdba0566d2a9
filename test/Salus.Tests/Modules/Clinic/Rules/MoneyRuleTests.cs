using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Tests.Billing;
using Salus.Tests.Orders;
using Salus.Tests.Payments;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Rules;

/// <summary>The rules of payment before care (DOMAIN D.6.1 to 8 and 18), each through the page and the API.</summary>
public sealed class MoneyRuleTests(SalusServer server)
{
    private const string NotPaid = "This is not paid yet";
    private static readonly (string, string)[] Prescription = [("drug", "Amoxicillin"), ("dose", "1"), ("frequency", "daily"), ("days", "5"), ("quantity", "5"), ("overrideReason", "Known")];

    [Fact]
    public async Task D6_01_neither_a_part_payment_nor_an_empty_bill_unlocks_an_order_whose_own_line_is_not_paid()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        (await clinic.PayBill(visit, "10.00")).Is(200);
        using var doctor = await PageDoor.For(clinic, "doctor");
        using var lab = await PageDoor.For(clinic, "lab");
        (await clinic.Order(visit, "lab", new { name = "Urea" })).Refuses(402, "payment.needed");
        await doctor.IsRefused(402, $"visits/{visit}/orders", NotPaid, ("kind", "Lab"), ("words", "Urea"));
        (await clinic.PayBill(visit)).Is(200);
        await doctor.Does($"visits/{visit}/orders", ("kind", "Lab"), ("words", "Urea"));
        // In a visit that costs nothing, too, each order's own line counts.
        var free = (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register("Bruno Verdi")).Id, type = "routine" })).Is(201).Id;
        foreach (var at in (Guid[])[visit, free])
        {
            var order = await clinic.OrderPriced(at, $"T{at.ToString()[^4..]}", "12.50");
            (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Refuses(402, "payment.needed");
            await lab.IsRefused(402, $"orders/{order}/result", NotPaid, ("text", "Seen"), ("flag", "Normal"));
            (await clinic.Doctor.Post($"encounters/{at}/bill/emergencies", new { reason = "Bleeding", purposeId = order })).Is(201);
            await lab.Does($"orders/{order}/result", ("text", "Seen"), ("flag", "Normal"));
        }
    }

    [Fact]
    public async Task D6_02_D6_03_care_may_begin_before_payment_and_what_is_ordered_waits_for_it_by_both_doors()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        using var doctor = await PageDoor.For(clinic, "doctor");
        using var nurse = await PageDoor.For(clinic, "nurse");
        using var desk = await PageDoor.For(clinic, "receptionist");
        // Not gated: looking, triage, the consultation, nursing.
        await nurse.Does($"visits/{visit}/vitals", ("pulse", "70"));
        await nurse.Does($"visits/{visit}/notes", ("kind", "General"), ("text", "Calm"));
        await doctor.Does($"visits/{visit}/consultation", ("history", "Seen"));
        foreach (var path in (string[])[$"visits/{visit}", $"visits/{visit}/bill", $"visits/{visit}/orders", $"visits/{visit}/prescriptions"]) await doctor.Read(path);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { pulse = 75 })).Is(201);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen twice" })).Is(200);
        foreach (var path in (string[])["", "/bill", "/chart", "/orders", "/prescriptions"]) (await clinic.Doctor.Get($"encounters/{visit}{path}")).Is(200);
        // Gated: the same acts by the locks, by the API and by the page.
        foreach (var (kind, act) in ((string, string)[])[("lab", "lab-order"), ("imaging", "imaging-order"), ("procedure", "procedure-order")])
        {
            Assert.Equal("payment.needed", await clinic.LockOf(visit, act));
            (await clinic.Order(visit, kind, new { name = "Item" })).Refuses(402, "payment.needed");
            await doctor.IsRefused(402, $"visits/{visit}/orders", NotPaid, ("kind", kind), ("words", "Item"));
        }
        Assert.Equal("payment.needed", await clinic.LockOf(visit, "prescription"));
        (await clinic.Prescribe(visit, "Amoxicillin", ("overrideReason", "Known"))).Refuses(402, "payment.needed");
        await doctor.IsRefused(402, $"visits/{visit}/prescriptions", NotPaid, Prescription);
        // The desk passes no clinical door, paid or not.
        (await clinic.PayBill(visit)).Is(200);
        foreach (var path in (string[])["vitals", "consultation", "notes", "conditions", "orders", "prescriptions", "closing"]) await desk.IsRefused(403, $"visits/{visit}/{path}", "Your role does not allow this", ("text", "x"));
        (await clinic.Receptionist.Post($"encounters/{visit}/vitals", new { pulse = 70 })).Refuses(403, "forbidden");
        (await clinic.Receptionist.Put($"encounters/{visit}/consultation", new { history = "x" })).Refuses(403, "forbidden");
        (await clinic.Order(visit, "lab", new { name = "Item" }, by: clinic.Receptionist)).Refuses(403, "forbidden");
        foreach (var path in (string[])["chart", "orders", "prescriptions"]) (await clinic.Receptionist.Get($"encounters/{visit}/{path}")).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task D6_04_an_emergency_prescription_needs_a_reason_bypasses_payment_stands_in_the_log_and_is_no_leak()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var drug = await clinic.Drug("Adrenaline");
        await clinic.Receive(drug, 100);
        using var doctor = await PageDoor.For(clinic, "doctor");
        using var pharmacist = await PageDoor.For(clinic, "pharmacist");
        (string, string)[] asked = [.. Prescription.Skip(1), ("drug", "Adrenaline"), ("isEmergency", "true")];
        (await clinic.Prescribe(visit, drug, ("isEmergency", true), ("overrideReason", "Known"))).RefusesField("emergencyReason");
        Assert.Equal(422, (await doctor.Post($"visits/{visit}/prescriptions", asked)).Status);
        await doctor.Does($"visits/{visit}/prescriptions", [.. asked, ("emergencyReason", "Anaphylaxis")]);
        var byPage = Assert.Single(await clinic.Prescriptions(visit)).Id();
        var byApi = await clinic.Pending(visit, drug, ("isEmergency", true), ("emergencyReason", "Anaphylaxis"), ("overrideReason", "Known"));
        await pharmacist.Does($"pharmacy/prescriptions/{byPage}/dispensing", ("quantity", "1"));
        (await clinic.Dispense(byApi, new { quantity = 1 })).Is(200);
        foreach (var id in (Guid[])[byPage, byApi]) Assert.Contains("emergency", Assert.Single(await clinic.Audit(Prescribe.Action, id)).Detail, StringComparison.Ordinal);
        Assert.Empty((await clinic.Admin.Get("billing/unpaid-work")).Is(200).Items);
        Assert.Equal("30.00", (await clinic.Bill(visit)).Amount("due"));
    }

    [Fact]
    public async Task D6_05_a_visit_closes_when_nothing_is_owed_or_an_insurer_answers_and_a_rejected_one_goes_the_cash_path()
    {
        var clinic = await server.NewClinic();
        using var doctor = await PageDoor.For(clinic, "doctor");
        using var nurse = await PageDoor.For(clinic, "nurse");
        var visit = await clinic.Charging();
        (await clinic.Nurse.Post($"encounters/{visit}/closing")).Refuses(403, "forbidden");
        await nurse.IsRefused(403, $"visits/{visit}/closing", "Your role does not allow this");
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(409, "encounter.no-consultation");
        await doctor.IsRefused(409, $"visits/{visit}/closing", "There is no consultation yet");
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        async Task IsOwed()
        {
            (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(402, "payment.needed");
            await doctor.IsRefused(402, $"visits/{visit}/closing", NotPaid);
            Assert.Contains("data-lock=\"payment.needed\"", await doctor.Read($"visits/{visit}/parts/closing"), StringComparison.Ordinal);
        }
        await IsOwed();
        // Asked and rejected: as if nobody had been asked.
        var patient = (await clinic.Receptionist.Get($"encounters/{visit}"))["patientId"].GetGuid();
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 80, from = "2020-01-01" })).Is(201).Id;
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        Assert.Null(await clinic.LockOf(visit, "close"));
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = false, reason = "Not covered" })).Is(204);
        await IsOwed();
        (await clinic.PayBill(visit)).Is(200);
        await doctor.Does($"visits/{visit}/closing");
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(409, "encounter.closed");
        await doctor.IsRefused(409, $"visits/{visit}/closing", "This visit is closed");
    }

    [Fact]
    public async Task D6_06_the_bill_counts_discount_insurer_and_wallet_once_and_the_page_says_the_same()
    {
        var clinic = await server.NewClinic();
        using var desk = await PageDoor.For(clinic, "receptionist");
        await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        var (patient, today) = ((await clinic.Register()).Id, DateOnly.FromDateTime(DateTime.UtcNow));
        (await clinic.Receptionist.Post($"patients/{patient}/retainers", new { kind = "annual", from = today.AddDays(-5), to = today.AddDays(300) })).Is(201);
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 50, from = "2020-01-01" })).Is(201).Id;
        await clinic.Approved(visit, policy, "30.00");
        // 100.00 less a fifth; of the 80.00 the insurer takes half, but no more than it approved.
        var bill = await clinic.Bill(visit);
        Assert.Equal(("20.00", "30.00", "50.00", "0.00"), (bill.Amount("discount"), bill.Amount("insurer"), bill.Amount("due"), bill.Amount("paid")));
        (await clinic.Fill(patient, "50.00")).Is(201);
        await desk.Does($"visits/{visit}/bill/payments", ("method", "Wallet"), ("amount", "20.00"));
        Assert.Equal(("30.00", "20.00"), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit)).Amount("paid")));
        Assert.Equal("30.00", await clinic.Balance(patient));
        Assert.Contains("30.00", await desk.Read($"visits/{visit}/bill/lines"), StringComparison.Ordinal);
        (await clinic.PayBill(visit, method: "wallet")).Is(200);
        Assert.Contains("Nothing is owed", await desk.Read($"visits/{visit}/bill"), StringComparison.Ordinal);
        await clinic.Proven();
    }

    [Fact]
    public async Task D6_07_a_payment_goes_to_registration_then_consultation_then_the_oldest_line_by_both_doors()
    {
        var clinic = await server.NewClinic();
        await clinic.Price("other", "DRESS", "8.00", automatic: ["consultation"]);
        await clinic.Price("registration", "REG", "5.00", automatic: ["consultation"]);
        await clinic.Price("consultation", "CONS", "20.00", automatic: ["consultation"]);
        using var desk = await PageDoor.For(clinic, "receptionist");
        async Task<string[]> Pays(Func<Guid, Task> pay)
        {
            var visit = (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register()).Id })).Is(201).Id;
            await pay(visit);
            var bill = await clinic.Bill(visit);
            return [bill.Line("REG").Str("state"), bill.Line("CONS").Str("state"), bill.Line("DRESS").Str("state")];
        }
        foreach (var (amount, states) in ((string, string[])[])[("6.00", ["paid", "part-paid", "open"]), ("27.00", ["paid", "paid", "part-paid"])])
        {
            Assert.Equal(states, await Pays(async visit => (await clinic.PayBill(visit, amount)).Is(200)));
            Assert.Equal(states, await Pays(visit => desk.Does($"visits/{visit}/bill/payments", ("method", "Card"), ("amount", amount))));
        }
    }

    [Fact]
    public async Task D6_08_an_insured_bill_takes_no_cash_by_either_door_until_the_insurer_has_rejected_it()
    {
        var clinic = await server.NewClinic();
        await clinic.Drawer();
        using var desk = await PageDoor.For(clinic, "receptionist");
        var insured = await clinic.Covered();
        (await clinic.PayBill(insured.Visit, "5.00", "cash")).Refuses(409, "bill.insured");
        await desk.IsRefused(409, $"visits/{insured.Visit}/bill/payments", "An insurer is asked for this visit", ("method", "Cash"), ("amount", "5.00"));
        await desk.Does($"visits/{insured.Visit}/bill/payments", ("method", "Card"), ("amount", "5.00"));
        (await clinic.Submit(insured.Claim)).Is(200);
        (await clinic.Reject(insured.Claim)).Is(200);
        await desk.Does($"visits/{insured.Visit}/bill/payments", ("method", "Cash"), ("amount", "4.00"));
        (await clinic.PayBill(insured.Visit, method: "cash")).Is(200);
        Assert.Equal("0.00", (await clinic.Bill(insured.Visit)).Amount("due"));
    }

    [Fact]
    public async Task D6_18_what_is_added_after_full_payment_is_owed_and_waited_for_again_whichever_door_added_it()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var (first, second) = (await clinic.Price("other", "DRESS", "8.00", by: ["desk"]), await clinic.Price("other", "COPY", "2.00", by: ["desk"]));
        using var desk = await PageDoor.For(clinic, "receptionist");
        using var doctor = await PageDoor.For(clinic, "doctor");
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        (await clinic.PayBill(visit)).Is(200);
        Assert.Null(await clinic.LockOf(visit, "close"));
        await desk.Does($"visits/{visit}/bill/services", ("serviceId", first.ToString()));
        Assert.Equal("8.00", (await clinic.Bill(visit)).Amount("due"));
        await doctor.IsRefused(402, $"visits/{visit}/closing", NotPaid);
        Assert.Contains("Not paid", await doctor.Read("visits"), StringComparison.Ordinal);
        await desk.Does($"visits/{visit}/bill/payments", ("method", "Card"), ("amount", "8.00"));
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = second })).Is(200);
        Assert.Equal("2.00", (await clinic.Bill(visit)).Amount("due"));
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(402, "payment.needed");
    }
}
