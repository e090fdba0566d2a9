using Microsoft.EntityFrameworkCore;

namespace Salus.Tests.Pharmacy;

/// <summary>GiveMedicine and VisitAdministrations: what the nurse gave, or did not and why.</summary>
public sealed class AdministrationTests(SalusServer server)
{
    private static Task<Answer> Give(Clinic clinic, Guid visit, object body, string who = "nurse") => clinic.As(who).Post($"encounters/{visit}/administrations", body);

    [Fact]
    public async Task a_dose_is_written_down_from_a_prescription_or_in_free_words()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Morphine 10 mg", "morphine"));
        var prescription = await clinic.Pending(visit, drug, ("route", "intravenous"), ("dose", "2 mg"));
        (await Give(clinic, visit, new { prescriptionId = prescription, outcome = "given" })).Is(201);
        (await Give(clinic, visit, new { prescriptionId = prescription, dose = "1 mg", outcome = "refused" })).Is(201);
        (await Give(clinic, visit, new { drug = "Oxygen", dose = "2 l/min", route = "inhalation", outcome = "given" })).Is(201);
        var items = (await clinic.Doctor.Get($"encounters/{visit}/administrations")).Is(200).Items;
        Assert.Equal(["Oxygen 2 l/min inhalation given", "Morphine 10 mg 1 mg intravenous refused", "Morphine 10 mg 2 mg intravenous given"], items.Select(a => $"{a.Str("drug")} {a.Str("dose")} {a.Str("route")} {a.Str("outcome")}"));
        Assert.All(items, a => Assert.Equal("Person nurse", a.Str("givenBy")));
        Assert.Equal(["medication Given", "medication Refused", "medication Given"], (await clinic.Audit("medication.administer")).Select(a => a.Detail));
    }

    [Fact]
    public async Task what_is_missing_or_cannot_be_is_refused()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        (await Give(clinic, visit, new { dose = "1", outcome = "given" })).RefusesField("drug");
        // Nothing was given because a field was forgotten.
        (await Give(clinic, visit, new { drug = "Oxygen", dose = "1" })).RefusesField("outcome");
        Assert.Empty((await clinic.Doctor.Get($"encounters/{visit}/administrations")).Is(200).Items);
        (await Give(clinic, visit, new { drug = "Oxygen", outcome = "given" })).RefusesField("dose");
        foreach (var outcome in (string[])["held", "error"]) (await Give(clinic, visit, new { drug = "Oxygen", outcome })).RefusesField("reason");
        foreach (var outcome in (string[])["refused", "not-available"]) (await Give(clinic, visit, new { drug = "Oxygen", outcome })).Is(201);
        (await Give(clinic, visit, new { drug = "Oxygen", outcome = "held", reason = "Pressure too low" })).Is(201);
        (await Give(clinic, visit, new { drug = "Oxygen", dose = "1", givenAt = DateTime.UtcNow.AddHours(2), outcome = "given" })).RefusesField("givenAt");
        (await Give(clinic, visit, new { drug = "Oxygen", dose = "1", givenAt = DateTime.UtcNow.AddDays(-2), outcome = "given" })).RefusesField("givenAt");
        (await Give(clinic, visit, new { drug = "Oxygen", dose = "1", givenAt = "2026-01-01T10:00:00", outcome = "given" })).RefusesField("givenAt");
    }

    [Fact]
    public async Task a_cancelled_prescription_and_one_of_another_visit_are_not_given()
    {
        var clinic = await server.NewClinic();
        var (visit, other, drug) = (await clinic.Ready(), await clinic.Ready("Bruno Bianchi"), await clinic.Drug("Morphine"));
        var prescription = await clinic.Pending(visit, drug);
        (await Give(clinic, other, new { prescriptionId = prescription, outcome = "given" })).Refuses(404, "not-found");
        (await clinic.Doctor.Post($"prescriptions/{prescription}/cancellation", new { reason = "No" })).Is(204);
        (await Give(clinic, visit, new { prescriptionId = prescription, outcome = "given" })).Refuses(409, "prescription.cancelled");
        await clinic.Close(visit);
        (await Give(clinic, visit, new { drug = "Oxygen", dose = "1", outcome = "given" })).Refuses(409, "encounter.closed");
    }

    [Theory, InlineData("doctor"), InlineData("pharmacist"), InlineData("receptionist"), InlineData("lab"), InlineData("radiology"), InlineData("admin"), InlineData("display")]
    public async Task only_a_nurse_gives(string who)
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        (await Give(clinic, visit, new { drug = "Oxygen", dose = "1", outcome = "given" }, who)).Refuses(403, "forbidden");
        (await clinic.As(who).Get($"encounters/{visit}/administrations")).Is(who == "doctor" ? 200 : 403);
    }

    [Fact]
    public async Task the_same_key_gives_once_and_no_door_changes_what_was_written()
    {
        var clinic = await server.NewClinic();
        var (visit, key) = (await clinic.Ready(), ("Idempotency-Key", Guid.NewGuid().ToString()));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => clinic.Nurse.Post($"encounters/{visit}/administrations", new { drug = "Oxygen", dose = "1", outcome = "given" }, key)));
        var id = Assert.Single(answers.Select(a => a.Is(201).Id).Distinct());
        foreach (var method in (string[])["PUT", "DELETE"]) Assert.True((await clinic.Nurse.Send(method, $"encounters/{visit}/administrations/{id}", method == "PUT" ? new { dose = "2" } : null)).Status is 404 or 405);
        await using var db = clinic.Open();
        Assert.Equal("1", (await db.Set<Salus.Modules.Clinic.Pharmacy.Giving.MedicationAdministration>().SingleAsync()).Dose);
    }
}
