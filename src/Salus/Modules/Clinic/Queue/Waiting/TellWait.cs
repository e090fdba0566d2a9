using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue.Waiting;

/// <summary>What the next patient of a queue would be told; computed at most every ten seconds per queue, because it is the same for all who come at once.</summary>
public sealed class TellWait(Database database, ActorSlot actor, OrganisationSlot organisation, WaitForecasts forecasts, TellWait.Recent recent, TimeProvider clock)
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(10), Stale = TimeSpan.FromMinutes(1);

    /// <summary>The last answers, shared by all requests.</summary>
    public sealed class Recent
    {
        public ConcurrentDictionary<(Guid, Urgency), (DateTime At, WaitRange? Range)> Answers { get; } = new();

        /// <summary>Those that are being computed: who comes meanwhile is told the last answer, or waits for this one.</summary>
        public ConcurrentDictionary<(Guid, Urgency), Task<WaitRange?>> Running { get; } = new();
    }

    public async Task<WaitRange?> OneMore(Guid queueId, Urgency urgency, CancellationToken ct)
    {
        var now = clock.Now();
        if (recent.Answers.TryGetValue((queueId, urgency), out var known) && now - known.At < Keep) return known.Range;
        // Only for a queue in reach: what another clinic asks about it must neither be kept nor shared.
        if (!await IsInReach(queueId, ct)) return null;
        // One caller computes; the others need not, and the database is not asked the same by all of them at once.
        var mine = new TaskCompletionSource<WaitRange?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = recent.Running.GetOrAdd((queueId, urgency), mine.Task);
        if (running != mine.Task) return known.At > now - Stale ? known.Range : await running;
        try
        {
            var range = await Compute(queueId, urgency, now, ct);
            recent.Answers[(queueId, urgency)] = (now, range);
            mine.SetResult(range);
            return range;
        }
        catch (Exception error)
        {
            // Those who wait for it go on without a range: a token is worth more than its forecast.
            mine.SetResult(null);
            if (database.IsUnavailable(error)) throw Refusal.Busy();
            throw;
        }
        finally { recent.Running.TryRemove((queueId, urgency), out _); }
    }

    private async Task<bool> IsInReach(Guid queueId, CancellationToken ct)
    {
        try
        {
            await using var db = database.Open(actor.Actor.OrganisationId);
            return await db.Queues.AnyAsync(q => q.Id == queueId, ct);
        }
        catch (Exception error) when (database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    private async Task<WaitRange?> Compute(Guid queueId, Urgency urgency, DateTime now, CancellationToken ct)
    {
        await using var db = database.Open(actor.Actor.OrganisationId);
        var day = clock.Today(organisation.Current.Zone);
        var open = await QueueDay.Open(db, queueId, day, ct);
        open.Add(new Ticket { QueueId = queueId, Day = day, State = TicketState.Waiting, Rank = (int)urgency, Number = int.MaxValue });
        var notices = await QueueDay.Notices(db, queueId, now, ct);
        var ranges = await forecasts.Foresee(db, queueId, open, organisation.Current.Zone, QueueDay.DelayLeft(notices, now), ct);
        var place = open.Count(t => t.State == TicketState.Waiting && t.Rank >= (int)urgency) - 1;
        return ranges.Count > place ? ranges[place] : null;
    }
}
