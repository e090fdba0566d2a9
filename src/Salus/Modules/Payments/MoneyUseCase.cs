using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments;

/// <summary>An act that changes money: done once for one Idempotency-Key, and booked on the organisation's own day.</summary>
public abstract class MoneyUseCase<TCommand, TResult>(Tools tools, OrganisationSlot organisation) : UseCase<TCommand, TResult>(tools) where TCommand : class
{
    protected override bool IsRepeatable => true;

    protected Booking Booking => new(Db, Now, Clock.Today(organisation.Current.Zone), Actor.Id, Changed);
}
