using Microsoft.Extensions.DependencyInjection;

namespace Salus.Tests.Tenancy;

/// <summary>Role x route: what the permissions say and what the running program answers are the same.</summary>
public sealed class RoleMatrixTests(SalusServer server)
{
    [Theory, InlineData("admin"), InlineData("receptionist"), InlineData("doctor"), InlineData("nurse"), InlineData("lab"), InlineData("radiology"), InlineData("pharmacist"), InlineData("display")]
    public async Task TS_03_ID_29_a_role_is_refused_exactly_where_it_holds_no_permission(string persona)
    {
        var clinic = await server.NewClinic();
        var (caller, role) = (clinic.As(persona), Clinic.RoleOf[persona]);
        var permissions = server.Salus.Services.GetRequiredService<Kernel.Modules>().Permissions;
        var (allowed, refused) = (0, 0);
        foreach (var route in Routes.OfApi(server.Salus).Where(r => r.IsOfOrganisation))
        {
            var may = route.Gate!.Permission is not { } permission || permissions[permission].Roles.Contains(role);
            var answer = await caller.Send(route.Method, route.At(clinic.Slug, Guid.NewGuid()), TenancyTests.BodyFor(route));
            // A ticket's steps and a visit's notes pass the first gate for all who read; the step or kind itself decides (see MoveTicketTests and NoteTests).
            var byStep = route.Pattern.EndsWith("/steps", StringComparison.Ordinal) || route.Pattern.EndsWith("/notes", StringComparison.Ordinal);
            Assert.True(may ? byStep || answer.Status != 403 : answer.Status == 403, $"{persona}, {route}: {answer.Status} {answer.Text}");
            Assert.True(answer.Status is not 401 and < 500, $"{persona}, {route}: {answer.Status} {answer.Text}");
            if (may) allowed++; else refused++;
        }
        Assert.True(allowed > 0);
        Assert.True(refused > 0);
    }

    [Fact]
    public async Task ID_33_every_endpoint_of_the_program_declares_a_gate()
    {
        var without = Routes.Of(server.Salus).Where(r => r.Gate is null).Select(r => r.ToString()).ToList();
        Assert.True(without.Count == 0, string.Join('\n', without));
        Assert.NotNull(await server.Stranger());
    }

    [Fact]
    public void ID_33_the_public_addresses_of_the_api_are_these_and_no_others()
    {
        var open = Routes.OfApi(server.Salus).Where(r => r.Gate!.IsPublic).Select(r => r.ToString()).Where(r => !r.Contains("/docs") && !r.Contains("/redoc")).Order(StringComparer.Ordinal);
        string[] expected = ["GET /api/health", "GET /api/v1/collection", "GET /api/v1/health", "GET /api/v1/tickets/{code}", "GET /api/{documentName}/schema", "GET /fhir/{org}/metadata", "POST /api/v1/auth/paq", "POST /api/v1/auth/password-reset", "POST /api/v1/auth/password-reset/confirm", "POST /api/v1/auth/refresh", "POST /api/v1/auth/register", "POST /api/v1/auth/register/again", "POST /api/v1/auth/token", "POST /api/v1/auth/verify", "POST /api/v1/auth/verify-contact", "POST /api/v1/payments/webhooks/{provider}"];
        Assert.Equal(expected, open.Where(r => r != "GET /api" && !r.Contains("{**", StringComparison.Ordinal))); // those two only redirect
    }

    [Fact]
    public void every_permission_a_route_asks_for_is_declared_by_a_module_and_held_by_some_role()
    {
        var permissions = server.Salus.Services.GetRequiredService<Kernel.Modules>().Permissions;
        foreach (var asked in Routes.Of(server.Salus).Select(r => r.Gate?.Permission).OfType<string>().Distinct()) Assert.NotEmpty(permissions[asked].Roles);
    }

    [Fact]
    public async Task what_belongs_to_the_owner_of_the_installation_does_not_exist_for_others()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("/api/v1/orgs", new { name = "Mine", slug = "mine-now" })).Refuses(404, "not-found");
        (await clinic.Anonymous.Post("/api/v1/orgs", new { name = "Mine", slug = "mine-now" })).Is(401);
    }

    [Fact]
    public async Task ID_35_who_am_i_tells_kind_organisations_and_roles()
    {
        var clinic = await server.NewClinic();
        foreach (var path in (string[])["/api/auth/me", "/api/v1/auth/me"])
        {
            var me = (await clinic.Doctor.Get(path)).Is(200);
            Assert.Equal((clinic.Account("doctor").Id, "person", false), (me.Id, me["kind"].GetString(), me["isPlatformOwner"].GetBoolean()));
            var organisation = Assert.Single(me["organisations"].EnumerateArray());
            Assert.Equal((clinic.Slug, "clinic.doctor"), (organisation.Str("slug"), organisation.GetProperty("roles")[0].GetString()));
            Assert.Equal("device", (await clinic.Display.Get(path)).Is(200)["kind"].GetString());
            (await clinic.Anonymous.Get(path)).Refuses(401, "sign-in");
        }
    }

    [Fact]
    public async Task TE_02_one_account_may_work_in_two_clinics_with_different_roles()
    {
        var (one, two) = (await server.NewClinic(), await server.NewClinic());
        await two.Salus.Database.Write(two.Id, async db =>
        {
            db.Add(new Salus.Modules.Organisations.Contract.Membership { OrganisationId = two.Id, AccountId = one.Account("doctor").Id, Roles = "clinic.receptionist", CreatedAt = DateTime.UtcNow });
            return await db.SaveChangesAsync();
        }, default);
        Assert.Equal(2, (await one.Doctor.Get("/api/auth/me"))["organisations"].GetArrayLength());
        (await one.At(two.Slug, "doctor").Get("figures")).Is(403);
        (await one.Doctor.Get("figures")).Is(200);
    }
}
