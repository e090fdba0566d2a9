using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Queue;

/// <summary>What is open in a queue today: the common reading of board, work list, phone and forecast.</summary>
public static class QueueDay
{
    /// <summary>Today's open tickets in the order of service.</summary>
    public static Task<List<Ticket>> Open(SalusDb db, Guid queueId, DateOnly day, CancellationToken ct) =>
        db.Tickets.AsNoTracking().Where(t => t.QueueId == queueId && t.Day == day
            && (t.State == TicketState.Waiting || t.State == TicketState.Called || t.State == TicketState.InRoom)).InOrderOfService().ToListAsync(ct);

    /// <summary>Notices that still hold, newest first.</summary>
    public static Task<List<Notice>> Notices(SalusDb db, Guid queueId, DateTime now, CancellationToken ct) =>
        db.Notices.AsNoTracking().Where(n => n.QueueId == queueId && n.ExpiresAt > now).OrderByDescending(n => n.PostedAt).Take(5).ToListAsync(ct);

    /// <summary>What is left of announced delays.</summary>
    public static int DelayLeft(IEnumerable<Notice> notices, DateTime now) =>
        notices.Select(n => n.DelayMinutes - (int)(now - n.PostedAt).TotalMinutes).DefaultIfEmpty(0).Max() is var left && left > 0 ? left : 0;

    /// <exception cref="Refusal">404 when the queue is not the actor's; 409 <c>queue.closed</c> when it issues no tokens today.</exception>
    public static async Task<ServiceQueue> FindOpen(SalusDb db, Guid queueId, DateOnly day, CancellationToken ct)
    {
        var found = await db.Queues.AsNoTracking().Where(q => q.Id == queueId && q.ArchivedAt == null)
            .Select(q => new { Queue = q, Closed = db.Set<Closure>().Any(c => c.QueueId == q.Id && c.Day == day) }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        if (found.Closed || !found.Queue.IsOpenOn(day.DayOfWeek))
            throw new Refusal(409, "queue.closed", "“{0}” is closed today.", found.Queue.Name) { Unlock = "Choose another queue, or let a manager change its opening days." };
        return found.Queue;
    }

    public static string Topic(Guid queueId) => $"queue:{queueId}";
    public static string Topic(Ticket ticket) => $"ticket:{ticket.Code}";
}
