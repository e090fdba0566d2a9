using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Pharmacy;
using Lock = Salus.Modules.Clinic.Encounters.Lock;

namespace Salus.Tests.Encounters;

internal static class Closing
{
    /// <summary>The doctor writes a consultation and closes the visit.</summary>
    public static async Task Close(this Clinic clinic, Guid visit)
    {
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
    }
}

/// <summary>CloseEncounter, WriteSummary, WriteNote, WriteAddendum, NoteAllergy, EndAllergy, AnswerAlert and Locks: what may be done when.</summary>
public sealed class ClosingTests(SalusServer server)
{
    [Fact]
    public async Task D65_only_a_doctor_closes_and_only_after_a_consultation()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        foreach (var who in (Caller[])[clinic.Nurse, clinic.Receptionist, clinic.Admin, clinic.Lab]) (await who.Post($"encounters/{visit}/closing")).Refuses(403, "forbidden");
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(409, "encounter.no-consultation");
        await clinic.Close(visit);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(409, "encounter.closed");
        Assert.Equal("closed", (await clinic.Doctor.Get($"encounters/{visit}"))["state"].GetString());
        Assert.Equal("closed", (await clinic.Doctor.Get($"encounters/{visit}/chart"))["consultation"].Str("state"));
    }

    [Fact]
    public async Task TE_03_a_closed_visit_refuses_everything_but_addenda_and_answers_to_alerts()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 41 })).Is(201);
        await clinic.Close(visit);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Changed" })).Refuses(409, "encounter.closed");
        (await clinic.Doctor.Put($"encounters/{visit}/consultation/draft", new { history = "Changed" })).Refuses(409, "encounter.closed");
        (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { text = "Cold" })).Refuses(409, "encounter.closed");
        (await clinic.Nurse.Post($"encounters/{visit}/notes", new { text = "Note" })).Refuses(409, "encounter.closed");
        (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Nuts" })).Refuses(409, "encounter.closed");
        (await clinic.Receptionist.Put($"encounters/{visit}", new { complaint = "Other" })).Refuses(409, "encounter.closed");
        (await clinic.SecondDoctor.Post($"encounters/{visit}/consultation/take-over", new { reason = "Shift" })).Refuses(409, "encounter.closed");
        (await clinic.Doctor.Post($"encounters/{visit}/addenda", new { text = "The dose was 5 mg." })).Is(201);
        (await clinic.Nurse.Post($"encounters/{visit}/addenda", new { text = "Seen." })).Is(201);
        (await clinic.Lab.Post($"encounters/{visit}/addenda", new { text = "x" })).Refuses(403, "forbidden");
        var alert = (await clinic.Doctor.Get($"encounters/{visit}/chart"))["alerts"][0].Id();
        (await clinic.Doctor.Post($"alerts/{alert}/answers", new { })).Is(200);
        Assert.Equal(2, (await clinic.Doctor.Get($"encounters/{visit}/chart"))["notes"].EnumerateArray().Count(n => n.Str("kind") == "addendum"));
        Assert.NotEmpty(await clinic.Audit(WriteAddendum.Action));
    }

    [Fact]
    public async Task a_visit_with_missing_results_cannot_close_and_says_how_many_and_what_unlocks_it()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        var patient = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        var orders = Enumerable.Range(0, 2).Select(i => new Order { EncounterId = visit, PatientId = patient, Name = $"Test {i}", OrderedBy = clinic.Account("doctor").Id, OrderedAt = DateTime.UtcNow }).ToList();
        await clinic.Salus.Database.Write(clinic.Id, db => { db.AddRange(orders); return db.SaveChangesAsync(); }, default);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(409, "encounter.results-missing");
        var locks = (await clinic.Doctor.Get($"encounters/{visit}/locks")).Is(200).Json.EnumerateArray().ToDictionary(l => l.Str("action"));
        Assert.Equal((true, "encounter.results-missing", "You cannot close the visit: 2 results are missing.", "Wait for the results, or cancel the orders."),
            (locks["close"].GetProperty("isLocked").GetBoolean(), locks["close"].Str("reasonCode"), locks["close"].Str("humanReadableMessage"), locks["close"].GetProperty("unlockActions")[0].GetString()));
        Assert.False(locks["prescription"].GetProperty("isLocked").GetBoolean());
        Assert.Equal("forbidden", locks["lab-result"].Str("reasonCode"));
        using var browser = new Browser(server.Salus);
        await browser.SignIn(clinic, "doctor");
        using var page = await browser.Get($"/{clinic.Slug}/visits/{visit}");
        Assert.Contains("You cannot close the visit: 2 results are missing.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await clinic.Salus.Database.Write(clinic.Id, db => db.Orders.Where(o => o.EncounterId == visit).ExecuteUpdateAsync(set => set.SetProperty(o => o.State, OrderState.Cancelled)), default);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
    }

    [Fact]
    public async Task prescriptions_that_wait_are_left_only_knowingly()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        var patient = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        await clinic.Salus.Database.Write(clinic.Id, db => { db.Add(new Prescription { EncounterId = visit, PatientId = patient, Drug = "Tea", PrescribedBy = clinic.Account("doctor").Id, PrescribedAt = DateTime.UtcNow }); return db.SaveChangesAsync(); }, default);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(409, "encounter.prescriptions-left");
        // The locks and the page say the same as the refusal, and that there is a way.
        var locks = (await clinic.Doctor.Get($"encounters/{visit}/locks")).Json.EnumerateArray().ToDictionary(l => l.Str("action"), l => l.Str("reasonCode"));
        Assert.Equal("encounter.prescriptions-left", locks["close"]);
        Assert.Null(locks["close-leaving"]);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var part = await browser.Get($"/{clinic.Slug}/visits/{visit}/parts/closing");
        var closing = await part.Content.ReadAsStringAsync();
        Assert.Contains("data-lock=\"encounter.prescriptions-left\"", closing, StringComparison.Ordinal);
        Assert.Contains("Close the visit all the same", closing, StringComparison.Ordinal);
        (await clinic.Doctor.Post($"encounters/{visit}/closing", new { leavesPrescriptions = true })).Is(200);
        Assert.NotEmpty(await clinic.Audit(CloseEncounter.Action));
    }

    [Fact]
    public async Task nothing_slips_into_a_visit_that_is_being_closed()
    {
        var clinic = await server.NewClinic();
        for (var round = 0; round < 5; round++)
        {
            var visit = await clinic.Visit();
            (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
            var notes = Enumerable.Range(0, 6).Select(i => clinic.Nurse.Post($"encounters/{visit}/notes", new { text = $"Note {i}" }));
            var answers = await Task.WhenAll([.. notes, clinic.Doctor.Post($"encounters/{visit}/closing")]);
            answers[^1].Is(200);
            await using var db = clinic.Open();
            var closed = (await db.Encounters.SingleAsync(e => e.Id == visit)).ClosedAt;
            Assert.Equal(answers[..^1].Count(a => a.Status == 201), await db.Notes.CountAsync(n => n.EncounterId == visit));
            Assert.All(answers[..^1].Where(a => a.Status != 201), a => a.Refuses(409, "encounter.closed"));
            Assert.NotNull(closed);
        }
    }

    [Fact]
    public async Task the_summary_is_written_once_and_only_of_a_closed_visit()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Doctor.Post($"encounters/{visit}/summary", new { text = "Well", disposition = "home" })).Refuses(409, "encounter.open");
        await clinic.Close(visit);
        (await clinic.Doctor.Post($"encounters/{visit}/summary", new { text = "Well" })).RefusesField("disposition");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => clinic.Doctor.Post($"encounters/{visit}/summary", new { text = "Well", disposition = "home", instructions = "Rest" })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "encounter.summarised"));
        (await clinic.Nurse.Post($"encounters/{visit}/summary", new { text = "Well" })).Refuses(403, "forbidden");
        Assert.Equal("Rest", (await clinic.Nurse.Get($"encounters/{visit}/chart"))["summary"].Str("instructions"));
        Assert.NotEmpty(await clinic.Audit(WriteSummary.Action));
    }

    [Fact]
    public async Task allergies_are_asked_named_once_and_ended_with_a_reason()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var at = $"encounters/{visit}/allergies";
        (await clinic.Nurse.Post(at, new { isNoneKnown = true })).Is(201);
        (await clinic.Nurse.Post(at, new { isNoneKnown = true })).Refuses(409, "allergy.exists");
        (await clinic.Nurse.Post(at, new { substance = " " })).RefusesField("substance");
        var penicillin = (await clinic.Doctor.Post(at, new { substance = "Pénicillin", severity = "severe", reaction = "Rash" })).Is(201).Id;
        (await clinic.Nurse.Post(at, new { substance = "penicillin" })).Refuses(409, "allergy.exists");
        (await clinic.Nurse.Post(at, new { isNoneKnown = true })).Refuses(409, "allergy.known");
        var held = Assert.Single((await clinic.Doctor.Get($"encounters/{visit}/chart"))["allergies"].EnumerateArray());
        Assert.Equal(("Pénicillin", "severe"), (held.Str("substance"), held.Str("severity")));
        (await clinic.Nurse.Post($"{at}/{penicillin}/ending", new { })).RefusesField("reason");
        (await clinic.Nurse.Post($"{at}/{penicillin}/ending", new { reason = "Tested negative" })).Is(204);
        (await clinic.Nurse.Post($"{at}/{penicillin}/ending", new { reason = "Again" })).Refuses(409, "allergy.state");
        (await clinic.Receptionist.Post(at, new { substance = "Nuts" })).Refuses(403, "forbidden");
        Assert.NotEmpty(await clinic.Audit(NoteAllergy.Action));
        Assert.NotEmpty(await clinic.Audit(EndAllergy.Action));
    }

    [Fact]
    public async Task an_alert_is_acknowledged_once_then_resolved_once()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { oxygen = 80 })).Is(201);
        var alert = (await clinic.Doctor.Get($"encounters/{visit}/chart"))["alerts"][0];
        (await clinic.Nurse.Post($"alerts/{alert.Id()}/answers", new { })).Refuses(403, "forbidden");
        (await clinic.Doctor.Post($"alerts/{alert.Id()}/answers", new { resolution = "Oxygen given" })).Refuses(409, "alert.state");
        (await clinic.Doctor.Post($"alerts/{alert.Id()}/answers", new { version = alert.Id("version") })).Is(200);
        (await clinic.Doctor.Post($"alerts/{alert.Id()}/answers", new { version = alert.Id("version") })).Refuses(409, "stale");
        (await clinic.Doctor.Post($"alerts/{alert.Id()}/answers", new { })).Refuses(409, "alert.state");
        (await clinic.Doctor.Post($"alerts/{alert.Id()}/answers", new { resolution = "Oxygen given" })).Is(200);
        Assert.Equal(0, Assert.Single((await clinic.Doctor.Get("encounters")).Items).Number("alerts"));
        Assert.NotEmpty(await clinic.Audit(AnswerAlert.Action));
    }

    [Fact]
    public async Task notes_are_written_by_nurses_and_operation_notes_by_doctors()
    {
        var clinic = await server.NewClinic();
        var at = $"encounters/{await clinic.Visit()}/notes";
        (await clinic.Nurse.Post(at, new { kind = "wound-care", text = "Dressing changed" })).Is(201);
        (await clinic.Doctor.Post(at, new { text = "Note" })).Refuses(403, "forbidden");
        var operations = at.Replace("/notes", "/operation-notes", StringComparison.Ordinal);
        (await clinic.Doctor.Post(operations, new { text = "Appendix" })).Is(201);
        (await clinic.Nurse.Post(operations, new { text = "Appendix" })).Refuses(403, "forbidden");
        (await clinic.Nurse.Post(at, new { kind = "operation", text = "Appendix" })).Refuses(403, "forbidden");
        (await clinic.Nurse.Post(at, new { kind = "addendum", text = "x" })).RefusesField("kind");
        (await clinic.Nurse.Post(at, new { text = "" })).RefusesField("text");
        (await clinic.Nurse.Post(at, new { text = " \n " })).RefusesField("text");
        Assert.NotEmpty(await clinic.Audit(WriteNote.Action));
    }

    /// <summary>Nothing is paid.</summary>
    private sealed class NothingPaid : Kernel.Module, IPaymentPolicy
    {
        public override void AddServices(IServiceCollection services) => services.AddSingleton<IPaymentPolicy>(this);

        public Task<PaymentLock> Look(SalusDb db, Guid encounterId, Guid? orderId, CancellationToken ct) => Task.FromResult<PaymentLock>(_ => new(402, "payment.needed", "This visit is not paid.", "Pay at the desk."));
    }

    [Fact]
    public async Task QU_11_PT_15_what_is_not_paid_is_not_brought_in_nor_closed_but_cared_for()
    {
        await using var own = await OwnServer.Start(null, new NothingPaid());
        var clinic = await Clinic.Make(own.Salus);
        var ticket = await clinic.Issue(await clinic.Queue());
        var visit = ticket["encounterId"].GetGuid();
        (await clinic.Doctor.Post($"tickets/{ticket.Id}/calls")).Is(200);
        (await clinic.Step(ticket.Id, "bring-in")).Refuses(402, "payment.needed");
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 37 })).Is(201);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(402, "payment.needed");
        var locked = (await clinic.Doctor.Get($"encounters/{visit}/locks?order={Guid.NewGuid()}")).Json.EnumerateArray().Where(l => l.GetProperty("isLocked").GetBoolean() && l.Str("reasonCode") == "payment.needed").Select(l => l.Str("action"));
        Assert.Equal(["bring-in", "close", "close-leaving", "imaging-order", "lab-order", "prescription", "procedure-order", "referral"], locked.Order(StringComparer.Ordinal));
        Assert.Equal("payment.needed", (await clinic.Audit(Salus.Modules.Clinic.Queue.MoveTicket.Action)).Last().Result);
    }
}
