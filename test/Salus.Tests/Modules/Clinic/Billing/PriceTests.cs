using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Orders;
using Salus.Tests.Payments;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Billing;

/// <summary>SaveService, ArchiveService, ServiceList, LoadServices, ExportServices, UnpaidWork and SettleLeak.</summary>
public sealed class PriceTests(SalusServer server)
{
    private static Task<Answer> Load(Clinic clinic, string table, bool dryRun = false, Caller? by = null) =>
        (by ?? clinic.Admin).Send("POST", $"services/import?dryRun={(dryRun ? "true" : "false")}", new ByteArrayContent(Encoding.UTF8.GetBytes(table)) { Headers = { ContentType = new("text/csv") } });

    [Fact]
    public async Task a_price_is_set_changed_found_and_archived_by_the_administrator_alone()
    {
        var clinic = await server.NewClinic();
        var id = await clinic.Price("consultation", "cons", "30.00", by: ["desk", "doctor"], automatic: ["first", "follow-up"], taxRate: 22.5m);
        var line = Assert.Single((await clinic.Doctor.Get("services?q=CON&department=consultation")).Is(200).Items);
        Assert.Equal(("CONS", "30.00", 22.5m, "desk,doctor", "First,FollowUp"), (line.Str("code"), line.Amount("price"), line.GetProperty("taxRate").GetDecimal(),
            string.Join(',', line.GetProperty("by").EnumerateArray().Select(b => b.GetString())), string.Join(',', line.GetProperty("automatic").EnumerateArray().Select(b => b.GetString()))));
        object Body(string price = "35", string code = "CONS", decimal taxRate = 0, string automatic = "first") => new { department = "consultation", code, name = "Consultation", price = MoneyWords.Eur(price), taxRate, automatic = new[] { automatic } };
        (await clinic.Receptionist.Send("PUT", $"services/{id}", System.Net.Http.Json.JsonContent.Create(Body()))).Refuses(403, "forbidden");
        (await clinic.Admin.Put($"services/{id}", Body())).Is(200);
        (await clinic.Admin.Send("PUT", $"services/{id}", System.Net.Http.Json.JsonContent.Create(Body()), ("If-Match", $"\"{Guid.NewGuid()}\""))).Refuses(409, "stale");
        foreach (var price in (string[])["-1", "1.234", "x", ""]) (await clinic.Admin.Put($"services/{id}", Body(price))).RefusesField("price");
        foreach (var rate in (decimal[])[-1, 101, 1.234m]) (await clinic.Admin.Put($"services/{id}", Body(taxRate: rate))).RefusesField("taxRate");
        (await clinic.Admin.Put($"services/{id}", Body(automatic: "always"))).RefusesField("automatic");
        (await clinic.Admin.Post("services", Body())).Refuses(409, "service.code");
        (await clinic.Admin.Put($"services/{id}/archive", new { })).Is(200);
        Assert.Empty((await clinic.Admin.Get("services")).Items);
        Assert.Single((await clinic.Admin.Get("services?archived=true")).Items);
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register()).Id })).Is(201).Id;
        Assert.Empty((await clinic.Bill(visit))["lines"].EnumerateArray());
        (await clinic.Lab.Get("services")).Refuses(403, "forbidden");
        foreach (var action in (string[])[SaveService.Action, ArchiveService.Action]) Assert.NotEmpty(await clinic.Audit(action));
    }

    [Fact]
    public async Task the_price_list_comes_from_a_table_tried_first_and_goes_back_into_one()
    {
        var clinic = await server.NewClinic();
        const string table = "department,code,name,price,tax,timing,by,automatic\nconsultation,CONS,Consultation,30.00,22,before,desk doctor,first followup\nlab,GLU,Glucose,\"7,50\",,after,,\n";
        var tried = (await Load(clinic, table, dryRun: true)).Is(200);
        Assert.Equal((true, 2, 0), (tried["isDryRun"].GetBoolean(), tried.Json.Number("added"), tried.Json.Number("faultCount")));
        Assert.Empty((await clinic.Admin.Get("services")).Items);
        (await Load(clinic, table)).Is(200);
        var again = (await Load(clinic, table)).Is(200);
        Assert.Equal((0, 0, 2), (again.Json.Number("added"), again.Json.Number("changed"), again.Json.Number("same")));
        var exported = (await clinic.Admin.Get("services/export")).Is(200).Text;
        Assert.Equal(2, (await Load(clinic, exported)).Is(200).Json.Number("same"));
        var bad = (await Load(clinic, "department,code,name,price\nlab,A,Good,1\nlab,A,Twice,1\nmoon,B,Where,1\nlab,C,Negative,-1\nlab,,None,1\n", dryRun: true)).Is(200);
        Assert.Equal(["3 code", "4 department", "5 price", "6 code"], bad["faults"].EnumerateArray().Select(f => $"{f.Number("row")} {f.Str("column")}"));
        (await Load(clinic, "department,code,name,price\nlab,C,Negative,-1\n")).Refuses(422, "load.rows");
        (await Load(clinic, "a,b\n1,2\n")).RefusesField("file");
        (await Load(clinic, "")).RefusesField("file");
        (await Load(clinic, table, by: clinic.Receptionist)).Refuses(403, "forbidden");
        Assert.Equal(2, (await clinic.Admin.Get("services")).Items.Count);
        foreach (var action in (string[])[LoadServices.Action, ExportServices.Action, ServiceList.Action]) Assert.True(action == ServiceList.Action || (await clinic.Audit(action)).Count > 0, action);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        using var page = await browser.Get($"/{clinic.Slug}/manage/prices?q=glu");
        Assert.Contains("Glucose", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var loaded = await browser.Upload($"/{clinic.Slug}/manage/prices", $"/{clinic.Slug}/manage/prices/import", "file", "prices.csv", Encoding.UTF8.GetBytes(table), []);
        Assert.Contains("Loaded.", await loaded.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task work_that_is_done_and_not_paid_is_listed_until_it_is_paid_or_put_aside()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var priced = await clinic.OrderPriced(visit, "CULT", "40.00", "after");
        var (free, urgent) = (await clinic.Ordered(visit, name: "Thick film"), await clinic.Ordered(visit, name: "Blood gas"));
        foreach (var order in (Guid[])[priced, free]) (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Is(201);
        var listed = (await clinic.Admin.Get("billing/unpaid-work")).Is(200).Items.ToDictionary(l => l.Id("workId"));
        Assert.Equal(2, listed.Count);
        Assert.Equal("40.00", listed[priced].Amount("due"));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, listed[free].GetProperty("due").ValueKind);
        (await clinic.Admin.Post($"billing/unpaid-work/{free}/settlement", new { reason = " " })).RefusesField("reason");
        (await clinic.Admin.Post($"billing/unpaid-work/{free}/settlement", new { reason = "Research" })).Is(204);
        (await clinic.Admin.Post($"billing/unpaid-work/{free}/settlement", new { reason = "Research" })).Refuses(409, "bill.leak-settled");
        (await clinic.Admin.Post($"billing/unpaid-work/{Guid.NewGuid()}/settlement", new { reason = "Research" })).Refuses(404, "not-found");
        (await clinic.PayBill(visit)).Is(200);
        Assert.Empty((await clinic.Admin.Get("billing/unpaid-work")).Items);
        // What is done in an emergency is not listed.
        (await clinic.Doctor.Post($"encounters/{visit}/bill/emergencies", new { reason = "Bleeding" })).Is(201);
        (await clinic.Lab.Post($"orders/{urgent}/result", new { text = "Seen", flag = "normal" })).Is(201);
        Assert.Empty((await clinic.Admin.Get("billing/unpaid-work")).Items);
        (await clinic.Receptionist.Get("billing/unpaid-work")).Refuses(403, "forbidden");
        (await clinic.Admin.Get("billing/unpaid-work?days=0")).RefusesField("days");
        foreach (var action in (string[])[UnpaidWork.Action, SettleLeak.Action]) Assert.NotEmpty(await clinic.Audit(action));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        using var page = await browser.Get($"/{clinic.Slug}/manage/unpaid-work");
        Assert.Contains("All work of these days is paid.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task unpaid_work_is_read_page_by_page_last_done_first_with_its_count_and_nothing_is_left_out()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var done = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            var order = await clinic.Ordered(visit, name: $"Film {i}");
            (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Is(201);
            done.Add(order);
            var drug = await clinic.Drug($"Drug {i}");
            await clinic.Receive(drug, 10);
            var prescription = await clinic.Pending(visit, drug, ("overrideReason", "Known"));
            (await clinic.Dispense(prescription, new { quantity = 1 })).Is(200);
            done.Add(prescription);
        }
        // What was done in the same instant is not left out between two pages either.
        var at = DateTime.UtcNow;
        await clinic.Salus.Database.Write(clinic.Id, db => db.Orders.Where(o => o.EncounterId == visit).ExecuteUpdateAsync(set => set.SetProperty(o => o.EndedAt, at)), default);
        var (seen, after) = (new List<System.Text.Json.JsonElement>(), "");
        do
        {
            var page = (await clinic.Admin.Get($"billing/unpaid-work?limit=3{after}")).Is(200);
            Assert.Equal(8, page["count"].GetInt32());
            Assert.True(page.Items.Count is 3 or 2);
            seen.AddRange(page.Items);
            after = page.Next is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);
        Assert.Equal(done.Order(), seen.Select(l => l.Id("workId")).Order());
        Assert.Equal(seen.Select(l => l.GetProperty("doneAt").GetDateTime()).OrderDescending(), seen.Select(l => l.GetProperty("doneAt").GetDateTime()));
        // The last of a page may be put aside meanwhile.
        (await clinic.Admin.Post($"billing/unpaid-work/{seen[2].Id("workId")}/settlement", new { reason = "Research" })).Is(204);
        var rest = (await clinic.Admin.Get($"billing/unpaid-work?limit=100&after={seen[2].Id("workId")}")).Is(200);
        Assert.Equal((5, 7), (rest.Items.Count, rest["count"].GetInt32()));
        (await clinic.Admin.Get("billing/unpaid-work?limit=101")).RefusesField("limit");
        (await clinic.Admin.Get($"billing/unpaid-work?after={Guid.NewGuid()}")).Refuses(404, "not-found");
        using var admin = await PageDoor.For(clinic, "admin");
        Assert.Contains(">7<", await admin.Read("manage/unpaid-work"), StringComparison.Ordinal);
    }
}
