using Salus.Modules.Clinic.Orders.Lists;

namespace Salus.Tests.Orders;

/// <summary>SaveCodes, CodeSearch and CodeSystems: lists of codes loaded from tables and searched as one types.</summary>
public sealed class CodeTests(SalusServer server)
{
    private const string Table = "code,text\nj06.9,Acute upper respiratory infection\nJ00,Acute nasopharyngitis (common cold)\nI10,Essential (primary) hypertension\nE11.9,Diabète sucré de type 2\n";

    private static Task<Answer> Load(Clinic clinic, string table, string query = "?system=icd-10") => clinic.Admin.Post("codes/import" + query, CatalogueTests.Csv(table));

    private static async Task<IEnumerable<string>> Search(Clinic clinic, string q) => (await clinic.Doctor.Get("codes?q=" + Uri.EscapeDataString(q))).Is(200).Items.Select(c => c.Str("code"));

    [Fact]
    public async Task a_list_is_tried_loaded_and_found_by_code_and_words()
    {
        var clinic = await server.NewClinic();
        Assert.Equal(4, (await Load(clinic, Table, "?system=icd-10&dryRun=true")).Is(200)["added"].GetInt32());
        Assert.Empty(await Search(clinic, ""));
        Assert.Equal(4, (await Load(clinic, Table)).Is(200)["added"].GetInt32());
        Assert.Equal(["J06.9"], await Search(clinic, "J06.9"));
        Assert.Equal(["J06.9"], await Search(clinic, "j069"));
        Assert.Equal(["J00", "J06.9"], await Search(clinic, "acute"));
        Assert.Equal(["J00"], await Search(clinic, "cold acu"));
        Assert.Equal(["E11.9"], await Search(clinic, "diabete SUCRÉ"));
        Assert.Equal(["J00", "J06.9"], await Search(clinic, "j"));
        Assert.Empty(await Search(clinic, "%"));
        Assert.Empty(await Search(clinic, "\" OR 1"));
    }

    [Fact]
    public async Task codes_that_begin_with_what_was_typed_come_first_and_pages_miss_nothing()
    {
        var clinic = await server.NewClinic();
        (await Load(clinic, "code,text\nA10,See I10\nI10,Hypertension\nB10,Also I10\nI10.1,Hypertension with I10\n")).Is(200);
        Assert.Equal(["I10", "I10.1", "A10", "B10"], await Search(clinic, "i10"));
        var first = (await clinic.Doctor.Get("codes?q=i10&limit=3")).Is(200);
        Assert.Equal(["B10"], (await clinic.Doctor.Get($"codes?q=i10&limit=3&after={Uri.EscapeDataString(first.Next!)}")).Is(200).Items.Select(c => c.Str("code")));
        (await clinic.Doctor.Get("codes?q=i10&after=nonsense")).RefusesField("after");
        (await clinic.Doctor.Get($"codes?q={new string('x', 101)}")).RefusesField("q");
    }

    [Fact]
    public async Task loading_again_changes_what_changed_and_replacing_takes_out_what_is_gone()
    {
        var clinic = await server.NewClinic();
        (await Load(clinic, Table)).Is(200);
        const string next = "text;code\nEssential hypertension;I10\nAcute nasopharyngitis (common cold);J00\nMigraine;G43\n";
        var updated = (await Load(clinic, next)).Is(200);
        Assert.Equal((1, 1, 1, 0), (updated["added"].GetInt32(), updated["changed"].GetInt32(), updated["same"].GetInt32(), updated["archived"].GetInt32()));
        Assert.Equal(["J06.9"], await Search(clinic, "J06"));
        var replaced = (await Load(clinic, next, "?system=icd-10&replace=true")).Is(200);
        Assert.Equal((0, 0, 3, 2), (replaced["added"].GetInt32(), replaced["changed"].GetInt32(), replaced["same"].GetInt32(), replaced["archived"].GetInt32()));
        Assert.Empty(await Search(clinic, "J06"));
        Assert.Equal(2, (await Load(clinic, Table)).Is(200)["changed"].GetInt32() - 1); // two come back, one gets its old words
        Assert.Equal(["J06.9"], await Search(clinic, "J06"));
    }

    [Fact]
    public async Task one_bad_row_stops_the_whole_list()
    {
        var clinic = await server.NewClinic();
        var table = $"code,text\nA00,Cholera\n,Nothing\nB0 0,Space\nA00,Twice\nC00,\n{new string('D', 13)},Long\nE00,{new string('x', 301)}\n";
        var tried = (await Load(clinic, table, "?system=icd-10&dryRun=true")).Is(200);
        Assert.Equal([(3, "code"), (4, "code"), (5, "code"), (6, "text"), (7, "code"), (8, "text")], tried["faults"].EnumerateArray().Select(f => (f.Number("row"), f.Str("column"))));
        (await Load(clinic, table)).Refuses(422, "load.rows");
        Assert.Empty(await Search(clinic, ""));
        (await Load(clinic, Table, "?system=snomed")).RefusesField("system");
        (await Load(clinic, "code\nA00\n")).RefusesField("file");
    }

    [Fact]
    public async Task a_long_list_is_written_in_parts_and_two_systems_stand_beside_each_other()
    {
        var clinic = await server.NewClinic();
        var table = "code,text\n" + string.Concat(Enumerable.Range(0, 1200).Select(i => $"X{i:D4},Injury number {i}\n"));
        Assert.Equal(1200, (await Load(clinic, table)).Is(200)["added"].GetInt32());
        Assert.Equal(["icd-10: 500 written, 0 archived", "icd-10: 500 written, 0 archived", "icd-10: 200 written, 0 archived"], (await clinic.Audit(SaveCodes.Action)).Select(e => e.Detail));
        Assert.Equal(["X1100"], await Search(clinic, "number 1100"));
        (await Load(clinic, "code,text\nX0001,Another classification\n", "?system=icd-11&replace=true")).Is(200);
        Assert.Equal(2, (await Search(clinic, "x0001")).Count());
        Assert.Single((await clinic.Doctor.Get("codes?q=x0001&system=icd-11")).Items);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        using var page = await browser.Get($"/{clinic.Slug}/manage/codes");
        Assert.Contains("data-count=\"icd-10\">1200<", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await clinic.Audit(CodeSystems.Action));
        Assert.Empty(await clinic.Audit(CodeSearch.Action));
    }

    [Theory, InlineData("doctor"), InlineData("nurse"), InlineData("receptionist")]
    public async Task only_administrators_load_codes(string who)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(who).Post("codes/import?system=icd-10", CatalogueTests.Csv(Table))).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task while_one_types_the_page_offers_codes_and_keeps_plain_words()
    {
        var clinic = await server.NewClinic();
        (await Load(clinic, Table)).Is(200);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var found = await browser.Get($"/{clinic.Slug}/codes?field=diagnosis&diagnosis=nasoph");
        Assert.Contains("data-pick=\"J00\" data-text=\"Acute nasopharyngitis (common cold)\"", await found.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var none = await browser.Get($"/{clinic.Slug}/codes?q=zzzz");
        Assert.Contains("What you typed is kept as it is.", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var empty = await browser.Get($"/{clinic.Slug}/codes?q=");
        Assert.DoesNotContain("data-pick", await empty.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
