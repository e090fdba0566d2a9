using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Organisations;

/// <summary>SeeAs, EnterForSupport, StopActing, LetSupportIn and SetSupportStaff.</summary>
public sealed class ActAsTests(SalusServer server)
{
    private async Task<(Account Account, Caller At)> Support(Clinic clinic)
    {
        var elsewhere = await server.NewClinic();
        var account = await elsewhere.Hire("support", "clinic.receptionist");
        (await server.Salus.As(await server.Salus.Owner(), "none").Put("/api/v1/support-staff", new { email = account.Email })).Is(204);
        return (account, clinic.Salus.As(account, clinic.Slug));
    }

    private static Task<Answer> LetIn(Clinic clinic, string role = "clinic.doctor", int hours = 4) => clinic.Admin.Put("support-access", new { role, hours });

    private static Task<Answer> Enter(Clinic clinic, Caller who) => who.Post("/api/v1/support-sessions", new { organisationId = clinic.Id });

    [Fact]
    public async Task an_administrator_sees_as_a_role_and_changes_nothing()
    {
        var clinic = await server.NewClinic();
        await clinic.Queue();
        (await clinic.Admin.Post("acting", new { role = "clinic.receptionist" })).Is(200);
        (await clinic.Admin.Get("patients")).Is(200);
        (await clinic.Admin.Get("figures")).Is(403); // the receptionist may not
        (await clinic.Admin.Get("staff")).Is(403);
        (await clinic.Admin.Post("patients", new { name = "Anna Rossi" })).Refuses(403, "acting.read-only");
        (await clinic.Admin.Delete("/api/v1/acting")).Is(204);
        (await clinic.Admin.Get("staff")).Is(200);
        Assert.Single(await clinic.Audit("acting.stop"));
    }

    [Fact]
    public async Task the_log_keeps_the_role_that_was_acted_in_and_who_it_was_in_truth_and_the_seals_hold()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var patient = (await clinic.Register()).Id;
        (await clinic.Admin.Post("acting", new { role = "clinic.doctor" })).Is(200);
        (await clinic.Admin.Get($"patients/{patient}")).Is(200);
        (await clinic.Admin.Put($"patients/{patient}", new { name = "Anna Verdi" })).Is(403);
        var admin = clinic.Account("admin").Id;
        foreach (var action in (string[])["patient.read", "patient.change"])
        {
            var row = Assert.Single(await clinic.Audit(action));
            Assert.Equal(("clinic.doctor", admin, (Guid?)admin, "org.admin"), (row.Role, row.ActorId!.Value, row.ActualActorId, row.ActualRole));
        }
        (await clinic.Admin.Delete("/api/v1/acting")).Is(204);
        var line = (await clinic.Admin.Get("audit?action=patient.read")).Items[0];
        Assert.Equal((admin, "org.admin"), (line.Id("actualActorId"), line.Str("actualRole")));
        Assert.All(await clinic.Audit("staff.list"), e => Assert.Null(e.ActualActorId));
        await own.Salus.Seal();
        var export = (await clinic.Admin.Get("audit/export?days=1")).Is(200);
        Assert.Empty(await Salus.Modules.Operations.AuditFile.Verify(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(export.Text))));
        var changed = export.Text.Replace("\"actual_role\": \"org.admin\"", "\"actual_role\": \"clinic.nurse\"", StringComparison.Ordinal);
        Assert.NotEmpty(await Salus.Modules.Operations.AuditFile.Verify(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(changed))));
    }

    [Fact]
    public void what_was_sealed_before_there_was_acting_reads_the_same()
    {
        var row = new AuditEvent { Action = "patient.read" };
        var before = row.Canonical();
        Assert.EndsWith("0:;", System.Text.Encoding.UTF8.GetString(before), StringComparison.Ordinal);
        Assert.Equal(16, System.Text.Encoding.UTF8.GetString(before).Count(c => c == ';'));
        row.ActualActorId = Guid.NewGuid();
        Assert.NotEqual(before, row.Canonical());
    }

    [Fact]
    public async Task a_role_that_one_holds_oneself_is_no_mere_looking()
    {
        var clinic = await server.NewClinic();
        await clinic.Hire("both", "org.admin clinic.receptionist");
        (await clinic.As("both").Post("acting", new { role = "clinic.receptionist" })).Is(200);
        (await clinic.As("both").Post("patients", new { name = "Anna Rossi" })).Is(201);
        (await clinic.As("both").Get("staff")).Is(403);
    }

    [Fact]
    public async Task acting_ends_by_itself_after_thirty_minutes_and_with_the_right_to_it()
    {
        var clinic = await server.NewClinic();
        var started = (await clinic.Admin.Post("acting", new { role = "clinic.doctor" })).Is(200);
        Assert.InRange(started["endsAt"].GetDateTime(), server.Salus.Now.AddMinutes(29), server.Salus.Now.AddMinutes(30));
        await clinic.Salus.Database.Write(null, async db =>
        {
            foreach (var row in await db.ActingSessions.Where(a => a.OrganisationId == clinic.Id).ToListAsync()) row.EndsAt = server.Salus.Now;
            return await db.SaveChangesAsync();
        }, default);
        (await clinic.Admin.Get("staff")).Is(200);
        await clinic.HireWith("Lead", "organisation.enter", "organisation.manage-staff", "patients.read", "queue.read-board", "files.open");
        var lead = clinic.As("Lead");
        (await lead.Post("acting", new { role = "clinic.embryologist" })).Is(200);
        (await lead.Get("staff")).Is(403);
        (await clinic.Admin.Put($"staff/{await clinic.MembershipOf("Lead")}", new { roles = new[] { "clinic.receptionist" } })).Is(204);
        (await lead.Post("patients", new { name = "Anna Rossi" })).Is(201); // the own role again
    }

    [Fact]
    public async Task one_sees_only_as_a_role_that_one_may_give()
    {
        var clinic = await server.NewClinic();
        await clinic.HireWith("Lead", "organisation.enter", "organisation.manage-staff");
        (await clinic.As("Lead").Post("acting", new { role = "clinic.doctor" })).Refuses(403, "role.not-yours");
        (await clinic.Doctor.Post("acting", new { role = "clinic.nurse" })).Is(403);
        (await clinic.Admin.Post("acting", new { role = "platform.owner" })).RefusesField("roles");
        var (program, _) = await clinic.Program("organisation.manage-settings", "patients.read");
        Assert.NotEqual(200, (await program.Post("acting", new { role = "clinic.pharmacist" })).Status);
    }

    [Fact]
    public async Task acting_that_began_before_a_second_factor_was_demanded_of_the_own_role_is_no_way_around_it()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("acting", new { role = "clinic.doctor" })).Is(200);
        (await clinic.Admin.Get("figures")).Is(200);
        await clinic.Salus.Database.Write(null, async db =>
        {
            (await db.Organisations.SingleAsync(o => o.Id == clinic.Id)).SecondFactorRoles = Role.Admin;
            return await db.SaveChangesAsync();
        }, default);
        (await clinic.Admin.Get("figures")).Refuses(403, "second-factor.demanded");
        (await clinic.Doctor.Get("figures")).Is(200);
    }

    [Fact]
    public async Task support_shows_who_it_is_before_it_enters()
    {
        var clinic = await server.NewClinic();
        var (account, support) = await Support(clinic);
        (await LetIn(clinic)).Is(200);
        using var browser = new Browser(clinic.Salus);
        using (await browser.TrySignIn(account.Email!, RunningSalus.Password)) { }
        (await support.Get("/api/v1/auth/me")).Is(200);
        await clinic.Salus.Database.Write(null, async db =>
        {
            foreach (var session in await db.Sessions.Where(s => s.AccountId == account.Id).ToListAsync()) session.ProvedAt = session.ProvedAt.AddMinutes(-11);
            return await db.SaveChangesAsync();
        }, default);
        (await Enter(clinic, support)).Refuses(403, "proof.needed");
        using (var refused = await browser.Submit("/platform/support", $"/platform/support/{clinic.Id}", []))
            Assert.Contains("action=\"/account/prove\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var outside = await browser.Get($"/{clinic.Slug}/figures")) Assert.Equal(System.Net.HttpStatusCode.NotFound, outside.StatusCode);
        using (await browser.Submit("/platform/support", "/account/prove", new() { ["password"] = RunningSalus.Password, ["back"] = "/platform/support" })) { }
        using (var entered = await browser.Submit("/platform/support", $"/platform/support/{clinic.Id}", [])) Assert.Equal($"/{clinic.Slug}/", entered.Headers.Location?.OriginalString);
        (await support.Post("/api/v1/auth/prove", new { password = RunningSalus.Password })).Is(204);
        (await Enter(clinic, support)).Is(200);
    }

    [Fact]
    public async Task support_enters_only_where_it_was_let_in_and_acts_in_that_role()
    {
        var clinic = await server.NewClinic();
        var (account, support) = await Support(clinic);
        (await support.Get("patients")).Is(404);
        (await Enter(clinic, support)).Refuses(404, "not-found");
        (await LetIn(clinic, "clinic.receptionist")).Is(200);
        (await support.Get("patients")).Is(404); // let in, but not yet inside
        (await Enter(clinic, support)).Is(200);
        (await support.Post("patients", new { name = "Anna Rossi" })).Is(201);
        (await support.Get("staff")).Is(403);
        var row = Assert.Single(await clinic.Audit("patient.register"));
        Assert.Equal((account.Id, "clinic.receptionist", (Guid?)account.Id, "platform.support"), (row.ActorId!.Value, row.Role, row.ActualActorId, row.ActualRole));
        Assert.Single(await clinic.Audit("acting.support"), e => e.ActorId == account.Id);
        (await support.Delete("/api/v1/acting")).Is(204);
        (await support.Get("patients")).Is(404);
    }

    [Fact]
    public async Task support_is_out_with_the_next_request_when_the_access_is_taken_back()
    {
        var clinic = await server.NewClinic();
        var (_, support) = await Support(clinic);
        (await LetIn(clinic)).Is(200);
        (await Enter(clinic, support)).Is(200);
        (await support.Get("figures")).Is(200);
        (await LetIn(clinic, hours: 0)).Is(200);
        (await support.Get("figures")).Is(404);
        (await Enter(clinic, support)).Is(404);
    }

    [Fact]
    public async Task support_gives_nothing_that_would_outlast_its_visit()
    {
        var clinic = await server.NewClinic();
        var (_, support) = await Support(clinic);
        (await LetIn(clinic, "org.admin")).Is(200);
        (await Enter(clinic, support)).Is(200);
        (await support.Get("staff")).Is(200);
        (await support.Post("invitations", new { name = "N N", email = "n@example.org", roles = new[] { "clinic.receptionist" } })).Refuses(403, "role.not-yours");
        (await support.Put($"staff/{await clinic.MembershipOf("doctor")}", new { roles = new[] { "org.admin" } })).Refuses(403, "role.not-yours");
        (await support.Post("keys", new { name = "Stay", permissions = new[] { "patients.read" } })).Refuses(403, "role.not-yours");
        (await support.Post("roles", new { title = "Stay", permissions = new[] { "patients.read" } })).Refuses(403, "role.not-yours");
        (await support.Put("support-access", new { role = "org.admin", hours = 72 })).Refuses(403, "role.not-yours");
        (await support.Post("acting", new { role = "clinic.doctor" })).Is(403);
    }

    [Fact]
    public async Task an_owner_of_the_installation_has_no_other_way_in()
    {
        var clinic = await server.NewClinic();
        var owner = server.Salus.As(await server.Salus.Owner(), clinic.Slug);
        (await clinic.Admin.Put($"staff/{(await clinic.Admin.Get("staff"))["staff"].EnumerateArray().Single(s => s.Str("name") == "Paula Owner").Id("membershipId")}", new { roles = new[] { "org.admin" }, suspended = true })).Is(204);
        (await owner.Get("patients")).Is(404);
        (await Enter(clinic, owner)).Is(404);
        (await LetIn(clinic, "clinic.nurse")).Is(200);
        (await Enter(clinic, owner)).Is(200);
        (await owner.Get("patients")).Is(200);
        (await owner.Delete("/api/v1/acting")).Is(204);
    }

    [Fact]
    public async Task who_is_no_support_staff_enters_nothing_and_makes_nobody_support()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        (await LetIn(clinic)).Is(200);
        (await Enter(clinic, other.Admin)).Refuses(404, "not-found");
        (await other.Admin.Put("/api/v1/support-staff", new { email = other.Account("admin").Email })).Is(404);
        (await server.Salus.As(await server.Salus.Owner(), "none").Put("/api/v1/support-staff", new { email = "nobody-here@example.org" })).RefusesField("email");
        (await LetIn(clinic, "org.admin", 100)).RefusesField("hours");
        (await LetIn(clinic, "clinic.display")).RefusesField("roles");
        (await clinic.Doctor.Put("support-access", new { role = "clinic.doctor", hours = 1 })).Is(403);
    }

    [Fact]
    public async Task a_bar_on_every_page_says_it_and_stops_it_without_script()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        using (await browser.Submit($"/{clinic.Slug}/manage/roles", $"/{clinic.Slug}/manage/acting", new() { ["role"] = "clinic.doctor" })) { }
        foreach (var page in (string[])[$"/{clinic.Slug}/", $"/{clinic.Slug}/board", $"/{clinic.Slug}/patients", $"/{clinic.Slug}/manage/staff", "/account", "/help"])
        {
            using var shown = await browser.Get(page);
            Assert.Contains("acting-bar", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using (await browser.Submit($"/{clinic.Slug}/", "/account/acting/stop", [])) { }
        using var after = await browser.Get($"/{clinic.Slug}/manage/staff");
        Assert.DoesNotContain("acting-bar", await after.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
