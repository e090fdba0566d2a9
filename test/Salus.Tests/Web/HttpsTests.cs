using Salus.Kernel;

namespace Salus.Tests.Web;

/// <summary>Production over plain HTTP: pages lead to https, everything else is refused, and what comes from the machine itself goes on.</summary>
public sealed class HttpsTests
{
    private const string Name = "clinic.example.org";

    private static Task<OwnServer> Production(string proxies = "127.0.0.1") => OwnServer.Start(s => s with { Mode = Mode.Production, PublicUrl = $"https://{Name}", Proxies = proxies });

    private static Task<Answer> Ask(OwnServer own, string method, string path, string scheme, params (string, string)[] more) =>
        own.Salus.Anonymous().Send(method, path, method == "POST" ? "{}" : null, [("Host", Name), ("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", scheme), .. more]);

    [Theory, InlineData("/account/sign-in"), InlineData("/account/sign-in?back=%2Fdesk&x=1"), InlineData("/c-1/desk"), InlineData("/css/salus.css"), InlineData("/a%20b")]
    public async Task SE_05_a_page_asked_for_over_http_leads_to_the_same_page_over_https(string path)
    {
        await using var own = await Production();
        foreach (var method in (string[])["GET", "HEAD"])
        {
            var answer = (await Ask(own, method, path, "http")).Is(308);
            Assert.Equal($"https://{Name}{path}", answer.Headers["Location"]);
            Assert.Contains("max-age=31536000", answer.Headers["Strict-Transport-Security"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SE_05_what_carries_a_secret_is_refused_over_http_and_not_repeated_over_https()
    {
        await using var own = await Production();
        var refused = (await Ask(own, "GET", "/api/v1/auth/me", "http", ("Authorization", "Bearer x"))).Refuses(403, "https.needed");
        Assert.NotEmpty(refused["unlock"].GetString()!);
        (await Ask(own, "POST", "/api/v1/auth/token", "http")).Refuses(403, "https.needed");
        Assert.DoesNotContain("Location", (await Ask(own, "POST", "/account/sign-in", "http")).Is(403).Headers.Keys);
    }

    [Fact]
    public async Task over_https_and_straight_from_the_machine_it_answers()
    {
        await using var own = await Production();
        (await Ask(own, "GET", "/account/sign-in", "https")).Is(302); // to the set-up of an empty installation
        (await Ask(own, "GET", "/api/v1/auth/me", "https")).Is(401);
        (await own.Salus.Anonymous().Get("/api/v1/auth/me", ("Host", "127.0.0.1"))).Is(401);
        (await own.Salus.Anonymous().Get("/account/sign-in", ("Host", "127.0.0.1"))).Is(302);
    }

    [Fact]
    public async Task AP_10_the_health_check_answers_over_http_too()
    {
        await using var own = await Production();
        foreach (var path in (string[])["/api/health", "/api/v1/health"]) (await Ask(own, "GET", path, "http")).Is(200);
    }

    [Theory, InlineData("X-Forwarded-For", "127.0.0.1"), InlineData("X-Forwarded-Proto", "http"), InlineData("X-Original-Proto", "https"), InlineData("Forwarded", "for=127.0.0.1;proto=https")]
    public async Task SE_17_a_header_that_somebody_made_up_opens_nothing(string name, string value)
    {
        await using var own = await Production(proxies: "");
        (await own.Salus.Anonymous().Get("/api/v1/auth/me", ("Host", Name), (name, value))).Refuses(403, "https.needed");
        (await own.Salus.Anonymous().Get("/account/sign-in", ("Host", Name), (name, value))).Is(308);
    }

    [Fact]
    public async Task a_proxy_that_is_not_listed_is_named_as_the_cause_instead_of_leading_round_in_a_circle()
    {
        await using var own = await Production(proxies: "");
        (await Ask(own, "GET", "/api/v1/auth/me", "https")).Refuses(403, "https.proxy");
        Assert.Contains("SALUS_PROXIES", (await Ask(own, "GET", "/account/sign-in", "https")).Is(403).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task in_development_http_is_enough()
    {
        await using var own = await OwnServer.Start(s => s with { Proxies = "127.0.0.1" });
        (await Ask(own, "GET", "/api/v1/auth/me", "http")).Is(401);
    }
}
