using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Accounts.Outside;

/// <summary>What a provider, or somebody in its place, may send: only what is signed, meant for us, fresh and asked for is believed.</summary>
public sealed class IdTokenTests(FakedSalus faked) : IClassFixture<FakedSalus>
{
    private static readonly RsaSecurityKey Other = FakeProvider.NewKey();

    private static string Half(string token) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(token)).AsSpan(0, 16));

    private static string Sub() => "sub-" + Guid.NewGuid().ToString("N");

    private static (string, object) Mail(string sub) => ("email", sub + "@example.org");

    public static TheoryData<string, string> Wrong => new()
    {
        { "alg none", "" }, { "signed by another key", "" }, { "signed by another key under the known name", "" }, { "HS256 with the public key", "" }, { "changed", "" }, { "no token", "none" },
        { "another audience", "SecurityTokenInvalidAudienceException" }, { "another issuer", "SecurityTokenInvalidIssuerException" }, { "another nonce", "nonce" }, { "no nonce", "nonce" }, { "expired", "SecurityTokenExpiredException" },
        { "without an end", "SecurityTokenNoExpirationException" }, { "made in the future", "iat" }, { "made for another access token", "at_hash" }, { "two audiences and another party", "azp" }, { "nobody", "sub" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task what_is_wrong_with_a_token_is_refused_calmly_and_leaves_a_row(string fault, string detail)
    {
        using var browser = new Browser(faked.Salus);
        var (sub, now) = (Sub(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        using var answer = await faked.ArriveAt(browser, "/account/outside", nonce =>
        {
            var claims = FakeProvider.Claims(faked.Provider.Issuer, nonce, sub, Mail(sub), ("email_verified", true));
            switch (fault)
            {
                case "another audience": claims["aud"] = "another-program"; break;
                case "another issuer": claims["iss"] = "http://127.0.0.1:1"; break;
                case "another nonce": claims["nonce"] = "0123456789"; break;
                case "no nonce": claims.Remove("nonce"); break;
                case "expired": (claims["iat"], claims["exp"]) = (now - 900, now - 120); break;
                case "without an end": claims.Remove("exp"); break;
                case "made in the future": claims["iat"] = now + 600; break;
                case "made for another access token": claims["at_hash"] = Half("another"); break;
                case "two audiences and another party": (claims["aud"], claims["azp"]) = (new[] { "salus", "another-program" }, "another-program"); break;
                case "nobody": claims["sub"] = ""; break;
            }
            var key = faked.Provider.Key;
            var token = fault switch
            {
                "alg none" => FakeProvider.Sign(claims, null),
                "signed by another key" => FakeProvider.Sign(claims, Other),
                "signed by another key under the known name" => FakeProvider.Sign(claims, new RsaSecurityKey(Other.Rsa) { KeyId = key.KeyId }),
                "HS256 with the public key" => FakeProvider.Sign(claims, new SymmetricSecurityKey(key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = key.KeyId }, SecurityAlgorithms.HmacSha256),
                "no token" => "",
                _ => FakeProvider.Sign(claims, key),
            };
            if (fault != "changed") return token;
            var parts = token.Split('.');
            return $"{parts[0]}.{WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(parts[1])).Replace("Nina", "Nora", StringComparison.Ordinal)))}.{parts[2]}";
        });
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("could not be believed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var account = await browser.Get("/account");
        Assert.Equal(HttpStatusCode.Redirect, account.StatusCode);
        await using var db = faked.Salus.Database.Open();
        Assert.False(await db.Accounts.AnyAsync(a => a.Email == sub + "@example.org"));
        // One row a minute for each kind of fault: several of these share one.
        Assert.True(await db.Set<AuditEvent>().AnyAsync(e => e.Result == "outside.token" && e.Action == "account.sign-in" && (detail == "" || detail == "none" || e.Detail == detail)), fault);
    }

    [Fact]
    public async Task a_right_token_signs_in_and_the_code_goes_with_the_secret_and_the_verifier_of_the_challenge()
    {
        using var browser = new Browser(faked.Salus);
        var sub = Sub();
        using (var setOut = await browser.Get("/account/outside"))
        {
            var asked = QueryHelpers.ParseQuery(setOut.Headers.Location!.Query);
            Assert.Equal(("code", "S256", "salus", "openid email profile", "43200"), (asked["response_type"].ToString(), asked["code_challenge_method"].ToString(), asked["client_id"].ToString(), asked["scope"].ToString(), asked["max_age"].ToString()));
            var cookie = Assert.Single(setOut.Headers.GetValues("Set-Cookie"), c => c.StartsWith("salus-outside-way.", StringComparison.Ordinal));
            Assert.All((string[])["httponly", "samesite=lax", "path=/;"], mark => Assert.Contains(mark, cookie.ToLowerInvariant(), StringComparison.Ordinal));
        }
        using var answer = await faked.Arrive(browser, sub, Mail(sub), ("email_verified", true), ("at_hash", Half("an-access-token")));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("salus:a%20secret%2Fwith%20signs")), faked.Provider.SentAuthorization);
        Assert.Equal(("authorization_code", "a-code", 43), (faked.Provider.Sent["grant_type"], faked.Provider.Sent["code"], faked.Provider.Sent["code_verifier"].Length));
        Assert.DoesNotContain("client_secret", faked.Provider.Sent.Keys);
        using var account = await browser.Get("/account");
        Assert.Contains("Nina Nuova", await account.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task nobody_comes_back_withsetOuthaving_set_setOutin_this_browser_nor_twice()
    {
        using var browser = new Browser(faked.Salus);
        using var stranger = new Browser(faked.Salus);
        using var setOut = await browser.Get("/account/outside");
        var state = Uri.EscapeDataString(QueryHelpers.ParseQuery(setOut.Headers.Location!.Query)["state"].ToString());
        foreach (var path in (string[])[$"/account/outside/return?code=a-code&state={state}", "/account/outside/return?code=a-code&state=made-up", "/account/outside/return", "/account/outside/done"])
        {
            using var answer = await stranger.Get(path);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("not begun in this browser", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        var sub = Sub();
        faked.Provider.IdToken = FakeProvider.Sign(FakeProvider.Claims(faked.Provider.Issuer, QueryHelpers.ParseQuery(setOut.Headers.Location!.Query)["nonce"].ToString(), sub, Mail(sub), ("email_verified", true)), faked.Provider.Key);
        using (var first = await browser.Get($"/account/outside/return?code=a-code&state={state}")) Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        using (var again = await browser.Get($"/account/outside/return?code=a-code&state={state}")) Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        using (var done = await browser.Get("/account/outside/done")) Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        using (var twice = await browser.Get("/account/outside/done")) Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        await using var db = faked.Salus.Database.Open();
        Assert.True(await db.Set<AuditEvent>().AnyAsync(e => e.Result == "outside.state" && e.Action == "account.sign-in"));
    }

    [Fact]
    public async Task a_code_that_the_provider_takes_back_is_refused_and_one_that_is_ill_is_said_to_be_away()
    {
        using var browser = new Browser(faked.Salus);
        foreach (var (status, expected) in ((int, HttpStatusCode)[])[(400, HttpStatusCode.Unauthorized), (500, HttpStatusCode.ServiceUnavailable)])
        {
            faked.Provider.Status = status;
            try
            {
                using var answer = await faked.Arrive(browser, Sub());
                Assert.Equal(expected, answer.StatusCode);
            }
            finally { faked.Provider.Status = 200; }
        }
    }

    [Fact]
    public async Task a_key_that_is_not_known_is_looked_for_at_most_once_a_minute()
    {
        using var provider = new FakeProvider();
        await using var own = await OwnServer.Start(s => s with { OidcIssuer = provider.Issuer, OidcClient = "salus" });
        var clock = new MovableClock();
        using var reader = new Salus.Modules.Accounts.Outside.OutsideProvider(own.Salus.Settings, clock);
        Task<Salus.Modules.Accounts.Outside.OutsidePerson> Check(RsaSecurityKey key) => reader.Check(FakeProvider.Sign(FakeProvider.Claims(provider.Issuer, "n", "s"), key), "", "n", default);
        Assert.Equal("s", (await Check(provider.Key)).Subject);
        var before = provider.KeyReads;
        provider.Key = FakeProvider.NewKey();
        await Assert.ThrowsAsync<Salus.Kernel.Refusal>(() => Check(provider.Key));
        Assert.Equal(before, provider.KeyReads);
        clock.Move(TimeSpan.FromSeconds(61));
        Assert.Equal("s", (await Check(provider.Key)).Subject);
        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<Salus.Kernel.Refusal>(() => Check(Other));
        Assert.Equal(before + 1, provider.KeyReads);
    }

    [Fact]
    public async Task while_the_provider_is_away_a_page_says_so_and_a_row_is_left()
    {
        await using var own = await OwnServer.Start(s => s with { OidcIssuer = $"http://127.0.0.1:{FakeProvider.FreePort()}", OidcClient = "salus" });
        using var browser = new Browser(own.Salus);
        using var answer = await browser.Get("/account/outside");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("cannot be reached just now", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var db = own.Salus.Database.Open();
        Assert.True(await db.Set<AuditEvent>().AnyAsync(e => e.Result == "outside.away"));
    }
}
