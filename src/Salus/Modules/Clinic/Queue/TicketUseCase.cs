using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>A ticket after an act, as staff see it.</summary>
public sealed record TicketOutcome(Guid Id, Guid QueueId, int Number, string Token, TicketState State, Urgency Urgency, Guid Version);

/// <summary>What all acts on tickets share: finding the ticket, writing its history, naming it in the audit row, telling open pages.</summary>
public abstract class TicketUseCase<TCommand, TResult>(Tools tools, OrganisationSlot organisation) : UseCase<TCommand, TResult>(tools) where TCommand : class
{
    protected Organisation Clinic => organisation.Current;
    protected DateOnly Today => Clock.Today(Clinic.Zone);

    /// <exception cref="Refusal">404 when no such ticket is in reach, 409 when it is newer than <paramref name="seen"/>.</exception>
    protected async Task<(Ticket Ticket, ServiceQueue Queue)> Find(Guid ticketId, Guid? seen, CancellationToken ct)
    {
        var queues = Db.Queues; // with AsNoTracking here EF would not track the ticket either, and its change would be lost
        var found = await Db.Tickets.Where(t => t.Id == ticketId).Select(t => new { Ticket = t, Queue = queues.First(q => q.Id == t.QueueId) }).FirstOrDefaultAsync(ct)
            ?? throw Refusal.NotFound();
        Subject("ticket", found.Ticket.Id, found.Ticket.State.ToString(), found.Ticket.Id);
        if (seen is { } version && version != found.Ticket.Version) throw Refusal.Stale();
        return (found.Ticket, found.Queue);
    }

    protected void Note(Ticket ticket, TicketAction action, TicketState before, string reason = "", bool isOvertaking = false)
    {
        Db.Add(new TicketMove
        {
            OrganisationId = ticket.OrganisationId, TicketId = ticket.Id, At = Now, Action = action, State = ticket.State, ActorId = Actor.Id, Reason = reason, IsOvertaking = isOvertaking,
        });
        Subject("ticket", ticket.Id, $"{before}>{ticket.State}{(isOvertaking ? " overtaking" : "")}", ticket.Id);
        Changed(QueueDay.Topic(ticket.QueueId));
        Changed($"board:{ticket.OrganisationId}");
    }

    /// <summary>The ticket with the version it will have; it is saved together with its history and audit row.</summary>
    protected static TicketOutcome Outcome(Ticket ticket, ServiceQueue queue)
    {
        ticket.Version = Guid.CreateVersion7();
        return new(ticket.Id, ticket.QueueId, ticket.Number, queue.Token(ticket.Number), ticket.State, ticket.Urgency, ticket.Version);
    }

    /// <summary>The next token: the counter's row is locked until the commit, so no token is given twice.</summary>
    protected async Task<Ticket> NewTicket(Guid patientId, Guid queueId, DateOnly day, CancellationToken ct) => new()
    {
        OrganisationId = Db.OrganisationId, PatientId = patientId, QueueId = queueId, Day = day, IssuedAt = Now, Code = Text.Secret(),
        Number = (int)await Database.Next(Db, $"token:{queueId:N}:{day:yyyyMMdd}", 1, ct),
    };
}
