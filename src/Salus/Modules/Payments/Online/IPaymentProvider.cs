using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Online;

/// <summary>What the payer is asked for at a provider.</summary>
/// <param name="Id">Ours; the provider is told it, and told the same twice it begins one payment only.</param>
public sealed record NewCheckout(Guid Id, long Amount, string Currency, string Title, string ReturnUrl, string CancelUrl, DateTime ExpiresAt, string Phone, string PayerName);

/// <param name="Url">Where the payer pays; empty: on our own page, with a code that the provider sends.</param>
public sealed record BegunCheckout(string ProviderId, string Url);

/// <summary>What a provider says of a payment when it is asked.</summary>
/// <param name="State">Open: nothing is decided yet.</param>
/// <param name="Reference">What it calls the payment; refunds name it.</param>
public sealed record ProviderAnswer(CheckoutState State, long Amount = 0, string Currency = "", string Reference = "")
{
    /// <summary>The payer has done all there is to do, and a bank decides: that takes days.</summary>
    public bool IsUnderWay { get; init; }
}

/// <summary>What a notice says, once its signature was checked.</summary>
/// <param name="EventId">The notice's own id: a second one with it is the first one again.</param>
/// <param name="ProviderId">The payment it is about, as the provider calls it; empty where it says ours instead.</param>
/// <param name="CheckoutId">Ours, where the notice holds it.</param>
public sealed record ReadNotice(string EventId, string ProviderId, Guid? CheckoutId);

/// <summary>A provider did not do what it was asked; it may do so later.</summary>
/// <param name="IsFinal">It said no, and will say so again.</param>
public sealed class ProviderFault(string kind, bool isFinal = false, Exception? inner = null) : Exception(kind, inner)
{
    public string Kind => Message;
    public bool IsFinal => isFinal;
}

/// <summary>Somebody through whom payers pay online: Stripe, PayPal, PAQ.</summary>
public interface IPaymentProvider
{
    PaymentMethod Method { get; }

    /// <summary>Its settings are there.</summary>
    bool IsSet { get; }

    /// <summary>It sends a code to the payer's phone, who types it on our page.</summary>
    bool NeedsPhone { get; }

    /// <summary>It can give payments back.</summary>
    bool CanRefund { get; }

    bool Takes(string currency);

    /// <exception cref="ProviderFault">It did not.</exception>
    Task<BegunCheckout> Begin(NewCheckout wanted, CancellationToken ct);

    /// <summary>Asks it how a payment stands; where the payer has agreed and only our word is missing, gives it.</summary>
    /// <exception cref="ProviderFault">It did not answer.</exception>
    Task<ProviderAnswer> Look(Checkout checkout, CancellationToken ct);

    /// <summary>Tells it the code that the payer got.</summary>
    /// <exception cref="Refusal">422 on <c>code</c> when it is not the right one; 409 when the payment cannot be made.</exception>
    /// <exception cref="ProviderFault">It did not answer.</exception>
    Task Confirm(Checkout checkout, string code, CancellationToken ct);

    /// <summary>Gives money back; told the same refund twice, once.</summary>
    /// <returns>What it calls the refund; null: it has not decided yet.</returns>
    /// <exception cref="ProviderFault">It did not; <see cref="ProviderFault.IsFinal"/> when it never will.</exception>
    Task<string?> GiveBack(Refund refund, string reference, CancellationToken ct);

    /// <summary>Checks the signature of a notice and reads it; null: it is about nothing of ours.</summary>
    /// <exception cref="Refusal">400 <c>webhook.signature</c>.</exception>
    Task<ReadNotice?> Read(IHeaderDictionary headers, string body, CancellationToken ct);

    /// <summary>Whether it can be reached with these settings.</summary>
    /// <exception cref="ProviderFault">It cannot.</exception>
    Task Try(CancellationToken ct);
}

/// <summary>The providers that are set up.</summary>
public sealed class PaymentProviders(IEnumerable<IPaymentProvider> all)
{
    public IReadOnlyList<IPaymentProvider> Set => [.. all.Where(p => p.IsSet)];

    public IPaymentProvider? Find(PaymentMethod method) => all.FirstOrDefault(p => p.Method == method && p.IsSet);

    public IPaymentProvider? Find(string word) => all.FirstOrDefault(p => p.IsSet && string.Equals(p.Method.ToString(), word, StringComparison.OrdinalIgnoreCase));

    internal static Refusal Signature() => new(400, "webhook.signature", "This was not signed by the provider.");
}
