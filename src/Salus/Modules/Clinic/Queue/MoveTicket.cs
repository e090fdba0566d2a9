using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>The steps of a ticket that need nothing but the ticket: called again, brought in, finished, sent back, did not come, came back, cancelled.</summary>
public sealed class MoveTicket(Tools tools, OrganisationSlot organisation, CareGuard guard) : TicketUseCase<MoveTicket.Command, TicketOutcome>(tools, organisation)
{
    public const string Action = "ticket.move";

    /// <summary>Those that this use case does; issue, call, transfer and urgency have their own.</summary>
    public static readonly IReadOnlyList<TicketAction> Steps =
        [TicketAction.Recall, TicketAction.BringIn, TicketAction.Finish, TicketAction.SendBack, TicketAction.NoShow, TicketAction.Return, TicketAction.Cancel];

    public sealed record Command
    {
        public Guid TicketId { get; init; }
        public TicketAction Step { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    // The desk hears that somebody leaves or has come back; all other steps are the doctor's.
    protected override Task Authorize(Command command, CancellationToken ct) => Require(
        command.Step is TicketAction.Cancel or TicketAction.Return && Actor.May(ClinicPermissions.IssueTokens) ? ClinicPermissions.IssueTokens : ClinicPermissions.ServeQueue);

    protected override async Task<TicketOutcome> Handle(Command command, CancellationToken ct)
    {
        if (!Steps.Contains(command.Step)) throw Refusal.Field("step", "This step has its own address.");
        var (ticket, queue) = await Find(command.TicketId, command.Version, ct);
        var before = ticket.State;
        if (command.Step == TicketAction.BringIn && ticket.EncounterId is { } visit) await guard.Check(Db, visit, CareAct.BringIn, Actor, null, ct);
        ticket.Move(command.Step, Now, Actor.Id);
        Note(ticket, command.Step, before, Text.Clean(command.Reason));
        return Outcome(ticket, queue);
    }
}
