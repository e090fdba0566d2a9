using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Wards;

namespace Salus.Tests.Wards;

/// <summary>AdmitPatient, TransferPatient, DischargePatient, ReadAdmission, AdmissibleVisits: the way of one stay, and everything that is in its way.</summary>
public sealed class AdmissionTests(SalusServer server)
{
    private static async Task<Dictionary<string, (string? Code, string? Unlock)>> Locks(Clinic clinic, Guid visit, Caller? by = null) =>
        (await (by ?? clinic.Doctor).Get($"encounters/{visit}/locks")).Is(200).Json.EnumerateArray().ToDictionary(l => l.Str("action"), l => ((string?)l.Str("reasonCode"), l.GetProperty("unlockActions").EnumerateArray().Select(u => u.GetString()).FirstOrDefault()));

    [Fact]
    public async Task a_patient_is_admitted_moved_and_discharged_and_every_bed_of_the_stay_is_kept()
    {
        var clinic = await server.NewClinic();
        var (_, north) = await clinic.Ward("1-2");
        var (_, south) = await clinic.Ward("7", "South");
        var visit = await clinic.Visit();
        var made = (await clinic.Admit(visit, north[0])).Is(201);
        Assert.Equal(("admitted", north[0]), (made["state"].GetString(), made["bedId"].GetGuid()));
        Assert.Equal("occupied", await clinic.StateOf(north[0]));
        (await clinic.Transfer(visit, south[0], clinic.Admin)).Is(200);
        Assert.Equal(("cleaning", "occupied"), (await clinic.StateOf(north[0]), await clinic.StateOf(south[0])));
        var now = (await clinic.Nurse.Get($"encounters/{visit}/admission")).Is(200);
        Assert.Equal(("admitted", "emergency", "Pneumonia, needs oxygen", "J18.9", "Pneumonia", 5, 1), (now["state"].GetString(), now["kind"].GetString(), now["reason"].GetString(), now["diagnosisCode"].GetString(), now["diagnosis"].GetString(),
            now["expectedDays"].GetInt32(), now["day"].GetInt32()));
        Assert.Equal([("North", "1", "Person doctor", ""), ("South", "7", "Person admin", "Quieter")], now["stays"].EnumerateArray().Select(s => (s.Str("ward"), s.Str("bed"), s.Str("by"), s.Str("reason"))));
        Assert.Equal([true, false], now["stays"].EnumerateArray().Select(s => s.GetProperty("to").ValueKind != System.Text.Json.JsonValueKind.Null));
        (await clinic.Discharge(visit)).Is(200);
        Assert.Equal("cleaning", await clinic.StateOf(south[0]));
        var after = (await clinic.Doctor.Get($"encounters/{visit}/admission")).Is(200);
        Assert.Equal(("discharged", "home", "Tablets for five days", "Person doctor"), (after["state"].GetString(), after["disposition"].GetString(), after["note"].GetString(), after["dischargedBy"].GetString()));
        var timeline = (await clinic.Doctor.Get($"encounters/{visit}/timeline")).Is(200)["events"].EnumerateArray().Select(e => (e.Str("kind"), e.Str("detail"))).ToList();
        Assert.Equal([("opened", ""), ("admitted", "North · 1"), ("moved", "South · 7"), ("discharged", "")], timeline);
        Assert.All((await clinic.Receptionist.Get($"encounters/{visit}/timeline"))["events"].EnumerateArray(), e => Assert.Equal("", e.Str("detail")));
        foreach (var action in (string[])[AdmitPatient.Action, TransferPatient.Action, DischargePatient.Action])
        {
            var row = Assert.Single(await clinic.Audit(action));
            Assert.Equal((made.Id, (Guid?)visit), (row.SubjectId!.Value, row.VisitId));
            Assert.DoesNotContain("neumonia", row.Detail, StringComparison.Ordinal);
        }
        Assert.NotEmpty(await clinic.Audit(ReadAdmission.Action));
    }

    [Fact]
    public async Task what_does_not_fit_is_refused_by_field_and_takes_no_bed()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1");
        var visit = await clinic.Visit();
        Task<Answer> Admit(object form) => clinic.Doctor.Post($"encounters/{visit}/admission", form);
        (await Admit(new { reason = "Fever" })).RefusesField("bedId");
        (await Admit(new { bedId = Guid.NewGuid(), reason = "Fever" })).RefusesField("bedId");
        (await Admit(new { bedId = beds[0] })).RefusesField("reason");
        (await Admit(new { bedId = beds[0], reason = " \u200b " })).RefusesField("reason");
        (await Admit(new { bedId = beds[0], reason = "Fever", expectedDays = 0 })).RefusesField("expectedDays");
        (await Admit(new { bedId = beds[0], reason = "Fever", diagnosisCode = "fever" })).RefusesField("diagnosisCode");
        (await Admit(new { bedId = beds[0], reason = "Fever", diagnosisCode = "R50" })).RefusesField("diagnosis");
        (await clinic.Doctor.Get($"encounters/{visit}/admission")).Refuses(404, "not-found");
        (await clinic.Admit(Guid.NewGuid(), beds[0])).Refuses(404, "not-found");
        Assert.Equal("free", await clinic.StateOf(beds[0]));
        (await clinic.Admit(visit, beds[0])).Is(201);
        (await clinic.Transfer(visit, beds[0])).RefusesField("bedId");
        (await clinic.Transfer(visit, Guid.NewGuid())).RefusesField("bedId");
        (await clinic.Doctor.Post($"encounters/{visit}/admission/discharge", new { note = "Home" })).RefusesField("disposition");
        Assert.Equal("occupied", await clinic.StateOf(beds[0]));
    }

    [Fact]
    public async Task a_visit_with_a_patient_in_a_bed_is_not_closed_and_says_why_in_locks_page_and_api()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1");
        var visit = await clinic.Visit();
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        var free = await Locks(clinic, visit);
        Assert.Equal((null, null, "admission.none", "admission.none"), (free["close"].Code, free["admit"].Code, free["transfer"].Code, free["discharge"].Code));
        (await clinic.Transfer(visit, beds[0])).Refuses(409, "admission.none");
        (await clinic.Discharge(visit)).Refuses(409, "admission.none");
        (await clinic.Admit(visit, beds[0])).Is(201);
        foreach (var leaves in (bool[])[false, true]) Assert.Equal("A doctor discharges the patient first.", (await clinic.Doctor.Post($"encounters/{visit}/closing", new { leavesPrescriptions = leaves })).Refuses(409, "encounter.admitted")["unlock"].GetString());
        var held = await Locks(clinic, visit);
        Assert.Equal([("encounter.admitted", "A doctor discharges the patient first."), ("encounter.admitted", "A doctor discharges the patient first."), ("admission.exists", "Move the patient to another bed."), (null, null), (null, null)],
            ((string[])["close", "close-leaving", "admit", "transfer", "discharge"]).Select(a => held[a]));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var part = await browser.Get($"/{clinic.Slug}/visits/{visit}/parts/closing");
        Assert.Contains("data-lock=\"encounter.admitted\"", await part.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        (await clinic.Discharge(visit)).Is(200);
        (await clinic.Admit(visit, beds[0])).Refuses(409, "admission.ended");
        (await clinic.Doctor.Post($"encounters/{visit}/closing")).Is(200);
        (await clinic.Discharge(visit)).Refuses(409, "encounter.closed");
        (await clinic.Transfer(visit, beds[0])).Refuses(409, "encounter.closed");
        (await clinic.Admit(visit, beds[0])).Refuses(409, "encounter.closed");
    }

    [Fact]
    public async Task doctors_and_administrators_admit_and_move_only_doctors_discharge()
    {
        var (clinic, foreign) = (await server.NewClinic(), await server.NewClinic());
        var (_, beds) = await clinic.Ward("1-3");
        var visit = await clinic.Visit();
        foreach (var who in (Caller[])[clinic.Nurse, clinic.Receptionist, clinic.Lab, clinic.Pharmacist, clinic.Display])
        {
            (await clinic.Admit(visit, beds[0], who)).Refuses(403, "forbidden");
            (await clinic.Transfer(visit, beds[0], who)).Refuses(403, "forbidden");
            (await clinic.Discharge(visit, who)).Refuses(403, "forbidden");
            (await who.Get("admissible-visits")).Refuses(403, "forbidden");
        }
        (await clinic.Admit(visit, beds[0], foreign.Doctor)).Refuses(404, "not-found");
        (await clinic.Admit(visit, beds[0], clinic.Admin)).Is(201);
        (await clinic.Discharge(visit, clinic.Admin)).Refuses(403, "forbidden");
        (await foreign.Doctor.Get($"encounters/{visit}/admission")).Refuses(404, "not-found");
        (await clinic.Transfer(visit, beds[1], foreign.Doctor)).Refuses(404, "not-found");
        (await clinic.Discharge(visit, foreign.Doctor)).Refuses(404, "not-found");
        // Who sees the wards and not the record learns where somebody lies, not why.
        foreach (var who in (Caller[])[clinic.Receptionist, clinic.Admin])
        {
            var seen = (await who.Get($"encounters/{visit}/admission")).Is(200);
            Assert.Equal(("1", "", "", ""), (seen["stays"][0].Str("bed"), seen["reason"].GetString(), seen["diagnosis"].GetString(), seen["diagnosisCode"].GetString()));
        }
        (await clinic.Lab.Get($"encounters/{visit}/admission")).Refuses(403, "forbidden");
        (await clinic.Admin.Post("keys", new { name = "Link", permissions = new[] { "wards.admit" } })).RefusesField("permissions");
    }

    [Fact]
    public async Task open_visits_without_a_bed_are_found_for_a_free_bed()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-2");
        var (anna, bruno) = (await clinic.Visit("Anna Rossi"), await clinic.Visit("Bruno Verdi"));
        await clinic.Admitted(beds[0], "Carla Neri");
        var closed = await clinic.Visit("Dario Bianchi");
        await clinic.CloseBluntly(closed);
        Assert.Equal([bruno, anna], (await clinic.Admin.Get("admissible-visits")).Is(200).Items.Select(v => v.Id("encounterId")));
        Assert.Equal("Anna Rossi", Assert.Single((await clinic.Doctor.Get("admissible-visits?q=ros")).Items).Str("patientName"));
        (await clinic.Doctor.Get($"admissible-visits?q={new string('a', 101)}")).RefusesField("q");
        var restricted = (await clinic.Doctor.Get($"encounters/{anna}"))["patientId"].GetGuid();
        (await clinic.Admin.Post($"patients/{restricted}/restriction", new { reason = "Known to the staff" })).Is(204);
        Assert.Equal([bruno], (await clinic.Doctor.Get("admissible-visits")).Items.Select(v => v.Id("encounterId")));
        (await clinic.Admit(anna, beds[1])).Refuses(404, "not-found");
        Assert.NotEmpty(await clinic.Audit(AdmissibleVisits.Action));
    }

    [Fact]
    public async Task a_patient_who_lies_in_a_bed_is_not_archived_and_an_archived_one_is_not_admitted()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-2");
        var visit = await clinic.Admitted(beds[0]);
        var patient = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        var refused = (await clinic.Admin.Post($"patients/{patient}/archiving", new { reason = "Moved away" })).Refuses(409, "patient.admitted");
        Assert.Equal("A doctor discharges the patient first.", refused["unlock"].GetString());
        Assert.Contains(await clinic.Audit("patient.archive", patient), e => e.Result == "patient.admitted");
        (await clinic.Discharge(visit)).Is(200);
        var second = (await clinic.Receptionist.Post("encounters", new { patientId = patient, type = "routine" })).Is(201).Id;
        (await clinic.Admin.Post($"patients/{patient}/archiving", new { reason = "Moved away" })).Is(204);
        (await clinic.Admit(second, beds[1])).Refuses(409, "patient.archived");
        // Of both at once one is first, and the other is told.
        for (var round = 0; round < 5; round++)
        {
            var other = await clinic.Visit($"Bruno Verdi {round}");
            var id = (await clinic.Doctor.Get($"encounters/{other}"))["patientId"].GetGuid();
            var (admitted, archived) = (clinic.Admit(other, beds[1]), clinic.Admin.Post($"patients/{id}/archiving", new { reason = "Moved away" }));
            await Task.WhenAll(admitted, archived);
            Assert.True((await admitted).Status == 201 ? (await archived).Refuses(409, "patient.admitted").Status == 409 : (await admitted).Refuses(409, "patient.archived").Status == 409 && (await archived).Is(204).Status == 204);
            if ((await admitted).Status != 201) continue;
            (await clinic.Discharge(other)).Is(200);
            (await clinic.Nurse.Post($"beds/{beds[1]}/state", new { step = "clean" })).Is(200);
        }
    }

    [Fact]
    public async Task a_form_sent_twice_admits_once_and_an_old_page_moves_nobody()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-3");
        var visit = await clinic.Visit();
        var form = new { bedId = beds[0], reason = "Fever" };
        var (one, two) = (await clinic.Doctor.Post($"encounters/{visit}/admission", form, ("Idempotency-Key", "k1")), await clinic.Doctor.Post($"encounters/{visit}/admission", form, ("Idempotency-Key", "k1")));
        Assert.Equal(one.Is(201).Id, two.Is(201).Id);
        (await clinic.Transfer(visit, beds[1])).Is(200);
        var seen = one["version"].GetGuid();
        (await clinic.Doctor.Post($"encounters/{visit}/admission/transfer", new { bedId = beds[2], version = seen })).Refuses(409, "stale");
        (await clinic.Doctor.Post($"encounters/{visit}/admission/discharge", new { disposition = "home", version = seen })).Refuses(409, "stale");
        await using var db = clinic.Open();
        Assert.Equal(2, await db.BedStays.CountAsync(s => s.EncounterId == visit));
    }

    [Theory]
    [InlineData("2026-03-01", "2026-03-01", 1)] [InlineData("2026-02-27", "2026-03-01", 3)] [InlineData("2025-12-31", "2026-01-01", 2)]
    public void the_day_of_admission_is_the_first(string admitted, string day, int expected) => Assert.Equal(expected, Admission.DayOf(DateOnly.Parse(admitted, null), DateOnly.Parse(day, null)));
}
