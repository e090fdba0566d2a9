using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Salus.Tests.Accounts.Outside;

/// <summary>A provider that says what a test wants it to say, true or not.</summary>
public sealed class FakeProvider : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task loop;

    public FakeProvider()
    {
        Issuer = $"http://127.0.0.1:{FreePort()}";
        listener.Prefixes.Add(Issuer + "/");
        listener.Start();
        loop = Task.Run(Serve);
    }

    public string Issuer { get; }
    public RsaSecurityKey Key { get; set; } = NewKey();

    /// <summary>How often the keys were read.</summary>
    public int KeyReads { get; private set; }

    /// <summary>The id token that the next code is exchanged for.</summary>
    public string IdToken { get; set; } = "";
    public int Status { get; set; } = 200;

    /// <summary>What was sent with the last code.</summary>
    public IReadOnlyDictionary<string, string> Sent { get; private set; } = new Dictionary<string, string>();
    public string SentAuthorization { get; private set; } = "";

    public static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public static Dictionary<string, object> Claims(string issuer, string nonce, string subject, params (string Name, object Value)[] more)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object> { ["iss"] = issuer, ["aud"] = "salus", ["sub"] = subject, ["nonce"] = nonce, ["iat"] = now, ["exp"] = now + 300, ["auth_time"] = now, ["name"] = "Nina Nuova" };
        foreach (var (name, value) in more) claims[name] = value;
        return claims;
    }

    public static string Sign(Dictionary<string, object> claims, SecurityKey? key, string algorithm = SecurityAlgorithms.RsaSha256) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor { Claims = claims, SigningCredentials = key is null ? null : new(key, algorithm) });

    private async Task Serve()
    {
        try
        {
            while (true) await Answer(await listener.GetContextAsync());
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException) { }
    }

    private async Task Answer(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        object answer = new { };
        if (path == "/.well-known/openid-configuration") answer = new { issuer = Issuer, authorization_endpoint = Issuer + "/auth", token_endpoint = Issuer + "/token", jwks_uri = Issuer + "/keys" };
        if (path == "/keys")
        {
            KeyReads++;
            var (key, numbers) = (Key, Key.Rsa.ExportParameters(false));
            answer = new { keys = new[] { new { kty = "RSA", use = "sig", kid = key.KeyId, n = WebEncoders.Base64UrlEncode(numbers.Modulus!), e = WebEncoders.Base64UrlEncode(numbers.Exponent!) } } };
        }
        if (path == "/token")
        {
            using var reader = new StreamReader(context.Request.InputStream);
            Sent = QueryHelpers.ParseQuery(await reader.ReadToEndAsync()).ToDictionary(p => p.Key, p => p.Value.ToString());
            SentAuthorization = context.Request.Headers["Authorization"] ?? "";
            context.Response.StatusCode = Status;
            answer = new { access_token = "an-access-token", token_type = "Bearer", id_token = IdToken };
        }
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(answer)));
        context.Response.Close();
    }

    public void Dispose()
    {
        listener.Close();
        loop.Wait(TimeSpan.FromSeconds(5));
    }
}

/// <summary>A server of Salus that knows the fake provider, for the tests of one class.</summary>
public sealed class FakedSalus : IAsyncLifetime
{
    public const string Name = "Clinic Login";
    private OwnServer own = null!;

    public FakeProvider Provider { get; } = new();
    public RunningSalus Salus => own.Salus;

    public async ValueTask InitializeAsync() => own = await OwnServer.Start(s => s with { OidcIssuer = Provider.Issuer, OidcClient = "salus", OidcSecret = "a secret/with signs", OidcName = Name });

    public Task<HttpResponseMessage> Arrive(Browser browser, string subject, params (string, object)[] claims) => new Arrival(Salus, Provider).Arrive(browser, subject, claims);

    public Task<HttpResponseMessage> ArriveAt(Browser browser, string start, Func<string, string> idToken) => new Arrival(Salus, Provider).ArriveAt(browser, start, idToken);

    public async ValueTask DisposeAsync()
    {
        await own.DisposeAsync();
        Provider.Dispose();
    }
}

/// <summary>Ways of browsers from one server of Salus to the fake provider and back.</summary>
public sealed record Arrival(RunningSalus Salus, FakeProvider Provider)
{
    /// <summary>The whole way of a browser whose provider answers with these claims; the last answer as it comes.</summary>
    public Task<HttpResponseMessage> Arrive(Browser browser, string subject, params (string, object)[] claims) => ArriveAt(browser, "/account/outside", nonce => FakeProvider.Sign(FakeProvider.Claims(Provider.Issuer, nonce, subject, claims), Provider.Key));

    public async Task<HttpResponseMessage> ArriveAt(Browser browser, string start, Func<string, string> idToken)
    {
        using var setOut = await browser.Get(start);
        Assert.True(setOut.StatusCode == HttpStatusCode.Redirect, await setOut.Content.ReadAsStringAsync());
        var asked = QueryHelpers.ParseQuery(setOut.Headers.Location!.Query);
        Provider.IdToken = idToken(asked["nonce"].ToString());
        var back = await browser.Get($"/account/outside/return?code=a-code&state={Uri.EscapeDataString(asked["state"].ToString())}");
        if (back.StatusCode != HttpStatusCode.Redirect) return back;
        Assert.Equal("/account/outside/done", back.Headers.Location!.OriginalString);
        back.Dispose();
        return await browser.Get("/account/outside/done");
    }
}
