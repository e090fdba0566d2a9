using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Wards;

namespace Salus.Cli.DemoData;

/// <summary>Two small wards: two patients lie there, a bed waits to be cleaned, another one is out of use.</summary>
internal sealed class DemoWard(SalusDb db, DateTime now, TimeZoneInfo zone, Guid nurse)
{
    private sealed record Stay(int DaysAgo, AdmissionKind Kind, string Complaint, string Code, string Diagnosis, string Reason, int Days, decimal Temperature, string Note);

    private static readonly Stay[] Stays =
    [
        new(2, AdmissionKind.Emergency, "Febbre alta e affanno", "J18.9", "Polmonite", "Antibiotico per vena e ossigeno", 5, 38.9m, "Più tranquillo dopo l’ossigeno, ha dormito quattro ore."),
        new(1, AdmissionKind.Elective, "Ernia inguinale", "K40.9", "Ernia inguinale", "Intervento programmato", 2, 36.7m, "Ferita asciutta, ha camminato nel corridoio."),
    ];

    /// <summary>Writes them for the first of the patients; a doctor for each.</summary>
    public void Write(IReadOnlyList<Guid> patients, Guid[] doctors)
    {
        var (ward, small) = (new Ward { Name = "Degenza" }, new Ward { Name = "Osservazione breve", Kind = WardKind.Observation });
        db.AddRange(ward, small);
        var beds = Beds(ward, 8);
        Beds(small, 3);
        foreach (var (stay, n) in Stays.Select((s, n) => (s, n))) Admit(stay, patients[n], doctors[n], beds[n + 1]);
        var cleaned = beds[4];
        db.Add(cleaned.Move(BedAction.Close, nurse, now.AddDays(-3), "Controllo"));
        db.Add(cleaned.Move(BedAction.Reopen, nurse, now.AddMinutes(-35)));
        db.Add(beds[6].Move(BedAction.Close, nurse, now.AddDays(-1), "Ruota rotta"));
    }

    private List<Bed> Beds(Ward ward, int count)
    {
        var beds = Enumerable.Range(1, count).Select(n => new Bed { WardId = ward.Id, Label = n.ToString(System.Globalization.CultureInfo.InvariantCulture) }).ToList();
        foreach (var bed in beds) db.AddRange(bed, bed.Move(BedAction.Add, null, now.AddDays(-60)));
        return beds;
    }

    private void Admit(Stay told, Guid patient, Guid doctor, Bed bed)
    {
        var at = now.AddDays(-told.DaysAgo).AddMinutes(-told.Days * 17);
        var visit = new Encounter
        {
            Id = Guid.CreateVersion7(at), PatientId = patient, Day = DateOnly.FromDateTime(at.In(zone)), Type = told.Kind == AdmissionKind.Emergency ? EncounterType.Emergency : EncounterType.Specialist, Complaint = told.Complaint,
            DoctorId = doctor, StartedAt = at, ChangedAt = now.AddHours(-1), Version = Guid.CreateVersion7(),
        };
        db.Add(visit);
        db.Add(new Consultation { EncounterId = visit.Id, PatientId = patient, State = ConsultationState.Active, DoctorId = doctor, History = told.Complaint + ".", Assessment = told.Diagnosis, Plan = told.Reason + ".", StartedAt = at, SavedAt = at.AddMinutes(20) });
        db.Add(new Condition { EncounterId = visit.Id, PatientId = patient, Code = told.Code, Text = told.Diagnosis, IsPrimary = true, RecordedBy = doctor, RecordedAt = at.AddMinutes(20) });
        var admission = new Admission
        {
            EncounterId = visit.Id, PatientId = patient, Kind = told.Kind, Reason = told.Reason, DiagnosisCode = told.Code, Diagnosis = told.Diagnosis, ExpectedDays = told.Days, AdmittedBy = doctor, AdmittedAt = at.AddMinutes(30),
        };
        db.Add(admission);
        db.Add(bed.Move(BedAction.Occupy, doctor, admission.AdmittedAt, admissionId: admission.Id));
        db.Add(new BedStay { EncounterId = visit.Id, AdmissionId = admission.Id, BedId = bed.Id, From = admission.AdmittedAt, By = doctor });
        Nurse(told, visit);
    }

    /// <summary>The morning round: vital signs with their alerts, and a note.</summary>
    private void Nurse(Stay told, Encounter visit)
    {
        var vitals = new VitalSigns { EncounterId = visit.Id, PatientId = visit.PatientId, MeasuredAt = now.AddHours(-3), RecordedBy = nurse, Temperature = told.Temperature, Pulse = 84, Oxygen = 97 };
        db.Add(vitals);
        foreach (var kind in VitalKind.All)
            if (kind.Value(vitals) is { } value && kind.Judge(value, 40) is { } severity)
                db.Add(new Alert { EncounterId = visit.Id, PatientId = visit.PatientId, Kind = AlertKind.VitalSigns, Severity = severity, Title = kind.Label, Detail = kind.Say(value, 40), SourceId = vitals.Id, RaisedAt = vitals.MeasuredAt });
        db.Add(new Note { EncounterId = visit.Id, PatientId = visit.PatientId, Kind = NoteKind.Inpatient, Text = told.Note, WrittenBy = nurse, WrittenAt = now.AddHours(-3) });
    }
}
