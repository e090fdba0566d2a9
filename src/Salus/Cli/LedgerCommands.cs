using System.Globalization;
using Salus.Kernel;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;

namespace Salus.Cli;

/// <summary>The ledger at the command line.</summary>
public static class LedgerCommands
{
    public static async Task<int> Verify(Settings settings, TextWriter output, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        var proof = await app.Services.GetRequiredService<LedgerVerifier>().Run(ct);
        foreach (var fault in proof.Faults) await output.WriteLineAsync($"FAULT {fault}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{proof.Entries} entries of {proof.Transactions} transactions, {proof.Charges} charges, {proof.Payments} payments and {proof.Wallets} wallets checked, {proof.Faults.Count} faults"));
        return proof.Faults.Count == 0 ? 0 : 1;
    }

    /// <summary>What of the settings for paying online would stop notices, or let them be forged.</summary>
    public static IEnumerable<Fault> ProviderFaults(Settings settings)
    {
        if (settings.StripeKey.Length > 0 && settings.StripeWebhookSecret.Length == 0) yield return new("SALUS_STRIPE_WEBHOOK_SECRET is not set: what Stripe tells is refused, and payments are seen only when it is asked.", "Add a webhook at Stripe and set its signing secret.", false);
        if (settings.PayPalClient.Length > 0 && settings.PayPalSecret.Length == 0) yield return new("SALUS_PAYPAL_SECRET is not set: PayPal refuses every call.", "Set it to the secret of the app.", true);
        if (settings.PayPalClient.Length > 0 && settings.PayPalWebhook.Length == 0) yield return new("SALUS_PAYPAL_WEBHOOK is not set: what PayPal tells is refused, and payments are seen only when it is asked.", "Add a webhook at PayPal and set its id.", false);
        if (settings.PaqUser.Length > 0 && settings.PaqWebhookSecret.Length < 32) yield return new("SALUS_PAQ_WEBHOOK_SECRET is missing or shorter than 32 characters: who guesses it sends notices as PAQ.", "Agree with PAQ on what `openssl rand -hex 32` prints.", settings.PaqWebhookSecret.Length > 0);
        foreach (var (name, url, isSet) in new[] { ("SALUS_STRIPE_URL", settings.StripeUrl, settings.StripeKey.Length > 0), ("SALUS_PAYPAL_URL", settings.PayPalUrl, settings.PayPalClient.Length > 0), ("SALUS_PAQ_URL", settings.PaqUrl, settings.PaqUser.Length > 0) })
            if (isSet && !url.StartsWith("https://", StringComparison.Ordinal)) yield return new($"{name} is not https: who stands between sees the secrets and answers for the provider.", "Name the provider's https address.", true);
    }

    /// <summary>Providers that cannot be reached with what is set.</summary>
    public static async Task<IEnumerable<Fault>> Faults(Settings settings, CancellationToken ct)
    {
        var faults = new List<Fault>();
        using var stripe = new Stripe(settings, TimeProvider.System);
        using var paypal = new PayPal(settings, TimeProvider.System);
        using var paq = new Paq(settings, TimeProvider.System);
        foreach (var provider in new IPaymentProvider[] { stripe, paypal, paq }.Where(p => p.IsSet))
        {
            try { await provider.Try(ct); }
            catch (ProviderFault fault) { faults.Add(new($"{provider.Method} does not answer as it should ({fault.Kind}): nobody can pay by it.", "Look at its settings and at the way there.", false)); }
        }
        return faults;
    }
}
