using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>One step of a ticket's history.</summary>
/// <param name="By">Who did it; the name of the account at the time of reading.</param>
public sealed record TicketStep(DateTime At, TicketAction Action, TicketState State, Guid? By, bool IsOvertaking, string Reason);

/// <summary>One ticket with its history.</summary>
public sealed record TicketDetail(Guid Id, Guid QueueId, string QueueName, DateOnly Day, int Number, string Token, TicketState State, Urgency Urgency, Guid PatientId, string PatientNumber,
    string PatientName, string Code, DateTime IssuedAt, int? ToldFrom, int? ToldTo, Guid? TransferredFrom, Guid? EncounterId, IReadOnlyList<TicketStep> Steps, Guid Version);

/// <summary>Reads one ticket and its history.</summary>
public sealed class TicketView(Tools tools) : ReadModel<TicketView.Query, TicketDetail>(tools)
{
    public const string Action = "ticket.read";

    public sealed record Query { public Guid TicketId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadQueue);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, TicketDetail result) => ("patient", [result.PatientId]);

    protected override async Task<TicketDetail> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (patients, queues) = (db.Patients.AsNoTracking(), db.Queues.AsNoTracking());
        var found = await db.Tickets.AsNoTracking().Where(t => t.Id == query.TicketId)
            .Select(t => new { Ticket = t, Patient = patients.First(p => p.Id == t.PatientId), Queue = queues.First(q => q.Id == t.QueueId) }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var steps = await db.TicketMoves.AsNoTracking().Where(m => m.TicketId == query.TicketId).OrderBy(m => m.At).ThenBy(m => m.Id).Take(200)
            .Select(m => new TicketStep(m.At, m.Action, m.State, m.ActorId, m.IsOvertaking, m.Reason)).ToListAsync(ct);
        var open = await db.OpenTo(Actor, Clock.Now(), [(found.Patient.Id, found.Patient.RestrictedAt)], ct);
        var t = found.Ticket;
        return new(t.Id, t.QueueId, found.Queue.Name, t.Day, t.Number, found.Queue.Token(t.Number), t.State, t.Urgency, t.PatientId, found.Patient.Number, found.Patient.NameFor(Actor, open), t.Code, t.IssuedAt,
            t.ToldFrom, t.ToldTo, t.TransferredFrom, t.EncounterId, steps, t.Version);
    }
}
