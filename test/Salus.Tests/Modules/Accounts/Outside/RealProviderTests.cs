using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Accounts.Outside;

/// <summary>The whole way through a real OpenID Connect provider, which demands PKCE; with a secret and as a public client.</summary>
public sealed class RealProviderTests
{
    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../oidc"));

    private sealed class World : IAsyncDisposable
    {
        private Process process = null!;
        public OwnServer Own { get; private set; } = null!;

        public static async Task<World> Make(string secret)
        {
            var (provider, ours) = (FakeProvider.FreePort(), FakeProvider.FreePort());
            var world = new World { Own = await OwnServer.Start(s => s with { Urls = $"http://127.0.0.1:{ours}", OidcIssuer = $"http://127.0.0.1:{provider}", OidcClient = "salus", OidcSecret = secret, OidcName = "Real Login" }) };
            var client = new Dictionary<string, object> { ["client_id"] = "salus", ["redirect_uris"] = new[] { $"http://127.0.0.1:{ours}/account/outside/return" }, ["token_endpoint_auth_method"] = secret.Length > 0 ? "client_secret_basic" : "none" };
            if (secret.Length > 0) client["client_secret"] = secret;
            var people = new Dictionary<string, object> { ["rita"] = new { amr = new[] { "pwd" }, claims = new { email = "rita@example.org", email_verified = true, name = "Rita Reale", roles = new[] { "admin" } } } };
            var start = new ProcessStartInfo("node") { WorkingDirectory = Folder(), RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true };
            start.ArgumentList.Add("server.js");
            start.ArgumentList.Add(JsonSerializer.Serialize(new { port = provider, clients = new[] { client }, people }));
            world.process = Process.Start(start)!;
            world.process.ErrorDataReceived += (_, _) => { };
            world.process.BeginErrorReadLine();
            string? line;
            do line = await world.process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)); while (line is not null && !line.StartsWith('{'));
            Assert.NotNull(line);
            return world;
        }

        /// <summary>Follows the browser until it is back at a page of ours that is not on the way.</summary>
        public async Task<(HttpResponseMessage Answer, List<string> Way)> Go(Browser browser, string act)
        {
            var (address, way) = (new Uri(Own.Salus.Http.BaseAddress!, "/account/outside?back=/account"), new List<string>());
            for (var i = 0; i < 15; i++)
            {
                way.Add(address.ToString());
                var answer = await browser.Get(address.ToString());
                if ((int)answer.StatusCode is < 300 or >= 400) return (answer, way);
                address = new Uri(address, answer.Headers.Location!);
                if (address.Port == Own.Salus.Http.BaseAddress!.Port && !address.AbsolutePath.StartsWith("/account/outside", StringComparison.Ordinal)) return (answer, way);
                if (address.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal)) address = new Uri(address, address.AbsolutePath + act);
                answer.Dispose();
            }
            throw new InvalidOperationException("The way has no end: " + string.Join('\n', way));
        }

        public async ValueTask DisposeAsync()
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(5000)) process.Kill();
            process.Dispose();
            await Own.DisposeAsync();
        }
    }

    [Theory, InlineData("a secret of the client, long enough"), InlineData("")]
    public async Task a_person_signs_in_comes_back_and_signs_in_again(string secret)
    {
        await using var world = await World.Make(secret);
        var salus = world.Own.Salus;
        using var browser = new Browser(salus);
        var (answer, way) = await world.Go(browser, "/as/rita");
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        Assert.Equal("/account", answer.Headers.Location!.OriginalString);
        Assert.Contains(way, w => w.Contains("code_challenge=", StringComparison.Ordinal));
        using (var page = await browser.Get("/account")) Assert.Contains("Rita Reale", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var replayed = await browser.Get(way.Single(w => w.Contains("/account/outside/return?", StringComparison.Ordinal)))) Assert.Equal(HttpStatusCode.BadRequest, replayed.StatusCode);
        using (var signedOut = await browser.Submit("/account", "/account/sign-out", [])) Assert.Equal(HttpStatusCode.Redirect, signedOut.StatusCode);
        using (var page = await browser.Get("/account")) Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        var (again, second) = await world.Go(browser, "/as/rita");
        Assert.Equal("/account", again.Headers.Location!.OriginalString);
        // Signing out ended the session here; the provider still knows the person.
        Assert.DoesNotContain(second, w => w.Contains("/interaction/", StringComparison.Ordinal));
        await using var db = salus.Database.Open();
        var account = await db.Accounts.SingleAsync(a => a.NormalizedUserName == "RITA@EXAMPLE.ORG");
        Assert.Equal((true, false, null), (account.EmailConfirmed, account.IsPlatformOwner, account.PasswordHash));
        Assert.Equal(2, await db.Set<AuditEvent>().CountAsync(e => e.Action == "account.sign-in" && e.Result == "ok" && e.ActorId == account.Id));
        answer.Dispose();
        again.Dispose();
    }

    [Fact]
    public async Task who_says_no_at_the_provider_sees_a_calm_page_and_a_row_is_left()
    {
        await using var world = await World.Make("");
        using var browser = new Browser(world.Own.Salus);
        var (answer, _) = await world.Go(browser, "/no");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("The provider did not sign you in", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var db = world.Own.Salus.Database.Open();
        Assert.Equal("outside.denied", (await db.Set<AuditEvent>().SingleAsync(e => e.Action == "account.sign-in")).Result);
        Assert.False(await db.Accounts.AnyAsync());
        answer.Dispose();
    }
}
