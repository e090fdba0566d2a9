using Salus.Modules.Payments.Ledger;

namespace Salus.Tests.Payments;

/// <summary>OpenDrawer, CloseDrawer, DrawerList, DayReport, CloseDay, SavePaymentSettings and ReadPaymentSettings.</summary>
public sealed class DrawerTests(SalusServer server)
{
    private static string Today => TimeZoneInfo.ConvertTimeFromUtc(DateTime.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Rome")).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task a_drawer_is_opened_counted_and_closed_and_a_difference_has_a_reason()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var drawer = await clinic.Drawer("100");
        (await clinic.Receptionist.Post("drawers", new { })).Refuses(409, "drawer.open");
        (await clinic.Pay(charge, method: "cash")).Is(201);
        Assert.Equal("150.00", (await clinic.Receptionist.Get("drawers")).Is(200)["own"].Amount("expected"));
        Task<Answer> Close(string counted, string? reason, Caller by) => by.Post($"drawers/{drawer}/closing", new { counted = MoneyWords.Eur(counted), reason });
        (await Close("149.50", null, clinic.Receptionist)).RefusesField("reason");
        await clinic.Hire("second", "clinic.receptionist");
        (await Close("150", null, clinic.As("second"))).Is(403);
        Assert.Empty((await clinic.As("second").Get("drawers")).Items);
        var closed = (await Close("149.50", "A coin fell behind the desk", clinic.Receptionist)).Is(200);
        Assert.Equal(("150.00", "149.50", "-0.50"), (closed.Amount("expected"), closed.Amount("counted"), closed.Amount("difference")));
        (await Close("149.50", "Again", clinic.Receptionist)).Refuses(409, "drawer.closed");
        Assert.Equal((0, 50, 4950), (await clinic.Sum(LedgerAccount.Cash), await clinic.Sum(LedgerAccount.CashDifference), await clinic.Sum(LedgerAccount.Safe)));
        (await clinic.Pay((await clinic.Owes("5.00")).Charge, method: "cash")).Refuses(409, "drawer.closed");
    }

    [Fact]
    public async Task a_day_is_closed_when_it_adds_up_and_never_changes_after()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("50.00");
        var drawer = await clinic.Drawer("0");
        (await clinic.Pay(charge, "20", "cash")).Is(201);
        var payment = (await clinic.Pay(charge, "30")).Is(201).Id;
        (await clinic.Fill(patient, "5")).Is(201);
        (await clinic.Refund(payment, "10")).Is(201);
        var day = (await clinic.Admin.Get($"days/{Today}")).Is(200);
        Assert.Equal(["cash 20.00 0.00", "card 35.00 0.00", "bank 0.00 10.00", "wallet 0.00 5.00"], day["lines"].EnumerateArray().Select(l => $"{l.Str("account")} {l.Amount("in")} {l.Amount("out")}"));
        Assert.Equal(("45.00", true, false, 3, 1, 1), (day["received"][0].Str("amount"), day["addsUp"].GetBoolean(), day["isFinal"].GetBoolean(), day.Json.Number("payments"), day.Json.Number("refunds"), day.Json.Number("openDrawers")));
        (await clinic.Admin.Post($"days/{Today}/closing")).Refuses(409, "day.drawer-open");
        (await clinic.Receptionist.Post($"drawers/{drawer}/closing", new { counted = MoneyWords.Eur("20") })).Is(200);
        (await clinic.Admin.Post("days/2999-01-01/closing")).RefusesField("day");
        (await clinic.Admin.Post("days/never/closing")).RefusesField("day");
        (await clinic.Admin.Post($"days/{Today}/closing", new { note = "All well" })).Is(204);
        (await clinic.Admin.Post($"days/{Today}/closing")).Refuses(409, "day.closed");
        (await clinic.Pay((await clinic.Owes("7.00")).Charge)).Is(201); // booked on the next day
        day = (await clinic.Admin.Get($"days/{Today}")).Is(200);
        Assert.Equal((true, 3, "All well"), (day["isFinal"].GetBoolean(), day.Json.Number("payments"), day["note"].GetString()));
        Assert.Equal("35.00", day["lines"].EnumerateArray().Single(l => l.Str("account") == "card").Amount("in"));
        var tomorrow = DateOnly.ParseExact(Today, "yyyy-MM-dd").AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(1, (await clinic.Admin.Get($"days/{tomorrow}")).Json.Number("payments"));
        foreach (var table in (string[])["payments_day_closes", "payments_day_totals", "payments_entries", "payments_transactions", "payments_charge_lines"])
        {
            await Assert.ThrowsAnyAsync<Exception>(() => clinic.Salus.Sql($"DELETE FROM {table}"));
            await Assert.ThrowsAnyAsync<Exception>(() => clinic.Salus.Sql($"UPDATE {table} SET \"OrganisationId\" = \"OrganisationId\""));
        }
    }

    [Fact]
    public async Task while_a_day_is_closed_what_is_paid_is_in_its_sums_or_on_the_next_day()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var paying = Task.WhenAll(Enumerable.Range(0, 12).Select(_ => clinic.Pay(charge, "1", isSecond: true)));
        var closing = clinic.Admin.Post($"days/{Today}/closing");
        Assert.All(await paying, a => a.Is(201));
        (await closing).Is(204);
        var day = (await clinic.Admin.Get($"days/{Today}")).Is(200);
        var sum = day["lines"].GetArrayLength() == 0 ? 0 : decimal.Parse(day["lines"][0].Amount("in"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(day.Json.Number("payments"), sum);
        Assert.Equal(1200, await clinic.Sum(LedgerAccount.Card));
    }

    [Fact]
    public async Task settings_are_read_and_changed_with_a_proof_and_no_unknown_currency()
    {
        var clinic = await server.NewClinic();
        var before = (await clinic.Admin.Get("payment-settings")).Is(200);
        Assert.Equal("EUR", before["currency"].GetString());
        (await clinic.Admin.Put("payment-settings", new { currency = "XYZ" })).RefusesField("currency");
        (await clinic.Admin.Put("payment-settings", new { currency = "EUR", iban = "nothing" })).RefusesField("iban");
        (await clinic.Admin.Put("payment-settings", new { currency = "JPY", iban = "IT60 X054 2811 1010 0000 0123 456" })).Is(200);
        (await clinic.Admin.Put("payment-settings", new { currency = "EUR", version = Guid.NewGuid() })).Refuses(409, "stale");
        var patient = (await clinic.Register()).Id;
        (await clinic.Charged(patient, "5")).RefusesField("lines"); // these were euros
        var yen = (await clinic.Receptionist.Post("charges", new { payerKind = "patient", payerId = patient, title = "Copy", lines = new[] { new { unitPrice = new { amount = "500" } } } })).Is(201);
        Assert.Equal(("500", "JPY"), (yen.Amount("total"), yen["total"].Str("currency")));
        (await clinic.Admin.Put("payment-settings", new { currency = "EUR" })).Refuses(409, "payments.currency"); // 500 yen are not five euros
        (await clinic.Admin.Put("payment-settings", new { currency = "JPY", invoiceNote = "Thank you" })).Is(200);
        await clinic.Age("admin");
        (await clinic.Admin.Put("payment-settings", new { currency = "EUR" })).Refuses(403, "proof.needed");
        (await clinic.Receptionist.Get("payment-settings")).Is(403);
    }
}
