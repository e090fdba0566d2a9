using System.Text;
using Salus.Modules.Clinic.Pharmacy.Drugs;

namespace Salus.Tests.Pharmacy;

/// <summary>SaveDrug, DrugList, ImportDrugs and ExportDrugs.</summary>
public sealed class DrugTests(SalusServer server)
{
    private static StringContent Csv(string text) => new(text, Encoding.UTF8, "text/csv");

    private static async Task<Answer> Import(Clinic clinic, string text, bool dryRun = false, string who = "pharmacist") => await clinic.As(who).Send("POST", $"drugs/import?dryRun={(dryRun ? "true" : "false")}", Csv(text));

    [Fact]
    public async Task a_drug_is_defined_once_whatever_the_case_and_found_by_its_parts()
    {
        var clinic = await server.NewClinic();
        var made = (await clinic.Pharmacist.Post("drugs", new { name = " Amoxicillin  500 mg ", code = "amx5", atc = "j01ca04", @class = "Penicillins", ingredients = "amoxicillin ;; clavulanic acid;", form = "capsule", strength = "500 mg", unit = "capsule", reorderLevel = 20 })).Is(201);
        (await clinic.Pharmacist.Post("drugs", new { name = "AMOXICILLIN 500 MG" })).Refuses(409, "drug.exists");
        (await clinic.Admin.Post("drugs", new { name = "Other", code = "AMX5" })).Refuses(409, "drug.exists");
        (await clinic.Admin.Post("drugs", new { name = "Ibuprofen" })).Is(201);
        foreach (var q in (string[])["amox", "500 amoxi", "AMX5", "penicillins", "clavulanic", "j01ca"])
        {
            var line = Assert.Single((await clinic.Doctor.Get($"drugs?q={Uri.EscapeDataString(q)}")).Is(200).Items);
            Assert.Equal(("Amoxicillin 500 mg", "AMX5", "J01CA04", 2), (line.Str("name"), line.Str("code"), line.Str("atc"), line.GetProperty("ingredients").GetArrayLength()));
        }
        (await clinic.Pharmacist.Put($"drugs/{made.Id}", new { name = "Amoxicillin 500 mg", archived = true, version = Guid.NewGuid() })).Refuses(409, "stale");
        var changed = (await clinic.Pharmacist.Put($"drugs/{made.Id}", new { name = "Amoxicillin 500 mg", archived = true }, ("If-Match", $"\"{made["version"].GetGuid():N}\""))).Is(200);
        Assert.NotEqual(made["version"].GetGuid(), changed["version"].GetGuid());
        Assert.Empty((await clinic.Doctor.Get("drugs?q=amox")).Items);
        Assert.Single((await clinic.Doctor.Get("drugs?q=amox&all=true")).Items);
        Assert.Equal(["added", "changed"], (await clinic.Audit(SaveDrug.Action, made.Id)).Where(a => a.Result == "ok").Select(a => a.Detail));
    }

    [Theory, InlineData("", null, null), InlineData("123", null, null), InlineData("Fine", "J1", "atc"), InlineData("Fine", "X99", "atc")]
    public async Task a_name_without_a_letter_and_a_code_that_is_none_are_refused(string name, string? atc, string? field)
    {
        var clinic = await server.Stranger();
        (await clinic.Pharmacist.Post("drugs", new { name, atc })).RefusesField(field ?? "name");
    }

    [Theory, InlineData("doctor"), InlineData("nurse"), InlineData("receptionist"), InlineData("display")]
    public async Task only_who_keeps_the_stock_defines_loads_and_exports_drugs(string who)
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin");
        (await clinic.As(who).Post("drugs", new { name = "Mine" })).Refuses(403, "forbidden");
        (await clinic.As(who).Put($"drugs/{drug}", new { name = "Mine" })).Refuses(403, "forbidden");
        (await Import(clinic, "name\nMine", who: who)).Refuses(403, "forbidden");
        (await clinic.As(who).Get("drugs/export")).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task of_two_who_add_the_same_drug_at_once_one_does()
    {
        var clinic = await server.NewClinic();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => clinic.Pharmacist.Post("drugs", new { name = "Amoxicillin" })));
        Assert.Equal(1, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "drug.exists"));
    }

    [Fact]
    public async Task the_list_is_read_by_key()
    {
        var clinic = await server.NewClinic();
        foreach (var name in (string[])["Cefalexin", "amoxicillin", "Bisoprolol"]) await clinic.Drug(name);
        var first = (await clinic.Doctor.Get("drugs?limit=2")).Is(200);
        Assert.Equal(["amoxicillin", "Bisoprolol"], first.Items.Select(d => d.Str("name")));
        var second = (await clinic.Doctor.Get($"drugs?limit=2&after={Uri.EscapeDataString(first.Next!)}")).Is(200);
        Assert.Equal(["Cefalexin"], second.Items.Select(d => d.Str("name")));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task a_dry_run_tells_what_a_file_would_do_and_does_nothing()
    {
        var clinic = await server.NewClinic();
        await clinic.Drug("Amoxicillin", "amoxicillin");
        const string file = "Name;Ingredients;Reorder level\nAmoxicillin;amoxicillin; clavulanic acid\nIbuprofen;ibuprofen;50\nAMOXICILLIN;x;1";
        var trial = (await Import(clinic, "Name;Ingredients;Reorder level\nAmoxicillin;amoxicillin trihydrate;5\nIbuprofen;ibuprofen;50", dryRun: true)).Is(200);
        Assert.Equal((true, 2, 1, 1, 0, false), (trial["isDryRun"].GetBoolean(), trial["lines"].GetInt32(), trial["added"].GetInt32(), trial["changed"].GetInt32(), trial["faults"].GetArrayLength(), trial["isWritten"].GetBoolean()));
        Assert.Single((await clinic.Doctor.Get("drugs")).Items);
        var faulty = (await Import(clinic, file)).Is(200);
        Assert.Equal(["2 reorder_level", "4 name"], faulty["faults"].EnumerateArray().Select(f => $"{f.Number("line")} {f.Str("column")}"));
        Assert.Single((await clinic.Doctor.Get("drugs")).Items); // the good line was not written either
        Assert.Equal("amoxicillin", (await clinic.Doctor.Get("drugs")).Items[0].GetProperty("ingredients")[0].GetString());
        Assert.Equal(["dry run", "faulty"], (await clinic.Audit(ImportDrugs.Action)).Select(a => a.Detail.Split(" +")[0]));
    }

    [Fact]
    public async Task a_file_adds_changes_and_leaves_and_the_export_comes_back_unchanged()
    {
        var clinic = await server.NewClinic();
        await clinic.Drug("Amoxicillin", "amoxicillin");
        await clinic.Drug("=HYPERLINK(1) oil");
        var done = (await Import(clinic, "\uFEFFname,code,atc,class,ingredients,form,strength,unit,reorder_level\r\nAmoxicillin,AMX,J01CA04,\"Penicillins, oral\",amoxicillin,capsule,500 mg,capsule,20\r\nIbuprofen,IBU,,,ibuprofen,,,,\r\n")).Is(200);
        Assert.Equal((1, 1, true), (done["added"].GetInt32(), done["changed"].GetInt32(), done["isWritten"].GetBoolean()));
        var file = (await clinic.Pharmacist.Get("drugs/export")).Is(200);
        Assert.Equal("text/csv", file.Headers["Content-Type"].Split(';')[0]);
        Assert.Contains("'=HYPERLINK(1) oil", file.Text, StringComparison.Ordinal); // a spreadsheet must not run it
        Assert.Contains("\"Penicillins, oral\"", file.Text, StringComparison.Ordinal);
        var again = (await Import(clinic, file.Text)).Is(200);
        Assert.Equal((3, 0, 0, 3, 0), (again["lines"].GetInt32(), again["added"].GetInt32(), again["changed"].GetInt32(), again["unchanged"].GetInt32(), again["faults"].GetArrayLength()));
    }

    [Fact]
    public async Task a_file_that_is_none_is_refused()
    {
        var clinic = await server.NewClinic();
        (await Import(clinic, "")).RefusesField("file");
        (await Import(clinic, "title\nAmoxicillin")).RefusesField("file");
        (await clinic.Pharmacist.Send("POST", "drugs/import", new ByteArrayContent([0x6e, 0xff, 0xfe, 0x80]) { Headers = { ContentType = new("text/csv") } })).RefusesField("file");
        (await clinic.Pharmacist.Send("POST", "drugs/import", "{}")).Refuses(415, "media-type");
        (await clinic.Pharmacist.Send("POST", "drugs/import", Csv("name\n" + new string('x', 6 * 1024 * 1024)), ("Expect", "100-continue"))).Refuses(413, "too-large");
        (await Import(clinic, "name\n" + string.Concat(Enumerable.Range(0, 20_001).Select(i => $"d{i}\n")))).RefusesField("file");
        var faults = (await Import(clinic, "name,atc,code\n123,,\nFine,X,\nOne,,A\nTwo,,a\n" + new string('y', 161) + ",,")).Is(200)["faults"].EnumerateArray().Select(f => $"{f.Number("line")} {f.Str("column").ToLowerInvariant()}");
        Assert.Equal(["2 name", "3 atc", "5 code", "6 name"], faults);
        Assert.Empty((await clinic.Doctor.Get("drugs")).Items);
    }
}
