using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;

namespace Salus.Tests.Payments;

/// <summary>AddCharge, TakePayment, PaymentList, PaymentRecord, ChargeList, ChargeRecord, CashDesk, PayerAccount and CreditCharge.</summary>
public sealed class DeskTests(SalusServer server)
{
    [Fact]
    public async Task PY_01_a_charge_is_paid_in_parts_with_a_receipt_for_each_and_the_ledger_says_the_same()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("50.00");
        await clinic.Drawer();
        var first = (await clinic.Pay(charge, "20.00", "cash", tendered: "50")).Is(201);
        Assert.Equal(("30.00", "30.00", "20.00"), (first.Amount("change"), first.Amount("due"), first.Amount("amount")));
        Assert.Equal("part-paid", (await clinic.Charge(charge)).Str("state"));
        var second = (await clinic.Pay(charge)).Is(201);
        Assert.Equal("0.00", second.Amount("due"));
        var year = DateTime.UtcNow.Year;
        Assert.Equal([$"REC-{year}-0001", $"REC-{year}-0002"], new[] { first, second }.Select(a => a["number"].GetString()!));
        Assert.Equal("paid", (await clinic.Charge(charge)).Str("state"));
        (await clinic.Pay(charge)).Refuses(409, "charge.settled");
        Assert.Equal((12000, 3000, 0, -5000, 0), (await clinic.Sum(LedgerAccount.Cash), await clinic.Sum(LedgerAccount.Card), await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum(LedgerAccount.Revenue), await clinic.Sum()));
        var list = (await clinic.Receptionist.Get("payments")).Is(200).Items;
        Assert.Equal(["card completed 30.00", "cash completed 20.00"], list.Select(p => $"{p.Str("method")} {p.Str("state")} {p.Amount("amount")}"));
        Assert.Single((await clinic.Receptionist.Get("payments?method=cash&state=completed&kind=charges")).Items);
        Assert.Single((await clinic.Receptionist.Get($"payments?q=REC-{year}-0002")).Items);
        Assert.Equal(2, (await clinic.Receptionist.Get("payments?q=rossi")).Items.Count);
        Assert.Empty((await clinic.Receptionist.Get("payments?q=verdi")).Items);
        var record = (await clinic.Receptionist.Get($"payments/{first.Id}")).Is(200);
        Assert.Equal(("20.00", charge, "Person receptionist"), (record["parts"][0].Amount("amount"), record["parts"][0].Id("chargeId"), record["by"].GetString()));
        Assert.Equal([first.Id, second.Id], (await clinic.Receptionist.Get($"charges/{charge}"))["paymentIds"].EnumerateArray().Select(p => p.GetGuid()));
        Assert.Contains(await clinic.Audit("payment.take", first.Id), a => a.Detail == "Cash");
        Assert.Equal(2, (await clinic.Receptionist.Get($"payer-account?kind=patient&payer={patient}")).Is(200)["payments"].GetArrayLength());
    }

    [Fact]
    public async Task a_patient_whose_record_is_restricted_can_still_pay_what_was_charged()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("10.00");
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        Assert.Equal("10.00", (await clinic.Receptionist.Get($"payer-account?kind=patient&payer={patient}")).Is(200).Amount("due"));
        (await clinic.Pay(charge)).Is(201);
        (await clinic.Charged(patient, "5")).Refuses(404, "not-found"); // who may not see the patient says nothing new of them
        (await clinic.Receptionist.Get($"payer-account?kind=patient&payer={Guid.NewGuid()}")).Refuses(404, "not-found");
    }

    [Fact]
    public async Task a_restricted_patient_stands_in_lists_of_money_without_name_and_without_what_for()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("10.00", title: "Test for a secret");
        await clinic.Owes("7.00");
        var payment = (await clinic.Pay(charge, "4.00", reference: "T-77")).Is(201).Id;
        await clinic.Fill(patient, "5.00");
        var invoice = (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201).Id;
        var number = (await clinic.Receptionist.Get($"payer-account?kind=patient&payer={patient}")).Is(200)["payer"].Str("number");
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        string[] lists = ["charges", "payments", "debtors", "invoices", $"charges/{charge}", $"payments/{payment}", $"invoices/{invoice}", $"payer-account?kind=patient&payer={patient}", $"wallet?kind=patient&payer={patient}"];
        foreach (var path in lists)
        {
            var (desk, admin) = ((await clinic.Receptionist.Get(path)).Is(200).Text, (await clinic.Admin.Get(path)).Is(200).Text);
            Assert.Contains(patient.ToString(), desk);
            Assert.Contains(Kernel.Text.Dots, System.Text.RegularExpressions.Regex.Unescape(desk));
            Assert.DoesNotContain("secret", desk);
            Assert.DoesNotContain(Kernel.Text.Dots, System.Text.RegularExpressions.Regex.Unescape(admin));
            if (path.Contains('/') || path.Contains('=')) Assert.DoesNotContain("Rossi", desk);
        }
        foreach (var list in (string[])["charges", "payments", "invoices"])
        {
            Assert.DoesNotContain((await clinic.Receptionist.Get($"{list}?q=rossi&payer={patient}")).Is(200).Items, i => i.GetProperty("payer").Id() == patient);
            Assert.Contains((await clinic.Admin.Get($"{list}?q=rossi")).Items, i => i.GetProperty("payer").Id() == patient);
            Assert.NotEmpty((await clinic.Receptionist.Get($"{list}?q={number}")).Items);
        }
        Assert.Single((await clinic.Receptionist.Get("payments?q=T-77")).Items);
        Assert.Single((await clinic.Receptionist.Get("debtors?q=rossi"))["debtors"].EnumerateArray());
        Assert.Equal(patient, (await clinic.Receptionist.Get($"debtors?q={number}"))["debtors"][0].GetProperty("payer").Id());
        (await clinic.Receptionist.Post($"invoices/{invoice}/sending", new { to = "me@desk.example" })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post($"payments/{payment}/sending", new { to = "me@desk.example" })).Refuses(404, "not-found");
        var note = (await clinic.Admin.Post($"charges/{charge}/credits", new { kind = "credit-note", amount = MoneyWords.Eur("1"), reason = "Too dear" })).Is(201).Id;
        var day = (await clinic.Charge(charge)).Str("day");
        var statement = (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = day, to = day })).Is(201).Id;
        foreach (var path in (string[])[$"credit-notes/{note}/sending", $"statements/{statement}/sending"])
        {
            (await clinic.Receptionist.Post(path, new { to = "me@desk.example" })).Refuses(404, "not-found");
            (await clinic.Admin.Post(path, new { to = "me@desk.example" })).Is(204);
        }
    }

    [Fact]
    public async Task papers_of_a_restricted_patient_name_it_by_number_to_those_who_may_not_see_the_record()
    {
        Assert.SkipUnless(Support.Paper.CanBeRead, Support.Paper.Missing);
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("10.00", title: "Test for a secret");
        var payment = (await clinic.Pay(charge, "4.00")).Is(201).Id;
        var invoice = (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201).Id;
        var number = (await clinic.Charge(charge)).GetProperty("payer").Str("number");
        var credit = (await clinic.Admin.Post($"charges/{charge}/credits", new { kind = "credit-note", amount = MoneyWords.Eur("1"), reason = "Too dear" })).Is(201).Id;
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        var day = (await clinic.Charge(charge)).Str("day");
        var statement = (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = day, to = day })).Is(201).Id;
        foreach (var path in (string[])[$"invoices/{invoice}/document", $"payments/{payment}/document", $"credit-notes/{credit}/document", $"statements/{statement}/document"])
        {
            using var desk = await Support.Paper.Get(clinic.Receptionist, path, ("Accept-Language", "en"));
            var text = await desk.Text();
            Assert.Contains(number, text);
            Assert.DoesNotContain("Rossi", text);
            Assert.DoesNotContain("secret", text);
            using var whole = await Support.Paper.Get(clinic.Admin, path, ("Accept-Language", "en"));
            Assert.Contains("Rossi", await whole.Text());
        }
    }

    [Fact]
    public async Task the_desk_cannot_say_that_an_insurer_pays_nor_pay_for_two_people_at_once()
    {
        var clinic = await server.NewClinic();
        var (_, one) = await clinic.Owes("10.00");
        var (_, two) = await clinic.Owes("10.00");
        foreach (var method in (string[])["insurance", "stripe"]) (await clinic.Pay(one, method: method)).RefusesField("method");
        foreach (var method in (string[])["card", "wallet"]) (await clinic.Receptionist.Post("payments", new { charges = new[] { one, two }, method })).RefusesField("charges");
        Assert.Equal(0, await clinic.Sum(LedgerAccount.Card));
    }

    [Fact]
    public async Task several_charges_are_paid_at_once_by_rank_and_age()
    {
        var clinic = await server.NewClinic();
        var (patient, one) = await clinic.Owes("10.00");
        var (_, two) = await clinic.Owes("10.00", patient);
        (await clinic.Receptionist.Post("payments", new { charges = new[] { two, one }, method = "card", amount = MoneyWords.Eur("15") })).Is(201);
        Assert.Equal(("paid", "part-paid", "5.00"), ((await clinic.Charge(one)).Str("state"), (await clinic.Charge(two)).Str("state"), (await clinic.Charge(two)).Amount("due")));
        var desk = (await clinic.Receptionist.Get("debtors")).Is(200);
        Assert.Equal(("5.00", 1), (desk["debtors"][0].Amount("due"), desk["debtors"][0].Number("charges")));
        Assert.Empty((await clinic.Receptionist.Get("debtors?q=verdi"))["debtors"].EnumerateArray());
        await clinic.Register("Bruno Verdi");
        Assert.Equal("Bruno Verdi", (await clinic.Receptionist.Get("debtors?q=verdi"))["found"][0].Str("name"));
        Assert.Single((await clinic.Receptionist.Get($"charges?payer={patient}&outstanding=true")).Is(200).Items);
        Assert.Equal(2, (await clinic.Receptionist.Get("charges?q=rossi")).Items.Count);
    }

    [Fact]
    public async Task tax_and_discount_are_rounded_by_line_half_to_even_and_always_add_up()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        var including = (await clinic.Charged(patient, "10.00", taxRate: 22m)).Is(201);
        var line = (await clinic.Receptionist.Get($"charges/{including.Id}"))["lines"][0];
        Assert.Equal(("8.20", "1.80", "10.00"), (line.Amount("net"), line.Amount("tax"), line.Amount("total")));
        (await clinic.Admin.Put("payment-settings", new { currency = "EUR", taxIncluded = false, legalName = "Clinica Uno srl", taxNumber = "IT01234567890" })).Is(200);
        var adding = (await clinic.Charged(patient, "0.25", taxRate: 10m)).Is(201); // 0.025 is rounded to the even 0.02
        Assert.Equal("0.27", adding.Amount("total"));
        Assert.Equal("0.83", (await clinic.Charged(patient, "0.75", taxRate: 10m)).Amount("total")); // and 0.075 to the even 0.08
        Assert.Equal("13.50", (await clinic.Charged(patient, "10.00", quantity: 1.5m, discountRate: 10m)).Amount("total"));
        foreach (var (unit, rate, quantity, discount) in Lines(500))
            foreach (var isIncluded in (bool[])[true, false])
            {
                var amounts = LineAmounts.Of(new("", "", unit, quantity) { TaxRate = rate, DiscountRate = discount }, isIncluded);
                Assert.Equal(amounts.Total, amounts.Net + amounts.Tax);
                Assert.True(amounts is { Net: >= 0, Tax: >= 0 });
                Assert.True(Math.Abs(amounts.Tax - amounts.Net * (decimal)rate / LineAmounts.Whole) <= 1);
            }
    }

    private static IEnumerable<(long, int, decimal, int)> Lines(int count)
    {
        var random = new Random(7);
        for (var i = 0; i < count; i++) yield return (random.NextInt64(1_000_000), random.Next(10_001), random.Next(1, 100_000) / 1000m, random.Next(10_001));
    }

    [Fact]
    public async Task what_is_owed_is_taken_back_with_a_credit_note_or_waived()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("30.00");
        Task<Answer> Credit(object body) => clinic.Admin.Post($"charges/{charge}/credits", body);
        (await Credit(new { kind = "credit-note", reason = " " })).RefusesField("reason");
        (await Credit(new { kind = "credit-note", amount = MoneyWords.Eur("31"), reason = "Wrong" })).RefusesField("amount");
        Assert.Equal($"CRN-{DateTime.UtcNow.Year}-0001", (await Credit(new { kind = "credit-note", amount = MoneyWords.Eur("10"), reason = "Wrong" })).Is(201)["number"].GetString());
        Assert.Equal("", (await Credit(new { kind = "waiver", amount = MoneyWords.Eur("5"), reason = "Poor" })).Is(201)["number"].GetString());
        (await clinic.Pay(charge, "15.01")).RefusesField("amount");
        (await clinic.Pay(charge)).Is(201);
        Assert.Equal(("paid", "15.00"), ((await clinic.Charge(charge)).Str("state"), (await clinic.Charge(charge)).Amount("credited")));
        (await Credit(new { kind = "waiver", reason = "Poor" })).Refuses(409, "charge.settled");
        Assert.Equal((-2000, 500, 0), (await clinic.Sum(LedgerAccount.Revenue), await clinic.Sum(LedgerAccount.Waived), await clinic.Sum(LedgerAccount.Receivable)));
        await clinic.Age("admin");
        (await Credit(new { kind = "waiver", reason = "Poor" })).Refuses(403, "proof.needed");
        (await clinic.Receptionist.Post($"charges/{charge}/credits", new { kind = "waiver", reason = "Poor" })).Is(403);
    }

    [Theory, InlineData("-1"), InlineData("0"), InlineData("1e3"), InlineData("NaN"), InlineData("Infinity"), InlineData("9999999999999999999999"), InlineData("10.001"), InlineData(""), InlineData("1.2.3"), InlineData("٣")]
    public async Task an_amount_that_cannot_be_is_refused_and_nothing_is_written(string amount)
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("50.00");
        (await clinic.Pay(charge, amount)).RefusesField("amount");
        (await clinic.Fill(patient, amount)).RefusesField("amount");
        if (amount != "0") (await clinic.Charged(patient, amount)).RefusesField("lines");
        Assert.Equal((5000, 0), (await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum()));
        Assert.Empty((await clinic.Receptionist.Get("payments")).Items);
    }

    [Fact]
    public async Task bad_requests_of_other_kinds_are_refused()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("50.00");
        (await clinic.Receptionist.Post("payments", new { charges = new[] { charge }, method = "card", amount = new { amount = "5", currency = "USD" } })).RefusesField("amount");
        (await clinic.Receptionist.Post("payments", "{\"charges\":[\"" + charge + "\"],\"method\":\"card\",\"amount\":{\"amount\":NaN}}")).Is(400);
        (await clinic.Receptionist.Post("payments", "{\"charges\":[\"" + charge + "\"],\"method\":\"card\",\"amount\":{\"amount\":12.5}}")).Is(400);
        (await clinic.Pay(charge, "50.01")).RefusesField("amount");
        (await clinic.Pay(charge, "5", "cash", tendered: "4")).RefusesField("tendered");
        (await clinic.Pay(charge, "5", "card", tendered: "10")).RefusesField("tendered");
        (await clinic.Pay(charge, "5", "transfer")).RefusesField("reference");
        (await clinic.Pay(charge, "5", "stripe")).RefusesField("method");
        (await clinic.Pay(charge, "5", "cash")).Refuses(409, "drawer.closed");
        (await clinic.Pay(charge, "5", "wallet")).Refuses(409, "wallet.insufficient");
        (await clinic.Pay(Guid.NewGuid(), "5")).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("payments", new { charges = Array.Empty<Guid>(), method = "card" })).RefusesField("charges");
        (await clinic.Receptionist.Get("payments?method=gold")).RefusesField("method");
        (await clinic.Charged(patient, "5", taxRate: 101)).RefusesField("lines");
        (await clinic.Charged(patient, "5", quantity: 0)).RefusesField("lines");
        (await clinic.Charged(patient, "9000000000", quantity: 1000)).RefusesField("lines");
        (await clinic.Charged(Guid.NewGuid(), "5")).Refuses(404, "not-found");
        Assert.Equal((5000, 0), (await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum(LedgerAccount.Card)));
        var nothing = (await clinic.Charged(patient, "0")).Is(201);
        Assert.Equal("paid", nothing["state"].GetString());
    }

    [Fact]
    public async Task a_double_click_pays_once_and_a_replay_with_another_body_is_refused()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => clinic.Pay(charge, "10", key: "click")));
        Assert.Single(answers.Select(a => a.Is(201).Id).Distinct());
        Assert.Equal(1000, await clinic.Sum(LedgerAccount.Card));
        (await clinic.Pay(charge, "11", key: "click")).Refuses(422, "idempotency.mismatch");
    }

    [Fact]
    public async Task of_many_who_pay_the_same_at_once_nobody_pays_too_much_and_receipts_have_no_gap()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => clinic.Pay(charge, "7", isSecond: true)));
        Assert.Equal(7, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => Assert.True(a.Status is 409 or 422, a.Text));
        Assert.Equal(4900, await clinic.Sum(LedgerAccount.Card));
        Assert.Equal(Enumerable.Range(1, 7).Select(n => $"REC-{DateTime.UtcNow.Year}-{n:0000}"), answers.Where(a => a.Status == 201).Select(a => a["number"].GetString()!).Order(StringComparer.Ordinal));
    }
}
