using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Accounts;

/// <summary>AskReset, MailReset and ResetPassword: a link by mail that works once, and tells nobody who has an account.</summary>
public sealed partial class PasswordResetTests(SalusServer server)
{
    private const string Fresh = "Green-Lantern-88!";

    [GeneratedRegex("/account/reset/([0-9a-z]{26})")]
    private static partial Regex Link();

    private static Task<Answer> Ask(Clinic clinic, string email) => clinic.Anonymous.Post("/api/v1/auth/password-reset", new { email });

    private static Task<Answer> Confirm(Clinic clinic, string token, string password = Fresh) => clinic.Anonymous.Post("/api/v1/auth/password-reset/confirm", new { token, password });

    private static Task<Answer> SignIn(Clinic clinic, string password) => clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password });

    /// <summary>The links that were mailed to an address, oldest first, after all jobs have run.</summary>
    private static async Task<List<string>> Mailed(RunningSalus salus, string email)
    {
        var mails = await salus.Mailbox(email);
        return [.. mails.Select(m => Link().Match(m.Text)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
    }

    private static async Task<string> NewLink(Clinic clinic)
    {
        var email = clinic.Account("doctor").Email!;
        var before = await Mailed(clinic.Salus, email);
        (await Ask(clinic, email)).Is(202);
        var secret = "";
        await Wait.Until(async () => (secret = (await Mailed(clinic.Salus, email)).Except(before).FirstOrDefault() ?? "").Length > 0);
        return secret;
    }

    [Fact]
    public async Task ID_06_the_answer_is_the_same_whether_the_address_has_an_account()
    {
        var clinic = await server.NewClinic();
        var (known, unknown) = (await Ask(clinic, clinic.Account("doctor").Email!), await Ask(clinic, $"nobody.{clinic.Slug}@example.org"));
        static string Whole(Answer answer) => $"{answer.Status} {answer.Text} {string.Join('|', answer.Headers.Where(h => h.Key != "Date").OrderBy(h => h.Key, StringComparer.Ordinal))}";
        Assert.Equal(Whole(known.Is(202)), Whole(unknown));
        await Wait.Until(async () => (await Mailed(clinic.Salus, clinic.Account("doctor").Email!)).Count == 1);
        Assert.Empty(await Mailed(clinic.Salus, $"nobody.{clinic.Slug}@example.org"));
        (await Ask(clinic, "no address")).RefusesField("email");
    }

    [Fact]
    public async Task ID_07_the_link_sets_the_password_once_and_ends_every_session()
    {
        var clinic = await server.NewClinic();
        var session = clinic.Doctor;
        (await session.Get("patients")).Is(200);
        var link = await NewLink(clinic);
        (await Confirm(clinic, link)).Is(204);
        (await session.Get("patients")).Refuses(401, "sign-in");
        (await SignIn(clinic, RunningSalus.Password)).Refuses(401, "sign-in.failed");
        (await SignIn(clinic, Fresh)).Is(200);
        (await Confirm(clinic, link, "Other-Lantern-88!")).Refuses(400, "reset.gone");
        (await SignIn(clinic, Fresh)).Is(200);
    }

    [Theory, InlineData("")] [InlineData("00000000000000000000000000")] [InlineData("' OR 1=1 --")] [InlineData("../../etc/passwd")]
    public async Task ID_07_a_link_that_never_was_is_refused(string token)
    {
        var clinic = await server.Stranger();
        var answer = await Confirm(clinic, token);
        if (token.Length == 0) answer.RefusesField("token");
        else answer.Refuses(400, "reset.gone");
    }

    [Fact]
    public async Task ID_07_a_link_ends_after_an_hour_and_with_the_use_of_another()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (first, second) = (await NewLink(clinic), await NewLink(clinic));
        (await Confirm(clinic, second)).Is(204);
        (await Confirm(clinic, first, "Other-Lantern-88!")).Refuses(400, "reset.gone");
        var third = await NewLink(clinic);
        await own.Restart(s => s with { Clock = "+61m" });
        (await Confirm(clinic.On(own.Salus), third, "Other-Lantern-88!")).Refuses(400, "reset.gone");
    }

    [Fact]
    public async Task ID_05_ID_07_changing_the_password_oneself_ends_the_links_that_were_mailed_before()
    {
        var clinic = await server.NewClinic();
        var link = await NewLink(clinic);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using (var done = await browser.Submit("/account", "/account/password", new() { ["current"] = RunningSalus.Password, ["password"] = Fresh })) Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        (await Confirm(clinic, link, "Other-Lantern-88!")).Refuses(400, "reset.gone");
        (await SignIn(clinic, Fresh)).Is(200);
    }

    [Fact]
    public async Task ID_08_a_weak_password_is_refused_and_the_link_still_works()
    {
        var clinic = await server.NewClinic();
        var link = await NewLink(clinic);
        (await Confirm(clinic, link, "short")).RefusesField("password");
        (await Confirm(clinic, link)).Is(204);
    }

    [Fact]
    public async Task of_eight_who_use_a_link_at_once_one_sets_the_password()
    {
        var clinic = await server.NewClinic();
        var link = await NewLink(clinic);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Confirm(clinic, link, $"Green-Lantern-8{i}!")));
        var winner = Assert.Single(answers.Select((a, i) => (a.Status, i)), a => a.Status == 204).i;
        Assert.All(answers.Where(a => a.Status != 204), a => Assert.Contains(a.Status, (int[])[400, 409]));
        (await SignIn(clinic, $"Green-Lantern-8{winner}!")).Is(200);
    }

    [Fact]
    public async Task a_locked_account_opens_and_no_device_is_known_any_more()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        for (var i = 0; i < Modules.Accounts.SignIn.MostFailures; i++) (await SignIn(clinic, "Wrong-Password-1")).Is(401);
        (await SignIn(clinic, RunningSalus.Password)).Refuses(429, "sign-in.locked");
        (await Confirm(clinic, await NewLink(clinic))).Is(204);
        (await SignIn(clinic, Fresh)).Is(200);
        await using var db = clinic.Open();
        Assert.False(await db.Set<KnownDevice>().AnyAsync(d => d.AccountId == clinic.Account("doctor").Id));
    }

    [Fact]
    public async Task a_deactivated_account_gets_no_mail_and_a_flood_of_wishes_three_at_most()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (doctor, gone) = (clinic.Account("doctor").Email!, clinic.Account("receptionist"));
        await own.Salus.Database.Write(null, db => db.Accounts.Where(a => a.Id == gone.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.DeactivatedAt, DateTime.UtcNow)), default);
        (await Ask(clinic, gone.Email!)).Is(202);
        for (var i = 0; i < 5; i++) (await Ask(clinic, doctor)).Is(202);
        await Wait.Until(async () =>
        {
            await Mailed(own.Salus, doctor);
            await using var db = own.Salus.Database.Open();
            return !await db.Set<Job>().AnyAsync(j => j.State != JobState.Done);
        });
        Assert.Equal(3, (await Mailed(own.Salus, doctor)).Count);
        Assert.Empty(await Mailed(own.Salus, gone.Email!));
        await using var after = own.Salus.Database.Open();
        Assert.DoesNotContain(await after.Set<Job>().Select(j => j.Body).ToListAsync(), b => Link().IsMatch(b) || b.Contains('@'));
    }

    [Fact]
    public async Task of_many_jobs_at_once_three_send_a_link()
    {
        var clinic = await server.NewClinic();
        var (id, email) = (clinic.Account("doctor").Id, clinic.Account("doctor").Email!);
        var job = new Job { Kind = AskReset.JobKind, Body = JsonSerializer.Serialize(new AskReset.Wanted(email)) };
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(async () =>
        {
            await using var scope = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(clinic.Salus.Services);
            await Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetServices<IJobHandler>(scope.ServiceProvider).Single(h => h.Kind == AskReset.JobKind).Run(job, default);
        })));
        await using var db = clinic.Salus.Database.Open();
        Assert.Equal(3, await db.Set<PasswordReset>().CountAsync(r => r.AccountId == id));
    }

    [Fact]
    public async Task asking_is_limited_by_address()
    {
        await using var own = await OwnServer.Start(s => s with { ResetLimit = new Settings().ResetLimit });
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 3; i++) (await Ask(clinic, $"nobody{i}@example.org")).Is(202);
        Assert.Contains("Retry-After", (await Ask(clinic, "nobody@example.org")).Refuses(429, "rate-limit").Headers.Keys);
    }

    [Fact]
    public async Task a_person_gets_back_in_through_the_pages_without_script()
    {
        var clinic = await server.NewClinic();
        var email = clinic.Account("doctor").Email!;
        using var browser = new Browser(clinic.Salus);
        using (var page = await browser.Get("/account/sign-in")) Assert.Contains("/account/forgot", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var asked = await browser.Submit("/account/forgot", "/account/forgot", new() { ["email"] = email })) Assert.Equal("/account/forgot?asked=true", asked.Headers.Location!.OriginalString);
        using (var told = await browser.Get("/account/forgot?asked=true")) Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        var link = "";
        await Wait.Until(async () => (link = (await Mailed(clinic.Salus, email)).LastOrDefault() ?? "").Length > 0);
        using (var done = await browser.Submit($"/account/reset/{link}", $"/account/reset/{link}", new() { ["password"] = Fresh })) Assert.Equal("/account/sign-in?changed=true", done.Headers.Location!.OriginalString);
        using (var again = await browser.Get($"/account/reset/{link}")) Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        using var signed = await browser.TrySignIn(email, Fresh);
        Assert.Equal(HttpStatusCode.Redirect, signed.StatusCode);
        await Wait.Until(async () =>
        {
            await clinic.Salus.RunJobs();
            return Directory.GetFiles(clinic.Salus.Settings.MailboxFolder, "*.json").Select(File.ReadAllText).Any(t => t.Contains(email, StringComparison.Ordinal) && t.Contains("password was changed", StringComparison.Ordinal));
        });
    }
}
