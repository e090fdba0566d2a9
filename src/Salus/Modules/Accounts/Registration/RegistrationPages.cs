using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Web;

namespace Salus.Modules.Accounts.Registration;

/// <summary>Making an account, and showing that its address is one's own. Opening a link changes nothing: mail programs open links too.</summary>
public static class RegistrationPages
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/account/register", (Settings settings) => settings.Registration ? Show.Page<RegisterPage>() : throw Refusal.NotFound()).Public();
        pages.MapPost("/account/register", async (Form form, Register register, HttpContext http, CancellationToken ct) =>
        {
            await register.Run(new() { Name = form["name"], Email = form["email"], Password = form["password"], Language = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName }, ct);
            return Door.GoTo(http, NewAccount.Phone(form["email"]) is { } phone ? $"/account/register/code?phone={Uri.EscapeDataString(phone)}" : "/account/register/sent");
        }).Public();
        pages.MapGet("/account/register/sent", () => Show.Page<SentPage>()).Public();
        pages.MapGet("/account/register/code", (string phone = "") => Show.Page<VerifyPage>(new { Phone = phone })).Public();
        pages.MapGet("/account/register/again", () => Show.Page<SendAgainPage>()).Public();
        pages.MapPost("/account/register/again", async (Form form, SendAgain again, HttpContext http, CancellationToken ct) =>
        {
            await again.Run(new(form["email"]), ct);
            return Door.GoTo(http, NewAccount.Phone(form["email"]) is { } phone ? $"/account/register/code?phone={Uri.EscapeDataString(phone)}" : "/account/register/sent");
        }).Public();
        pages.MapGet("/account/verify/{secret}", (string secret) => Show.Page<VerifyPage>(new { Secret = secret })).Public();
        pages.MapPost("/account/verify", async (Form form, Verify verify, HttpContext http, CancellationToken ct) =>
        {
            await verify.Run(new() { Token = form["token"], Phone = form["phone"] }, ct);
            return Door.GoTo(http, "/account/sign-in?verified=true");
        }).Public();
    }

    public static void MapApi(RouteGroupBuilder api)
    {
        api.MapPost("/auth/register", async (Register.Command command, Register register, CancellationToken ct) => TypedResults.Created((string?)null, new RegisteredAnswer(await register.Run(command, ct))))
            .Public().Refuses("invalid", "account.exists", "register.closed", "rate-limit").Describe("register", "Make an account with an e-mail address or a phone number; it signs in after its address was verified");
        api.MapPost("/auth/register/again", async (SendAgain.Command command, SendAgain again, CancellationToken ct) =>
            {
                await again.Run(command, ct);
                return TypedResults.Accepted((string?)null);
            })
            .Public().Refuses("invalid", "rate-limit").Describe("sendVerificationAgain", "Have the link or the code sent again; the answer is the same for every address");
        api.MapPost("/auth/verify-contact", async (Verify.Command command, Verify verify, CancellationToken ct) =>
            {
                await verify.Run(command, ct);
                return TypedResults.NoContent();
            })
            .Public().Refuses("invalid", "verify.gone", "rate-limit").Describe("verifyContact", "Show that the address is yours, with the word of the mailed link or the code of the short message");
    }
}

public sealed record RegisteredAnswer(Guid Id);
