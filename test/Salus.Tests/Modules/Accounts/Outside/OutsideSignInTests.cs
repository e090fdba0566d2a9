using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Outside;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Accounts.Outside;

/// <summary>RegisterOutside, LinkOutside, UnlinkOutside and OwnOutside: what becomes of people who come back from the provider.</summary>
public sealed partial class OutsideSignInTests(FakedSalus faked) : IClassFixture<FakedSalus>
{
    private RunningSalus Salus => faked.Salus;

    private static string Sub() => "sub-" + Guid.NewGuid().ToString("N");

    private static (string, object)[] Mail(string email, bool verified, params (string, object)[] more) => [("email", email), ("email_verified", verified), .. more];

    private async Task<Account?> Find(string email)
    {
        await using var db = Salus.Database.Open();
        return await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Email == email);
    }

    private async Task<List<OutsideIdentity>> IdentitiesOf(Guid account)
    {
        await using var db = Salus.Database.Open();
        return await db.Set<OutsideIdentity>().AsNoTracking().Where(i => i.AccountId == account).ToListAsync();
    }

    private static async Task<string> Says(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        return text;
    }

    private static async Task<bool> IsIn(Browser browser)
    {
        using var answer = await browser.Get("/account");
        return answer.StatusCode == HttpStatusCode.OK;
    }

    [Fact]
    public async Task who_sets_out_changes_nothing_for_those_who_set_out_at_the_same_time()
    {
        Microsoft.AspNetCore.Authentication.OAuth.OAuthOptions Shared() => Salus.Services.GetRequiredService<IOptionsMonitor<Microsoft.AspNetCore.Authentication.OAuth.OAuthOptions>>().Get(OutsideHandler.SchemeName);
        using var browser = new Browser(Salus);
        using var setOut = await browser.Get("/account/outside");
        Assert.StartsWith(faked.Provider.Issuer + "/auth?", setOut.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("https://provider.invalid/", Shared().AuthorizationEndpoint);
    }

    [Fact]
    public async Task somebody_new_gets_an_account_without_password_and_role_whatever_the_provider_says_of_roles()
    {
        var clinic = await Clinic.Make(Salus);
        using var browser = new Browser(Salus);
        var (sub, email) = (Sub(), Sub() + "@example.org");
        using var answer = await faked.Arrive(browser, sub, Mail(email, true, ("roles", new[] { "clinic.admin", "owner" }), ("groups", new[] { clinic.Slug }), ("role", "admin"), ("isPlatformOwner", true)));
        await Says(answer, HttpStatusCode.Redirect);
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
        var account = (await Find(email))!;
        Assert.Equal((null, "Nina Nuova", true, false, false), (account.PasswordHash, account.Name, account.EmailConfirmed, account.IsPlatformOwner, account.IsPlatformSupport));
        await using (var db = clinic.Open()) Assert.False(await db.Set<Membership>().AnyAsync(m => m.AccountId == account.Id));
        using (var desk = await browser.Get($"/{clinic.Slug}/queue")) Assert.Equal(HttpStatusCode.NotFound, desk.StatusCode);
        (await Salus.Anonymous().Post("/api/v1/auth/token", new { email, password = RunningSalus.Password })).Refuses(401, "sign-in.failed");
        using var second = new Browser(Salus);
        using var again = await faked.Arrive(second, sub, Mail("changed@example.org", true));
        await Says(again, HttpStatusCode.Redirect);
        Assert.True(await IsIn(second));
        Assert.Single(await IdentitiesOf(account.Id));
        Assert.Null(await Find("changed@example.org"));
    }

    [Fact]
    public async Task an_account_with_the_same_verified_address_is_linked_only_after_its_owner_signed_in_to_it()
    {
        var clinic = await Clinic.Make(Salus);
        using var browser = new Browser(Salus);
        var (sub, doctor) = (Sub(), clinic.Account("doctor"));
        using (var answer = await faked.Arrive(browser, sub, Mail(doctor.Email!, true))) Assert.Contains("You have an account already", await Says(answer, HttpStatusCode.OK), StringComparison.Ordinal);
        Assert.False(await IsIn(browser));
        Assert.Empty(await IdentitiesOf(doctor.Id));
        using (var stranger = await browser.Post("/account/outside/link", [])) Assert.Equal("/account/sign-in", stranger.Headers.Location!.OriginalString);
        Assert.Equal("/account/outside/done", (await browser.SignIn(clinic, "doctor", "/account/outside/done")).OriginalString);
        using (var ask = await browser.Get("/account/outside/done")) Assert.Contains("Link Clinic Login to your account?", await Says(ask, HttpStatusCode.OK), StringComparison.Ordinal);
        Assert.Empty(await IdentitiesOf(doctor.Id));
        using (var linked = await browser.Submit("/account/outside/done", "/account/outside/link", [])) Assert.Equal("/account?saved=true", linked.Headers.Location!.OriginalString);
        Assert.Equal(sub, Assert.Single(await IdentitiesOf(doctor.Id)).Subject);
        using var other = new Browser(Salus);
        using (var after = await faked.Arrive(other, sub, Mail(doctor.Email!, true))) await Says(after, HttpStatusCode.Redirect);
        Assert.True(await IsIn(other));
        using (var page = await other.Get("/account")) Assert.Contains("Other ways to sign in", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(await Salus.Mailbox(doctor.Email!), m => m.Text.Contains("Clinic Login can be used to sign in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_address_that_the_provider_does_not_call_verified_opens_no_account_of_another()
    {
        var clinic = await Clinic.Make(Salus);
        foreach (var unverified in ((string, object)[][])[[("email_verified", false)], [("email_verified", "no")], []])
        {
            using var browser = new Browser(Salus);
            using var answer = await faked.Arrive(browser, Sub(), [("email", clinic.Account("doctor").Email!), .. unverified]);
            await Says(answer, HttpStatusCode.Conflict);
            Assert.False(await IsIn(browser));
        }
        Assert.Empty(await IdentitiesOf(clinic.Account("doctor").Id));
        await using var db = Salus.Database.Open();
        Assert.True(await db.Set<AuditEvent>().AnyAsync(e => e.Action == "account.sign-in" && e.Result == "account.exists"));
    }

    [Fact]
    public async Task a_new_address_that_is_not_verified_is_shown_to_be_the_own_first_and_a_password_set_by_mail_throws_out_who_claimed_it()
    {
        using var browser = new Browser(Salus);
        var (sub, email) = (Sub(), Sub() + "@example.org");
        for (var i = 0; i < 2; i++) using (var answer = await faked.Arrive(browser, sub, Mail(email, false))) await Says(answer, HttpStatusCode.Forbidden);
        var link = Secret().Match(Assert.Single(await Salus.Mailbox(email)).Text).Groups[1].Value;
        (await Salus.Anonymous().Post("/api/v1/auth/verify-contact", new { token = link })).Is(204);
        using (var after = await faked.Arrive(browser, sub, Mail(email, false))) await Says(after, HttpStatusCode.Redirect);
        var (thief, victim) = (Sub(), Sub() + "@example.org");
        using (var claimed = await faked.Arrive(browser, thief, Mail(victim, false)))
            Assert.Contains("Link", await Says(claimed, HttpStatusCode.OK), StringComparison.Ordinal); // signed in still: the other account is asked about, none is made
        using var another = new Browser(Salus);
        using (var claimed = await faked.Arrive(another, thief, Mail(victim, false))) await Says(claimed, HttpStatusCode.Forbidden);
        (await Salus.Anonymous().Post("/api/v1/auth/password-reset", new { email = victim })).Is(202);
        var reset = Reset().Match((await Salus.Mailbox(victim, 2))[^1].Text).Groups[1].Value;
        (await Salus.Anonymous().Post("/api/v1/auth/password-reset/confirm", new { token = reset, password = "Lemon-Window-4711" })).Is(204);
        using (var late = await faked.Arrive(another, thief, Mail(victim, false))) await Says(late, HttpStatusCode.Conflict);
        Assert.False(await IsIn(another));
    }

    [Fact]
    public async Task a_second_factor_of_ours_is_asked_for_whatever_the_provider_says_unless_the_settings_trust_it()
    {
        var clinic = await Clinic.Make(Salus);
        var (sub, doctor) = (Sub(), clinic.Account("doctor"));
        await Link(doctor.Id, sub);
        var phone = await SecondFactorTests.Phone.Of(clinic, "doctor");
        using var browser = new Browser(Salus);
        using (var answer = await faked.Arrive(browser, sub, ("amr", new[] { "pwd", "mfa" })))
        {
            await Says(answer, HttpStatusCode.Redirect);
            Assert.Equal("/account/sign-in/code", answer.Headers.Location!.OriginalString);
        }
        Assert.False(await IsIn(browser));
        using (var code = await browser.Submit("/account/sign-in/code", "/account/sign-in/code", new() { ["code"] = phone.Code() })) await Says(code, HttpStatusCode.Redirect);
        Assert.True(await IsIn(browser));
    }

    [Theory, InlineData("+50255123456"), InlineData("no address"), InlineData("")]
    public async Task what_is_no_e_mail_address_becomes_no_account(string email)
    {
        using var browser = new Browser(Salus);
        var sub = Sub();
        using var answer = await faked.Arrive(browser, sub, Mail(email, true));
        await Says(answer, email.Length == 0 ? HttpStatusCode.Forbidden : HttpStatusCode.UnprocessableEntity);
        await using var db = Salus.Database.Open();
        Assert.False(await db.Set<OutsideIdentity>().AnyAsync(i => i.Subject == sub));
    }

    [Fact]
    public async Task a_closed_account_stays_closed_and_a_locked_one_is_not_locked_for_the_provider()
    {
        var clinic = await Clinic.Make(Salus);
        var (locked, closed) = (Sub(), Sub());
        await Link(clinic.Account("doctor").Id, locked);
        await Link(clinic.Account("receptionist").Id, closed);
        await Salus.Database.Write(null, db => db.Accounts.Where(a => a.Id == clinic.Account("receptionist").Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.DeactivatedAt, DateTime.UtcNow)), default);
        for (var i = 0; i < 5; i++) (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password = "Wrong-Password-1" })).Refuses(401, "sign-in.failed");
        using var browser = new Browser(Salus);
        using (var answer = await faked.Arrive(browser, closed)) Assert.Contains("This account was closed", await Says(answer, HttpStatusCode.Forbidden), StringComparison.Ordinal);
        using var other = new Browser(Salus);
        using (var answer = await faked.Arrive(other, locked)) await Says(answer, HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task it_is_removed_again_with_a_proof_but_not_the_last_way_in_and_not_somebody_elses()
    {
        using var browser = new Browser(Salus);
        var (sub, email, clinic) = (Sub(), Sub() + "@example.org", await Clinic.Make(Salus));
        using (var answer = await faked.Arrive(browser, sub, Mail(email, true))) await Says(answer, HttpStatusCode.Redirect);
        var account = (await Find(email))!;
        var identity = Assert.Single(await IdentitiesOf(account.Id));
        using (var last = await browser.Submit("/account", $"/account/outside/{identity.Id}/remove", [])) Assert.Contains("only way into your account", await Says(last, HttpStatusCode.Conflict), StringComparison.Ordinal);
        using var stranger = new Browser(Salus);
        await stranger.SignIn(clinic, "doctor");
        using (var foreign = await stranger.Submit("/account", $"/account/outside/{identity.Id}/remove", [])) await Says(foreign, HttpStatusCode.NotFound);
        await Link(account.Id, Sub());
        using (var removed = await browser.Submit("/account", $"/account/outside/{identity.Id}/remove", [])) await Says(removed, HttpStatusCode.Redirect);
        Assert.NotEqual(identity.Id, Assert.Single(await IdentitiesOf(account.Id)).Id);
    }

    [Fact]
    public async Task only_a_sign_in_whose_time_the_provider_tells_counts_as_a_proof()
    {
        using var browser = new Browser(Salus);
        var (sub, email, hourAgo) = (Sub(), Sub() + "@example.org", DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds());
        using (var answer = await faked.Arrive(browser, sub, Mail(email, true, ("auth_time", hourAgo)))) await Says(answer, HttpStatusCode.Redirect);
        using (var link = await browser.Get("/account/outside?link=true")) Assert.Contains("Show it with Clinic Login", await Says(link, HttpStatusCode.Forbidden), StringComparison.Ordinal);
        using (var prove = await browser.Get("/account/outside?prove=true")) Assert.Contains("prompt=login", prove.Headers.Location!.Query, StringComparison.Ordinal);
        using (var answer = await faked.Arrive(browser, sub, Mail(email, true))) await Says(answer, HttpStatusCode.Redirect);
        using (var link = await browser.Get("/account/outside?link=true")) await Says(link, HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task what_belongs_to_one_account_is_not_linked_to_another()
    {
        var clinic = await Clinic.Make(Salus);
        var sub = Sub();
        await Link(clinic.Account("doctor").Id, sub);
        using var browser = new Browser(Salus);
        await browser.SignIn(clinic, "receptionist");
        using (var answer = await faked.ArriveAt(browser, "/account/outside?link=true", nonce => FakeProvider.Sign(FakeProvider.Claims(faked.Provider.Issuer, nonce, sub), faked.Provider.Key))) await Says(answer, HttpStatusCode.OK);
        using (var taken = await browser.Submit("/account/outside/done", "/account/outside/link", [])) Assert.Contains("linked to another account", await Says(taken, HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Empty(await IdentitiesOf(clinic.Account("receptionist").Id));
    }

    [Fact]
    public async Task where_registration_is_closed_or_no_provider_is_set_nothing_is_made_and_more_than_one_factor_counts_where_it_is_trusted()
    {
        await using var own = await OwnServer.Start(s => s with { Registration = false, OidcIssuer = faked.Provider.Issuer, OidcClient = "salus", OidcTrustsMfa = true });
        var clinic = await Clinic.Make(own.Salus);
        using var browser = new Browser(own.Salus);
        var there = new Arrival(own.Salus, faked.Provider);
        using (var closed = await there.Arrive(browser, Sub(), Mail(Sub() + "@example.org", true))) await Says(closed, HttpStatusCode.Forbidden);
        var sub = Sub();
        await own.Salus.Database.Write(null, db => { db.Add(new OutsideIdentity { Issuer = faked.Provider.Issuer, Subject = sub, AccountId = clinic.Account("doctor").Id, CreatedAt = DateTime.UtcNow, LastUsedAt = DateTime.UtcNow }); return db.SaveChangesAsync(); }, default);
        await SecondFactorTests.Phone.Of(clinic, "doctor");
        using (var asked = await there.Arrive(browser, sub, ("amr", new[] { "pwd" }))) Assert.Equal("/account/sign-in/code", asked.Headers.Location!.OriginalString);
        using (var trusted = await there.Arrive(browser, sub, ("amr", new[] { "pwd", "mfa" }))) Assert.Equal("/", trusted.Headers.Location!.OriginalString);
        await own.Restart(s => s);
        using var none = new Browser(own.Salus);
        foreach (var path in (string[])["/account/outside", "/account/paq?token=x.y", "/account/outside/return?code=x&state=y"]) using (var off = await none.Get(path)) await Says(off, HttpStatusCode.NotFound);
        using var page = await none.Get("/account/sign-in");
        Assert.DoesNotContain("/account/outside", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<int> Link(Guid account, string sub) => Salus.Database.Write(null, db =>
    {
        db.Add(new OutsideIdentity { Issuer = faked.Provider.Issuer, Subject = sub, AccountId = account, CreatedAt = DateTime.UtcNow, LastUsedAt = DateTime.UtcNow });
        return db.SaveChangesAsync();
    }, default);

    [GeneratedRegex("/account/verify/([0-9a-z]+)")]
    private static partial Regex Secret();

    [GeneratedRegex("/account/reset/([0-9a-z]+)")]
    private static partial Regex Reset();
}
