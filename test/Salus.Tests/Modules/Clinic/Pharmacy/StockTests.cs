using Salus.Modules.Clinic.Pharmacy.Stock;

namespace Salus.Tests.Pharmacy;

/// <summary>ReceiveStock, AdjustStock, WriteOffStock, StockList and MovementList.</summary>
public sealed class StockTests(SalusServer server)
{
    private static object Goods(string number = "A1", int quantity = 10, int days = 100) => new { number, quantity, expiry = Drugstore.Today.AddDays(days), location = "Shelf 2" };

    [Fact]
    public async Task stock_is_received_corrected_and_written_off_and_every_step_stays()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin", unit: "capsule");
        var batch = (await clinic.Pharmacist.Post($"drugs/{drug}/batches", Goods())).Is(201)["batchId"].GetGuid();
        Assert.Equal(batch, (await clinic.Pharmacist.Post($"drugs/{drug}/batches", Goods("a1", 5))).Is(201)["batchId"].GetGuid());
        Assert.Equal(13, (await clinic.Pharmacist.Post($"batches/{batch}/adjustments", new { quantity = -2, reason = "Counted" })).Is(200)["quantity"].GetInt32());
        Assert.Equal(10, (await clinic.Pharmacist.Post($"batches/{batch}/write-offs", new { kind = "damaged", quantity = 3, reason = "Wet" })).Is(200)["quantity"].GetInt32());
        Assert.Equal(11, (await clinic.Admin.Post($"batches/{batch}/adjustments", new { quantity = 1, reason = "Found" })).Is(200)["quantity"].GetInt32());
        var movements = (await clinic.Doctor.Get($"drugs/{drug}/movements")).Is(200).Items;
        Assert.Equal(["adjustment 1 Found", "damaged -3 Wet", "adjustment -2 Counted", "in 5 ", "in 10 "], movements.Select(m => $"{m.Str("kind")} {m.Number("quantity")} {m.Str("reason")}"));
        Assert.Equal("Person admin", movements[0].Str("by"));
        Assert.Equal(11, await clinic.OnShelf(drug));
        var next = (await clinic.Doctor.Get($"drugs/{drug}/movements?limit=2")).Next;
        Assert.Equal(-2, (await clinic.Doctor.Get($"drugs/{drug}/movements?limit=2&after={next}")).Items[0].Number("quantity"));
        Assert.Equal(["In 10", "In 5", "Adjustment -2", "Damaged -3", "Adjustment 1"], (await clinic.Audit()).Where(a => a.SubjectId == batch).Select(a => a.Detail));
    }

    [Fact]
    public async Task what_cannot_be_is_refused()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin");
        Task<Answer> Receive(object body) => clinic.Pharmacist.Post($"drugs/{drug}/batches", body);
        (await Receive(Goods(days: -2))).RefusesField("expiry");
        (await Receive(Goods(days: 9000))).RefusesField("expiry");
        (await Receive(new { number = "A", quantity = 1 })).RefusesField("expiry");
        (await Receive(Goods(quantity: 0))).RefusesField("quantity");
        (await Receive(Goods(quantity: -5))).RefusesField("quantity");
        (await Receive(Goods(number: "  "))).RefusesField("number");
        var batch = (await Receive(Goods())).Is(201)["batchId"].GetGuid();
        (await Receive(Goods(days: 101))).RefusesField("expiry"); // the same number with another day
        (await clinic.Pharmacist.Post($"batches/{batch}/adjustments", new { quantity = 0, reason = "x" })).RefusesField("quantity");
        (await clinic.Pharmacist.Post($"batches/{batch}/adjustments", new { quantity = 5, reason = "" })).RefusesField("reason");
        (await clinic.Pharmacist.Post($"batches/{batch}/adjustments", new { quantity = -11, reason = "Counted" })).Refuses(409, "stock.short");
        (await clinic.Pharmacist.Post($"batches/{batch}/write-offs", new { kind = "expired", quantity = 11, reason = "Old" })).Refuses(409, "stock.short");
        foreach (var kind in (string[])["in", "returned", "dispensed", "adjustment"])
            (await clinic.Pharmacist.Post($"batches/{batch}/write-offs", new { kind, quantity = 1, reason = "x" })).RefusesField("kind");
        (await clinic.Pharmacist.Post($"batches/{Guid.NewGuid()}/adjustments", new { quantity = 1, reason = "x" })).Refuses(404, "not-found");
        for (var i = 0; i < 9; i++) (await Receive(Goods(quantity: 1_000_000))).Is(201);
        (await Receive(Goods(quantity: 1_000_000))).RefusesField("quantity"); // nobody has so many on a shelf
        Assert.Equal((9_000_010, 9_000_010), (await clinic.OnShelf(drug), await clinic.Moved(drug)));
        (await clinic.Pharmacist.Put($"drugs/{drug}", new { name = "Amoxicillin", archived = true })).Is(200);
        (await Receive(Goods("B"))).Refuses(409, "drug.archived");
    }

    [Fact]
    public async Task many_who_take_at_once_leave_what_is_right()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin");
        var batch = await clinic.Receive(drug, 10);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => i % 2 == 0
            ? clinic.Pharmacist.Post($"batches/{batch}/write-offs", new { kind = "out", quantity = 2, reason = "Ward" }) : clinic.Pharmacist.Post($"batches/{batch}/adjustments", new { quantity = -1, reason = "Counted" })));
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "stock.short"));
        var left = await clinic.OnShelf(drug);
        Assert.True(left is 0 or 1, $"{left}");
        Assert.Equal(left, await clinic.Moved(drug));
    }

    [Fact]
    public async Task the_lists_show_what_is_low_out_expired_and_expiring()
    {
        var clinic = await server.NewClinic();
        var (full, low, none, old) = (await clinic.Drug("Full", reorderLevel: 5), await clinic.Drug("Low", reorderLevel: 5), await clinic.Drug("None"), await clinic.Drug("Old"));
        await clinic.Receive(full, 50);
        await clinic.Receive(low, 5);
        await clinic.Expire(await clinic.Receive(old, 7));
        await clinic.Receive(old, 3, "B", StockList.Soon);
        async Task<string> Names(string query) => string.Join(' ', (await clinic.Doctor.Get($"stock?{query}")).Is(200).Items.Select(i => i.Str("name")));
        Assert.Equal("Full Low None Old", await Names(""));
        Assert.Equal("Low", await Names("filter=low"));
        Assert.Equal("None", await Names("filter=out"));
        Assert.Equal("Old", await Names("filter=expiring"));
        Assert.Equal("Full", await Names("q=ful"));
        var page = (await clinic.Doctor.Get("stock?limit=3")).Is(200);
        Assert.Equal((1, 1, 1), (page["low"].GetInt32(), page["out"].GetInt32(), page["expiring"].GetInt32()));
        Assert.Equal("Old", await Names($"limit=3&after={page.Next}"));
        var line = (await clinic.Doctor.Get("stock?filter=expiring")).Items[0];
        Assert.Equal((3, 7, "True False"), (line.Number("usable"), line.Number("expired"), string.Join(' ', line.GetProperty("batches").EnumerateArray().Select(b => b.GetProperty("isExpired").GetBoolean()))));
        Assert.Equal((true, none), ((await clinic.Doctor.Get("stock?filter=out")).Items[0].GetProperty("isOut").GetBoolean(), (await clinic.Doctor.Get("stock?filter=out")).Items[0].Id("drugId")));
        (await clinic.Doctor.Get("stock?limit=0")).RefusesField("limit");
        (await clinic.Doctor.Get("stock?filter=everything")).RefusesField("filter");
    }

    [Theory, InlineData("doctor"), InlineData("nurse"), InlineData("receptionist"), InlineData("lab"), InlineData("display")]
    public async Task only_who_keeps_the_stock_moves_it(string who)
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin");
        var batch = await clinic.Receive(drug, 10);
        (await clinic.As(who).Post($"drugs/{drug}/batches", Goods())).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"batches/{batch}/adjustments", new { quantity = 1, reason = "x" })).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"batches/{batch}/write-offs", new { kind = "out", quantity = 1, reason = "x" })).Refuses(403, "forbidden");
        if (who != "doctor") (await clinic.As(who).Get("stock")).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task the_same_key_receives_once()
    {
        var clinic = await server.NewClinic();
        var (drug, key) = (await clinic.Drug("Amoxicillin"), ("Idempotency-Key", Guid.NewGuid().ToString()));
        foreach (var _ in (int[])[1, 2]) (await clinic.Pharmacist.Post($"drugs/{drug}/batches", Goods(), key)).Is(201);
        Assert.Equal(10, await clinic.OnShelf(drug));
    }
}
