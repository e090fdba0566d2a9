using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Queue.Waiting;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>One ticket as staff see it.</summary>
public sealed record WorkLine(Guid Id, string Token, int Number, TicketState State, Urgency Urgency, string UrgencyReason, Guid PatientId, string PatientNumber, string PatientName,
    int? Age, Gender Gender, DateTime IssuedAt, DateTime? CalledAt, DateTime? InRoomAt, int Calls, bool IsMine, string? Place, DateOnly? LastVisit, WaitRange? Wait, Guid? EncounterId, bool IsUnpaid, Guid Version);

/// <summary>A queue's day for those who serve it, with the queues and rooms to choose from.</summary>
public sealed record WorkView(ServiceQueue Queue, IReadOnlyList<WorkLine> Lines, IReadOnlyList<WorkLine> Missed, IReadOnlyList<ServiceQueue> Queues, IReadOnlyList<ServicePoint> Points,
    IReadOnlyList<Notice> Notices, int Done, bool IsClosedToday)
{
    public IEnumerable<WorkLine> Mine => Lines.Where(l => l.State != TicketState.Waiting && l.IsMine);
    public IEnumerable<WorkLine> Others => Lines.Where(l => l.State != TicketState.Waiting && !l.IsMine);
    public IEnumerable<WorkLine> Waiting => Lines.Where(l => l.State == TicketState.Waiting);
}

/// <summary>The work list of one queue: who is with whom, who waits, who did not come.</summary>
public sealed class WorkList(Tools tools, OrganisationSlot organisation, WaitForecasts forecasts) : ReadModel<WorkList.Query, WorkView>(tools)
{
    public const string Action = "queue.work-list";

    public sealed record Query : IRefreshable
    {
        /// <summary>Empty: the first queue.</summary>
        public Guid? QueueId { get; init; }

        /// <summary>True when an open page fetches its list again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadQueue);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, WorkView result) => ("queue", [result.Queue.Id]);

    /// <summary>The queue that the doctor served last today, else the first.</summary>
    private async Task<ServiceQueue?> OwnQueue(SalusDb db, List<ServiceQueue> queues, DateOnly today, CancellationToken ct)
    {
        var last = await db.Tickets.AsNoTracking().Where(t => t.Day == today && t.ServedBy == Actor.Id).OrderByDescending(t => t.CalledAt).Select(t => (Guid?)t.QueueId).FirstOrDefaultAsync(ct);
        return queues.FirstOrDefault(q => q.Id == last) ?? queues.FirstOrDefault();
    }

    protected override async Task<WorkView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (clinic, now) = (organisation.Current, Clock.Now());
        var today = Clock.Today(clinic.Zone);
        var queues = await db.Queues.AsNoTracking().Where(q => q.ArchivedAt == null).OrderBy(q => q.Name).ToListAsync(ct);
        var queue = query.QueueId is { } id ? queues.FirstOrDefault(q => q.Id == id) ?? throw Refusal.NotFound()
            : await OwnQueue(db, queues, today, ct) ?? throw new Refusal(409, "queue.none", "There is no queue yet.") { Unlock = "A manager can define one." };
        var points = await db.ServicePoints.AsNoTracking().Where(s => s.ArchivedAt == null).OrderBy(s => s.Name).ToListAsync(ct);
        var notices = await QueueDay.Notices(db, queue.Id, now, ct);
        var (patients, all) = (db.Patients.AsNoTracking(), db.Tickets.AsNoTracking());
        var holding = db.HoldingBack(today);
        var rows = await all.Where(t => t.QueueId == queue.Id && t.Day == today && t.State != TicketState.Done && t.State != TicketState.Transferred && t.State != TicketState.Cancelled)
            .InOrderOfService().Select(t => new
            {
                Ticket = t, Patient = patients.First(p => p.Id == t.PatientId),
                IsUnpaid = holding.Any(c => c.GroupId == t.EncounterId),
                LastVisit = all.Where(o => o.PatientId == t.PatientId && o.Day < today && o.State == TicketState.Done).Max(o => (DateOnly?)o.Day),
            }).ToListAsync(ct);
        var day = await all.Where(t => t.QueueId == queue.Id && t.Day == today && t.State == TicketState.Done)
            .GroupBy(t => 1).Select(g => g.Count()).FirstOrDefaultAsync(ct);
        var closed = !queue.IsOpenOn(today.DayOfWeek) || await db.Closures.AnyAsync(c => c.QueueId == queue.Id && c.Day == today, ct);
        var ranges = await forecasts.Foresee(db, queue.Id, [.. rows.Select(r => r.Ticket)], clinic.Zone, QueueDay.DelayLeft(notices, now), ct);
        var open = await db.OpenTo(Actor, now, rows.Select(r => (r.Patient.Id, r.Patient.RestrictedAt)), ct);
        var place = 0;
        var lines = rows.Select(r => new WorkLine(r.Ticket.Id, queue.Token(r.Ticket.Number), r.Ticket.Number, r.Ticket.State, r.Ticket.Urgency, r.Ticket.UrgencyReason,
            r.Patient.Id, r.Patient.Number, r.Patient.NameFor(Actor, open), r.Patient.Age(today), r.Patient.Gender, r.Ticket.IssuedAt, r.Ticket.CalledAt, r.Ticket.InRoomAt, r.Ticket.Calls,
            r.Ticket.ServedBy == Actor.Id, points.FirstOrDefault(p => p.Id == r.Ticket.ServicePointId)?.Name, r.LastVisit,
            r.Ticket.State == TicketState.Waiting && place < ranges.Count ? ranges[place++] : null, r.Ticket.EncounterId, r.IsUnpaid, r.Ticket.Version)).ToList();
        return new WorkView(queue, [.. lines.Where(l => l.State != TicketState.NoShow)], [.. lines.Where(l => l.State == TicketState.NoShow)], queues, points, notices, day, closed);
    }
}
