using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;

namespace Salus.Tests.Fhir;

/// <summary>SearchResources and ReadEverything: what can be asked for, page by page, and what cannot.</summary>
public sealed class FhirSearchTests(SalusServer server)
{
    private static async Task<int> Count(Clinic clinic, string search) => (await clinic.Doctor.Fhir(clinic, search)).Is(200).Entries().Count;

    private static string Path(string url) => new Uri(url).PathAndQuery;

    [Fact]
    public async Task patients_are_found_by_name_identifier_birth_date_gender_and_phone()
    {
        var clinic = await server.NewClinic();
        var anna = (await clinic.Register(form: new { name = "Anna Rossi Müller", birthDate = "1980-05-17", gender = "female", phone = "+390612345678", nationalId = "RSS-1" }));
        await clinic.Register(form: new { name = "Bruno Bianchi", birthDate = "1990-01-01", gender = "male" });
        string[] hits = ["name=ann", "name=muller", "name=ROSSI", "name=anna%20rossi", $"identifier={anna["number"].GetString()}", $"identifier=urn:uuid:{clinic.Id}|{anna["number"].GetString()}", "identifier=rss1", "birthdate=1980-05-17", "birthdate=1980", "birthdate=lt1985", "gender=female",
            "phone=06%2012345678", $"_id={anna.Id}", $"_id={anna.Id},{Guid.NewGuid()}", "name=ann&birthdate=1980", "active=true&name=ann", "gender=http://x|male,female", "name=nobody,ann", $"identifier=99,{anna["number"].GetString()}"];
        foreach (var hit in hits)
        {
            var found = (await clinic.Doctor.Fhir(clinic, "Patient?" + hit)).Is(200).Entries();
            Assert.True(found.Count == 1 && found[0].Str("id") == anna.Id.ToString(), $"{hit}: {found.Count}");
        }
        foreach (var miss in (string[])["name=oss", "name=12345", "identifier=http://elsewhere|" + anna["number"].GetString(), "birthdate=1980-05-18", "birthdate=gt1990-01-01", "gender=female&birthdate=1990", "phone=999", "_id=1", "active=false"])
            Assert.True(await Count(clinic, "Patient?" + miss) == 0, miss);
    }

    [Fact]
    public async Task an_identifier_is_looked_up_by_indexes_also_one_of_before_a_merge_and_who_it_was()
    {
        using var texts = new SqlTexts();
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (kept, other) = (await clinic.Register(form: new { name = "Anna Rossi", nationalId = "RSS-1" }), await clinic.Register(form: new { name = "Anna Rosi", nationalId = "ROS 2" }));
        var (number, former) = (kept["number"].GetString(), other["number"].GetString());
        (await clinic.Admin.Post($"patients/{kept.Id}/merges", new { otherId = other.Id, reason = "The same person" })).Is(201);
        async Task<string> Found(string identifier, params (string, string)[] headers) =>
            string.Join(' ', (await clinic.Doctor.Fhir(clinic, $"Patient?identifier={identifier}", headers)).Is(200).Entries().Select(e => e.Str("id")).Order(StringComparer.Ordinal));
        string Both = string.Join(' ', new[] { kept.Id, other.Id }.Select(id => id.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(Both, await Found($"urn:uuid:{clinic.Id}|{former}"));
        Assert.Equal(Both, await Found(former!, ("X-Count", "search")));
        Assert.Equal((kept.Id.ToString(), kept.Id.ToString(), other.Id.ToString(), Both), (await Found(number!), await Found("rss1"), await Found("ros2"), await Found("RSS-1,ros%202")));
        Assert.Equal(("", ""), (await Found(former![..^1]), await Found("ss1")));
        // With so many that going through all of them would be noticed, and both databases know how many they are.
        await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            for (var i = 0; i < 3000; i++)
            {
                var patient = new Patient { Number = $"Z{i:000000}", Name = $"Somebody {i}", NationalId = $"NN{i:000000}", CreatedAt = DateTime.UtcNow, UpdatedAt = DateTime.UtcNow };
                patient.Index();
                db.Add(patient);
            }
            await db.SaveChangesAsync();
            return await db.Database.ExecuteSqlRawAsync("ANALYZE");
        }, default);
        // As it does by itself after a while: what is new leaves the list that an index is searched beside.
        if (TestDatabase.IsPostgres) await using (var care = clinic.Open()) await care.Database.ExecuteSqlRawAsync("VACUUM ANALYZE clinic_patients");
        // A connection knows what was counted before it was opened.
        await own.Restart(s => s);
        await using var db = clinic.On(own.Salus).Open();
        var plan = await texts.Of("search").Single(t => t.Text.Contains("FormerNumbers", StringComparison.Ordinal) && t.Text.Contains("UNION", StringComparison.Ordinal)).Plan(db);
        var whole = string.Join('\n', plan);
        string[] indexes = TestDatabase.IsPostgres ? ["Index Cond:.*\"Number\"", "Index Cond:.*\"NationalKey\"", "Index Cond:.*\"SearchText\""] : ["OrganisationId=\\? AND Number=\\?", "OrganisationId=\\? AND NationalKey=\\?", "VIRTUAL TABLE INDEX"];
        foreach (var index in indexes) Assert.True(System.Text.RegularExpressions.Regex.IsMatch(whole, index), $"{index}: {whole}");
        Assert.False(System.Text.RegularExpressions.Regex.IsMatch(whole, "Seq Scan on clinic_patients|SCAN (c\\d*|clinic_patients)(\\s|$)|\\(OrganisationId=\\?\\)"), whole);
    }

    [Fact]
    public async Task dates_are_compared_by_the_clinics_day_and_to_the_precision_that_was_given()
    {
        var clinic = await server.NewClinic("Asia/Tokyo");
        var visit = await clinic.Visit();
        // Half past midnight in Tokyo is the day before in Greenwich.
        var at = new DateTime(2024, 3, 9, 15, 30, 15, DateTimeKind.Utc);
        await clinic.Salus.Database.Write(clinic.Id, db => db.Encounters.Where(e => e.Id == visit).ExecuteUpdateAsync(set => set.SetProperty(e => e.StartedAt, at).SetProperty(e => e.Day, new DateOnly(2024, 3, 10))), default);
        string[] hits = ["2024-03-10", "eq2024-03-10", "2024-03", "2024", "ge2024-03-10", "le2024-03-10", "gt2024-03-09", "lt2024-03-11", "ne2024-03-11", "2024-03-10T00:30:15", "2024-03-10T00:30", "2024-03-09T15:30:15Z", "2024-03-10T00:30:15%2B09:00", "2024-03-10T00:30:15+09:00", "ge2024-03-09T15:30:15Z", "le2024-03-09T15:30:15Z", "2023,2024"];
        foreach (var hit in hits) Assert.True(await Count(clinic, $"Encounter?date={hit}") == 1, hit);
        foreach (var miss in (string[])["2024-03-09", "gt2024-03-10", "lt2024-03-10", "ne2024-03-10", "ge2024-03-11", "le2024-03-09", "2024-03-09T15:30:16Z", "gt2024-03-09T15:30:15Z", "lt2024-03-09T15:30:15Z"]) Assert.True(await Count(clinic, $"Encounter?date={miss}") == 0, miss);
        Assert.Equal(1, await Count(clinic, "Encounter?date=ge2024-03-10&date=lt2024-03-11"));
        Assert.Equal(0, await Count(clinic, "Encounter?date=ge2024-03-11&date=lt2024-03-12"));
        foreach (var wrong in (string[])["yesterday", "2024-13", "2024-02-30", "24-03-10", "2024-3-1", "2024-03-10T25:00", "sa2024", "ap2024-03-10", "0000", "9999-12-31", "2024-03-10T10:00:00+99:99", "2024'--", "%20", "2024-03-10T10"])
            (await clinic.Doctor.Fhir(clinic, $"Encounter?date={wrong}")).Outcome(400, "fhir.parameter");
    }

    [Fact]
    public async Task what_was_changed_since_is_found_by_last_updated()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var future = DateTime.UtcNow.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        foreach (var type in (string[])["Patient", "Encounter", "Condition", "AllergyIntolerance", "Observation", "ServiceRequest", "DiagnosticReport", "MedicationRequest", "MedicationDispense", "DocumentReference"])
        {
            var all = await Count(one.Clinic, $"{type}?patient={one.Patient}&_count=100");
            Assert.Equal(all, await Count(one.Clinic, $"{type}?patient={one.Patient}&_count=100&_lastUpdated=lt{future}"));
            Assert.Equal(0, await Count(one.Clinic, $"{type}?patient={one.Patient}&_count=100&_lastUpdated=ge{future}"));
            Assert.Equal(all, (await one.Clinic.Doctor.Fhir(one.Clinic, $"{type}?patient={one.Patient}&_summary=count")).Is(200)["total"].GetInt32());
        }
    }

    [Theory]
    [InlineData("Condition?code=J06.9", 1), InlineData("Condition?code=http://hl7.org/fhir/sid/icd-10|J06.9,D50.9", 2), InlineData("Condition?code=http://snomed.info/sct|J06.9", 0), InlineData("Condition?category=problem-list-item", 2), InlineData("Condition?clinical-status=active", 2)]
    [InlineData("Condition?status=resolved", 1), InlineData("Condition?verification-status=entered-in-error", 1), InlineData("Condition?onset-date=1990", 1), InlineData("AllergyIntolerance?code=penicillin", 1), InlineData("AllergyIntolerance?category=food,environment", 2)]
    [InlineData("AllergyIntolerance?clinical-status=active", 2), InlineData("Observation?category=laboratory", 1), InlineData("Observation?category=vital-signs", 12), InlineData("Observation?code=8480-6", 1), InlineData("Observation?code=85354-9", 1), InlineData("Observation?code=http://loinc.org|2823-3,8310-5", 3)]
    [InlineData("Observation?code=8310-5&status=final", 1), InlineData("Observation?status=amended", 1), InlineData("Observation?code=nothing", 0), InlineData("ServiceRequest?status=completed", 3), InlineData("ServiceRequest?status=active", 1), InlineData("ServiceRequest?category=363679005", 1)]
    [InlineData("ServiceRequest?category=3457005", 1), InlineData("ServiceRequest?priority=urgent", 1), InlineData("ServiceRequest?code=2823-3", 1), InlineData("DiagnosticReport?category=LAB", 1), InlineData("DiagnosticReport?status=appended", 1), InlineData("DiagnosticReport?status=final", 1)]
    [InlineData("MedicationRequest?status=stopped,completed", 2), InlineData("MedicationRequest?status=active", 1), InlineData("MedicationRequest?code=J01CA04", 4), InlineData("MedicationRequest?intent=plan", 0), InlineData("MedicationDispense?code=http://www.whocc.no/atc|J01CA04", 2), InlineData("MedicationDispense?status=completed", 2)]
    [InlineData("DocumentReference?type=57833-6", 1), InlineData("DocumentReference?status=superseded", 0), InlineData("Encounter?status=in-progress&class=AMB", 1), InlineData("Encounter?status=finished", 0)]
    public async Task the_record_is_narrowed_by_code_category_and_status(string search, int expected)
    {
        var one = await Case(server);
        var path = $"{search}&patient=Patient/{one.Patient}&_count=100";
        Assert.Equal(expected, await Count(one.Clinic, path));
        Assert.Equal(expected, await Count(one.Clinic, path.Replace("patient=", "subject=", StringComparison.Ordinal)));
        Assert.Equal(expected, (await one.Clinic.Doctor.Fhir(one.Clinic, path + "&_summary=count")).Is(200)["total"].GetInt32());
    }

    private static Task<FhirCase>? shared;

    /// <summary>The same for all that only read.</summary>
    private static Task<FhirCase> Case(SalusServer server)
    {
        async Task<FhirCase> Make() => await FhirCase.Make(await server.NewClinic());
        return shared ??= Make();
    }

    [Fact]
    public async Task requests_lead_to_what_came_of_them()
    {
        var one = await Case(server);
        Assert.Equal(one.PotassiumResult.ToString(), Assert.Single((await one.Clinic.Doctor.Fhir(one.Clinic, $"Observation?encounter=Encounter/{one.Visit}&based-on=ServiceRequest/{one.Potassium}")).Entries()).Str("id"));
        Assert.Single((await one.Clinic.Doctor.Fhir(one.Clinic, $"DiagnosticReport?patient={one.Patient}&based-on={one.Potassium}")).Entries());
        Assert.Single((await one.Clinic.Doctor.Fhir(one.Clinic, $"MedicationDispense?context={one.Visit}&prescription=MedicationRequest/{one.Dispensed}")).Entries());
        Assert.Single((await one.Clinic.Doctor.Fhir(one.Clinic, $"DocumentReference?patient={one.Patient}&related=ServiceRequest/{one.Study}")).Entries());
    }

    [Theory, InlineData("Patient?name=page"), InlineData("Encounter?status=in-progress"), InlineData("Observation?patient={0}"), InlineData("ServiceRequest?patient={0}"), InlineData("Condition?patient={0}"), InlineData("Patient/{0}/$everything?")]
    public async Task pages_of_every_size_show_everything_once_and_in_the_same_order(string search)
    {
        var clinic = await server.NewClinic();
        for (var i = 0; i < 6; i++) await clinic.Visit($"Page Number {i}");
        var one = search.Contains("{0}", StringComparison.Ordinal) ? await FhirCase.Make(clinic) : null;
        var path = string.Format(CultureInfo.InvariantCulture, search, one?.Patient);
        var whole = (await clinic.Doctor.Fhir(clinic, $"{path}&_count=100")).Is(200).Entries().Select(e => $"{e.Str("resourceType")}/{e.Str("id")}").ToList();
        Assert.True(whole.Count > 3, $"{whole.Count}");
        Assert.Equal(whole.Count, whole.Distinct().Count());
        foreach (var size in (int[])[1, 2, 3, 7])
        {
            var seen = new List<string>();
            for (string? next = clinic.Fhir($"{path}&_count={size}"); next is not null;)
            {
                var page = (await clinic.Doctor.Get(next)).Is(200);
                Assert.InRange(page.Entries().Count, 1, size);
                seen.AddRange(page.Entries().Select(e => $"{e.Str("resourceType")}/{e.Str("id")}"));
                next = page.Link("next") is { } url ? Path(url) : null;
            }
            Assert.Equal(whole, seen);
        }
    }

    [Fact]
    public async Task a_page_is_bounded_and_a_count_alone_shows_nothing()
    {
        var clinic = await server.NewClinic();
        for (var i = 0; i < 3; i++) await clinic.Register($"Anna {i}");
        foreach (var size in (string[])["100", "1000000", "99999999999999999999", "0999"]) Assert.Contains("_count=100", (await clinic.Doctor.Fhir(clinic, $"Patient?_count={size[..Math.Min(19, size.Length)]}")).Is(200).Link("self"), StringComparison.Ordinal);
        foreach (var wrong in (string[])["-1", "x", "1.5", "99999999999999999999"]) (await clinic.Doctor.Fhir(clinic, $"Patient?_count={wrong}")).Outcome(400, "fhir.parameter");
        foreach (var counted in (string[])["_count=0", "_summary=count"])
        {
            var bundle = (await clinic.Doctor.Fhir(clinic, $"Patient?{counted}")).Is(200);
            Assert.Equal((3, false), (bundle["total"].GetInt32(), bundle.Json.TryGetProperty("entry", out _)));
        }
        var page = (await clinic.Doctor.Fhir(clinic, "Patient?_count=2&_total=accurate")).Is(200);
        Assert.Equal((3, 2), (page["total"].GetInt32(), page.Entries().Count));
        Assert.False((await clinic.Doctor.Fhir(clinic, "Patient?_count=2")).Json.TryGetProperty("total", out _));
        foreach (var place in (string[])["x", "9.abc", "0.", "0.zz", "-1.0", "0.00000000000000000000000000000000.5"]) (await clinic.Doctor.Fhir(clinic, $"Patient?_after={place}")).Outcome(400, "fhir.parameter");
    }

    [Fact]
    public async Task an_unknown_parameter_is_named_in_the_answer_or_refused_as_the_caller_prefers()
    {
        var clinic = await server.NewClinic();
        await clinic.Register();
        var lenient = (await clinic.Doctor.Fhir(clinic, "Patient?shoe-size=42&name=anna")).Is(200);
        Assert.Single(lenient.Entries());
        Assert.Contains("shoe-size", Assert.Single(lenient.Entries("outcome")).At("issue", 0, "details", "text"), StringComparison.Ordinal);
        Assert.DoesNotContain("shoe-size", lenient.Link("self"), StringComparison.Ordinal);
        (await clinic.Doctor.Fhir(clinic, "Patient?shoe-size=42", ("Prefer", "handling=strict"))).Outcome(400, "fhir.parameter-unknown");
        (await clinic.Doctor.Fhir(clinic, "Patient?name=anna", ("Prefer", "handling=strict"))).Is(200);
        // What a modifier would change is never guessed.
        foreach (var modified in (string[])["name:exact=Anna", "name:missing=true", "gender:not=male", "_id:x=1"]) (await clinic.Doctor.Fhir(clinic, "Patient?" + modified)).Outcome(400, "fhir.modifier");
        Assert.Empty((await clinic.Doctor.Fhir(clinic, $"Condition?subject:Patient={Guid.NewGuid()}")).Is(200).Entries());
    }

    [Fact]
    public async Task a_search_may_stand_in_the_body_so_that_no_name_stands_in_an_address()
    {
        var clinic = await server.NewClinic();
        await clinic.Register("Anna Rossi");
        await clinic.Register("Bruno Bianchi");
        var found = (await clinic.Doctor.Send("POST", clinic.Fhir("Patient/_search?_count=10"), new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "anna" }))).Is(200);
        Assert.Single(found.Entries());
        Assert.Equal(2, (await clinic.Doctor.Send("POST", clinic.Fhir("Patient/_search"), null)).Is(200).Entries().Count);
        (await clinic.Doctor.Send("POST", clinic.Fhir("Patient/_search"), new { name = "anna" })).Outcome(415, "media-type");
        (await clinic.Doctor.Send("POST", clinic.Fhir("Patient/_search"), new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "an\0na" }))).Outcome(400, "malformed");
    }

    [Theory, InlineData("Robert'); DROP TABLE clinic_patients;--"), InlineData("' OR '1'='1"), InlineData("%"), InlineData("_"), InlineData("\\"), InlineData("\"quoted\""), InlineData("*"), InlineData("ROSSI OR 1"), InlineData("😀")]
    public async Task what_looks_like_a_command_is_only_text(string text)
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register("Anna Rossi")).Id;
        var value = Uri.EscapeDataString(text);
        foreach (var search in (string[])[$"Patient?name={value}", $"Patient?identifier={value}", $"Patient?_id={value}", $"Patient?gender={value}", $"Patient?phone={value}", $"Practitioner?name={value}", $"Condition?patient={patient}&code={value}", $"Observation?_id={value}", $"Observation?patient={value}", $"MedicationRequest?patient={patient}&code={value}", $"AuditEvent?subtype={value}", $"AuditEvent?_id={value}", $"AllergyIntolerance?patient={patient}&code={value}"])
        {
            var answer = await (search.StartsWith("Audit", StringComparison.Ordinal) ? clinic.Admin : clinic.Doctor).Fhir(clinic, search);
            Assert.True(answer.Status is 200 or 400, $"{search}: {answer.Status}");
            if (answer.Status == 200) Assert.Empty(answer.Entries());
        }
        Assert.Equal(1, await Count(clinic, "Patient"));
    }

    [Fact]
    public async Task far_more_readers_at_once_than_there_are_places_get_everything_and_a_refused_one_keeps_none()
    {
        var one = await Case(server);
        Task<Answer> Everything(string more = "") => one.Clinic.Doctor.Fhir(one.Clinic, $"Patient/{one.Patient}/$everything{more}");
        var whole = (await Everything()).Is(200).Entries().Count;
        var refused = await Task.WhenAll(Enumerable.Range(0, 6 * Environment.ProcessorCount).Select(_ => Everything("?_since=soon")));
        Assert.All(refused, answer => answer.Outcome(400, "fhir.parameter"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 12 * Environment.ProcessorCount).Select(_ => Everything()));
        Assert.All(answers, answer => Assert.Equal(whole, answer.Is(200).Entries().Count));
    }

    [Fact]
    public async Task everything_can_be_asked_for_by_type_and_since_a_time()
    {
        var one = await Case(server);
        async Task<Answer> Everything(string more) => (await one.Clinic.Doctor.Fhir(one.Clinic, $"Patient/{one.Patient}/$everything{more}")).Is(200);
        var all = await Everything("");
        Assert.Equal(["Patient", "Encounter", "Condition", "AllergyIntolerance", "Observation", "ServiceRequest", "DiagnosticReport", "MedicationRequest", "MedicationDispense", "DocumentReference"], all.Entries().Select(e => e.Str("resourceType")).Distinct());
        Assert.Equal(all.Entries().Count, all["total"].GetInt32());
        // What is pointed to is there, too.
        var ids = all["entry"].EnumerateArray().Select(e => e.GetProperty("fullUrl").GetString()!).ToHashSet();
        foreach (System.Text.RegularExpressions.Match reference in System.Text.RegularExpressions.Regex.Matches(all.Text, "\"reference\":\"([^\"]+)\"")) Assert.Contains(ids, i => i.EndsWith("/" + reference.Groups[1].Value, StringComparison.Ordinal));
        Assert.Equal(["Condition", "Patient"], (await Everything("?_type=Patient,Condition")).Entries().Select(e => e.Str("resourceType")).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty((await Everything($"?_since={DateTime.UtcNow.AddDays(2):yyyy-MM-dd}")).Entries());
        Assert.Equal(all.Entries().Count, (await Everything($"?_since={DateTime.UtcNow.AddDays(-2):yyyy-MM-dd}")).Entries().Count);
        (await one.Clinic.Doctor.Fhir(one.Clinic, $"Patient/{one.Patient}/$everything?_since=soon")).Outcome(400, "fhir.parameter");
    }

    [Fact]
    public async Task what_has_not_changed_is_not_sent_again()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        foreach (var path in (string[])[$"Patient/{one.Patient}", $"Encounter/{one.Visit}", $"Observation/{one.PotassiumResult}", $"MedicationRequest/{one.Prescription}"])
        {
            var first = (await one.Clinic.Doctor.Fhir(one.Clinic, path)).Is(200);
            Assert.NotEmpty(first.Headers["Last-Modified"]);
            Assert.Equal($"W/\"{first.Json.At("meta", "versionId")}\"", first.ETag);
            Assert.Equal("", (await one.Clinic.Doctor.Fhir(one.Clinic, path, ("If-None-Match", first.ETag))).Is(304).Text);
        }
        var seen = (await one.Clinic.Doctor.Fhir(one.Clinic, $"Observation/{one.PotassiumResult}")).ETag;
        (await one.Clinic.Lab.Post($"results/{one.PotassiumResult}/addenda", new { text = "A third time" })).Is(201);
        (await one.Clinic.Doctor.Fhir(one.Clinic, $"Observation/{one.PotassiumResult}", ("If-None-Match", seen))).Is(200);
    }
}
