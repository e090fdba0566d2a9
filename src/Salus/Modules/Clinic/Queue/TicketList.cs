using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>A ticket in a list for programs and reports.</summary>
public sealed record TicketLine(Guid Id, Guid QueueId, DateOnly Day, int Number, string Token, TicketState State, Urgency Urgency, Guid PatientId, string PatientNumber, string PatientName,
    DateTime IssuedAt, DateTime? CalledAt, DateTime? EndedAt, Guid Version);

public sealed record TicketPage(IReadOnlyList<TicketLine> Items, string? Next);

/// <summary>Tickets by queue, day and state, newest ids last, read by key.</summary>
public sealed class TicketList(Tools tools, OrganisationSlot organisation) : ReadModel<TicketList.Query, TicketPage>(tools)
{
    public const string Action = "ticket.list";

    public sealed record Query
    {
        public Guid? QueueId { get; init; }

        /// <summary>The clinic's local date; empty: today.</summary>
        public DateOnly? Day { get; init; }
        public IReadOnlyList<TicketState> States { get; init; } = [];
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadQueue);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, TicketPage result) =>
        result.Items.Count == 0 ? null : ("patient", [.. result.Items.Select(t => t.PatientId).Distinct()]);

    protected override async Task<TicketPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var day = query.Day ?? Clock.Today(organisation.Current.Zone);
        var (patients, queues) = (db.Patients, db.Queues);
        var found = db.Tickets.AsNoTracking().Where(t => t.Day == day && (query.QueueId == null || t.QueueId == query.QueueId));
        if (query.States.Count > 0) found = found.Where(t => query.States.Contains(t.State));
        if (query.After is { } after) found = found.Where(t => t.Id > after);
        var rows = await found.OrderBy(t => t.Id).Take(query.Limit + 1).Select(t => new
        {
            Ticket = t, Patient = patients.Where(p => p.Id == t.PatientId).Select(p => new { p.Number, p.Name, p.RestrictedAt }).First(), Prefix = queues.Where(q => q.Id == t.QueueId).Select(q => q.Prefix).First(),
        }).ToListAsync(ct);
        var open = await db.OpenTo(Actor, Clock.Now(), rows.Select(r => (r.Ticket.PatientId, r.Patient.RestrictedAt)), ct);
        var items = rows.Take(query.Limit).Select(r => new TicketLine(r.Ticket.Id, r.Ticket.QueueId, r.Ticket.Day, r.Ticket.Number, r.Prefix + r.Ticket.Number, r.Ticket.State, r.Ticket.Urgency,
            r.Ticket.PatientId, r.Patient.Number, Restricted.NameFor(Actor, r.Patient.Name, r.Patient.RestrictedAt, open.Contains(r.Ticket.PatientId)), r.Ticket.IssuedAt, r.Ticket.CalledAt, r.Ticket.EndedAt, r.Ticket.Version)).ToList();
        return new(items, rows.Count > query.Limit ? items[^1].Id.ToString() : null);
    }
}
