using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Outside;
using Salus.Modules.Accounts.Profile;
using Salus.Modules.Accounts.Registration;
using Salus.Modules.Accounts.SecondFactor;
using Salus.Web;

namespace Salus.Modules.Accounts;

/// <summary>Signing in for programs, and the own sessions.</summary>
public static class AccountApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.ApiRoot("Accounts");
        api.MapPost("/auth/token", async (SignIn.Command command, SignIn signIn, AccessTokens tokens, CancellationToken ct) =>
            {
                var signed = await signIn.Run(command, SessionKind.Program, null, ct);
                if (signed.Session is null) throw new Refusal(401, "second-factor.needed", "Send a code of your authenticator app, or a recovery code, together with the password.");
                return new TokenAnswer(tokens.Issue(signed.Session), signed.RefreshToken!);
            })
            .Public().Refuses("sign-in.failed", "sign-in.locked", "second-factor.needed", "second-factor.failed", "account.unverified", "rate-limit").Describe("getToken", "Sign in with e-mail address and password; the access token lives 15 minutes, the refresh token 7 days");
        api.MapPost("/auth/refresh", (RefreshTokens.Command command, RefreshTokens refresh, CancellationToken ct) => refresh.Run(command, ct))
            .Public().Refuses("refresh.failed", "rate-limit").Describe("refreshToken", "Exchange a refresh token for new tokens; it works once, and a second use ends the session");
        api.MapPost("/auth/verify", async (VerifyToken command, AccessTokens tokens, Database database, TimeProvider clock, CancellationToken ct) =>
                await Verify(command.Token, tokens, database, clock.Now(), ct) ?? throw new Refusal(401, "token.invalid", "This token is not valid."))
            .Public().Refuses("token.invalid").Describe("verifyToken", "Whether an access token is valid now, and until when");
        api.MapPost("/auth/logout", async (ActorSlot slot, EndSession end, CancellationToken ct) =>
            {
                await end.Run(new() { SessionId = slot.Actor.SessionId ?? Guid.Empty }, ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Describe("logout", "End this session: its access and refresh tokens stop working at once");
        api.MapPost("/auth/password-reset", async (AskReset.Command command, AskReset ask, CancellationToken ct) =>
            {
                await ask.Run(command, ct);
                return TypedResults.Accepted((string?)null);
            })
            .Public().Refuses("invalid", "rate-limit").Describe("askPasswordReset", "Mail a link to set a new password; the answer is the same whether the address has an account or not");
        api.MapPost("/auth/password-reset/confirm", async (ResetPassword.Command command, ResetPassword reset, CancellationToken ct) =>
            {
                await reset.Run(command, ct);
                return TypedResults.NoContent();
            })
            .Public().Refuses("invalid", "reset.gone").Describe("resetPassword", "Set a new password with the word of a mailed link; all sessions of the account end");
        api.MapGet("/auth/me", Me).SignedIn().Describe("getMe", "Who is signed in, with organisations and roles");
        api.MapGet("/auth/sessions", (OwnSessions list, CancellationToken ct) => list.Run(new(), ct)).SignedIn().Describe("listSessions", "Where you are signed in, this session first");
        api.MapPost("/auth/sessions/{id:guid}/end", async (Guid id, EndSession end, CancellationToken ct) =>
            {
                await end.Run(new() { SessionId = id }, ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Refuses("not-found").Describe("endSession", "End one of your sessions");
        api.MapPost("/auth/sessions/end-others", async (EndOtherSessions end, CancellationToken ct) =>
            {
                await end.Run(new(), ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Describe("endOtherSessions", "End all your sessions but this one");
        MapFactors(api);
        RegistrationPages.MapApi(api);
        ProfilePages.MapApi(api);
        OutsidePages.MapApi(api);
        routes.MapGet("/api/auth/me", Me).SignedIn().ExcludeFromDescription();
        routes.MapGet("/.well-known/jwks.json", (AccessTokens tokens) => tokens.PublicKeys).Public().ExcludeFromDescription();
    }

    private static void MapFactors(RouteGroupBuilder api)
    {
        api.MapPost("/auth/prove", async (ProveIdentity.Command command, ProveIdentity prove, CancellationToken ct) =>
            {
                await prove.Run(command, ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Refuses("invalid", "rate-limit").Describe("proveIdentity", "Show again who you are, with a code or, without a second factor, the password; holds for ten minutes");
        api.MapGet("/auth/second-factor", (OwnFactors factors, CancellationToken ct) => factors.Run(new(), ct)).SignedIn().Describe("getSecondFactor", "Your authenticator app, passkeys and how many recovery codes are left");
        api.MapPost("/auth/second-factor/authenticator", (BeginAuthenticator begin, CancellationToken ct) => begin.Run(new(), ct))
            .SignedIn().Refuses("proof.needed", "authenticator.exists").Describe("beginAuthenticator", "A secret for an authenticator app; it counts from the first code on that you confirm");
        api.MapPost("/auth/second-factor/authenticator/confirm", async (ConfirmAuthenticator.Command command, ConfirmAuthenticator confirm, CancellationToken ct) => new RecoveryCodesAnswer(await confirm.Run(command, ct)))
            .SignedIn().Refuses("proof.needed", "invalid", "rate-limit").Describe("confirmAuthenticator", "Show the app's first code; the answer holds recovery codes, once");
        api.MapPost("/auth/second-factor/authenticator/remove", async (RemoveAuthenticator remove, CancellationToken ct) =>
            {
                await remove.Run(new(), ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Refuses("proof.needed", "not-found").Describe("removeAuthenticator", "Remove the authenticator app");
        api.MapPost("/auth/second-factor/recovery-codes", async (RenewRecoveryCodes renew, CancellationToken ct) => new RecoveryCodesAnswer(await renew.Run(new(), ct)))
            .SignedIn().Refuses("proof.needed", "second-factor.none").Describe("renewRecoveryCodes", "New recovery codes in place of the old ones");
        api.MapPost("/auth/second-factor/passkeys/{id:guid}/remove", async (Guid id, RemovePasskey remove, CancellationToken ct) =>
            {
                await remove.Run(new() { PasskeyId = id }, ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Refuses("proof.needed", "not-found").Describe("removePasskey", "Remove one of your passkeys; they are added in a browser");
    }

    private static async Task<MeAnswer> Me(ActorSlot slot, IMemberships memberships, CancellationToken ct) =>
        new(slot.Actor.Id!.Value, slot.Actor.Kind.ToString().ToLowerInvariant(), slot.Actor.Name, slot.Actor.IsPlatformOwner, await memberships.Of(slot.Actor, ct));

    private static async Task<VerifiedToken?> Verify(string? token, AccessTokens tokens, Database database, DateTime now, CancellationToken ct)
    {
        if (token is not { Length: > 0 and <= 4096 } || await tokens.Read(token) is not { } identity || !Guid.TryParse(identity.FindFirst(Session.Claim)?.Value, out var id)) return null;
        await using var db = database.Open();
        var session = await db.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct);
        if (session?.IsLive(now) != true || !await db.Accounts.AnyAsync(a => a.Id == session.AccountId && a.DeactivatedAt == null, ct)) return null;
        return new(session.AccountId, session.Id, AccessTokens.Ends(identity));
    }
}
