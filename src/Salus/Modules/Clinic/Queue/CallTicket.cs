using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Calls one certain patient. When others are ahead by the published rule this is an overtaking, and needs a reason.</summary>
public sealed class CallTicket(Tools tools, OrganisationSlot organisation) : TicketUseCase<CallTicket.Command, TicketOutcome>(tools, organisation)
{
    public const string Action = "ticket.call";

    public sealed record Command
    {
        public Guid TicketId { get; init; }
        public Guid? ServicePointId { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ServeQueue);

    protected override async Task<TicketOutcome> Handle(Command command, CancellationToken ct)
    {
        var (ticket, queue) = await Find(command.TicketId, command.Version, ct);
        await ServicePoints.Check(Db, command.ServicePointId, ct);
        ticket.Move(TicketAction.Call, Now, Actor.Id, command.ServicePointId);
        var overtakes = await Db.Tickets.AnyAsync(t => t.QueueId == ticket.QueueId && t.Day == ticket.Day && t.State == TicketState.Waiting
            && (t.Rank > ticket.Rank || (t.Rank == ticket.Rank && t.Number < ticket.Number)), ct);
        var reason = Text.Clean(command.Reason);
        if (overtakes && reason.Length == 0)
            throw new Refusal(422, "queue.overtaking", "Others are ahead of this patient.")
            { Unlock = "Give a reason, or call the next patient.", Errors = new Dictionary<string, string[]> { ["reason"] = ["Please give a reason."] } };
        Note(ticket, TicketAction.Call, TicketState.Waiting, reason, overtakes);
        return Outcome(ticket, queue);
    }
}
