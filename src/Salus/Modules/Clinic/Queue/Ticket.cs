using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Queue;

public enum TicketState { Waiting, Called, InRoom, Done, NoShow, Transferred, Cancelled }

/// <summary>FHIR request priority; "asap" is not used in a queue.</summary>
public enum Urgency { Routine = 0, Urgent = 1, Stat = 2 }

/// <summary>What can be done to a ticket.</summary>
public enum TicketAction { Issue, Call, Recall, BringIn, Finish, SendBack, NoShow, Return, Transfer, Cancel, SetUrgency }

/// <summary>One patient's place in one queue on one day.</summary>
public sealed class Ticket : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid QueueId { get; set; }
    public Guid PatientId { get; set; }

    /// <summary>The visit it stands for; null where the clinic keeps no medical record here.</summary>
    public Guid? EncounterId { get; set; }

    /// <summary>The clinic's local date.</summary>
    public DateOnly Day { get; set; }

    /// <summary>The token: 1, 2, 3 … in each queue, from 1 again each day.</summary>
    public int Number { get; set; }
    public TicketState State { get; set; }
    public Urgency Urgency { get; set; }

    /// <summary>The urgency as a number, so that one index serves the order of service.</summary>
    public int Rank { get; set; }
    public string UrgencyReason { get; set; } = "";

    /// <summary>The unguessable word in the patient's link.</summary>
    public string Code { get; set; } = "";
    public DateTime IssuedAt { get; set; }
    public DateTime? CalledAt { get; set; }
    public DateTime? InRoomAt { get; set; }
    public DateTime? EndedAt { get; set; }

    /// <summary>How often the patient was called.</summary>
    public int Calls { get; set; }
    public Guid? ServedBy { get; set; }
    public Guid? ServicePointId { get; set; }

    /// <summary>The ticket this one continues after a transfer.</summary>
    public Guid? TransferredFrom { get; set; }

    /// <summary>The range of waiting, in seconds, that was told when the ticket was issued; null: not known then. Kept to check how often it was right.</summary>
    public int? ToldFrom { get; set; }
    public int? ToldTo { get; set; }
    /// <summary>Seconds from issue to the first call.</summary>
    public int? Waited { get; set; }
    public Guid Version { get; set; }

    public bool IsOpen => State is TicketState.Waiting or TicketState.Called or TicketState.InRoom;

    public void SetUrgency(Urgency urgency, string reason) => (Urgency, Rank, UrgencyReason) = (urgency, (int)urgency, reason);

    /// <summary>
    /// The one place where a ticket changes state. Knows the legal arrows and keeps the times.
    /// </summary>
    /// <exception cref="Refusal">409 <c>ticket.state</c>, naming the state that would be needed.</exception>
    public void Move(TicketAction action, DateTime now, Guid? by = null, Guid? servicePoint = null)
    {
        if (Target(State, action) is not { } target)
            throw new Refusal(409, "ticket.state", "This is not possible: the ticket is “{0}”, and would have to be “{1}”.", Words.Of(State), string.Join(" / ", From(action).Select(Words.Of)))
            { Unlock = "Look at the list again: somebody may have acted before you." };
        State = target;
        switch (action)
        {
            case TicketAction.Call or TicketAction.Recall:
                Waited ??= (int)(now - IssuedAt).TotalSeconds;
                (CalledAt, Calls, ServedBy, ServicePointId) = (action == TicketAction.Call ? now : CalledAt, Calls + 1, by, servicePoint ?? ServicePointId);
                break;
            case TicketAction.BringIn:
                (InRoomAt, ServedBy, ServicePointId) = (now, by ?? ServedBy, servicePoint ?? ServicePointId);
                break;
            case TicketAction.SendBack or TicketAction.Return:
                (CalledAt, InRoomAt, EndedAt, ServedBy, ServicePointId) = (null, null, null, null, null);
                break;
            case TicketAction.Finish or TicketAction.NoShow or TicketAction.Transfer or TicketAction.Cancel:
                EndedAt = now;
                break;
        }
    }

    /// <summary>Where an action leads from a state; null: nowhere.</summary>
    public static TicketState? Target(TicketState from, TicketAction action) => (from, action) switch
    {
        (TicketState.Waiting, TicketAction.Call) => TicketState.Called,
        (TicketState.Called, TicketAction.Recall) => TicketState.Called,
        (TicketState.Called, TicketAction.BringIn) => TicketState.InRoom,
        (TicketState.InRoom, TicketAction.Finish) => TicketState.Done,
        (TicketState.Called or TicketState.InRoom, TicketAction.SendBack) => TicketState.Waiting,
        (TicketState.Waiting or TicketState.Called, TicketAction.NoShow) => TicketState.NoShow,
        (TicketState.NoShow, TicketAction.Return) => TicketState.Waiting,
        (TicketState.Waiting or TicketState.Called or TicketState.InRoom, TicketAction.Transfer) => TicketState.Transferred,
        (TicketState.Waiting or TicketState.Called, TicketAction.Cancel) => TicketState.Cancelled,
        (TicketState.Waiting, TicketAction.SetUrgency) => TicketState.Waiting,
        _ => null,
    };

    /// <summary>The states from which an action is legal.</summary>
    public static IEnumerable<TicketState> From(TicketAction action) => Enum.GetValues<TicketState>().Where(s => Target(s, action) is not null);
}

/// <summary>One step in a ticket's history: what, by whom, why.</summary>
public sealed class TicketMove : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid TicketId { get; set; }
    public DateTime At { get; set; }
    public TicketAction Action { get; set; }
    public TicketState State { get; set; }
    public Guid? ActorId { get; set; }

    /// <summary>Called before others who were ahead by the published rule; <see cref="Reason"/> says why.</summary>
    public bool IsOvertaking { get; set; }
    public string Reason { get; set; } = "";
}

public static class TicketTables
{
    extension(SalusDb db)
    {
        public DbSet<Ticket> Tickets => db.Set<Ticket>();
        public DbSet<TicketMove> TicketMoves => db.Set<TicketMove>();
    }

    /// <summary>The published order of service: urgent class first, then the token.</summary>
    public static IOrderedQueryable<Ticket> InOrderOfService(this IQueryable<Ticket> tickets) => tickets.OrderByDescending(t => t.Rank).ThenBy(t => t.Number);
}

internal sealed class TicketTable : IEntityTypeConfiguration<Ticket>
{
    public void Configure(EntityTypeBuilder<Ticket> table)
    {
        table.ToTable("clinic_tickets");
        table.Property(t => t.Code).HasMaxLength(26);
        table.Property(t => t.UrgencyReason).Sealed();
        table.Ignore(t => t.IsOpen);
        table.HasIndex(t => new { t.QueueId, t.Day, t.Number }).IsUnique();
        table.HasIndex(t => new { t.QueueId, t.Day, t.State, t.Rank, t.Number }).IsDescending(false, false, false, true, false);
        table.HasIndex(t => t.Code).IsUnique();
        table.HasIndex(t => new { t.PatientId, t.IssuedAt });
        table.HasIndex(t => new { t.OrganisationId, t.Day, t.Id });
        table.HasOne<Encounter>().WithMany().HasForeignKey(t => t.EncounterId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Patient>().WithMany().HasForeignKey(t => t.PatientId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<ServiceQueue>().WithMany().HasForeignKey(t => t.QueueId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class TicketMoveTable : IEntityTypeConfiguration<TicketMove>
{
    public void Configure(EntityTypeBuilder<TicketMove> table)
    {
        table.ToTable("clinic_ticket_moves");
        table.Property(m => m.Reason).Sealed();
        table.HasIndex(m => new { m.TicketId, m.At });
        table.HasOne<Ticket>().WithMany().HasForeignKey(m => m.TicketId).OnDelete(DeleteBehavior.Restrict);
    }
}
