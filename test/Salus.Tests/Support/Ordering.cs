namespace Salus.Tests.Support;

/// <summary>Short words for orders in tests.</summary>
public static class Ordering
{
    /// <summary>A test of the clinic's list: potassium, normal from 3.5 to 5.1, critical from 6.5 and up to 2.5.</summary>
    public static async Task<Guid> Potassium(this Clinic clinic) => (await clinic.Admin.Post("catalogue", new
    {
        kind = "lab", code = "K", name = "Potassium", loinc = "2823-3", category = "Electrolytes", unit = "mmol/L", low = 3.5, high = 5.1, criticalLow = 2.5, criticalHigh = 6.5, specimen = "Serum",
    })).Is(201).Id;

    public static Task<Answer> Order(this Clinic clinic, Guid visit, string kind, object item, string priority = "routine", Caller? by = null) =>
        (by ?? clinic.Doctor).Post($"encounters/{visit}/orders", new { kind, priority, indication = "Fatigue", items = new[] { item } });

    /// <summary>An order in words for a visit; its id.</summary>
    public static async Task<Guid> Ordered(this Clinic clinic, Guid visit, string kind = "lab", string name = "Blood count", string priority = "routine") =>
        (await clinic.Order(visit, kind, new { name }, priority)).Is(201)["orders"][0].GetGuid();

    /// <summary>A new patient's visit with one order.</summary>
    public static async Task<(Guid Visit, Guid Order)> VisitWith(this Clinic clinic, string kind = "lab", string name = "Blood count", string patient = "Anna Rossi")
    {
        var visit = await clinic.Visit(patient);
        return (visit, await clinic.Ordered(visit, kind, name));
    }

    public static async Task<System.Text.Json.JsonElement> OrderOf(this Clinic clinic, Guid visit, Guid order) =>
        (await clinic.Doctor.Get($"encounters/{visit}/orders")).Is(200).Items.Single(o => o.Id() == order);

    /// <summary>The visit is closed behind the back of all rules.</summary>
    public static Task<int> CloseBluntly(this Clinic clinic, Guid visit) => clinic.Salus.Database.Write(clinic.Id, async db =>
    {
        var row = (await db.FindAsync<Modules.Clinic.Encounters.Encounter>(visit))!;
        row.State = Modules.Clinic.Encounters.EncounterState.Closed;
        return await db.SaveChangesAsync();
    }, default);
}
