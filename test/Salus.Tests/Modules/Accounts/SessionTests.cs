using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Accounts;

/// <summary>OwnSessions, EndSession, EndOtherSessions and refresh tokens: what ends, ends at once, and a stolen token ends its thief's session too.</summary>
public sealed class SessionTests(SalusServer server)
{
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";

    /// <summary>Somebody who signed in as a program does.</summary>
    private sealed record Program(RunningSalus Salus, string Slug, Answer Tokens)
    {
        public string Access => Tokens["accessToken"].GetString()!;
        public string Refresh => Tokens["refreshToken"].GetString()!;
        public Caller Caller => new(Salus.Http, Access, Slug);
        public Task<Answer> Use(string? refresh = null) => Salus.Anonymous(Slug).Post("/api/v1/auth/refresh", new { refreshToken = refresh ?? Refresh });
        public async Task<Program> Next() => this with { Tokens = (await Use()).Is(200) };

        public static async Task<Program> SignIn(Clinic clinic, string who) => new(clinic.Salus, clinic.Slug,
            (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account(who).Email, password = RunningSalus.Password })).Is(200));
    }

    [Fact]
    public async Task ID_12_ID_13_ID_16_a_sign_in_gives_fifteen_minutes_and_seven_days()
    {
        var clinic = await server.NewClinic();
        var doctor = await Program.SignIn(clinic, "doctor");
        Assert.Equal((900, 604800, "Bearer"), (doctor.Tokens["expiresIn"].GetInt32(), doctor.Tokens["refreshExpiresIn"].GetInt32(), doctor.Tokens["tokenType"].GetString()));
        var token = new JsonWebToken(doctor.Access);
        Assert.Equal(TimeSpan.FromMinutes(15), token.ValidTo - token.IssuedAt);
        (await doctor.Caller.Get("patients")).Is(200);
        var verified = (await clinic.Anonymous.Post("/api/v1/auth/verify/", new { token = doctor.Access })).Is(200);
        Assert.Equal(clinic.Account("doctor").Id, verified.Json.Id("accountId"));
        (await clinic.Anonymous.Post("/api/v1/auth/verify", new { token = doctor.Access[..^3] + "abc" })).Refuses(401, "token.invalid");
        await using var db = clinic.Open();
        Assert.False(await db.RefreshTokens.AnyAsync(t => t.Hash == doctor.Refresh), "the token itself is stored");
    }

    [Fact]
    public async Task ID_14_ID_27_a_refresh_token_that_comes_twice_ends_the_session_of_both()
    {
        var clinic = await server.NewClinic();
        var owner = await Program.SignIn(clinic, "doctor");
        var thief = await owner.Next();
        (await thief.Caller.Get("patients")).Is(200);
        (await owner.Use()).Refuses(401, "refresh.failed");
        (await thief.Use()).Refuses(401, "refresh.failed");
        (await thief.Caller.Get("patients")).Refuses(401, "sign-in");
        (await clinic.Anonymous.Post("/api/v1/auth/verify", new { token = thief.Access })).Refuses(401, "token.invalid");
        await using var db = clinic.Open();
        var rows = await db.Set<AuditEvent>().Where(e => e.Action == RefreshTokens.Action && e.ActorId == clinic.Account("doctor").Id).OrderBy(e => e.Seq).Select(e => e.Result).ToListAsync();
        Assert.Equal(["ok", "refresh.reused", "refresh.failed"], rows);
        Assert.Equal(SessionEnd.Reused, (await db.Sessions.SingleAsync(s => s.AccountId == clinic.Account("doctor").Id && s.EndedAt != null)).EndReason);
    }

    [Fact]
    public async Task of_twenty_refreshes_at_once_one_wins()
    {
        var clinic = await server.NewClinic();
        var doctor = await Program.SignIn(clinic, "doctor");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => doctor.Use()));
        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(19, answers.Count(a => a.Status == 401));
        await using var db = clinic.Open();
        var session = await db.Sessions.SingleAsync(s => s.AccountId == clinic.Account("doctor").Id);
        Assert.Equal(2, await db.RefreshTokens.CountAsync(t => t.SessionId == session.Id));
    }

    [Theory, InlineData("")] [InlineData("abc")] [InlineData("0000000000000000000000000000000000000000000000000000")] [InlineData("' OR 1=1 --")]
    public async Task a_refresh_token_that_is_none_is_refused(string token)
    {
        var answer = await server.Salus.Anonymous().Post("/api/v1/auth/refresh", new { refreshToken = token });
        Assert.Equal("refresh.failed", answer.Refuses(401, "refresh.failed").Json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task ID_04_ID_15_after_signing_out_neither_token_works()
    {
        var clinic = await server.NewClinic();
        var (doctor, other) = (await Program.SignIn(clinic, "doctor"), await Program.SignIn(clinic, "doctor"));
        (await doctor.Caller.Post("/api/v1/auth/logout")).Is(204);
        (await doctor.Caller.Get("patients")).Refuses(401, "sign-in");
        (await doctor.Use()).Refuses(401, "refresh.failed");
        (await other.Caller.Get("patients")).Is(200);
        (await clinic.Anonymous.Post("/api/v1/auth/logout")).Refuses(401, "sign-in");
    }

    [Fact]
    public async Task ID_13_a_refresh_token_of_seven_days_is_too_old_and_a_session_that_is_refreshed_goes_on()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (rests, lives) = (await Program.SignIn(clinic, "doctor"), await Program.SignIn(clinic, "doctor"));
        await own.Restart(s => s with { Clock = "+150h" });
        lives = await (lives with { Salus = own.Salus }).Next();
        await own.Restart(s => s with { Clock = "+169h" });
        (await (rests with { Salus = own.Salus }).Use()).Refuses(401, "refresh.failed");
        (await (lives with { Salus = own.Salus }).Next()).Tokens.Is(200);
    }

    [Fact]
    public async Task a_browser_that_rests_for_twelve_hours_is_signed_out_and_one_that_is_used_is_not()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await Program.SignIn(clinic, "doctor"); // a first sign-in, so that the account has sessions of both kinds
        var account = clinic.Account("doctor").Id;
        var (rests, used) = (Session.Begin(account, SessionKind.Browser, new(){ Kind = Kernel.ActorKind.Person }, own.Salus.Now), Session.Begin(account, SessionKind.Browser, new() { Kind = Kernel.ActorKind.Person }, own.Salus.Now));
        await own.Salus.Database.Write(null, db => { db.AddRange(rests, used); return db.SaveChangesAsync(); }, default);
        await own.Restart(s => s with { Clock = "+11h" });
        (await On(own, clinic, used)).Is(200);
        await own.Restart(s => s with { Clock = "+13h" });
        (await On(own, clinic, rests)).Refuses(401, "sign-in");
        (await On(own, clinic, used)).Is(200);
    }

    private static Task<Answer> On(OwnServer own, Clinic clinic, Session session) =>
        new Caller(own.Salus.Http, Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<AccessTokens>(own.Salus.Services).Issue(session), clinic.Slug).Get("patients");

    [Fact]
    public async Task ID_25_ID_26_ID_34_one_sees_and_ends_the_own_sessions_and_nobody_elses()
    {
        var clinic = await server.NewClinic();
        var (first, second, stranger) = (await Program.SignIn(clinic, "receptionist"), await Program.SignIn(clinic, "receptionist"), await Program.SignIn(clinic, "doctor"));
        using var browser = new Browser(clinic.Salus, userAgent: Firefox);
        await browser.SignIn(clinic, "receptionist");
        var list = (await first.Caller.Get("/api/v1/auth/sessions")).Is(200).Json.EnumerateArray().ToList();
        Assert.Equal(3, list.Count);
        Assert.True(list[0].GetProperty("isThis").GetBoolean());
        var onPage = list.Single(s => s.GetProperty("kind").GetString() == "browser");
        Assert.Equal(("Firefox, Windows", "127.0.0.1"), (onPage.GetProperty("device").GetString(), onPage.GetProperty("ip").GetString()));
        (await stranger.Caller.Post($"/api/v1/auth/sessions/{onPage.Id()}/end")).Refuses(404, "not-found");
        (await first.Caller.Post($"/api/v1/auth/sessions/{onPage.Id()}/end")).Is(204);
        using (var page = await browser.Get($"/{clinic.Slug}/desk")) Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        (await first.Caller.Post("/api/v1/auth/sessions/end-others")).Is(204);
        (await second.Caller.Get("patients")).Refuses(401, "sign-in");
        (await second.Use()).Refuses(401, "refresh.failed");
        (await first.Caller.Get("patients")).Is(200);
        (await stranger.Caller.Get("patients")).Is(200);
    }

    [Fact]
    public async Task ID_25_ID_26_the_account_page_lists_the_sessions_and_ends_them_without_script()
    {
        var clinic = await server.NewClinic();
        using var laptop = new Browser(clinic.Salus, userAgent: Firefox);
        using var phone = new Browser(clinic.Salus, userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1");
        await laptop.SignIn(clinic, "doctor");
        await phone.SignIn(clinic, "doctor");
        using (var page = await laptop.Get("/account"))
        {
            var html = await page.Content.ReadAsStringAsync();
            Assert.Contains("Firefox, Windows", html, StringComparison.Ordinal);
            Assert.Contains("Safari, iPhone", html, StringComparison.Ordinal);
        }
        using (var done = await laptop.Submit("/account", "/account/sessions/end-others", [])) Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        using (var gone = await phone.Get("/account")) Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
        using (var stays = await laptop.Get("/account")) Assert.DoesNotContain("Safari, iPhone", await stays.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ID_27_signing_in_again_in_a_browser_ends_the_session_it_had()
    {
        var clinic = await server.NewClinic();
        var cookies = new CookieContainer();
        using var browser = new Browser(clinic.Salus, cookies);
        await browser.SignIn(clinic, "doctor");
        var before = cookies.GetCookies(clinic.Salus.Http.BaseAddress!)["salus-session"]!.Value;
        await browser.SignIn(clinic, "doctor");
        Assert.NotEqual(before, cookies.GetCookies(clinic.Salus.Http.BaseAddress!)["salus-session"]!.Value);
        var copied = new CookieContainer();
        copied.Add(clinic.Salus.Http.BaseAddress!, new Cookie("salus-session", before));
        using var thief = new Browser(clinic.Salus, copied);
        using (var page = await thief.Get("/account")) Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        using (var page = await browser.Get("/account")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task ID_04_signing_out_ends_the_session_and_not_only_the_cookie()
    {
        var clinic = await server.NewClinic();
        var cookies = new CookieContainer();
        using var browser = new Browser(clinic.Salus, cookies);
        await browser.SignIn(clinic, "doctor");
        var cookie = cookies.GetCookies(clinic.Salus.Http.BaseAddress!)["salus-session"]!.Value;
        using (var done = await browser.Submit("/account", "/account/sign-out", [])) Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        cookies.Add(clinic.Salus.Http.BaseAddress!, new Cookie("salus-session", cookie));
        using var page = await browser.Get("/account");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task ID_05_changing_the_password_ends_the_other_sessions_and_keeps_this_one()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        var other = await Program.SignIn(clinic, "doctor");
        using (var done = await browser.Submit("/account", "/account/password", new() { ["current"] = RunningSalus.Password, ["password"] = "Green-Lantern-88!" })) Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        (await other.Caller.Get("patients")).Refuses(401, "sign-in");
        (await other.Use()).Refuses(401, "refresh.failed");
        using var page = await browser.Get("/account");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task a_token_can_be_checked_with_the_published_keys()
    {
        var clinic = await server.NewClinic();
        var doctor = await Program.SignIn(clinic, "doctor");
        var keys = new JsonWebKeySet((await clinic.Anonymous.Get("/.well-known/jwks.json")).Is(200).Text);
        Assert.All(keys.Keys, k => Assert.False(k.HasPrivateKey));
        Task<TokenValidationResult> Check(string token) => new JsonWebTokenHandler().ValidateTokenAsync(token, new() { ValidIssuer = "salus", ValidAudience = "salus-api", IssuerSigningKeys = keys.GetSigningKeys(), ValidAlgorithms = ["ES256"] });
        Assert.True((await Check(doctor.Access)).IsValid);
        Assert.False((await Check(doctor.Access[..^6] + "AAAAAA")).IsValid);
    }

    [Theory]
    [InlineData(Firefox, "Firefox, Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge, macOS")]
    [InlineData("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome, Android")]
    [InlineData("curl/8.5.0", "curl")] [InlineData("", "")] [InlineData("<script>alert(1)</script>", "")]
    public void a_device_has_a_name_its_owner_recognises(string userAgent, string name) => Assert.Equal(name, DeviceName.Of(userAgent));
}
