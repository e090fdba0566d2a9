using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Ledger;
using Salus.Tests.Billing;

namespace Salus.Tests.Payments;

/// <summary>MoneyFigures, CompareReport, SettleDifference and ReportList.</summary>
public sealed class FigureTests(SalusServer server)
{
    private static StringContent Csv(string text) => new(text, Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));

    [Fact]
    public async Task PY_11_the_figures_are_what_the_ledger_and_the_payments_say()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("100.00");
        var payment = (await clinic.Pay(charge, "60")).Is(201).Id;
        (await clinic.Fill(patient, "15")).Is(201);
        (await clinic.Pay(charge, "10", "wallet")).Is(201);
        (await clinic.Refund(payment, "20")).Is(201);
        (await clinic.Admin.Post($"charges/{charge}/credits", new { kind = "waiver", amount = MoneyWords.Eur("5"), reason = "Poor" })).Is(201);
        var figures = (await clinic.Admin.Get("money-figures")).Is(200);
        // 60 + 15 - 20 came in; 100 - 20 was earned; 100 - 50 - 20 - 5 is owed.
        Assert.Equal(("55.00", "80.00", "25.00", "5.00", "5.00"), (figures.Amount("received"), figures.Amount("earned"), figures.Amount("outstanding"), figures.Amount("waived"), figures.Amount("inWallets")));
        Assert.Equal(["card 75.00 0.00", "bank 0.00 20.00"], figures["methods"].EnumerateArray().Select(m => $"{m.Str("method")} {m.Amount("in")} {m.Amount("out")}"));
        Assert.Equal(("other", "80.00"), (figures["purposes"][0].Str("purpose"), figures["purposes"][0].Amount("earned")));
        decimal Sum(string name) => figures["days"].EnumerateArray().Sum(d => decimal.Parse(d.Amount(name), CultureInfo.InvariantCulture));
        Assert.Equal((55m, 80m), (Sum("received"), Sum("earned")));
        var payments = (await clinic.Receptionist.Get("payments")).Items.Where(p => p.Str("method") != "wallet").Sum(p => decimal.Parse(p.Amount("amount"), CultureInfo.InvariantCulture) - decimal.Parse(p.Amount("refunded"), CultureInfo.InvariantCulture));
        Assert.Equal(55m, payments);
        var csv = (await clinic.Admin.Get("money-figures/export")).Is(200).Text.Trim().Split("\r\n");
        Assert.Equal(figures["days"].GetArrayLength() + 1, csv.Length);
        Assert.Contains(csv, l => l.EndsWith(",55.00,80.00,EUR", StringComparison.Ordinal));
        (await clinic.Admin.Get("money-figures?from=2020-01-01&to=2026-01-01")).RefusesField("to");
        (await clinic.Receptionist.Get("money-figures")).Is(403);
    }

    [Fact]
    public async Task PY_11_the_files_by_method_purpose_and_of_what_is_outstanding_are_what_the_ledger_says()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        (await clinic.PayBill(visit, "12.00")).Is(200);
        (await clinic.Discount(visit, new { amount = MoneyWords.Eur("3.00"), reason = "Hardship" })).Is(204);
        var (_, late) = await clinic.Owes("40.00");
        (await clinic.Receptionist.Post("invoices", new { charges = new[] { late } })).Is(201);
        await clinic.Salus.Database.Write(clinic.Id, db => db.Invoices.ExecuteUpdateAsync(set => set.SetProperty(i => i.DueOn, new DateOnly(2020, 1, 1))), default);
        (await clinic.Refund((await clinic.Pay((await clinic.Owes("8.00")).Charge, method: "transfer", reference: "T-1")).Is(201).Id, "2.00")).Is(201);
        async Task<string[][]> File(string by) => [.. (await clinic.Admin.Get($"money-figures/export?by={by}")).Is(200).Text.Trim('\uFEFF', '\r', '\n').Split("\r\n").Select(l => l.Split(','))];
        static decimal Of(string amount) => decimal.Parse(amount, CultureInfo.InvariantCulture);
        var methods = await File("method");
        Assert.Equal(["method", "in", "out", "net", "currency"], methods[0]);
        Assert.Equal(["bank 8.00 2.00 6.00 EUR", "card 12.00 0.00 12.00 EUR"], methods.Skip(1).Select(m => string.Join(' ', m)).Order(StringComparer.Ordinal));
        Assert.Equal((await clinic.Sum(LedgerAccount.Card) + await clinic.Sum(LedgerAccount.Bank)) / 100m, methods.Skip(1).Sum(m => Of(m[3])));
        var purposes = await File("purpose");
        Assert.Equal(["purpose earned tax currency", "other 46.00 0.00 EUR", "visit 30.00 0.00 EUR"], purposes.Select(p => string.Join(' ', p)));
        Assert.Equal(-await clinic.Sum(LedgerAccount.Revenue) / 100m, purposes.Skip(1).Sum(p => Of(p[1])));
        var owed = await File("outstanding");
        Assert.Equal(["purpose owed overdue currency", "other 40.00 40.00 EUR", "visit 15.00 0.00 EUR"], owed.Select(o => string.Join(' ', o)));
        Assert.Equal(await clinic.Sum(LedgerAccount.Receivable) / 100m, owed.Skip(1).Sum(o => Of(o[1])));
        (await clinic.Admin.Get("money-figures/export?by=nothing")).RefusesField("by");
        using var admin = await PageDoor.For(clinic, "admin");
        var page = await admin.Read("money");
        foreach (var by in (string[])["method", "purpose", "doctor", "outstanding"])
        {
            Assert.Contains($"by={by}", page, StringComparison.Ordinal);
            Assert.Contains(",EUR", await admin.Read($"money/export?by={by}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PY_09_a_providers_list_is_compared_and_each_difference_settled_with_a_reason()
    {
        var clinic = await server.NewClinic();
        var day = "";
        foreach (var (amount, reference) in new[] { ("10.00", "SAME"), ("20.00", "OTHER"), ("30.00", "MISSING") })
        {
            var (_, charge) = await clinic.Owes(amount);
            var payment = (await clinic.Pay(charge, method: "transfer", reference: reference)).Is(201).Id;
            day = (await clinic.Receptionist.Get($"payments/{payment}"))["payment"].Str("day");
        }
        Task<Answer> Send(string text, string method = "transfer") => clinic.Admin.Send("POST", $"provider-reports?method={method}", Csv(text));
        var report = (await Send($"Date;Reference;Amount;Currency;Fee\n{day};SAME;10.00;EUR;0.1\n{day};OTHER;19,00;EUR;0.1\n{day};UNKNOWN;5.00;EUR;0.1\n{day};BACK;-5.00;EUR;0\n")).Is(201);
        Assert.Equal((4, 4), (report.Json.Number("lines"), report.Json.Number("differences")));
        var open = (await clinic.Admin.Get("provider-reports")).Is(200).Items;
        Assert.Equal(["amount-differs OTHER 19.00 20.00", "not-in-books BACK 5.00 ", "not-in-books UNKNOWN 5.00 ", "not-in-report MISSING  30.00"],
            open.Select(d => $"{d.Str("finding")} {d.Str("reference")} {(d.GetProperty("reported").ValueKind == System.Text.Json.JsonValueKind.Null ? "" : d.Amount("reported"))} {(d.GetProperty("booked").ValueKind == System.Text.Json.JsonValueKind.Null ? "" : d.Amount("booked"))}").Order(StringComparer.Ordinal));
        var first = open[0].Id();
        (await clinic.Admin.Post($"report-differences/{first}/settlement", new { reason = " " })).RefusesField("reason");
        (await clinic.Admin.Post($"report-differences/{first}/settlement", new { reason = "A fee of the bank" })).Is(204);
        (await clinic.Admin.Post($"report-differences/{first}/settlement", new { reason = "Again" })).Refuses(409, "report.settled");
        Assert.Equal(3, (await clinic.Admin.Get("provider-reports")).Items.Count);
        Assert.Equal(4, (await clinic.Admin.Get($"provider-reports?report={report.Id}")).Items.Count);
        (await Send($"date,reference,amount,currency\n{day},SAME,x,EUR")).Refuses(422, "invalid");
        (await Send("a,b\n1,2")).RefusesField("file");
        (await Send("")).RefusesField("file");
        (await Send($"date,reference,amount,currency\n{day},SAME,10,EUR", "cash")).RefusesField("method");
        (await clinic.Receptionist.Get("provider-reports")).Is(403);
    }
}
