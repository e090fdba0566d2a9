using System.Net;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Printing;
using Salus.Tests.Encounters;

namespace Salus.Tests.Printing;

/// <summary>PrintSummary, PrintPrescription, PrintLabel and FindVisit: what stands on paper, for whom, and that it is read by others' programs as it was meant.</summary>
public sealed class PrintTests(SalusServer server)
{
    private static async Task<(Guid Visit, Guid Patient)> VisitOf(Clinic clinic, string name = "Anna Rossi")
    {
        var visit = await clinic.Visit(name, new { name, birthDate = "1980-05-17", gender = "female" });
        return (visit, (await clinic.Doctor.Get($"encounters/{visit}")).Is(200)["patientId"].GetGuid());
    }

    private static async Task<Prescription> Prescribe(Clinic clinic, Guid visit, Guid patient, string drug, Action<Prescription>? change = null, string doctor = "doctor")
    {
        var made = new Prescription
        {
            EncounterId = visit, PatientId = patient, Drug = drug, Dose = "500 mg", Frequency = "every 8 hours", Days = 7, Quantity = 21, Instructions = "After meals", PrescribedBy = clinic.Account(doctor).Id, PrescribedAt = DateTime.UtcNow,
        };
        change?.Invoke(made);
        await clinic.Salus.Database.Write(clinic.Id, db => { db.Add(made); return db.SaveChangesAsync(); }, default);
        return made;
    }

    [Fact]
    public async Task a_visit_summary_says_what_the_record_says_and_no_more()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await VisitOf(clinic);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 39.5, pulse = 88, remark = "Shivering" })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 42 })).Is(201);
        var slip = (await clinic.Doctor.Get($"encounters/{visit}/chart"))["vitals"][0].Id();
        (await clinic.Nurse.Post($"encounters/{visit}/vitals/{slip}/voiding", new { reason = "A slip" })).Is(204);
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Penicillin", severity = "severe", reaction = "Rash" })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { code = "J18.9", text = "Pneumonia", isPrimary = true })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/notes", new { text = "Only for the staff" })).Is(201);
        await Prescribe(clinic, visit, patient, "Doxycycline");
        await Prescribe(clinic, visit, patient, "Withdrawn", p => p.End(PrescriptionState.Cancelled, p.PrescribedBy, DateTime.UtcNow, "Wrong"));
        using (var open = await Paper.Get(clinic.Nurse, $"encounters/{visit}/documents/summary"))
        {
            var text = await open.Text();
            foreach (var word in (string[])["Visit summary", "Anna Rossi", "17/05/1980", "Cough", "Penicillin, Severe, Rash", "J18.9 Pneumonia", "Temperature 39.5 °C", "Pulse 88 /min", "Shivering", "Doxycycline", "every 8 hours", "The visit is still open", "Page 1 of 1", "Printed on"])
                Assert.Contains(word, text, StringComparison.Ordinal);
            foreach (var word in (string[])["Temperature 42", "Only for the staff", "Withdrawn"]) Assert.DoesNotContain(word, text, StringComparison.Ordinal);
        }
        await clinic.Salus.Database.Write(clinic.Id, db => db.Prescriptions.Where(p => p.EncounterId == visit && p.State == PrescriptionState.Pending).ExecuteUpdateAsync(set => set.SetProperty(p => p.State, PrescriptionState.Dispensed).SetProperty(p => p.EndedAt, DateTime.UtcNow)), default);
        await clinic.Close(visit);
        (await clinic.Doctor.Post($"encounters/{visit}/summary", new { disposition = "home", text = "Lungs clear on the left.", instructions = "Rest and drink." })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/addenda", new { text = "The dose is 100 mg." })).Is(201);
        using var closed = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/summary");
        var words = await closed.Text();
        foreach (var word in (string[])["Went home", "Lungs clear on the left.", "What the patient is to do", "Rest and drink.", "Added later", "The dose is 100 mg.", "Person doctor", "Dispensed here on"]) Assert.Contains(word, words, StringComparison.Ordinal);
        Assert.DoesNotContain("still open", words, StringComparison.Ordinal);
        Assert.Equal(2, (await clinic.Audit(PrintSummary.Action, patient)).Count);
    }

    [Fact]
    public async Task a_prescription_prints_what_is_prescribed_and_its_code_leads_back_to_the_visit()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await VisitOf(clinic);
        (await clinic.Doctor.Get($"encounters/{visit}/documents/prescription")).Refuses(409, "prescription.none");
        var one = await Prescribe(clinic, visit, patient, "Amoxicillin");
        await Prescribe(clinic, visit, patient, "Ibuprofen", p => (p.Route, p.Days) = (MedicineRoute.Topical, null), "second-doctor");
        await Prescribe(clinic, visit, patient, "Withdrawn", p => p.End(PrescriptionState.Cancelled, p.PrescribedBy, DateTime.UtcNow, "Wrong"));
        using var all = await Paper.Get(clinic.Pharmacist, $"encounters/{visit}/documents/prescription");
        var text = await all.Text();
        foreach (var word in (string[])["Prescription", "Anna Rossi", "Amoxicillin", "500 mg", "By mouth", "every 8 hours", "21", "After meals", "Ibuprofen", "On the skin", "until", "Allergies: never asked", "Signature and stamp of Person doctor", "Signature and stamp of Person second-doctor"])
            Assert.Contains(word, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Withdrawn", text, StringComparison.Ordinal);
        using var only = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/prescription?prescription={one.Id}");
        Assert.DoesNotContain("Ibuprofen", await only.Text(), StringComparison.Ordinal);
        (await clinic.Doctor.Get($"encounters/{await clinic.Visit("Carla Blu")}/documents/prescription?prescription={one.Id}")).Refuses(404, "not-found");
        var address = new Uri(await all.Code());
        Assert.StartsWith($"/{clinic.Slug}/v/", address.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains(address.Segments[^1], text, StringComparison.Ordinal);
        using var browser = new Browser(server.Salus);
        await browser.SignIn(clinic, "pharmacist");
        using var found = await browser.Get(address.AbsolutePath);
        Assert.Equal((HttpStatusCode.Redirect, $"/{clinic.Slug}/visits/{visit}"), (found.StatusCode, found.Headers.Location!.OriginalString));
        Assert.Equal(2, (await clinic.Audit(PrintPrescription.Action, patient)).Count);
    }

    [Theory, InlineData("261123-00000000"), InlineData("261123"), InlineData("nothing"), InlineData("999999-00000000"), InlineData("261123-0000000g")]
    public async Task nobody_finds_a_visit_by_a_reference_that_was_not_given_out(string reference)
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(server.Salus);
        await browser.SignIn(clinic, "doctor");
        using var answer = await browser.Get($"/{clinic.Slug}/v/{reference}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task another_clinics_reference_finds_nothing()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var visit = (await other.Doctor.Get($"encounters/{await other.Visit()}")).Is(200);
        var reference = VisitReference.Of(visit.Id, DateOnly.Parse(visit["day"].GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        using var browser = new Browser(server.Salus);
        await browser.SignIn(clinic, "doctor");
        using var answer = await browser.Get($"/{clinic.Slug}/v/{reference}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task a_label_has_its_size_and_its_code_is_the_registration_number()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (_, patient) = await VisitOf(clinic);
        var number = (await clinic.Receptionist.Get($"patients/{patient}"))["number"].GetString()!;
        using var label = await Paper.Get(clinic.Receptionist, $"patients/{patient}/documents/label");
        var text = await label.Text();
        foreach (var word in (string[])["Anna Rossi", number, "17/05/1980", "Female"]) Assert.Contains(word, text, StringComparison.Ordinal);
        Assert.Equal(number, await label.Code());
        Assert.Contains("175.748 x 82.2047 pts", await label.Properties(), StringComparison.Ordinal);
        Assert.Single(await clinic.Audit(PrintLabel.Action, patient));
    }

    [Fact]
    public async Task a_label_of_somebody_with_a_very_long_name_still_has_its_number_and_code()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var name = string.Join(' ', Enumerable.Repeat("Maximiliane-Wilhelmine", 11));
        var registered = await clinic.Register(name);
        using var label = await Paper.Get(clinic.Receptionist, $"patients/{registered.Id}/documents/label");
        var number = registered["number"].GetString()!;
        Assert.Contains(number, await label.Text(), StringComparison.Ordinal);
        Assert.Equal(number, await label.Code());
        Assert.Contains("Pages:           1", await label.Properties(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("张伟 さくら 김민준"), InlineData("Łukasz Żółć-Ðorđević"), InlineData("Ελένη Παπαδοπούλου Жанна"), InlineData("სალომე Արամ"), InlineData("አበበ ቢቂላ"), InlineData("𠮷田 𩸽")]
    public async Task names_in_any_script_are_printed_and_can_be_read_back(string name)
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await VisitOf(clinic, name);
        await Prescribe(clinic, visit, patient, name);
        foreach (var path in (string[])[$"encounters/{visit}/documents/summary", $"encounters/{visit}/documents/prescription", $"patients/{patient}/documents/label"])
        {
            using var paper = await Paper.Get(clinic.Doctor, path);
            var text = await paper.Text();
            // A label may break a name after its hyphen.
            foreach (var word in name.Split(' ')) Assert.Contains(word, text.ReplaceLineEndings(""), StringComparison.Ordinal);
            Assert.DoesNotContain("stand as boxes", text, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("محمد عبد الله"), InlineData("שרה כהן"), InlineData("प्रिया शर्मा"), InlineData("ณัฐพงษ์ ศรีสุข"), InlineData("Zoë 🦊 👩‍⚕️")]
    public async Task names_whose_letters_join_or_run_the_other_way_have_a_glyph_for_each(string name)
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, _) = await VisitOf(clinic, name);
        using var paper = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/summary");
        Assert.DoesNotContain("stand as boxes", await paper.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_sign_that_no_font_has_is_said_on_the_paper()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await VisitOf(clinic);
        await Prescribe(clinic, visit, patient, "Amoxicillin \U000F1234");
        using var paper = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/prescription");
        Assert.Contains("stand as boxes", await paper.Text(), StringComparison.Ordinal);
    }
}
