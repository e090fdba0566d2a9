using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Web;

namespace Salus.Modules.Accounts.Profile;

/// <summary>The own profile and picture, closing an account, and the owner's list of accounts.</summary>
public static class ProfilePages
{
    private const string Home = "/account/profile";

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(Home, async (OwnProfile profile, CancellationToken ct, bool saved = false) => Show.Page<ProfilePage>(new { View = await profile.Run(new(), ct), Saved = saved })).SignedIn();
        pages.MapPost(Home, async (Form form, ChangeProfile change, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new() { Name = form["name"], Bio = form["bio"], Phone = form["phone"], MailsNewDevices = form.Flag("mailsNewDevices") }, ct);
            return Door.GoTo(http, Home + "?saved=true");
        }).SignedIn();
        pages.MapPost(Home + "/picture", async (Form form, ChangePicture change, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new(await form.File("picture", Picture.MostBytes)), ct);
            return Door.GoTo(http, Home + "?saved=true");
        }).SignedIn().WithMetadata(new RequestSizeLimitAttribute(Picture.MostBytes + 64 * 1024));
        pages.MapPost(Home + "/picture/remove", async (Form form, ChangePicture change, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new(null), ct);
            return Door.GoTo(http, Home + "?saved=true");
        }).SignedIn();
        pages.MapGet("/account/picture", OwnPicture).SignedIn();
        pages.MapPost("/account/deactivate", async (Form form, DeactivateOwn close, HttpContext http, CancellationToken ct) =>
        {
            await close.Run(new(), ct);
            await http.SignOutAsync();
            return Door.GoTo(http, "/account/sign-in");
        }).SignedIn();
        pages.MapGet("/platform/accounts", async (AccountList list, CancellationToken ct, string q = "", Guid? after = null, bool sent = false) =>
            Show.Page<AccountListPage>(new { Found = await list.Run(new(q, after), ct), Q = q, WasSent = sent })).PlatformOwner();
        pages.MapPost("/platform/accounts/{id:guid}", async (Guid id, Form form, SetAccountActive set, HttpContext http, CancellationToken ct) =>
        {
            await set.Run(new() { AccountId = id, IsActive = form.Flag("active") }, ct);
            return Door.GoTo(http, "/platform/accounts?q=" + Uri.EscapeDataString(form["q"]));
        }).PlatformOwner();
        pages.MapPost("/platform/accounts/{id:guid}/verification", async (Guid id, Form form, HelpVerify help, HttpContext http, CancellationToken ct) =>
        {
            await help.Run(new(id), ct);
            return Door.GoTo(http, $"/platform/accounts?q={Uri.EscapeDataString(form["q"])}&sent=true");
        }).PlatformOwner();
    }

    public static void MapApi(RouteGroupBuilder api)
    {
        api.MapGet("/auth/profile", (OwnProfile profile, CancellationToken ct) => profile.Run(new(), ct)).SignedIn().Describe("getProfile", "Your profile");
        api.MapPut("/auth/profile", async (ChangeProfile.Command command, ChangeProfile change, CancellationToken ct) =>
            {
                await change.Run(command, ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Refuses("invalid").Describe("changeProfile", "Change your name, what you tell of yourself, and which messages you want");
        api.MapPut("/auth/profile/picture", async (HttpRequest request, ChangePicture change, CancellationToken ct) =>
            {
                var file = new MemoryStream();
                await request.Body.CopyToAsync(file, ct);
                await change.Run(new(file.ToArray()), ct);
                return TypedResults.NoContent();
            })
            .SignedIn().WithMetadata(new RequestSizeLimitAttribute(Picture.MostBytes + 1)).Refuses("invalid").Describe("setPicture", "Set your picture: the body is a JPEG or PNG of at most 2 MB; what cameras write beside the picture is left out");
        api.MapDelete("/auth/profile/picture", async (ChangePicture change, CancellationToken ct) =>
            {
                await change.Run(new(null), ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Describe("removePicture", "Take your picture away");
        api.MapGet("/auth/profile/picture", OwnPicture).SignedIn().Refuses("not-found").Describe("getPicture", "Your picture");
        api.MapPost("/auth/deactivate", async (DeactivateOwn close, CancellationToken ct) =>
            {
                await close.Run(new(), ct);
                return TypedResults.NoContent();
            })
            .SignedIn().Refuses("proof.needed", "account.last-owner", "staff.last-admin").Describe("deactivateAccount", "Close your account: all sessions end, and nobody signs in with it any more");
    }

    private static async Task<IResult> OwnPicture(ActorSlot slot, Database database, CancellationToken ct)
    {
        await using var db = database.Open();
        var found = await db.Set<Picture>().AsNoTracking().FirstOrDefaultAsync(p => p.AccountId == slot.Actor.Id, ct) ?? throw Refusal.NotFound();
        return TypedResults.Bytes(found.Bytes, found.Type);
    }
}
