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
