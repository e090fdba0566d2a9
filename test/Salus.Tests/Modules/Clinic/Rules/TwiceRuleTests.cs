using Microsoft.EntityFrameworkCore;
using Salus.Modules.Payments.Contract;
using Salus.Tests.Billing;
using Salus.Tests.Payments;

namespace Salus.Tests.Rules;

/// <summary>The rule of duplicate payments (DOMAIN D.6.14), through the page and the API, of bills and of accounts.</summary>
public sealed class TwiceRuleTests(SalusServer server)
{
    private const string Twice = "The same amount was taken for this in the same way at";

    [Fact]
    public async Task D6_14_the_same_amount_in_the_same_way_is_taken_twice_for_a_bill_only_when_it_is_meant()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        using var desk = await PageDoor.For(clinic, "receptionist");
        (await clinic.PayBill(visit, "5.00")).Is(200);
        var refused = (await clinic.PayBill(visit, "5.00")).Refuses(409, "payment.twice");
        Assert.Contains((await clinic.Bill(visit))["payments"][0].Str("number"), refused.Text, StringComparison.Ordinal);
        Assert.NotNull(refused["unlock"].GetString());
        await desk.IsRefused(409, $"visits/{visit}/bill/payments", Twice, ("method", "Card"), ("amount", "5.00"));
        await desk.IsRefused(409, $"cash/patient/{(await clinic.Bill(visit))["visit"].Id("patientId")}/payments", Twice, ("method", "Card"), ("amount", "5.00"), ("charges", (await clinic.Bill(visit)).Line("CONS").Id("chargeId").ToString()));
        Assert.Equal("25.00", (await clinic.Bill(visit)).Amount("due"));
        // Another amount or another method is another payment.
        (await clinic.PayBill(visit, "5.01")).Is(200);
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/payments", new { method = "transfer", amount = MoneyWords.Eur("5.00"), reference = "T-1" })).Is(200);
        // The person says that it is meant.
        Assert.Contains("name=\"isSecond\"", await desk.Read($"visits/{visit}/bill"), StringComparison.Ordinal);
        await desk.Does($"visits/{visit}/bill/payments", ("method", "Card"), ("amount", "5.00"), ("isSecond", "true"));
        (await clinic.PayBill(visit, "5.00", isSecond: true)).Is(200);
        Assert.Equal(("4.99", 5), ((await clinic.Bill(visit)).Amount("due"), (await clinic.Bill(visit))["payments"].GetArrayLength()));
        await clinic.Proven();
    }

    [Fact]
    public async Task D6_14_lines_of_one_bill_or_invoice_count_as_one_and_other_payers_and_bills_do_not()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        (await clinic.Extra(visit, "Taxi", "4.00", "Late")).Is(200);
        var second = (await clinic.Extra(visit, "Copy", "4.00", "Asked for")).Is(200);
        Guid Line(string title) => second["lines"].EnumerateArray().Single(l => l.Str("title") == title).Id("chargeId");
        (await clinic.PayBill(visit, charges: [Line("Taxi")])).Is(200);
        (await clinic.PayBill(visit, charges: [Line("Copy")])).Refuses(409, "payment.twice");
        (await clinic.Pay(Line("Copy"))).Refuses(409, "payment.twice");
        // Two charges of one invoice are one; two that belong to nothing in common are not.
        var (patient, one) = await clinic.Owes("7.00");
        var (_, two) = await clinic.Owes("7.00", patient);
        var (_, third) = await clinic.Owes("7.00", patient);
        (await clinic.Receptionist.Post("invoices", new { charges = new[] { one, two } })).Is(201);
        (await clinic.Pay(one)).Is(201);
        (await clinic.Pay(two)).Refuses(409, "payment.twice");
        (await clinic.Pay(third)).Is(201);
        (await clinic.Pay((await clinic.Owes("7.00")).Charge)).Is(201);
        // What was given back may be taken again.
        var again = await clinic.Owes("9.00");
        var paid = (await clinic.Pay(again.Charge, "3.00")).Is(201).Id;
        (await clinic.Refund(paid, takesBack: false)).Is(201);
        (await clinic.Pay(again.Charge, "3.00")).Is(201);
        await clinic.Proven();
    }

    [Theory, InlineData("card"), InlineData("cash"), InlineData("wallet")]
    public async Task D6_14_of_many_at_once_one_is_taken_whichever_door_they_come_by(string method)
    {
        var clinic = await server.NewClinic();
        await clinic.Drawer();
        var visit = await clinic.Charging();
        (await clinic.Fill((await clinic.Bill(visit))["visit"].Id("patientId"), "30.00")).Is(201);
        var line = (await clinic.Bill(visit)).Line("CONS").Id("chargeId");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? clinic.PayBill(visit, "6.00", method) : clinic.Pay(line, "6.00", method)));
        Assert.Single(answers, a => a.Status is 200 or 201);
        Assert.All(answers.Where(a => a.Status is not (200 or 201)), a => a.Refuses(409, "payment.twice"));
        Assert.Equal("24.00", (await clinic.Bill(visit)).Amount("due"));
        await clinic.Proven();
    }

    [Fact]
    public async Task D6_14_a_request_that_is_repeated_by_its_key_gets_the_answer_of_the_first()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("30.00");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => clinic.Pay(charge, "10.00", key: "first")));
        Assert.Single(answers.Select(a => a.Is(201).Id).Distinct());
        (await clinic.Pay(charge, "10.00", key: "second")).Refuses(409, "payment.twice");
        (await clinic.Pay(charge, "10.00", key: "first", isSecond: true)).Refuses(422, "idempotency.mismatch");
        // What was refused was not answered for good: it is asked again with the word that it is meant.
        (await clinic.Pay(charge, "10.00", key: "second", isSecond: true)).Is(201);
        Assert.Equal("10.00", (await clinic.Charge(charge)).Amount("due"));
    }

    [Fact]
    public async Task D6_14_two_minutes_later_it_is_a_payment_like_any_other()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("30.00");
        var first = (await clinic.Pay(charge, "10.00")).Is(201).Id;
        (await clinic.Pay(charge, "10.00")).Refuses(409, "payment.twice");
        await clinic.Salus.Database.Write(clinic.Id, db => Aged(db, first), default);
        (await clinic.Pay(charge, "10.00")).Is(201);
    }

    private static async Task<int> Aged(Kernel.Data.SalusDb db, Guid payment)
    {
        var at = DateTime.UtcNow.AddMinutes(-2).AddSeconds(-1);
        return await db.Payments.Where(p => p.Id == payment).ExecuteUpdateAsync(set => set.SetProperty(p => p.At, at));
    }
}
