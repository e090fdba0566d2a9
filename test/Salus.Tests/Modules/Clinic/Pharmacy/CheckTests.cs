using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy;

namespace Salus.Tests.Pharmacy;

/// <summary>CheckPrescription and the check inside Prescribe: allergies, duplicates, interactions, and what could not be checked.</summary>
public sealed class CheckTests(SalusServer server)
{
    private static string[] Kinds(Answer answer) => [.. answer["findings"].EnumerateArray().Select(f => f.GetProperty("because").GetString() ?? f.Str("kind"))];

    private static Task<Answer> Check(Clinic clinic, Guid visit, object drug) =>
        clinic.Doctor.Post($"encounters/{visit}/prescription-check", drug is Guid id ? new { drugId = id } : new { drug });

    [Fact]
    public async Task what_could_not_be_checked_is_said_stored_and_needs_a_reason()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Visit(), await clinic.Drug("Amoxicillin", "amoxicillin", "Penicillins"));
        var check = (await Check(clinic, visit, "Sirop de thym")).Is(200);
        Assert.Equal("not-checked", check["outcome"].GetString());
        Assert.Equal(["allergies-never-asked", "no-rules", "free-words"], Kinds(check));
        Assert.Equal(["allergies-never-asked", "no-rules"], Kinds((await Check(clinic, visit, drug)).Is(200)));
        var refused = (await clinic.Prescribe(visit, drug)).Refuses(409, "prescription.not-checked");
        Assert.Equal(2, refused["errors"].GetProperty("notChecked").GetArrayLength());
        (await clinic.Prescribe(visit, drug, ("overrideReason", "   "))).Refuses(409, "prescription.not-checked");
        (await clinic.Prescribe(visit, drug, ("overrideReason", "Patient cannot answer"))).Is(201);
        var line = Assert.Single(await clinic.Prescriptions(visit));
        Assert.Equal(("not-checked", "Patient cannot answer", 2), (line.Str("check"), line.Str("overrideReason"), line.GetProperty("findings").GetArrayLength()));
        await using var db = clinic.Open();
        Assert.False(await db.Alerts.AnyAsync()); // nothing was found: there is nothing to settle
    }

    [Fact]
    public async Task an_allergy_that_was_an_error_is_no_answer_to_the_question()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        await clinic.Allergy(visit, "Penicillin", state: AllergyState.EnteredInError);
        Assert.Contains("allergies-never-asked", Kinds(await Check(clinic, visit, await clinic.Drug("Amoxicillin", "amoxicillin", "Penicillins"))));
    }

    [Theory]
    [InlineData("Amoxicillin", "Amoxicillin 500", "", "")] [InlineData("amoxicilline", "Clamoxyl", "amoxicillin trihydrate; clavulanic acid", "")] [InlineData("Penicillin", "Clamoxyl", "amoxicillin", "Penicillins")]
    [InlineData("Clavulanic acid", "Clamoxyl", "amoxicillin; clavulanic acid", "")]
    public async Task an_allergy_against_name_ingredient_or_class_warns_and_an_override_leaves_an_alert(string substance, string name, string ingredients, string @class)
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug(name, ingredients, @class));
        await clinic.Allergy(visit, substance);
        var check = (await Check(clinic, visit, drug)).Is(200);
        var finding = check["findings"][0];
        Assert.Equal(("allergy", substance, "Rash", "severe", true), (finding.Str("kind"), finding.Str("about"), finding.Str("detail"), finding.Str("severity"), finding.GetProperty("needsReason").GetBoolean()));
        var refused = (await clinic.Prescribe(visit, drug)).Refuses(409, "prescription.warned");
        Assert.Contains(substance, refused["errors"].GetProperty("allergy")[0].GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(refused["unlock"].GetString()!);
        Assert.Empty(await clinic.Prescriptions(visit));
        var made = (await clinic.Prescribe(visit, drug, ("overrideReason", "Tested: no reaction"))).Is(201);
        await using var db = clinic.Open();
        var alert = await db.Alerts.SingleAsync(a => a.SourceId == made.Id);
        Assert.Equal((AlertKind.Allergy, AlertSeverity.Critical, AlertState.Raised, visit, name), (alert.Kind, alert.Severity, alert.State, alert.EncounterId, alert.Title));
    }

    [Fact]
    public async Task another_patients_allergy_and_one_that_ended_do_not_warn()
    {
        var clinic = await server.NewClinic();
        var (visit, other, drug) = (await clinic.Ready(), await clinic.Ready("Bruno Bianchi"), await clinic.Drug("Amoxicillin", "amoxicillin", "Penicillins"));
        await clinic.Allergy(other, "Penicillin");
        await clinic.Allergy(visit, "Amoxicillin", state: AllergyState.Inactive);
        Assert.Empty(Kinds((await Check(clinic, visit, drug)).Is(200)));
        (await clinic.Prescribe(visit, drug)).Is(201);
    }

    [Fact]
    public async Task an_allergy_is_found_for_a_drug_in_free_words_too()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        await clinic.Allergy(visit, "Penicillin", AllergySeverity.Mild);
        Assert.Equal(["allergy", "free-words"], Kinds((await Check(clinic, visit, "Benzyl penicillin i.v.")).Is(200)));
        (await clinic.Prescribe(visit, "Benzyl penicillin i.v.")).Refuses(409, "prescription.warned");
    }

    [Fact]
    public async Task the_same_drug_ingredient_or_class_is_a_duplicate_while_it_is_taken()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        var (ramipril, enalapril) = (await clinic.Drug("Ramipril 5 mg", "ramipril", "ACE inhibitors"), await clinic.Drug("Enalapril 10 mg", "enalapril", "ACE inhibitors"));
        var combined = await clinic.Drug("Ramipril and felodipine", "ramipril; felodipine", "Combinations");
        var other = await clinic.Drug("Felodipine", "felodipine", "Calcium channel blockers");
        var pending = await clinic.Pending(visit, ramipril);
        foreach (var drug in (Guid[])[ramipril, enalapril, combined])
        {
            Assert.Equal(["duplicate"], Kinds((await Check(clinic, visit, drug)).Is(200)));
            (await clinic.Prescribe(visit, drug)).Refuses(409, "prescription.warned");
        }
        Assert.Empty(Kinds((await Check(clinic, visit, other)).Is(200)));
        (await clinic.Doctor.Post($"prescriptions/{pending}/cancellation", new { reason = "Not needed" })).Is(204);
        Assert.Empty(Kinds((await Check(clinic, visit, ramipril)).Is(200)));
    }

    [Fact]
    public async Task a_course_that_is_over_is_no_duplicate_and_one_without_an_end_stays_one()
    {
        var clinic = await server.NewClinic();
        var (visit, antibiotic, daily) = (await clinic.Ready(), await clinic.Drug("Amoxicillin", "amoxicillin"), await clinic.Drug("Aspirin 100", "acetylsalicylic acid"));
        await clinic.Pending(visit, antibiotic, ("days", 5));
        await clinic.Pending(visit, daily, ("days", null));
        var before = DateTime.UtcNow.AddDays(-8);
        Assert.Equal(2, await clinic.Write(db => db.Prescriptions.ExecuteUpdateAsync(set => set.SetProperty(p => p.PrescribedAt, before))));
        Assert.Empty(Kinds((await Check(clinic, visit, antibiotic)).Is(200)));
        Assert.Equal(["duplicate"], Kinds((await Check(clinic, visit, daily)).Is(200)));
    }

    [Fact]
    public async Task what_the_patient_reports_counts_as_taken()
    {
        var clinic = await server.NewClinic();
        var (visit, ibuprofen) = (await clinic.Ready(), await clinic.Drug("Ibuprofen 400 mg", "ibuprofen", "NSAIDs"));
        await clinic.Rule("Warfarin", "NSAIDs", "severe", "ingredient", "class", "Bleeding");
        var patient = await clinic.PatientOf(visit);
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = "warfarin 5 mg in the evening" })).Is(201);
        var check = (await Check(clinic, visit, ibuprofen)).Is(200);
        Assert.Equal(["interaction", "other-in-free-words"], Kinds(check));
        (await clinic.Prescribe(visit, ibuprofen)).Refuses(409, "prescription.warned");
        var item = Assert.Single((await clinic.Nurse.Get($"patients/{patient}/medications")).Is(200).Json.EnumerateArray());
        (await clinic.Nurse.Post($"reported-medicines/{item.Id()}/stopping")).Is(204);
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = "Ibuprofen 400 MG" })).Is(201); // by its name it is the drug of the list
        Assert.Equal(["duplicate"], Kinds((await Check(clinic, visit, ibuprofen)).Is(200)));
    }

    [Theory]
    [InlineData("severe", true)] [InlineData("moderate", false)] [InlineData("mild", false)]
    public async Task only_a_severe_interaction_needs_a_reason_and_the_others_are_shown(string severity, bool needsReason)
    {
        var clinic = await server.NewClinic();
        var (visit, warfarin, aspirin) = (await clinic.Ready(), await clinic.Drug("Warfarin 5 mg", "warfarin"), await clinic.Drug("Aspirin 100", "acetylsalicylic acid"));
        await clinic.Rule("Warfarin", "Acetylsalicylic acid", severity, text: "Bleeding: check the INR");
        await clinic.Pending(visit, aspirin);
        var finding = Assert.Single((await Check(clinic, visit, warfarin)).Is(200)["findings"].EnumerateArray());
        Assert.Equal(("interaction", "Aspirin 100", "Bleeding: check the INR", severity, needsReason), (finding.Str("kind"), finding.Str("about"), finding.Str("detail"), finding.Str("severity"), finding.GetProperty("needsReason").GetBoolean()));
        if (needsReason) (await clinic.Prescribe(visit, warfarin)).Refuses(409, "prescription.warned");
        var made = (await clinic.Prescribe(visit, warfarin, ("overrideReason", "INR is checked daily"))).Is(201);
        Assert.Equal("warned", made["check"].GetString());
        await using var db = clinic.Open();
        Assert.Equal(needsReason ? [AlertKind.DrugInteraction] : (AlertKind[])[], await db.Alerts.Where(a => a.SourceId == made.Id).Select(a => a.Kind).ToListAsync());
    }

    [Theory]
    [InlineData("drug", "Warfarin 5 mg", "drug", "Aspirin 100")] [InlineData("ingredient", "warfarin", "class", "Antiplatelet")] [InlineData("class", "B01AA", "class", "B01AC")] [InlineData("class", "Anticoagulants", "ingredient", "ACETYLSALICYLIC ACID")]
    public async Task a_rule_names_drugs_ingredients_or_classes_and_works_both_ways(string aSide, string a, string bSide, string b)
    {
        var clinic = await server.NewClinic();
        var (warfarin, aspirin) = (await clinic.Drug("Warfarin 5 mg", "warfarin", "Anticoagulants", "B01AA03"), await clinic.Drug("Aspirin 100", "acetylsalicylic acid", "Antiplatelets", "B01AC06"));
        await clinic.Rule(a, b, "severe", aSide, bSide);
        foreach (var (first, second) in new[] { (warfarin, aspirin), (aspirin, warfarin) })
        {
            var visit = await clinic.Visit();
            await clinic.Allergy(visit);
            await clinic.Pending(visit, first);
            Assert.Equal(["interaction"], Kinds((await Check(clinic, visit, second)).Is(200)));
        }
    }

    [Fact]
    public async Task another_clinics_rules_are_not_asked()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        await other.Rule("Warfarin", "Aspirin");
        var visit = await clinic.Visit();
        await clinic.Allergy(visit);
        Assert.Equal(["no-rules"], Kinds((await Check(clinic, visit, await clinic.Drug("Aspirin", "aspirin"))).Is(200)));
    }

    [Fact]
    public async Task a_drug_of_which_only_the_name_is_known_is_marked_and_needs_no_reason()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Elixir"));
        var made = (await clinic.Prescribe(visit, drug)).Is(201);
        Assert.Equal("not-checked", made["check"].GetString());
        Assert.Equal(["name-only"], Kinds(made));
    }

    [Fact]
    public async Task checking_writes_nothing_but_the_log()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin", "amoxicillin"));
        await clinic.Receive(drug, 7);
        var check = (await Check(clinic, visit, drug)).Is(200);
        Assert.Equal(("clear", 7, drug), (check["outcome"].GetString(), check["inStock"].GetInt32(), check["drugId"].GetGuid()));
        await using var db = clinic.Open();
        Assert.False(await db.Prescriptions.AnyAsync() || await db.Consultations.AnyAsync() || await db.Alerts.AnyAsync());
        Assert.Single(await clinic.Audit("prescription.check"));
        (await Check(clinic, visit, "")).RefusesField("drug");
        (await Check(clinic, Guid.NewGuid(), drug)).Refuses(404, "not-found");
    }
}
