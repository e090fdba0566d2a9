using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Sets the urgent class of one who waits. The class decides who goes first, so it needs a reason.</summary>
public sealed class SetUrgency(Tools tools, OrganisationSlot organisation) : TicketUseCase<SetUrgency.Command, TicketOutcome>(tools, organisation)
{
    public const string Action = "ticket.set-urgency";

    public sealed record Command
    {
        public Guid TicketId { get; init; }

        [EnumDataType(typeof(Urgency), ErrorMessage = "Choose one of the list.")]
        public Urgency Urgency { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.SetUrgency);

    protected override async Task<TicketOutcome> Handle(Command command, CancellationToken ct)
    {
        var (ticket, queue) = await Find(command.TicketId, command.Version, ct);
        var raised = command.Urgency > ticket.Urgency;
        ticket.Move(TicketAction.SetUrgency, Now);
        ticket.SetUrgency(command.Urgency, Text.Clean(command.Reason));
        Note(ticket, TicketAction.SetUrgency, ticket.State, ticket.UrgencyReason, raised);
        return Outcome(ticket, queue);
    }
}
