using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Audit;
using Salus.Modules.Operations.Security;

namespace Salus.Tests.Operations;

/// <summary>SecurityReview and PlatformSecurity: what of the log concerns security, and who may see it.</summary>
public sealed class SecurityEventTests(SalusServer server)
{
    private static string[] Events(Answer page) => [.. page.Is(200).Items.Select(e => e.Str("event"))];

    private static Task<Answer> TrySignIn(Clinic clinic, string who, string password) => clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account(who).Email, password });

    [Fact]
    public async Task AU_12_an_administrator_sees_what_happened_in_the_organisation_and_to_its_members_and_nothing_of_another()
    {
        await using var own = await OwnServer.Start();
        var (clinic, other) = (await Clinic.Make(own.Salus), await Clinic.Make(own.Salus));
        var before = Events(await other.Admin.Get("security-events"));
        for (var i = 0; i < 6; i++) await TrySignIn(clinic, "doctor", "Wrong-Password-1");
        var member = (await clinic.Admin.Get("staff"))["staff"].EnumerateArray().First(s => s.Id("accountId") == clinic.Account("receptionist").Id).Id("membershipId");
        (await clinic.Admin.Put($"staff/{member}", new { roles = new[] { "org.admin" } })).Is(204);
        (await clinic.Admin.Get("audit/export?days=1")).Is(200);
        await clinic.Register(); // no security event
        Assert.Equal(["audit.export", "staff.change", "sign-in.locked", "sign-in.failed", "account.lock", "sign-in.failed", "sign-in.failed", "sign-in.failed", "sign-in.failed", "account.create-owner"], Events(await clinic.Admin.Get("security-events")));
        Assert.Equal(before, Events(await other.Admin.Get("security-events")));
        var failed = (await clinic.Admin.Get("security-events")).Items.Last(e => e.Str("event") == "sign-in.failed");
        Assert.Equal(("note", "127.0.0.1", clinic.Account("doctor").Id), (failed.Str("weight"), failed.Str("ip"), failed.Id("actorId")));
        (await clinic.Doctor.Get("security-events")).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task AU_12_what_a_member_does_to_strangers_outside_every_organisation_is_shown_to_the_strangers_organisation_only()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic()); // the owner of the installation is a member of both
        var (stranger, owner) = (other.Account("doctor"), server.Salus.As(await server.Salus.Owner(), "none"));
        (await owner.Put("/api/v1/support-staff", new { email = stranger.Email })).Is(204);
        using var browser = new Browser(server.Salus);
        using (await browser.TrySignIn((await server.Salus.Owner()).Email!, RunningSalus.Password)) { }
        using (await browser.Submit("/platform/accounts", $"/platform/accounts/{stranger.Id}", new() { ["active"] = "false" })) { }
        await using var db = server.Salus.Database.Open();
        Assert.Equal(2, await db.Set<AuditEvent>().CountAsync(e => e.SubjectId == stranger.Id && e.Result == "ok" && (e.Action == "platform.support-staff" || e.Action == "account.set-active")));
        foreach (var shown in (await clinic.Admin.Get("security-events?limit=100")).Is(200).Items) Assert.False(shown.ToString().Contains(stranger.Id.ToString(), StringComparison.Ordinal), shown.ToString());
        Assert.Equal(["account.set-active", "platform.support-staff"], (await other.Admin.Get("security-events?limit=100")).Is(200).Items.Where(e => e.GetProperty("subjectId").ToString() == stranger.Id.ToString()).Select(e => e.Str("event")));
    }

    [Fact]
    public async Task AU_12_a_session_of_a_member_that_was_stolen_is_shown_to_the_members_organisation()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var token = (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password = RunningSalus.Password })).Is(200)["refreshToken"].GetString();
        for (var i = 0; i < 2; i++) await clinic.Anonymous.Post("/api/v1/auth/refresh", new { refreshToken = token });
        Assert.Contains("refresh.reused", Events(await clinic.Admin.Get("security-events")));
        Assert.DoesNotContain("refresh.reused", Events(await other.Admin.Get("security-events")));
    }

    [Fact]
    public async Task the_owner_of_the_installation_sees_all_of_it_also_what_belongs_to_nobody()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await clinic.Anonymous.Post("/api/v1/auth/token", new { email = "nobody@example.org", password = "Wrong-Password-1" });
        (await new Caller(own.Salus.Http, "nonsense", clinic.Slug).Get("patients")).Is(401);
        (await clinic.Admin.Get("audit/export?days=1")).Is(200);
        var owner = own.Salus.As(await own.Salus.Owner(), clinic.Slug);
        var all = await owner.Get("/api/v1/security-events");
        Assert.Equal(["audit.export", "token.invalid", "sign-in.failed", "account.create-owner"], Events(all));
        Assert.Equal(clinic.Id, all.Items[0].Id("organisationId"));
        (await clinic.Admin.Get("/api/v1/security-events")).Refuses(404, "not-found");
        (await clinic.Anonymous.Get("/api/v1/security-events")).Refuses(401, "sign-in");
    }

    [Fact]
    public async Task a_long_list_is_read_page_by_page_and_none_is_missing()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 5; i++) await TrySignIn(clinic, "doctor", "Wrong-Password-1");
        var (read, after) = (new List<long>(), "");
        do
        {
            var page = (await clinic.Admin.Get($"security-events?limit=2{after}")).Is(200);
            read.AddRange(page.Items.Select(e => e.GetProperty("seq").GetInt64()));
            after = page.Next is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);
        Assert.True(read.Count == 7, string.Join(' ', Events(await clinic.Admin.Get("security-events")))); // and the lock, and that its owner's account was made
        Assert.Equal(read.Distinct().OrderDescending(), read);
        (await clinic.Admin.Get("security-events?limit=0")).RefusesField("limit");
    }

    [Fact]
    public async Task the_pages_show_them_in_words_to_those_who_may_see_them()
    {
        var clinic = await server.NewClinic();
        await TrySignIn(clinic, "doctor", "Wrong-Password-1");
        using var browser = new Browser(server.Salus);
        await browser.SignIn(clinic, "admin");
        using (var page = await browser.Get($"/{clinic.Slug}/security")) Assert.Contains("a sign-in failed", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var hidden = await browser.Get("/platform/security")) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        using var owner = new Browser(server.Salus);
        using (await owner.TrySignIn((await server.Salus.Owner()).Email!, RunningSalus.Password)) { }
        using var all = await owner.Get("/platform/security");
        Assert.Contains("a sign-in failed", await all.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void every_act_of_the_table_is_one_that_the_program_knows()
    {
        var known = server.Salus.Services.GetRequiredService<Kernel.Modules>().AuditActions;
        Assert.Empty(SecurityEvents.All.Where(e => e.IsAct).Select(e => e.Key).Except(known.Keys));
        Assert.Equal(SecurityEvents.All.Count, SecurityEvents.All.Select(e => e.Key).Distinct().Count());
    }

    [Fact]
    public async Task the_condition_for_the_database_and_the_table_say_the_same()
    {
        await using var own = await OwnServer.Start();
        var rows = SecurityEvents.All.SelectMany(e => (string[])["ok", "forbidden", e.Key]).Distinct()
            .SelectMany(result => SecurityEvents.All.Select(e => e.IsAct ? e.Key : "patient.read").Distinct().Select(action => new AuditEvent { At = own.Salus.Now, Action = action, Result = result })).ToArray();
        await own.Salus.Services.GetRequiredService<AuditLog>().Write(rows);
        await using var db = own.Salus.Database.Open();
        var all = await db.Set<AuditEvent>().AsNoTracking().ToListAsync();
        var found = await db.Set<AuditEvent>().AsNoTracking().Where(SecurityEvents.IsOne).Select(e => e.Seq).ToListAsync();
        Assert.Equal(all.Where(e => SecurityEvents.Of(e) is not null).Select(e => e.Seq).Order(), found.Order());
        Assert.Contains(all, e => SecurityEvents.Of(e) is null);
    }
}
