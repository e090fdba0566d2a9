using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Queue.Waiting;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Gives a patient the next token of a queue and keeps the range of waiting that the patient is told.</summary>
public sealed class IssueToken(Tools tools, OrganisationSlot organisation, TellWait tell, Bills bills) : TicketUseCase<IssueToken.Command, IssueToken.Issued>(tools, organisation)
{
    public const string Action = "ticket.issue";
    private WaitRange? told;

    public sealed record Command
    {
        public Guid PatientId { get; init; }
        public Guid QueueId { get; init; }

        [EnumDataType(typeof(Urgency), ErrorMessage = "Choose one of the list.")]
        public Urgency Urgency { get; init; }

        /// <summary>Why the class is above routine.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>The patient's insurance that is asked to pay for the visit, if the token opens a new one; empty: the patient pays.</summary>
        public Guid? PolicyId { get; init; }
    }

    /// <param name="Code">The word in the patient's link <c>/t/{code}</c>.</param>
    public sealed record Issued(Guid Id, Guid QueueId, int Number, string Token, string Code, TicketState State, DateTime IssuedAt, Guid? EncounterId, Guid Version);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override async Task Authorize(Command command, CancellationToken ct)
    {
        await Require(ClinicPermissions.IssueTokens);
        if (command.PolicyId is not null) await Require(ClinicPermissions.Insure);
    }

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        if (command.Urgency != Urgency.Routine && Text.Clean(command.Reason).Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        if (Actor.May(ClinicPermissions.IssueTokens)) told = await tell.OneMore(command.QueueId, command.Urgency, ct);
    }

    protected override async Task<Issued> Handle(Command command, CancellationToken ct)
    {
        var queue = await QueueDay.FindOpen(Db, command.QueueId, Today, ct);
        if (!await Db.PatientsVisibleTo(Actor, Now).AnyAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct)) throw Refusal.NotFound();
        var ticket = await NewTicket(command.PatientId, queue.Id, Today, ct);
        ticket.SetUrgency(command.Urgency, Text.Clean(command.Reason));
        if (Clinic.KeepsRecord) ticket.EncounterId = await OpenEncounter.ForTicket(bills.Booking(Db, Now, Actor.Id, Changed), bills, ticket.PatientId, command.Urgency == Urgency.Stat, command.PolicyId, ct);
        if (told is { } range) (ticket.ToldFrom, ticket.ToldTo) = ((int)range.From / 60 * 60, (int)Math.Ceiling(range.To / 60) * 60);
        ticket.Version = Guid.CreateVersion7();
        Db.Add(ticket);
        if (ticket.EncounterId is not null) Changed(EncounterList.Topic(Db.OrganisationId));
        Note(ticket, TicketAction.Issue, ticket.State, ticket.UrgencyReason, ticket.Urgency != Urgency.Routine);
        return new Issued(ticket.Id, queue.Id, ticket.Number, queue.Token(ticket.Number), ticket.Code, ticket.State, ticket.IssuedAt, ticket.EncounterId, ticket.Version);
    }
}
