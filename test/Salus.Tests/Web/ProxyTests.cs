using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Tests.Web;

/// <summary>The configuration that docs/nginx.conf hands out, in a real nginx; only its ports, its name and its certificate are others.</summary>
public sealed class ProxyTests : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx", Name = "clinic.example";
    private readonly string folder = Directory.CreateTempSubdirectory("salus-nginx-").FullName;
    private readonly (int Plain, int Safe) port = (Ports.Free(), Ports.Free());
    private readonly HttpClient http;
    private string thumbprint = "";
    private Process? nginx;

    public ProxyTests() => http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, SslOptions = { RemoteCertificateValidationCallback = IsOurs } });

    private bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, System.Net.Security.SslPolicyErrors errors) => certificate?.GetCertHashString() == thumbprint;

    private async Task Start(Uri salus)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        thumbprint = certificate.Thumbprint;
        await File.WriteAllTextAsync(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        var ours = await File.ReadAllTextAsync(Path.Combine(Architecture.HouseRules.Root, "docs", "nginx.conf"));
        foreach (var (from, to) in new[]
        {
            ("    listen [::]:80;\n", ""), ("    listen [::]:443 ssl;\n", ""), ("listen 80;", $"listen 127.0.0.1:{port.Plain};"), ("listen 443 ssl;", $"listen 127.0.0.1:{port.Safe} ssl;"), ("server 127.0.0.1:5080;", $"server 127.0.0.1:{salus.Port};"),
            ("/etc/letsencrypt/live/clinic.example/fullchain.pem", Path.Combine(folder, "cert.pem")), ("/etc/letsencrypt/live/clinic.example/privkey.pem", Path.Combine(folder, "key.pem")),
        })
        {
            Assert.Contains(from, ours, StringComparison.Ordinal);
            ours = ours.Replace(from, to, StringComparison.Ordinal);
        }
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors; events {{ }} http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{ours}\n}}\n");
        nginx = Process.Start(new ProcessStartInfo(Program, ["-p", folder, "-c", file]) { RedirectStandardError = true })!;
        await Wait.Until(async () =>
        {
            Assert.False(nginx.HasExited, nginx.HasExited ? await nginx.StandardError.ReadToEndAsync() : "");
            try { using var answer = await Ask("GET", "/"); return true; }
            catch (HttpRequestException) { return false; }
        });
    }

    private async Task<HttpResponseMessage> Ask(string method, string path, HttpContent? body = null, bool isSafe = true, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{(isSafe ? "https" : "http")}://127.0.0.1:{(isSafe ? port.Safe : port.Plain)}{path}") { Content = body, Headers = { Host = Name } };
        foreach (var (header, value) in headers) request.Headers.TryAddWithoutValidation(header, value);
        return await http.SendAsync(request);
    }

    private static void IsGuarded(HttpResponseMessage answer)
    {
        Assert.Equal(["DENY"], answer.Headers.GetValues("X-Frame-Options"));
        Assert.Single(answer.Headers.GetValues("Permissions-Policy"));
        Assert.DoesNotMatch("[0-9]", answer.Headers.Server.ToString());
    }

    [Fact]
    public async Task DE_02_the_shipped_proxy_hides_its_version_bounds_bodies_guards_its_own_error_pages_and_believes_no_forwarded_address()
    {
        Assert.SkipUnless(File.Exists(Program), "LEFT OUT: no nginx. eng/setup installs it.");
        await using (var own = await OwnServer.Start(s => s with { Mode = Mode.Production, PublicUrl = $"https://{Name}", Proxies = "127.0.0.1" }))
        {
            var clinic = await Clinic.Make(own.Salus);
            await Start(own.Salus.Http.BaseAddress!);

            using (var page = await Ask("GET", "/account/sign-in"))
            {
                Assert.True(page.StatusCode == HttpStatusCode.OK, await page.Content.ReadAsStringAsync());
                IsGuarded(page);
                Assert.Contains("max-age=31536000", string.Join("", page.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
            }
            using (var plain = await Ask("GET", "/account/sign-in?x=1", isSafe: false)) Assert.Equal((HttpStatusCode.MovedPermanently, $"https://{Name}/account/sign-in?x=1"), (plain.StatusCode, plain.Headers.Location!.OriginalString));
            using (var large = await Ask("POST", $"/api/v1/orgs/{clinic.Slug}/patients", new ByteArrayContent(new byte[51 * 1024 * 1024]), true, ("Expect", "100-continue")))
            {
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
                IsGuarded(large);
            }
            using (var guess = await Ask("POST", "/api/v1/auth/token", new StringContent("{\"email\":\"nobody@example.org\",\"password\":\"x\"}", Encoding.UTF8, "application/json"), true, ("X-Forwarded-For", "198.51.100.7"))) Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
            await using (var db = own.Salus.Database.Open()) Assert.Equal("127.0.0.1", await db.Set<AuditEvent>().Where(e => e.Action == "account.sign-in").OrderByDescending(e => e.Seq).Select(e => e.Ip).FirstAsync());
            using (var socket = new ClientWebSocket())
            {
                socket.Options.RemoteCertificateValidationCallback = IsOurs;
                socket.Options.SetRequestHeader("Host", Name);
                socket.Options.SetRequestHeader("Origin", $"https://{Name}");
                await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{port.Safe}/live"), TestContext.Current.CancellationToken);
                Assert.Equal(WebSocketState.Open, socket.State);
            }
        }
        using var away = await Ask("GET", "/account/sign-in");
        Assert.Equal(HttpStatusCode.BadGateway, away.StatusCode);
        IsGuarded(away);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (nginx is not null)
        {
            using (var stop = Process.Start("kill", ["-TERM", nginx.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await stop.WaitForExitAsync();
            await nginx.WaitForExitAsync();
            nginx.Dispose();
        }
        Directory.Delete(folder, recursive: true);
    }
}
