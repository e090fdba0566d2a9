using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Salus.Kernel;

namespace Salus.Modules.Accounts.Contract;

/// <summary>Access tokens for programs: ES256, 15 minutes.</summary>
public sealed class AccessTokens(TokenKeys keys, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private const string Issuer = "salus", Audience = "salus-api";
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };

    public string Issue(Session session) => handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer, Audience = Audience, IssuedAt = clock.Now(), NotBefore = clock.Now(), Expires = clock.Now() + Life,
        Claims = new Dictionary<string, object>
        {
            ["sub"] = session.AccountId.ToString(), [Session.Claim] = session.Id.ToString(), ["jti"] = Guid.CreateVersion7().ToString("N"),
        },
        SigningCredentials = new SigningCredentials(keys.Signing.Key, SecurityAlgorithms.EcdsaSha256),
    });

    private const int MostKept = 2000;
    private readonly ConcurrentDictionary<string, (DateTime Until, ClaimsIdentity Identity)> kept = new();

    /// <summary>The principal of a valid token; null for every other text. A signature that was right stays right, so it is checked once per token.</summary>
    public async Task<ClaimsIdentity?> Read(string token)
    {
        if (kept.TryGetValue(token, out var known) && clock.Now() < known.Until) return known.Identity.Clone();
        var identity = await Validate(token);
        if (identity is null) return null;
        if (kept.Count >= MostKept) kept.Clear();
        kept[token] = (Ends(identity), identity);
        return identity.Clone();
    }

    /// <summary>When a token that was read ends.</summary>
    public static DateTime Ends(ClaimsIdentity identity) => DateTimeOffset.FromUnixTimeSeconds(long.Parse(identity.FindFirst("exp")!.Value, System.Globalization.CultureInfo.InvariantCulture)).UtcDateTime;

    /// <summary>The keys with which others can check our tokens (RFC 7517).</summary>
    public object PublicKeys => new { keys = keys.Verifying.Select(k => PublicKey(k, k.Key.ECDsa.ExportParameters(includePrivateParameters: false))).ToList() };

    private static object PublicKey(TokenKey key, ECParameters parameters) =>
        new { kty = "EC", crv = "P-256", use = "sig", alg = SecurityAlgorithms.EcdsaSha256, kid = key.Id, x = Base64UrlEncoder.Encode(parameters.Q.X), y = Base64UrlEncoder.Encode(parameters.Q.Y) };

    private async Task<ClaimsIdentity?> Validate(string token)
    {
        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer, ValidAudience = Audience, ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            // Only our own keys, by the id in the token's head; a key or address that the token brings along is not looked at.
            IssuerSigningKeyResolver = (_, _, id, _) => keys.Find(id) is { } key ? [key.Key] : [],
            ClockSkew = TimeSpan.Zero, RequireExpirationTime = true, RequireSignedTokens = true, ValidTypes = ["JWT"],
            LifetimeValidator = (from, until, _, _) => from <= clock.Now() && clock.Now() < until,
        });
        return result.IsValid ? result.ClaimsIdentity : null;
    }
}
