using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Salus.Tests.Files;

/// <summary>As much of Google Drive as is used, with the ways in which it fails.</summary>
public sealed class FakeDrive : IAsyncDisposable
{
    public const string FolderId = "folder-1";
    private static readonly RSA Key = RSA.Create(2048);
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, string> tokens = new();

    private FakeDrive(WebApplication app, int port) => (this.app, Port) = (app, port);

    public int Port { get; }
    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>What it does instead of its work: an HTTP status, <c>hang</c>, <c>quota</c>, <c>slow-down</c>, <c>lying</c>, <c>lose-answer</c>; empty: its work.</summary>
    public string Mood { get; set; } = "";

    /// <summary>What happens elsewhere while it is asked to delete something.</summary>
    public Func<Task> WhileDeleting { get; set; } = () => Task.CompletedTask;

    public ConcurrentDictionary<string, (byte[] Bytes, string Mark)> Objects { get; } = new();
    public int Uploads { get; private set; }
    public int Tried { get; private set; }
    public int TokensAsked { get; private set; }

    /// <summary>The account as Google would give it in a file.</summary>
    public string Account(RSA? key = null) => JsonSerializer.Serialize(new { type = "service_account", client_email = "salus@project.iam.example.org", private_key_id = "k1", private_key = (key ?? Key).ExportPkcs8PrivateKeyPem(), token_uri = Url + "/token" });

    public Func<Kernel.Settings, Kernel.Settings> Settings(Func<Kernel.Settings, Kernel.Settings>? more = null) =>
        s => { var own = s with { FilesStore = "test-document=drive", DriveAccount = Account(), DriveFolder = FolderId, DriveUrl = Url, FilesTimeout = 3 }; return more is null ? own : more(own); };

    public static async Task<FakeDrive> Start(int? port = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port ?? 0}");
        var app = builder.Build();
        FakeDrive? drive = null;
        app.Run(http => drive!.Answer(http));
        await app.StartAsync();
        return drive = new(app, new Uri(app.Urls.First()).Port);
    }

    private async Task Answer(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (path == "/token") { await Token(http); return; }
        if (http.Request.Method == "POST") Tried++;
        if (await Fails(http)) return;
        if (!tokens.ContainsKey(http.Request.Headers.Authorization.ToString())) { await Error(http, 401, "authError"); return; }
        if (http.Request.Method == "POST" && path == "/upload/drive/v3/files") await Upload(http);
        else if (path == "/drive/v3/files") await http.Response.WriteAsJsonAsync(new { files = Objects.Where(o => http.Request.Query["q"].ToString().Contains(o.Value.Mark, StringComparison.Ordinal)).Select(o => About(o.Key)) });
        else if (path == "/drive/v3/files/" + FolderId) await http.Response.WriteAsJsonAsync(new { id = FolderId });
        else await One(http, path["/drive/v3/files/".Length..]);
    }

    private async Task Token(HttpContext http)
    {
        TokensAsked++;
        var assertion = (await http.Request.ReadFormAsync())["assertion"].ToString();
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(assertion, new() { ValidIssuer = "salus@project.iam.example.org", ValidAudience = Url + "/token", IssuerSigningKey = new RsaSecurityKey(Key) { KeyId = "k1" } });
        if (!result.IsValid || result.Claims["scope"] as string != "https://www.googleapis.com/auth/drive.file") { await Error(http, 400, "invalid_grant"); return; }
        var token = Guid.NewGuid().ToString("N");
        tokens["Bearer " + token] = "";
        await http.Response.WriteAsJsonAsync(new { access_token = token, expires_in = 3600 });
    }

    public void EndTokens() => tokens.Clear();

    private async Task<bool> Fails(HttpContext http)
    {
        switch (Mood)
        {
            case "hang": await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default); return true;
            case "quota": await Error(http, 403, "storageQuotaExceeded"); return true;
            case "slow-down": http.Response.Headers.RetryAfter = "1"; await Error(http, 429, "rateLimitExceeded"); return true;
            case { Length: 3 } status: await Error(http, int.Parse(status, CultureInfo.InvariantCulture), "backendError"); return true;
            default: return false;
        }
    }

    private static async Task Error(HttpContext http, int status, string reason)
    {
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(new { error = new { code = status, errors = new[] { new { reason } } } });
    }

    private async Task Upload(HttpContext http)
    {
        var reader = new MultipartReader(http.Request.ContentType!.Split("boundary=")[1].Trim('"'), http.Request.Body);
        using var about = await JsonDocument.ParseAsync((await reader.ReadNextSectionAsync())!.Body);
        using var bytes = new MemoryStream();
        await (await reader.ReadNextSectionAsync())!.Body.CopyToAsync(bytes);
        if (about.RootElement.GetProperty("parents")[0].GetString() != FolderId) { await Error(http, 404, "notFound"); return; }
        var id = "drive-" + Guid.NewGuid().ToString("N");
        Objects[id] = (Mood == "lying" ? [.. bytes.ToArray()[..^1], 0] : bytes.ToArray(), about.RootElement.GetProperty("appProperties").GetProperty("salusFile").GetString()!);
        Uploads++;
        if (Mood == "lose-answer") { http.Abort(); return; }
        await http.Response.WriteAsJsonAsync(About(id));
    }

    private object About(string id) => new { id, webViewLink = "https://drive.example.org/file/" + id, size = Objects[id].Bytes.Length.ToString(CultureInfo.InvariantCulture), sha256Checksum = Convert.ToHexStringLower(SHA256.HashData(Objects[id].Bytes)) };

    private async Task One(HttpContext http, string id)
    {
        if (!Objects.TryGetValue(id, out var found)) { await Error(http, 404, "notFound"); return; }
        if (http.Request.Method == "DELETE") { await WhileDeleting(); Objects.TryRemove(id, out _); http.Response.StatusCode = 204; return; }
        var range = http.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault()?.From;
        http.Response.StatusCode = range is null ? 200 : (int)HttpStatusCode.PartialContent;
        await http.Response.Body.WriteAsync(found.Bytes.AsMemory((int)(range ?? 0)));
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(true));
        await app.DisposeAsync();
    }
}
