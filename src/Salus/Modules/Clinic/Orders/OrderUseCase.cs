using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Orders;

/// <summary>An order after an act.</summary>
public sealed record OrderOutcome(Guid Id, Guid EncounterId, OrderKind Kind, OrderState State, Guid Version);

/// <summary>What all acts on one order share. The visit is the order's own and never taken from the request.</summary>
public abstract class OrderUseCase<TCommand, TResult>(Tools tools, CareGuard guard) : EncounterUseCase<TCommand, TResult>(tools, guard) where TCommand : class
{
    /// <summary>The order, its visit held until the commit.</summary>
    /// <param name="kind">The kind of order that the act is for; null: any.</param>
    /// <exception cref="Refusal">404, what the guard says, 409 <c>stale</c>, 409 <c>order.kind</c>.</exception>
    protected async Task<Order> HoldOrder(Guid orderId, Guid? seen, OrderKind? kind, TCommand command, CancellationToken ct)
    {
        var of = await Db.Orders.AsNoTracking().Where(o => o.Id == orderId).Select(o => (Guid?)o.EncounterId).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var encounter = await Hold(of, command, ct, orderId);
        var order = await Db.Orders.FirstAsync(o => o.Id == orderId, ct);
        Subject("order", order.Id, order.Kind.ToString(), encounter.Id);
        if (kind is { } wanted && order.Kind != wanted)
            throw new Refusal(409, "order.kind", "This is not possible: the order is of the kind “{0}”.", Words.Of(order.Kind)) { Unlock = "Look for it in the list of its own kind." };
        if (seen is { } version && version != order.Version) throw Refusal.Stale();
        Changed(OrderList.Topic(Db.OrganisationId));
        Changed(EncounterList.Topic(Db.OrganisationId));
        return order;
    }

    protected OrderOutcome Moved(Order order, OrderAction action, string reason = "")
    {
        order.Move(action, Author, Now, reason);
        order.Version = Guid.CreateVersion7();
        Subject("order", order.Id, $"{order.Kind} {order.State}", order.EncounterId);
        return new(order.Id, order.EncounterId, order.Kind, order.State, order.Version);
    }
}
