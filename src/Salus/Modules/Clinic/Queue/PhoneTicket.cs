using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Queue.Waiting;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>A token on the patient's own phone: no name, no reason, nothing about anybody else.</summary>
/// <param name="Ahead">How many go first; null unless it waits.</param>
/// <param name="Wait">Range in minutes from now; null: not known yet.</param>
/// <param name="ComeBackBy">Local time at which the patient should be back; null: stay here, or not known.</param>
/// <param name="Told">How many waits of the last 30 days were foretold and ended.</param>
/// <param name="Right">In how many of them the patient was called inside the range.</param>
public sealed record PhoneView(string Clinic, string Language, string Queue, string Token, TicketState State, int? Ahead, WaitMinutes? Wait, TimeOnly? ComeBackBy, string? Place,
    IReadOnlyList<string> Notices, int Told, int Right, DateTime AsOf, bool IsToday, string? NextCode);

/// <summary>A range of waiting in whole minutes.</summary>
public sealed record WaitMinutes(int From, int To)
{
    /// <summary>Rounded outwards: to the minute up to 10, to 5 minutes above.</summary>
    public static WaitMinutes? Of(WaitRange? range) => range is null ? null : new(Down(range.From / 60), Math.Max(Up(range.To / 60), 1));

    private static int Down(double minutes) => minutes < 10 ? (int)Math.Floor(minutes) : (int)(Math.Floor(minutes / 5) * 5);
    private static int Up(double minutes) => minutes < 10 ? (int)Math.Ceiling(minutes) : (int)(Math.Ceiling(minutes / 5) * 5);
}

/// <summary>Reads a ticket by the word in its link. The word is the whole authority; it finds one ticket and works for two days.</summary>
public sealed class PhoneTicket(Database database, WaitForecasts forecasts, TimeProvider clock)
{
    public static readonly int Days = 2;

    /// <exception cref="Refusal">404 when there is no such ticket, 409 when its time is over.</exception>
    public async Task<PhoneView> Run(string code, CancellationToken ct)
    {
        try
        {
            var (ticket, clinic) = await Find(code, ct);
            await using var db = database.Open(clinic.Id);
            return await View(db, ticket, clinic, ct);
        }
        catch (Exception error) when (database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    private async Task<(Ticket, Organisation)> Find(string code, CancellationToken ct)
    {
        if (code.Length != 26) throw Refusal.NotFound();
        await using var db = database.Open();
        var organisations = db.Organisations.AsNoTracking();
        var found = await db.Tickets.IgnoreQueryFilters([SalusDb.OrganisationFilter]).AsNoTracking().Where(t => t.Code == code)
            .Select(t => new { Ticket = t, Clinic = organisations.First(o => o.Id == t.OrganisationId) }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        if (clock.Today(found.Clinic.Zone) > found.Ticket.Day.AddDays(Days)) throw new Refusal(409, "ticket.over", "This link was for {0:d}.", found.Ticket.Day);
        return (found.Ticket, found.Clinic);
    }

    private async Task<PhoneView> View(SalusDb db, Ticket ticket, Organisation clinic, CancellationToken ct)
    {
        var now = clock.Now();
        var today = clock.Today(clinic.Zone);
        var points = db.ServicePoints.AsNoTracking();
        var all = db.Tickets.AsNoTracking();
        var around = await db.Queues.AsNoTracking().Where(q => q.Id == ticket.QueueId).Select(q => new
        {
            Queue = q, Place = points.Where(p => p.Id == ticket.ServicePointId).Select(p => p.Name).FirstOrDefault(),
            Next = all.Where(t => t.TransferredFrom == ticket.Id).Select(t => t.Code).FirstOrDefault(),
        }).FirstAsync(ct);
        var notices = await QueueDay.Notices(db, ticket.QueueId, now, ct);
        var past = await forecasts.Past(db, ticket.QueueId, clinic.Zone, ct);
        var (ahead, wait, back) = (default(int?), default(WaitMinutes), default(TimeOnly?));
        if (ticket.State == TicketState.Waiting && ticket.Day == today)
        {
            var open = await QueueDay.Open(db, ticket.QueueId, today, ct);
            ahead = open.Where(t => t.State == TicketState.Waiting).TakeWhile(t => t.Id != ticket.Id).Count();
            var ranges = await forecasts.Foresee(db, ticket.QueueId, open, clinic.Zone, QueueDay.DelayLeft(notices, now), ct);
            var range = ranges.Count > ahead ? ranges[ahead.Value] : null;
            (wait, back) = (WaitMinutes.Of(range), ComeBack(range, now, clinic.Zone));
        }
        return new PhoneView(clinic.Name, clinic.Language, around.Queue.Name, around.Queue.Token(ticket.Number), ticket.State, ahead, wait, back, around.Place,
            [.. notices.Select(n => n.Text)], past.Told, past.Right, now.In(clinic.Zone), ticket.Day == today, around.Next);
    }

    /// <summary>Five minutes before the early end of the range, if that leaves at least ten minutes to go out.</summary>
    private static TimeOnly? ComeBack(WaitRange? range, DateTime now, TimeZoneInfo zone)
    {
        if (range is null || range.From < 15 * 60) return null;
        var at = now.AddSeconds(range.From).AddMinutes(-5).In(zone);
        return new TimeOnly(at.Hour, at.Minute / 5 * 5);
    }
}
