using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>Reads <c>Authorization: Bearer</c>: an access token, a device's secret, or a program's key.</summary>
public sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessTokens tokens, MembershipReader members, Database database)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer", DevicePrefix = "device_";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || header.Length > 4096) return AuthenticateResult.NoResult();
        var token = header[7..].Trim();
        var identity = token.StartsWith(DevicePrefix, StringComparison.Ordinal) ? await Device(token[DevicePrefix.Length..])
            : token.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) ? await Key(token[ApiKey.Prefix.Length..]) : await tokens.Read(token);
        return identity is null ? AuthenticateResult.Fail("invalid") : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private async Task<ClaimsIdentity?> Device(string secret)
    {
        try { return await members.FindDevice(secret, Context.RequestAborted) is { } id ? DeviceIdentity(id, SchemeName) : null; }
        catch (Exception error) when (database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    private async Task<ClaimsIdentity?> Key(string secret)
    {
        try { return await members.FindKey(secret, Context.RequestAborted) is { } id ? new([new Claim("sub", id.ToString()), new Claim(MembershipReader.KeyClaim, "1")], SchemeName) : null; }
        catch (Exception error) when (database.IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    public static ClaimsIdentity DeviceIdentity(Guid id, string scheme) => new([new Claim("sub", id.ToString()), new Claim(MembershipReader.DeviceClaim, "1")], scheme);
}
