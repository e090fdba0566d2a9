using Salus.Modules.Clinic.Billing;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>AddExtra, GiveDiscount and EndDiscount, each through the page and the API.</summary>
public sealed class DiscountTests(SalusServer server)
{
    [Fact]
    public async Task what_is_on_no_price_list_is_put_on_the_bill_with_its_reason_and_waited_for_by_both_doors()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        using var desk = await PageDoor.For(clinic, "receptionist");
        using var doctor = await PageDoor.For(clinic, "doctor");
        (await clinic.PayBill(visit)).Is(200);
        Assert.Null(await clinic.LockOf(visit, "lab-order"));
        // D6_18: what is added after full payment is owed and waited for.
        await desk.Does($"visits/{visit}/bill/extras", ("title", "Taxi home"), ("amount", "12,50"), ("reason", "Late at night"));
        Assert.Equal(("12.50", "payment.needed"), ((await clinic.Bill(visit)).Amount("due"), await clinic.LockOf(visit, "lab-order")));
        Assert.Contains("Late at night", await desk.Read($"visits/{visit}/bill"), StringComparison.Ordinal);
        var bill = (await clinic.Extra(visit, "Copy of the record", "2.00", "Asked for")).Is(200);
        Assert.Equal(("14.50", "Asked for"), (bill.Amount("due"), bill["lines"].EnumerateArray().Last().Str("note")));
        (await clinic.Extra(visit, "Copy", "0", "Asked for")).RefusesField("amount");
        (await clinic.Extra(visit, "Copy", "-1", "Asked for")).RefusesField("amount");
        (await clinic.Extra(visit, "Copy", "1", " ")).RefusesField("reason");
        (await clinic.Extra(visit, " ", "1", "Asked for")).RefusesField("title");
        await desk.IsRefused(422, $"visits/{visit}/bill/extras", "Please fill this in", ("amount", "1"), ("reason", "Asked for"));
        (await clinic.Extra(visit, "Copy", "1", "Asked for", clinic.Doctor)).Refuses(403, "forbidden");
        await doctor.IsRefused(403, $"visits/{visit}/bill/extras", "Your role does not allow this", ("title", "Copy"), ("amount", "1"), ("reason", "x"));
        Assert.Equal(("forbidden", null), (await clinic.LockOf(visit, "bill-extra"), await clinic.LockOf(visit, "bill-extra", by: clinic.Receptionist)));
        // Before it is paid it is taken off again, as any line.
        var copy = bill["lines"].EnumerateArray().Last().Id("chargeId");
        await desk.Does($"visits/{visit}/bill/removals", ("chargeId", copy.ToString()), ("reason", "Not wanted"));
        (await clinic.PayBill(visit)).Is(200);
        var taxi = (await clinic.Bill(visit))["lines"].EnumerateArray().Single(l => l.Str("title") == "Taxi home").Id("chargeId");
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/removals", new { chargeId = taxi, reason = "Too late" })).Refuses(409, "charge.settled");
        Assert.Equal(2, (await clinic.Audit(AddExtra.Action)).Count(a => a.Result == "ok"));
        Assert.All(await clinic.Audit(AddExtra.Action), a => Assert.DoesNotContain("Taxi", a.Detail, StringComparison.Ordinal));
        // A closed visit takes nothing more.
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
        (await clinic.Extra(visit, "Copy", "1", "Asked for")).Refuses(409, "encounter.closed");
        await desk.IsRefused(409, $"visits/{visit}/bill/extras", "This visit is closed", ("title", "Copy"), ("amount", "1"), ("reason", "x"));
        Assert.Equal("encounter.closed", await clinic.LockOf(visit, "bill-extra", by: clinic.Receptionist));
        await clinic.Proven();
    }

    [Fact]
    public async Task a_discount_by_amount_or_percent_on_a_line_or_the_bill_says_why_and_opens_the_way_by_both_doors()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        (await clinic.Extra(visit, "Taxi", "10.01", "Late")).Is(200);
        await clinic.Hire("both", "org.admin clinic.doctor");
        using var admin = await PageDoor.For(clinic, "admin");
        using var desk = await PageDoor.For(clinic, "receptionist");
        var consultation = (await clinic.Bill(visit)).Line("CONS").Id("chargeId");
        (await clinic.Discount(visit, new { amount = MoneyWords.Eur("5.00"), reason = "Hardship" }, clinic.Receptionist)).Refuses(403, "forbidden");
        await desk.IsRefused(403, $"visits/{visit}/bill/discounts", "Your role does not allow this", ("amount", "5"), ("reason", "Hardship"));
        Assert.Equal(("forbidden", null), (await clinic.LockOf(visit, "discount", by: clinic.Receptionist), await clinic.LockOf(visit, "discount", by: clinic.As("both"))));
        (await clinic.Discount(visit, new { percent = 10 })).RefusesField("reason");
        (await clinic.Discount(visit, new { reason = "x" })).RefusesField("amount");
        (await clinic.Discount(visit, new { amount = MoneyWords.Eur("1"), percent = 10, reason = "x" })).RefusesField("amount");
        (await clinic.Discount(visit, new { amount = MoneyWords.Eur("40.02"), reason = "x" })).RefusesField("amount");
        foreach (var odd in (decimal[])[0, -5, 100.01m, 1.234m]) (await clinic.Discount(visit, new { percent = odd, reason = "x" })).RefusesField("percent");
        (await clinic.Discount(visit, new { percent = 10, chargeIds = new[] { Guid.NewGuid() }, reason = "x" })).Refuses(404, "not-found");
        // One line by percent through the page: 30.00 becomes 27.00.
        await admin.Does($"visits/{visit}/bill/discounts", ("chargeId", consultation.ToString()), ("percent", "10"), ("reason", "A colleague"));
        Assert.Equal(("3.00", "27.00", "37.01"), ((await clinic.Bill(visit)).Line("CONS").Amount("letOff"), (await clinic.Bill(visit)).Line("CONS").Amount("due"), (await clinic.Bill(visit)).Amount("due")));
        var page = await admin.Read($"visits/{visit}/bill");
        Assert.Contains("A colleague", page, StringComparison.Ordinal);
        Assert.Contains("data-discount-back", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-discount", (await desk.Read($"visits/{visit}/bill")), StringComparison.Ordinal);
        // The whole bill by amount: each line bears its part, and the parts are the whole.
        (await clinic.Discount(visit, new { amount = MoneyWords.Eur("7.00"), reason = "Hardship" })).Is(204);
        var bill = await clinic.Bill(visit);
        Assert.Equal(("30.01", "10.00", "21.90", "8.11"), (bill.Amount("due"), bill.Amount("waived"), bill["lines"][0].Amount("due"), bill["lines"][1].Amount("due")));
        // All that is left: nothing is owed, and nothing waits.
        await admin.Does($"visits/{visit}/bill/discounts", ("percent", "100"), ("reason", "Hardship"));
        Assert.Equal(("0.00", null), ((await clinic.Bill(visit)).Amount("due"), await clinic.LockOf(visit, "lab-order")));
        (await clinic.Discount(visit, new { percent = 10, reason = "x" })).Refuses(409, "charge.settled");
        await admin.IsRefused(409, $"visits/{visit}/bill/discounts", "Nothing is owed for this any more", ("percent", "10"), ("reason", "x"));
        Assert.Equal(["bill", "bill", "lines"], (await clinic.Audit(GiveDiscount.Action)).Where(a => a.Result == "ok").Select(a => a.Detail).Order(StringComparer.Ordinal));
        Assert.Equal("40.01", (await clinic.Admin.Get("money-figures")).Amount("waived"));
        await clinic.Proven();
    }

    [Fact]
    public async Task a_discount_is_taken_back_before_it_is_paid_and_not_after_by_both_doors()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        using var admin = await PageDoor.For(clinic, "admin");
        var line = (await clinic.Bill(visit)).Line("CONS").Id("chargeId");
        (await clinic.EndDiscount(visit)).Refuses(409, "bill.no-discount");
        (await clinic.Admin.Post($"encounters/{visit}/bill/waivers", new { reason = "Hardship" })).Is(204);
        Assert.Null(await clinic.LockOf(visit, "lab-order"));
        (await clinic.EndDiscount(visit, by: clinic.Receptionist)).Refuses(403, "forbidden");
        await admin.Does($"visits/{visit}/bill/discounts/removal", ("chargeId", line.ToString()), ("reason", "Was a slip"));
        Assert.Equal(("30.00", "open", "payment.needed"), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit)).Line("CONS").Str("state"), await clinic.LockOf(visit, "lab-order")));
        await admin.IsRefused(409, $"visits/{visit}/bill/discounts/removal", "Nothing was let off here", ("chargeId", line.ToString()), ("reason", "x"));
        (await clinic.Discount(visit, new { percent = 50, reason = "Hardship" })).Is(204);
        (await clinic.PayBill(visit, "5.00")).Is(200);
        (await clinic.EndDiscount(visit)).Refuses(409, "bill.paid");
        await admin.IsRefused(409, $"visits/{visit}/bill/discounts/removal", "Something was paid for this", ("reason", "x"));
        (await clinic.Refund((await clinic.Bill(visit))["payments"][0].Id(), takesBack: false)).Is(201);
        (await clinic.EndDiscount(visit)).Is(204);
        var bill = await clinic.Bill(visit);
        Assert.Equal(("30.00", "0.00"), (bill.Amount("due"), bill.Line("CONS").Amount("letOff")));
        Assert.Equal(["30.00", "-30.00", "15.00", "-15.00"], bill["discounts"].EnumerateArray().Select(d => d.Amount("amount")));
        // What was cancelled does not become owed by it.
        (await clinic.PayBill(visit)).Is(200);
        var order = await clinic.OrderPriced(visit, "GLU", "10.00");
        var charge = (await clinic.Bill(visit)).Line("GLU").Id("chargeId");
        (await clinic.Discount(visit, new { percent = 40, chargeIds = new[] { charge }, reason = "Hardship" })).Is(204);
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Not needed" })).Is(200);
        (await clinic.EndDiscount(visit, charge)).Refuses(409, "bill.not-done");
        Assert.Equal("0.00", (await clinic.Bill(visit)).Amount("due"));
        Assert.Equal(2, (await clinic.Audit(EndDiscount.Action)).Count(a => a.Result == "ok"));
        await clinic.Proven();
    }

    [Fact]
    public async Task an_insurers_part_follows_a_discount_and_an_extra_until_it_is_asked_to_pay()
    {
        var clinic = await server.NewClinic();
        var insured = await clinic.Covered();
        async Task Shares(string insurer, string due)
        {
            Assert.Equal((insurer, due), ((await clinic.Bill(insured.Visit)).Amount("insurer"), (await clinic.Bill(insured.Visit)).Amount("due")));
            Assert.Equal(insurer, (await clinic.Claim(insured.Claim))["claim"].Amount("amount"));
            await clinic.Proven();
        }
        await Shares("80.00", "20.00");
        (await clinic.Discount(insured.Visit, new { percent = 10, reason = "A colleague" })).Is(204);
        await Shares("72.00", "18.00");
        (await clinic.Extra(insured.Visit, "Taxi", "10.00", "Late")).Is(200);
        await Shares("80.00", "20.00");
        (await clinic.EndDiscount(insured.Visit)).Is(204);
        await Shares("88.00", "22.00");
        // More than the patient's part: the insurer's falls with it.
        var line = (await clinic.Bill(insured.Visit)).Line("CONS").Id("chargeId");
        (await clinic.Discount(insured.Visit, new { amount = MoneyWords.Eur("50.00"), chargeIds = new[] { line }, reason = "Hardship" })).Is(204);
        await Shares("48.00", "12.00");
        // Once it is asked to pay, only what the patient owes can be let off.
        (await clinic.Submit(insured.Claim)).Is(200);
        (await clinic.Discount(insured.Visit, new { amount = MoneyWords.Eur("12.01"), reason = "Hardship" })).RefusesField("amount");
        (await clinic.Discount(insured.Visit, new { amount = MoneyWords.Eur("12.00"), reason = "Hardship" })).Is(204);
        await Shares("48.00", "0.00");
    }

    [Fact]
    public async Task a_standing_agreement_counts_for_an_extra_and_a_discount_comes_off_what_it_left()
    {
        var clinic = await server.NewClinic();
        var (patient, today) = ((await clinic.Register()).Id, DateOnly.FromDateTime(DateTime.UtcNow));
        (await clinic.Receptionist.Post($"patients/{patient}/retainers", new { kind = "annual", from = today.AddDays(-5), to = today.AddDays(300) })).Is(201);
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        Assert.Equal(("2.00", "8.00"), ((await clinic.Extra(visit, "Taxi", "10.00", "Late")).Is(200).Amount("discount"), (await clinic.Bill(visit)).Amount("due")));
        (await clinic.Discount(visit, new { percent = 25, reason = "Hardship" })).Is(204);
        Assert.Equal(("2.00", "2.00", "6.00"), ((await clinic.Bill(visit)).Amount("discount"), (await clinic.Bill(visit)).Amount("waived"), (await clinic.Bill(visit)).Amount("due")));
        await clinic.Proven();
    }

    [Fact]
    public async Task discounts_takings_back_and_payments_at_once_leave_a_bill_that_adds_up()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        for (var i = 1; i < 4; i++) (await clinic.Extra(visit, $"Extra {i}", $"{i}.{i}{i}", "Late")).Is(200);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => (i % 3) switch
        {
            0 => clinic.Discount(visit, new { percent = 7.5, reason = "Hardship" }),
            1 => clinic.PayBill(visit, $"0.{i + 10}"),
            _ => clinic.EndDiscount(visit),
        }));
        Assert.All(answers, a => Assert.True(a.Status is 200 or 204 or 409, a.Text));
        Assert.Contains(answers, a => a.Status == 204);
        var bill = await clinic.Bill(visit);
        static decimal Of(string amount) => decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(36.66m, Of(bill.Amount("due")) + Of(bill.Amount("paid")) + Of(bill.Amount("waived")));
        await clinic.Proven();
    }
}
