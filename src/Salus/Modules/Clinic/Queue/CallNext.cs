using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Calls the next patient by the published order. Two doctors who press at once get two patients: each holds the row it picked.</summary>
public sealed class CallNext(Tools tools, OrganisationSlot organisation) : TicketUseCase<CallNext.Command, TicketOutcome>(tools, organisation)
{
    public const string Action = "ticket.call-next";

    public sealed record Command
    {
        public Guid QueueId { get; init; }

        /// <summary>The room to which the patient is called.</summary>
        public Guid? ServicePointId { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ServeQueue);

    protected override async Task<TicketOutcome> Handle(Command command, CancellationToken ct)
    {
        var queue = await Db.Queues.AsNoTracking().FirstOrDefaultAsync(q => q.Id == command.QueueId, ct) ?? throw Refusal.NotFound();
        await ServicePoints.Check(Db, command.ServicePointId, ct);
        var next = await Db.Tickets.FromSqlRaw($$"""
            SELECT * FROM clinic_tickets WHERE "QueueId" = {0} AND "Day" = {1} AND "State" = 'Waiting'
            ORDER BY "Rank" DESC, "Number" LIMIT 1 {{Db.Provider.SkipLocked}}
            """, queue.Id, Today).IgnoreQueryFilters([Kernel.Data.SalusDb.OrganisationFilter]).ToListAsync(ct);
        if (next.Count == 0) throw new Refusal(409, "queue.empty", "Nobody waits in “{0}”.", queue.Name);
        var ticket = next[0];
        ticket.Move(TicketAction.Call, Now, Actor.Id, command.ServicePointId);
        Note(ticket, TicketAction.Call, TicketState.Waiting);
        return Outcome(ticket, queue);
    }
}
