using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Modules.Accounts.Contract;

/// <summary>Access tokens for programs: RS256, 15 minutes.</summary>
public sealed class AccessTokens : IDisposable
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private const string Issuer = "salus", Audience = "salus-api";
    private readonly RSA rsa = RSA.Create(2048);
    private readonly RsaSecurityKey key;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly TimeProvider clock;

    public AccessTokens(Settings settings, TimeProvider clock)
    {
        this.clock = clock;
        rsa.ImportFromPem(KeyFile.ReadOrCreate(Path.Combine(settings.KeysFolder, "token-signing.pem"), () =>
        {
            using var fresh = RSA.Create(2048);
            return fresh.ExportPkcs8PrivateKeyPem();
        }));
        key = new RsaSecurityKey(rsa)
        {
            // A factory of its own: the shared one keeps signers by key for ever, and would hand out one over a disposed key.
            CryptoProviderFactory = new CryptoProviderFactory(),
            KeyId = Convert.ToHexStringLower(SHA256.HashData(rsa.ExportSubjectPublicKeyInfo()))[..16],
        };
    }

    public string Issue(Session session) => handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer, Audience = Audience, IssuedAt = clock.Now(), NotBefore = clock.Now(), Expires = clock.Now() + Life,
        Claims = new Dictionary<string, object>
        {
            ["sub"] = session.AccountId.ToString(), [Session.Claim] = session.Id.ToString(), ["jti"] = Guid.CreateVersion7().ToString("N"),
        },
        SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
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
    public object PublicKeys
    {
        get
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            return new { keys = new[] { new { kty = "RSA", use = "sig", alg = SecurityAlgorithms.RsaSha256, kid = key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } } };
        }
    }

    private async Task<ClaimsIdentity?> Validate(string token)
    {
        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer, ValidAudience = Audience, IssuerSigningKey = key, ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ClockSkew = TimeSpan.Zero, RequireExpirationTime = true, RequireSignedTokens = true, ValidTypes = ["JWT"],
            LifetimeValidator = (from, until, _, _) => from <= clock.Now() && clock.Now() < until,
        });
        return result.IsValid ? result.ClaimsIdentity : null;
    }

    public void Dispose() => rsa.Dispose();
}
