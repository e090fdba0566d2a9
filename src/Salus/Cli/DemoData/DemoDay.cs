using Salus.Modules.Clinic.Queue;

namespace Salus.Cli.DemoData;

/// <summary>Plays one day of one queue: people arrive, doctors serve them by the published order, some do not come.</summary>
internal sealed class DemoDay(Random random, Guid organisation, ServiceQueue queue, DateOnly day, DateTime opening, Guid[] doctors, Guid[] rooms)
{
    private static readonly string[] Reasons = ["Chest pain", "High fever", "Pregnant", "Fell on the way", "Small child with fever"];
    private readonly double pace = Math.Exp((random.NextDouble() - 0.5) * 0.5);

    public List<Ticket> Tickets { get; } = [];
    public List<TicketMove> Moves { get; } = [];

    /// <summary>Plays until an instant with the given number of arrivals between opening and <paramref name="lastArrival"/>.</summary>
    public void Play(int arrivals, DateTime lastArrival, DateTime until, IReadOnlyList<Guid> patients)
    {
        var span = (lastArrival - opening).TotalSeconds;
        var times = Enumerable.Range(0, arrivals).Select(_ => opening.AddSeconds(span * random.NextDouble())).Order().ToList();
        for (var i = 0; i < times.Count; i++) Arrive(times[i], i + 1, patients[i]);
        var free = doctors.Select((_, d) => opening.AddMinutes(20 + (d * 7) + random.Next(10))).ToArray();
        while (true)
        {
            var doctor = Array.IndexOf(free, free.Min());
            var now = free[doctor];
            if (now >= until) return;
            var next = Tickets.Where(t => t.State == TicketState.Waiting && t.IssuedAt <= now).OrderByDescending(t => t.Rank).ThenBy(t => t.Number).FirstOrDefault();
            if (next is not null) { free[doctor] = Serve(next, doctor, now, until); continue; }
            var arrival = Tickets.Where(t => t.State == TicketState.Waiting).Select(t => (DateTime?)t.IssuedAt).Min();
            if (arrival is null) return;
            free[doctor] = arrival.Value;
        }
    }

    /// <summary>Takes back the last arrival, who still waits.</summary>
    public void DropLast()
    {
        Moves.RemoveAll(m => m.TicketId == Tickets[^1].Id);
        Tickets.RemoveAt(Tickets.Count - 1);
    }

    private void Arrive(DateTime at, int number, Guid patient)
    {
        var ticket = new Ticket
        {
            Id = Guid.CreateVersion7(at), OrganisationId = organisation, QueueId = queue.Id, PatientId = patient, Day = day, Number = number, IssuedAt = at, Code = Kernel.Text.Secret(),
        };
        if (random.NextDouble() < 0.05) ticket.SetUrgency(random.NextDouble() < 0.2 ? Urgency.Stat : Urgency.Urgent, Reasons[random.Next(Reasons.Length)]);
        Tickets.Add(ticket);
        Note(ticket, TicketAction.Issue, at, null);
    }

    private DateTime Serve(Ticket ticket, int doctor, DateTime now, DateTime until)
    {
        Step(ticket, TicketAction.Call, now, doctor);
        if (random.NextDouble() < 0.06)
        {
            var gone = now.AddMinutes(2 + (random.NextDouble() * 2));
            if (gone < until) Step(ticket, TicketAction.NoShow, gone, doctor);
            return gone;
        }
        var inside = now.AddSeconds(30 + random.Next(90));
        // Log-normal times with a median of eight minutes, faster or slower as the whole day is.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var end = inside.AddMinutes(Math.Clamp(8 * pace * Math.Exp(0.45 * normal), 2, 40));
        if (inside < until) Step(ticket, TicketAction.BringIn, inside, doctor);
        if (end < until) Step(ticket, TicketAction.Finish, end, doctor);
        return end.AddSeconds(20 + random.Next(60));
    }

    private void Step(Ticket ticket, TicketAction action, DateTime at, int doctor)
    {
        ticket.Move(action, at, doctors[doctor], action == TicketAction.Call ? rooms[doctor] : null);
        Note(ticket, action, at, doctors[doctor]);
    }

    private void Note(Ticket ticket, TicketAction action, DateTime at, Guid? by) => Moves.Add(new TicketMove
    {
        Id = Guid.CreateVersion7(at), OrganisationId = organisation, TicketId = ticket.Id, At = at, Action = action, State = ticket.State, ActorId = by,
        Reason = action == TicketAction.Issue ? ticket.UrgencyReason : "",
    });
}
