using Salus.Modules.Clinic.Encounters;

namespace Salus.Tests.Pharmacy;

/// <summary>PharmacyWorkList, DispensedList.</summary>
public sealed class WorkListTests(SalusServer server)
{
    private static async Task<IReadOnlyList<System.Text.Json.JsonElement>> Visits(Clinic clinic) => [.. (await clinic.Pharmacist.Get("pharmacy/work-list")).Is(200)["visits"].EnumerateArray()];

    [Fact]
    public async Task emergencies_go_first_then_who_waits_longest()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin", "amoxicillin");
        await clinic.Receive(drug, 8);
        foreach (var name in (string[])["Anna First", "Bruno Second"]) await clinic.Pending(await clinic.Ready(name), drug);
        var urgent = await clinic.Ready("Carla Third");
        await clinic.Pending(urgent, drug, ("isEmergency", true), ("emergencyReason", "Sepsis"));
        var emergency = (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register("Dario Fourth")).Id, type = "emergency" })).Is(201).Id;
        await clinic.Allergy(emergency, "Latex", AllergySeverity.Mild);
        await clinic.Pending(emergency, drug);
        var visits = await Visits(clinic);
        Assert.Equal(["Carla Third True", "Dario Fourth True", "Anna First False", "Bruno Second False"], visits.Select(v => $"{v.Str("patientName")} {v.GetProperty("isUrgent").GetBoolean()}"));
        Assert.Equal(("Latex (Rash)", 0), (visits[1].GetProperty("allergies")[0].GetString(), visits[0].GetProperty("allergies").GetArrayLength()));
        var line = visits[0].GetProperty("prescriptions")[0];
        Assert.Equal((8, "tablet", "clear", true), (line.Number("inStock"), line.Str("unit"), line.Str("check"), line.GetProperty("isEmergency").GetBoolean()));
        Assert.NotEmpty(await clinic.Audit("pharmacy.work-list"));
    }

    [Fact]
    public async Task what_is_new_is_reached_page_by_page_however_much_waits_before_it()
    {
        var clinic = await server.NewClinic();
        var drugs = new[] { await clinic.Drug("Amoxicillin", "amoxicillin"), await clinic.Drug("Metformin", "metformin") };
        foreach (var name in (string[])["Anna A", "Bruno B", "Carla C", "Dario D"])
        {
            var visit = await clinic.Ready(name);
            foreach (var drug in drugs) await clinic.Pending(visit, drug);
        }
        var urgent = await clinic.Ready("Elena E");
        await clinic.Pending(urgent, drugs[0]);
        await clinic.Pending(urgent, drugs[1], ("isEmergency", true), ("emergencyReason", "Sepsis"));
        var (seen, after) = (new List<string>(), "");
        do
        {
            var page = (await clinic.Pharmacist.Get($"pharmacy/work-list?limit=2{after}")).Is(200);
            Assert.Equal((10, 1), (page["waiting"].GetInt32(), page["urgent"].GetInt32()));
            var visits = page["visits"].EnumerateArray().ToList();
            // A visit is never torn apart.
            Assert.All(visits, v => Assert.Equal(2, v.GetProperty("prescriptions").GetArrayLength()));
            seen.AddRange(visits.Select(v => v.Str("patientName")));
            // Who is behind the place is not passed over when the one at the place is done meanwhile.
            foreach (var line in visits[^1].GetProperty("prescriptions").EnumerateArray().Take(seen.Count == 2 ? 2 : 0)) (await clinic.Doctor.Post($"prescriptions/{line.Id()}/cancellation", new { reason = "A slip" })).Is(204);
            if (seen.Count == 2)
            {
                var late = await clinic.Ready("Late F");
                foreach (var drug in drugs) await clinic.Pending(late, drug);
            }
            after = page.Next is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);
        Assert.Equal(["Elena E", "Anna A", "Bruno B", "Carla C", "Dario D", "Late F"], seen);
        foreach (var wrong in (string[])["x", "2.1.0", $"0.1.{Guid.NewGuid()}", $"1.99999999999999999999.{Guid.NewGuid():N}"]) (await clinic.Pharmacist.Get($"pharmacy/work-list?after={wrong}")).RefusesField("after");
        (await clinic.Pharmacist.Get("pharmacy/work-list?limit=101")).RefusesField("limit");
    }

    [Fact]
    public async Task it_is_searched_by_the_patient_on_the_page_too_and_a_restricted_name_finds_nothing()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin", "amoxicillin");
        await clinic.Receive(drug, 50);
        foreach (var name in (string[])["Anna Rossi", "Bruno Bianchi", "Bianca Hidden"]) await clinic.Pending(await clinic.Ready(name), drug);
        var hidden = (await clinic.Doctor.Get("patients?q=hidden")).Is(200).Items[0].Id();
        (await clinic.Admin.Post($"patients/{hidden}/restriction", new { reason = "Known to the staff" })).Is(204);
        var found = (await clinic.Pharmacist.Get("pharmacy/work-list?q=BIAN")).Is(200);
        Assert.Equal(["Bruno Bianchi"], found["visits"].EnumerateArray().Select(v => v.Str("patientName")));
        Assert.Equal(3, found["waiting"].GetInt32());
        (await clinic.Pharmacist.Get("pharmacy/work-list?q=" + new string('x', 101))).RefusesField("q");
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "pharmacist");
        foreach (var path in (string[])["pharmacy?q=bianchi", "pharmacy/list?q=bianchi"])
        {
            using var page = await browser.Get($"/{clinic.Slug}/{path}");
            var text = await page.Content.ReadAsStringAsync();
            Assert.Contains("Bruno Bianchi", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Anna Rossi", text, StringComparison.Ordinal);
        }
        using var dispensed = await browser.Submit($"/{clinic.Slug}/pharmacy?q=bianchi", $"/{clinic.Slug}/pharmacy/prescriptions/{found["visits"][0].GetProperty("prescriptions")[0].Id()}/dispensing", new() { ["quantity"] = "1", ["once"] = "one", ["q"] = "bianchi" });
        Assert.Equal($"/{clinic.Slug}/pharmacy?q=bianchi", dispensed.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task it_tells_what_the_check_found_and_why_it_was_prescribed_all_the_same()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        await clinic.Pending(visit, "Thyme syrup", ("overrideReason", "Harmless"));
        var shown = Assert.Single(await Visits(clinic));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, shown.GetProperty("allergies").ValueKind); // never asked
        var line = shown.GetProperty("prescriptions")[0];
        Assert.Equal(("not-checked", "Harmless", 3, System.Text.Json.JsonValueKind.Null), (line.Str("check"), line.Str("overrideReason"), line.GetProperty("findings").GetArrayLength(), line.GetProperty("inStock").ValueKind));
    }

    [Fact]
    public async Task a_restricted_patients_medicines_are_not_shown()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready("Zenobia Hidden");
        await clinic.Pending(visit, await clinic.Drug("Lithium", "lithium"));
        (await clinic.Admin.Post($"patients/{await clinic.PatientOf(visit)}/restriction", new { reason = "Known to the staff" })).Is(204);
        var answer = (await clinic.Pharmacist.Get("pharmacy/work-list")).Is(200);
        Assert.DoesNotContain("Zenobia", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Lithium", answer.Text, StringComparison.Ordinal);
        Assert.True(answer["visits"][0].GetProperty("isHidden").GetBoolean());
    }

    [Theory, InlineData("pharmacist", 200), InlineData("doctor", 200), InlineData("nurse", 403), InlineData("receptionist", 403), InlineData("lab", 403), InlineData("admin", 403), InlineData("display", 403)]
    public async Task who_sees_what_is_to_be_dispensed(string who, int status)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(who).Get("pharmacy/work-list")).Is(status);
        (await clinic.As(who).Get("pharmacy/dispensed")).Is(status);
    }
}
