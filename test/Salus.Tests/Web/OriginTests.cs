using System.Net;

namespace Salus.Tests.Web;

/// <summary>Which other sites' pages may call the API from a browser: the listed ones, and no page of ours may be read by any.</summary>
public sealed class OriginTests
{
    private const string Friend = "https://www.clinic.example", Foe = "https://evil.example";

    private static async Task<HttpResponseMessage> Call(RunningSalus salus, string method, string path, string origin)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", origin);
        if (method == "OPTIONS")
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        }
        return await salus.Http.SendAsync(request);
    }

    private static string? Allowed(HttpResponseMessage answer) => answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? string.Join(',', values) : null;

    [Fact]
    public async Task AP_09_a_listed_site_may_call_the_api_with_credentials_and_no_other_may()
    {
        await using var own = await OwnServer.Start(s => s with { Origins = Friend });
        using (var answer = await Call(own.Salus, "GET", "/api/v1/health", Friend))
            Assert.Equal((Friend, "true"), (Allowed(answer), answer.Headers.GetValues("Access-Control-Allow-Credentials").Single()));
        using (var preflight = await Call(own.Salus, "OPTIONS", "/api/v1/auth/token", Friend)) Assert.Equal((HttpStatusCode.NoContent, Friend), (preflight.StatusCode, Allowed(preflight)));
        using (var refused = await Call(own.Salus, "GET", "/api/v1/auth/me", Friend)) Assert.Equal((HttpStatusCode.Unauthorized, Friend), (refused.StatusCode, Allowed(refused)));
        foreach (var (method, path) in ((string, string)[])[("GET", "/api/v1/health"), ("OPTIONS", "/api/v1/auth/token"), ("GET", "/api/v1/auth/me")])
            foreach (var foe in (string[])[Foe, "https://www.clinic.example.evil.example", "http://www.clinic.example", "null"])
                using (var answer = await Call(own.Salus, method, path, foe)) Assert.Null(Allowed(answer));
        using var page = await Call(own.Salus, "GET", "/account/sign-in", Friend);
        Assert.Null(Allowed(page));
    }

    [Fact]
    public async Task AP_09_without_a_list_no_site_may()
    {
        await using var own = await OwnServer.Start();
        using var answer = await Call(own.Salus, "GET", "/api/v1/health", Friend);
        Assert.Null(Allowed(answer));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void AP_09_a_wildcard_stops_the_start_in_production(bool wild)
    {
        var settings = new Kernel.Settings { PublicUrl = "https://clinic.example", Origins = wild ? "https://*" : Friend };
        Assert.Equal(wild, Cli.Check.Faults(settings).Any(f => f.StopsStart && f.What.Contains("SALUS_ORIGINS", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SE_15_the_security_contact_is_published_and_not_out_of_date()
    {
        await using var own = await OwnServer.Start(s => s with { SecurityContact = "mailto:help@clinic.example" });
        var lines = (await own.Salus.Anonymous().Get("/.well-known/security.txt")).Is(200).Text.Split('\n');
        Assert.Contains("Contact: mailto:help@clinic.example", lines);
        var expires = DateTime.Parse(lines.Single(l => l.StartsWith("Expires: ", StringComparison.Ordinal))[9..], System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
        Assert.InRange(expires, DateTime.UtcNow.AddDays(100), DateTime.UtcNow.AddDays(365));
    }
}
