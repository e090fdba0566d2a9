using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Tests.Billing;
using Salus.Tests.Encounters;

namespace Salus.Tests.Rules;

/// <summary>A consultation that stands on the bill before a doctor has begun it (DOMAIN D.6.7), through the page and the API.</summary>
public sealed class PendingConsultationTests(SalusServer server)
{
    private const string WaitsForPayment = "The consultation waits for payment", WaitsForDoctor = "The consultation waits for a doctor";

    [Fact]
    public async Task D6_07_a_consultation_on_the_bill_is_pending_and_becomes_active_once_when_it_is_paid_and_the_visit_has_a_doctor()
    {
        var clinic = await server.NewClinic();
        var service = await clinic.Price("consultation", "CONS", "30.00", by: ["desk"]);
        var other = await clinic.Price("consultation", "SPEC", "50.00", by: ["desk"]);
        var visit = await clinic.Visit();
        using var desk = await PageDoor.For(clinic, "receptionist");
        using var doctor = await PageDoor.For(clinic, "doctor");
        Assert.Null(await State(clinic, visit));
        await desk.Does($"visits/{visit}/bill/services", ("serviceId", service.ToString()));
        (await clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = other })).Is(200);
        Assert.Equal("pending", await State(clinic, visit));
        Assert.Contains(WaitsForPayment, await doctor.Read($"visits/{visit}"), StringComparison.Ordinal);
        Assert.Contains(WaitsForPayment, await desk.Read("visits?state=open"), StringComparison.Ordinal);
        // Nobody has begun it: it still waits for triage, before and after payment, and cannot be closed.
        Assert.Contains(visit, await Triage(clinic));
        (await clinic.PayBill(visit, "30.00")).Is(200);
        Assert.Equal("pending", await State(clinic, visit));
        (await clinic.PayBill(visit)).Is(200);
        Assert.Equal("pending", await State(clinic, visit));
        Assert.Contains(WaitsForDoctor, await doctor.Read($"visits/{visit}"), StringComparison.Ordinal);
        await desk.Does($"visits/{visit}", ("type", "Consultation"), ("doctorId", clinic.Account("doctor").Id.ToString()));
        Assert.Equal("active", await State(clinic, visit));
        (await clinic.Receptionist.Put($"encounters/{visit}", new { doctorId = clinic.Account("second-doctor").Id })).Is(200);
        Assert.Contains(visit, await Triage(clinic));
        Assert.Equal("encounter.no-consultation", await clinic.LockOf(visit, "close"));
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Refuses(409, "encounter.no-consultation");
        await doctor.IsRefused(409, $"visits/{visit}/closing", "There is no consultation yet");
        await doctor.Does($"visits/{visit}/consultation", ("history", "Seen"));
        Assert.DoesNotContain(visit, await Triage(clinic));
        await Closing.Close(clinic, visit);
        Assert.Equal("closed", await State(clinic, visit));
    }

    [Fact]
    public async Task D6_07_a_doctor_may_begin_before_payment_and_what_was_covered_or_waived_counts_as_paid()
    {
        var clinic = await server.NewClinic();
        var doctor = clinic.Account("doctor").Id;
        await clinic.Price("consultation", "CONS", "30.00", automatic: ["consultation"]);
        var (begun, waived, insured) = (await Open("Anna Rossi"), await Open("Bruno Verdi"), await Open("Carla Neri"));
        foreach (var visit in (Guid[])[begun, waived, insured]) Assert.Equal("pending", await State(clinic, visit));
        Assert.Null(await clinic.LockOf(begun, "consultation"));
        (await clinic.SecondDoctor.Put($"encounters/{begun}/consultation", new { history = "Seen" })).Is(200);
        Assert.Equal("active", await State(clinic, begun));
        (await clinic.PayBill(begun)).Is(200);
        (await clinic.Doctor.Put($"encounters/{begun}/consultation", new { history = "Mine" })).Refuses(409, "consultation.other-doctor");
        (await clinic.Admin.Post($"encounters/{waived}/bill/waivers", new { reason = "Hardship" })).Is(204);
        Assert.Equal("active", await State(clinic, waived));
        var patient = (await clinic.Doctor.Get($"encounters/{insured}"))["patientId"].GetGuid();
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 100, from = "2020-01-01" })).Is(201).Id;
        await clinic.Approved(insured, policy, "500.00");
        Assert.Equal("active", await State(clinic, insured));

        async Task<Guid> Open(string name) => (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register(name)).Id, doctorId = doctor })).Is(201).Id;
    }

    [Fact]
    public async Task D6_07_taken_off_the_bill_a_pending_consultation_goes_and_one_that_a_doctor_has_begun_stays()
    {
        var clinic = await server.NewClinic();
        await clinic.Price("consultation", "CONS", "30.00", automatic: ["consultation"]);
        using var desk = await PageDoor.For(clinic, "receptionist");
        var (left, begun) = (await clinic.Visit(), await clinic.Visit("Bruno Verdi"));
        (await clinic.Doctor.Put($"encounters/{begun}/consultation", new { history = "Seen" })).Is(200);
        await desk.Does($"visits/{left}/bill/removals", ("chargeId", await Line(left)), ("reason", "A slip"));
        (await clinic.Receptionist.Post($"encounters/{begun}/bill/removals", new { chargeId = await Line(begun), reason = "A slip" })).Is(200);
        Assert.Null(await State(clinic, left));
        Assert.Equal("active", await State(clinic, begun));

        async Task<string> Line(Guid visit) => (await clinic.Bill(visit)).Line("CONS").Str("chargeId")!;
    }

    [Fact]
    public async Task D6_07_there_is_one_consultation_when_services_come_onto_the_bill_at_the_same_time()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var services = new List<Guid>();
        foreach (var code in (string[])["A1", "A2", "A3", "A4"]) services.Add(await clinic.Price("consultation", code, "10.00", by: ["desk"]));
        Assert.All(await Task.WhenAll(services.Select(s => clinic.Receptionist.Post($"encounters/{visit}/bill/services", new { serviceId = s }))), a => a.Is(200));
        await using var db = clinic.Open();
        Assert.Equal(ConsultationState.Pending, (await db.Consultations.AsNoTracking().SingleAsync(c => c.EncounterId == visit)).State);
    }

    private static async Task<string?> State(Clinic clinic, Guid visit) => (await clinic.Doctor.Get($"encounters/{visit}/chart")).Is(200)["consultation"].Str("state");

    private static async Task<List<Guid>> Triage(Clinic clinic) => [.. (await clinic.Nurse.Get("encounters?triage=true")).Is(200).Items.Select(e => e.Id())];
}
