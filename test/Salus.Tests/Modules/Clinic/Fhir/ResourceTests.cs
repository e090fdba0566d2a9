using System.Text.Json;

namespace Salus.Tests.Fhir;

/// <summary>ReadResource, SearchResources and ReadEverything: what the record looks like from outside, held against the official schema of R4.</summary>
public sealed class ResourceTests(SalusServer server, FhirPeer peer)
{
    private static readonly string[] OfRecord = ["Condition", "AllergyIntolerance", "Observation", "ServiceRequest", "DiagnosticReport", "MedicationRequest", "MedicationDispense", "DocumentReference"];

    private static async Task<IReadOnlyList<JsonElement>> Of(FhirCase one, string type, string more = "") => (await one.Clinic.Doctor.Fhir(one.Clinic, $"{type}?patient={one.Patient}&_count=100{more}")).Is(200).Entries();

    private static JsonElement ById(IEnumerable<JsonElement> resources, object id) => resources.Single(r => r.Str("id") == id.ToString());

    [Fact]
    public async Task every_type_found_and_read_fits_the_official_schema()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var clinic = one.Clinic;
        var searches = OfRecord.Select(t => $"{t}?patient={one.Patient}&_count=100").Concat([$"Patient?_id={one.Patient}", $"Encounter?patient={one.Patient}", "Practitioner", "Organization", "AuditEvent?_count=100"]).ToList();
        Assert.Equal(13, searches.Count);
        await clinic.Hire("all", "org.admin clinic.doctor");
        var all = clinic.As("all");
        foreach (var search in searches)
        {
            var bundle = (await all.Fhir(clinic, search)).Is(200);
            Assert.Equal("application/fhir+json; charset=utf-8; fhirVersion=4.0", bundle.Headers["Content-Type"]);
            Assert.True(await peer.Faults(bundle.Json) is [], $"{search}: {string.Join('\n', await peer.Faults(bundle.Json))}");
            Assert.NotEmpty(bundle.Entries());
            foreach (var found in bundle.Entries().Take(12))
            {
                // What is read by itself is what was found, but for what happened since.
                var read = (await all.Fhir(clinic, $"{found.Str("resourceType")}/{found.Str("id")}")).Is(200);
                Assert.Equal(found.GetRawText(), read.Json.GetRawText());
                Assert.StartsWith("W/\"", read.ETag, StringComparison.Ordinal);
                Assert.True(await peer.Faults(read.Json) is [], $"{search}: {string.Join('\n', await peer.Faults(read.Json))}");
            }
        }
        var capability = (await clinic.Anonymous.Fhir(clinic, "metadata")).Is(200);
        Assert.Empty(await peer.Faults(capability.Json));
        var outcome = (await all.Fhir(clinic, "Patient?_count=x")).Outcome(400, "fhir.parameter");
        Assert.Empty(await peer.Faults(outcome.Json));
    }

    [Fact]
    public async Task the_schema_of_the_tests_finds_a_fault_where_there_is_one()
    {
        using var wrong = JsonDocument.Parse("""{ "resourceType": "Encounter", "status": "open", "subject": "Patient/1" }""");
        var faults = await peer.Faults(wrong.RootElement);
        Assert.Contains(faults, f => f.Contains(".status", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("class", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_patient_has_numbers_name_contacts_and_who_manages_the_record()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var patient = (await one.Clinic.Receptionist.Fhir(one.Clinic, $"Patient/{one.Patient}")).Is(200).Json;
        Assert.Equal(("MR", "NI", "DST LSE 80E57"), (patient.At("identifier", 0, "type", "coding", 0, "code"), patient.At("identifier", 1, "type", "coding", 0, "code"), patient.At("identifier", 1, "value")));
        Assert.Equal(($"urn:uuid:{one.Clinic.Id}", "true", "female", "1980-05-17"), (patient.At("identifier", 0, "system"), patient.At("active"), patient.At("gender"), patient.At("birthDate")));
        Assert.Equal(("Élise D'Aosta-Muñoz", "+390612345678", "elise@example.org"), (patient.At("name", 0, "text"), patient.At("telecom", 0, "value"), patient.At("telecom", 1, "value")));
        Assert.Equal(("Marc", "Brother", $"Organization/{one.Clinic.Id}"), (patient.At("contact", 0, "name", "text"), patient.At("contact", 0, "relationship", 0, "text"), patient.At("managingOrganization", "reference")));
        // Where only the age was known no day of birth is made up.
        var aged = (await one.Clinic.Register(form: new { name = "Old Man", age = 70 })).Id;
        Assert.Matches("^(19|20)\\d\\d$", (await one.Clinic.Doctor.Fhir(one.Clinic, $"Patient/{aged}")).Is(200).Json.At("birthDate"));
    }

    [Fact]
    public async Task a_merged_patient_points_to_the_one_who_stayed_and_back()
    {
        var clinic = await server.NewClinic();
        var (kept, other) = (await clinic.Register("Anna Rossi"), await clinic.Register("Anna Rosi"));
        (await clinic.Admin.Post($"patients/{kept.Id}/merges", new { otherId = other.Id, reason = "The same person" })).Is(201);
        var gone = (await clinic.Doctor.Fhir(clinic, $"Patient/{other.Id}")).Is(200).Json;
        Assert.Equal(("false", $"Patient/{kept.Id}", "replaced-by"), (gone.At("active"), gone.At("link", 0, "other", "reference"), gone.At("link", 0, "type")));
        var stayed = (await clinic.Doctor.Fhir(clinic, $"Patient/{kept.Id}")).Is(200).Json;
        Assert.Equal(("true", $"Patient/{other.Id}", "replaces"), (stayed.At("active"), stayed.At("link", 0, "other", "reference"), stayed.At("link", 0, "type")));
        Assert.Equal("old", stayed.At("identifier", 1, "use"));
        Assert.Contains((await clinic.Doctor.Fhir(clinic, $"Patient?identifier={stayed.At("identifier", 1, "value")}")).Entries(), p => p.Str("id") == kept.Id.ToString());
    }

    [Fact]
    public async Task a_visit_has_class_period_doctor_reason_and_ranked_diagnoses()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var visit = (await one.Clinic.Doctor.Fhir(one.Clinic, $"Encounter/{one.Visit}")).Is(200).Json;
        Assert.Equal(("in-progress", "AMB", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "Cough"), (visit.At("status"), visit.At("class", "code"), visit.At("class", "system"), visit.At("reasonCode", 0, "text")));
        Assert.Equal(($"Practitioner/{one.Clinic.Account("doctor").Id}", "Person doctor"), (visit.At("participant", 0, "individual", "reference"), visit.At("participant", 0, "individual", "display")));
        Assert.Equal("1", visit.At("diagnosis", 0, "rank"));
        await one.Clinic.CloseBluntly(one.Visit);
        Assert.Equal("finished", (await one.Clinic.Doctor.Fhir(one.Clinic, $"Encounter/{one.Visit}")).Json.At("status"));
        // Who sees visits but not records is not told what was found.
        Assert.Null((await one.Clinic.Receptionist.Fhir(one.Clinic, $"Encounter/{one.Visit}")).Is(200).Json.At("diagnosis"));
    }

    [Fact]
    public async Task conditions_and_allergies_say_what_holds_what_is_over_and_what_was_an_error()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var conditions = await Of(one, "Condition");
        string? Status(string text) => conditions.Single(c => c.At("code", "text") == text).At("clinicalStatus", "coding", 0, "code");
        Assert.Equal(("active", "active", "resolved", null), (Status("Acute upper respiratory infection"), Status("Asthma since childhood"), Status("Iron deficiency anaemia"), Status("Measles")));
        var cold = conditions.Single(c => c.At("code", "coding", 0, "code") == "J06.9");
        Assert.Equal(("http://hl7.org/fhir/sid/icd-10", "encounter-diagnosis", "confirmed"), (cold.At("code", "coding", 0, "system"), cold.At("category", 0, "coding", 0, "code"), cold.At("verificationStatus", "coding", 0, "code")));
        Assert.Equal("entered-in-error", conditions.Single(c => c.At("code", "text") == "Measles").At("verificationStatus", "coding", 0, "code"));
        Assert.Equal("1990-01-01", conditions.Single(c => c.At("code", "text") == "Asthma since childhood").At("onsetDateTime"));
        Assert.NotNull(conditions.Single(c => c.At("code", "text") == "Iron deficiency anaemia").At("abatementDateTime"));
        var allergies = await Of(one, "AllergyIntolerance");
        var (penicillin, latex, nuts) = (allergies.Single(a => a.At("code", "text") == "Penicillin"), allergies.Single(a => a.At("code", "text") == "Latex"), allergies.Single(a => a.At("code", "text") == "Nuts"));
        Assert.Equal(("active", "medication", "high", "Rash", "severe"), (penicillin.At("clinicalStatus", "coding", 0, "code"), penicillin.At("category", 0), penicillin.At("criticality"), penicillin.At("reaction", 0, "manifestation", 0, "text"), penicillin.At("reaction", 0, "severity")));
        // A mild reaction says nothing about the next one.
        Assert.Equal((null, "unknown", "mild"), (latex.At("criticality"), latex.At("reaction", 0, "manifestation", 0, "coding", 0, "code"), latex.At("reaction", 0, "severity")));
        Assert.Equal((null, "entered-in-error"), (nuts.At("clinicalStatus"), nuts.At("verificationStatus", "coding", 0, "code")));
        var other = await one.Clinic.Visit();
        (await one.Clinic.Nurse.Post($"encounters/{other}/allergies", new { isNoneKnown = true })).Is(201);
        Assert.Equal("716186003", Assert.Single((await one.Clinic.Nurse.Fhir(one.Clinic, $"AllergyIntolerance?encounter={other}")).Entries()).At("code", "coding", 0, "code"));
    }

    [Fact]
    public async Task vital_signs_carry_LOINC_and_UCUM_and_what_they_mean_at_the_patients_age()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var vitals = (await Of(one, "Observation", "&category=vital-signs")).Where(o => o.At("status") == "final").ToList();
        JsonElement ByLoinc(string code) => vitals.Single(o => o.GetProperty("code").GetProperty("coding").EnumerateArray().Any(c => c.Str("code") == code));
        (string, string, decimal, string?)[] expected =
        [
            ("8310-5", "Cel", 39.5m, "HH"), ("8867-4", "/min", 72, "N"), ("9279-1", "/min", 14, "N"), ("2708-6", "%", 91, "LL"), ("59408-5", "%", 91, "LL"), ("29463-7", "kg", 70.5m, null), ("8302-2", "cm", 172, null), ("39156-5", "kg/m2", 23.8m, "N"),
            ("72514-3", "{score}", 3, null),
        ];
        foreach (var (loinc, ucum, value, meaning) in expected)
        {
            var found = ByLoinc(loinc);
            Assert.Equal((loinc, "http://unitsofmeasure.org", ucum, value, meaning), (loinc, found.At("valueQuantity", "system"), found.At("valueQuantity", "code"), found.GetProperty("valueQuantity").GetProperty("value").GetDecimal(), found.At("interpretation", 0, "coding", 0, "code")));
        }
        var pressure = ByLoinc("85354-9");
        Assert.Equal(("8480-6", "150", "mm[Hg]", "H"), (pressure.At("component", 0, "code", "coding", 0, "code"), pressure.At("component", 0, "valueQuantity", "value"), pressure.At("component", 0, "valueQuantity", "code"), pressure.At("component", 0, "interpretation", 0, "coding", 0, "code")));
        Assert.Equal(("8462-4", "85", "N", null), (pressure.At("component", 1, "code", "coding", 0, "code"), pressure.At("component", 1, "valueQuantity", "value"), pressure.At("component", 1, "interpretation", 0, "coding", 0, "code"), pressure.At("valueQuantity")));
        Assert.Equal(("36.1", "37.2", "Lying"), (ByLoinc("8310-5").At("referenceRange", 0, "low", "value"), ByLoinc("8310-5").At("referenceRange", 0, "high", "value"), ByLoinc("8310-5").At("note", 0, "text")));
        Assert.NotNull(ByLoinc("8665-2").At("valueDateTime"));
        Assert.StartsWith("Observation/", ByLoinc("39156-5").At("derivedFrom", 0, "reference"), StringComparison.Ordinal);
        var wrong = Assert.Single(await Of(one, "Observation", "&status=entered-in-error"));
        Assert.Equal(("41.0", "Another patient's"), (wrong.At("valueQuantity", "value"), wrong.At("note", 0, "text")));
    }

    [Fact]
    public async Task results_are_observations_and_reports_that_point_to_their_order_and_grow_by_addenda()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var observations = await Of(one, "Observation");
        var potassium = ById(observations, one.PotassiumResult);
        Assert.Equal(("amended", "laboratory", "2823-3", "http://loinc.org", "K"), (potassium.At("status"), potassium.At("category", 0, "coding", 0, "code"), potassium.At("code", "coding", 0, "code"), potassium.At("code", "coding", 0, "system"), potassium.At("code", "coding", 1, "code")));
        Assert.Equal(("mmol/L", "HH", "3.5", "5.1", $"ServiceRequest/{one.Potassium}"), (potassium.At("valueQuantity", "code"), potassium.At("interpretation", 0, "coding", 0, "code"), potassium.At("referenceRange", 0, "low", "value"), potassium.At("referenceRange", 0, "high", "value"), potassium.At("basedOn", 0, "reference")));
        Assert.Equal((6.8m, "Not haemolysed", "Measured twice"), (potassium.GetProperty("valueQuantity").GetProperty("value").GetDecimal(), potassium.At("note", 0, "text"), potassium.At("note", 1, "text")));
        Assert.Equal(("imaging", "Clear lungs.\nHeart of normal size.", "N"), (ById(observations, one.StudyReport).At("category", 0, "coding", 0, "code"), ById(observations, one.StudyReport).At("valueString"), ById(observations, one.StudyReport).At("interpretation", 0, "coding", 0, "code")));
        Assert.Single(observations, o => o.At("category", 0, "coding", 0, "code") == "procedure");
        var reports = await Of(one, "DiagnosticReport");
        Assert.Equal(2, reports.Count);
        var (lab, study) = (ById(reports, one.PotassiumResult), ById(reports, one.StudyReport));
        Assert.Equal(("appended", "LAB", $"Observation/{one.PotassiumResult}"), (lab.At("status"), lab.At("category", 0, "coding", 0, "code"), lab.At("result", 0, "reference")));
        Assert.Equal(("final", "RAD", "image/png"), (study.At("status"), study.At("category", 0, "coding", 0, "code"), study.At("presentedForm", 0, "contentType")));
    }

    [Fact]
    public async Task orders_and_referrals_are_requests_with_their_state_and_reason()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var requests = await Of(one, "ServiceRequest");
        var (potassium, referral) = (ById(requests, one.Potassium), ById(requests, one.Referral));
        Assert.Equal(("completed", "order", "urgent", "108252007", "Fatigue"), (potassium.At("status"), potassium.At("intent"), potassium.At("priority"), potassium.At("category", 0, "coding", 0, "code"), potassium.At("reasonCode", 0, "text")));
        Assert.Equal(("active", "3457005", "Cardiology", "Dr Bianchi", "Murmur", "Since birth"), (referral.At("status"), referral.At("category", 0, "coding", 0, "code"), referral.At("performerType", "text"), referral.At("performer", 0, "display"), referral.At("reasonCode", 0, "text"), referral.At("note", 0, "text")));
        Assert.Equal("Not needed", Assert.Single(await Of(one, "ServiceRequest", "&status=revoked")).At("note", 0, "text"));
        Assert.Equal("71388002", ById(requests, one.Procedure).At("category", 0, "coding", 0, "code"));
    }

    [Fact]
    public async Task prescriptions_say_in_words_and_figures_how_to_take_them_and_what_became_of_them()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var requests = await Of(one, "MedicationRequest");
        string? Status(Guid id) => ById(requests, id).At("status");
        Assert.Equal(("active", "completed", "stopped", "cancelled"), (Status(one.Prescription), Status(one.Dispensed), Status(one.Stopped), Status(one.Cancelled)));
        var waiting = ById(requests, one.Prescription);
        Assert.Equal(("J01CA04", "http://www.whocc.no/atc", "Amoxicillin 500 mg capsules"), (waiting.At("medicationCodeableConcept", "coding", 0, "code"), waiting.At("medicationCodeableConcept", "coding", 0, "system"), waiting.At("medicationCodeableConcept", "text")));
        Assert.Equal(("500 mg, by mouth, every 8 hours, for 5 days", "With food", "26643006"), (waiting.At("dosageInstruction", 0, "text"), waiting.At("dosageInstruction", 0, "patientInstruction"), waiting.At("dosageInstruction", 0, "route", "coding", 0, "code")));
        Assert.Equal(("500", "mg", "8", "h", "5"), (waiting.At("dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "value"), waiting.At("dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "code"), waiting.At("dosageInstruction", 0, "timing", "repeat", "period"), waiting.At("dosageInstruction", 0, "timing", "repeat", "periodUnit"), waiting.At("dosageInstruction", 0, "timing", "repeat", "boundsDuration", "value")));
        Assert.Equal(("2", "1", "d"), (ById(requests, one.Dispensed).At("dosageInstruction", 0, "timing", "repeat", "frequency"), ById(requests, one.Dispensed).At("dosageInstruction", 0, "timing", "repeat", "period"), ById(requests, one.Dispensed).At("dosageInstruction", 0, "timing", "repeat", "periodUnit")));
        // Words that leave a doubt stay words.
        var doubtful = ById(requests, one.Stopped);
        Assert.Equal((null, null, "when needed", "Rash"), (doubtful.At("dosageInstruction", 0, "doseAndRate"), doubtful.At("dosageInstruction", 0, "timing", "repeat", "frequency"), doubtful.At("dosageInstruction", 0, "timing", "code", "text"), doubtful.At("statusReason", "text")));
        var handed = (await Of(one, "MedicationDispense")).Single(d => d.At("authorizingPrescription", 0, "reference") == $"MedicationRequest/{one.Dispensed}");
        Assert.Equal(("completed", "10", "capsule", "Returned: 2", $"Practitioner/{one.Clinic.Account("pharmacist").Id}"), (handed.At("status"), handed.At("quantity", "value"), handed.At("quantity", "unit"), handed.At("note", 0, "text"), handed.At("performer", 0, "actor", "reference")));
    }

    [Fact]
    public async Task a_document_leads_to_its_bytes_through_the_door_of_files()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var document = (await one.Clinic.Doctor.Fhir(one.Clinic, $"DocumentReference/{one.Document}")).Is(200).Json;
        var url = new Uri(document.At("content", 0, "attachment", "url")!);
        Assert.Equal(("current", "image/png", $"Encounter/{one.Visit}"), (document.At("status"), document.At("content", 0, "attachment", "contentType"), document.At("context", "encounter", 0, "reference")));
        (await one.Clinic.Doctor.Get(url.PathAndQuery)).Is(200);
        (await one.Clinic.Anonymous.Get(url.PathAndQuery)).Is(401);
        (await one.Clinic.Receptionist.Get(url.PathAndQuery)).Is(404);
        // Each sees the kinds of files that the API shows it.
        Assert.Equal(3, (await Of(one, "DocumentReference")).Count);
        Assert.Single((await one.Clinic.Pharmacist.Fhir(one.Clinic, $"DocumentReference?patient={one.Patient}")).Is(200).Entries());
        (await one.Clinic.Pharmacist.Fhir(one.Clinic, $"DocumentReference/{one.Document}")).Outcome(404, "not-found");
    }

    [Fact]
    public async Task an_audit_event_says_who_did_what_to_whom_with_which_result()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        (await clinic.Nurse.Get($"patients/{patient}")).Is(200);
        (await clinic.Nurse.Get("figures")).Is(403);
        var log = (await clinic.Admin.Fhir(clinic, $"AuditEvent?patient={patient}&subtype=patient.read")).Is(200);
        var read = Assert.Single(log.Entries());
        Assert.Equal(("R", "0", $"Practitioner/{clinic.Account("nurse").Id}", $"Patient/{patient}", "clinic.nurse"), (read.At("action"), read.At("outcome"), read.At("agent", 0, "who", "reference"), read.At("entity", 0, "what", "reference"), read.At("agent", 0, "role", 0, "text")));
        var refused = (await clinic.Admin.Fhir(clinic, $"AuditEvent?agent=Practitioner/{clinic.Account("nurse").Id}&outcome=4")).Is(200).Entries();
        Assert.Equal("forbidden", Assert.Single(refused).At("outcomeDesc"));
        Assert.Equal("urn:x-salus:audit-action", read.At("subtype", 0, "system"));
        Assert.NotEmpty(await clinic.Audit("fhir.search"));
    }
}
