using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
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

/// <summary>Signing in and out, the own account, the first set-up.</summary>
public static class AccountPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.RootPages();
        pages.MapGet("/account/sign-in", async (Database database, CancellationToken ct, string? back = null, bool changed = false, bool code = false, bool verified = false) =>
            await IsEmpty(database, ct) ? Results.LocalRedirect("/setup") : Show.Page<SignInPage>(new { Back = back, Changed = changed, WithCode = code, Verified = verified })).Public();
        pages.MapPost("/account/sign-in", async (Form form, SignIn signIn, HttpContext http, CancellationToken ct) =>
        {
            var device = DeviceCookie.Of(http);
            var signed = await signIn.Run(new() { Email = form["email"], Password = form["password"], Code = form["code"] }, SessionKind.Browser, device, ct);
            if (signed.Session is not null) return await Enter(http, signed, device, form["back"]);
            PendingSignIn.Keep(http, signed.Account, form["back"]);
            return Door.GoTo(http, "/account/sign-in/code");
        }).Public();
        pages.MapGet("/account/sign-in/code", (HttpContext http) => Show.Page<CodePage>(new { PendingSignIn.Of(http).Back })).Public();
        pages.MapPost("/account/sign-in/code", async (Form form, SignIn signIn, HttpContext http, CancellationToken ct) =>
        {
            var (pending, device) = (PendingSignIn.Of(http), DeviceCookie.Of(http));
            var signed = await signIn.Second(pending.AccountId, pending.Stamp, form["code"], device, ct);
            PendingSignIn.Drop(http);
            return await Enter(http, signed, device, pending.Back);
        }).Public();
        pages.MapPost("/account/sign-in/passkey/options", async (Form form, PasskeyDoor door, HttpContext http) => FactorPages.Json(await door.Ask(http, null))).Public();
        pages.MapPost("/account/sign-in/passkey", async (Form form, SignIn signIn, PasskeyDoor door, HttpContext http, CancellationToken ct) =>
        {
            var device = DeviceCookie.Of(http);
            var signed = await signIn.WithPasskey(() => door.Check(http, form["answer"]), device, ct);
            PendingSignIn.Drop(http);
            return await Enter(http, signed, device, form["back"]);
        }).Public();
        pages.MapPost("/account/sign-out", async (Form form, ActorSlot slot, EndSession end, HttpContext http, CancellationToken ct) =>
        {
            if (slot.Actor.SessionId is { } session) await end.Run(new() { SessionId = session }, ct);
            await http.SignOutAsync();
            return Results.LocalRedirect("/account/sign-in");
        }).Public();
        MapReset(pages);
        FactorPages.Map(pages);
        RegistrationPages.Map(pages);
        ProfilePages.Map(pages);
        OutsidePages.Map(pages);
        pages.MapGet("/account", async (ActorSlot slot, OwnSessions sessions, OwnOutside outside, CancellationToken ct, bool saved = false) =>
            slot.Actor.Kind == ActorKind.Person ? Show.Page<AccountPage>(new { Saved = saved, Sessions = await sessions.Run(new(), ct), Outside = await outside.Run(new(), ct) }) : Show.Page<AccountPage>(new { Saved = saved })).SignedIn();
        pages.MapPost("/account/sessions/{id:guid}/end", async (Guid id, Form form, EndSession end, HttpContext http, CancellationToken ct) =>
        {
            await end.Run(new() { SessionId = id }, ct);
            return Door.GoTo(http, "/account?saved=true");
        }).SignedIn();
        pages.MapPost("/account/sessions/end-others", async (Form form, EndOtherSessions end, HttpContext http, CancellationToken ct) =>
        {
            await end.Run(new(), ct);
            return Door.GoTo(http, "/account?saved=true");
        }).SignedIn();
        pages.MapPost("/account/language", async (Form form, ChangeLanguage change, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new() { Language = form["language"] }, ct);
            RequestLanguage.Remember(http, form["language"]);
            return Door.GoTo(http, "/account?saved=true");
        }).SignedIn();
        pages.MapPost("/account/password", async (Form form, ChangePassword change, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new() { Current = form["current"], Password = form["password"] }, ct);
            return Door.GoTo(http, "/account?saved=true");
        }).SignedIn();
        pages.MapGet("/setup", async (Database database, CancellationToken ct) => await IsEmpty(database, ct) ? Show.Page<SetupPage>() : Results.LocalRedirect("/")).Public();
        pages.MapPost("/setup", async (Form form, CreateOwner create, SignIn signIn, HttpContext http, CancellationToken ct) =>
        {
            await create.Run(new() { Name = form["name"], Email = form["email"], Password = form["password"], Code = form["code"] }, ct);
            var signed = await signIn.Run(new() { Email = form["email"], Password = form["password"] }, SessionKind.Browser, null, ct);
            await http.SignInAsync(signed.Session!.Principal(CookieAuthenticationDefaults.AuthenticationScheme));
            return Door.GoTo(http, "/platform");
        }).Public();
    }

    /// <summary>The browser is signed in from here on.</summary>
    internal static async Task<IResult> Enter(HttpContext http, SignIn.SignedIn signed, string device, string back)
    {
        DeviceCookie.Keep(http, device);
        await http.SignInAsync(signed.Session!.Principal(CookieAuthenticationDefaults.AuthenticationScheme));
        if (signed.Account.Language.Length > 0) RequestLanguage.Remember(http, signed.Account.Language);
        return Door.GoTo(http, Door.OwnPath(back));
    }

    private static void MapReset(RouteGroupBuilder pages)
    {
        pages.MapGet("/account/forgot", (bool asked = false) => Show.Page<ForgotPage>(new { Asked = asked })).Public();
        pages.MapPost("/account/forgot", async (Form form, AskReset ask, HttpContext http, CancellationToken ct) =>
        {
            await ask.Run(new(form["email"]), ct);
            return Door.GoTo(http, "/account/forgot?asked=true");
        }).Public();
        pages.MapGet("/account/reset/{secret}", async (string secret, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            await using var db = database.Open();
            var (_, account) = await ResetPassword.Find(db, secret, clock.Now(), ct);
            return Show.Page<ResetPage>(new { Secret = secret, Email = account.Email ?? "" });
        }).Public();
        pages.MapPost("/account/reset/{secret}", async (string secret, Form form, ResetPassword reset, HttpContext http, CancellationToken ct) =>
        {
            await reset.Run(new() { Token = secret, Password = form["password"] }, ct);
            return Door.GoTo(http, "/account/sign-in?changed=true");
        }).Public();
    }

    private static async Task<bool> IsEmpty(Database database, CancellationToken ct)
    {
        await using var db = database.Open();
        return !await db.Accounts.AnyAsync(ct);
    }
}
