using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Patients.Merging;

namespace Salus.Tests.Patients;

/// <summary>MergePatients and UnmergePatients: what moves, what is chosen, what comes back.</summary>
public sealed class MergeTests(SalusServer server)
{
    internal const string Why = "The same card, two spellings";

    internal static Task<Answer> Merge(Clinic clinic, Guid keep, Guid other, params string[] take) => clinic.Admin.Post($"patients/{keep}/merges", new { otherId = other, take, reason = Why });
    internal static Task<Answer> Undo(Clinic clinic, Guid patient, Answer merged) => clinic.Admin.Post($"patients/{patient}/merges/{merged.Id}/undoing", new { reason = "They were two" });

    /// <summary>A patient with a closed consultation's worth of rows: visit, vital signs, allergy, note.</summary>
    internal static async Task<(Guid Patient, Guid Visit)> WithVisit(Clinic clinic, string name, string allergy, string type = "consultation")
    {
        var patient = (await clinic.Register(name)).Id;
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient, type })).Is(201).Id;
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 39.5 })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", allergy.Length == 0 ? new { isNoneKnown = true, substance = (string?)null } : new { isNoneKnown = false, substance = (string?)allergy })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/notes", new { text = "Walks alone" })).Is(201);
        return (patient, visit);
    }

    /// <summary>How many rows each table holds of a patient.</summary>
    internal static async Task<Dictionary<string, int>> Counts(Clinic clinic, Guid patient)
    {
        await using var db = clinic.Open();
        var counts = new Dictionary<string, int>();
        foreach (var rows in PersonRows.Of(db)) if (await rows.Count(db, patient, default) is > 0 and var n) counts[rows.Table] = n;
        return counts;
    }

    private static async Task<List<(string Substance, AllergyState State)>> Allergies(Clinic clinic, Guid patient)
    {
        await using var db = clinic.Open();
        return [.. (await db.Allergies.AsNoTracking().Where(a => a.PatientId == patient).OrderBy(a => a.Id).ToListAsync()).Select(a => (a.Substance, a.State))];
    }

    [Fact]
    public async Task all_rows_move_the_old_number_leads_on_and_undoing_brings_exactly_those_back()
    {
        var clinic = await server.NewClinic();
        var (kept, keptVisit) = await WithVisit(clinic, "Anna Rossi", "Penicillin");
        var (other, otherVisit) = await WithVisit(clinic, "Ana Rossi", "Latex", "emergency");
        var number = (await clinic.Admin.Get($"patients/{other}")).Is(200)["number"].GetString()!;
        var (before, otherBefore) = (await Counts(clinic, kept), await Counts(clinic, other));
        var preview = (await clinic.Admin.Get($"patients/{kept}/merge-preview?with={other}")).Is(200);
        Assert.True(preview["mayBe"].GetBoolean());
        Assert.Equal(otherBefore.OrderBy(c => c.Key), preview["moves"].EnumerateArray().ToDictionary(m => m.Str("table"), m => m.Number("rows")).OrderBy(c => c.Key));
        Assert.Equal(before, await Counts(clinic, kept)); // looking changes nothing

        var merged = (await Merge(clinic, kept, other)).Is(201);
        Assert.Empty(await Counts(clinic, other));
        Assert.Equal(before.Sum(c => c.Value) + otherBefore.Sum(c => c.Value), (await Counts(clinic, kept)).Sum(c => c.Value));
        Assert.Equal(kept, (await clinic.Doctor.Get($"encounters/{otherVisit}")).Is(200)["patientId"].GetGuid());
        Assert.Equal(kept, Assert.Single((await clinic.Receptionist.Get($"patients?q={number}")).Items).Id());
        var old = (await clinic.Receptionist.Get($"patients/{other}")).Is(200);
        Assert.Equal((true, kept), (old["isArchived"].GetBoolean(), old["mergedInto"].Id()));
        Assert.Equal(number, Assert.Single((await clinic.Receptionist.Get($"patients/{kept}"))["merged"].EnumerateArray()).Str("number"));

        // What is written after it: into a visit that moved, and as a new visit.
        (await clinic.Nurse.Post($"encounters/{otherVisit}/notes", new { text = "Written since" })).Is(201);
        var later = (await clinic.Receptionist.Post("encounters", new { patientId = kept, type = "follow-up" })).Is(201).Id;
        (await Undo(clinic, kept, merged)).Is(200);
        Assert.Equal(other, (await clinic.Doctor.Get($"encounters/{otherVisit}"))["patientId"].GetGuid());
        Assert.Equal(kept, (await clinic.Doctor.Get($"encounters/{keptVisit}"))["patientId"].GetGuid());
        Assert.Equal(kept, (await clinic.Doctor.Get($"encounters/{later}"))["patientId"].GetGuid());
        otherBefore["clinic_notes"]++;
        before["clinic_encounters"]++;
        Assert.Equal(otherBefore.OrderBy(c => c.Key), (await Counts(clinic, other)).OrderBy(c => c.Key));
        Assert.Equal(before.OrderBy(c => c.Key), (await Counts(clinic, kept)).OrderBy(c => c.Key));
        Assert.Equal(other, Assert.Single((await clinic.Receptionist.Get($"patients?q={number}")).Items).Id());
        Assert.False((await clinic.Receptionist.Get($"patients/{other}"))["isArchived"].GetBoolean());
    }

    [Fact]
    public async Task the_log_names_both_patients_and_nothing_of_them()
    {
        var clinic = await server.NewClinic();
        var (kept, other) = ((await clinic.Register("Zora Quark")).Id, (await clinic.Register("Zora Quarck")).Id);
        var merged = (await Merge(clinic, kept, other, "name")).Is(201);
        (await Undo(clinic, other, merged)).Is(200);
        foreach (var action in (string[])["patient.merge", "patient.unmerge"])
        {
            var row = Assert.Single(await clinic.Audit(action));
            Assert.Equal([kept, other], row.SubjectList());
            Assert.DoesNotContain("Quar", row.Detail, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Why, row.Detail, StringComparison.Ordinal);
        }
        // Whoever looks for one of the two in the log finds it.
        Assert.Contains((await clinic.Admin.Get($"audit?subject={other}")).Is(200).Items, e => e.Str("action") == "patient.merge");
    }

    [Fact]
    public async Task particulars_are_chosen_and_come_back_unless_somebody_changed_them_since()
    {
        var clinic = await server.NewClinic();
        var kept = (await clinic.Register(form: new { name = "Anna Rossi", phone = "333 1234567", email = "anna@example.org" })).Id;
        var other = (await clinic.Register(form: new { name = "Anna Maria Rossi", phone = "340 7654321", birthDate = "1980-05-17", nationalId = "RSS-80A", bloodGroup = "a-positive", emergencyName = "Ugo", emergencyPhone = "333 7777777" })).Id;
        var fields = (await clinic.Admin.Get($"patients/{kept}/merge-preview?with={other}"))["fields"].EnumerateArray().ToList();
        Assert.Equal(["birthDate", "emergencyContact", "nationalId", "bloodGroup"], fields.Where(f => f.GetProperty("isTaken").GetBoolean()).Select(f => f.Str("field")));
        var merged = (await Merge(clinic, kept, other, "name", "birthDate", "nationalId", "bloodGroup", "emergencyContact", "phone")).Is(201);
        var now = (await clinic.Receptionist.Get($"patients/{kept}")).Is(200);
        Assert.Equal(("Anna Maria Rossi", "1980-05-17", "RSS-80A", "a-positive", "Ugo", "+393407654321", "anna@example.org"), (now["name"].GetString(), now["birthDate"].GetString(), now["nationalId"].GetString(),
            now["bloodGroup"].GetString(), now["emergencyName"].GetString(), now["phone"].GetString(), now["email"].GetString()));
        (await clinic.Receptionist.Put($"patients/{kept}", new { name = "Anna Maria Rossi", phone = "345 0000000", nationalId = "RSS-80A", birthDate = "1980-05-17" })).Is(200);
        (await Undo(clinic, kept, merged)).Is(200);
        var after = (await clinic.Receptionist.Get($"patients/{kept}")).Is(200);
        Assert.Equal(("Anna Rossi", "", "+393450000000"), (after["name"].GetString(), after["nationalId"].GetString(), after["phone"].GetString())); // the phone was changed since
        Assert.Equal("RSS-80A", (await clinic.Receptionist.Get($"patients/{other}"))["nationalId"].GetString());
        (await Merge(clinic, kept, other, "shoeSize")).RefusesField("take");
    }

    [Fact]
    public async Task the_same_allergy_twice_is_active_once_and_after_undoing_twice_again()
    {
        var clinic = await server.NewClinic();
        var (kept, _) = await WithVisit(clinic, "Anna Rossi", "Penicillin");
        var (other, _) = await WithVisit(clinic, "Ana Rossi", "penicillin", "emergency");
        Assert.Contains((await clinic.Admin.Get($"patients/{kept}/merge-preview?with={other}"))["notes"].EnumerateArray(), n => n.Str("code") == "merge.allergies");
        var merged = (await Merge(clinic, kept, other)).Is(201);
        Assert.Equal([("Penicillin", AllergyState.Active), ("penicillin", AllergyState.Inactive)], await Allergies(clinic, kept));
        (await Undo(clinic, kept, merged)).Is(200);
        Assert.Equal([("Penicillin", AllergyState.Active)], await Allergies(clinic, kept));
        Assert.Equal([("penicillin", AllergyState.Active)], await Allergies(clinic, other));
    }

    [Fact]
    public async Task that_nothing_is_known_ends_where_something_is_and_holds_again_afterwards()
    {
        var clinic = await server.NewClinic();
        var (kept, _) = await WithVisit(clinic, "Anna Rossi", "");
        var (other, _) = await WithVisit(clinic, "Ana Rossi", "Latex", "emergency");
        var merged = (await Merge(clinic, kept, other)).Is(201);
        Assert.Equal([("", AllergyState.Inactive), ("Latex", AllergyState.Active)], await Allergies(clinic, kept));
        (await Undo(clinic, kept, merged)).Is(200);
        Assert.Equal([("", AllergyState.Active)], await Allergies(clinic, kept));
        Assert.Equal([("Latex", AllergyState.Active)], await Allergies(clinic, other));
    }

    [Fact]
    public async Task merges_one_after_the_other_are_undone_one_by_one()
    {
        var clinic = await server.NewClinic();
        var (a, visit) = await WithVisit(clinic, "Anna One", "Latex");
        var (b, c) = ((await clinic.Register("Anna Two")).Id, (await clinic.Register("Anna Three")).Id);
        var number = (await clinic.Admin.Get($"patients/{a}"))["number"].GetString();
        var first = (await Merge(clinic, b, a)).Is(201);
        var second = (await Merge(clinic, c, b)).Is(201);
        Assert.Equal(c, (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid());
        Assert.Equal(c, Assert.Single((await clinic.Receptionist.Get($"patients?q={number}")).Items).Id());
        (await Undo(clinic, a, first)).Refuses(409, "merge.later");
        (await Undo(clinic, c, second)).Is(200);
        (await Undo(clinic, b, second)).Refuses(409, "merge.undone");
        (await Undo(clinic, b, first)).Is(200);
        Assert.Equal(a, (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid());
        Assert.Equal(a, Assert.Single((await clinic.Receptionist.Get($"patients?q={number}")).Items).Id());
    }

    [Fact]
    public async Task an_archived_duplicate_is_archived_again_afterwards()
    {
        var clinic = await server.NewClinic();
        var (kept, other) = ((await clinic.Register()).Id, (await clinic.Register()).Id);
        (await clinic.Doctor.Post($"patients/{other}/archiving", new { reason = "Moved away" })).Is(204);
        (await Merge(clinic, other, kept)).Refuses(409, "merge.archived");
        var merged = (await Merge(clinic, kept, other)).Is(201);
        (await Undo(clinic, kept, merged)).Is(200);
        var after = (await clinic.Receptionist.Get($"patients/{other}")).Is(200);
        Assert.True(after["isArchived"].GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, after["mergedInto"].ValueKind);
    }

    [Fact]
    public async Task a_national_id_that_somebody_else_has_by_now_stops_the_undoing_and_nothing_of_it_happens()
    {
        var clinic = await server.NewClinic();
        var kept = (await clinic.Register("Anna Rossi")).Id;
        var other = (await clinic.Register(form: new { name = "Ana Rossi", nationalId = "RSS80A" })).Id;
        var merged = (await Merge(clinic, kept, other)).Is(201);
        await clinic.Register(form: new { name = "Third Person", nationalId = "rss-80a" });
        (await Undo(clinic, kept, merged)).Refuses(409, "patient.national-id-taken");
        Assert.Equal(kept, (await clinic.Receptionist.Get($"patients/{other}"))["mergedInto"].Id());
    }
}
