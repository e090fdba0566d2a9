namespace Salus.Tests.Organisations;

/// <summary>AddRole, ChangeRole, RemoveRole and RoleList.</summary>
public sealed class OwnRoleTests(SalusServer server)
{
    [Fact]
    public async Task a_person_with_an_own_role_may_do_what_it_bundles_and_nothing_else()
    {
        var clinic = await server.NewClinic();
        var night = await clinic.HireWith("night-desk", "organisation.enter", "patients.read", "queue.read");
        (await night.Get("patients")).Is(200);
        (await night.Get("tickets")).Is(200);
        (await night.Get("figures")).Is(403);
        (await night.Post("patients", new { name = "Anna Rossi" })).Is(403);
        Assert.Equal("own.night-desk", (await night.Get("/api/v1/auth/me"))["organisations"][0].GetProperty("roles")[0].GetString());
    }

    [Fact]
    public async Task several_roles_unite_own_and_standard()
    {
        var clinic = await server.NewClinic();
        var role = await clinic.OwnRole("Figures", "queue.read-figures");
        await clinic.Hire("both", $"clinic.receptionist {role["key"]}");
        (await clinic.As("both").Get("figures")).Is(200);
        (await clinic.As("both").Post("patients", new { name = "Anna Rossi" })).Is(201);
    }

    [Fact]
    public async Task a_changed_role_counts_for_its_holders_with_the_next_request()
    {
        var clinic = await server.NewClinic();
        var desk = await clinic.HireWith("Desk", "organisation.enter", "patients.read");
        (await desk.Get("patients")).Is(200);
        var role = (await clinic.Admin.Get("roles")).Is(200)["own"][0];
        var version = ("If-Match", $"\"{role.Id("version"):N}\"");
        (await clinic.Admin.Put($"roles/{role.Id()}", new { title = "Desk", permissions = new[] { "organisation.enter", "queue.read-figures" } }, version)).Is(204);
        (await desk.Get("patients")).Is(403);
        (await desk.Get("figures")).Is(200);
        (await clinic.Admin.Put($"roles/{role.Id()}", new { title = "Desk", permissions = new[] { "organisation.enter" } }, version)).Refuses(409, "stale");
        Assert.Equal("own.desk: +queue.read-figures -patients.read", Assert.Single(await clinic.Audit("role.change"), e => e.Result == "ok").Detail);
    }

    [Fact]
    public async Task a_changed_role_on_one_node_is_soon_known_on_the_other()
    {
        await using var database = await TestDatabase.Make();
        await using var one = await RunningSalus.Start(database);
        await using var two = await RunningSalus.Start(database);
        var clinic = await Clinic.Make(one);
        await clinic.HireWith("Desk", "organisation.enter", "patients.read");
        var elsewhere = two.As(clinic.Account("Desk"), clinic.Slug);
        (await elsewhere.Get("patients")).Is(200);
        var role = (await clinic.Admin.Get("roles"))["own"][0].Id();
        (await clinic.Admin.Put($"roles/{role}", new { title = "Desk", permissions = new[] { "organisation.enter" } })).Is(204);
        await Wait.Until(async () => (await elsewhere.Get("patients")).Status == 403);
    }

    [Fact]
    public async Task a_role_in_use_says_who_holds_it_and_goes_when_nobody_does()
    {
        var clinic = await server.NewClinic();
        await clinic.HireWith("Desk", "organisation.enter");
        var role = (await clinic.Admin.Get("roles"))["own"][0];
        Assert.Equal("Person Desk", Assert.Single(role.GetProperty("heldBy").EnumerateArray()).GetString());
        Assert.Contains("Person Desk", (await clinic.Admin.Delete($"roles/{role.Id()}")).Refuses(409, "role.in-use").Text, StringComparison.Ordinal);
        (await clinic.Admin.Put($"staff/{await clinic.MembershipOf("Desk")}", new { roles = new[] { "clinic.nurse" } })).Is(204);
        (await clinic.Admin.Delete($"roles/{role.Id()}")).Is(204);
        Assert.Empty((await clinic.Admin.Get("roles"))["own"].EnumerateArray());
        (await clinic.Admin.Post("invitations", new { name = "N N", email = "n@example.org", roles = new[] { "own.desk" } })).RefusesField("roles");
    }

    [Fact]
    public async Task an_open_invitation_holds_a_role_too()
    {
        var clinic = await server.NewClinic();
        var role = await clinic.OwnRole("Desk", "organisation.enter");
        (await clinic.Admin.Post("invitations", new { name = "Nora Neri", email = "nora@example.org", roles = new[] { "own.desk" } })).Is(201);
        (await clinic.Admin.Delete($"roles/{role.Id}")).Refuses(409, "role.in-use");
    }

    [Fact]
    public async Task two_roles_with_the_same_title_get_keys_of_their_own()
    {
        var clinic = await server.NewClinic();
        string[] titles = ["Night desk", "Night  DESK", "A very long title of a role indeed", "夜"];
        var keys = new List<string>();
        foreach (var title in titles) keys.Add((await clinic.OwnRole(title, "organisation.enter"))["key"].GetString()!);
        Assert.Equal(["own.night-desk", "own.night-desk2", "own.a-very-long-tit", "own.1"], keys);
        Assert.All(keys, k => Assert.True(k.Length <= 19));
    }

    [Theory, InlineData("queue.fly"), InlineData("organisation.grant-standard-roles"), InlineData("")]
    public async Task what_is_no_permission_to_bundle_is_refused(string permission)
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("roles", new { title = "Odd", permissions = new[] { permission } })).RefusesField("permissions");
        (await clinic.Admin.Post("roles", new { title = "Odd", permissions = Array.Empty<string>() })).RefusesField("permissions");
        (await clinic.Admin.Post("roles", new { title = "", permissions = new[] { "organisation.enter" } })).RefusesField("title");
    }

    [Theory, InlineData("receptionist"), InlineData("doctor"), InlineData("display")]
    public async Task nobody_below_an_administrator_defines_roles(string persona)
    {
        var clinic = await server.NewClinic();
        var role = await clinic.OwnRole("Desk", "organisation.enter");
        var caller = clinic.As(persona);
        (await caller.Get("roles")).Is(403);
        (await caller.Post("roles", new { title = "Mine", permissions = new[] { "organisation.enter" } })).Is(403);
        (await caller.Put($"roles/{role.Id}", new { title = "Mine", permissions = new[] { "organisation.enter" } })).Is(403);
        (await caller.Delete($"roles/{role.Id}")).Is(403);
    }

    [Fact]
    public async Task the_page_adds_changes_and_removes_without_script()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        var page = $"/{clinic.Slug}/manage/roles";
        using (await browser.Submit(page, page, new() { ["title"] = "Night desk", ["permissions"] = "queue.read" })) { }
        var role = Assert.Single((await clinic.Admin.Get("roles"))["own"].EnumerateArray());
        using (await browser.Submit(page, $"{page}/{role.Id()}", new() { ["title"] = "Late desk", ["permissions"] = "patients.read", ["version"] = role.Id("version").ToString() })) { }
        using var shown = await browser.Get(page);
        Assert.Contains("Late desk", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (await browser.Submit(page, $"{page}/{role.Id()}/removal", [])) { }
        Assert.Empty((await clinic.Admin.Get("roles"))["own"].EnumerateArray());
    }
}
