using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Documents;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Tests.Billing;
using Salus.Tests.Documents;
using Salus.Tests.Encounters;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Rules;

/// <summary>The rules of the record (DOMAIN D.6.9 to 13 and 17, TE-03), each through the page and the API.</summary>
public sealed class RecordRuleTests(SalusServer server)
{
    private const string IsClosed = "This visit is closed";

    /// <summary>Either it is not understood, or what it says of the visit counts for nothing: the rows tell.</summary>
    private static readonly int[] NotElsewhere = [200, 201, 400];

    [Fact]
    public async Task D6_09_visit_author_and_state_come_from_the_address_and_the_session_and_are_never_taken_from_the_body()
    {
        var clinic = await server.NewClinic();
        var (visit, other) = (await clinic.Visit(), await clinic.Visit("Bruno Verdi"));
        foreach (var body in (object[])[new { pulse = 70, encounterId = other }, new { pulse = 70, patientId = Guid.NewGuid() }, new { pulse = 70, recordedBy = Guid.NewGuid() }])
            Assert.Contains((await clinic.Nurse.Post($"encounters/{visit}/vitals", body)).Status, NotElsewhere);
        foreach (var body in (object[])[new { history = "Seen", encounterId = other }, new { history = "Seen", doctorId = clinic.Account("second-doctor").Id }, new { history = "Seen", state = "closed" }])
            Assert.Contains((await clinic.Doctor.Put($"encounters/{visit}/consultation", body)).Status, NotElsewhere);
        using var doctor = await PageDoor.For(clinic, "doctor");
        await doctor.Does($"visits/{visit}/consultation", ("history", "Seen by page"), ("encounterId", other.ToString()), ("doctorId", clinic.Account("second-doctor").Id.ToString()), ("state", "Closed"));
        await using var db = clinic.Open();
        var consultation = await db.Consultations.AsNoTracking().SingleAsync();
        Assert.Equal((visit, clinic.Account("doctor").Id, ConsultationState.Active), (consultation.EncounterId, consultation.DoctorId!.Value, consultation.State));
        var nurse = clinic.Account("nurse").Id;
        Assert.All(await db.Vitals.AsNoTracking().ToListAsync(), v => Assert.Equal((visit, nurse), (v.EncounterId, v.RecordedBy)));
    }

    [Fact]
    public async Task D6_10_a_result_is_written_once_by_its_own_people_and_corrected_by_an_addendum_only()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        using var doctor = await PageDoor.For(clinic, "doctor");
        using var lab = await PageDoor.For(clinic, "lab");
        (await clinic.Doctor.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Refuses(403, "forbidden");
        await doctor.IsRefused(403, $"orders/{order}/result", "Your role does not allow this", ("text", "Seen"), ("flag", "Normal"));
        (await clinic.Lab.Post($"orders/{order}/cancellation", new { reason = "No" })).Refuses(403, "forbidden");
        await lab.IsRefused(403, $"orders/{order}/cancellation", "Your role does not allow this", ("reason", "No"));
        await lab.Does($"orders/{order}/result", ("text", "Seen"), ("flag", "Normal"));
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "Other", flag = "normal" })).Is(409);
        Assert.Equal(409, (await lab.Post($"orders/{order}/result", ("text", "Other"), ("flag", "Normal"))).Status);
        await using var db = clinic.Open();
        var result = Assert.Single(await db.Results.AsNoTracking().Where(r => r.OrderId == order).ToListAsync());
        await Closing.Close(clinic, visit);
        (await clinic.Lab.Post($"results/{result.Id}/addenda", new { text = "Sample was cold" })).Is(201);
        await doctor.Does($"results/{result.Id}/addenda", ("text", "Patient told"));
        Assert.Equal("Seen", (await clinic.OrderOf(visit, order)).GetProperty("result").Str("text"));
        Assert.Contains("Sample was cold", await doctor.Read($"visits/{visit}/orders"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task D6_11_a_medicine_is_dispensed_once_by_a_pharmacist_from_stock_that_is_there_and_not_expired()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 9);
        await clinic.Expire(await clinic.Receive(drug, 100, "B"));
        var prescription = await clinic.Pending(visit, drug);
        using var pharmacist = await PageDoor.For(clinic, "pharmacist");
        using var doctor = await PageDoor.For(clinic, "doctor");
        var path = $"pharmacy/prescriptions/{prescription}/dispensing";
        (await clinic.Dispense(prescription, by: "doctor")).Refuses(403, "forbidden");
        await doctor.IsRefused(403, path, "Your role does not allow this", ("quantity", "10"));
        (await clinic.Dispense(prescription)).Refuses(409, "stock.short");
        Assert.Equal(409, (await pharmacist.Post(path, ("quantity", "10"))).Status);
        Assert.Equal(109, await clinic.OnShelf(drug));
        await pharmacist.Does(path, ("quantity", "9"));
        Assert.Equal(100, await clinic.OnShelf(drug));
        (await clinic.Dispense(prescription, new { quantity = 1 })).Refuses(409, "prescription.state");
        Assert.Equal(409, (await pharmacist.Post(path, ("quantity", "1"))).Status);
        // A cancelled one is not dispensed, and none before a doctor's consultation is active.
        await clinic.Receive(drug, 50, "C");
        var cancelled = await clinic.Pending(visit, drug, ("overrideReason", "Again"));
        (await clinic.Doctor.Post($"prescriptions/{cancelled}/cancellation", new { reason = "A slip" })).Is(204);
        (await clinic.Dispense(cancelled)).Refuses(409, "prescription.state");
        Assert.Equal(409, (await pharmacist.Post($"pharmacy/prescriptions/{cancelled}/dispensing", ("quantity", "1"))).Status);
        var waiting = await clinic.Pending(visit, drug, ("overrideReason", "Again"));
        await clinic.Write(db => db.Consultations.Where(c => c.EncounterId == visit).ExecuteUpdateAsync(set => set.SetProperty(c => c.State, ConsultationState.Pending)));
        (await clinic.Dispense(waiting)).Refuses(409, "consultation.not-active");
        await pharmacist.IsRefused(409, $"pharmacy/prescriptions/{waiting}/dispensing", "The doctor's consultation is not active", ("quantity", "1"));
    }

    [Fact]
    public async Task D6_12_TE_03_a_closed_visit_refuses_every_change_with_one_code_by_the_page_and_the_api()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Charging();
        var service = await clinic.Price("other", "DRESS", "8.00", by: ["desk"]);
        (await clinic.PayBill(visit)).Is(200);
        await Closing.Close(clinic, visit);
        var acts = new (string Who, string Method, string Path, object Body, string Page, (string, string)[] Fields)[]
        {
            ("nurse", "POST", "vitals", new { pulse = 70 }, "vitals", [("pulse", "70")]),
            ("nurse", "POST", "notes", new { text = "x" }, "notes", [("kind", "General"), ("text", "x")]),
            ("nurse", "POST", "allergies", new { substance = "Nuts" }, "allergies", [("substance", "Nuts")]),
            ("nurse", "POST", "administrations", new { drug = "Tea", dose = "1", outcome = "given" }, "administrations", [("drug", "Tea"), ("dose", "1"), ("outcome", "Given")]),
            ("doctor", "PUT", "consultation", new { history = "x" }, "consultation", [("history", "x")]),
            ("doctor", "POST", "conditions", new { text = "Cold" }, "conditions", [("text", "Cold")]),
            ("doctor", "POST", "orders", new { kind = "lab", items = new[] { new { name = "Urea" } } }, "orders", [("kind", "Lab"), ("words", "Urea")]),
            ("doctor", "POST", "prescriptions", Drugstore.Rx("Tea", ("overrideReason", "x")), "prescriptions", [("drug", "Tea"), ("dose", "1"), ("frequency", "daily"), ("days", "5"), ("quantity", "5"), ("overrideReason", "x")]),
            ("doctor", "POST", "referrals", new { specialty = "Cardiology", reason = "Murmur" }, "referrals", [("specialty", "Cardiology"), ("reason", "Murmur")]),
            ("doctor", "POST", "closing", new { }, "closing", []),
            ("receptionist", "PUT", "", new { complaint = "x" }, "", [("complaint", "x"), ("type", "Routine")]),
            ("receptionist", "POST", "bill/services", new { serviceId = service }, "bill/services", [("serviceId", service.ToString())]),
        };
        foreach (var group in acts.GroupBy(a => a.Who))
        {
            using var door = await PageDoor.For(clinic, group.Key);
            foreach (var act in group)
            {
                (await clinic.As(act.Who).Send(act.Method, $"encounters/{visit}/{act.Path}".TrimEnd('/'), act.Body)).Refuses(409, "encounter.closed");
                await door.IsRefused(409, $"visits/{visit}/{act.Page}".TrimEnd('/'), IsClosed, act.Fields);
            }
        }
        // What is written afterwards is an addendum.
        using var doctor = await PageDoor.For(clinic, "doctor");
        await doctor.Does($"visits/{visit}/addenda", ("text", "The dose was 5 mg"));
        (await clinic.Doctor.Send("DELETE", $"encounters/{visit}", null)).Is(405);
    }

    [Fact]
    public async Task D6_13_there_is_one_consultation_one_result_one_coverage_one_stay_and_one_summary_and_the_database_holds_to_it()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        await using (var db = clinic.Open())
        {
            var one = await db.Consultations.AsNoTracking().SingleAsync(c => c.EncounterId == visit);
            await Refuses(new Consultation { EncounterId = visit, PatientId = one.PatientId, StartedAt = DateTime.UtcNow, SavedAt = DateTime.UtcNow });
            (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Is(201);
            await Refuses(new Result { OrderId = order, EncounterId = visit, PatientId = one.PatientId, Text = "Other", RecordedBy = clinic.Account("lab").Id, RecordedAt = DateTime.UtcNow });
        }
        var (_, beds) = await clinic.Ward();
        using var doctor = await PageDoor.For(clinic, "doctor");
        (await clinic.Admit(visit, beds[0])).Is(201);
        (await clinic.Admit(visit, beds[1])).Refuses(409, "admission.exists");
        await doctor.IsRefused(409, $"visits/{visit}/admission", "The patient is admitted already", ("bedId", beds[1].ToString()), ("kind", "Emergency"), ("reason", "Fever"));
        (await clinic.Discharge(visit)).Is(200);
        await Closing.Close(clinic, visit);
        await doctor.Does($"visits/{visit}/summary", ("disposition", "Home"), ("text", "Well"));
        (await clinic.Doctor.Post($"encounters/{visit}/summary", new { text = "Well", disposition = "home" })).Refuses(409, "encounter.summarised");
        await doctor.IsRefused(409, $"visits/{visit}/summary", "This visit has its summary already", ("disposition", "Home"), ("text", "Well"));
        var insured = await clinic.Covered();
        (await clinic.Receptionist.Post($"encounters/{insured.Visit}/coverage", new { policyId = insured.Policy })).Refuses(409, "insurance.requested");
        using var desk = await PageDoor.For(clinic, "receptionist");
        await desk.IsRefused(409, $"visits/{insured.Visit}/bill/coverage", "An insurer was asked for this visit already", ("policyId", insured.Policy.ToString()));

        Task Refuses(object row) => Assert.ThrowsAsync<DbUpdateException>(() => clinic.Write(db =>
        {
            db.Add(row);
            return db.SaveChangesAsync();
        }));
    }

    [Fact]
    public async Task D6_17_who_orders_and_who_reports_imaging_always_reads_it_and_only_writing_waits_for_payment()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var order = await clinic.OrderPriced(visit, "MRI", "60.00", kind: "imaging");
        using var doctor = await PageDoor.For(clinic, "doctor");
        using var radiology = await PageDoor.For(clinic, "radiology");
        foreach (var door in (PageDoor[])[doctor, radiology]) Assert.Contains("Item MRI", await door.Read("imaging"), StringComparison.Ordinal);
        foreach (var who in (Caller[])[clinic.Doctor, clinic.Radiology]) Assert.Contains("Item MRI", (await who.Get("imaging/work-list")).Is(200).Text, StringComparison.Ordinal);
        (await clinic.Radiology.Post($"orders/{order}/report", new { text = "Clear", flag = "normal" })).Refuses(402, "payment.needed");
        await radiology.IsRefused(402, $"orders/{order}/report", "This is not paid yet", ("text", "Clear"), ("flag", "Normal"));
        (await clinic.Receptionist.Get("imaging/work-list")).Refuses(403, "forbidden");
        (await clinic.PayBill(visit)).Is(200);
        await radiology.Does($"orders/{order}/report", ("text", "Clear"), ("flag", "Normal"));
        Assert.Contains("Clear", await doctor.Read($"visits/{visit}/orders"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TE_03_a_clinical_act_without_a_visit_or_with_one_of_another_organisation_finds_nothing_and_writes_nothing()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var foreign = await other.Visit();
        using var nurse = await PageDoor.For(clinic, "nurse");
        using var doctor = await PageDoor.For(clinic, "doctor");
        foreach (var id in (string[])[foreign.ToString(), Guid.NewGuid().ToString(), Guid.Empty.ToString(), "none", ""])
        {
            var (api, page) = ($"encounters/{id}".TrimEnd('/'), $"visits/{id}".TrimEnd('/'));
            // Without one it is another address, which may be there for other methods.
            int[] nothing = id.Length == 0 ? [404, 405] : [404];
            Assert.Contains((await clinic.Nurse.Post($"{api}/vitals", new { pulse = 70 })).Status, nothing);
            Assert.Contains((await clinic.Doctor.Put($"{api}/consultation", new { history = "x" })).Status, nothing);
            Assert.Contains((await clinic.Doctor.Send("POST", $"{api}/prescription-images", new ByteArrayContent(Samples.Png()) { Headers = { ContentType = new("image/png") } })).Status, nothing);
            Assert.Equal(404, (await nurse.Post($"{page}/vitals", ("pulse", "70"))).Status);
            Assert.Equal(404, (await doctor.Post($"{page}/consultation", ("history", "x"))).Status);
            Assert.Equal(404, await doctor.Upload($"{page}/documents", "a.png", Samples.Png()));
        }
        // A body that names a visit is no way around the address.
        (await clinic.Nurse.Post("vitals", new { encounterId = foreign, pulse = 70 })).Is(404);
        await using var db = other.Open();
        Assert.False(await db.Vitals.AnyAsync() || await db.Consultations.AnyAsync() || await db.Documents.AnyAsync());
    }
}
