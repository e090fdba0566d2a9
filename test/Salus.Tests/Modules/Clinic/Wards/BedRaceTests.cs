using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Wards;
using Salus.Tests.Patients;

namespace Salus.Tests.Wards;

/// <summary>AdmitPatient, TransferPatient and DischargePatient against each other, closing, archiving and merging: the database decides who is first.</summary>
public sealed class BedRaceTests(SalusServer server)
{
    /// <summary>Beds and stays say the same: each occupied bed has one open stay, no other bed has one, and no patient has two.</summary>
    private static async Task HoldsTogether(Clinic clinic)
    {
        await using var db = clinic.Open();
        var (beds, stays, admissions) = (await db.Beds.AsNoTracking().ToListAsync(), await db.BedStays.AsNoTracking().Where(s => s.To == null).ToListAsync(), await db.Admissions.AsNoTracking().Where(a => a.State == AdmissionState.Admitted).ToListAsync());
        Assert.Equal(beds.Where(b => b.State == BedState.Occupied).Select(b => b.Id).Order(), stays.Select(s => s.BedId).Order());
        Assert.Equal(admissions.Select(a => a.Id).Order(), stays.Select(s => s.AdmissionId).Order());
        Assert.Equal(admissions.Count, admissions.Select(a => a.PatientId).Distinct().Count());
        var moves = await db.BedMoves.AsNoTracking().ToListAsync();
        Assert.All(beds, b => Assert.Equal(b.State, moves.Where(m => m.BedId == b.Id).OrderBy(m => m.Id).Last().State));
    }

    [Fact]
    public async Task of_twenty_who_want_one_bed_exactly_one_gets_it()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-2");
        var visits = new List<Guid>();
        for (var i = 0; i < 20; i++) visits.Add(await clinic.Visit($"Patient {(char)('A' + i)}"));
        var answers = await Task.WhenAll(visits.Select(v => clinic.Admit(v, beds[0])));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "bed.not-free"));
        Assert.Equal("free", await clinic.StateOf(beds[1]));
        await HoldsTogether(clinic);
    }

    [Fact]
    public async Task of_twenty_who_give_one_patient_a_bed_exactly_one_does()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-20");
        var visit = await clinic.Visit();
        var answers = await Task.WhenAll(beds.Select(b => clinic.Admit(visit, b)));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "admission.exists"));
        await HoldsTogether(clinic);
    }

    [Fact]
    public async Task nobody_lies_in_two_beds_by_two_visits()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-4");
        var patient = (await clinic.Register()).Id;
        var visits = new List<Guid>();
        foreach (var type in (string[])["consultation", "follow-up", "emergency", "specialist"]) visits.Add((await clinic.Receptionist.Post("encounters", new { patientId = patient, type })).Is(201).Id);
        var answers = await Task.WhenAll(visits.Select((v, i) => clinic.Admit(v, beds[i])));
        var first = Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "admission.elsewhere"));
        await HoldsTogether(clinic);
        var (lying, other) = (first["encounterId"].GetGuid(), visits.First(v => v != first["encounterId"].GetGuid()));
        var locked = (await clinic.Doctor.Get($"encounters/{other}/locks")).Json.EnumerateArray().Single(l => l.Str("action") == "admit");
        Assert.Equal("admission.elsewhere", locked.Str("reasonCode"));
        (await clinic.Discharge(lying)).Is(200);
        (await clinic.Admit(other, beds[visits.IndexOf(other)])).Is(201);
    }

    [Fact]
    public async Task of_many_moved_into_one_bed_one_gets_it_and_the_others_stay_where_they_lie()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-7");
        var visits = new List<Guid>();
        for (var i = 0; i < 6; i++) visits.Add(await clinic.Admitted(beds[i], $"Patient {(char)('A' + i)}"));
        var answers = await Task.WhenAll(visits.Select(v => clinic.Transfer(v, beds[6])));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "bed.not-free"));
        await HoldsTogether(clinic);
        await using var db = clinic.Open();
        Assert.Equal(7, await db.BedStays.CountAsync());
    }

    [Fact]
    public async Task two_who_change_beds_in_a_circle_at_once_wait_for_each_other_and_none_is_lost()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-2");
        var (one, two) = (await clinic.Admitted(beds[0], "Anna Rossi"), await clinic.Admitted(beds[1], "Bruno Verdi"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? clinic.Transfer(one, beds[1]) : clinic.Transfer(two, beds[0])));
        Assert.All(answers, a => a.Refuses(409, "bed.not-free"));
        await HoldsTogether(clinic);
    }

    [Fact]
    public async Task a_patient_is_discharged_once()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-2");
        var visit = await clinic.Admitted(beds[0]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i == 3 ? clinic.Transfer(visit, beds[1]) : clinic.Discharge(visit)));
        Assert.Single(answers.Where((_, i) => i != 3), a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "admission.none"));
        (await clinic.Discharge(visit)).Refuses(409, "admission.none");
        await HoldsTogether(clinic);
    }

    [Fact]
    public async Task a_visit_is_closed_or_its_patient_admitted_and_never_both()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-6");
        foreach (var bed in beds)
        {
            var visit = await clinic.Visit();
            (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
            var answers = await Task.WhenAll(clinic.Admit(visit, bed), clinic.Doctor.Post($"encounters/{visit}/closing"));
            if (answers[0].Status == 201) answers[1].Refuses(409, "encounter.admitted");
            else
            {
                answers[0].Refuses(409, "encounter.closed");
                answers[1].Is(200);
            }
        }
        await HoldsTogether(clinic);
    }

    [Fact]
    public async Task a_ward_that_is_being_archived_takes_nobody_in()
    {
        var clinic = await server.NewClinic();
        for (var round = 0; round < 4; round++)
        {
            var (ward, beds) = await clinic.Ward("1-3", $"Ward {round}");
            var visit = await clinic.Visit();
            var answers = await Task.WhenAll(clinic.Admit(visit, beds[2]), clinic.Admin.Put($"wards/{ward}", new { name = $"Ward {round}", archived = true }));
            if (answers[0].Status == 201) answers[1].Refuses(409, "ward.occupied");
            else
            {
                answers[0].RefusesField("bedId");
                answers[1].Is(200);
            }
        }
        await HoldsTogether(clinic);
    }

    [Fact]
    public async Task an_admission_follows_a_merge_and_comes_back_when_it_is_undone()
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1-3");
        var ((kept, keptVisit), (other, visit)) = (await MergeTests.WithVisit(clinic, "Anna Rossi", "Latex"), await MergeTests.WithVisit(clinic, "Ana Rossi", "Nickel", "emergency"));
        (await clinic.Admit(visit, beds[0])).Is(201);
        (await clinic.Admit(keptVisit, beds[1])).Is(201);
        Assert.Equal("Discharge one of the two first.", (await MergeTests.Merge(clinic, kept, other)).Refuses(409, "merge.both-admitted")["unlock"].GetString());
        Assert.Contains((await clinic.Admin.Get($"patients/{kept}/merge-preview?with={other}"))["notes"].EnumerateArray(), n => n.Str("code") == "merge.both-admitted");
        (await clinic.Discharge(keptVisit)).Is(200);
        var merged = (await MergeTests.Merge(clinic, kept, other)).Is(201);
        Assert.Equal((kept, "Anna Rossi"), ((await clinic.BedOf(beds[0])).GetProperty("patient").Id("patientId"), (await clinic.BedOf(beds[0])).GetProperty("patient").Str("patientName")));
        Assert.Equal(kept, (await clinic.Doctor.Get($"encounters/{visit}/admission"))["patientId"].GetGuid());
        var third = (await clinic.Receptionist.Post("encounters", new { patientId = kept, type = "specialist" })).Is(201).Id;
        (await clinic.Admit(third, beds[2])).Refuses(409, "admission.elsewhere");
        (await MergeTests.Undo(clinic, kept, merged)).Is(200);
        Assert.Equal(other, (await clinic.BedOf(beds[0])).GetProperty("patient").Id("patientId"));
        (await clinic.Admit(third, beds[2])).Is(201);
        await HoldsTogether(clinic);
    }
}
