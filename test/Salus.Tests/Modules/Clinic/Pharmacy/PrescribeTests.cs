using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy;

namespace Salus.Tests.Pharmacy;

/// <summary>Prescribe, CancelPrescription, VisitPrescriptions and PrescriptionHistory through the API.</summary>
public sealed class PrescribeTests(SalusServer server)
{
    [Fact]
    public async Task a_drug_of_the_list_is_prescribed_checked_and_the_consultation_is_active()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin 500 mg", "amoxicillin", "Penicillins"));
        var made = (await clinic.Prescribe(visit, drug, ("route", "oral"), ("instructions", "After meals"))).Is(201);
        Assert.Equal(("Amoxicillin 500 mg", "clear", drug), (made["drug"].GetString(), made["check"].GetString(), made["drugId"].GetGuid()));
        var line = Assert.Single(await clinic.Prescriptions(visit));
        Assert.Equal(("pending", "1 tablet", "oral", "twice a day", 5, 10, "After meals", "Person doctor"),
            (line.Str("state"), line.Str("dose"), line.Str("route"), line.Str("frequency"), line.Number("days"), line.Number("quantity"), line.Str("instructions"), line.Str("prescribedBy")));
        await using var db = clinic.Open();
        var consultation = await db.Consultations.SingleAsync(c => c.EncounterId == visit);
        Assert.Equal((ConsultationState.Active, clinic.Account("doctor").Id), (consultation.State, consultation.DoctorId));
    }

    [Theory]
    [InlineData("dose", "dose", "")] [InlineData("frequency", "frequency", "  ")] [InlineData("quantity", "quantity", null)] [InlineData("quantity", "quantity", 0)] [InlineData("quantity", "quantity", 10_001)] [InlineData("days", "days", 0)]
    [InlineData("days", "days", 367)] [InlineData("drug", "drug", "")] [InlineData("drug", "drug", "123")] [InlineData("isEmergency", "emergencyReason", true)]
    public async Task a_prescription_that_says_too_little_is_refused(string field, string refused, object? value)
    {
        var clinic = await server.NewClinic();
        (await clinic.Prescribe(await clinic.Ready(), "Amoxicillin", (field, value))).RefusesField(refused);
    }

    [Theory, InlineData("admin"), InlineData("receptionist"), InlineData("nurse"), InlineData("lab"), InlineData("radiology"), InlineData("pharmacist"), InlineData("display")]
    public async Task only_a_doctor_prescribes_and_cancels(string who)
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        var pending = await clinic.Pending(visit, drug);
        (await clinic.As(who).Post($"encounters/{visit}/prescriptions", Drugstore.Rx(drug, ("overrideReason", "x")))).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"encounters/{visit}/prescription-check", new { drug = "Amoxicillin" })).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"prescriptions/{pending}/cancellation", new { reason = "x" })).Refuses(403, "forbidden");
        Assert.Equal("pending", Assert.Single(await clinic.Prescriptions(visit)).Str("state"));
    }

    [Fact]
    public async Task nothing_is_prescribed_or_cancelled_in_a_closed_visit()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        var pending = await clinic.Pending(visit, drug);
        await clinic.Close(visit);
        (await clinic.Prescribe(visit, "Ibuprofen", ("overrideReason", "x"))).Refuses(409, "encounter.closed");
        (await clinic.Prescribe(visit, "Ibuprofen", ("overrideReason", "x"), ("isEmergency", true), ("emergencyReason", "Shock"))).Refuses(409, "encounter.closed");
        (await clinic.Doctor.Post($"prescriptions/{pending}/cancellation", new { reason = "x" })).Refuses(409, "encounter.closed");
    }

    [Fact]
    public async Task a_colleagues_consultation_is_not_prescribed_in()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Pending(visit, drug);
        (await clinic.SecondDoctor.Post($"encounters/{visit}/prescriptions", Drugstore.Rx("Ibuprofen", ("overrideReason", "x")))).Refuses(409, "consultation.other-doctor");
    }

    [Fact]
    public async Task a_typed_name_that_the_list_has_is_the_drug_of_the_list_and_one_out_of_use_is_not()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin 500 mg", "amoxicillin"));
        Assert.Equal(drug, (await clinic.Prescribe(visit, "  amoxicillin 500 MG ")).Is(201)["drugId"].GetGuid());
        var old = await clinic.Drug("Phenacetin", "phenacetin");
        (await clinic.Pharmacist.Put($"drugs/{old}", new { name = "Phenacetin", archived = true })).Is(200);
        (await clinic.Prescribe(visit, old)).Refuses(404, "not-found");
        (await clinic.Prescribe(visit, "Phenacetin")).Refuses(409, "prescription.not-checked");
    }

    [Fact]
    public async Task a_prescription_from_before_is_repeated_and_of_the_two_the_new_one_counts()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Metformin 850 mg", "metformin", "Biguanides"));
        await clinic.Receive(drug, 100);
        var first = await clinic.Pending(visit, drug, ("days", null), ("instructions", "With food"), ("route", "other"));
        (await clinic.Doctor.Post($"encounters/{visit}/prescriptions", new { repeatOf = first })).Refuses(409, "prescription.warned"); // one still waits: it would be given twice
        (await clinic.Dispense(first)).Is(200);
        var again = (await clinic.Doctor.Post($"encounters/{visit}/prescriptions", new { repeatOf = first, quantity = 20 })).Is(201);
        Assert.Equal("clear", again["check"].GetString());
        var line = (await clinic.Prescriptions(visit))[1];
        Assert.Equal(("Metformin 850 mg", "1 tablet", "With food", "other", 20), (line.Str("drug"), line.Str("dose"), line.Str("instructions"), line.Str("route"), line.Number("quantity")));
        var patient = await clinic.PatientOf(visit);
        Assert.Equal(again.Id, Assert.Single((await clinic.Doctor.Get($"patients/{patient}/medications")).Is(200).Json.EnumerateArray()).Id());
        Assert.Equal([again.Id, first], (await clinic.Doctor.Get($"patients/{patient}/prescriptions")).Is(200).Items.Select(p => p.Id()));
        var other = await clinic.Ready("Bruno Bianchi");
        (await clinic.Doctor.Post($"encounters/{other}/prescriptions", new { repeatOf = first })).Refuses(404, "not-found");
    }

    [Fact]
    public async Task who_says_dose_and_frequency_anew_says_the_length_anew_too()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Metformin", "metformin"));
        await clinic.Receive(drug, 100);
        var first = await clinic.Pending(visit, drug, ("days", 5));
        (await clinic.Dispense(first)).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/prescriptions", new { repeatOf = first, dose = "2 tablets", frequency = "daily" })).Is(201);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await clinic.Prescriptions(visit))[1].GetProperty("days").ValueKind);
    }

    [Fact]
    public async Task what_waits_is_cancelled_once_with_a_reason_and_its_alerts_are_settled()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        await clinic.Allergy(visit, "Penicillin");
        var made = (await clinic.Prescribe(visit, await clinic.Drug("Amoxicillin", "amoxicillin", "Penicillins"), ("overrideReason", "No other works"))).Is(201);
        (await clinic.Doctor.Post($"prescriptions/{made.Id}/cancellation", new { reason = "" })).RefusesField("reason");
        (await clinic.Doctor.Post($"prescriptions/{made.Id}/cancellation", new { reason = "Rash" }, ("If-Match", $"\"{Guid.NewGuid():N}\""))).Refuses(409, "stale");
        (await clinic.SecondDoctor.Post($"prescriptions/{made.Id}/cancellation", new { reason = "Rash" }, ("If-Match", made.ETag))).Is(204);
        (await clinic.Doctor.Post($"prescriptions/{made.Id}/cancellation", new { reason = "Again" })).Refuses(409, "prescription.state");
        var line = Assert.Single(await clinic.Prescriptions(visit));
        Assert.Equal(("cancelled", "Rash", "Person second-doctor"), (line.Str("state"), line.Str("cancelReason"), line.Str("endedBy")));
        (await clinic.Dispense(made.Id)).Refuses(409, "prescription.state");
        await using var db = clinic.Open();
        Assert.Equal(AlertState.Resolved, (await db.Alerts.SingleAsync(a => a.SourceId == made.Id)).State);
    }

    [Fact]
    public async Task the_same_key_prescribes_once()
    {
        var clinic = await server.NewClinic();
        var (visit, drug, key) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"), ("Idempotency-Key", Guid.NewGuid().ToString()));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => clinic.Doctor.Post($"encounters/{visit}/prescriptions", Drugstore.Rx(drug), key)));
        Assert.Single(answers.Select(a => a.Is(201).Id).Distinct());
        Assert.Single(await clinic.Prescriptions(visit));
    }

    [Fact]
    public async Task of_two_that_prescribe_the_same_at_once_one_is_warned()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin", "amoxicillin"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => clinic.Prescribe(visit, drug)));
        Assert.Equal(1, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "prescription.warned"));
    }

    [Fact]
    public async Task of_two_visits_of_one_patient_that_prescribe_the_same_at_once_one_is_warned()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        var patient = await clinic.PatientOf(visit);
        var visits = new List<Guid> { visit };
        foreach (var type in (string[])["routine", "specialist", "emergency"]) visits.Add((await clinic.Receptionist.Post("encounters", new { patientId = patient, type })).Is(201).Id);
        for (var round = 0; round < 6; round++)
        {
            var drug = await clinic.Drug($"{(char)('a' + round)}mycin");
            var answers = await Task.WhenAll(visits.Select(v => clinic.Prescribe(v, drug)));
            Assert.Equal(1, answers.Count(a => a.Status == 201));
            Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "prescription.warned"));
        }
    }

    [Fact]
    public async Task of_two_visits_of_one_patient_that_note_the_same_allergy_at_once_one_is_told_that_it_is_known()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var patient = await clinic.PatientOf(visit);
        var visits = new List<Guid> { visit };
        foreach (var type in (string[])["routine", "specialist", "emergency"]) visits.Add((await clinic.Receptionist.Post("encounters", new { patientId = patient, type })).Is(201).Id);
        for (var round = 0; round < 6; round++)
        {
            var answers = await Task.WhenAll(visits.Select(v => clinic.Nurse.Post($"encounters/{v}/allergies", new { substance = $"Substance {(char)('a' + round)}" })));
            Assert.Equal(1, answers.Count(a => a.Status == 201));
            Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "allergy.exists"));
        }
    }

    [Fact]
    public async Task the_log_names_the_act_and_the_visit_and_no_medicine()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        await clinic.Allergy(visit, "Penicillin");
        var drug = await clinic.Drug("Amoxicillin", "amoxicillin", "Penicillins");
        (await clinic.Prescribe(visit, drug)).Refuses(409, "prescription.warned");
        var made = (await clinic.Prescribe(visit, drug, ("overrideReason", "Nothing else helps"))).Is(201);
        await clinic.Prescriptions(visit);
        var row = Assert.Single(await clinic.Audit("prescription.write", made.Id));
        Assert.Equal(("Warned overridden", visit), (row.Detail, row.VisitId));
        Assert.Contains(await clinic.Audit("prescription.write"), r => r.Result == "prescription.warned");
        Assert.NotEmpty(await clinic.Audit("prescription.list"));
        foreach (var word in (string[])["Amoxicillin", "Penicillin", "Nothing else", "Rossi"])
            Assert.DoesNotContain(await clinic.Audit(), r => $"{r.Detail} {r.Result} {r.SubjectKind}".Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task a_restricted_patients_visit_is_out_of_reach_until_the_glass_is_broken()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        var (patient, pending) = (await clinic.PatientOf(visit), await clinic.Pending(visit, drug));
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        (await clinic.Prescribe(visit, "Ibuprofen", ("overrideReason", "x"))).Refuses(404, "not-found");
        (await clinic.Dispense(pending)).Refuses(404, "not-found");
        (await clinic.Doctor.Get($"encounters/{visit}/prescriptions")).Refuses(403, "patient.restricted");
        (await clinic.Doctor.Get($"patients/{patient}/medications")).Refuses(403, "patient.restricted");
        (await clinic.Doctor.Get($"patients/{patient}/prescriptions")).Refuses(403, "patient.restricted");
        (await clinic.Doctor.Post($"patients/{patient}/emergency-access", new { reason = "Unconscious in the hall" })).Is(200);
        (await clinic.Prescribe(visit, "Ibuprofen", ("overrideReason", "x"))).Is(201);
    }

    [Fact]
    public void a_prescription_ends_once()
    {
        var prescription = new Prescription();
        prescription.End(PrescriptionState.Dispensed, Guid.NewGuid(), DateTime.UtcNow);
        Assert.Equal("prescription.state", Assert.Throws<Salus.Kernel.Refusal>(() => prescription.End(PrescriptionState.Cancelled, Guid.NewGuid(), DateTime.UtcNow)).Code);
        Assert.Throws<Salus.Kernel.Refusal>(() => new Prescription().End(PrescriptionState.Pending, Guid.NewGuid(), DateTime.UtcNow));
    }
}
