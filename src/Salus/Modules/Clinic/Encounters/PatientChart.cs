using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>A patient's whole record, newest first: what holds, what was measured, and the visits page by page.</summary>
/// <param name="NextVisit">From where the visits go on; null: these are all.</param>
public sealed record WholeRecord(Guid PatientId, string Number, string Name, int? Age, Gender Gender, IReadOnlyList<AllergyLine> Allergies, IReadOnlyList<ConditionLine> Problems, IReadOnlyList<ConditionLine> Past,
    IReadOnlyList<AlertLine> Alerts, IReadOnlyList<VitalsLine> Vitals, IReadOnlyList<EarlierVisit> Visits, Guid? NextVisit);

/// <summary>Reads a patient's whole record, in the same number of queries for one visit and for two hundred.</summary>
public sealed class PatientChart(Tools tools, OrganisationSlot organisation) : ReadModel<PatientChart.Query, WholeRecord>(tools)
{
    public const string Action = "record.read";
    private const int LastVitals = 30;

    public sealed record Query
    {
        public Guid PatientId { get; init; }

        /// <summary>The visit behind which the list goes on.</summary>
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, WholeRecord result) => ("patient", [result.PatientId]);

    protected override async Task<WholeRecord> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var patient = await db.PatientsVisibleTo(Actor, Clock.Now()).AsNoTracking().FirstOrDefaultAsync(p => p.Id == query.PatientId, ct)
            ?? throw (await db.Patients.AnyAsync(p => p.Id == query.PatientId, ct) ? Restricted.Hidden(Actor) : Refusal.NotFound());
        var (id, age) = (patient.Id, patient.Age(Clock.Today(organisation.Current.Zone)));
        var allergies = await AllergyLine.Of(db, id, ct);
        var conditions = await db.Conditions.AsNoTracking().Where(c => c.PatientId == id && c.Kind == ConditionKind.Problem && c.State != ConditionState.EnteredInError).OrderByDescending(c => c.Since).ThenByDescending(c => c.Id).ToListAsync(ct);
        var alerts = await AlertLine.Of(db, Guid.Empty, id, ct);
        var vitals = await VitalsLine.Of(db, id, patient.BirthDate, organisation.Current.Zone, LastVitals, ct);
        var visits = await EarlierVisit.Of(db, id, null, query.After, query.Limit + 1, ct);
        var shown = visits.Take(query.Limit).ToList();
        return new(id, patient.Number, patient.Name, age, patient.Gender, allergies, [.. conditions.Where(c => c.State == ConditionState.Active).Select(ConditionLine.Of)],
            [.. conditions.Where(c => c.State == ConditionState.Resolved).Select(ConditionLine.Of)], alerts, vitals, shown, visits.Count > query.Limit ? shown[^1].Id : null);
    }
}
