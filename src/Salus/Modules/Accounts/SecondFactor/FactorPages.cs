using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Web;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>The own second factors, and showing again who one is.</summary>
public static class FactorPages
{
    private const string Home = "/account/second-factor", Changed = Home + "?saved=true";

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(Home, async (OwnFactors factors, CancellationToken ct, bool saved = false) => Show.Page<FactorsPage>(new { View = await factors.Run(new(), ct), Saved = saved })).SignedIn();
        pages.MapPost(Home + "/authenticator", async (Form form, BeginAuthenticator begin, CancellationToken ct) => Show.Page<AuthenticatorPage>(new { Begun = await begin.Run(new(), ct) })).SignedIn();
        pages.MapPost(Home + "/authenticator/confirm", async (Form form, ConfirmAuthenticator confirm, CancellationToken ct) =>
            Show.Page<RecoveryCodesPage>(new { Codes = await confirm.Run(new() { Code = form["code"] }, ct) })).SignedIn();
        pages.MapPost(Home + "/authenticator/remove", async (Form form, RemoveAuthenticator remove, HttpContext http, CancellationToken ct) =>
        {
            await remove.Run(new(), ct);
            return Door.GoTo(http, Changed);
        }).SignedIn();
        pages.MapPost(Home + "/recovery-codes", async (Form form, RenewRecoveryCodes renew, CancellationToken ct) => Show.Page<RecoveryCodesPage>(new { Codes = await renew.Run(new(), ct) })).SignedIn();
        MapPasskeys(pages);
        MapProof(pages);
    }

    private static void MapPasskeys(RouteGroupBuilder pages)
    {
        pages.MapPost(Home + "/passkeys/options", async (Form form, ActorSlot slot, PasskeyDoor door, Database database, TimeProvider clock, HttpContext http, CancellationToken ct) =>
        {
            await slot.Actor.RequirePerson();
            await slot.Actor.RequireProof(clock.Now());
            return Json(await door.AskNew(http, await Own(slot, database, ct)));
        }).SignedIn();
        pages.MapPost(Home + "/passkeys", async (Form form, ActorSlot slot, PasskeyDoor door, AddPasskey add, HttpContext http, CancellationToken ct) =>
        {
            await slot.Actor.RequirePerson();
            var codes = await add.Run(new() { Name = form["name"], Made = await door.CheckNew(http, form["answer"], slot.Actor.Id!.Value) }, ct);
            return codes.Count > 0 ? Show.Page<RecoveryCodesPage>(new { Codes = codes }) : Door.GoTo(http, Changed);
        }).SignedIn();
        pages.MapPost(Home + "/passkeys/{id:guid}/remove", async (Guid id, Form form, RemovePasskey remove, HttpContext http, CancellationToken ct) =>
        {
            await remove.Run(new() { PasskeyId = id }, ct);
            return Door.GoTo(http, Changed);
        }).SignedIn();
    }

    private static void MapProof(RouteGroupBuilder pages)
    {
        pages.MapPost("/account/prove", async (Form form, ProveIdentity prove, HttpContext http, CancellationToken ct) =>
        {
            await prove.Run(new() { Password = form["password"], Code = form["code"] }, ct);
            return Proved(http, form);
        }).SignedIn();
        pages.MapPost("/account/prove/passkey/options", async (Form form, ActorSlot slot, PasskeyDoor door, Database database, HttpContext http, CancellationToken ct) =>
        {
            await slot.Actor.RequirePerson();
            return Json(await door.Ask(http, await Own(slot, database, ct)));
        }).SignedIn();
        pages.MapPost("/account/prove/passkey", async (Form form, ProveIdentity prove, PasskeyDoor door, HttpContext http, CancellationToken ct) =>
        {
            var (account, passkey) = await door.Check(http, form["answer"]);
            await prove.Run(new() { Passkey = new(account.Id, passkey) }, ct);
            return Proved(http, form);
        }).SignedIn();
    }

    // With script the page sends again what was refused; without, one returns to where it was.
    private static IResult Proved(HttpContext http, Form form)
    {
        if (!http.Request.IsHtmx()) return Results.LocalRedirect(Door.OwnPath(form["back"]));
        http.Response.Headers["HX-Trigger"] = "proved";
        return Results.NoContent();
    }

    private static async Task<Account> Own(ActorSlot slot, Database database, CancellationToken ct)
    {
        await using var db = database.Open();
        return await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == slot.Actor.Id, ct);
    }

    public static IResult Json(string options) => Results.Json(JsonNode.Parse(options));
}
