using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Wards;

/// <summary>An open visit that could be given a bed.</summary>
public sealed record AdmissibleLine(Guid EncounterId, Guid PatientId, string PatientNumber, string PatientName, int? Age, Gender Gender, DateOnly Day, EncounterType Type, string Doctor);

/// <summary>Open visits without an admission, newest first, of patients who are in no bed: from a free bed to whoever is to lie in it.</summary>
public sealed class AdmissibleVisits(Tools tools, OrganisationSlot organisation) : ReadModel<AdmissibleVisits.Query, AdmissibleVisits.Found>(tools)
{
    public const string Action = "admission.admissible";
    private const int Most = 25;

    public sealed record Query
    {
        /// <summary>Fragments of the patient's name, phone or number.</summary>
        public string Q { get; init; } = "";
    }

    public sealed record Found(IReadOnlyList<AdmissibleLine> Items);

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.AdmitPatients);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Found result) => result.Items.Count == 0 ? null : ("patient", [.. result.Items.Select(v => v.PatientId).Distinct()]);

    protected override async Task<Found> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        var (visible, patients, admissions, accounts) = (db.PatientsVisibleTo(Actor, Clock.Now()), db.Patients, db.Admissions, db.Set<Account>());
        foreach (var word in PatientSearch.Words(query.Q)) visible = visible.Where(p => p.SearchText.Contains(word));
        var rows = await db.Encounters.AsNoTracking()
            .Where(e => e.State == EncounterState.Open && visible.Any(p => p.Id == e.PatientId) && !admissions.Any(a => a.EncounterId == e.Id || (a.PatientId == e.PatientId && a.State == AdmissionState.Admitted)))
            .OrderByDescending(e => e.Id).Take(Most)
            .Select(e => new { Encounter = e, Patient = patients.First(p => p.Id == e.PatientId), Doctor = accounts.Where(a => a.Id == e.DoctorId).Select(a => a.Name).FirstOrDefault() }).ToListAsync(ct);
        var today = Clock.Today(organisation.Current.Zone);
        return new([.. rows.Select(r => new AdmissibleLine(r.Encounter.Id, r.Patient.Id, r.Patient.Number, r.Patient.Name, r.Patient.Age(today), r.Patient.Gender, r.Encounter.Day, r.Encounter.Type, r.Doctor ?? ""))]);
    }
}
