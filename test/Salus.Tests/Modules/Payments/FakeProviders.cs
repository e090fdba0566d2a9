using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Salus.Tests.Payments;

/// <summary>As much of Stripe, PayPal and PAQ-GO as is used, by what they publish of their APIs, with the ways in which they fail.</summary>
public sealed class FakeProviders : IAsyncDisposable
{
    public const string StripeSecret = "whsec_test_0123456789abcdef0123456789abcdef", PaqSecret = "paq-0123456789abcdef0123456789abcdef";
    private readonly WebApplication app;
    private FakeProviders(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    /// <summary>One payment at a provider.</summary>
    public sealed class Sale
    {
        public required string Id { get; init; }
        public required string Own { get; init; }
        public required string Currency { get; set; }
        public required long Amount { get; set; }
        public string Status { get; set; } = "open";
        public string Phone { get; init; } = "";
        public string Back { get; init; } = "";
        public string Payment => "pi_" + Id;
    }

    public ConcurrentDictionary<string, Sale> Sales { get; } = new();
    public ConcurrentDictionary<string, (string Payment, long Amount)> Refunds { get; } = new();
    private readonly ConcurrentDictionary<string, string> once = new();

    /// <summary>Forgets which requests were answered with which key, as Stripe does after a day.</summary>
    public void ForgetKeys() => once.Clear();

    /// <summary>What is answered instead of the work, oldest first: an HTTP status; <c>hang</c>: nothing is done or answered; <c>lose</c>: the work is done and the answer lost.</summary>
    public ConcurrentQueue<string> Moods { get; } = new();
    public string RefundStatus { get; set; } = "";

    /// <summary>Each refund that Stripe made, by its own id, with ours; its state may change after it was answered.</summary>
    public ConcurrentDictionary<string, (string Own, string Payment, string Status)> StripeRefunds { get; } = new();
    public bool VerifiesPayPal { get; set; } = true;
    public int Calls => calls;
    private int calls;

    public Sale Only => Sales.Values.Single();

    public static async Task<FakeProviders> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeProviders(app);
        app.Run(fake.Answer);
        await app.StartAsync();
        return fake;
    }

    public Func<Kernel.Settings, Kernel.Settings> Settings => s => s with
    {
        StripeKey = "sk_test_none", StripeWebhookSecret = StripeSecret, StripeUrl = Url, PayPalClient = "client", PayPalSecret = "secret", PayPalWebhook = "WH-1", PayPalUrl = Url, PaqUser = "user & co", PaqPassword = "pass", PaqRep = "7", PaqUrl = Url, PaqWebhookSecret = PaqSecret,
    };

    private async Task Answer(HttpContext http)
    {
        Interlocked.Increment(ref calls);
        var isLost = false;
        if (Moods.TryDequeue(out var mood))
        {
            if (int.TryParse(mood, out var status))
            {
                http.Response.StatusCode = status;
                http.Response.Headers.RetryAfter = "0";
                return;
            }
            if (mood == "hang")
            {
                try { await Task.Delay(Timeout.Infinite, http.RequestAborted); }
                catch (OperationCanceledException) { return; }
            }
            isLost = mood == "lose";
        }
        var path = http.Request.Path.Value!;
        if (path.StartsWith("/c/pay/", StringComparison.Ordinal)) { await StripePage(http, Sales[path.Split('/')[^1]]); return; }
        var text = path.StartsWith("/v1/checkout", StringComparison.Ordinal) || path is "/v1/refunds" or "/v1/balance" ? await Stripe(http, path) : path.StartsWith("/paq", StringComparison.Ordinal) ? await Paq(http, path) : await PayPal(http, path);
        if (isLost) { http.Abort(); return; }
        if (text is null) http.Response.StatusCode = 404;
        else await http.Response.WriteAsync(text);
    }

    // The same key is answered with what was answered the first time.
    private string Once(string? key, Func<string> make) => key is null ? make() : once.GetOrAdd(key, _ => make());

    private async Task<string?> Stripe(HttpContext http, string path)
    {
        if (http.Request.Headers.Authorization != "Bearer sk_test_none") { http.Response.StatusCode = 401; return "{}"; }
        if (path == "/v1/balance") return "{}";
        if (path.StartsWith("/v1/checkout/sessions/", StringComparison.Ordinal)) return Sales.TryGetValue(path.Split('/')[^1], out var sale) ? Session(sale) : null;
        if (path == "/v1/refunds" && http.Request.Method == "GET")
            return JsonSerializer.Serialize(new { data = StripeRefunds.Where(r => r.Value.Payment == http.Request.Query["payment_intent"]).Select(r => new { id = r.Key, status = r.Value.Status, metadata = new { refund = r.Value.Own } }) });
        var form = await http.Request.ReadFormAsync();
        if (path == "/v1/refunds")
            return Once(http.Request.Headers["Idempotency-Key"], () =>
            {
                var id = "re_" + Guid.NewGuid().ToString("N");
                StripeRefunds[id] = (form["metadata[refund]"]!, form["payment_intent"]!, RefundStatus.Length > 0 ? RefundStatus : "succeeded");
                if (RefundStatus.Length == 0) Refunds[id] = (form["payment_intent"]!, long.Parse(form["amount"]!, CultureInfo.InvariantCulture));
                return JsonSerializer.Serialize(new { id, status = RefundStatus.Length > 0 ? RefundStatus : "succeeded" });
            });
        return Once(http.Request.Headers["Idempotency-Key"], () =>
        {
            var made = new Sale { Id = "cs_test_" + Guid.NewGuid().ToString("N"), Own = form["client_reference_id"]!, Back = form["success_url"]!, Currency = form["line_items[0][price_data][currency]"]!, Amount = long.Parse(form["line_items[0][price_data][unit_amount]"]!, CultureInfo.InvariantCulture) };
            Sales[made.Id] = made;
            return Session(made);
        });
    }

    /// <summary>Where the payer pays, on the provider's own page.</summary>
    private static async Task StripePage(HttpContext http, Sale sale)
    {
        if (http.Request.Method == "POST")
        {
            sale.Status = "paid";
            http.Response.Redirect(sale.Back);
            return;
        }
        http.Response.ContentType = "text/html";
        await http.Response.WriteAsync($"<!doctype html><title>Checkout</title><form method=\"post\"><button>Pay {sale.Amount} {sale.Currency}</button></form>");
    }

    private string Session(Sale sale) => JsonSerializer.Serialize(new
    {
        id = sale.Id, @object = "checkout.session", url = $"{Url}/c/pay/{sale.Id}", client_reference_id = sale.Own, amount_total = sale.Amount, currency = sale.Currency, status = sale.Status == "paid" ? "complete" : sale.Status, payment_status = sale.Status == "paid" ? "paid" : "unpaid",
        payment_intent = sale.Status == "paid" ? sale.Payment : null,
    });

    private async Task<string?> PayPal(HttpContext http, string path)
    {
        if (path == "/v1/oauth2/token") return """{"access_token":"A21","expires_in":32400}""";
        if (http.Request.Headers.Authorization != "Bearer A21") { http.Response.StatusCode = 401; return "{}"; }
        if (path == "/v1/notifications/verify-webhook-signature")
        {
            using var asked = await JsonDocument.ParseAsync(http.Request.Body);
            return JsonSerializer.Serialize(new { verification_status = VerifiesPayPal && asked.RootElement.GetProperty("webhook_id").GetString() == "WH-1" ? "SUCCESS" : "FAILURE" });
        }
        var parts = path.Split('/');
        if (path == "/v2/checkout/orders")
        {
            using var asked = await JsonDocument.ParseAsync(http.Request.Body);
            var unit = asked.RootElement.GetProperty("purchase_units")[0];
            http.Response.StatusCode = 201;
            return Once(http.Request.Headers["PayPal-Request-Id"], () =>
            {
                var amount = decimal.Parse(unit.GetProperty("amount").GetProperty("value").GetString()!, CultureInfo.InvariantCulture);
                var made = new Sale { Id = Guid.NewGuid().ToString("N")[..17].ToUpperInvariant(), Own = unit.GetProperty("custom_id").GetString()!, Currency = unit.GetProperty("amount").GetProperty("currency_code").GetString()!, Amount = (long)(amount * 100) };
                Sales[made.Id] = made;
                return Order(made);
            });
        }
        if (parts[^1] == "refund")
        {
            using var asked = await JsonDocument.ParseAsync(http.Request.Body);
            var (amount, key) = (asked.RootElement.GetProperty("amount"), http.Request.Headers["PayPal-Request-Id"].ToString());
            var done = Refunds.GetOrAdd(key, _ => (parts[^2], (long)(decimal.Parse(amount.GetProperty("value").GetString()!, CultureInfo.InvariantCulture) * 100)));
            http.Response.StatusCode = 201;
            // The same request is answered with how it stands now.
            return JsonSerializer.Serialize(new { id = "R" + key, status = RefundStatus.Length > 0 ? RefundStatus : "COMPLETED", done.Amount });
        }
        if (!Sales.TryGetValue(parts[4], out var sale)) return null;
        if (parts[^1] == "capture" && sale.Status == "APPROVED") sale.Status = "COMPLETED";
        return Order(sale);
    }

    private string Order(Sale sale) => JsonSerializer.Serialize(new
    {
        id = sale.Id, status = sale.Status == "open" ? "CREATED" : sale.Status, links = new[] { new { rel = "payer-action", href = $"{Url}/checkoutnow?token={sale.Id}" } },
        purchase_units = new[] { new { custom_id = sale.Own, payments = new { captures = sale.Status == "COMPLETED" ? new[] { new { id = sale.Payment, status = "COMPLETED", amount = new { currency_code = sale.Currency, value = (sale.Amount / 100m).ToString("F2", CultureInfo.InvariantCulture) } } } : [] } } },
    });

    private async Task<string?> Paq(HttpContext http, string path)
    {
        using var reader = new StreamReader(http.Request.Body);
        var call = XDocument.Parse(await reader.ReadToEndAsync()).Descendants().Single(e => e.Parent?.Name.LocalName == "Body");
        string Field(string name) => call.Elements().Single(e => e.Name.LocalName == name).Value;
        if (Field("usuario") != "user & co") return Soap(call, """{"codret":-2,"mensaje":"no"}""");
        switch (call.Name.LocalName)
        {
            case "emite_token":
                var made = new Sale { Id = Random.Shared.Next(100_000, 999_999).ToString(CultureInfo.InvariantCulture), Own = Field("referencia"), Currency = "GTQ", Amount = (long)(decimal.Parse(Field("monto"), CultureInfo.InvariantCulture) * 100), Phone = Field("cliente_celular") };
                Sales[made.Id] = made;
                return Soap(call, JsonSerializer.Serialize(new { codret = 0, transaccion = made.Id, token = "AB12C" }));
            case "PAQgo":
                if (Field("token") != "AB12C") return Soap(call, """{"codret":-3,"mensaje":"token"}""");
                Sales.Values.Single(s => s.Phone == Field("celular")).Status = "2";
                return Soap(call, """{"codret":0,"transaccion":"9"}""");
            default:
                var asked = call.Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);
                return Soap(call, JsonSerializer.Serialize(Sales.Values.Where(s => s.Own == asked.GetValueOrDefault("referencia") || s.Id == asked.GetValueOrDefault("transaccion"))
                    .Select(s => new { status = s.Status == "open" ? 1 : int.Parse(s.Status, CultureInfo.InvariantCulture), monto = (s.Amount / 100m).ToString("F2", CultureInfo.InvariantCulture), referencia = s.Own, autorizacion_cobra = "77" })));
        }
    }

    private static string Soap(XElement call, string json) =>
        $"<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{new XElement(call.Name.LocalName + "Response", new XElement(call.Name.LocalName + "Result", json))}</soap:Body></soap:Envelope>";

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../stripe"));

    /// <summary>The header that Stripe would send, made by Stripe's own library.</summary>
    public static async Task<string> StripeHeader(string payload, DateTimeOffset at, string secret = StripeSecret)
    {
        var start = new ProcessStartInfo("node") { WorkingDirectory = Folder(), RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["sign.js", secret, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(payload);
        process.StandardInput.Close();
        var header = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return header;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
