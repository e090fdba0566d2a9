using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Online;

namespace Salus.Modules.Payments.Contract;

/// <param name="Url">Where the payer goes now; empty: a code was sent to their phone, and <see cref="OnlineDesk.Confirm"/> takes it.</param>
public sealed record StartedCheckout(Guid Id, string Url);

/// <summary>
/// Paying online, from a link in a mail or from a portal. Each step that calls a provider stands between two transactions, and each of these says what is known by then: the
/// program may end between any two, and a later look puts right what was left open.
/// </summary>
public sealed class OnlineDesk(IServiceScopeFactory scopes, Database database, PaymentProviders providers, CashRule cash, TimeProvider clock, ILogger<OnlineDesk> log)
{
    /// <summary>The providers that are set up and take the currency.</summary>
    public IReadOnlyList<PaymentMethod> Offered(string currency) => [.. providers.Set.Where(p => p.Takes(currency)).Select(p => p.Method)];

    /// <summary>Begins a payment of charges; one that is open already for the same is gone on with.</summary>
    /// <param name="invoiceId">The invoice they stand on, if they do.</param>
    /// <param name="back">Our page to which the payer comes back; the id of the payment is put behind it.</param>
    /// <exception cref="Refusal">409 <c>charge.settled</c>, or what a <see cref="CashRule"/> says; 422 on <c>method</c> or <c>phone</c>; 503 <c>provider.unavailable</c>.</exception>
    public async Task<StartedCheckout> Start(Guid organisation, PaymentMethod method, IReadOnlyCollection<Guid> charges, Guid? invoiceId, string back, string? phone, CancellationToken ct)
    {
        await using (var held = database.Open(organisation)) await cash.Check(held, await held.Charges.Where(c => charges.Contains(c.Id)).Select(c => c.GroupId).ToListAsync(ct), method, ct);
        if (await Same(organisation, method, charges, invoiceId, ct) is { } known) return new(known.Id, known.Url);
        var id = await As(organisation, s => s.GetRequiredService<BeginCheckout>().Run(new(method, charges, invoiceId, phone), ct));
        await using var db = database.Open(organisation);
        var checkout = await db.Checkouts.AsNoTracking().SingleAsync(c => c.Id == id, ct);
        var name = await db.Organisations.Where(o => o.Id == organisation).Select(o => o.Name).SingleAsync(ct);
        try
        {
            var begun = await providers.Find(method)!.Begin(new(id, checkout.Amount, checkout.Currency, name, $"{back}?checkout={id}", $"{back}?checkout={id}", checkout.ExpiresAt, checkout.Phone, checkout.PayerName), ct);
            await As(organisation, s => s.GetRequiredService<OpenCheckout>().Run(new(id, begun), ct));
            return new(id, begun.Url);
        }
        catch (ProviderFault fault)
        {
            log.LogWarning("{Provider} did not begin a payment: {Reason}", method, fault.Kind);
            await As(organisation, s => s.GetRequiredService<EndCheckout>().Run(new(id, CheckoutState.Failed), CancellationToken.None));
            throw Unavailable();
        }
    }

    /// <summary>Asks the provider how a payment stands, and books what it says.</summary>
    /// <exception cref="Refusal">404; 503 <c>provider.unavailable</c>.</exception>
    public async Task<CheckoutState> Look(Guid organisation, Guid checkoutId, CancellationToken ct)
    {
        await using var db = database.Open(organisation);
        var checkout = await db.Checkouts.AsNoTracking().FirstOrDefaultAsync(c => c.Id == checkoutId, ct) ?? throw Refusal.NotFound();
        if (checkout.State == CheckoutState.Paid || checkout.CameLate) return checkout.State;
        if (providers.Find(checkout.Method) is not { } provider) return checkout.State;
        // The provider never said what it calls it: nobody was sent there, and after a while nobody will be.
        if (checkout.ProviderId.Length == 0) return await As(organisation, s => s.GetRequiredService<BookCheckout>().Run(new(checkoutId, new(clock.Now() > checkout.CreatedAt + BeginCheckout.Life ? CheckoutState.Expired : CheckoutState.Open)), ct));
        try
        {
            var answer = await provider.Look(checkout, ct);
            return await As(organisation, s => s.GetRequiredService<BookCheckout>().Run(new(checkoutId, answer), ct));
        }
        catch (ProviderFault fault)
        {
            log.LogWarning("{Provider} did not say how a payment stands: {Reason}", checkout.Method, fault.Kind);
            throw Unavailable();
        }
    }

    /// <summary>Takes the code that the payer got on the phone, and books what follows.</summary>
    /// <exception cref="Refusal">404; 409; 422 on <c>code</c>; 503 <c>provider.unavailable</c>.</exception>
    public async Task<CheckoutState> Confirm(Guid organisation, Guid checkoutId, string code, CancellationToken ct)
    {
        await using (var db = database.Open(organisation))
        {
            var checkout = await db.Checkouts.AsNoTracking().FirstOrDefaultAsync(c => c.Id == checkoutId, ct) ?? throw Refusal.NotFound();
            if (checkout.IsFinal) return checkout.State;
            try { await (providers.Find(checkout.Method) ?? throw Refusal.NotFound()).Confirm(checkout, Text.Clean(code), ct); }
            catch (ProviderFault fault)
            {
                log.LogWarning("{Provider} did not take a code: {Reason}", checkout.Method, fault.Kind);
                throw Unavailable();
            }
        }
        return await Look(organisation, checkoutId, ct);
    }

    /// <summary>The payer does not want to pay by it any more.</summary>
    public Task<CheckoutState> Cancel(Guid organisation, Guid checkoutId, CancellationToken ct) => As(organisation, s => s.GetRequiredService<EndCheckout>().Run(new(checkoutId, CheckoutState.Cancelled), ct));

    /// <summary>Runs an act of the program itself in an organisation, in a scope of its own.</summary>
    internal async Task<T> As<T>(Guid organisation, Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using (var db = database.Open(organisation)) scope.ServiceProvider.GetRequiredService<OrganisationSlot>().Current = await db.Organisations.AsNoTracking().SingleAsync(o => o.Id == organisation);
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = Actor.System(organisation, "online");
        return await act(scope.ServiceProvider);
    }

    private async Task<Checkout?> Same(Guid organisation, PaymentMethod method, IReadOnlyCollection<Guid> charges, Guid? invoiceId, CancellationToken ct)
    {
        var soon = clock.Now().AddMinutes(30);
        await using var db = database.Open(organisation);
        if (invoiceId is null) return null;
        var due = await db.Charges.Where(c => charges.Contains(c.Id)).SumAsync(c => c.Total - c.Paid - c.Credited, ct);
        return await db.Checkouts.AsNoTracking().Where(c => c.InvoiceId == invoiceId && c.Method == method && c.State == CheckoutState.Open && c.Amount == due && c.Url != "" && c.ExpiresAt > soon).FirstOrDefaultAsync(ct);
    }

    internal static Refusal Unavailable() => new(503, "provider.unavailable", "The payment provider does not answer just now. Nothing was taken.") { RetryAfter = 30, Unlock = "Try again in a moment, or pay in another way." };
}
