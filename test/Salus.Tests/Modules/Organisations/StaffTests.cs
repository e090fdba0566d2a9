using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Organisations;

namespace Salus.Tests.Organisations;

/// <summary>InviteStaff, AcceptInvitation, ChangeMember, StaffList, AddDevice and RevokeDevice.</summary>
public sealed partial class StaffTests(SalusServer server)
{
    [GeneratedRegex("/invitations/([0-9a-z]{26})")]
    private static partial Regex Link();

    private static async Task<string> Invite(Clinic clinic, string email, string role = "clinic.doctor")
    {
        (await clinic.Admin.Post("invitations", new { name = "Nora Neri", email, roles = new[] { role } })).Is(201);
        var secret = "";
        await Wait.Until(async () =>
        {
            await clinic.Salus.RunJobs();
            foreach (var file in Directory.Exists(clinic.Salus.Settings.MailboxFolder) ? Directory.GetFiles(clinic.Salus.Settings.MailboxFolder, "*.json") : [])
            {
                var mail = JsonSerializer.Deserialize<Mail>(await ReadWhole(file));
                if (mail?.To == email) secret = Link().Match(mail.Text).Groups[1].Value;
            }
            return secret.Length > 0;
        });
        return secret;
    }

    private static async Task<string> ReadWhole(string file)
    {
        var text = await File.ReadAllTextAsync(file);
        return text.EndsWith('}') ? text : "null"; // it is being written just now
    }

    private static async Task<AcceptInvitation.Accepted> Accept(RunningSalus salus, string secret, string password = "Blue-Harbour-77!")
    {
        await using var scope = salus.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AcceptInvitation>().Run(new() { Secret = secret, Password = password }, default);
    }

    [Fact]
    public async Task an_invited_person_accepts_and_can_sign_in()
    {
        var clinic = await server.NewClinic();
        var email = $"nora.{clinic.Slug}@example.org";
        var accepted = await Accept(server.Salus, await Invite(clinic, email));
        Assert.Equal(clinic.Slug, accepted.Slug);
        var token = (await clinic.Anonymous.Post("/api/v1/auth/token", new { email, password = "Blue-Harbour-77!" })).Is(200)["accessToken"].GetString();
        (await new Caller(clinic.Salus.Http, token, clinic.Slug).Get("figures")).Is(200);
        Assert.Equal(accepted.AccountId, Assert.Single(await AllAudit("staff.accept-invitation", accepted.AccountId)).SubjectId);
    }

    private async Task<List<Kernel.Audit.AuditEvent>> AllAudit(string action, Guid subject)
    {
        await using var db = server.Salus.Database.Open();
        return [.. db.Set<Kernel.Audit.AuditEvent>().Where(e => e.Action == action && e.SubjectId == subject)];
    }

    [Fact]
    public async Task an_invitation_adds_to_the_roles_of_who_works_here_already_and_stands_in_the_clinics_log()
    {
        var clinic = await server.NewClinic();
        await Accept(server.Salus, await Invite(clinic, clinic.Account("admin").Email!, "clinic.nurse"), RunningSalus.Password);
        Assert.Equal("org.admin clinic.nurse", (await clinic.Admin.Get("staff"))["staff"].EnumerateArray().Single(s => s.Id("accountId") == clinic.Account("admin").Id).GetProperty("roles").EnumerateArray().Select(r => r.GetString()).Aggregate((a, b) => $"{a} {b}"));
        Assert.Equal("clinic.nurse", Assert.Single(await clinic.Audit("staff.accept-invitation")).Detail);
    }

    [Fact]
    public async Task AU_07_a_change_of_a_members_standing_is_logged_with_what_was_before_and_after_and_who_did_it()
    {
        var clinic = await server.NewClinic();
        var nurse = await clinic.MembershipOf("nurse");
        (await clinic.Admin.Put($"staff/{nurse}", new { roles = new[] { "clinic.nurse", "clinic.lab" }, suspended = true })).Is(204);
        var row = Assert.Single(await clinic.Audit("staff.change", nurse), a => a.Result == "ok");
        Assert.Equal(("clinic.nurse Active > clinic.nurse clinic.lab Suspended", (Guid?)clinic.Account("admin").Id), (row.Detail, row.ActorId));
    }

    [Fact]
    public async Task a_link_works_once_even_for_eight_at_once()
    {
        var clinic = await server.NewClinic();
        var secret = await Invite(clinic, $"nora.{clinic.Slug}@example.org");
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try { await Accept(server.Salus, secret); return 0; }
            catch (Refusal refusal) { return refusal.Status; }
        }));
        Assert.Single(results, r => r == 0);
        Assert.All(results.Where(r => r != 0), r => Assert.True(r is 409 or 422, $"{r}"));
        Assert.Equal("invitation.gone", (await Assert.ThrowsAsync<Refusal>(() => Accept(server.Salus, secret))).Code);
    }

    [Fact]
    public async Task a_link_ends_after_three_days()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var secret = await Invite(clinic, "nora@example.org");
        await own.Restart(s => s with { Clock = "+73h" });
        Assert.Equal("invitation.gone", (await Assert.ThrowsAsync<Refusal>(() => Accept(own.Salus, secret))).Code);
    }

    [Fact]
    public async Task a_new_invitation_to_the_same_address_replaces_the_old_one()
    {
        var clinic = await server.NewClinic();
        var email = $"nora.{clinic.Slug}@example.org";
        var old = await Invite(clinic, email);
        (await clinic.Admin.Post("invitations", new { name = "Nora Neri", email, roles = new[] { "clinic.doctor" } })).Is(201);
        Assert.Equal("invitation.gone", (await Assert.ThrowsAsync<Refusal>(() => Accept(server.Salus, old))).Code);
    }

    [Fact]
    public async Task an_unknown_link_and_a_weak_password_are_refused()
    {
        var clinic = await server.NewClinic();
        Assert.Equal(404, (await Assert.ThrowsAsync<Refusal>(() => Accept(server.Salus, new string('0', 26)))).Status);
        var secret = await Invite(clinic, $"nora.{clinic.Slug}@example.org");
        foreach (var weak in (string[])["short", "alllowercase-123", "NODIGITS-NODIGITS-x", "Nora-Neri-2026-x", "Password123456"])
            Assert.Contains("password", (await Assert.ThrowsAsync<Refusal>(() => Accept(server.Salus, secret, weak))).Errors.Keys);
    }

    [Theory, InlineData("receptionist"), InlineData("doctor"), InlineData("display")]
    public async Task nobody_below_an_administrator_invites_changes_or_lists(string persona)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Post("invitations", new { name = "N N", email = "n@example.org", roles = new[] { "org.admin" } })).Is(403);
        (await clinic.As(persona).Put($"staff/{Guid.NewGuid()}", new { roles = new[] { "org.admin" } })).Is(403);
        (await clinic.As(persona).Get("staff")).Is(403);
        (await clinic.As(persona).Post("devices", new { name = "Hall" })).Is(403);
    }

    [Theory, InlineData("clinic.display"), InlineData("platform.owner"), InlineData("")]
    public async Task a_role_that_is_not_for_people_is_refused(string role)
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("invitations", new { name = "N N", email = "n@example.org", roles = new[] { role } })).RefusesField("roles");
    }

    [Theory, InlineData("nobody"), InlineData("a@b@c"), InlineData("a b@c.org"), InlineData("@c.org"), InlineData("")]
    public async Task what_is_no_address_is_refused(string email)
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Post("invitations", new { name = "N N", email, roles = new[] { "clinic.doctor" } })).RefusesField("email");
    }

    private static async Task<Guid> MembershipOf(Clinic clinic, string name) =>
        (await clinic.Admin.Get("staff")).Is(200)["staff"].EnumerateArray().First(s => s.Id("accountId") == clinic.Account(name).Id).Id("membershipId");

    [Fact]
    public async Task a_suspended_member_loses_everything_with_the_next_request()
    {
        var clinic = await server.NewClinic();
        var doctor = clinic.Doctor;
        (await doctor.Get("patients")).Is(200);
        var membership = await MembershipOf(clinic, "doctor");
        (await clinic.Admin.Put($"staff/{membership}", new { roles = new[] { "clinic.doctor" }, suspended = true })).Is(204);
        (await doctor.Get("patients")).Refuses(404, "not-found");
        Assert.Empty((await doctor.Get("/api/auth/me")).Is(200)["organisations"].EnumerateArray());
        (await clinic.Admin.Put($"staff/{membership}", new { roles = new[] { "clinic.doctor" } })).Is(204);
        (await doctor.Get("patients")).Is(200);
    }

    [Fact]
    public async Task a_suspension_on_one_node_is_soon_known_on_the_other()
    {
        await using var database = await TestDatabase.Make();
        await using var one = await RunningSalus.Start(database);
        await using var two = await RunningSalus.Start(database);
        var clinic = await Clinic.Make(one);
        var elsewhere = two.As(clinic.Account("doctor"), clinic.Slug);
        (await elsewhere.Get("patients")).Is(200);
        (await clinic.Admin.Put($"staff/{await MembershipOf(clinic, "doctor")}", new { roles = new[] { "clinic.doctor" }, suspended = true })).Is(204);
        await Wait.Until(async () => (await elsewhere.Get("patients")).Status == 404);
    }

    [Fact]
    public async Task a_changed_role_counts_with_the_next_request()
    {
        var clinic = await server.NewClinic();
        var doctor = clinic.Doctor;
        (await clinic.Admin.Put($"staff/{await MembershipOf(clinic, "doctor")}", new { roles = new[] { "clinic.receptionist" } })).Is(204);
        (await doctor.Get("figures")).Is(403);
    }

    [Fact]
    public async Task the_last_administrator_stays_even_when_two_remove_each_other_at_once()
    {
        var clinic = await server.NewClinic();
        var staff = (await clinic.Admin.Get("staff"))["staff"].EnumerateArray().Where(s => s.GetProperty("roles")[0].GetString() == "org.admin").Select(s => s.Id("membershipId")).ToList();
        Assert.Equal(2, staff.Count); // the owner who opened the clinic, and its administrator
        var (one, two) = (clinic.Admin, server.Salus.As(await server.Salus.Owner(), clinic.Slug));
        var own = await MembershipOf(clinic, "admin");
        var answers = await Task.WhenAll(one.Put($"staff/{staff.Single(s => s != own)}", new { roles = new[] { "clinic.doctor" } }), two.Put($"staff/{own}", new { roles = new[] { "clinic.doctor" } }));
        Assert.Single(answers, a => a.Status == 204);
        await using var db = clinic.Open();
        Assert.Single(db.Set<Salus.Modules.Organisations.Contract.Membership>().Where(m => m.OrganisationId == clinic.Id && m.Roles == "org.admin").ToList());
    }

    [Fact]
    public async Task a_revoked_screen_goes_dark_at_once()
    {
        var clinic = await server.NewClinic();
        var screen = clinic.Display;
        (await screen.Get("board")).Is(200);
        (await clinic.Admin.Delete($"devices/{(await clinic.Admin.Get("staff"))["devices"][0].Id()}")).Is(204);
        (await screen.Get("board")).Refuses(401, "sign-in");
        Assert.Single(await clinic.Audit("device.revoke"));
    }
}
