using System.Globalization;
using System.Net;
using Salus.Kernel;

namespace Salus.Tests.Web;

/// <summary>Heavy calls have a limit for each account, and a clock that was wrong locks nobody out.</summary>
public sealed class RequestLimitTests
{
    private static int Wait(Answer answer) => int.Parse(answer.Refuses(429, "rate-limit").Headers["Retry-After"], CultureInfo.InvariantCulture);

    [Fact]
    public async Task AP_11_one_account_searches_so_often_in_whatever_box_and_others_are_not_held_up()
    {
        await using var own = await OwnServer.Start(s => s with { SearchLimit = RateLimit.Parse("search", "4/min") });
        var clinic = await Clinic.Make(own.Salus);
        await clinic.Register("Anna Rossi");
        (await clinic.Receptionist.Get("patients?q=anna")).Is(200);
        (await clinic.Receptionist.Get("patients/likely-duplicates?name=Anna")).Is(200);
        using var browser = new Browser(own.Salus);
        await browser.SignIn(clinic, "receptionist");
        foreach (var path in (string[])["patients?q=anna", "desk/search?q=anna"]) using (var page = await browser.Get($"/{clinic.Slug}/{path}")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.InRange(Wait(await clinic.Receptionist.Get("patients?q=anna")), 1, 60);
        using (var page = await browser.Get($"/{clinic.Slug}/desk/search?q=anna")) Assert.Equal(HttpStatusCode.TooManyRequests, page.StatusCode);
        (await clinic.Doctor.Get("patients?q=anna")).Is(200);
        await clinic.Register("Bruno Bianchi");
    }

    [Fact]
    public async Task AP_11_exports_are_few_and_the_limit_holds_after_a_restart()
    {
        await using var own = await OwnServer.Start(s => s with { ExportLimit = new Settings().ExportLimit });
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 5; i++) (await clinic.Admin.Get("audit/export?days=1&format=csv")).Is(200);
        Assert.InRange(Wait(await clinic.Admin.Get("audit/export?days=1&format=csv")), 1, 60);
        await own.Restart(s => s with { ExportLimit = new Settings().ExportLimit });
        Wait(await clinic.On(own.Salus).Admin.Get("audit/export?days=1&format=csv"));
        Assert.Equal(["ok", "ok", "ok", "ok", "ok", "rate-limit"], (await clinic.Audit("audit.export")).Select(r => r.Result));
    }

    [Fact]
    public void AP_11_a_busy_desk_does_not_reach_the_default()
    {
        var (clock, limit) = (new MovableClock(), new Settings().SearchLimit);
        var limits = new NodeLimits(clock);
        // A fast typist: a search of six letters every four seconds, each letter asked for by itself, for an hour.
        for (var letter = 0; letter < 900 * 6; letter++)
        {
            Assert.Null(limits.Count(limit, "desk"));
            clock.Move(TimeSpan.FromSeconds(4.0 / 6));
        }
    }

    [Fact]
    public void a_window_ends_and_one_from_the_future_locks_nobody()
    {
        var (clock, limit) = (new MovableClock(), RateLimit.Parse("x", "2/min"));
        var limits = new NodeLimits(clock);
        Assert.Equal([false, false, true, true], Enumerable.Range(0, 4).Select(_ => limits.Count(limit, "a") is not null));
        Assert.Null(limits.Count(limit, "b"));
        clock.Move(TimeSpan.FromSeconds(61));
        Assert.Null(limits.Count(limit, "a"));
        clock.Move(TimeSpan.FromHours(26));
        for (var i = 0; i < 3; i++) limits.Count(limit, "a");
        clock.Move(TimeSpan.FromHours(-26));
        Assert.Null(limits.Count(limit, "a"));
    }

    [Fact]
    public async Task a_clock_that_ran_a_day_ahead_leaves_no_lock_in_the_database()
    {
        await using var own = await OwnServer.Start(s => s with { Clock = "+26h", RefreshLimit = RateLimit.Parse("refresh", "2/min 3/h") });
        for (var i = 0; i < 2; i++) (await own.Salus.Anonymous().Post("/api/v1/auth/refresh", new { refreshToken = "x" })).Is(401);
        Wait(await own.Salus.Anonymous().Post("/api/v1/auth/refresh", new { refreshToken = "x" }));
        await own.Restart(s => s with { RefreshLimit = RateLimit.Parse("refresh", "2/min 3/h") });
        for (var i = 0; i < 2; i++) (await own.Salus.Anonymous().Post("/api/v1/auth/refresh", new { refreshToken = "x" })).Is(401);
        Wait(await own.Salus.Anonymous().Post("/api/v1/auth/refresh", new { refreshToken = "x" }));
    }
}
