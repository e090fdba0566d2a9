using System.Net;
using Salus.Kernel;
using Salus.Modules.Accounts;

namespace Salus.Tests.Accounts;

/// <summary>How often one may try: per address and per account, kept in the database, and no way for a stranger to lock a doctor out of the own desk.</summary>
public sealed class SignInLimitTests
{
    private const string Wrong = "Wrong-Password-1";

    private static Task<OwnServer> Strict() => OwnServer.Start(s => s with { SignInLimit = new Settings().SignInLimit, RefreshLimit = new Settings().RefreshLimit });

    private static Task<Answer> Token(Clinic clinic, string email, string password) => clinic.Anonymous.Post("/api/v1/auth/token", new { email, password });

    [Fact]
    public async Task ID_20_ID_23_the_sixth_sign_in_in_a_minute_is_refused_also_with_the_right_password_and_after_a_restart()
    {
        await using var own = await Strict();
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 5; i++) (await Token(clinic, $"nobody{i}@example.org", Wrong)).Refuses(401, "sign-in.failed");
        var refused = (await Token(clinic, clinic.Account("doctor").Email!, RunningSalus.Password)).Refuses(429, "rate-limit");
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        await own.Restart(s => s with { SignInLimit = new Settings().SignInLimit });
        (await Token(clinic.On(own.Salus), clinic.Account("doctor").Email!, RunningSalus.Password)).Refuses(429, "rate-limit");
        await own.Restart(s => s with { SignInLimit = new Settings().SignInLimit, Clock = "+61s" });
        (await Token(clinic.On(own.Salus), clinic.Account("doctor").Email!, RunningSalus.Password)).Is(200);
    }

    [Fact]
    public async Task ID_20_the_twenty_first_sign_in_in_an_hour_is_refused_and_the_answer_says_how_long()
    {
        await using var own = await OwnServer.Start(s => s with { SignInLimit = RateLimit.Parse("sign-in", "1000/min 20/h") });
        var clinic = await Clinic.Make(own.Salus);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Token(clinic, $"nobody{i}@example.org", Wrong)));
        Assert.Equal((20, 10), (answers.Count(a => a.Status == 401), answers.Count(a => a.Status == 429)));
        Assert.All(answers.Where(a => a.Status == 429), a => Assert.InRange(int.Parse(a.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 3000, 3600));
    }

    [Fact]
    public async Task AU_12_a_flood_leaves_one_line_about_its_limit_and_one_for_each_wrong_password()
    {
        await using var own = await Strict();
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 15; i++) await Token(clinic, clinic.Account("doctor").Email!, i < 4 ? Wrong : RunningSalus.Password + (i == 4 ? "" : "x"));
        await using var db = own.Salus.Database.Open();
        var results = db.Set<Kernel.Audit.AuditEvent>().Where(e => e.Action == SignIn.Action && e.SubjectId == clinic.Account("doctor").Id).OrderBy(e => e.Seq).Select(e => e.Result).ToList();
        Assert.Equal(["sign-in.failed", "sign-in.failed", "sign-in.failed", "sign-in.failed", "ok", "rate-limit"], results);
    }

    [Fact]
    public async Task ID_21_the_thirty_first_refresh_in_a_minute_is_refused()
    {
        await using var own = await Strict();
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 30; i++) (await clinic.Anonymous.Post("/api/v1/auth/refresh", new { refreshToken = i % 2 == 0 ? "x" : new string('x', 52) })).Refuses(401, "refresh.failed");
        Assert.Contains("Retry-After", (await clinic.Anonymous.Post("/api/v1/auth/refresh", new { refreshToken = "x" })).Refuses(429, "rate-limit").Headers.Keys);
        await using var db = own.Salus.Database.Open();
        Assert.Equal(30, db.Set<Kernel.Audit.AuditEvent>().Count(e => e.Action == RefreshTokens.Action && e.Result == "refresh.failed" && e.ActorId == null)); // each guess leaves its trace
    }

    [Fact]
    public async Task ID_21_ID_22_the_limits_of_an_hour_hold_beside_those_of_a_minute()
    {
        await using var own = await OwnServer.Start(s => s with { RefreshLimit = RateLimit.Parse("refresh", "1000/min 200/h"), RegisterLimit = RateLimit.Parse("register", "1000/min 10/h") });
        Assert.Equal(("30/min 200/h", "3/min 10/h"), (Described(new Settings().RefreshLimit), Described(new Settings().RegisterLimit)));
        var stranger = own.Salus.Anonymous();
        var refreshed = new List<Answer>(); // so many at once that they meet, and no more than a machine in need answers
        foreach (var some in Enumerable.Range(0, 205).Chunk(20)) refreshed.AddRange(await Task.WhenAll(some.Select(_ => stranger.Post("/api/v1/auth/refresh", new { refreshToken = "x" }))));
        Assert.Equal((200, 5), (refreshed.Count(a => a.Status == 401), refreshed.Count(a => a.Status == 429)));
        var registered = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => stranger.Post("/api/v1/auth/register", new { name = "Rosa Bruni", email = $"rosa{i}@example.org", password = RunningSalus.Password })));
        Assert.Equal(2, registered.Count(a => a.Status == 429));
        Assert.All(registered.Where(a => a.Status == 429), a => Assert.InRange(int.Parse(a.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 3000, 3600));
    }

    private static string Described(RateLimit limit) => string.Join(' ', limit.Windows.Select(w => $"{w.Most}/{(w.Window.TotalHours < 1 ? "min" : "h")}"));

    [Fact]
    public async Task SE_17_a_forwarded_address_from_a_stranger_makes_no_new_caller()
    {
        await using var own = await Strict();
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 5; i++)
            (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = "nobody@example.org", password = Wrong }, ("X-Forwarded-For", $"198.51.100.{i}"))).Is(401);
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = "nobody@example.org", password = Wrong }, ("X-Forwarded-For", "198.51.100.77"))).Refuses(429, "rate-limit");
    }

    [Fact]
    public async Task SE_17_behind_a_listed_proxy_each_address_is_counted_by_itself()
    {
        await using var own = await OwnServer.Start(s => s with { SignInLimit = new Settings().SignInLimit, Proxies = "127.0.0.1" });
        var clinic = await Clinic.Make(own.Salus);
        Task<Answer> From(string address) => clinic.Anonymous.Post("/api/v1/auth/token", new { email = "nobody@example.org", password = Wrong }, ("X-Forwarded-For", address));
        for (var i = 0; i < 5; i++) (await From("198.51.100.1")).Is(401);
        (await From("198.51.100.1")).Refuses(429, "rate-limit");
        (await From("198.51.100.2")).Is(401);
        for (var i = 1; i < 6; i++) (await From($"2001:db8:0:1::{i}")).Is(401);
        (await From("2001:db8:0:1::99")).Refuses(429, "rate-limit");
        (await From("2001:db8:0:2::1")).Is(401);
    }

    [Fact]
    public async Task ID_18_ID_19_a_stranger_locks_the_account_for_strangers_and_its_owner_still_gets_in_from_the_own_browser()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var email = clinic.Account("doctor").Email!;
        using var known = new Browser(own.Salus);
        await known.SignIn(clinic, "doctor");
        for (var i = 0; i < SignIn.MostFailures; i++) (await Token(clinic, email, Wrong)).Is(401);
        (await Token(clinic, email, RunningSalus.Password)).Refuses(429, "sign-in.locked");
        using (var unknown = new Browser(own.Salus))
        using (var refused = await unknown.TrySignIn(email, RunningSalus.Password))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Contains("30", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        await known.SignIn(clinic, "doctor");
    }

    [Fact]
    public async Task ID_18_a_known_browser_with_a_wrong_guesser_before_it_is_known_no_more()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var email = clinic.Account("doctor").Email!;
        using var stolen = new Browser(own.Salus);
        await stolen.SignIn(clinic, "doctor");
        for (var i = 0; i < 2 * SignIn.MostFailures + 1; i++) using (var refused = await stolen.TrySignIn(email, Wrong)) Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var locked = await stolen.TrySignIn(email, RunningSalus.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
    }

    [Fact]
    public async Task ID_18_a_known_browser_of_one_opens_nobody_elses_locked_account()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        using var browser = new Browser(own.Salus);
        await browser.SignIn(clinic, "receptionist");
        for (var i = 0; i < SignIn.MostFailures; i++) (await Token(clinic, clinic.Account("doctor").Email!, Wrong)).Is(401);
        using var locked = await browser.TrySignIn(clinic.Account("doctor").Email!, RunningSalus.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
    }

    [Theory]
    [InlineData("5/min 20/h", 2)] [InlineData("10/30s", 1)] [InlineData("3/2h,10/d", 2)]
    public void a_limit_is_read(string text, int windows) => Assert.Equal(windows, RateLimit.Parse("x", text).Windows.Count);

    [Theory]
    [InlineData("5")] [InlineData("0/min")] [InlineData("5/week")] [InlineData("-5/min")] [InlineData("5/0min")] [InlineData("five/min")]
    public void a_limit_that_is_none_stops_the_start_with_its_name(string text)
    {
        var error = Assert.Throws<FormatException>(() => Settings.Read(name => name == "SALUS_LIMIT_SIGN_IN" ? text : null, Path.GetTempPath()));
        Assert.Contains("SALUS_LIMIT_SIGN_IN", error.Message, StringComparison.Ordinal);
    }
}
