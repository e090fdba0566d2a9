using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Salus.Kernel;
using Salus.Kernel.Jobs;

namespace Salus.Modules.Operations.Security;

/// <summary>Posts an alert as JSON. The receiver checks the signature with the shared secret, and by the delivery's id that it comes once.</summary>
public sealed class AlertWebhook(Settings settings) : IJobHandler
{
    public const string JobKind = "security.webhook", SignatureHeader = "X-Salus-Signature", DeliveryHeader = "X-Salus-Delivery";
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(15) };

    public sealed record Posted(string Body);

    public string Kind => JobKind;

    public async Task Run(Job job, CancellationToken ct)
    {
        var body = Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<Posted>(job.Body)!.Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.AlertWebhook) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(SignatureHeader, Sign(settings.AlertSecret, body));
        request.Headers.Add(DeliveryHeader, job.Id.ToString());
        using var answer = await Client.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>HMAC-SHA256 of the body, as <c>sha256=</c> and hexadecimal.</summary>
    public static string Sign(string secret, byte[] body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
