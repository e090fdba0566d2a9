using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Salus.Kernel;

namespace Salus.Modules.Files.Storage;

/// <summary>A service account, as Google gives it in a file.</summary>
public sealed record ServiceAccount(
    [property: JsonPropertyName("client_email")] string Email, [property: JsonPropertyName("private_key")] string PrivateKey,
    [property: JsonPropertyName("private_key_id")] string? KeyId, [property: JsonPropertyName("token_uri")] string? TokenUri)
{
    /// <summary>Reads the file's text.</summary>
    /// <exception cref="FormatException">It is no such file.</exception>
    public static ServiceAccount Parse(string json)
    {
        try
        {
            var account = JsonSerializer.Deserialize<ServiceAccount>(json);
            using var key = RSA.Create();
            key.ImportFromPem(account!.PrivateKey);
            return account.Email.Contains('@', StringComparison.Ordinal) ? account : throw new FormatException();
        }
        catch (Exception error) when (error is JsonException or ArgumentException or CryptographicException or NullReferenceException or FormatException)
        {
            throw new FormatException("SALUS_DRIVE_ACCOUNT is not the JSON of a service account (client_email, private_key).");
        }
    }
}

/// <summary>Exchanges a statement signed with the service account's key for an access token (RFC 7523), and keeps it until it is nearly over.</summary>
public sealed class DriveToken(Settings settings, HttpClient http, TimeProvider clock) : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/drive.file", Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private readonly SemaphoreSlim gate = new(1);
    private (string Token, DateTime Until) held = ("", DateTime.MinValue);

    /// <exception cref="StoreFault"><c>credentials</c> when the account is refused.</exception>
    public async Task<string> Get(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (clock.Now() < held.Until) return held.Token;
            return (held = await Ask(ct)).Token;
        }
        finally { gate.Release(); }
    }

    /// <summary>The store did not take the token: the next call asks for another.</summary>
    public void Forget(string token)
    {
        if (held.Token == token) held = ("", DateTime.MinValue);
    }

    private async Task<(string, DateTime)> Ask(CancellationToken ct)
    {
        ServiceAccount account;
        try { account = ServiceAccount.Parse(settings.DriveAccount); }
        catch (FormatException error) { throw new StoreFault("credentials", because: error); }
        var address = account.TokenUri is { Length: > 0 } uri ? uri : "https://oauth2.googleapis.com/token";
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent([new("grant_type", Grant), new("assertion", Statement(account, address))]) };
        using var answer = await http.SendAsync(request, ct);
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) throw new StoreFault("credentials");
        if (!answer.IsSuccessStatusCode) throw new StoreFault("away");
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct));
        return (body.RootElement.GetProperty("access_token").GetString()!, clock.Now() + TimeSpan.FromSeconds(Math.Max(30, body.RootElement.GetProperty("expires_in").GetInt32() - 60)));
    }

    private string Statement(ServiceAccount account, string audience)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(account.PrivateKey);
        // A factory of its own: the shared one would keep a signer over a key that is gone.
        var key = new RsaSecurityKey(rsa) { KeyId = account.KeyId, CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
        var now = clock.Now();
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = account.Email, Audience = audience, IssuedAt = now, Expires = now.AddHours(1), Claims = new Dictionary<string, object> { ["scope"] = Scope },
            SigningCredentials = new(key, SecurityAlgorithms.RsaSha256),
        });
    }

    public void Dispose() => gate.Dispose();
}
