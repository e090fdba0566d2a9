using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Online;

/// <summary>Stripe Checkout by its HTTP API: the payer pays on Stripe's page.</summary>
public sealed class Stripe(Settings settings, TimeProvider clock) : IPaymentProvider, IDisposable
{
    /// <summary>How old a signed notice may be, and how far ahead the clocks: what Stripe's own libraries allow.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private readonly HttpClient http = ProviderHttp.Client(settings);

    public PaymentMethod Method => PaymentMethod.Stripe;
    public bool IsSet => settings.StripeKey.Length > 0;
    public bool NeedsPhone => false;
    public bool CanRefund => true;

    // It counts some currencies in other small parts than ISO 4217 says.
    public bool Takes(string currency) => Currencies.Digits(currency) is 0 or 2 && currency is not ("ISK" or "UGX" or "MGA");

    public async Task<BegunCheckout> Begin(NewCheckout wanted, CancellationToken ct)
    {
        var json = await Post("/v1/checkout/sessions", $"checkout-{wanted.Id:N}", new()
        {
            ["mode"] = "payment", ["client_reference_id"] = wanted.Id.ToString(), ["success_url"] = wanted.ReturnUrl, ["cancel_url"] = wanted.CancelUrl,
            ["expires_at"] = new DateTimeOffset(wanted.ExpiresAt, TimeSpan.Zero).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ["line_items[0][quantity]"] = "1",
            ["line_items[0][price_data][currency]"] = wanted.Currency.ToLowerInvariant(), ["line_items[0][price_data][unit_amount]"] = wanted.Amount.ToString(CultureInfo.InvariantCulture), ["line_items[0][price_data][product_data][name]"] = wanted.Title,
            ["payment_intent_data[metadata][checkout]"] = wanted.Id.ToString(),
        }, ct);
        return json.Str("id") is { Length: > 0 } id && json.Str("url") is { Length: > 0 } url ? new(id, url) : throw new ProviderFault("no-session");
    }

    public async Task<ProviderAnswer> Look(Checkout checkout, CancellationToken ct)
    {
        var json = await Ask(() => Request(HttpMethod.Get, $"/v1/checkout/sessions/{Uri.EscapeDataString(checkout.ProviderId)}"), ct);
        if (json.Str("client_reference_id") != checkout.Id.ToString()) return new(CheckoutState.Mismatch);
        if (json.Str("payment_status") is "paid" or "no_payment_required")
            return long.TryParse(json.Str("amount_total"), NumberStyles.None, CultureInfo.InvariantCulture, out var amount) ? new(CheckoutState.Paid, amount, json.Str("currency").ToUpperInvariant(), json.Str("payment_intent")) : new(CheckoutState.Mismatch);
        return new(json.Str("status") == "expired" ? CheckoutState.Expired : CheckoutState.Open) { IsUnderWay = json.Str("status") == "complete" };
    }

    public Task Confirm(Checkout checkout, string code, CancellationToken ct) => throw Refusal.Field("code", "This payment needs no code.");

    /// <summary>
    /// Looks for it there before it asks for it: under the same Idempotency-Key Stripe says for a day what it said first, though it has decided meanwhile, and after that day
    /// it would give the money back a second time.
    /// </summary>
    public async Task<string?> GiveBack(Refund refund, string reference, CancellationToken ct)
    {
        var known = await Ask(() => Request(HttpMethod.Get, $"/v1/refunds?payment_intent={Uri.EscapeDataString(reference)}&limit=100"), ct);
        var json = known.TryGetProperty("data", out var made) && made.ValueKind == JsonValueKind.Array ? made.EnumerateArray().FirstOrDefault(r => r.Str("metadata", "refund") == refund.Id.ToString()) : default;
        if (json.ValueKind != JsonValueKind.Object) json = await Post("/v1/refunds", $"refund-{refund.Id:N}", new() { ["payment_intent"] = reference, ["amount"] = refund.Amount.ToString(CultureInfo.InvariantCulture), ["metadata[refund]"] = refund.Id.ToString() }, ct);
        return json.Str("status") switch { "succeeded" => json.Str("id"), "failed" or "canceled" => throw new ProviderFault("refund-failed", isFinal: true), _ => null };
    }

    public Task<ReadNotice?> Read(IHeaderDictionary headers, string body, CancellationToken ct)
    {
        if (settings.StripeWebhookSecret.Length == 0 || !IsSigned(headers["Stripe-Signature"].ToString(), body, settings.StripeWebhookSecret, clock.GetUtcNow())) throw PaymentProviders.Signature();
        var json = JsonDocument.Parse(body).RootElement;
        var about = json.TryGetProperty("data", out var data) && data.TryGetProperty("object", out var found) ? found : default;
        if (about.ValueKind != JsonValueKind.Object || about.Str("object") != "checkout.session") return Task.FromResult<ReadNotice?>(null);
        return Task.FromResult<ReadNotice?>(new(json.Str("id"), about.Str("id"), Guid.TryParse(about.Str("client_reference_id"), out var own) ? own : null));
    }

    public Task Try(CancellationToken ct) => Ask(() => Request(HttpMethod.Get, "/v1/balance"), ct);

    /// <summary><c>t=…,v1=…</c>: one of the signatures must be that of "time.body", and the time must be near.</summary>
    internal static bool IsSigned(string header, string body, string secret, DateTimeOffset now)
    {
        var parts = header.Split(',').Select(p => p.Split('=', 2)).Where(p => p.Length == 2).Select(p => (Name: p[0].Trim(), Value: p[1].Trim())).ToList();
        if (!long.TryParse(parts.FirstOrDefault(p => p.Name == "t").Value, NumberStyles.None, CultureInfo.InvariantCulture, out var time) || time > 253_402_300_799) return false;
        if ((now - DateTimeOffset.FromUnixTimeSeconds(time)).Duration() > Tolerance) return false;
        var expected = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time}.{body}")))));
        return parts.Where(p => p.Name == "v1").Any(p => CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(p.Value)));
    }

    private Task<JsonElement> Post(string path, string once, Dictionary<string, string> fields, CancellationToken ct) => Ask(() =>
    {
        var request = Request(HttpMethod.Post, path);
        request.Headers.Add("Idempotency-Key", once);
        request.Content = new FormUrlEncodedContent(fields);
        return request;
    }, ct);

    private HttpRequestMessage Request(HttpMethod method, string path) => new(method, settings.StripeUrl.TrimEnd('/') + path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", settings.StripeKey) } };

    private async Task<JsonElement> Ask(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        var (status, text) = await ProviderHttp.Send(http, make, ct);
        if (status == HttpStatusCode.OK) return ProviderHttp.Json(text);
        throw new ProviderFault(((int)status).ToString(CultureInfo.InvariantCulture), isFinal: status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.PaymentRequired);
    }

    public void Dispose() => http.Dispose();
}
