using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Online;

/// <summary>PAQ-GO of Guatemala by SOAP: it sends a code to the payer's phone, and with the code the payer's PAQ wallet pays. The code never passes to a browser.</summary>
public sealed class Paq(Settings settings, TimeProvider clock) : IPaymentProvider, IDisposable
{
    private const string Emit = "http://www.paq.com.gt/paqpay/", Go = "http://tempuri.org/", Gtq = "GTQ";
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private readonly HttpClient http = ProviderHttp.Client(settings);

    public PaymentMethod Method => PaymentMethod.Paq;
    public bool IsSet => settings.PaqUser.Length > 0;
    public bool NeedsPhone => true;
    public bool CanRefund => false;
    public bool Takes(string currency) => currency == Gtq;

    public async Task<BegunCheckout> Begin(NewCheckout wanted, CancellationToken ct)
    {
        var hours = Math.Clamp((int)Math.Round((wanted.ExpiresAt - clock.Now()).TotalHours), 1, 48);
        // Once: each call sends the payer another code. Their word for ours has at most 20 letters in one of their programs; ours begins with it.
        var json = await Call("/paqpayws/emite.asmx", Emit, "emite_token", [("cliente_celular", Phone(wanted.Phone)), ("monto", Money.Write(wanted.Amount, Gtq)), ("referencia", Reference(wanted.Id)), ("descripcion", Cut(wanted.Title, 200)), ("cliente_nombre", Cut(wanted.PayerName, 201)), ("horas_vigencia", hours.ToString(CultureInfo.InvariantCulture))], ct, tries: 1);
        if (json.Str("codret") != "0") throw new ProviderFault("codret" + json.Str("codret"), isFinal: json.Str("codret") is "-1" or "-2");
        return json.Str("transaccion") is { Length: > 0 } id ? new(id, "") : throw new ProviderFault("no-transaction");
    }

    public async Task<ProviderAnswer> Look(Checkout checkout, CancellationToken ct)
    {
        var json = await Call("/paqpayws/emite.asmx", Emit, "consulta_tokens", [("referencia", Reference(checkout.Id))], ct);
        var rows = json.ValueKind == JsonValueKind.Array ? json : json.TryGetProperty("tokens", out var inner) ? inner : json.TryGetProperty("Ctoken", out var named) ? named : default;
        if (rows.ValueKind != JsonValueKind.Array || rows.GetArrayLength() == 0) throw new ProviderFault("no-token");
        // An answer that was lost may have left more than one code: what was paid by any of them was paid.
        var own = rows.EnumerateArray().Where(r => r.Str("referencia") == Reference(checkout.Id)).ToList();
        if (own.Count == 0) return new(CheckoutState.Mismatch);
        var paid = own.FindIndex(r => r.Str("status") == "2");
        var row = own[paid < 0 ? own.Count - 1 : paid];
        switch (row.Str("status"))
        {
            case "2":
                try { return new(CheckoutState.Paid, new Money(row.Str("monto")).Minor(Gtq), Gtq, row.Str("autorizacion_cobra")); }
                catch (Refusal) { return new(CheckoutState.Mismatch); }
            case "3": return new(CheckoutState.Cancelled);
            case "4": return new(CheckoutState.Expired);
            default: return new(CheckoutState.Open);
        }
    }

    public async Task Confirm(Checkout checkout, string code, CancellationToken ct)
    {
        var json = await Call("/paqgo/paqgo.asmx", Go, "PAQgo", [("token", code), ("celular", Phone(checkout.Phone))], ct);
        switch (json.Str("codret"))
        {
            case "0" or "-6": return; // -6: it was done already, and asking shows how
            case "-1" or "-3": throw Refusal.Field("code", "This is not the code that was sent.");
            case "-4": throw new Refusal(409, "checkout.expired", "The time of this payment is over.") { Unlock = "Begin it again." };
            case "-5": throw new Refusal(409, "wallet.insufficient", "There is not enough in the wallet.") { Unlock = "Fill the wallet, or pay in another way." };
            default: throw new ProviderFault("codret" + json.Str("codret"));
        }
    }

    public Task<string?> GiveBack(Refund refund, string reference, CancellationToken ct) => throw new ProviderFault("no-refunds", isFinal: true);

    public Task<ReadNotice?> Read(IHeaderDictionary headers, string body, CancellationToken ct)
    {
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.PaqWebhookSecret), Encoding.UTF8.GetBytes(body)));
        var given = headers["X-PAQ-Signature"].ToString().ToLowerInvariant();
        if (settings.PaqWebhookSecret.Length == 0 || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(given))) throw PaymentProviders.Signature();
        var json = JsonDocument.Parse(body).RootElement;
        var id = json.Str("transaccion");
        return Task.FromResult<ReadNotice?>(id.Length == 0 ? null : new($"{id}+{json.Str("referencia")}+{json.Str("estado")}", id, null));
    }

    public async Task Try(CancellationToken ct)
    {
        var json = await Call("/paqpayws/emite.asmx", Emit, "consulta_tokens", [("transaccion", "0")], ct);
        if (json.ValueKind == JsonValueKind.Object && json.Str("codret") == "-2") throw new ProviderFault("authentication");
    }

    private static string Reference(Guid id) => id.ToString("N")[^20..];
    private static string Phone(string phone) => phone.StartsWith("+502", StringComparison.Ordinal) ? phone[4..] : phone.TrimStart('+');
    private static string Cut(string text, int most) => text.Length > most ? text[..most] : text;

    /// <summary>The answer is JSON inside the text of one element.</summary>
    private async Task<JsonElement> Call(string path, string space, string name, (string Name, string Value)[] values, CancellationToken ct, int tries = ProviderHttp.Tries)
    {
        XNamespace own = space;
        var call = new XElement(own + name, new[] { ("usuario", settings.PaqUser), ("password", settings.PaqPassword), ("rep_id", settings.PaqRep) }.Concat(values).Select(v => new XElement(own + v.Item1, v.Item2)));
        var envelope = new XDocument(new XElement(Soap + "Envelope", new XElement(Soap + "Body", call))).ToString(SaveOptions.DisableFormatting);
        var (status, text) = await ProviderHttp.Send(http, () => new(HttpMethod.Post, settings.PaqUrl.TrimEnd('/') + path) { Headers = { { "SOAPAction", $"\"{space}{name}\"" } }, Content = new StringContent(envelope, Encoding.UTF8, "text/xml") }, ct, tries);
        if (status != HttpStatusCode.OK) throw new ProviderFault(((int)status).ToString(CultureInfo.InvariantCulture));
        try { return ProviderHttp.Json(XDocument.Parse(text).Descendants().FirstOrDefault(e => e.Name.LocalName == name + "Result")?.Value ?? ""); }
        catch (System.Xml.XmlException error) { throw new ProviderFault("no-xml", inner: error); }
    }

    public void Dispose() => http.Dispose();
}
