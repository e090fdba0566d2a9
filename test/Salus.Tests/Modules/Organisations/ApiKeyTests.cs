using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Tests.Tenancy;

namespace Salus.Tests.Organisations;

/// <summary>AddApiKey, RevokeApiKey and ApiKeyList, and what a key opens.</summary>
public sealed class ApiKeyTests(SalusServer server)
{
    [Fact]
    public async Task a_program_may_do_what_its_key_says_and_nothing_else()
    {
        var clinic = await server.NewClinic();
        var (program, id) = await clinic.Program("patients.read", "patients.write");
        var made = (await program.Post("patients", new { name = "Anna Rossi" })).Is(201);
        (await program.Get($"patients/{made.Id}")).Is(200);
        (await program.Get("figures")).Refuses(403, "forbidden");
        (await program.Get("staff")).Is(403);
        Assert.All(await clinic.Audit(subject: made.Id), e => Assert.Equal((ActorKind.Program, (Guid?)id, "program"), (e.ActorKind, e.ActorId, e.Role)));
        var line = (await clinic.Admin.Get($"audit?actor={id}&limit=1")).Is(200).Items[0];
        Assert.Equal("Laboratory link", line.Str("actor"));
    }

    [Fact]
    public async Task a_key_reaches_no_other_organisation_and_nothing_of_a_persons_own()
    {
        var (clinic, other) = (await server.NewClinic(), await server.Stranger());
        var (program, _) = await clinic.Program("patients.read");
        (await program.Get($"/api/v1/orgs/{other.Slug}/patients")).Refuses(404, "not-found");
        foreach (var path in (string[])["/api/v1/auth/me", "/api/v1/auth/sessions", "/api/auth/me"]) (await program.Get(path)).Refuses(403, "forbidden");
        foreach (var path in (string[])["/api/v1/auth/logout", "/api/v1/auth/sessions/end-others"]) (await program.Post(path)).Refuses(403, "forbidden");
        (await program.Post("/api/v1/orgs", new { name = "Mine", slug = "mine-too" })).Is(404);
        (await program.Post("/api/v1/support-sessions", new { organisationId = clinic.Id })).Is(404);
    }

    [Fact]
    public async Task every_person_route_without_an_organisation_refuses_a_key()
    {
        var clinic = await server.NewClinic();
        var (program, _) = await clinic.Program("organisation.enter");
        foreach (var route in Routes.OfApi(server.Salus).Where(r => !r.IsOfOrganisation && !r.Gate!.IsPublic))
        {
            var answer = await program.Send(route.Method, route.At(clinic.Slug, Guid.NewGuid()), TenancyTests.BodyFor(route));
            Assert.True(answer.Status is 403 or 404, $"{route}: {answer.Status}");
        }
    }

    [Fact]
    public async Task a_revoked_key_stops_at_once()
    {
        var clinic = await server.NewClinic();
        var (program, id) = await clinic.Program("patients.read");
        (await program.Get("patients")).Is(200);
        (await clinic.Admin.Delete($"keys/{id}")).Is(204);
        (await program.Get("patients")).Refuses(401, "sign-in");
        Assert.Empty((await clinic.Admin.Get("keys"))["keys"].EnumerateArray());
        Assert.Single(await clinic.Audit("key.revoke", id));
    }

    [Fact]
    public async Task a_key_ends_on_its_day_and_the_list_warns_before()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var added = (await clinic.Admin.Post("keys", new { name = "Link", permissions = new[] { "patients.read" }, days = 20 })).Is(201);
        (string Secret, Guid Id) key = (added["secret"].GetString()!, added.Id);
        async Task<System.Text.Json.JsonElement> Line() => (await clinic.Admin.Get("keys")).Is(200)["keys"][0];
        Assert.False((await Line()).GetProperty("expiresSoon").GetBoolean());
        await own.Restart(s => s with { Clock = "+10d" });
        clinic.On(own.Salus);
        (await new Caller(own.Salus.Http, "key_" + key.Secret, clinic.Slug).Get("patients")).Is(200);
        Assert.True((await Line()).GetProperty("expiresSoon").GetBoolean());
        await own.Restart(s => s with { Clock = "+21d" });
        clinic.On(own.Salus);
        (await new Caller(own.Salus.Http, "key_" + key.Secret, clinic.Slug).Get("patients")).Refuses(401, "sign-in");
        Assert.True((await Line()).GetProperty("isExpired").GetBoolean());
    }

    [Fact]
    public async Task only_the_hash_is_kept_and_the_last_use_is_known()
    {
        var clinic = await server.NewClinic();
        var (program, id) = await clinic.Program("patients.read");
        (await program.Get("patients")).Is(200);
        await using var db = clinic.Open();
        var row = await db.ApiKeys.AsNoTracking().SingleAsync(k => k.Id == id);
        Assert.Equal(64, row.SecretHash.Length);
        Assert.NotNull(row.LastUsedAt);
        Assert.DoesNotContain("secret", (await clinic.Admin.Get("keys")).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, InlineData("key_"), InlineData("key_zzzz"), InlineData("key_00000000000000000000000000"), InlineData("device_key_00000000000000000000000000")]
    public async Task what_is_no_key_is_nobody(string token)
    {
        var clinic = await server.NewClinic();
        (await new Caller(clinic.Salus.Http, token, clinic.Slug).Get("patients")).Refuses(401, "sign-in");
    }

    [Fact]
    public async Task refuses_what_does_not_fit()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("keys", new { name = "", permissions = new[] { "patients.read" } })).RefusesField("name");
        (await clinic.Admin.Post("keys", new { name = "Link", permissions = Array.Empty<string>() })).RefusesField("permissions");
        (await clinic.Admin.Post("keys", new { name = "Link", permissions = new[] { "patients.fly" } })).RefusesField("permissions");
        foreach (var days in (int[])[0, 367]) (await clinic.Admin.Post("keys", new { name = "Link", permissions = new[] { "patients.read" }, days })).RefusesField("days");
    }

    [Theory, InlineData("receptionist"), InlineData("doctor"), InlineData("display")]
    public async Task nobody_below_an_administrator_makes_ends_or_lists_keys(string persona)
    {
        var clinic = await server.NewClinic();
        var (_, id) = await clinic.Program("patients.read");
        (await clinic.As(persona).Get("keys")).Is(403);
        (await clinic.As(persona).Post("keys", new { name = "Mine", permissions = new[] { "patients.read" } })).Is(403);
        (await clinic.As(persona).Delete($"keys/{id}")).Is(403);
    }

    [Fact]
    public async Task the_page_shows_the_secret_once_and_ends_a_key_without_script()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        var page = $"/{clinic.Slug}/manage/keys";
        using var made = await browser.Submit(page, page, new() { ["name"] = "Link", ["days"] = "3", ["permissions"] = "patients.read" });
        var secret = System.Text.RegularExpressions.Regex.Match(await made.Content.ReadAsStringAsync(), "key_[0-9a-z]{52}").Value;
        Assert.Contains("no-store", made.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        (await new Caller(clinic.Salus.Http, secret, clinic.Slug).Get("patients")).Is(200);
        using var again = await browser.Get(page);
        Assert.DoesNotContain(secret, await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (await browser.Submit(page, $"{page}/{(await clinic.Admin.Get("keys"))["keys"][0].Id()}/end", [])) { }
        (await new Caller(clinic.Salus.Http, secret, clinic.Slug).Get("patients")).Is(401);
    }
}
