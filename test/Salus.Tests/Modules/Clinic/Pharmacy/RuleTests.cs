using System.Text;
using Salus.Modules.Clinic.Pharmacy.Interactions;

namespace Salus.Tests.Pharmacy;

/// <summary>SaveRule, RemoveRule, RuleList and ImportRules.</summary>
public sealed class RuleTests(SalusServer server)
{
    private static Task<Answer> Import(Clinic clinic, string text, string query = "") => clinic.Pharmacist.Send("POST", "interaction-rules/import" + query, new StringContent(text, Encoding.UTF8, "text/csv"));

    [Fact]
    public async Task a_rule_for_two_things_exists_once_whichever_stands_first()
    {
        var clinic = await server.NewClinic();
        var rule = await clinic.Rule("Warfarin", "NSAIDs", "severe", "ingredient", "class");
        (await clinic.Admin.Post("interaction-rules", new { aSide = "class", a = "nsaid", bSide = "ingredient", b = "WARFARIN", severity = "mild" })).Refuses(409, "interaction.exists");
        (await clinic.Admin.Post("interaction-rules", new { aSide = "drug", a = "Warfarin", bSide = "drug", b = "warfarins", severity = "mild" })).RefusesField("b");
        (await clinic.Admin.Post("interaction-rules", new { aSide = "drug", a = "--", bSide = "drug", b = "x", severity = "mild" })).RefusesField("a");
        (await clinic.Admin.Put($"interaction-rules/{rule}", new { aSide = "ingredient", a = "Warfarin", bSide = "class", b = "NSAIDs", severity = "moderate", text = "Watch" })).Is(204);
        (await clinic.Admin.Put($"interaction-rules/{rule}", new { a = "Warfarin", b = "x", severity = "mild", version = Guid.NewGuid() })).Refuses(409, "stale");
        Assert.Equal(("moderate", "Watch"), (await clinic.Doctor.Get("interaction-rules?q=nsaid")).Is(200).Items.Select(r => (r.Str("severity"), r.Str("text"))).Single());
        (await clinic.Pharmacist.Delete($"interaction-rules/{rule}")).Is(204);
        (await clinic.Pharmacist.Delete($"interaction-rules/{rule}")).Refuses(404, "not-found");
        Assert.Single(await clinic.Audit(RemoveRule.Action, rule), a => a.Result == "ok");
        Assert.Equal(2, (await clinic.Audit(SaveRule.Action, rule)).Count(a => a.Result == "ok"));
    }

    [Fact]
    public async Task a_list_goes_through_the_drugs_once_and_a_file_of_the_rules_not_at_all()
    {
        using var commands = new SqlTexts();
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        foreach (var (name, ingredients) in (IEnumerable<(string, string)>)[("Aspirin 100", "acetylsalicylic acid"), ("Aspirin 500", "acetylsalicylic acid"), ("Marevan", "warfarin")]) await clinic.Drug(name, ingredients);
        await clinic.Rule("Warfarin", "Aspirin");
        await clinic.Rule("Warfarin", "Fennel");
        await clinic.Rule("Fennel", "Aspirin");
        var list = (await clinic.Pharmacist.Get("interaction-rules", ("X-Count", "list"))).Is(200);
        Assert.Equal(["Aspirin 2 Warfarin 1", "Fennel 0 Warfarin 1", "Aspirin 2 Fennel 0"], list.Items.Select(r => $"{r.Str("a")} {r.Number("aMatches")} {r.Str("b")} {r.Number("bMatches")}"));
        Assert.Single(commands.Of("list"), c => c.Text.Contains("clinic_drugs", StringComparison.Ordinal));
        (await clinic.Pharmacist.Get("interaction-rules/export", ("X-Count", "export"))).Is(200);
        Assert.Contains(commands.Of("export"), c => c.Text.Contains("clinic_interaction_rules", StringComparison.Ordinal));
        Assert.DoesNotContain(commands.Of("export"), c => c.Text.Contains("clinic_drugs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_rule_that_can_never_warn_is_marked()
    {
        var clinic = await server.NewClinic();
        await clinic.Drug("Warfarin 5 mg", "warfarin");
        await clinic.Drug("Ibuprofen", "ibuprofen", "NSAIDs");
        await clinic.Rule("Warfarin", "NSAID", bSide: "class");
        await clinic.Rule("Warfarin", "Nonsteroidals", bSide: "class");
        var rules = (await clinic.Doctor.Get("interaction-rules")).Is(200).Items;
        Assert.Equal([false, true], rules.Select(r => r.GetProperty("isIdle").GetBoolean()));
        Assert.Equal(2, rules[0].Number("aMatches") + rules[0].Number("bMatches"));
        var first = (await clinic.Doctor.Get("interaction-rules?limit=1")).Is(200);
        Assert.Equal(rules[1].Id(), Assert.Single((await clinic.Doctor.Get($"interaction-rules?limit=1&after={first.Next}")).Items).Id());
    }

    [Fact]
    public async Task rules_are_loaded_tried_and_faulty_lines_named()
    {
        var clinic = await server.NewClinic();
        await clinic.Rule("Warfarin", "Aspirin", "mild");
        const string good = "a_side,a,b_side,b,severity,text\ningredient,aspirin,ingredient,warfarin,Severe,Bleeding\nclass,NSAIDs,,Lithium,moderate,\"Levels rise, check\"\n";
        var trial = (await Import(clinic, good, "?dryRun=true")).Is(200);
        Assert.Equal((1, 1, false), (trial["added"].GetInt32(), trial["changed"].GetInt32(), trial["isWritten"].GetBoolean()));
        Assert.Equal("mild", Assert.Single((await clinic.Doctor.Get("interaction-rules")).Items).Str("severity"));
        Assert.True((await Import(clinic, good)).Is(200)["isWritten"].GetBoolean());
        Assert.Equal(["severe", "moderate"], (await clinic.Doctor.Get("interaction-rules")).Items.Select(r => r.Str("severity")));
        var file = (await clinic.Doctor.Get("interaction-rules/export")).Is(200);
        Assert.Equal(2, (await Import(clinic, file.Text)).Is(200)["unchanged"].GetInt32());
        var faults = (await Import(clinic, "a,b,severity,a_side\nA one,B one,grave,\nA one,A one,mild,\n,B,mild,\nX,Y,mild,herb\nP,Q,mild,\nQ,P,mild,\nR,S,,\nT,U,2,")).Is(200)["faults"];
        Assert.Equal(["2 severity", "3 b", "4 a", "5 a_side", "7 a", "8 severity", "9 severity"], faults.EnumerateArray().Select(f => $"{f.Number("line")} {f.Str("column").ToLowerInvariant()}"));
        Assert.Equal(2, (await clinic.Doctor.Get("interaction-rules")).Items.Count);
        Assert.Equal(4, (await clinic.Audit(ImportRules.Action)).Count);
    }

    [Theory, InlineData("doctor"), InlineData("nurse"), InlineData("receptionist")]
    public async Task only_who_keeps_the_stock_keeps_the_rules(string who)
    {
        var clinic = await server.NewClinic();
        var rule = await clinic.Rule("A one", "B one");
        (await clinic.As(who).Post("interaction-rules", new { a = "C", b = "D" })).Refuses(403, "forbidden");
        (await clinic.As(who).Put($"interaction-rules/{rule}", new { a = "C", b = "D" })).Refuses(403, "forbidden");
        (await clinic.As(who).Delete($"interaction-rules/{rule}")).Refuses(403, "forbidden");
        (await clinic.As(who).Get("interaction-rules")).Is(who == "doctor" ? 200 : 403);
    }
}
