using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Documents;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Pharmacy.Giving;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Clinic.Wards;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Encounters;

public enum TimelineKind { Opened, Queue, Vitals, Consultation, Alert, Note, Addendum, Order, Sample, Result, Document, Referral, Given, Prescription, Dispensed, PrescriptionCancelled, Closed, Summary, Admitted, Moved, Discharged }

/// <summary>One thing that happened in a visit.</summary>
/// <param name="Detail">Which one: the step in the queue, the name of a test or drug; empty for those who may not read the record.</param>
public sealed record TimelineEvent(DateTime At, TimelineKind Kind, string Detail, Guid? By);

/// <summary>The visit in the order in which it happened, made from the rows themselves.</summary>
public sealed record VisitTimeline(VisitHead Visit, IReadOnlyList<TimelineEvent> Events, IReadOnlyDictionary<Guid, string> Names);

/// <summary>Reads the timeline of one visit.</summary>
public sealed class ReadTimeline(Tools tools, OrganisationSlot organisation) : ReadModel<ReadTimeline.Query, VisitTimeline>(tools)
{
    public const string Action = "encounter.timeline";
    private const int Most = 500;

    public sealed record Query { public Guid EncounterId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadEncounters);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, VisitTimeline result) => ("patient", [result.Visit.PatientId]);

    protected override async Task<VisitTimeline> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
        var id = visit.Id;
        var events = new List<TimelineEvent> { new(visit.StartedAt, TimelineKind.Opened, "", null) };
        var tickets = db.Tickets.AsNoTracking().Where(t => t.EncounterId == id);
        events.AddRange((await db.TicketMoves.AsNoTracking().Where(m => tickets.Any(t => t.Id == m.TicketId)).Take(Most).ToListAsync(ct)).Select(m => new TimelineEvent(m.At, TimelineKind.Queue, Queue.Words.Of(m.Action), m.ActorId)));
        events.AddRange(await db.Vitals.AsNoTracking().Where(v => v.EncounterId == id).Take(Most).Select(v => new TimelineEvent(v.MeasuredAt, TimelineKind.Vitals, "", v.RecordedBy)).ToListAsync(ct));
        events.AddRange(await db.Consultations.AsNoTracking().Where(c => c.EncounterId == id && c.DoctorId != null).Select(c => new TimelineEvent(c.StartedAt, TimelineKind.Consultation, "", c.DoctorId)).ToListAsync(ct));
        events.AddRange(await db.Alerts.AsNoTracking().Where(a => a.EncounterId == id).Take(Most).Select(a => new TimelineEvent(a.RaisedAt, TimelineKind.Alert, a.Title, null)).ToListAsync(ct));
        events.AddRange(await db.Notes.AsNoTracking().Where(n => n.EncounterId == id).Take(Most).Select(n => new TimelineEvent(n.WrittenAt, n.Kind == NoteKind.Addendum ? TimelineKind.Addendum : TimelineKind.Note, "", n.WrittenBy)).ToListAsync(ct));
        events.AddRange(await Done(db, id).Take(Most).ToListAsync(ct));
        events.AddRange(await db.Orders.AsNoTracking().Where(o => o.EncounterId == id).Take(Most).Select(o => new TimelineEvent(o.OrderedAt, TimelineKind.Order, o.Name, o.OrderedBy)).ToListAsync(ct));
        var orders = db.Orders;
        events.AddRange(await db.Results.AsNoTracking().Where(r => r.EncounterId == id).Take(Most).Select(r => new TimelineEvent(r.RecordedAt, TimelineKind.Result, orders.First(o => o.Id == r.OrderId).Name, r.RecordedBy)).ToListAsync(ct));
        events.AddRange((await db.Prescriptions.AsNoTracking().Where(p => p.EncounterId == id).Take(Most).ToListAsync(ct)).SelectMany(Of));
        events.AddRange(await db.Summaries.AsNoTracking().Where(s => s.EncounterId == id).Select(s => new TimelineEvent(s.WrittenAt, TimelineKind.Summary, "", s.WrittenBy)).ToListAsync(ct));
        events.AddRange(await Stay(db, id, ct));
        if (visit.ClosedAt is { } closed) events.Add(new(closed, TimelineKind.Closed, "", visit.ClosedBy));
        var reads = Actor.May(ClinicPermissions.ReadRecord);
        var shown = events.OrderBy(e => e.At).Select(e => reads || e.Kind == TimelineKind.Queue ? e : e with { Detail = "" }).ToList();
        return new(visit, shown, await People.Of(db, shown.Select(e => e.By), ct));
    }

    /// <summary>Rows that say only that something was done, by whom and when: one query for all of them.</summary>
    private static IQueryable<TimelineEvent> Done(SalusDb db, Guid visit) =>
        db.Samples.AsNoTracking().Where(s => s.EncounterId == visit).Select(s => new { At = s.CollectedAt, Kind = TimelineKind.Sample, By = (Guid?)s.CollectedBy })
            .Concat(db.Documents.AsNoTracking().Where(d => d.EncounterId == visit).Select(d => new { At = d.AddedAt, Kind = TimelineKind.Document, By = (Guid?)d.AddedBy }))
            .Concat(db.Referrals.AsNoTracking().Where(r => r.EncounterId == visit).Select(r => new { At = r.ReferredAt, Kind = TimelineKind.Referral, By = (Guid?)r.ReferredBy }))
            .Concat(db.Administrations.AsNoTracking().Where(a => a.EncounterId == visit).Select(a => new { At = a.GivenAt, Kind = TimelineKind.Given, By = (Guid?)a.GivenBy }))
            .Select(e => new TimelineEvent(e.At, e.Kind, "", e.By));

    private static async Task<IEnumerable<TimelineEvent>> Stay(SalusDb db, Guid id, CancellationToken ct)
    {
        var (beds, wards, admissions) = (db.Beds, db.Wards, db.Admissions);
        var stays = await db.BedStays.AsNoTracking().Where(s => s.EncounterId == id).OrderBy(s => s.Id).Take(Most).Select(s => new
        {
            s.From, s.By, Bed = beds.First(b => b.Id == s.BedId).Label, Ward = wards.First(w => w.Id == beds.First(b => b.Id == s.BedId).WardId).Name, Left = admissions.Where(a => a.Id == s.AdmissionId).Select(a => new { a.DischargedAt, a.DischargedBy }).First(),
        }).ToListAsync(ct);
        var events = stays.Select((s, n) => new TimelineEvent(s.From, n == 0 ? TimelineKind.Admitted : TimelineKind.Moved, $"{s.Ward} · {s.Bed}", s.By));
        return stays is [.., { Left: { DischargedAt: { } at, DischargedBy: var by } }] ? events.Append(new(at, TimelineKind.Discharged, "", by)) : events;
    }

    private static IEnumerable<TimelineEvent> Of(Prescription p)
    {
        yield return new(p.PrescribedAt, TimelineKind.Prescription, p.Drug, p.PrescribedBy);
        if (p.EndedAt is { } at) yield return new(at, p.State == PrescriptionState.Dispensed ? TimelineKind.Dispensed : TimelineKind.PrescriptionCancelled, p.Drug, p.EndedBy);
    }
}
