using System.Net;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Accounts;

/// <summary>What must not be done at an unattended screen, and ways around the second factor that are closed.</summary>
public sealed class ProofTests(SalusServer server)
{
    [Fact]
    public async Task giving_roles_making_keys_and_exporting_ask_who_it_is_after_ten_minutes()
    {
        var clinic = await server.NewClinic();
        Guid member;
        await using (var db = clinic.Open()) member = (await db.Memberships.SingleAsync(m => m.AccountId == clinic.Account("doctor").Id)).Id;
        var settings = (await clinic.Admin.Get("")).Is(200);
        (string Name, Func<Task<Answer>> Act)[] acts =
        [
            ("change member", () => clinic.Admin.Put($"staff/{member}", new { roles = new[] { "clinic.receptionist" } })),
            ("invite", () => clinic.Admin.Post("invitations", new { name = "New", email = $"new.{clinic.Slug}@example.org", roles = new[] { "clinic.doctor" } })),
            ("device", () => clinic.Admin.Post("devices", new { name = "Screen" })),
            ("own role", () => clinic.Admin.Post("roles", new { title = "Helper", permissions = new[] { "organisation.enter" } })),
            ("key", () => clinic.Admin.Post("keys", new { name = "Till", permissions = new[] { "organisation.enter" }, days = 30 })),
            ("demand", () => clinic.Admin.Put("", new { name = settings["name"], timeZone = "Europe/Rome", language = "en", callingCode = "39", numberPattern = "xx-xx-xxx", secondFactorRoles = new[] { "clinic.doctor" } })),
            ("export", () => clinic.Admin.Get("audit/export?days=1")),
        ];
        await clinic.Age("admin");
        foreach (var (name, act) in acts)
        {
            var answer = await act();
            Assert.True(answer.Status == 403 && answer.Code == "proof.needed", $"{name}: {answer.Status} {answer.Text}");
        }
        (await clinic.Admin.Get("staff")).Is(200);
        (await clinic.Admin.Post("/api/v1/auth/prove", new { password = RunningSalus.Password })).Is(204);
        foreach (var (name, act) in acts)
        {
            var answer = await act();
            Assert.True(answer.Status is >= 200 and < 300, $"{name}: {answer.Status} {answer.Text}");
        }
    }

    private static async Task<string> Invite(Clinic clinic, string email)
    {
        var secret = Text.Secret();
        await clinic.Salus.Database.Write(clinic.Id, db =>
        {
            db.Add(new Invitation { OrganisationId = clinic.Id, Email = email, Name = "Guest", Roles = Role.Receptionist, SecretHash = Text.Hash(secret), CreatedAt = DateTime.UtcNow, ExpiresAt = DateTime.UtcNow.AddDays(1) });
            return db.SaveChangesAsync();
        }, default);
        return secret;
    }

    [Fact]
    public async Task an_invitation_is_no_way_around_the_second_factor()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var account = other.Account("doctor");
        await other.Salus.Database.Write(null, async db => { (await db.Accounts.SingleAsync(a => a.Id == account.Id)).TwoFactorEnabled = true; return await db.SaveChangesAsync(); }, default);
        var secret = await Invite(clinic, account.Email!);
        using var browser = new Browser(clinic.Salus);
        using var accepted = await browser.Submit($"/invitations/{secret}", $"/invitations/{secret}", new() { ["password"] = RunningSalus.Password });
        Assert.StartsWith("/account/sign-in", accepted.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var inside = await browser.Get($"/{clinic.Slug}/desk")) Assert.Equal(HttpStatusCode.Redirect, inside.StatusCode);
        await using var db = clinic.Open();
        Assert.True(await db.Memberships.AnyAsync(m => m.AccountId == account.Id));
    }

    [Fact]
    public async Task the_link_of_an_invitation_is_no_place_to_guess_a_password()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var secret = await Invite(clinic, other.Account("doctor").Email!);
        using var browser = new Browser(clinic.Salus);
        Task<HttpResponseMessage> Try(string password) => browser.Submit($"/invitations/{secret}", $"/invitations/{secret}", new() { ["password"] = password });
        for (var i = 0; i < 5; i++)
            using (var wrong = await Try("Wrong-Password-1")) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var right = await Try(RunningSalus.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
    }

    [Fact]
    public async Task AU_12_the_fifth_wrong_password_leaves_a_row_that_the_account_is_locked()
    {
        var clinic = await server.NewClinic();
        var doctor = clinic.Account("doctor");
        for (var i = 0; i < 5; i++) await clinic.Anonymous.Post("/api/v1/auth/token", new { email = doctor.Email, password = "Wrong-Password-1" });
        await using var db = clinic.Open();
        Assert.Equal("ok", Assert.Single(await db.Set<AuditEvent>().Where(e => e.Action == SignIn.LockAction && e.SubjectId == doctor.Id).ToListAsync()).Result);
    }

    [Fact]
    public async Task a_lock_that_a_clock_ahead_of_time_has_set_shuts_nobody_out_for_years()
    {
        await using var own = await OwnServer.Start(s => s with { Clock = "+9000h" });
        var clinic = await Clinic.Make(own.Salus);
        var doctor = new { email = clinic.Account("doctor").Email, password = RunningSalus.Password };
        for (var i = 0; i < 5; i++) await clinic.Anonymous.Post("/api/v1/auth/token", new { doctor.email, password = "Wrong-Password-1" });
        (await clinic.Anonymous.Post("/api/v1/auth/token", doctor)).Refuses(429, "sign-in.locked");
        await own.Restart(s => s with { Clock = "" });
        (await clinic.On(own.Salus).Anonymous.Post("/api/v1/auth/token", doctor)).Is(200);
    }
}
