using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What of a visit's record is read: an open page fetches only the part that changed.</summary>
[Flags]
public enum ChartPart { Safety = 1, Vitals = 2, Consultation = 4, Conditions = 8, Notes = 16, Earlier = 32, Summary = 64, All = 127 }

/// <summary>The record of one visit beside what holds of its patient. What is locked is in every part.</summary>
public sealed record Chart(VisitHead Visit, IReadOnlyList<AllergyLine> Allergies, IReadOnlyList<AlertLine> Alerts, IReadOnlyList<VitalsLine> Vitals, ConsultationView? Consultation, IReadOnlyList<ConditionLine> Conditions,
    IReadOnlyList<NoteLine> Notes, IReadOnlyList<EarlierVisit> Earlier, SummaryView? Summary, IReadOnlyDictionary<Guid, string> Names, IReadOnlyList<LockLine> Locks)
{
    public bool IsOpen => Visit.State == EncounterState.Open;
    public IEnumerable<ConditionLine> Diagnoses => Conditions.Where(c => c.Kind == ConditionKind.Diagnosis);
    public IEnumerable<ConditionLine> Problems => Conditions.Where(c => c.Kind == ConditionKind.Problem);
    public Lock? LockOf(CareAct act) => Locks.First(l => l.Act == act).Because;
    public bool May(CareAct act) => LockOf(act) is null;
    public string By(Guid? id) => id is { } one && Names.TryGetValue(one, out var name) ? name : "—";
}

/// <summary>Reads the record of one visit.</summary>
public sealed class VisitChart(Tools tools, OrganisationSlot organisation, CareGuard guard) : ReadModel<VisitChart.Query, Chart>(tools)
{
    public const string Action = "record.read-visit";
    private const int LastVitals = 12, LastVisits = 8;

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }
        public ChartPart Parts { get; init; } = ChartPart.All;

        /// <summary>True when an open page fetches a part again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Chart result) => ("patient", [result.Visit.PatientId]);

    protected override async Task<Chart> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        bool Has(ChartPart part) => query.Parts.HasFlag(part);
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
        var (id, patient) = (visit.Id, visit.PatientId);
        var allergies = Has(ChartPart.Safety) ? await AllergyLine.Of(db, patient, ct) : [];
        var alerts = Has(ChartPart.Safety) ? await AlertLine.Of(db, id, patient, ct) : [];
        var vitals = Has(ChartPart.Vitals) ? await VitalsLine.Of(db, patient, visit.BirthDate, organisation.Current.Zone, LastVitals, ct) : [];
        var consultation = Has(ChartPart.Consultation) ? await ConsultationView.Of(db, id, Actor.Id, ct) : null;
        var conditions = Has(ChartPart.Conditions) ? await ConditionLine.Of(db, id, patient, ct) : [];
        var notes = Has(ChartPart.Notes) ? await NoteLine.Of(db, id, ct) : [];
        var earlier = Has(ChartPart.Earlier) ? await EarlierVisit.Of(db, patient, id, null, LastVisits, ct) : [];
        var summary = Has(ChartPart.Summary) ? await SummaryView.Of(db, id, ct) : null;
        var people = vitals.Select(v => (Guid?)v.RecordedBy).Concat(notes.Select(n => (Guid?)n.WrittenBy)).Concat(alerts.SelectMany(a => new[] { a.AcknowledgedBy, a.ResolvedBy }))
            .Concat(conditions.Select(c => (Guid?)c.RecordedBy)).Append(consultation?.DoctorId).Append(summary?.WrittenBy);
        return new(visit, allergies, alerts, vitals, consultation, conditions, notes, earlier, summary, await People.Of(db, people, ct), await guard.All(db, id, Actor, null, ct));
    }
}
