using Microsoft.AspNetCore.Authentication;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Outside.Paq;
using Salus.Modules.Accounts.SecondFactor;
using Salus.Web;

namespace Salus.Modules.Accounts.Outside;

/// <summary>Signing in with the provider of the settings, and with PAQ. The way to a provider is a link, not a form: forms post to this site alone.</summary>
public static class OutsidePages
{
    public const string Done = "/account/outside/done";
    private const int MostBack = 500;

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/account/outside", async (ActorSlot slot, RateLimits limits, OutsideProvider provider, Settings settings, TimeProvider clock, AuditLog audit, CancellationToken ct, string back = "/", bool link = false, bool prove = false) =>
        {
            if (!OutsideProvider.IsSet(settings)) throw Refusal.NotFound();
            await limits.Take(settings.SignInLimit, "outside:" + RateLimits.Address(slot.Actor.Ip));
            if (link)
            {
                await slot.Actor.RequirePerson();
                await slot.Actor.RequireProof(clock.Now());
            }
            try { await provider.Read(ct); }
            catch (Refusal refusal)
            {
                await audit.Refused(slot.Actor, SignIn.Action, refusal);
                throw;
            }
            var way = new AuthenticationProperties { RedirectUri = Done, Items = { [OutsideHandler.Back] = back.Length > MostBack ? "/" : Door.OwnPath(back) } };
            if (link) way.Items[OutsideHandler.Link] = "";
            if (prove) way.Items[OutsideHandler.Prove] = "";
            return Results.Challenge(way, [OutsideHandler.SchemeName]);
        }).Public();
        pages.MapGet(Done, async (OutsideSignIn outside, HttpContext http, CancellationToken ct) =>
        {
            var (person, device) = (OutsidePerson.Of(http), DeviceCookie.Of(http));
            var (step, signed) = await outside.Run(person, device, ct);
            if (step != OutsideStep.SignedIn) return Show.Page<LinkPage>(new { Person = person, MustSignIn = step == OutsideStep.AskToSignInFirst });
            OutsidePerson.Drop(http);
            return await Enter(http, signed!, device, person.Back);
        }).Public();
        pages.MapPost("/account/outside/link", async (Form form, LinkOutside link, HttpContext http, CancellationToken ct) =>
        {
            await link.Run(new(OutsidePerson.Of(http)), ct);
            OutsidePerson.Drop(http);
            return Door.GoTo(http, "/account?saved=true");
        }).SignedIn();
        pages.MapPost("/account/outside/{id:guid}/remove", async (Guid id, Form form, UnlinkOutside unlink, HttpContext http, CancellationToken ct) =>
        {
            await unlink.Run(new() { IdentityId = id }, ct);
            return Door.GoTo(http, "/account?saved=true");
        }).SignedIn();
        pages.MapGet("/account/paq", async (PaqSignIn paq, HttpContext http, CancellationToken ct, string token = "") =>
        {
            var device = DeviceCookie.Of(http);
            return await Enter(http, await paq.Run(new() { Token = token }, SessionKind.Browser, device, ct), device, "/");
        }).Public();
    }

    public static void MapApi(RouteGroupBuilder api) =>
        api.MapPost("/auth/paq", async (PaqSignIn.Command command, PaqSignIn paq, AccessTokens tokens, CancellationToken ct) =>
            {
                var signed = await paq.Run(command, SessionKind.Program, null, ct);
                return new TokenAnswer(tokens.Issue(signed.Session!), signed.RefreshToken!);
            })
            .Public().Refuses("not-found", "paq.failed", "paq.used", "paq.other", "second-factor.needed", "second-factor.failed", "account.exists", "account.closed", "account.unverified", "register.closed", "rate-limit")
            .Describe("getTokenByPaq", "Sign in with a signed token of PAQ, which works once and for five minutes; an unknown person gets an account");

    private static async Task<IResult> Enter(HttpContext http, SignIn.SignedIn signed, string device, string back)
    {
        if (signed.Session is not null) return await AccountPages.Enter(http, signed, device, back);
        PendingSignIn.Keep(http, signed.Account, back);
        return Door.GoTo(http, "/account/sign-in/code");
    }
}
