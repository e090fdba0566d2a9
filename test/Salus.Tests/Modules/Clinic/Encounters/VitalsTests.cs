using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Tests.Encounters;

/// <summary>RecordVitals and VoidVitals.</summary>
public sealed class VitalsTests(SalusServer server)
{
    [Fact]
    public async Task a_nurse_enters_a_row_and_what_is_abnormal_is_raised()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit(patient: new { name = "Anna Rossi", age = 40 });
        var row = new { temperature = 39.4, systolic = 85, diastolic = 55, pulse = 120, respiration = 18, oxygen = 91, weight = 92.5, height = 1.7, pain = 3 };
        var alerts = (await clinic.Nurse.Post($"encounters/{visit}/vitals", row)).Is(201)["alerts"].EnumerateArray().Select(a => a.GetString());
        Assert.Equal(["Temperature: 39.4 °C (36.1–37.2)", "Systolic pressure: 85 mmHg (90–140)", "Diastolic pressure: 55 mmHg (60–90)", "Pulse: 120 /min (60–100)", "Oxygen saturation: 91 % (95–100)", "Body mass index: 32 kg/m² (18.5–25)"], alerts);
        var chart = (await clinic.Doctor.Get($"encounters/{visit}/chart")).Is(200);
        Assert.Equal(["critical", "critical", "critical", "critical", "high", "low"], chart["alerts"].EnumerateArray().Select(a => a.Str("severity")));
        var vitals = Assert.Single(chart["vitals"].EnumerateArray());
        Assert.Equal(32.0m, vitals.GetProperty("values").EnumerateArray().Single(v => v.Str("name") == "bmi").GetProperty("value").GetDecimal());
        Assert.DoesNotContain((await clinic.Audit()).Where(a => a.Action == RecordVitals.Action), a => a.Detail.Contains("39", StringComparison.Ordinal));
    }

    [Theory, InlineData(0, 150, 40, false), InlineData(30, 150, 20, true), InlineData(4, 100, 24, false), InlineData(30, 100, 16, false), InlineData(8, 130, 20, true)]
    public async Task what_is_normal_goes_by_age(int age, int pulse, int respiration, bool isPulseRaised)
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit(patient: new { name = "Anna Rossi", age });
        var alerts = (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { pulse, respiration })).Is(201)["alerts"].EnumerateArray().Select(a => a.GetString()!);
        Assert.Equal(isPulseRaised, alerts.Any(a => a.StartsWith("Pulse", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task a_row_of_before_is_judged_by_the_age_of_then()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit(patient: new { name = "Anna Rossi", birthDate = DateOnly.FromDateTime(DateTime.UtcNow).AddYears(-20) });
        var patient = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { pulse = 125 })).Is(201);
        // What is far too fast at twenty years was right at two.
        async Task<string?[]> Judged()
        {
            var charts = new[] { (await clinic.Doctor.Get($"encounters/{visit}/chart")).Is(200), (await clinic.Doctor.Get($"patients/{patient}/record")).Is(200) };
            return [.. charts.Select(c => c["vitals"][0].GetProperty("values")[0].GetProperty("severity").GetString())];
        }
        Assert.All(await Judged(), s => Assert.Equal("high", s));
        await clinic.Salus.Database.Write(clinic.Id, db => db.Vitals.ExecuteUpdateAsync(set => set.SetProperty(v => v.MeasuredAt, DateTime.UtcNow.AddYears(-18).AddDays(10))), default);
        Assert.All(await Judged(), Assert.Null);
    }

    [Theory]
    [InlineData("temperature", 29.9), InlineData("temperature", 45.1), InlineData("pulse", 29), InlineData("pulse", 251), InlineData("respiration", 7), InlineData("respiration", 51)]
    [InlineData("oxygen", 101), InlineData("oxygen", -1), InlineData("weight", 0), InlineData("weight", 500.5), InlineData("pain", 11), InlineData("height", 300), InlineData("upperArm", 1)]
    public async Task PT_12_what_cannot_be_true_is_refused(string field, double value)
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new Dictionary<string, object> { [field] = field is "pulse" or "respiration" or "oxygen" or "pain" ? (object)(int)value : value })).RefusesField(field);
    }

    [Fact]
    public async Task blood_pressure_has_two_figures_in_their_order_and_an_empty_row_is_none()
    {
        var clinic = await server.NewClinic();
        var at = $"encounters/{await clinic.Visit()}/vitals";
        (await clinic.Nurse.Post(at, new { systolic = 120 })).RefusesField("diastolic");
        (await clinic.Nurse.Post(at, new { systolic = 80, diastolic = 90 })).RefusesField("diastolic");
        (await clinic.Nurse.Post(at, new { systolic = 49, diastolic = 40 })).RefusesField("systolic");
        (await clinic.Nurse.Post(at, new { })).RefusesField("temperature");
        (await clinic.Nurse.Post(at, new { lastPeriod = "2031-01-01" })).RefusesField("lastPeriod");
    }

    [Fact]
    public async Task the_same_row_within_three_minutes_is_refused_and_a_repeated_key_is_done_once()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var at = $"encounters/{await clinic.Visit()}/vitals";
        var first = (await clinic.Nurse.Post(at, new { temperature = 37 }, ("Idempotency-Key", "one"))).Is(201);
        Assert.Equal(first.Id, (await clinic.Nurse.Post(at, new { temperature = 37 }, ("Idempotency-Key", "one"))).Is(201).Id);
        (await clinic.Nurse.Post(at, new { temperature = 37.0 })).Refuses(409, "vitals.repeated");
        (await clinic.Nurse.Post(at, new { temperature = 37.1 })).Is(201);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => clinic.Nurse.Post(at, new { pulse = 70 })));
        Assert.Single(answers, a => a.Status == 201);
    }

    [Fact]
    public async Task a_mistake_is_marked_and_stays_and_its_alerts_are_settled()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var row = (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 41 })).Is(201).Id;
        (await clinic.Nurse.Post($"encounters/{visit}/vitals/{row}/voiding", new { reason = "" })).RefusesField("reason");
        (await clinic.Nurse.Post($"encounters/{visit}/vitals/{row}/voiding", new { reason = "Thermometer broken" })).Is(204);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals/{row}/voiding", new { reason = "Again" })).Refuses(409, "vitals.voided");
        (await clinic.Nurse.Post($"encounters/{await clinic.Visit()}/vitals/{row}/voiding", new { reason = "Other visit" })).Refuses(404, "not-found");
        var chart = await clinic.Doctor.Get($"encounters/{visit}/chart");
        Assert.Equal("Thermometer broken", Assert.Single(chart["vitals"].EnumerateArray()).Str("voidReason"));
        Assert.Equal("resolved", Assert.Single(chart["alerts"].EnumerateArray()).Str("state"));
        Assert.NotEmpty(await clinic.Audit(VoidVitals.Action));
    }

    [Fact]
    public async Task the_lab_and_the_desk_enter_none_and_closed_visits_take_none()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        foreach (var who in (Caller[])[clinic.Lab, clinic.Receptionist, clinic.Admin, clinic.Pharmacist]) (await who.Post($"encounters/{visit}/vitals", new { pulse = 70 })).Refuses(403, "forbidden");
        await clinic.Close(visit);
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { pulse = 70 })).Refuses(409, "encounter.closed");
    }
}
