using System.Net;

namespace Salus.Tests.Operations;

/// <summary>What the owner of an installation sees of it, and nobody else.</summary>
public sealed class PlatformTests
{
    [Fact]
    public async Task ID_38_the_owner_of_the_installation_finds_its_organisations_accounts_jobs_and_security_events_and_nobody_else_does()
    {
        await using var own = await OwnServer.Start();
        var (clinic, other) = (await Clinic.Make(own.Salus), await Clinic.Make(own.Salus));
        var doctor = other.Account("doctor");
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = doctor.Email, password = "Wrong-Password-1" })).Refuses(401, "sign-in.failed");
        (await clinic.Anonymous.Post("/api/v1/auth/password-reset", new { email = doctor.Email })).Is(202);
        await own.Salus.RunJobs();
        (string Path, string[] Shows)[] pages =
        [
            ("/platform", [$"Clinic {clinic.Slug}", $"/{other.Slug} ", "/platform/accounts", "/platform/support", "/platform/jobs", "/platform/security", "/mailbox"]),
            ("/platform/accounts", [clinic.Account("doctor").Email!, doctor.Email!, "owner@example.org"]),
            ($"/platform/accounts?q={other.Slug}", [doctor.Email!, $"/platform/accounts/{doctor.Id}"]),
            ("/platform/support", ["Support staff"]),
            ("/platform/jobs", ["account.mail-reset", "Done"]),
            ("/platform/security", ["a sign-in failed"]),
        ];
        using var owner = await In((await own.Salus.Owner()).Email!);
        using var admin = await In(clinic.Account("admin").Email!);
        foreach (var (path, shows) in pages)
        {
            using var page = await owner.Get(path);
            var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            foreach (var word in shows) Assert.Contains(word, text, StringComparison.Ordinal);
            using var hidden = await admin.Get(path);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        }
        using (var found = await owner.Get($"/platform/accounts?q={other.Slug}")) Assert.DoesNotContain(clinic.Account("doctor").Email!, await found.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        async Task<Browser> In(string email)
        {
            var browser = new Browser(own.Salus);
            using (await browser.TrySignIn(email, RunningSalus.Password)) return browser;
        }
    }
}
