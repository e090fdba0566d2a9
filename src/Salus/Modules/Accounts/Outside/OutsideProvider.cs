using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Salus.Kernel;

namespace Salus.Modules.Accounts.Outside;

/// <summary>The one OpenID Connect provider of the settings: what it tells of itself, and the check of what it says about people.</summary>
public sealed class OutsideProvider(Settings settings, TimeProvider clock) : IDisposable
{
    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSsaPssSha256];
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(12), Pause = TimeSpan.FromMinutes(1), ClocksAgree = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim gate = new(1);
    private Known? known;

    /// <param name="ReadAt">When it was read; old keys are read again, unknown ones at most once a minute.</param>
    public sealed record Known(string Authorization, string Token, bool TakesPost, IReadOnlyList<SecurityKey> Keys, DateTime ReadAt);

    private sealed record Discovery(
        [property: JsonPropertyName("issuer")] string? Issuer, [property: JsonPropertyName("authorization_endpoint")] string? Authorization, [property: JsonPropertyName("token_endpoint")] string? Token,
        [property: JsonPropertyName("jwks_uri")] string? Keys, [property: JsonPropertyName("token_endpoint_auth_methods_supported")] string[]? Methods);

    /// <summary>Follows nobody elsewhere and reads no endless answers.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 512 * 1024 };

    public static bool IsSet(Settings settings) => settings.OidcIssuer.Length > 0;

    /// <summary>https, or for development something on the same machine.</summary>
    public static bool IsAllowed(string? address, Settings settings) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback && !settings.IsProduction));

    /// <exception cref="Refusal">503 <c>outside.away</c>.</exception>
    public async Task<Known> Read(CancellationToken ct) => known is { } now && now.ReadAt > clock.Now() - Fresh ? now : await ReadAgain(TimeSpan.Zero, ct);

    /// <summary>Whom the id token is about.</summary>
    /// <exception cref="Refusal">401 <c>outside.token</c>; what was wrong stands in the exception's data, for the log.</exception>
    public async Task<OutsidePerson> Check(string idToken, string accessToken, string nonce, CancellationToken ct)
    {
        var now = await Read(ct);
        if (!Handler.CanReadToken(idToken)) throw Invalid("form");
        var kid = Handler.ReadJsonWebToken(idToken).Kid;
        if (!string.IsNullOrEmpty(kid) && now.Keys.All(k => k.KeyId != kid)) now = await ReadAgain(Pause, ct);
        var result = await Handler.ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = settings.OidcIssuer, ValidAudience = settings.OidcClient, ValidAlgorithms = Algorithms, IssuerSigningKeys = now.Keys,
            RequireSignedTokens = true, RequireExpirationTime = true, ClockSkew = ClocksAgree,
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken token } ? PersonOf(token, accessToken, nonce) : throw Invalid(result.Exception?.GetType().Name ?? "token");
    }

    private OutsidePerson PersonOf(JsonWebToken token, string accessToken, string nonce)
    {
        string Of(string name, int most) => token.TryGetClaim(name, out var claim) ? Text.Clean(claim.Value) is { } text && text.Length > most ? text[..most] : Text.Clean(claim.Value) : "";
        if (token.Subject is not { Length: > 0 and <= 255 } subject) throw Invalid("sub");
        if (Of("nonce", 100) != nonce) throw Invalid("nonce");
        // The world's clock, as with codes: the provider knows nothing of a clock moved for a demo.
        if (token.IssuedAt == default || token.IssuedAt > DateTime.UtcNow + ClocksAgree) throw Invalid("iat");
        if (token.Audiences.Count() > 1 && token.Azp != settings.OidcClient) throw Invalid("azp");
        if (token.TryGetClaim("at_hash", out var hash) && hash.Value != HalfHash(accessToken)) throw Invalid("at_hash");
        var shown = token.TryGetPayloadValue<long>("auth_time", out var at) ? clock.Now() - (DateTime.UtcNow - DateTime.UnixEpoch.AddSeconds(Math.Clamp(at, 0, 99_999_999_999))) : (DateTime?)null;
        var email = Of("email", 255) is { Length: < 255 } whole ? whole : "";
        var name = Of("name", 120) is { Length: > 0 } full ? full : Of("preferred_username", 120) is { Length: > 0 } word ? word : email.Split('@')[0];
        return new(settings.OidcIssuer, subject, email, string.Equals(Of("email_verified", 5), "true", StringComparison.OrdinalIgnoreCase), name,
            token.Claims.Any(c => c is { Type: "amr", Value: "mfa" }), shown < clock.Now() ? shown : shown is null ? null : clock.Now(), nonce, "/", false);
    }

    /// <summary>OpenID Connect Core §3.1.3.6; all algorithms that are accepted hash with SHA-256.</summary>
    private static string HalfHash(string accessToken) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));

    private static JsonWebTokenHandler Handler { get; } = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = 32 * 1024 };

    private async Task<Known> ReadAgain(TimeSpan pause, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (known is { } before && before.ReadAt > clock.Now() - (pause == TimeSpan.Zero ? Fresh : pause)) return before;
            return known = await Fetch(ct);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or IOException or ArgumentException or OperationCanceledException && !ct.IsCancellationRequested) { throw Away(); }
        finally { gate.Release(); }
    }

    private async Task<Known> Fetch(CancellationToken ct)
    {
        if (!IsAllowed(settings.OidcIssuer, settings)) throw Away();
        var told = await Http.GetFromJsonAsync<Discovery>(settings.OidcIssuer.TrimEnd('/') + "/.well-known/openid-configuration", ct);
        if (told?.Issuer != settings.OidcIssuer || !((string?[])[told.Authorization, told.Token, told.Keys]).All(a => IsAllowed(a, settings))) throw Away();
        var keys = new JsonWebKeySet(await Http.GetStringAsync(told.Keys, ct)).GetSigningKeys();
        return new(told.Authorization!, told.Token!, told.Methods is not null && !told.Methods.Contains("client_secret_basic"), [.. keys], clock.Now());
    }

    public static Refusal Away() => new(503, "outside.away", "The provider cannot be reached just now.") { RetryAfter = 60, Unlock = "Try again in a moment, or sign in another way." };

    public static Refusal Invalid(string what) => new(401, "outside.token", "What the provider sent about you could not be believed.") { Unlock = "Try again. If it happens again, tell the administrator of the installation.", Data = { ["what"] = what } };

    public void Dispose()
    {
        Http.Dispose();
        gate.Dispose();
    }
}
