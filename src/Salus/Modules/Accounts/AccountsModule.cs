using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Microsoft.AspNetCore.Identity;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Outside;
using Salus.Modules.Accounts.Outside.Paq;
using Salus.Modules.Accounts.Profile;
using Salus.Modules.Accounts.Registration;
using Salus.Modules.Accounts.SecondFactor;
using Salus.Web;

namespace Salus.Modules.Accounts;

/// <summary>Accounts: signing in, sessions, tokens, the first owner, the language.</summary>
public sealed class AccountsModule : Module
{
    public const string RotateKeys = "keys.rotate";

    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(SignIn.Action, "signed in"),
        new(SignIn.LockAction, "was locked out after wrong passwords"),
        new(CreateOwner.Action, "created an owner of the installation"),
        new(ChangeLanguage.Action, "changed the own language"),
        new(ChangePassword.Action, "changed the own password"),
        new(AskReset.Action, "asked for a new password"),
        new(ResetPassword.Action, "set a new password by mail"),
        new(RefreshTokens.Action, "stayed signed in"),
        new(OwnSessions.Action, "looked at the own sessions"),
        new(EndSession.Action, "ended a session"),
        new(EndOtherSessions.Action, "ended all other sessions"),
        new(RotateKeys, "made a new key for access tokens"),
        new(OwnFactors.Action, "looked at the own second factors"),
        new(BeginAuthenticator.Action, "began to set up an authenticator app"),
        new(ConfirmAuthenticator.Action, "added an authenticator app"),
        new(RemoveAuthenticator.Action, "removed the authenticator app"),
        new(RenewRecoveryCodes.Action, "made new recovery codes"),
        new(AddPasskey.Action, "added a passkey"),
        new(RemovePasskey.Action, "removed a passkey"),
        new(DropFactors.Action, "removed all second factors of an account"),
        new(ProveIdentity.Action, "showed again who it is"),
        new(Register.Action, "made an account"),
        new(Verify.Action, "showed that the address is the own"),
        new(SendAgain.Action, "asked for the link or code again"),
        new(OwnProfile.Action, "looked at the own profile"),
        new(ChangeProfile.Action, "changed the own profile"),
        new(ChangePicture.Action, "changed the own picture"),
        new(DeactivateOwn.Action, "closed the own account"),
        new(SetAccountActive.Action, "closed or opened an account"),
        new(AccountList.Action, "read the list of accounts"),
        new(HelpVerify.Action, "had a verification sent again for somebody"),
        new(RegisterOutside.Action, "made an account by signing in outside"),
        new(OwnOutside.Action, "looked at the own other ways to sign in"),
        new(LinkOutside.Action, "added another way to sign in"),
        new(UnlinkOutside.Action, "removed another way to sign in"),
    ];

    public override void AddServices(IServiceCollection services)
    {
        services.AddSingleton<Places>().AddSingleton<SetupCode>().AddSingleton<TokenKeys>().AddSingleton<AccessTokens>().AddScoped<SignIn>().AddScoped<RefreshTokens>().AddScoped<AskReset>().AddScoped<IJobHandler, MailReset>().AddScoped<SendAgain>().AddScoped<IJobHandler, SendVerification>();
        services.AddSingleton<OutsideProvider>().AddScoped<OutsideSignIn>().AddScoped<PaqSignIn>();
        // Of the framework's accounts only the checks of passkeys are used; they want a store to look things up in.
        services.AddSingleton<Factors>().AddScoped<PasskeyDoor>().AddIdentityCore<Account>().AddUserStore<AccountStore>();
        // Passkeys belong to a domain; without a public address it is the one in the browser (never an IP address, browsers refuse those).
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>().AddOptions<IdentityPasskeyOptions>().Configure<Settings>((o, settings) =>
            (o.UserVerificationRequirement, o.ResidentKeyRequirement, o.ServerDomain) = ("required", "required", settings.PublicUrl.Length > 0 ? new Uri(settings.PublicUrl).Host : null));
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        AccountApi.Map(routes);
        AccountPages.Map(routes);
    }
}

/// <summary>What a program gets for its sign-in or its refresh token.</summary>
/// <param name="ExpiresIn">Seconds until the access token ends.</param>
/// <param name="RefreshExpiresIn">Seconds until the refresh token ends, unless it is used.</param>
public sealed record TokenAnswer(string AccessToken, string RefreshToken)
{
    public string TokenType => "Bearer";
    public int ExpiresIn => (int)AccessTokens.Life.TotalSeconds;
    public int RefreshExpiresIn => (int)Session.ProgramLife.TotalSeconds;
}

public sealed record MeAnswer(Guid Id, string Kind, string Name, bool IsPlatformOwner, IReadOnlyList<MeOrganisation> Organisations);
public sealed record VerifyToken(string Token);
public sealed record VerifiedToken(Guid AccountId, Guid SessionId, DateTime ExpiresAt);
public sealed record RecoveryCodesAnswer(IReadOnlyList<string> RecoveryCodes);
