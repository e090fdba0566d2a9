using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.SecondFactor;

namespace Salus.Tests.Accounts;

/// <summary>BeginAuthenticator, ConfirmAuthenticator, RemoveAuthenticator, RenewRecoveryCodes, OwnFactors, ProveIdentity, DropFactors, AddPasskey and RemovePasskey.</summary>
public sealed partial class SecondFactorTests(SalusServer server)
{
    /// <summary>Somebody with an authenticator app: the secret in it, and the recovery codes on paper.</summary>
    internal sealed record Phone(byte[] Secret, IReadOnlyList<string> Recovery)
    {
        /// <summary>The code of the present half minute, or of one after it.</summary>
        public string Code(TimeSpan later = default) => Totp.Code(Secret, Totp.Step(DateTime.UtcNow + later));

        public static async Task<Phone> Of(Clinic clinic, string who)
        {
            var begun = (await clinic.As(who).Post("/api/v1/auth/second-factor/authenticator")).Is(200);
            var secret = FromBase32(begun["secret"].GetString()!);
            Assert.Contains("otpauth://totp/", begun["uri"].GetString());
            var confirmed = (await clinic.As(who).Post("/api/v1/auth/second-factor/authenticator/confirm", new { code = Totp.Code(secret, Totp.Step(DateTime.UtcNow)) })).Is(200);
            // The code before the present one would not need this, but it is too old when the half minute ends on the way.
            var account = clinic.Account(who).Id;
            await clinic.Salus.Database.Write(null, db => db.Set<Authenticator>().Where(a => a.AccountId == account).ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, a => a.LastStep - 2)), default);
            return new(secret, [.. confirmed["recoveryCodes"].EnumerateArray().Select(c => c.GetString()!)]);
        }
    }

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    private static Task<Answer> Token(Clinic clinic, string who, string? code = null, string password = RunningSalus.Password) =>
        clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account(who).Email, password, code });

    // RFC 6238, appendix B, with the last six of its eight digits.
    [Theory, InlineData(59, "287082"), InlineData(1111111109, "081804"), InlineData(1111111111, "050471"), InlineData(1234567890, "005924"), InlineData(2000000000, "279037"), InlineData(20000000000, "353130")]
    public void ID_24_the_codes_are_those_of_RFC_6238(long seconds, string code)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime;
        Assert.Equal(code, Totp.Code(Encoding.ASCII.GetBytes("12345678901234567890"), Totp.Step(at)));
        Assert.Equal(Totp.Step(at), Totp.StepOf(Encoding.ASCII.GetBytes("12345678901234567890"), code, at.AddSeconds(29)));
    }

    [Fact]
    public void a_code_counts_in_its_half_minute_and_in_the_one_before_and_after_and_in_no_other()
    {
        var (secret, at) = (Totp.NewSecret(), new DateTime(2026, 5, 4, 9, 30, 0, DateTimeKind.Utc));
        var step = Totp.Step(at);
        foreach (var moment in (DateTime[])[at, at.AddSeconds(29)])
            Assert.Equal([null, step - 1, step, step + 1, null], Enumerable.Range(-2, 5).Select(n => Totp.StepOf(secret, Totp.Code(secret, step + n), moment)));
        Assert.Null(Totp.StepOf(secret, Totp.Code(secret, step - 1), at.AddSeconds(30)));
    }

    [Theory, InlineData("f", "MY"), InlineData("fo", "MZXQ"), InlineData("foo", "MZXW6"), InlineData("foob", "MZXW6YQ"), InlineData("fooba", "MZXW6YTB"), InlineData("foobar", "MZXW6YTBOI")]
    public void the_secret_is_written_as_RFC_4648_says(string text, string expected) => Assert.Equal(expected, Totp.Base32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public async Task ID_24_with_an_app_signing_in_asks_for_a_code_and_none_works_twice()
    {
        var clinic = await server.NewClinic();
        var phone = await Phone.Of(clinic, "doctor");
        (await Token(clinic, "doctor")).Refuses(401, "second-factor.needed");
        (await Token(clinic, "doctor", "000000")).Refuses(401, "second-factor.failed");
        var code = phone.Code(); // once: the half minute may end between two looks at the phone
        (await Token(clinic, "doctor", code)).Is(200);
        (await Token(clinic, "doctor", code)).Refuses(401, "second-factor.failed");
        (await Token(clinic, "doctor", phone.Code(TimeSpan.FromSeconds(30)))).Is(200);
        (await Token(clinic, "doctor", phone.Code(TimeSpan.FromSeconds(-30)))).Refuses(401, "second-factor.failed");
        (await Token(clinic, "doctor", phone.Code(TimeSpan.FromSeconds(90)))).Refuses(401, "second-factor.failed");
        (await Token(clinic, "doctor", phone.Code(), "Wrong-Password-1")).Refuses(401, "sign-in.failed");
        await using var db = clinic.Open();
        Assert.DoesNotContain(Totp.Base32(phone.Secret), (await db.Set<Authenticator>().SingleAsync(a => a.AccountId == clinic.Account("doctor").Id)).SealedSecret, StringComparison.Ordinal);
        Assert.Contains("second-factor.failed", await db.Set<AuditEvent>().Where(e => e.SubjectId == clinic.Account("doctor").Id).Select(e => e.Result).ToListAsync());
    }

    [Fact]
    public async Task of_ten_with_the_same_code_at_once_one_gets_in()
    {
        var clinic = await server.NewClinic();
        var phone = await Phone.Of(clinic, "doctor");
        var code = phone.Code(TimeSpan.FromSeconds(30));
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Token(clinic, "doctor", code)));
        Assert.Single(answers, a => a.Status == 200);
    }

    [Fact]
    public async Task a_recovery_code_works_once_and_its_owner_is_told()
    {
        var clinic = await server.NewClinic();
        var phone = await Phone.Of(clinic, "doctor");
        Assert.Equal(10, phone.Recovery.Distinct().Count());
        (await Token(clinic, "doctor", phone.Recovery[3].ToUpperInvariant())).Is(200);
        (await Token(clinic, "doctor", phone.Recovery[3])).Refuses(401, "second-factor.failed");
        Assert.Equal(9, (await clinic.Doctor.Get("/api/v1/auth/second-factor")).Is(200)["recoveryCodesLeft"].GetInt32());
        var mails = (await clinic.Salus.Mailbox(clinic.Account("doctor").Email!, 2)).Select(m => m.Text).ToList();
        Assert.Contains(mails, m => m.Contains("A recovery code of your account was used", StringComparison.Ordinal));
        Assert.All(phone.Recovery, code => Assert.All(mails, m => Assert.DoesNotContain(code, m, StringComparison.Ordinal)));
        var renewed = (await clinic.Doctor.Post("/api/v1/auth/second-factor/recovery-codes")).Is(200);
        Assert.Equal(10, renewed["recoveryCodes"].GetArrayLength());
        (await Token(clinic, "doctor", phone.Recovery[4])).Refuses(401, "second-factor.failed");
    }

    [Fact]
    public async Task after_five_wrong_codes_the_right_one_has_to_wait()
    {
        var clinic = await server.NewClinic();
        var phone = await Phone.Of(clinic, "doctor");
        for (var i = 0; i < 5; i++) (await Token(clinic, "doctor", "12345" + i)).Refuses(401, "second-factor.failed");
        Assert.Contains("Retry-After", (await Token(clinic, "doctor", phone.Code())).Refuses(429, "rate-limit").Headers.Keys);
        (await Token(clinic, "receptionist")).Is(200);
    }

    [Fact]
    public async Task a_locked_account_lets_in_password_and_code_together_and_tells_nobody_which_was_wrong()
    {
        var clinic = await server.NewClinic();
        var phone = await Phone.Of(clinic, "doctor");
        for (var i = 0; i < 5; i++) (await Token(clinic, "doctor", null, "Wrong-Password-1")).Refuses(401, "sign-in.failed");
        (await Token(clinic, "doctor")).Refuses(429, "sign-in.locked");
        (await Token(clinic, "doctor", "000000")).Refuses(429, "sign-in.locked");
        (await Token(clinic, "doctor", phone.Code(), "Wrong-Password-1")).Refuses(429, "sign-in.locked");
        (await Token(clinic, "doctor", phone.Code())).Is(200);
    }

    [Fact]
    public async Task an_app_that_was_never_confirmed_counts_for_nothing()
    {
        var clinic = await server.NewClinic();
        var begun = (await clinic.Doctor.Post("/api/v1/auth/second-factor/authenticator")).Is(200);
        (await clinic.Doctor.Post("/api/v1/auth/second-factor/authenticator/confirm", new { code = "000000" })).RefusesField("code");
        (await Token(clinic, "doctor")).Is(200);
        var again = (await clinic.Doctor.Post("/api/v1/auth/second-factor/authenticator")).Is(200);
        Assert.NotEqual(begun["secret"].GetString(), again["secret"].GetString());
        (await clinic.Doctor.Post("/api/v1/auth/second-factor/recovery-codes")).Refuses(409, "second-factor.none");
        (await clinic.Anonymous.Post("/api/v1/auth/second-factor/authenticator")).Refuses(401, "sign-in");
        (await clinic.Display.Post("/api/v1/auth/second-factor/authenticator")).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task removing_the_app_takes_the_recovery_codes_with_it()
    {
        var clinic = await server.NewClinic();
        var phone = await Phone.Of(clinic, "doctor");
        (await clinic.Doctor.Post("/api/v1/auth/second-factor/authenticator")).Refuses(409, "authenticator.exists");
        (await clinic.SecondDoctor.Post("/api/v1/auth/second-factor/authenticator/remove")).Refuses(404, "not-found");
        (await clinic.Doctor.Post("/api/v1/auth/second-factor/authenticator/remove")).Is(204);
        (await Token(clinic, "doctor")).Is(200);
        Assert.Equal(0, (await clinic.Doctor.Get("/api/v1/auth/second-factor"))["recoveryCodesLeft"].GetInt32());
        Assert.NotEmpty(phone.Recovery);
    }

    [Fact]
    public async Task what_matters_most_asks_for_a_proof_after_ten_minutes()
    {
        var clinic = await server.NewClinic();
        (await clinic.Doctor.Get("patients")).Is(200);
        await clinic.Age("doctor");
        (await clinic.Doctor.Post("/api/v1/auth/second-factor/authenticator")).Refuses(403, "proof.needed");
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { password = "Wrong-Password-1" })).RefusesField("password");
        (await clinic.Doctor.Post("/api/v1/auth/second-factor/authenticator")).Refuses(403, "proof.needed");
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { password = RunningSalus.Password })).Is(204);
        var phone = await Phone.Of(clinic, "doctor");
        await clinic.Age("doctor");
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { password = RunningSalus.Password })).RefusesField("code");
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { code = phone.Code() })).Is(204);
        (await clinic.Doctor.Post("/api/v1/auth/second-factor/recovery-codes")).Is(200);
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { passkey = new { accountId = clinic.Account("doctor").Id } })).RefusesField("code");
    }

    [Fact]
    public async Task an_organisation_demands_a_second_factor_of_a_role_and_nobody_shuts_out_himself()
    {
        var clinic = await server.NewClinic();
        var settings = (await clinic.Admin.Get("")).Is(200);
        object Demand(params string[] roles) => new { name = settings["name"], timeZone = "Europe/Rome", language = "en", callingCode = "39", numberPattern = "xx-xx-xxx", secondFactorRoles = roles };
        (await clinic.Admin.Put("", Demand("org.admin", "clinic.doctor"))).RefusesField("secondFactorRoles");
        (await clinic.Admin.Put("", Demand("clinic.doctor"))).Is(204);
        (await clinic.Doctor.Get("patients")).Refuses(403, "second-factor.demanded");
        (await clinic.Receptionist.Get("patients")).Is(200);
        (await clinic.Doctor.Get("/api/v1/auth/me")).Is(200);
        var phone = await Phone.Of(clinic, "doctor");
        (await clinic.Doctor.Get("patients")).Is(200);
        var token = (await Token(clinic, "doctor", phone.Code())).Is(200)["accessToken"].GetString()!;
        (await new Caller(clinic.Salus.Http, token, clinic.Slug).Get("patients")).Is(200);
        await using (var db = clinic.Open())
            Assert.Equal("clinic.doctor", (await db.Set<Salus.Modules.Organisations.Contract.Organisation>().SingleAsync(o => o.Id == clinic.Id)).SecondFactorRoles);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "second-doctor");
        using var page = await browser.Get($"/{clinic.Slug}/patients");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains("/account/second-factor", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task in_a_browser_the_code_is_asked_for_on_a_page_of_its_own()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        using (var without = await browser.Get("/account/sign-in/code")) Assert.Equal("/account/sign-in", Path(without));
        await browser.SignIn(clinic, "doctor");
        using var made = await browser.Submit("/account/second-factor", "/account/second-factor/authenticator", []);
        var secret = FromBase32(Secret().Match(await made.Content.ReadAsStringAsync()).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal));
        var step = Totp.Step(DateTime.UtcNow);
        using var codes = await browser.Submit("/account/second-factor", "/account/second-factor/authenticator/confirm", new() { ["code"] = Totp.Code(secret, step) });
        Assert.Contains("shown only now", await codes.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var other = new Browser(clinic.Salus);
        using var first = await other.TrySignIn(clinic.Account("doctor").Email!, RunningSalus.Password, $"/{clinic.Slug}/work");
        Assert.Equal("/account/sign-in/code", Path(first));
        using (var inside = await other.Get("/account")) Assert.Equal(HttpStatusCode.Redirect, inside.StatusCode);
        using (var wrong = await other.Submit("/account/sign-in/code", "/account/sign-in/code", new() { ["code"] = "000000" })) Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var right = await other.Submit("/account/sign-in/code", "/account/sign-in/code", new() { ["code"] = Totp.Code(secret, step + 1) });
        Assert.Equal($"/{clinic.Slug}/work", Path(right));
        using (var inside = await other.Get("/account")) Assert.Equal(HttpStatusCode.OK, inside.StatusCode);
        using (var spent = await other.Get("/account/sign-in/code")) Assert.Equal("/account/sign-in", Path(spent));
    }

    [Fact]
    public async Task a_page_without_script_asks_for_the_proof_and_leads_back()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        await clinic.Age("doctor");
        using var refused = await browser.Submit("/account/second-factor", "/account/second-factor/authenticator", []);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("action=\"/account/prove\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var proved = await browser.Submit("/account/second-factor", "/account/prove", new() { ["password"] = RunningSalus.Password, ["back"] = "//evil.example" });
        Assert.Equal("/", Path(proved));
        using var again = await browser.Submit("/account/second-factor", "/account/second-factor/authenticator", []);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory, InlineData(""), InlineData("{}"), InlineData("null"), InlineData("[1]"), InlineData("{\"id\":\"x\",\"type\":\"public-key\",\"response\":{}}")]
    public async Task a_passkey_answer_that_is_none_signs_nobody_in(string answer)
    {
        using var browser = new Browser(server.Salus);
        using (var nothing = await browser.Submit("/account/sign-in", "/account/sign-in/passkey", new() { ["answer"] = answer })) Assert.Equal(HttpStatusCode.Unauthorized, nothing.StatusCode);
        using (var options = await browser.Submit("/account/sign-in", "/account/sign-in/passkey/options", [])) Assert.Contains("challenge", await options.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var asked = await browser.Submit("/account/sign-in", "/account/sign-in/passkey", new() { ["answer"] = answer });
        Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
    }

    [Fact]
    public async Task the_operator_helps_who_lost_everything_and_ends_their_sessions()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await Phone.Of(clinic, "doctor");
        await using (var scope = own.Salus.Services.CreateAsyncScope())
        {
            await Assert.ThrowsAsync<Refusal>(() => scope.ServiceProvider.GetRequiredService<DropFactors>().Run(new(clinic.Account("doctor").Email!), default));
            scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = Actor.System();
            await scope.ServiceProvider.GetRequiredService<DropFactors>().Run(new(clinic.Account("doctor").Email!), default);
        }
        (await clinic.Doctor.Get("patients")).Refuses(401, "sign-in");
        (await Token(clinic, "doctor")).Is(200);
    }

    private static string Path(HttpResponseMessage answer) => answer.Headers.Location?.OriginalString.Split('?')[0] ?? $"{(int)answer.StatusCode}";

    [GeneratedRegex("data-secret[^>]*>([A-Z2-7 ]+)<")]
    private static partial Regex Secret();
}
