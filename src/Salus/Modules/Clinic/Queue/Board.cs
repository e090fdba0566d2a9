using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>One token on the board.</summary>
/// <param name="Name">The patient's name; null unless the clinic decided to show names.</param>
/// <param name="Calls">How often it was called; the board chimes when this rises.</param>
public sealed record BoardToken(string Token, TicketState State, string? Name, string? Place, int Calls, Urgency Urgency);

/// <summary>One queue on the board.</summary>
public sealed record BoardQueue(Guid Id, string Name, IReadOnlyList<BoardToken> Serving, IReadOnlyList<BoardToken> Waiting, IReadOnlyList<string> Notices);

/// <summary>The waiting-room board: tokens, not names, unless the clinic decided otherwise.</summary>
public sealed record BoardView(string Organisation, IReadOnlyList<BoardQueue> Queues);

/// <summary>What the waiting-room board shows, of one queue or of all.</summary>
public sealed class Board(Tools tools, OrganisationSlot organisation, RecentBoards recent) : ReadModel<Board.Query, BoardView>(tools)
{
    public const string Action = "queue.board";

    public sealed record Query { public Guid? QueueId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadBoard);

    // Names on a screen are the clinic's decision for all its waiting room; who stands before it cannot be logged.
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, BoardView result) => null;

    protected override Task<BoardView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var clinic = organisation.Current;
        return recent.Get((clinic.Id, clinic.Version, Clock.Today(clinic.Zone), query.QueueId), () => Read(db, query, ct)).AsTask();
    }

    private async Task<BoardView> Read(SalusDb db, Query query, CancellationToken ct)
    {
        var (clinic, now) = (organisation.Current, Clock.Now());
        var today = Clock.Today(clinic.Zone);
        var queues = await db.Queues.AsNoTracking().Where(q => q.ArchivedAt == null && (query.QueueId == null || q.Id == query.QueueId)).OrderBy(q => q.Name)
            .Select(q => new { q.Id, q.Name, q.Prefix }).ToListAsync(ct);
        if (query.QueueId is not null && queues.Count == 0) throw Refusal.NotFound();
        var ids = queues.Select(q => q.Id).ToList();
        var (patients, points, showNames) = (db.Patients, db.ServicePoints, clinic.BoardShowsNames);
        var tickets = await db.Tickets.AsNoTracking()
            .Where(t => ids.Contains(t.QueueId) && t.Day == today && (t.State == TicketState.Waiting || t.State == TicketState.Called || t.State == TicketState.InRoom))
            .InOrderOfService().Select(t => new
            {
                t.QueueId, t.Number, t.State, t.Calls, t.CalledAt, t.Urgency,
                Name = showNames ? patients.Where(p => p.Id == t.PatientId && p.RestrictedAt == null).Select(p => p.Name).FirstOrDefault() : null,
                Place = points.Where(s => s.Id == t.ServicePointId).Select(s => s.Name).FirstOrDefault(),
            }).ToListAsync(ct);
        var notices = await db.Notices.AsNoTracking().Where(n => ids.Contains(n.QueueId) && n.ExpiresAt > now).OrderByDescending(n => n.PostedAt).Take(20).ToListAsync(ct);
        return new BoardView(clinic.Name, [.. queues.Select(q =>
        {
            var own = tickets.Where(t => t.QueueId == q.Id).ToList();
            BoardToken Token(int number, TicketState state, string? name, string? place, int calls, Urgency urgency) => new($"{q.Prefix}{number}", state, name, place, calls, urgency);
            return new BoardQueue(q.Id, q.Name,
                [.. own.Where(t => t.State != TicketState.Waiting).OrderByDescending(t => t.State == TicketState.Called).ThenByDescending(t => t.CalledAt).Select(t => Token(t.Number, t.State, t.Name, t.Place, t.Calls, t.Urgency))],
                [.. own.Where(t => t.State == TicketState.Waiting).Select(t => Token(t.Number, t.State, t.Name, null, t.Calls, t.Urgency))],
                [.. notices.Where(n => n.QueueId == q.Id).Select(n => n.Text)]);
        })]);
    }
}
