using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Web;

namespace Salus.Modules.Accounts;

/// <summary>Accounts: signing in, tokens, the first owner, the language.</summary>
public sealed class AccountsModule : Module
{
    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(SignIn.Action, "signed in"),
        new(CreateOwner.Action, "created an owner of the installation"),
        new(ChangeLanguage.Action, "changed the own language"),
        new(ChangePassword.Action, "changed the own password"),
    ];

    public override void AddServices(IServiceCollection services) =>
        services.AddSingleton<SetupCode>().AddSingleton<AccessTokens>().AddScoped<SignIn>();

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        AccountApi.Map(routes);
        AccountPages.Map(routes);
    }
}

public sealed record TokenAnswer(string AccessToken, string TokenType, int ExpiresIn);
public sealed record MeAnswer(Guid Id, string Kind, string Name, bool IsPlatformOwner, IReadOnlyList<MeOrganisation> Organisations);
/// <summary>Signing in for programs.</summary>
public static class AccountApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.ApiRoot("Accounts");
        api.MapPost("/auth/token", async (SignIn.Command command, SignIn signIn, AccessTokens tokens, CancellationToken ct) =>
            {
                var (account, _) = await signIn.Run(command, "token", ct);
                return new TokenAnswer(tokens.Issue(account), "Bearer", (int)AccessTokens.Life.TotalSeconds);
            })
            .Public().Refuses("sign-in.failed", "sign-in.locked").Describe("getToken", "Sign in with e-mail address and password; the token lives 15 minutes");
        api.MapGet("/auth/me", Me).SignedIn().Describe("getMe", "Who is signed in, with organisations and roles");
        routes.MapGet("/api/auth/me", Me).SignedIn().ExcludeFromDescription();
    }

    private static async Task<MeAnswer> Me(ActorSlot slot, IMemberships memberships, CancellationToken ct) =>
        new(slot.Actor.Id!.Value, slot.Actor.Kind.ToString().ToLowerInvariant(), slot.Actor.Name, slot.Actor.IsPlatformOwner, await memberships.Of(slot.Actor, ct));
}
