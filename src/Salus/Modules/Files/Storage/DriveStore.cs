using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Salus.Kernel;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files.Storage;

/// <summary>Google Drive (v3) with a service account that sees only what it put there itself. It needs a folder of a shared drive: such accounts have no room of their own.</summary>
public sealed class DriveStore : FileStore, IDisposable
{
    private const string Fields = "id,webViewLink,size,sha256Checksum", Mark = "salusFile";
    private readonly Settings settings;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly DriveToken token;

    public DriveStore(Settings settings, TimeProvider clock) => (this.settings, token) = (settings, new DriveToken(settings, http, clock));

    public override string Key => "drive";
    public override bool IsSet => settings.DriveAccount.Length > 0;

    private sealed record Found(string Id, string? WebViewLink, string? Size, string? Sha256Checksum);

    public override Task<RemoteFile> Put(StoredFile file, Func<Stream> open, CancellationToken ct) => Try(async limit =>
    {
        // Its answer to an earlier try may have been lost on the way.
        var stored = file.Tries > 1 ? await Search(file, limit.Token) : null;
        stored ??= await Upload(file, open, limit);
        if (stored.Size != file.SealedBytes.ToString(CultureInfo.InvariantCulture) || stored.Sha256Checksum != file.SealedSha256) throw new StoreFault("broken", concernsStore: false);
        return new RemoteFile(stored.Id, stored.WebViewLink ?? "");
    }, ct);

    private async Task<Found?> Search(StoredFile file, CancellationToken ct)
    {
        var query = $"appProperties has {{ key='{Mark}' and value='{file.Id:N}' }} and trashed = false";
        using var answer = await Send(() => new(HttpMethod.Get, $"{Root}/drive/v3/files?q={Uri.EscapeDataString(query)}&fields={Uri.EscapeDataString($"files({Fields})")}&supportsAllDrives=true&includeItemsFromAllDrives=true"), ct);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct));
        var all = body.RootElement.GetProperty("files").Deserialize<List<Found>>(JsonSerializerOptions.Web)!;
        return all.FirstOrDefault(f => f.Sha256Checksum == file.SealedSha256);
    }

    private async Task<Found> Upload(StoredFile file, Func<Stream> open, CancellationTokenSource limit)
    {
        using var answer = await Send(() =>
        {
            var about = JsonContent.Create(new { name = $"{file.Id:N}.blob", parents = settings.DriveFolder.Length > 0 ? new[] { settings.DriveFolder } : null, mimeType = "application/octet-stream", appProperties = new Dictionary<string, string> { [Mark] = file.Id.ToString("N") } });
            var content = new StreamContent(new MovingStream(open(), () => limit.CancelAfter(settings.FilesWait)));
            content.Headers.ContentType = new("application/octet-stream");
            return new(HttpMethod.Post, $"{Root}/upload/drive/v3/files?uploadType=multipart&supportsAllDrives=true&fields={Uri.EscapeDataString(Fields)}") { Content = new MultipartContent("related") { about, content } };
        }, limit.Token);
        return (await answer.Content.ReadFromJsonAsync<Found>(JsonSerializerOptions.Web, limit.Token))!;
    }

    public override Task<Stream> Open(StoredFile file, long from, CancellationToken ct) => Try(async limit =>
    {
        var answer = await Send(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{Root}/drive/v3/files/{Uri.EscapeDataString(file.RemoteId)}?alt=media&supportsAllDrives=true");
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            return request;
        }, limit.Token);
        // A store that knows no ranges sends all of it.
        var content = await answer.Content.ReadAsStreamAsync(ct);
        if (from > 0 && answer.StatusCode != HttpStatusCode.PartialContent) await Skip(content, from, ct);
        return content;
    }, ct);

    private static async Task Skip(Stream content, long bytes, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (bytes > 0 && await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), ct) is var read and > 0) bytes -= read;
    }

    public override Task Delete(StoredFile file, CancellationToken ct) => Try(async limit =>
    {
        try { using var answer = await Send(() => new(HttpMethod.Delete, $"{Root}/drive/v3/files/{Uri.EscapeDataString(file.RemoteId)}?supportsAllDrives=true"), limit.Token); }
        catch (StoreFault fault) when (fault.Kind == "missing") { }
        return true;
    }, ct);

    public override Task Check(CancellationToken ct) => Try(async limit =>
    {
        if (settings.DriveFolder.Length == 0) throw new StoreFault("folder");
        try
        {
            using var answer = await Send(() => new(HttpMethod.Get, $"{Root}/drive/v3/files/{Uri.EscapeDataString(settings.DriveFolder)}?fields=id&supportsAllDrives=true"), limit.Token);
        }
        catch (StoreFault fault) when (fault.Kind == "missing") { throw new StoreFault("folder", because: fault); }
        return true;
    }, ct);

    private string Root => settings.DriveUrl.TrimEnd('/');

    /// <summary>Sends with a token; one that is refused is exchanged once.</summary>
    private async Task<HttpResponseMessage> Send(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        for (var again = false; ; again = true)
        {
            var word = await token.Get(ct);
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", word);
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer)
            {
                if (answer.StatusCode == HttpStatusCode.Unauthorized) token.Forget(word);
                if (answer.StatusCode != HttpStatusCode.Unauthorized || again) throw await FaultOf(answer, ct);
            }
        }
    }

    private static async Task<StoreFault> FaultOf(HttpResponseMessage answer, CancellationToken ct)
    {
        var wait = answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date - DateTimeOffset.UtcNow);
        return (int)answer.StatusCode switch
        {
            401 => new("credentials"),
            403 => await ReasonOf(answer, ct) switch
            {
                "storageQuotaExceeded" or "quotaExceeded" or "teamDriveFileLimitExceeded" or "numChildrenInNonRootLimitExceeded" => new("quota", retryAfter: wait),
                "rateLimitExceeded" or "userRateLimitExceeded" or "dailyLimitExceeded" => new("busy", retryAfter: wait),
                _ => new("credentials", retryAfter: wait),
            },
            404 => new("missing", concernsStore: false),
            429 => new("busy", retryAfter: wait),
            _ => new("away", retryAfter: wait),
        };
    }

    private static async Task<string> ReasonOf(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct));
            return body.RootElement.GetProperty("error").GetProperty("errors")[0].GetProperty("reason").GetString() ?? "";
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException) { return ""; }
    }

    private async Task<T> Try<T>(Func<CancellationTokenSource, Task<T>> work, CancellationToken ct)
    {
        if (!IsSet) throw new StoreFault("not-set");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(settings.FilesWait);
        try { return await work(limit); }
        catch (OperationCanceledException error) when (!ct.IsCancellationRequested) { throw new StoreFault("slow", because: error); }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or UriFormatException or KeyNotFoundException) { throw new StoreFault("away", because: error); }
    }

    public void Dispose()
    {
        token.Dispose();
        http.Dispose();
    }
}
