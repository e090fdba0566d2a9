using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Fhir;

/// <summary>A patient to whom everything has happened that the record knows.</summary>
public sealed record FhirCase(Clinic Clinic, Guid Patient, Guid Visit, Guid Potassium, Guid PotassiumResult, Guid Study, Guid StudyReport, Guid Procedure, Guid Referral, Guid Prescription, Guid Dispensed, Guid Stopped, Guid Cancelled, Guid Document)
{
    public static async Task<FhirCase> Make(Clinic clinic)
    {
        var visit = await clinic.Visit(patient: new
        {
            name = "Élise D'Aosta-Muñoz", birthDate = "1980-05-17", gender = "female", phone = "+390612345678", email = "elise@example.org", address = "Via Appia 1, Roma", emergencyName = "Marc", emergencyPhone = "+390698765432",
            emergencyRelation = "Brother", nationalId = "DST LSE 80E57",
        });
        var patient = await clinic.PatientOf(visit);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 39.5, systolic = 150, diastolic = 85, pulse = 72, respiration = 14, oxygen = 91, weight = 70.5, height = 172, upperArm = 29, pain = 3, lastPeriod = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-20), remark = "Lying" })).Is(201);
        var wrong = (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 41 })).Is(201).Id;
        (await clinic.Nurse.Post($"encounters/{visit}/vitals/{wrong}/voiding", new { reason = "Another patient's" })).Is(204);
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Penicillin", category = "medication", severity = "severe", reaction = "Rash" })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Latex", category = "environment", severity = "mild" })).Is(201);
        var slip = (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Nuts", category = "food" })).Is(201).Id;
        (await clinic.Nurse.Post($"encounters/{visit}/allergies/{slip}/ending", new { reason = "Misheard", isError = true })).Is(204);
        await Diagnoses(clinic, visit);
        await clinic.Potassium();
        var potassium = (await clinic.Order(visit, "lab", new { name = "K" }, "urgent")).Is(201)["orders"][0].GetGuid();
        (await clinic.Nurse.Post($"orders/{potassium}/samples", new { outcome = "collected" })).Is(200);
        var result = (await clinic.Lab.Post($"orders/{potassium}/result", new { value = 6.8, text = "Not haemolysed" })).Is(201).Id;
        (await clinic.Lab.Post($"results/{result}/addenda", new { text = "Measured twice" })).Is(201);
        var study = await clinic.Ordered(visit, "imaging", "Chest radiograph");
        var report = (await clinic.Radiology.Post($"orders/{study}/report", new { text = "Clear lungs.\nHeart of normal size.", flag = "normal" })).Is(201).Id;
        await Send(clinic.Radiology, $"encounters/{visit}/imaging-attachments?order={study}");
        var procedure = await clinic.Ordered(visit, "procedure", "Wound dressing");
        (await clinic.Nurse.Post($"orders/{procedure}/procedure/completion", new { text = "Clean" })).Is(201);
        var cancelledOrder = await clinic.Ordered(visit, name: "Urea");
        (await clinic.Doctor.Post($"orders/{cancelledOrder}/cancellation", new { reason = "Not needed" })).Is(200);
        var referral = (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", recipient = "Dr Bianchi", reason = "Murmur", summary = "Since birth" })).Is(201).Id;
        var drug = await clinic.Drug("Amoxicillin 500 mg capsules", "Amoxicillin", "Macrolide", "J01CA04", unit: "capsule");
        await clinic.Receive(drug, 100);
        async Task<Guid> Prescribed(params (string, object?)[] more) => (await clinic.Prescribe(visit, drug, [("dose", "500 mg"), ("frequency", "every 8 hours"), ("overrideReason", "Benefit outweighs"), ("instructions", "With food"), .. more])).Is(201).Id;
        var (waiting, dispensed, stopped, cancelled) = (await Prescribed(), await Prescribed(("frequency", "twice a day")), await Prescribed(("frequency", "when needed"), ("dose", "a spoonful")), await Prescribed());
        foreach (var id in (Guid[])[dispensed, stopped]) (await clinic.Dispense(id)).Is(200);
        (await clinic.Pharmacist.Post($"prescriptions/{dispensed}/returns", new { quantity = 2, reason = "Unused" })).Is(200);
        (await clinic.Doctor.Post($"prescriptions/{stopped}/stopping", new { reason = "Rash" })).Is(204);
        (await clinic.Doctor.Post($"prescriptions/{cancelled}/cancellation", new { reason = "A slip" })).Is(204);
        var document = await Send(clinic.Doctor, $"encounters/{visit}/documents");
        await Send(clinic.Doctor, $"encounters/{visit}/prescription-images");
        return new(clinic, patient, visit, potassium, result, study, report, procedure, referral, waiting, dispensed, stopped, cancelled, document);
    }

    private static async Task Diagnoses(Clinic clinic, Guid visit)
    {
        (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind = "diagnosis", code = "J06.9", text = "Acute upper respiratory infection", isPrimary = true })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind = "problem", text = "Asthma since childhood", since = "1990-01-01" })).Is(201);
        var over = (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind = "problem", code = "D50.9", text = "Iron deficiency anaemia" })).Is(201).Id;
        (await clinic.Doctor.Post($"encounters/{visit}/conditions/{over}/ending", new { reason = "Treated" })).Is(204);
        var wrong = (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { kind = "diagnosis", text = "Measles" })).Is(201).Id;
        (await clinic.Doctor.Post($"encounters/{visit}/conditions/{wrong}/ending", new { reason = "A slip", isError = true })).Is(204);
    }

    private static async Task<Guid> Send(Caller by, string path) =>
        (await by.Send("POST", path, new ByteArrayContent(Samples.Png()) { Headers = { ContentType = new("image/png") } })).Is(201).Json[0].Id();
}

/// <summary>Short words for FHIR in tests.</summary>
internal static class FhirCalls
{
    public static string Fhir(this Clinic clinic, string path) => $"/fhir/{clinic.Slug}/{path}";

    public static Task<Answer> Fhir(this Caller caller, Clinic clinic, string path, params (string, string)[] headers) => caller.Get(clinic.Fhir(path), headers);

    public static IReadOnlyList<JsonElement> Entries(this Answer bundle, string mode = "match") =>
        bundle.Json.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray().Where(e => e.GetProperty("search").Str("mode") == mode).Select(e => e.GetProperty("resource"))] : [];

    public static string? Link(this Answer bundle, string relation) => bundle["link"].EnumerateArray().Where(l => l.Str("relation") == relation).Select(l => l.Str("url")).FirstOrDefault();

    /// <summary>A part by names and numbers: <c>At("code", "coding", 0, "code")</c>; null when there is none.</summary>
    public static string? At(this JsonElement element, params object[] path)
    {
        foreach (var step in path)
        {
            if (step is string name ? !element.TryGetProperty(name, out var next) : (next = (int)step < element.GetArrayLength() ? element[(int)step] : default).ValueKind == JsonValueKind.Undefined) return null;
            element = next;
        }
        return element.ValueKind == JsonValueKind.String ? element.GetString() : element.GetRawText();
    }

    /// <summary>A refusal as FHIR says it.</summary>
    public static Answer Outcome(this Answer answer, int status, string code)
    {
        answer.Is(status);
        Assert.Equal("application/fhir+json", answer.Headers["Content-Type"].Split(';')[0]);
        Assert.Equal(("OperationOutcome", code), (answer["resourceType"].GetString(), answer.Json.At("issue", 0, "details", "coding", 0, "code")));
        Assert.NotEmpty(answer.Json.At("issue", 0, "details", "text")!);
        return answer;
    }
}
