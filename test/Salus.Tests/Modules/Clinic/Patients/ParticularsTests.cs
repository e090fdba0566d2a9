using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Patients.Merging;

namespace Salus.Tests.Patients;

/// <summary>The further particulars of a patient through RegisterPatient, ChangePatient and the pages; and docs/data.md.</summary>
public sealed class ParticularsTests(SalusServer server)
{
    private static readonly object Whole = new
    {
        name = "Anna Rossi", email = " Anna@Example.ORG ", address = "Via Roma 1,  Torino", emergencyName = "Ugo Rossi", emergencyPhone = "340 7654321", emergencyRelation = "brother", nationalId = "RSS-NNA 80A41", bloodGroup = "ab-negative",
    };

    [Fact]
    public async Task what_was_given_is_cleaned_kept_and_read_back()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register(form: Whole)).Id;
        var read = (await clinic.Doctor.Get($"patients/{id}")).Is(200);
        Assert.Equal(("anna@example.org", "Via Roma 1, Torino", "Ugo Rossi", "+393407654321", "brother", "RSS-NNA 80A41", "ab-negative"), (read["email"].GetString(), read["address"].GetString(),
            read["emergencyName"].GetString(), read["emergencyPhone"].GetString(), read["emergencyRelation"].GetString(), read["nationalId"].GetString(), read["bloodGroup"].GetString()));
        Assert.Equal(id, Assert.Single((await clinic.Receptionist.Get("patients?q=rssnna80a41")).Items).Id());
        (await clinic.Receptionist.Put($"patients/{id}", new { name = "Anna Rossi", email = "anna@example.org" })).Is(200);
        Assert.Equal("address,emergencyContact,nationalId,bloodGroup", Assert.Single(await clinic.Audit("patient.change", id)).Detail);
    }

    [Theory, InlineData("email", "nobody"), InlineData("email", "a@b@c"), InlineData("email", "a b@c.org"), InlineData("email", "a@local"), InlineData("emergencyPhone", "ring twice"), InlineData("nationalId", "a-1"), InlineData("bloodGroup", "green")]
    public async Task what_cannot_be_is_refused(string field, string value)
    {
        var clinic = await server.NewClinic();
        var answer = await clinic.Receptionist.Post("patients", new Dictionary<string, string> { ["name"] = "Anna Rossi", [field] = value });
        if (field == "bloodGroup") answer.Refuses(400, "malformed");
        else answer.RefusesField(field);
    }

    [Fact]
    public async Task a_national_id_is_one_patients_in_a_clinic_however_it_is_written()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        await clinic.Register(form: new { name = "Anna Rossi", nationalId = "RSS-80 A" });
        (await clinic.Receptionist.Post("patients", new { name = "Ana Rossi", nationalId = "rss80a" })).Refuses(409, "patient.national-id-taken");
        var second = (await clinic.Register("Carla Neri")).Id;
        (await clinic.Receptionist.Put($"patients/{second}", new { name = "Carla Neri", nationalId = "RSS 80A" })).Refuses(409, "patient.national-id-taken");
        await other.Register(form: new { name = "Anna Rossi", nationalId = "RSS-80 A" });
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => clinic.Receptionist.Post("patients", new { name = $"Twin {i}", nationalId = "TWN-0001" })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "patient.national-id-taken"));
    }

    [Theory, InlineData("nationalId=rss80a"), InlineData("email=ANNA%40example.org"), InlineData("name=Somebody+Else&nationalId=RSS-80A")]
    public async Task the_national_id_and_the_address_suggest_who_may_be_the_same(string query)
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", nationalId = "RSS-80A", email = "anna@example.org" });
        await clinic.Register(form: new { name = "Carlo Bianchi", nationalId = "BNC-51B", email = "carlo@example.org" });
        Assert.Equal("Anna Rossi", Assert.Single((await clinic.Receptionist.Get("patients/likely-duplicates?" + query)).Is(200).Json.EnumerateArray()).Str("name"));
    }

    [Fact]
    public async Task the_form_on_the_page_keeps_them_behind_a_fold_and_saves_them()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register(form: Whole)).Id;
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        using var page = await browser.Get($"/{clinic.Slug}/patients/{id}");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Matches("<details[^>]*>\\s*<summary>More particulars</summary>[\\s\\S]*value=\"anna@example.org\"[\\s\\S]*</details>", html);
        using (await browser.Submit($"/{clinic.Slug}/patients/{id}", $"/{clinic.Slug}/patients/{id}", new() { ["name"] = "Anna Rossi", ["address"] = "Via Po 2", ["bloodGroup"] = "OPositive", ["gender"] = "Female", ["category"] = "Cash" })) { }
        var read = (await clinic.Doctor.Get($"patients/{id}")).Is(200);
        Assert.Equal(("Via Po 2", "o-positive", ""), (read["address"].GetString(), read["bloodGroup"].GetString(), read["email"].GetString()));
    }

    [Fact]
    public async Task PT_11_the_data_dictionary_says_of_every_column_of_a_patient_what_it_is_for()
    {
        var file = Path.Combine(Architecture.HouseRules.Root, "docs", "data.md");
        var listed = Regex.Matches(File.ReadAllText(file), @"^\| `(\w+)` \| (.+?) \| (.+?) \|", RegexOptions.Multiline).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        await using var db = (await server.Stranger()).Open();
        // Keys of rows and what the program needs to find and order them: nothing about a person.
        string[] technical = ["Id", "OrganisationId", "Version", "SearchKey"];
        var columns = db.Model.FindEntityType(typeof(Patient))!.GetProperties().Select(p => p.Name).Except(technical).Order(StringComparer.Ordinal);
        Assert.Equal(columns, listed.Keys.Order(StringComparer.Ordinal));
        Assert.All(listed.Values, purpose => Assert.True(purpose.Length > 10, purpose));
    }

    [Fact]
    public void PT_11_every_particular_can_be_written_as_it_was_read()
    {
        var patient = new Patient { Name = "Anna", Phone = "+39333", BirthDate = new(1980, 5, 17), BirthDateIsEstimated = true, Gender = Gender.Other, Category = PayerCategory.Poor, Email = "a@b.org", Address = "X", EmergencyRelation = "brother", NationalId = "RSS80", BloodGroup = BloodGroup.OPositive };
        var copy = new Patient();
        foreach (var field in Particulars.All) field.Write(copy, field.Read(patient));
        Assert.Equal(Particulars.Of(patient), Particulars.Of(copy));
        Assert.Equal((patient.BirthDate, true, "brother"), (copy.BirthDate, copy.BirthDateIsEstimated, copy.EmergencyRelation));
        foreach (var field in Particulars.All.Where(f => f.Key != "category")) field.Write(copy, field.Read(new()));
        Assert.All(Particulars.All.Where(f => f.Key != "category"), f => Assert.Empty(f.Read(copy)));
    }
}
