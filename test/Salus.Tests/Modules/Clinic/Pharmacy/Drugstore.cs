using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy.Stock;

namespace Salus.Tests.Pharmacy;

/// <summary>What tests of the pharmacy need of a clinic: drugs, stock, rules, allergies and prescriptions in one line each.</summary>
internal static class Drugstore
{
    public static async Task<Guid> Drug(this Clinic clinic, string name, string ingredients = "", string @class = "", string atc = "", int reorderLevel = 0, string unit = "tablet") =>
        (await clinic.Pharmacist.Post("drugs", new { name, ingredients, @class, atc, reorderLevel, unit })).Is(201).Id;

    public static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    /// <summary>Units of a drug on the shelf that can be used for so many days; the batch's id.</summary>
    public static async Task<Guid> Receive(this Clinic clinic, Guid drug, int quantity, string number = "A1", int days = 400) =>
        (await clinic.Pharmacist.Post($"drugs/{drug}/batches", new { number, expiry = Today.AddDays(days), quantity })).Is(201)["batchId"].GetGuid();

    /// <summary>What no door does.</summary>
    public static Task<int> Write(this Clinic clinic, Func<SalusDb, Task<int>> change) => clinic.Salus.Database.Write(clinic.Id, change, default);

    /// <summary>Lets a batch expire.</summary>
    public static async Task Expire(this Clinic clinic, Guid batch)
    {
        var before = Today.AddDays(-2);
        Assert.Equal(1, await clinic.Write(db => db.Batches.Where(b => b.Id == batch).ExecuteUpdateAsync(set => set.SetProperty(b => b.Expiry, before))));
    }

    public static async Task<Guid> Rule(this Clinic clinic, string a, string b, string severity = "severe", string aSide = "ingredient", string bSide = "ingredient", string text = "Bleeding") =>
        (await clinic.Pharmacist.Post("interaction-rules", new { aSide, a, bSide, b, severity, text })).Is(201).Id;

    /// <summary>Notes an allergy of the visit's patient; without a substance: none known.</summary>
    public static async Task Allergy(this Clinic clinic, Guid visit, string substance = "", AllergySeverity severity = AllergySeverity.Severe, AllergyState state = AllergyState.Active)
    {
        var patient = await clinic.PatientOf(visit);
        var allergy = new Allergy { EncounterId = visit, PatientId = patient, IsNoneKnown = substance.Length == 0, Severity = severity, State = state, Reaction = substance.Length == 0 ? "" : "Rash", RecordedBy = clinic.Account("doctor").Id, RecordedAt = DateTime.UtcNow };
        allergy.Name(substance);
        await clinic.Write(db =>
        {
            db.Add(allergy);
            return db.SaveChangesAsync();
        });
    }

    public static async Task<Guid> PatientOf(this Clinic clinic, Guid visit)
    {
        await using var db = clinic.Open();
        return await db.Encounters.Where(e => e.Id == visit).Select(e => e.PatientId).SingleAsync();
    }

    /// <summary>A visit in which everything can be checked: the patient was asked for allergies and has none, the clinic has a rule.</summary>
    public static async Task<Guid> Ready(this Clinic clinic, string name = "Anna Rossi")
    {
        var visit = await clinic.Visit(name);
        await clinic.Allergy(visit);
        await using var db = clinic.Open();
        if (!await db.Set<Salus.Modules.Clinic.Pharmacy.InteractionRule>().AnyAsync()) await clinic.Rule("Zinc", "Tetracycline", "mild");
        return visit;
    }

    /// <summary>A prescription as a doctor fills it in; the drug by id or in words.</summary>
    public static Dictionary<string, object?> Rx(object drug, params (string Name, object? Value)[] more)
    {
        var body = new Dictionary<string, object?> { [drug is Guid ? "drugId" : "drug"] = drug, ["dose"] = "1 tablet", ["frequency"] = "twice a day", ["days"] = 5, ["quantity"] = 10 };
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }

    public static Task<Answer> Prescribe(this Clinic clinic, Guid visit, object drug, params (string Name, object? Value)[] more) => clinic.Doctor.Post($"encounters/{visit}/prescriptions", Rx(drug, more));

    /// <summary>A prescription that waits to be dispensed.</summary>
    public static async Task<Guid> Pending(this Clinic clinic, Guid visit, object drug, params (string Name, object? Value)[] more) => (await clinic.Prescribe(visit, drug, more)).Is(201).Id;

    public static Task<Answer> Dispense(this Clinic clinic, Guid prescription, object? body = null, string by = "pharmacist") => clinic.As(by).Post($"prescriptions/{prescription}/dispensing", body);

    /// <summary>Units of a drug in all batches.</summary>
    public static async Task<int> OnShelf(this Clinic clinic, Guid drug)
    {
        await using var db = clinic.Open();
        return await db.Batches.Where(b => b.DrugId == drug).SumAsync(b => b.Quantity);
    }

    /// <summary>What all movements of a drug add up to.</summary>
    public static async Task<int> Moved(this Clinic clinic, Guid drug)
    {
        await using var db = clinic.Open();
        return await db.StockMovements.Where(m => m.DrugId == drug).SumAsync(m => m.Quantity);
    }

    public static async Task Close(this Clinic clinic, Guid visit)
    {
        Assert.Equal(1, await clinic.Write(db => db.Encounters.Where(e => e.Id == visit).ExecuteUpdateAsync(set => set.SetProperty(e => e.State, EncounterState.Closed))));
    }

    public static async Task<IReadOnlyList<System.Text.Json.JsonElement>> Prescriptions(this Clinic clinic, Guid visit) => (await clinic.Doctor.Get($"encounters/{visit}/prescriptions")).Is(200).Items;
}
