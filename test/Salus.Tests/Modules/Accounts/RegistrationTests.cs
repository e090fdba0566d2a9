using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Registration;

namespace Salus.Tests.Accounts;

/// <summary>Register, Verify and SendAgain: an account for whoever asks, of use only after the address was shown to be the own.</summary>
public sealed partial class RegistrationTests(SalusServer server)
{
    private const string Password = "Green-Lantern-88!";
    private static int made;

    private static string NewEmail() => $"person{Interlocked.Increment(ref made)}.{Guid.NewGuid():N}@example.org";
    private static string NewPhone() => $"+3905{Random.Shared.NextInt64(10_000_000, 99_999_999)}";

    private static Task<Answer> Ask(RunningSalus salus, string email, string password = Password, string name = "Rosa Bruni") =>
        salus.Anonymous().Post("/api/v1/auth/register", new { name, email, password });

    private static Task<Answer> Token(RunningSalus salus, string email, string password = Password) => salus.Anonymous().Post("/api/v1/auth/token", new { email, password });

    private static Task<Answer> Verify(RunningSalus salus, string token, string? phone = null) => salus.Anonymous().Post("/api/v1/auth/verify-contact", new { token, phone });

    /// <summary>The words that were posted to an address, oldest first, as soon as there are so many.</summary>
    private static async Task<List<string>> Posted(RunningSalus salus, string contact, int atLeast = 1) =>
        [.. (await salus.Mailbox(contact, atLeast)).Select(m => Word().Match(m.Text)).Where(m => m.Success).Select(m => m.Groups[1].Value + m.Groups[2].Value)];

    [Fact]
    public async Task ID_01_ID_02_an_account_is_of_use_after_its_mailed_link()
    {
        var (salus, email) = (server.Salus, NewEmail());
        (await Ask(salus, email)).Is(201);
        (await Ask(salus, email.ToUpperInvariant())).Refuses(409, "account.exists");
        (await Token(salus, email)).Refuses(403, "account.unverified");
        (await Token(salus, email, "Wrong-Password-1")).Refuses(401, "sign-in.failed");
        var link = Assert.Single(await Posted(salus, email));
        (await Verify(salus, link)).Is(204);
        (await Verify(salus, link)).Refuses(400, "verify.gone");
        var token = (await Token(salus, email)).Is(200)["accessToken"].GetString()!;
        var me = (await new Caller(salus.Http, token, "x").Get("/api/v1/auth/me")).Is(200);
        Assert.Equal((0, false), (me["organisations"].GetArrayLength(), me["isPlatformOwner"].GetBoolean()));
    }

    [Fact]
    public async Task a_phone_number_gets_a_code_and_signs_in_however_it_is_written()
    {
        var (salus, phone) = (server.Salus, NewPhone());
        (await Ask(salus, phone)).Is(201);
        var code = Assert.Single(await Posted(salus, phone));
        Assert.Equal(6, code.Length);
        (await Verify(salus, code)).Refuses(400, "verify.gone");
        (await Verify(salus, code, NewPhone())).Refuses(400, "verify.gone");
        (await Verify(salus, code, phone)).Is(204);
        (await Token(salus, $"00{phone[1..4]} {phone[4..7]} {phone[7..]}")).Is(200);
        (await Ask(salus, phone.Insert(3, " "))).Refuses(409, "account.exists");
        (await salus.Anonymous().Post("/api/v1/auth/password-reset", new { email = phone })).Is(202);
        Assert.Contains("/account/reset/", (await salus.Mailbox(phone, 2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_code_is_not_guessed()
    {
        var (salus, phone) = (server.Salus, NewPhone());
        (await Ask(salus, phone)).Is(201);
        var code = Assert.Single(await Posted(salus, phone));
        for (var i = 0; i < 5; i++) (await Verify(salus, (code[0] == '9' ? "0" : "9") + "1234" + i, phone)).Refuses(400, "verify.gone");
        (await Verify(salus, code, phone)).Refuses(429, "rate-limit");
    }

    [Fact]
    public async Task ID_03_the_link_ends_after_a_day_and_the_account_after_two()
    {
        await using var own = await OwnServer.Start();
        var (email, other) = (NewEmail(), NewEmail());
        (await Ask(own.Salus, email)).Is(201);
        var link = Assert.Single(await Posted(own.Salus, email));
        await own.Restart(s => s with { Clock = "+25h" });
        (await Verify(own.Salus, link)).Refuses(400, "verify.gone");
        (await own.Salus.Anonymous().Post("/api/v1/auth/register/again", new { email })).Is(202);
        Assert.Equal(2, (await Posted(own.Salus, email, 2)).Count);
        (await Ask(own.Salus, other)).Is(201);
        await own.Restart(s => s with { Clock = "+49h" });
        await own.Salus.Services.GetRequiredServiceOf<Salus.Modules.Operations.Retention>().Run(default);
        (await Ask(own.Salus, email)).Is(201);
        (await Ask(own.Salus, other)).Refuses(409, "account.exists");
    }

    [Fact]
    public async Task it_is_sent_again_three_times_in_an_hour_and_only_the_last_one_works()
    {
        var (salus, email) = (server.Salus, NewEmail());
        (await Ask(salus, email)).Is(201);
        for (var i = 2; i <= 3; i++)
        {
            (await salus.Anonymous().Post("/api/v1/auth/register/again", new { email })).Is(202);
            Assert.Equal(i, (await Posted(salus, email, i)).Count);
        }
        (await salus.Anonymous().Post("/api/v1/auth/register/again", new { email })).Is(202);
        var links = await Posted(salus, email);
        Assert.Equal(3, links.Count);
        (await Verify(salus, links[0])).Refuses(400, "verify.gone");
        (await Verify(salus, links[1])).Refuses(400, "verify.gone");
        (await Verify(salus, links[2])).Is(204);
        (await salus.Anonymous().Post("/api/v1/auth/register/again", new { email = "no address" })).RefusesField("email");
    }

    [Fact]
    public async Task ID_22_the_fourth_registration_in_a_minute_is_refused()
    {
        await using var own = await OwnServer.Start(s => s with { RegisterLimit = new Settings().RegisterLimit });
        for (var i = 0; i < 3; i++) (await Ask(own.Salus, NewEmail())).Is(201);
        Assert.Contains("Retry-After", (await Ask(own.Salus, NewEmail())).Refuses(429, "rate-limit").Headers.Keys);
    }

    [Theory, InlineData("Password1234!"), InlineData("123456789012"), InlineData("Qwertyuiop12!"), InlineData("Summer2026!!!"), InlineData("Rosa-Bruni-2026"), InlineData("short1!A"), InlineData("nouppercase-88!")]
    public async Task ID_08_ID_09_a_password_that_others_would_guess_is_refused(string password) => (await Ask(server.Salus, NewEmail(), password)).RefusesField("password");

    [Theory, InlineData("", "x"), InlineData("Rosa", ""), InlineData("Rosa", "no address"), InlineData("Rosa", "055 123 4567"), InlineData("Rosa", "+1")]
    public async Task what_is_no_name_or_address_is_refused(string name, string email) => (await Ask(server.Salus, email, Password, name)).Is(422);

    [Fact]
    public async Task of_two_that_register_the_same_address_at_once_one_does()
    {
        var email = NewEmail();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ask(server.Salus, email)));
        Assert.Single(answers, a => a.Status == 201);
        Assert.Equal(3, answers.Count(a => a.Status == 409));
    }

    [Fact]
    public async Task an_installation_may_close_registration()
    {
        await using var own = await OwnServer.Start(s => s with { Registration = false });
        (await Ask(own.Salus, NewEmail())).Refuses(403, "register.closed");
        using var browser = new Browser(own.Salus);
        using (var page = await browser.Get("/account/register")) Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        using var signIn = await browser.Get("/account/sign-in");
        Assert.DoesNotContain("/account/register", await signIn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task in_a_browser_opening_the_link_changes_nothing_and_the_button_does()
    {
        var (salus, email) = (server.Salus, NewEmail());
        using var browser = new Browser(salus);
        using (var sent = await browser.Submit("/account/register", "/account/register", new() { ["name"] = "Rosa Bruni", ["email"] = email, ["password"] = Password }))
            Assert.Equal("/account/register/sent", sent.Headers.Location!.OriginalString);
        var link = Assert.Single(await Posted(salus, email));
        using (var opened = await browser.Get("/account/verify/" + link)) Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        (await Token(salus, email)).Refuses(403, "account.unverified");
        using var pressed = await browser.Submit("/account/verify/" + link, "/account/verify", new() { ["token"] = link });
        Assert.Equal("/account/sign-in?verified=true", pressed.Headers.Location!.OriginalString);
        (await Token(salus, email)).Is(200);
    }

    [GeneratedRegex(@"/account/verify/([0-9a-z]{26})|^(\d{6}) is your code")]
    private static partial Regex Word();
}

internal static class ServiceExtensions
{
    public static T GetRequiredServiceOf<T>(this IServiceProvider services) where T : class => Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<T>(services);
}
