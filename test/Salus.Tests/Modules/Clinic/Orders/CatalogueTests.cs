using System.Net.Http.Headers;
using System.Text;
using Salus.Modules.Clinic.Orders.Lists;

namespace Salus.Tests.Orders;

/// <summary>SaveEntry, ArchiveEntry, EntryList, EntryOptions, LoadCatalogue and ExportCatalogue.</summary>
public sealed class CatalogueTests(SalusServer server)
{
    internal static StringContent Csv(string table) => new(table, Encoding.UTF8) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };

    private static Task<Answer> Load(Clinic clinic, string table, string query = "") => clinic.Admin.Post("catalogue/import" + query, Csv(table));

    [Fact]
    public async Task an_entry_is_defined_changed_and_archived_by_an_administrator()
    {
        var clinic = await server.NewClinic();
        var id = await clinic.Potassium();
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "k", name = "Kalium" })).Refuses(409, "catalogue.code");
        var line = Assert.Single((await clinic.Lab.Get("catalogue?q=potas")).Is(200).Items);
        Assert.Equal(("K", "3.5–5.1 mmol/L", "Serum"), (line.Str("code"), line.Str("range"), line.Str("specimen")));
        (await clinic.Admin.Put($"catalogue/{id}", new { kind = "lab", code = "K", name = "Potassium in serum" }, ("If-Match", $"\"{Guid.NewGuid():N}\""))).Refuses(409, "stale");
        (await clinic.Admin.Put($"catalogue/{id}", new { kind = "lab", code = "K", name = "Potassium in serum" }, ("If-Match", $"\"{line.Id("version"):N}\""))).Is(200);
        (await clinic.Admin.Post($"catalogue/{id}/archiving")).Is(200);
        Assert.Empty((await clinic.Lab.Get("catalogue?q=serum")).Items);
        Assert.Single((await clinic.Lab.Get("catalogue?q=serum&archived=true")).Items);
        (await clinic.Admin.Post($"catalogue/{id}/archiving", new { restore = true })).Is(200);
        Assert.Single((await clinic.Lab.Get("catalogue?q=serum")).Items);
        Assert.Equal(["new", "changed"], (await clinic.Audit(SaveEntry.Action, id)).Where(e => e.Result == "ok").Select(e => e.Detail));
        Assert.Equal(["archived", "restored"], (await clinic.Audit(ArchiveEntry.Action, id)).Select(e => e.Detail));
    }

    [Theory]
    [InlineData(5, 5, null, null, "high")] [InlineData(6, 5, null, null, "high")] [InlineData(3, 5, 3, null, "criticalLow")] [InlineData(3, 5, 4, null, "criticalLow")] [InlineData(3, 5, null, 5, "criticalHigh")]
    [InlineData(3, 5, null, 4, "criticalHigh")] [InlineData(null, 5, 6, null, "criticalLow")] [InlineData(3, null, null, 2, "criticalHigh")] [InlineData(null, null, 5, 4, "criticalHigh")]
    public async Task limits_that_contradict_each_other_are_refused(int? low, int? high, int? criticalLow, int? criticalHigh, string field)
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "X", name = "Test", low, high, criticalLow, criticalHigh })).RefusesField(field);
    }

    [Fact]
    public async Task other_faults_are_told_by_field()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = " ", name = "Test" })).RefusesField("code");
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "X", name = "---" })).RefusesField("name");
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "X", name = "Test", loinc = "potassium" })).RefusesField("loinc");
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "X", name = "Test", hours = -1 })).RefusesField("hours");
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = new string('X', 31), name = "Test" })).RefusesField("code");
        Assert.Empty((await clinic.Admin.Get("catalogue")).Items);
    }

    [Theory, InlineData("doctor"), InlineData("nurse"), InlineData("lab"), InlineData("receptionist")]
    public async Task only_administrators_define_load_and_export(string who)
    {
        var clinic = await server.NewClinic();
        var id = await clinic.Potassium();
        (await clinic.As(who).Post("catalogue", new { kind = "lab", code = "X", name = "Test" })).Refuses(403, "forbidden");
        (await clinic.As(who).Put($"catalogue/{id}", new { kind = "lab", code = "X", name = "Test" })).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"catalogue/{id}/archiving")).Refuses(403, "forbidden");
        (await clinic.As(who).Get("catalogue/export")).Refuses(403, "forbidden");
        (await clinic.As(who).Post("catalogue/import", Csv("code,name\nX,Test"))).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task the_list_is_read_by_kind_and_word_in_parts()
    {
        var clinic = await server.NewClinic();
        for (var i = 0; i < 5; i++) (await clinic.Admin.Post("catalogue", new { kind = i % 2 == 0 ? "lab" : "imaging", code = $"C{i}", name = $"Étude {i}", category = "Spécial" })).Is(201);
        Assert.Equal(["C0", "C2", "C4"], (await clinic.Doctor.Get("catalogue?kind=lab")).Is(200).Items.Select(e => e.Str("code")));
        Assert.Equal(["C3"], (await clinic.Doctor.Get("catalogue?q=etude+3")).Is(200).Items.Select(e => e.Str("code")));
        Assert.Equal(5, (await clinic.Doctor.Get("catalogue?q=special")).Items.Count);
        var first = (await clinic.Doctor.Get("catalogue?limit=3")).Is(200);
        Assert.Equal(["C3", "C4"], (await clinic.Doctor.Get($"catalogue?limit=3&after={first.Next}")).Is(200).Items.Select(e => e.Str("code")));
        (await clinic.Doctor.Get("catalogue?limit=0")).RefusesField("limit");
        (await clinic.Doctor.Get("catalogue?kind=surgery")).RefusesField("kind");
    }

    [Fact]
    public async Task a_table_is_tried_then_loaded_and_what_was_exported_loads_as_the_same()
    {
        var clinic = await server.NewClinic();
        await clinic.Potassium();
        const string table = "\uFEFFKind;Code;Name;Unit;Low;High;Critical_High;Fasting\r\nlab;k;Potassium;mmol/L;3,5;5,1;6,5;\r\nlab;GLU;Glucose;mg/dL;70;99;;yes\r\nimaging;CXR;\"Chest; two views\";;;;;\r\n";
        var tried = (await Load(clinic, table, "?dryRun=true")).Is(200);
        Assert.Equal((3, 2, 1, 0), (tried["rows"].GetInt32(), tried["added"].GetInt32(), tried["changed"].GetInt32(), tried["faultCount"].GetInt32()));
        Assert.Single((await clinic.Admin.Get("catalogue")).Items); // nothing was written
        var loaded = (await Load(clinic, table)).Is(200);
        Assert.Equal((2, 1), (loaded["added"].GetInt32(), loaded["changed"].GetInt32()));
        Assert.Equal(["Chest; two views", "Glucose", "Potassium"], (await clinic.Admin.Get("catalogue")).Items.Select(e => e.Str("name")));
        var again = (await Load(clinic, (await clinic.Admin.Get("catalogue/export")).Is(200).Text)).Is(200);
        Assert.Equal((0, 0, 3), (again["added"].GetInt32(), again["changed"].GetInt32(), again["same"].GetInt32()));
        Assert.Equal(["dry run, 2 new, 1 changed", "2 new, 1 changed", "0 new, 0 changed"], (await clinic.Audit(LoadCatalogue.Action)).Select(e => e.Detail));
        Assert.Equal("3 entries", Assert.Single(await clinic.Audit(ExportCatalogue.Action)).Detail);
    }

    [Fact]
    public async Task one_bad_row_stops_the_whole_table_and_every_fault_is_told()
    {
        var clinic = await server.NewClinic();
        const string table = "kind,code,name,low,high\nlab,A,Alpha,1,2\nsurgery,B,Beta,,\nlab,,Gamma,,\nlab,D,Delta,9,2\nlab,E,Epsilon,low,\nlab,a,Again,,\n";
        var tried = (await Load(clinic, table, "?dryRun=true")).Is(200);
        Assert.Equal([(3, "kind"), (4, "code"), (5, "high"), (6, "low"), (7, "code")], tried["faults"].EnumerateArray().Select(f => (f.Number("row"), f.Str("column"))));
        var refused = (await Load(clinic, table)).Refuses(422, "load.rows");
        Assert.True(refused["errors"].TryGetProperty("row 5: high", out _), refused.Text);
        Assert.Empty((await clinic.Admin.Get("catalogue")).Items);
    }

    [Theory]
    [InlineData("")] [InlineData("code,name\n")] [InlineData("name\nAlpha\n")] [InlineData("PK\u0003\u0004 not a table")]
    public async Task what_is_no_table_is_refused(string table)
    {
        var clinic = await server.NewClinic();
        (await Load(clinic, table)).RefusesField("file");
    }

    [Fact]
    public async Task neither_another_kind_of_content_nor_other_letters_nor_too_much_is_taken()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("catalogue/import", new { rows = 1 })).Refuses(415, "media-type");
        using var latin = new ByteArrayContent([.. "code,name\nA,"u8, 0xE9, 0xE9, (byte)'\n']);
        latin.Headers.ContentType = new("text/csv");
        (await clinic.Admin.Post("catalogue/import", latin)).RefusesField("file");
        (await clinic.Admin.Post("catalogue/import", Csv("code,name\n" + string.Concat(Enumerable.Repeat("AAAAAAAAAA,Alpha\n", 300_000))), ("Expect", "100-continue"))).Refuses(413, "too-large");
        (await Load(clinic, "code,name\n" + string.Join('\n', Enumerable.Range(0, 10_001).Select(i => $"C{i},Test")))).RefusesField("file");
        (await Load(clinic, "code,name\nA," + new string('x', 5000))).RefusesField("file");
    }

    [Fact]
    public async Task cells_that_a_spreadsheet_would_run_are_neutralised_on_the_way_out_and_come_back_as_they_were()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "X", name = "=HYPERLINK(\"http://evil.example\")", category = "@SUM(A1)", low = -3, high = 2 })).Is(201);
        var table = (await clinic.Admin.Get("catalogue/export")).Is(200);
        Assert.StartsWith("text/csv", table.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.DoesNotMatch("(^|,)\"?[=@]", table.Text);
        Assert.Equal(1, (await Load(clinic, table.Text)).Is(200)["same"].GetInt32());
    }

    [Fact]
    public async Task while_ordering_the_chosen_stay_and_the_found_follow()
    {
        var clinic = await server.NewClinic();
        var potassium = await clinic.Potassium();
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "NA", name = "Sodium" })).Is(201);
        (await clinic.Admin.Post("catalogue", new { kind = "imaging", code = "CXR", name = "Chest" })).Is(201);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var options = await browser.Get($"/{clinic.Slug}/catalogue/options?kind=Lab&q=sod&entry={potassium}");
        var page = await options.Content.ReadAsStringAsync();
        Assert.Matches($"value=\"{potassium}\" checked", page);
        Assert.Contains("Sodium", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Chest", page, StringComparison.Ordinal);
        Assert.Empty(await clinic.Audit(EntryOptions.Action)); // nothing personal is in it
        Assert.Empty(await clinic.Audit(EntryList.Action));
    }
}
