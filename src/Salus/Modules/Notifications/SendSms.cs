using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Salus.Kernel;
using Salus.Kernel.Jobs;

namespace Salus.Modules.Notifications;

/// <summary>
/// Hands a short message to the gateway that is set: a POST of <c>{"id", "to", "text"}</c>, which any provider takes or a few lines before it
/// translate. Where none is set and this is no production, to the mailbox folder.
/// </summary>
public sealed class SendSms(Settings settings) : IJobHandler
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(30) };

    public string Kind => Sms.Kind;

    public async Task Run(Job job, CancellationToken ct)
    {
        var sms = JsonSerializer.Deserialize<Sms>(job.Body)!;
        if (settings.SmsUrl.Length > 0) await Send(job, sms, ct);
        else if (!settings.IsProduction) await SendMail.Keep(settings, job, new Mail(sms.To, "SMS", sms.Text), ct);
        else throw new InvalidOperationException("No gateway for short messages is set.");
    }

    private async Task Send(Job job, Sms sms, CancellationToken ct)
    {
        // The job's id lets the gateway tell a second attempt after a crash.
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.SmsUrl) { Content = JsonContent.Create(new { id = job.Id, to = sms.To, text = sms.Text }) };
        if (settings.SmsToken.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.SmsToken);
        using var response = await Http.SendAsync(request, ct);
        if (!response.IsSuccessStatusCode) throw new HttpRequestException($"The gateway answered {(int)response.StatusCode}.");
    }
}
