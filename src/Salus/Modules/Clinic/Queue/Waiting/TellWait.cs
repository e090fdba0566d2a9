using System.Collections.Concurrent;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue.Waiting;

/// <summary>What the next patient of a queue would be told; computed at most every ten seconds per queue, because it is the same for all who come at once.</summary>
public sealed class TellWait(Database database, ActorSlot actor, OrganisationSlot organisation, WaitForecasts forecasts, TellWait.Recent recent, TimeProvider clock)
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(10);

    /// <summary>The last answers, shared by all requests.</summary>
    public sealed class Recent
    {
        public ConcurrentDictionary<(Guid, Urgency), (DateTime At, WaitRange? Range)> Answers { get; } = new();
    }

    public async Task<WaitRange?> OneMore(Guid queueId, Urgency urgency, CancellationToken ct)
    {
        var now = clock.Now();
        if (recent.Answers.TryGetValue((queueId, urgency), out var known) && now - known.At < Keep) return known.Range;
        try
        {
            await using var db = database.Open(actor.Actor.OrganisationId);
            var day = clock.Today(organisation.Current.Zone);
            var open = await QueueDay.Open(db, queueId, day, ct);
            open.Add(new Ticket { QueueId = queueId, Day = day, State = TicketState.Waiting, Rank = (int)urgency, Number = int.MaxValue });
            var notices = await QueueDay.Notices(db, queueId, now, ct);
            var ranges = await forecasts.Foresee(db, queueId, open, organisation.Current.Zone, QueueDay.DelayLeft(notices, now), ct);
            var place = open.Count(t => t.State == TicketState.Waiting && t.Rank >= (int)urgency) - 1;
            var range = ranges.Count > place ? ranges[place] : null;
            recent.Answers[(queueId, urgency)] = (now, range);
            return range;
        }
        catch (Exception error) when (database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }
}
