using Microsoft.EntityFrameworkCore;
using Salus.Tests.Organisations;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Fhir;

/// <summary>ReadResource, SearchResources and ReadEverything: who may, and what is written down about it.</summary>
public sealed class FhirGateTests(SalusServer server)
{
    private static readonly Dictionary<string, string> PermissionOf = new()
    {
        ["Patient"] = "patients.read", ["Practitioner"] = "encounters.read", ["Organization"] = "encounters.read", ["Encounter"] = "encounters.read", ["Condition"] = "record.read", ["AllergyIntolerance"] = "record.read", ["Observation"] = "record.read",
        ["ServiceRequest"] = "record.read", ["DiagnosticReport"] = "record.read", ["MedicationRequest"] = "record.read", ["MedicationDispense"] = "record.read", ["DocumentReference"] = "encounters.read", ["AuditEvent"] = "audit.read",
    };

    [Fact]
    public async Task a_key_opens_the_types_of_its_permissions_and_no_others()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        foreach (var permission in PermissionOf.Values.Distinct())
        {
            var (program, id) = await clinic.Program(permission);
            foreach (var (type, needed) in PermissionOf)
            {
                var answer = await program.Fhir(clinic, $"{type}?{(type is "Practitioner" or "Organization" ? "_count=1" : $"patient={patient}")}");
                if (needed == permission) answer.Is(200); else answer.Outcome(403, "forbidden");
            }
            (await program.Fhir(clinic, $"Patient/{patient}/$everything")).Outcome(403, "forbidden");
            (await clinic.Admin.Delete($"keys/{id}")).Is(204);
            (await program.Fhir(clinic, "Patient")).Outcome(401, "sign-in");
        }
        var (whole, key) = await clinic.Program("patients.read", "encounters.read", "record.read");
        (await whole.Fhir(clinic, $"Patient/{patient}/$everything")).Is(200);
        var row = (await clinic.Audit("fhir.everything", patient)).Last();
        Assert.Equal((Kernel.ActorKind.Program, (Guid?)key, "patient"), (row.ActorKind, row.ActorId, row.SubjectKind));
    }

    [Fact]
    public async Task every_reading_names_its_patients_in_the_log()
    {
        var clinic = await server.NewClinic();
        var (anna, bruno) = ((await clinic.Register("Anna Rossi")).Id, (await clinic.Register("Bruno Rossi")).Id);
        (await clinic.Doctor.Fhir(clinic, $"Patient/{anna}")).Is(200);
        Assert.Equal(anna, Assert.Single(await clinic.Audit("fhir.read")).SubjectId);
        (await clinic.Doctor.Fhir(clinic, "Patient?name=rossi")).Is(200);
        Assert.Equal(new[] { anna, bruno }.Order(), Assert.Single(await clinic.Audit("fhir.search")).SubjectList().Order());
        (await clinic.Doctor.Fhir(clinic, "Patient?name=nobody")).Is(200);
        Assert.Single(await clinic.Audit("fhir.search"));
        (await clinic.Doctor.Fhir(clinic, $"Condition?patient={anna}&_summary=count")).Is(200);
        Assert.Equal(anna, (await clinic.Audit("fhir.search"))[^1].SubjectId);
        (await clinic.Doctor.Fhir(clinic, $"Patient/{anna}/$everything")).Is(200);
        Assert.Equal(anna, Assert.Single(await clinic.Audit("fhir.everything")).SubjectId);
        (await clinic.Doctor.Fhir(clinic, $"Patient/{Guid.NewGuid()}")).Outcome(404, "not-found");
        Assert.Equal("not-found", (await clinic.Audit("fhir.read"))[^1].Result);
        (await clinic.Admin.Fhir(clinic, "AuditEvent")).Is(200);
        Assert.Equal("audit", (await clinic.Audit("fhir.search"))[^1].SubjectKind);
    }

    [Fact]
    public async Task a_restricted_record_is_found_by_nobody_who_may_not_read_it()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var clinic = one.Clinic;
        string[] rows = [$"Patient/{one.Patient}", $"Encounter/{one.Visit}", $"Observation/{one.PotassiumResult}", $"ServiceRequest/{one.Potassium}", $"DiagnosticReport/{one.StudyReport}", $"MedicationRequest/{one.Prescription}", $"DocumentReference/{one.Document}", $"Patient/{one.Patient}/$everything"];
        foreach (var row in rows) (await clinic.Doctor.Fhir(clinic, row)).Is(200);
        (await clinic.Admin.Post($"patients/{one.Patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        foreach (var row in rows)
        {
            // Who may open it in an emergency is told so; for others it is not there.
            var refused = (await clinic.SecondDoctor.Fhir(clinic, row)).Outcome(403, "patient.restricted");
            Assert.Contains("emergency", refused.Json.At("issue", 0, "details", "text"), StringComparison.OrdinalIgnoreCase);
        }
        (await clinic.Receptionist.Fhir(clinic, $"Patient/{one.Patient}")).Outcome(404, "not-found");
        var (program, _) = await clinic.Program("patients.read", "encounters.read", "record.read");
        foreach (var row in rows) (await program.Fhir(clinic, row)).Outcome(404, "not-found");
        foreach (var type in PermissionOf.Keys.Except(["Practitioner", "Organization", "AuditEvent"]))
            foreach (var search in (string[])[$"{type}?patient={one.Patient}", $"{type}?patient={one.Patient}&_summary=count"])
            {
                var found = (await clinic.SecondDoctor.Fhir(clinic, search)).Is(200);
                Assert.True(found.Entries().Count == 0 && found["total"].GetInt32() == 0, search);
            }
        Assert.Empty((await clinic.SecondDoctor.Fhir(clinic, "Patient?name=elise")).Entries());
        Assert.Empty((await clinic.SecondDoctor.Fhir(clinic, "Encounter")).Entries());
        (await clinic.SecondDoctor.Post($"patients/{one.Patient}/emergency-access", new { reason = "Unconscious in the hall" })).Is(200);
        foreach (var row in rows) (await clinic.SecondDoctor.Fhir(clinic, row)).Is(200);
        Assert.Equal("R", (await clinic.SecondDoctor.Fhir(clinic, $"Patient/{one.Patient}")).Json.At("meta", "security", 0, "code"));
    }

    [Fact]
    public async Task nothing_of_another_organisation_is_found_by_any_parameter()
    {
        var (one, clinic) = (await FhirCase.Make(await server.NewClinic()), await server.NewClinic());
        await clinic.Hire("all", "org.admin clinic.doctor");
        var all = clinic.As("all");
        foreach (var type in PermissionOf.Keys.Except(["Practitioner", "Organization"]))
            foreach (var whose in (string[])[$"patient={one.Patient}", $"patient={one.Clinic.Salus.Http.BaseAddress}fhir/{one.Clinic.Slug}/Patient/{one.Patient}", $"_id={one.Patient},{one.Visit},{one.PotassiumResult},{one.Potassium},{one.Prescription},{one.Document}"])
                Assert.True((await all.Fhir(clinic, $"{type}?{whose}")).Is(200).Entries().Count == 0, $"{type}?{whose}");
        Assert.Empty((await all.Fhir(clinic, $"Observation?encounter={one.Visit}")).Is(200).Entries());
        Assert.Empty((await all.Fhir(clinic, $"Practitioner?_id={one.Clinic.Account("doctor").Id}")).Is(200).Entries());
        Assert.Equal(clinic.Id.ToString(), Assert.Single((await all.Fhir(clinic, "Organization")).Is(200).Entries()).Str("id"));
        (await all.Fhir(clinic, $"Patient/{one.Patient}/$everything")).Outcome(404, "not-found");
        var number = (await one.Clinic.Admin.Fhir(one.Clinic, "AuditEvent?_count=1")).Is(200).Entries()[0].Str("id");
        (await all.Fhir(clinic, $"AuditEvent/{number}")).Outcome(404, "not-found");
        (await all.Fhir(one.Clinic, "Patient")).Outcome(404, "not-found");
        Assert.Empty((await all.Fhir(clinic, "Patient")).Is(200).Entries());
    }

    [Fact]
    public async Task the_record_is_searched_by_patient_visit_or_id_and_never_across_the_clinic()
    {
        var clinic = await server.NewClinic();
        await clinic.Visit();
        foreach (var (type, _) in PermissionOf.Where(p => p.Value == "record.read" || p.Key == "DocumentReference"))
        {
            (await clinic.Doctor.Fhir(clinic, type)).Outcome(400, "fhir.whose");
            (await clinic.Doctor.Fhir(clinic, $"{type}?_lastUpdated=ge2020&status=active&code=x")).Outcome(400, "fhir.whose");
            (await clinic.Doctor.Fhir(clinic, $"{type}?_id={Guid.NewGuid()}")).Is(200);
        }
        foreach (var type in (string[])["Patient", "Encounter", "Practitioner", "Organization"]) (await clinic.Doctor.Fhir(clinic, type)).Is(200);
    }

    [Fact]
    public async Task a_clinic_that_keeps_no_record_here_has_none_to_show()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        await clinic.Write(db => db.Set<Salus.Modules.Organisations.Contract.Organisation>().Where(o => o.Id == clinic.Id).ExecuteUpdateAsync(set => set.SetProperty(o => o.KeepsRecord, false)));
        // What is known of the clinic is remembered for at most a second.
        await Wait.Until(async () => (await clinic.Doctor.Fhir(clinic, "Patient")).Status == 404);
        foreach (var path in (string[])["Patient", $"Patient/{patient}", $"Patient/{patient}/$everything", "Encounter", $"Condition?patient={patient}"]) (await clinic.Doctor.Fhir(clinic, path)).Outcome(404, "not-found");
    }

    [Fact]
    public async Task unknown_types_wrong_methods_and_other_formats_are_refused_in_FHIR()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        foreach (var path in (string[])["Medication", "Patients", $"Procedure/{patient}", "", $"Patient/{patient}/_history", $"Patient/{patient}/$nothing", "Patient/not-an-id", "Patient/" + new string('a', 65), $"Observation/{patient}-temperature", $"Observation/{patient}-nothing", "AuditEvent/0"])
            (await (path.StartsWith("Audit", StringComparison.Ordinal) ? clinic.Admin : clinic.Doctor).Fhir(clinic, path)).Outcome(404, "not-found");
        foreach (var (method, path) in ((string, string)[])[("POST", "Patient"), ("PUT", $"Patient/{patient}"), ("PATCH", $"Patient/{patient}"), ("DELETE", $"Patient/{patient}"), ("DELETE", "Patient"), ("GET", "Patient/_search/x"), ("POST", "metadata"), ("POST", $"Patient/{patient}/$everything")])
        {
            var answer = await clinic.Doctor.Send(method, clinic.Fhir(path), method is "GET" or "DELETE" ? null : new { });
            Assert.True(answer.Status is 405 or 404, $"{method} {path}: {answer.Status}");
            answer.Outcome(answer.Status, answer.Status == 405 ? "method" : "not-found");
            Assert.Equal(path == "Patient/_search/x" ? 404 : 405, answer.Status);
        }
        foreach (var (name, value) in ((string, string)[])[("Accept", "application/fhir+xml"), ("Accept", "text/html"), ("Accept", "application/fhir+json; fhirVersion=3.0"), ("Accept", "application/json;q=0")])
            (await clinic.Doctor.Fhir(clinic, "Patient", (name, value))).Outcome(406, "fhir.format");
        (await clinic.Doctor.Fhir(clinic, "Patient?_format=xml")).Outcome(406, "fhir.format");
        (await clinic.Doctor.Fhir(clinic, $"Patient/{patient}?_format=application/fhir%2Bxml")).Outcome(406, "fhir.format");
        foreach (var format in (string[])["json", "application/json", "application/fhir+json", "application/fhir%2Bjson"]) (await clinic.Doctor.Fhir(clinic, $"Patient?_format={format}", ("Accept", "text/html"))).Is(200);
        foreach (var accept in (string[])["*/*", "application/json", "text/html, application/fhir+json;q=0.5", "application/fhir+json; fhirVersion=4.0"]) (await clinic.Doctor.Fhir(clinic, "Patient", ("Accept", accept))).Is(200);
        (await clinic.Anonymous.Fhir(clinic, "Patient")).Outcome(401, "sign-in");
        Assert.Equal("Bearer", (await clinic.Anonymous.Fhir(clinic, "Patient")).Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task the_capability_statement_is_open_and_the_same_for_every_address()
    {
        var clinic = await server.NewClinic();
        var here = (await clinic.Anonymous.Fhir(clinic, "metadata")).Is(200);
        Assert.Equal(("CapabilityStatement", "4.0.1"), (here["resourceType"].GetString(), here["fhirVersion"].GetString()));
        Assert.Equal(PermissionOf.Keys.Order(StringComparer.Ordinal), here["rest"][0].GetProperty("resource").EnumerateArray().Select(r => r.Str("type")).Order(StringComparer.Ordinal));
        Assert.Contains("no SMART", here.Json.At("rest", 0, "security", "description"), StringComparison.Ordinal);
        var nowhere = (await clinic.Anonymous.Get("/fhir/no-such-clinic/metadata")).Is(200);
        Assert.Equal(here.Text.Replace(clinic.Slug, "no-such-clinic", StringComparison.Ordinal), nowhere.Text);
    }

    [Fact]
    public async Task too_many_searches_are_slowed_down()
    {
        await using var own = await OwnServer.Start(s => s with { SearchLimit = Kernel.RateLimit.Parse("search", "3/min") });
        var clinic = await Clinic.Make(own.Salus);
        var patient = (await clinic.Register()).Id;
        foreach (var path in (string[])["Patient", $"Condition?patient={patient}", $"Patient/{patient}/$everything"]) (await clinic.Doctor.Fhir(clinic, path)).Is(200);
        Assert.NotEmpty((await clinic.Doctor.Fhir(clinic, "Patient")).Outcome(429, "rate-limit").Headers["Retry-After"]);
        (await clinic.Doctor.Fhir(clinic, $"Patient/{patient}")).Is(200);
    }
}
