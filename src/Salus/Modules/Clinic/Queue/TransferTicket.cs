using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Ends a ticket here and gives the patient a new token in another queue, with the same urgency.</summary>
public sealed class TransferTicket(Tools tools, OrganisationSlot organisation) : TicketUseCase<TransferTicket.Command, TicketOutcome>(tools, organisation)
{
    public const string Action = "ticket.transfer";

    public sealed record Command
    {
        public Guid TicketId { get; init; }
        public Guid QueueId { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ServeQueue);

    protected override async Task<TicketOutcome> Handle(Command command, CancellationToken ct)
    {
        var (old, _) = await Find(command.TicketId, command.Version, ct);
        var queue = await QueueDay.FindOpen(Db, command.QueueId, Today, ct);
        if (queue.Id == old.QueueId) throw Refusal.Field("queueId", "Choose another queue.");
        var before = old.State;
        old.Move(TicketAction.Transfer, Now);
        var ticket = await NewTicket(old.PatientId, queue.Id, Today, ct);
        ticket.SetUrgency(old.Urgency, old.UrgencyReason);
        (ticket.TransferredFrom, ticket.EncounterId, ticket.Version) = (old.Id, old.EncounterId, Guid.CreateVersion7());
        Db.Add(ticket);
        Note(ticket, TicketAction.Issue, ticket.State);
        Note(old, TicketAction.Transfer, before, Text.Clean(command.Reason));
        Changed(QueueDay.Topic(old));
        return Outcome(ticket, queue);
    }
}
