using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Sealed;

/// <summary>A patient in whose record one made-up word stands in every text that people type.</summary>
internal sealed record Planted(Clinic Clinic, Guid Patient, Guid Visit, Guid Open)
{
    public const string Word = "Quarkblatt";

    public static string In(string field) => $"{Word} {field} après 39,5 °C";

    public static async Task<Planted> Make(Clinic clinic)
    {
        var queue = await clinic.Queue();
        var patient = (await clinic.Register()).Id;
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue, urgency = "urgent", reason = In("urgency") })).Is(201);
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient, type = "routine", complaint = In("complaint") })).Is(201).Id;
        await Examine(clinic, visit);
        await Order(clinic, visit);
        await Prescribe(clinic, visit, patient);
        await Stay(clinic, visit);
        (await clinic.Doctor.Post($"encounters/{visit}/closing", new { leavesPrescriptions = true })).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/summary", new { disposition = "home", text = In("summary"), instructions = In("instructions") }, ("Idempotency-Key", Guid.NewGuid().ToString()))).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/addenda", new { text = In("addendum") })).Is(201);
        var open = (await clinic.Receptionist.Post("encounters", new { patientId = patient, type = "emergency", complaint = In("second complaint") })).Is(201).Id;
        (await clinic.Doctor.Put($"encounters/{open}/consultation/draft", new { history = In("draft history"), examination = In("draft examination"), assessment = In("draft assessment"), plan = In("draft plan") })).Is(200);
        (await clinic.Doctor.Post($"encounters/{open}/bill/emergencies", new { reason = In("exit") })).Is(201);
        await Restrict(clinic);
        return new(clinic, patient, visit, open);
    }

    private static async Task Examine(Clinic clinic, Guid visit)
    {
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = In("history"), examination = In("examination"), assessment = In("assessment"), plan = In("plan") })).Is(200);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { oxygen = 80, remark = In("remark") })).Is(201);
        var wrong = (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 36.5 })).Is(201).Id;
        (await clinic.Nurse.Post($"encounters/{visit}/vitals/{wrong}/voiding", new { reason = In("voiding") })).Is(204);
        var alert = (await clinic.Doctor.Get($"encounters/{visit}/chart"))["alerts"][0].Id();
        (await clinic.Doctor.Post($"alerts/{alert}/answers", new { })).Is(200);
        (await clinic.Doctor.Post($"alerts/{alert}/answers", new { resolution = In("resolution") })).Is(200);
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Penicillin", category = "medication", severity = "severe", reaction = In("reaction") })).Is(201);
        var nuts = (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Nuts" })).Is(201).Id;
        (await clinic.Nurse.Post($"encounters/{visit}/allergies/{nuts}/ending", new { reason = In("end of allergy") })).Is(204);
        (await clinic.Nurse.Post($"encounters/{visit}/notes", new { text = In("note") })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { text = In("diagnosis"), isPrimary = true })).Is(201);
        var over = (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind = "problem", text = In("problem") })).Is(201).Id;
        (await clinic.Doctor.Post($"encounters/{visit}/conditions/{over}/ending", new { reason = In("end of problem") })).Is(204);
    }

    private static async Task Order(Clinic clinic, Guid visit)
    {
        async Task<Guid> Ordered(string kind, string name) =>
            (await clinic.Doctor.Post($"encounters/{visit}/orders", new { kind, indication = In("indication"), instructions = In("order instructions"), items = new[] { new { name } } })).Is(201)["orders"][0].GetGuid();
        var (blood, study, dropped) = (await Ordered("lab", "Blood count"), await Ordered("imaging", "Chest radiograph"), await Ordered("lab", "Urea"));
        (await clinic.Nurse.Post($"orders/{blood}/samples", new { outcome = "failed", reason = In("sample") })).Is(200);
        (await clinic.Nurse.Post($"orders/{blood}/samples", new { outcome = "collected" })).Is(200);
        var result = (await clinic.Lab.Post($"orders/{blood}/result", new { text = In("result"), flag = "normal" })).Is(201).Id;
        (await clinic.Lab.Post($"results/{result}/addenda", new { text = In("addendum to a result") })).Is(201);
        (await clinic.Radiology.Post($"orders/{study}/report", new { text = In("report"), flag = "normal" })).Is(201);
        (await clinic.Doctor.Post($"orders/{dropped}/cancellation", new { reason = In("cancellation") })).Is(200);
        var referral = (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = In("specialty"), recipient = In("recipient"), reason = In("referral"), summary = In("referral summary") })).Is(201).Id;
        (await clinic.Doctor.Post($"referrals/{referral}/state", new { step = "cancel", reason = In("end of referral") })).Is(200);
        (await clinic.Admin.Post($"billing/unpaid-work/{blood}/settlement", new { reason = In("leak") })).Is(204);
    }

    private static async Task Prescribe(Clinic clinic, Guid visit, Guid patient)
    {
        // Its ingredient is what the patient does not tolerate: what the check finds says how the patient reacted.
        var drug = await clinic.Drug("Amoxicillin 500 mg capsules", "Penicillin", unit: "capsule");
        await clinic.Receive(drug, 100);
        async Task<Guid> Prescribed(string dose) => (await clinic.Prescribe(visit, drug, ("dose", In(dose)), ("frequency", In("frequency")), ("instructions", In("prescription instructions")), ("isEmergency", true),
            ("emergencyReason", In("emergency")), ("overrideReason", In("override")))).Is(201).Id;
        var (given, dropped) = (await Prescribed("dose"), await Prescribed("second dose"));
        (await clinic.Dispense(given, new { notes = In("dispensing") })).Is(200);
        (await clinic.Doctor.Post($"prescriptions/{given}/stopping", new { reason = In("stopping") })).Is(204);
        (await clinic.Doctor.Post($"prescriptions/{dropped}/cancellation", new { reason = In("withdrawal") })).Is(204);
        (await clinic.Nurse.Post($"encounters/{visit}/administrations", new { drug = "Oxygen", dose = In("given dose"), outcome = "held", reason = In("held") })).Is(201);
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = In("reported medicine") })).Is(201);
    }

    private static async Task Stay(Clinic clinic, Guid visit)
    {
        var (_, beds) = await clinic.Ward();
        (await clinic.Doctor.Post($"encounters/{visit}/admission", new { bedId = beds[0], kind = "emergency", reason = In("admission"), diagnosis = In("admission diagnosis") })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/admission/transfer", new { bedId = beds[1], reason = In("transfer") })).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/admission/discharge", new { disposition = "home", note = In("discharge") })).Is(200);
    }

    /// <summary>Another patient, so that the first stays open to those who read records.</summary>
    private static async Task Restrict(Clinic clinic)
    {
        var (hidden, twin) = ((await clinic.Register("Zenobia Hidden")).Id, (await clinic.Register("Zenobia Hiden")).Id);
        (await clinic.Admin.Post($"patients/{hidden}/restriction", new { reason = In("restriction") })).Is(204);
        (await clinic.Admin.Post($"patients/{hidden}/care-team", new { accountId = clinic.Account("nurse").Id, reason = In("team") })).Is(201);
        (await clinic.Doctor.Post($"patients/{hidden}/emergency-access", new { reason = In("broken glass") })).Is(200);
        (await clinic.Admin.Post($"patients/{twin}/archiving", new { reason = In("archiving") })).Is(204);
        var (kept, other) = ((await clinic.Register("Bruno Doppio")).Id, (await clinic.Register("Bruno Dopio")).Id);
        (await clinic.Admin.Post($"patients/{other}/archiving", new { reason = In("archiving before") })).Is(204);
        var merged = (await clinic.Admin.Post($"patients/{kept}/merges", new { otherId = other, take = Array.Empty<string>(), reason = In("merge") })).Is(201);
        (await clinic.Admin.Post($"patients/{kept}/merges/{merged.Id}/undoing", new { reason = In("undoing") })).Is(200);
    }
}

/// <summary>The database as somebody sees it who has it and not the keys.</summary>
internal static class RawRows
{
    /// <summary>What stands in a column, in every row, as it is stored.</summary>
    public static async Task<List<string>> Of(SalusDb db, string table, string column) => await db.Database.SqlQueryRaw<string>($"SELECT \"{column}\" AS \"Value\" FROM {table} WHERE \"{column}\" IS NOT NULL").ToListAsync();

    /// <summary>Where a word stands: every column of every table on PostgreSQL, every byte of the files on SQLite.</summary>
    public static async Task<List<string>> Holding(RunningSalus salus, string word)
    {
        await using var db = salus.Database.Open();
        if (!TestDatabase.IsPostgres)
        {
            var found = new List<string>();
            foreach (var file in Directory.GetFiles(salus.Settings.Data, "salus.db*"))
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = new MemoryStream();
                await stream.CopyToAsync(copy);
                if (Encoding.Latin1.GetString(copy.ToArray()).Contains(word, StringComparison.OrdinalIgnoreCase)) found.Add(Path.GetFileName(file));
            }
            return found;
        }
        var columns = await db.Database.SqlQueryRaw<string>("SELECT table_name || ' ' || column_name AS \"Value\" FROM information_schema.columns WHERE table_schema = 'public'").ToListAsync();
        Assert.True(columns.Count > 500, $"{columns.Count} columns");
        var holding = new List<string>();
        foreach (var (table, column) in columns.Select(c => (c.Split(' ')[0], c.Split(' ')[1])))
            if ((await db.Database.SqlQueryRaw<bool>($"SELECT EXISTS (SELECT 1 FROM \"{table}\" WHERE \"{column}\"::text ILIKE {{0}}) AS \"Value\"", $"%{word}%").ToListAsync())[0]) holding.Add($"{table}.{column}");
        return holding;
    }
}
