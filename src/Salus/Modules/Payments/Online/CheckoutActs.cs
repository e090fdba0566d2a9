using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Online;

/// <summary>Writes down that somebody is about to pay by a provider, before the provider hears of it: whatever happens then, it is known here.</summary>
public sealed class BeginCheckout(Tools tools, OrganisationSlot organisation, PaymentProviders providers) : MoneyUseCase<BeginCheckout.Command, Guid>(tools, organisation)
{
    public const string Action = "checkout.begin";
    public static readonly TimeSpan Life = TimeSpan.FromHours(23);

    /// <param name="Phone">Where a code goes; null for providers that send none.</param>
    public sealed record Command(PaymentMethod Method, IReadOnlyCollection<Guid> Charges, Guid? InvoiceId, string? Phone);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var provider = providers.Find(command.Method) ?? throw Refusal.Field("method", "Choose one of the list.");
        var charges = await Db.Charges.AsNoTracking().Where(Charge.IsOutstanding).Where(c => command.Charges.Contains(c.Id)).ToListAsync(ct);
        if (charges.Count == 0) throw new Refusal(409, "charge.settled", "Nothing is owed for this any more.");
        var first = charges[0];
        if (charges.Any(c => c.Currency != first.Currency || c.PayerId != first.PayerId)) throw Refusal.Field("charges", "They are in different currencies: take one payment for each.");
        if (!provider.Takes(first.Currency)) throw Refusal.Field("method", "This provider does not take this currency.");
        var phone = provider.NeedsPhone ? Text.Phone(command.Phone, "502") ?? throw Refusal.Field("phone", "This is not a phone number.") : "";
        var checkout = new Checkout
        {
            Method = command.Method, PayerKind = first.PayerKind, PayerId = first.PayerId, PayerName = first.PayerName, PayerNumber = first.PayerNumber, InvoiceId = command.InvoiceId, Currency = first.Currency, Amount = charges.Sum(c => c.Due),
            Phone = phone, CreatedAt = Now, ExpiresAt = Now + Life, LookAt = Now + CheckoutLooks.First,
        };
        Db.Add(checkout);
        Db.AddRange(charges.Select(c => new CheckoutCharge { CheckoutId = checkout.Id, ChargeId = c.Id }));
        Subject("checkout", checkout.Id, command.Method.ToString());
        return checkout.Id;
    }
}

/// <summary>Writes down what the provider calls it, and where the payer pays.</summary>
public sealed class OpenCheckout(Tools tools, OrganisationSlot organisation) : MoneyUseCase<OpenCheckout.Command, bool>(tools, organisation)
{
    public const string Action = "checkout.open";

    public sealed record Command(Guid CheckoutId, BegunCheckout Begun);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<bool> Handle(Command command, CancellationToken ct)
    {
        Subject("checkout", command.CheckoutId, "open");
        return await Db.Checkouts.Where(c => c.Id == command.CheckoutId && c.State == CheckoutState.Begun)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CheckoutState.Open).SetProperty(c => c.ProviderId, command.Begun.ProviderId).SetProperty(c => c.Url, command.Begun.Url), ct) == 1;
    }
}

/// <summary>Ends what was not paid. The payer may still have the provider's page open: when its time there is over it is asked for once more, and money that came all the same goes into the wallet.</summary>
public sealed class EndCheckout(Tools tools, OrganisationSlot organisation) : MoneyUseCase<EndCheckout.Command, CheckoutState>(tools, organisation)
{
    public const string Action = "checkout.end";

    public sealed record Command(Guid CheckoutId, CheckoutState State);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<CheckoutState> Handle(Command command, CancellationToken ct)
    {
        await Db.Checkouts.Where(c => c.Id == command.CheckoutId && (c.State == CheckoutState.Begun || c.State == CheckoutState.Open))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, command.State).SetProperty(c => c.EndedAt, Now).SetProperty(c => c.LookAt, c => c.ProviderId != "" ? c.ExpiresAt : (DateTime?)null), ct);
        Subject("checkout", command.CheckoutId, command.State.ToString());
        return await Db.Checkouts.Where(c => c.Id == command.CheckoutId).Select(c => (CheckoutState?)c.State).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
    }
}

/// <summary>When a provider is asked how a payment stands: soon at first, then ever more seldom. This finds what a lost notice would have told.</summary>
internal static class CheckoutLooks
{
    public static readonly TimeSpan First = TimeSpan.FromMinutes(2);

    /// <summary>After the provider's own time is over it is asked once more; a bank that is still deciding has two weeks.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1), Banks = TimeSpan.FromDays(14);

    public static DateTime? Next(Checkout checkout, DateTime now, bool isUnderWay) =>
        now > checkout.ExpiresAt + (isUnderWay ? Banks : Grace) ? null : checkout.IsFinal && now < checkout.ExpiresAt ? checkout.ExpiresAt : now + TimeSpan.FromMinutes(Math.Min(60, 2 * Math.Pow(2, Math.Min(checkout.Looks, 10))));
}
