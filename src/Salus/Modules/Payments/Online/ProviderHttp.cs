using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Salus.Kernel;

namespace Salus.Modules.Payments.Online;

/// <summary>Calls to a provider: bounded in time and size, tried again where that is safe, and faults told by kind only.</summary>
internal static class ProviderHttp
{
    public const int Tries = 3;
    private const int MostBytes = 512 * 1024;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public static HttpClient Client(Settings settings) => new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = TimeSpan.FromSeconds(Math.Max(1, settings.ProviderTimeout)), MaxResponseContentBufferSize = MostBytes };

    /// <summary>Sends what <paramref name="make"/> makes, again after 429 and 5xx: a call names an id by which the provider does it once, or is tried only once.</summary>
    public static async Task<(HttpStatusCode Status, string Text)> Send(HttpClient http, Func<HttpRequestMessage> make, CancellationToken ct, int tries = Tries)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var request = make();
                using var response = await http.SendAsync(request, ct);
                var isBusy = response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;
                if (!isBusy) return (response.StatusCode, await response.Content.ReadAsStringAsync(ct));
                if (attempt >= tries) throw new ProviderFault(((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
                await Task.Delay(Pause(response.Headers.RetryAfter, attempt), ct);
            }
            catch (HttpRequestException error) when (attempt < tries && error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded) { await Task.Delay(Pause(null, attempt), ct); }
            catch (HttpRequestException error) { throw new ProviderFault(error.HttpRequestError.ToString(), inner: error); }
            catch (TaskCanceledException error) when (!ct.IsCancellationRequested) { throw new ProviderFault("timeout", inner: error); }
        }
    }

    public static JsonElement Json(string text)
    {
        try { using var json = JsonDocument.Parse(text); return json.RootElement.Clone(); }
        catch (JsonException error) { throw new ProviderFault("no-json", inner: error); }
    }

    /// <summary>A text below an element, by names and places; empty where it is not.</summary>
    public static string Str(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(name, out var place) && place < element.GetArrayLength()) element = element[place];
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return "";
        }
        return element.ValueKind switch { JsonValueKind.String => element.GetString()!, JsonValueKind.Number => element.GetRawText(), _ => "" };
    }

    private static TimeSpan Pause(RetryConditionHeaderValue? wanted, int attempt)
    {
        var pause = wanted?.Delta ?? TimeSpan.FromMilliseconds(250 * Math.Pow(4, attempt - 1));
        return pause < LongestPause ? pause : LongestPause;
    }
}
