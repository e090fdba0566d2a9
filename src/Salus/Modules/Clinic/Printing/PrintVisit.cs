using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Printing;

/// <summary>What of a visit goes on paper.</summary>
/// <param name="Addenda">What was added after the visit was closed: it may put right what stands above it.</param>
public sealed record VisitFacts(VisitHead Visit, IReadOnlyList<AllergyLine> Allergies, IReadOnlyList<ConditionLine> Diagnoses, IReadOnlyList<VitalSigns> Vitals, SummaryView? Summary, IReadOnlyList<NoteLine> Addenda,
    IReadOnlyList<Prescription> Prescriptions, IReadOnlyDictionary<Guid, string> Names)
{
    public string By(Guid id) => Names.GetValueOrDefault(id, "");
}

/// <summary>Reads a visit for its printed summary.</summary>
public sealed class PrintSummary(Tools tools, OrganisationSlot organisation) : ReadModel<PrintSummary.Query, VisitFacts>(tools)
{
    public const string Action = "record.print-summary";
    private const int MostVitals = 50;

    public sealed record Query { public Guid EncounterId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, VisitFacts result) => ("patient", [result.Visit.PatientId]);

    protected override async Task<VisitFacts> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
        var allergies = await AllergyLine.Of(db, visit.PatientId, ct);
        var diagnoses = await db.Conditions.AsNoTracking().Where(c => c.EncounterId == visit.Id && c.Kind == ConditionKind.Diagnosis && c.State != ConditionState.EnteredInError)
            .OrderByDescending(c => c.IsPrimary).ThenBy(c => c.Id).ToListAsync(ct);
        var vitals = await db.Vitals.AsNoTracking().Where(v => v.EncounterId == visit.Id && v.VoidedAt == null).OrderByDescending(v => v.MeasuredAt).ThenByDescending(v => v.Id).Take(MostVitals).ToListAsync(ct);
        var addenda = (await NoteLine.Of(db, visit.Id, ct)).Where(n => n.Kind == NoteKind.Addendum).ToList();
        var prescriptions = await PrintPrescription.Of(db, visit.Id, null, ct);
        var summary = await SummaryView.Of(db, visit.Id, ct);
        var names = await People.Of(db, prescriptions.Select(p => (Guid?)p.PrescribedBy).Concat(addenda.Select(n => (Guid?)n.WrittenBy)).Append(summary?.WrittenBy), ct);
        return new(visit, allergies, [.. diagnoses.Select(ConditionLine.Of)], vitals, summary, addenda, prescriptions, names);
    }
}

/// <summary>Reads what was prescribed in a visit for the printed prescription: all of it, or one.</summary>
public sealed class PrintPrescription(Tools tools, OrganisationSlot organisation) : ReadModel<PrintPrescription.Query, VisitFacts>(tools)
{
    public const string Action = "pharmacy.print-prescription";

    public sealed record Query
    {
        public Guid EncounterId { get; init; }

        /// <summary>The one that is wanted; null: all.</summary>
        public Guid? PrescriptionId { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadPharmacy);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, VisitFacts result) => ("patient", [result.Visit.PatientId]);

    protected override async Task<VisitFacts> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
        var prescriptions = await Of(db, visit.Id, query.PrescriptionId, ct);
        if (prescriptions.Count == 0) throw query.PrescriptionId is not null ? Refusal.NotFound() : new(409, "prescription.none", "Nothing is prescribed in this visit.") { Unlock = "The doctor prescribes in the open visit." };
        var allergies = await AllergyLine.Of(db, visit.PatientId, ct);
        return new(visit, allergies, [], [], null, [], prescriptions, await People.Of(db, prescriptions.Select(p => (Guid?)p.PrescribedBy), ct));
    }

    /// <summary>What was prescribed and not cancelled, in the order in which it was.</summary>
    public static Task<List<Prescription>> Of(SalusDb db, Guid encounterId, Guid? only, CancellationToken ct) =>
        db.Prescriptions.AsNoTracking().Where(p => p.EncounterId == encounterId && p.State != PrescriptionState.Cancelled && (only == null || p.Id == only)).OrderBy(p => p.PrescribedAt).ThenBy(p => p.Id).ToListAsync(ct);
}
