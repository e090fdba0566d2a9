using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Pharmacy;

namespace Salus.Tests.Pharmacy;

/// <summary>MedicationList, ReportMedicine, StopReported and StopPrescription.</summary>
public sealed class MedicationTests(SalusServer server)
{
    private static async Task<string[]> Names(Clinic clinic, Guid patient, string who = "doctor") =>
        [.. (await clinic.As(who).Get($"patients/{patient}/medications")).Is(200).Json.EnumerateArray().Select(m => m.Str("name"))];

    [Fact]
    public async Task the_list_holds_what_was_prescribed_and_is_not_over_and_what_the_patient_says()
    {
        var clinic = await server.NewClinic();
        var (visit, drug, other) = (await clinic.Ready(), await clinic.Drug("Metformin", "metformin"), await clinic.Drug("Amoxicillin", "amoxicillin"));
        var patient = await clinic.PatientOf(visit);
        await clinic.Pending(visit, drug, ("days", null));
        var cancelled = await clinic.Pending(visit, other);
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = "St John's wort", since = "2026-01-05" })).Is(201);
        (await clinic.Doctor.Post($"prescriptions/{cancelled}/cancellation", new { reason = "Not needed" })).Is(204);
        Assert.Equal(["Metformin", "St John's wort"], await Names(clinic, patient, "nurse"));
        var items = (await clinic.Doctor.Get($"patients/{patient}/medications")).Json;
        Assert.Equal((false, "1 tablet", "pending", "Person doctor"), (items[0].GetProperty("isReported").GetBoolean(), items[0].Str("dose"), items[0].Str("state"), items[0].Str("by")));
        Assert.Equal((true, "2026-01-05"), (items[1].GetProperty("isReported").GetBoolean(), items[1].Str("since")));
        Assert.Empty(await Names(clinic, (await clinic.Register("Bruno Bianchi")).Id));
        Assert.Contains(await clinic.Audit("medication.list"), a => a.SubjectId == patient || a.Subjects.Contains(patient.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task a_course_begins_on_the_clinics_day_and_its_last_day_is_the_last_of_as_many()
    {
        var clinic = await server.NewClinic("Asia/Tokyo");
        var visit = await clinic.Ready();
        var (patient, zone) = (await clinic.PatientOf(visit), TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"));
        var (one, long_) = (await clinic.Pending(visit, await clinic.Drug("Azithromycin", "azithromycin"), ("days", 1)), await clinic.Pending(visit, await clinic.Drug("Metformin", "metformin"), ("days", 3)));
        // Half past midnight in Tokyo, which is the day before in Greenwich.
        var today = TimeProvider.System.Today(zone);
        Task<int> At(DateOnly day) => clinic.Write(db => db.Prescriptions.ExecuteUpdateAsync(set => set.SetProperty(p => p.PrescribedAt, day.StartUtc(zone).AddMinutes(30))));
        await At(today);
        var items = (await clinic.Doctor.Get($"patients/{patient}/medications")).Is(200).Json.EnumerateArray().Select(m => (m.Id(), m.Str("since"), m.Str("until")));
        string Day(int later) => today.AddDays(later).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([(one, Day(0), Day(0)), (long_, Day(0), Day(2))], items);
        await At(today.AddDays(-1));
        Assert.Equal(["Metformin"], await Names(clinic, patient));
        await At(today.AddDays(-2));
        Assert.Equal(["Metformin"], await Names(clinic, patient));
        await At(today.AddDays(-3));
        Assert.Empty(await Names(clinic, patient));
    }

    [Fact]
    public async Task a_reported_medicine_stands_once_and_is_stopped_once()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        var medicine = (await clinic.Doctor.Post($"patients/{patient}/medications", new { text = "Aspirin 100" })).Is(201).Id;
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = " ASPIRIN  100 " })).Refuses(409, "medication.known");
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = "123" })).RefusesField("text");
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = "Tea", since = Drugstore.Today.AddDays(3) })).RefusesField("since");
        (await clinic.Nurse.Post($"reported-medicines/{medicine}/stopping")).Is(204);
        (await clinic.Nurse.Post($"reported-medicines/{medicine}/stopping")).Refuses(409, "medication.stopped");
        (await clinic.Nurse.Post($"patients/{patient}/medications", new { text = "Aspirin 100" })).Is(201);
        Assert.Single(await Names(clinic, patient));
    }

    [Fact]
    public async Task a_dispensed_medicine_is_stopped_with_a_reason_even_when_its_visit_is_closed()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Metformin", "metformin"));
        await clinic.Receive(drug, 100);
        var (patient, prescription) = (await clinic.PatientOf(visit), await clinic.Pending(visit, drug, ("days", null)));
        (await clinic.Doctor.Post($"prescriptions/{prescription}/stopping", new { reason = "Nausea" })).Refuses(409, "prescription.not-taken");
        (await clinic.Dispense(prescription)).Is(200);
        await clinic.Close(visit);
        (await clinic.Doctor.Post($"prescriptions/{prescription}/stopping", new { reason = "" })).RefusesField("reason");
        (await clinic.Nurse.Post($"prescriptions/{prescription}/stopping", new { reason = "Nausea" })).Refuses(403, "forbidden");
        (await clinic.Doctor.Post($"prescriptions/{prescription}/stopping", new { reason = "Nausea" })).Is(204);
        (await clinic.Doctor.Post($"prescriptions/{prescription}/stopping", new { reason = "Nausea" })).Refuses(409, "prescription.not-taken");
        Assert.Empty(await Names(clinic, patient));
        Assert.Equal("Nausea", (await clinic.Prescriptions(visit))[0].Str("stopReason"));
    }

    [Theory, InlineData("receptionist"), InlineData("lab"), InlineData("radiology"), InlineData("pharmacist"), InlineData("admin"), InlineData("display")]
    public async Task the_list_is_part_of_the_record(string who)
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        (await clinic.As(who).Get($"patients/{patient}/medications")).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"patients/{patient}/medications", new { text = "Aspirin" })).Refuses(403, "forbidden");
        (await clinic.As(who).Get($"patients/{patient}/prescriptions")).Refuses(403, "forbidden");
    }
}
