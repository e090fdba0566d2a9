using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Profile;
using Salus.Modules.Operations;
using Salus.Modules.Organisations;
using Salus.Modules.Organisations.Contract;

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

        Task<Browser> In(string email) => Browse(own.Salus, email);
    }

    [Fact]
    public async Task ID_38_AP_08_every_list_of_the_console_goes_on_where_its_page_ends_and_shows_each_row_once()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        using var owner = await Browse(own.Salus, (await own.Salus.Owner()).Email!);
        await using (var db = own.Salus.Database.Open())
        {
            for (var i = 0; i < 120; i++)
            {
                var account = NewAccount.Make($"many{i:000}@example.org", $"Many Persons {i:000}", "", own.Salus.Now);
                db.Add(account);
                db.Add(new Organisation { Name = $"Many Clinics {i:000}", Slug = $"many-{i:000}", TimeZone = "Europe/Rome" });
                db.Enqueue($"many-{i:000}", new { }, own.Salus.Now.AddDays(1));
            }
            await db.SaveChangesAsync();
        }
        Assert.Equal(120, await Numbers("/platform/accounts?q=many%20PERSONS", "many(\\d{3})@"));
        Assert.Equal(120, await Numbers("/platform?q=many%20clinics", "/many-(\\d{3}) "));
        Assert.Equal(120, await Numbers("/platform/jobs?state=waiting", ">many-(\\d{3})<"));
        using var unknown = await owner.Get("/platform?q=nobody-has-this-name");
        Assert.Contains("nobody-has-this-name”.", WebUtility.HtmlDecode(await unknown.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        async Task<int> Numbers(string path, string pattern)
        {
            var seen = new List<string>();
            for (string? next = path; next is not null;)
            {
                using var page = await owner.Get(next);
                var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
                seen.AddRange(Regex.Matches(text, pattern).Select(m => m.Groups[1].Value));
                next = Regex.Match(text, "href=\"([^\"]*after=[^\"]*)\"") is { Success: true } link ? link.Groups[1].Value : null;
            }
            Assert.Equal(seen.Count, seen.Distinct().Count());
            return seen.Count;
        }
    }

    [Fact]
    public async Task ID_38_TE_06_a_job_that_was_given_up_is_shown_and_tried_again_by_the_owner_and_by_nobody_else()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        Guid failed, done;
        await using (var db = own.Salus.Database.Open())
        {
            var jobs = (Failed: Made("nobody-handles-this", JobState.Failed), Done: Made("nobody-handles-that", JobState.Done));
            db.AddRange(jobs.Failed, jobs.Done);
            await db.SaveChangesAsync();
            (failed, done) = (jobs.Failed.Id, jobs.Done.Id);
        }
        using var owner = await Browse(own.Salus, (await own.Salus.Owner()).Email!);
        using (var start = await owner.Get("/platform")) Assert.Contains("Given up: 1", await start.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var list = await owner.Get("/platform/jobs?state=failed"))
        {
            var text = await list.Content.ReadAsStringAsync();
            Assert.Contains("nobody-handles-this", text, StringComparison.Ordinal);
            Assert.DoesNotContain("nobody-handles-that", text, StringComparison.Ordinal);
            Assert.DoesNotContain("a secret of the body", text, StringComparison.Ordinal);
        }
        using var admin = await Browse(own.Salus, clinic.Account("admin").Email!);
        using (var hidden = await admin.Submit("/account", $"/platform/jobs/{failed}/retry", [])) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        using (var no = await owner.Submit("/platform/jobs", $"/platform/jobs/{done}/retry", [])) Assert.Equal(HttpStatusCode.Conflict, no.StatusCode);
        using (var none = await owner.Submit("/platform/jobs", $"/platform/jobs/{Guid.NewGuid()}/retry", [])) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal((JobState.Failed, 10), await Now());
        using (var yes = await owner.Submit("/platform/jobs", $"/platform/jobs/{failed}/retry", [])) Assert.Equal(HttpStatusCode.Redirect, yes.StatusCode);
        await own.Salus.RunJobs(); // nobody handles it, so it fails once more: it was tried
        Assert.Equal((JobState.Waiting, 1), await Now());
        Assert.Equal([(RetryJob.Action, failed)], await Acts(own.Salus, RetryJob.Action));
        Assert.NotEmpty(await Acts(own.Salus, JobList.Action));
        Assert.NotEmpty(await Acts(own.Salus, Platform.Action));

        async Task<(JobState, int)> Now()
        {
            await using var db = own.Salus.Database.Open();
            var job = await db.Set<Job>().AsNoTracking().SingleAsync(j => j.Id == failed);
            return (job.State, job.Attempts);
        }

        Job Made(string kind, JobState state) => new() { Kind = kind, Body = "\"a secret of the body\"", State = state, Attempts = 10, CreatedAt = own.Salus.Now, DueAt = own.Salus.Now };
    }

    [Fact]
    public async Task ID_38_the_owner_has_a_verification_sent_again_for_somebody_who_waits_for_it()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        Guid waits;
        await using (var db = own.Salus.Database.Open())
        {
            var account = NewAccount.Make("waits@example.org", "Who Waits", "", own.Salus.Now, isVerified: false);
            db.Add(account);
            await db.SaveChangesAsync();
            waits = account.Id;
        }
        using var owner = await Browse(own.Salus, (await own.Salus.Owner()).Email!);
        using (var sent = await owner.Submit("/platform/accounts", $"/platform/accounts/{waits}/verification", new() { ["q"] = "waits" }))
            Assert.Equal("/platform/accounts?q=waits&sent=true", sent.Headers.Location?.ToString());
        Assert.Contains("/account/verify/", Assert.Single(await own.Salus.Mailbox("waits@example.org")).Text, StringComparison.Ordinal);
        using (var no = await owner.Submit("/platform/accounts", $"/platform/accounts/{clinic.Account("doctor").Id}/verification", [])) Assert.Equal(HttpStatusCode.Conflict, no.StatusCode);
        using var admin = await Browse(own.Salus, clinic.Account("admin").Email!);
        using (var hidden = await admin.Submit("/account", $"/platform/accounts/{waits}/verification", [])) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Single(await own.Salus.Mailbox("waits@example.org"));
        Assert.Equal([(HelpVerify.Action, waits)], await Acts(own.Salus, HelpVerify.Action));
    }

    private static async Task<List<(string, Guid?)>> Acts(RunningSalus salus, string action)
    {
        await using var db = salus.Database.Open();
        var acts = await db.Set<AuditEvent>().Where(e => e.Action == action && e.Result == "ok").ToListAsync();
        return [.. acts.Select(e => (e.Action, e.SubjectId))];
    }

    private static async Task<Browser> Browse(RunningSalus salus, string email)
    {
        var browser = new Browser(salus);
        using (await browser.TrySignIn(email, RunningSalus.Password)) return browser;
    }
}
