using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Online;

/// <summary>PayPal Orders by its HTTP API: the payer agrees on PayPal's page, then the order is captured.</summary>
public sealed class PayPal(Settings settings, TimeProvider clock) : IPaymentProvider, IDisposable
{
    private const string Taken = "AUD BRL CAD CNY CZK DKK EUR HKD ILS JPY MYR MXN NZD NOK PHP PLN GBP SGD SEK CHF THB USD";
    private readonly HttpClient http = ProviderHttp.Client(settings);
    private (string Token, DateTimeOffset Until) access;

    public PaymentMethod Method => PaymentMethod.PayPal;
    public bool IsSet => settings.PayPalClient.Length > 0;
    public bool NeedsPhone => false;
    public bool CanRefund => true;
    public bool Takes(string currency) => Taken.Split(' ').Contains(currency);

    public async Task<BegunCheckout> Begin(NewCheckout wanted, CancellationToken ct)
    {
        var body = new Dictionary<string, object>
        {
            ["intent"] = "CAPTURE",
            ["purchase_units"] = new[] { new Dictionary<string, object> { ["custom_id"] = wanted.Id.ToString(), ["description"] = wanted.Title, ["amount"] = Amount(wanted.Amount, wanted.Currency) } },
            ["payment_source"] = new Dictionary<string, object> { ["paypal"] = new Dictionary<string, object> { ["experience_context"] = new Dictionary<string, string> { ["user_action"] = "PAY_NOW", ["shipping_preference"] = "NO_SHIPPING", ["return_url"] = wanted.ReturnUrl, ["cancel_url"] = wanted.CancelUrl } } },
        };
        var json = await Post("/v2/checkout/orders", $"checkout-{wanted.Id:N}", body, ct);
        var url = json.GetProperty("links").EnumerateArray().Where(l => l.Str("rel") is "payer-action" or "approve").Select(l => l.Str("href")).FirstOrDefault("");
        return json.Str("id") is { Length: > 0 } id && url.Length > 0 ? new(id, url) : throw new ProviderFault("no-order");
    }

    public async Task<ProviderAnswer> Look(Checkout checkout, CancellationToken ct)
    {
        var path = $"/v2/checkout/orders/{Uri.EscapeDataString(checkout.ProviderId)}";
        var json = await Get(path, ct);
        if (json.Str("purchase_units", "0", "custom_id") is { Length: > 0 } own && own != checkout.Id.ToString()) return new(CheckoutState.Mismatch);
        if (json.Str("status") == "APPROVED")
        {
            // An order that ended here is not captured any more: nothing is taken for what nobody waits for.
            if (checkout.IsFinal) return new(CheckoutState.Open);
            json = await Post(path + "/capture", $"capture-{checkout.Id:N}", new Dictionary<string, object>(), ct);
        }
        if (json.Str("status") == "VOIDED") return new(CheckoutState.Cancelled);
        if (json.Str("status") != "COMPLETED") return new(CheckoutState.Open);
        var capture = json.GetProperty("purchase_units")[0].GetProperty("payments").GetProperty("captures")[0];
        if (capture.Str("status") is "DECLINED" or "FAILED") return new(CheckoutState.Failed);
        if (capture.Str("status") is not ("COMPLETED" or "PARTIALLY_REFUNDED" or "REFUNDED")) return new(CheckoutState.Open);
        var currency = capture.Str("amount", "currency_code");
        try { return new(CheckoutState.Paid, new Money(capture.Str("amount", "value")).Minor(currency), currency, capture.Str("id")); }
        catch (Refusal) { return new(CheckoutState.Mismatch); }
    }

    public Task Confirm(Checkout checkout, string code, CancellationToken ct) => throw Refusal.Field("code", "This payment needs no code.");

    public async Task<string?> GiveBack(Refund refund, string reference, CancellationToken ct)
    {
        var json = await Post($"/v2/payments/captures/{Uri.EscapeDataString(reference)}/refund", $"refund-{refund.Id:N}", new Dictionary<string, object> { ["amount"] = Amount(refund.Amount, refund.Currency), ["custom_id"] = refund.Id.ToString() }, ct);
        return json.Str("status") switch { "COMPLETED" => json.Str("id"), "FAILED" or "CANCELLED" => throw new ProviderFault("refund-failed", isFinal: true), _ => null };
    }

    /// <summary>PayPal itself is asked whether the notice is its own: its certificate is not looked at here.</summary>
    public async Task<ReadNotice?> Read(IHeaderDictionary headers, string body, CancellationToken ct)
    {
        var notice = JsonDocument.Parse(body).RootElement;
        string Header(string name) => headers[name].ToString();
        if (settings.PayPalWebhook.Length == 0 || Header("PAYPAL-TRANSMISSION-SIG").Length == 0) throw PaymentProviders.Signature();
        var answer = await Post("/v1/notifications/verify-webhook-signature", null, new Dictionary<string, object>
        {
            ["auth_algo"] = Header("PAYPAL-AUTH-ALGO"), ["cert_url"] = Header("PAYPAL-CERT-URL"), ["transmission_id"] = Header("PAYPAL-TRANSMISSION-ID"), ["transmission_sig"] = Header("PAYPAL-TRANSMISSION-SIG"),
            ["transmission_time"] = Header("PAYPAL-TRANSMISSION-TIME"), ["webhook_id"] = settings.PayPalWebhook, ["webhook_event"] = notice,
        }, ct);
        if (answer.Str("verification_status") != "SUCCESS") throw PaymentProviders.Signature();
        var about = notice.TryGetProperty("resource", out var resource) ? resource : default;
        if (about.ValueKind != JsonValueKind.Object) return null;
        var order = notice.Str("event_type").StartsWith("CHECKOUT.ORDER", StringComparison.Ordinal) ? about.Str("id") : about.Str("supplementary_data", "related_ids", "order_id");
        var own = about.Str("custom_id") is { Length: > 0 } custom ? custom : about.Str("purchase_units", "0", "custom_id");
        return new(notice.Str("id"), order, Guid.TryParse(own, out var id) ? id : null);
    }

    public async Task Try(CancellationToken ct) => await Token(ct);

    private static Dictionary<string, string> Amount(long minor, string currency) => new() { ["currency_code"] = currency, ["value"] = Money.Write(minor, currency) };

    private async Task<string> Token(CancellationToken ct)
    {
        if (clock.GetUtcNow() < access.Until) return access.Token;
        var (status, text) = await ProviderHttp.Send(http, () => new(HttpMethod.Post, Address("/v1/oauth2/token"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.PayPalClient}:{settings.PayPalSecret}"))) },
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]),
        }, ct);
        if (status != HttpStatusCode.OK) throw new ProviderFault("token-" + ((int)status).ToString(CultureInfo.InvariantCulture));
        var json = ProviderHttp.Json(text);
        var seconds = int.TryParse(json.Str("expires_in"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 60;
        access = (json.Str("access_token"), clock.GetUtcNow().AddSeconds(Math.Max(0, seconds - 60)));
        return access.Token;
    }

    private Task<JsonElement> Get(string path, CancellationToken ct) => Ask(HttpMethod.Get, path, null, null, ct);
    private Task<JsonElement> Post(string path, string? once, Dictionary<string, object> body, CancellationToken ct) => Ask(HttpMethod.Post, path, once, body, ct);

    private async Task<JsonElement> Ask(HttpMethod method, string path, string? once, Dictionary<string, object>? body, CancellationToken ct)
    {
        var token = await Token(ct);
        var (status, text) = await ProviderHttp.Send(http, () =>
        {
            var request = new HttpRequestMessage(method, Address(path)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) }, Content = body is null ? null : JsonContent.Create(body) };
            if (once is not null) request.Headers.Add("PayPal-Request-Id", once);
            return request;
        }, ct);
        if (status is HttpStatusCode.OK or HttpStatusCode.Created) return ProviderHttp.Json(text);
        if (status == HttpStatusCode.Unauthorized) access = default;
        throw new ProviderFault(((int)status).ToString(CultureInfo.InvariantCulture), isFinal: status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity);
    }

    private string Address(string path) => settings.PayPalUrl.TrimEnd('/') + path;

    public void Dispose() => http.Dispose();
}
