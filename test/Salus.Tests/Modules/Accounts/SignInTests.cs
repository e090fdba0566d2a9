using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Salus.Kernel;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Accounts;

/// <summary>SignIn, access tokens, CreateOwner and ChangePassword.</summary>
public sealed class SignInTests(SalusServer server)
{
    private Task<Answer> Token(string email, string password) => server.Salus.Anonymous().Post("/api/v1/auth/token", new { email, password });

    [Fact]
    public async Task the_right_password_gives_a_token_of_fifteen_minutes()
    {
        var clinic = await server.NewClinic();
        var answer = (await Token(clinic.Account("doctor").Email!, RunningSalus.Password)).Is(200);
        Assert.Equal(("Bearer", 900), (answer["tokenType"].GetString(), answer["expiresIn"].GetInt32()));
        var token = new JsonWebToken(answer["accessToken"].GetString());
        Assert.Equal(TimeSpan.FromMinutes(15), token.ValidTo - token.ValidFrom);
        Assert.Equal("ES256", token.Alg);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task an_unknown_account_and_a_wrong_password_are_answered_the_same()
    {
        var clinic = await server.NewClinic();
        var wrong = (await Token(clinic.Account("doctor").Email!, "Wrong-Password-1")).Refuses(401, "sign-in.failed");
        var unknown = (await Token("nobody@example.org", "Wrong-Password-1")).Refuses(401, "sign-in.failed");
        Assert.Equal(wrong["detail"].GetString(), unknown["detail"].GetString());
    }

    [Fact]
    public async Task five_failures_lock_the_account_even_for_the_right_password_and_say_for_how_long()
    {
        var clinic = await server.NewClinic();
        var account = clinic.Account("doctor");
        for (var i = 0; i < SignIn.MostFailures; i++) (await Token(account.Email!, "Wrong-Password-1")).Refuses(401, "sign-in.failed");
        var locked = (await Token(account.Email!, RunningSalus.Password)).Refuses(429, "sign-in.locked");
        Assert.InRange(int.Parse(locked.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 1800);
        await using var db = server.Salus.Database.Open();
        var rows = await db.Set<Kernel.Audit.AuditEvent>().Where(e => e.Action == SignIn.Action && e.SubjectId == account.Id).OrderBy(e => e.Seq).Select(e => e.Result).ToListAsync();
        Assert.Equal([.. Enumerable.Repeat("sign-in.failed", 5), "sign-in.locked"], rows);
    }

    [Fact]
    public async Task parallel_guesses_are_all_counted()
    {
        var clinic = await server.NewClinic();
        var email = clinic.Account("doctor").Email!;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Token(email, "Wrong-Password-1")));
        (await Token(email, RunningSalus.Password)).Refuses(429, "sign-in.locked");
    }

    [Fact]
    public async Task a_success_starts_the_count_again()
    {
        var clinic = await server.NewClinic();
        var email = clinic.Account("doctor").Email!;
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < SignIn.MostFailures - 1; i++) (await Token(email, "Wrong-Password-1")).Is(401);
            (await Token(email, RunningSalus.Password)).Is(200);
        }
    }

    [Fact]
    public async Task a_token_ends_after_fifteen_minutes()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var token = own.Salus.TokenOf(clinic.Account("doctor"));
        (await new Caller(own.Salus.Http, token, clinic.Slug).Get("figures")).Is(200);
        await own.Restart(s => s with { Clock = "+16m" });
        (await new Caller(own.Salus.Http, token, clinic.Slug).Get("figures")).Refuses(401, "sign-in");
    }

    public static TheoryData<string, Func<string, string>> Tricks => new()
    {
        { "a letter of the signature", t => t[..^2] + (t[^2] == 'A' ? 'B' : 'A') + t[^1] },
        { "another subject", t => { var p = t.Split('.'); return $"{p[0]}.{Payload(p[1])}.{p[2]}"; } },
        { "no algorithm", t => $"{Base64("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{t.Split('.')[1]}." },
        { "a shared secret", t => $"{Base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")}.{t.Split('.')[1]}.{Base64("x")}" },
        { "no signature", t => string.Join('.', t.Split('.').Take(2)) + "." },
        { "no token", _ => "abc" }, { "nothing", _ => "" }, { "a device that is none", _ => "device_00000000000000000000000000" }, { "very much", t => t + new string('A', 5000) },
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Payload(string part)
    {
        var json = JsonSerializer.Deserialize<Dictionary<string, object>>(Base64UrlDecode(part))!;
        json["sub"] = Guid.NewGuid().ToString();
        return Base64(JsonSerializer.Serialize(json));
    }

    private static byte[] Base64UrlDecode(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));

    [Theory, MemberData(nameof(Tricks))]
    public async Task a_token_that_was_tampered_with_is_none(string what, Func<string, string> trick)
    {
        var clinic = await server.Stranger();
        var token = trick(server.Salus.TokenOf(clinic.Account("doctor")));
        var answer = await new Caller(clinic.Salus.Http, token, clinic.Slug).Get("figures");
        Assert.True(answer.Status == 401, $"{what}: {answer.Status}");
    }

    private async Task<T> Act<T>(Actor actor, Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = server.Salus.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = actor;
        return await act(scope.ServiceProvider);
    }

    [Fact]
    public async Task a_changed_password_ends_every_other_token()
    {
        var clinic = await server.NewClinic();
        var (account, before) = (clinic.Account("doctor"), clinic.Doctor);
        var actor = new Actor { Kind = ActorKind.Person, Id = account.Id };
        Task<Guid> Change(string current) => Act(actor, s => s.GetRequiredService<ChangePassword>().Run(new() { Current = current, Password = "Green-Lantern-88!" }, default));
        Assert.Contains("current", (await Assert.ThrowsAsync<Refusal>(() => Change("Wrong-Password-1"))).Errors.Keys);
        await Change(RunningSalus.Password);
        (await before.Get("figures")).Refuses(401, "sign-in");
        (await Token(account.Email!, RunningSalus.Password)).Is(401);
        (await Token(account.Email!, "Green-Lantern-88!")).Is(200);
    }

    [Fact]
    public async Task the_language_is_kept_with_the_account_and_only_known_ones_are()
    {
        var clinic = await server.NewClinic();
        var account = clinic.Account("doctor");
        Task<Guid> Change(string? language) => Act(new Actor { Kind = ActorKind.Person, Id = account.Id }, s => s.GetRequiredService<ChangeLanguage>().Run(new() { Language = language! }, default));
        await Change("it");
        await using (var db = server.Salus.Database.Open()) Assert.Equal("it", (await db.Set<Account>().SingleAsync(a => a.Id == account.Id)).Language);
        foreach (var language in (string?[])["de", null]) Assert.Contains("language", (await Assert.ThrowsAsync<Refusal>(() => Change(language))).Errors.Keys);
    }

    [Fact]
    public async Task ID_37_an_installation_that_is_set_up_cannot_be_taken_over_in_the_browser()
    {
        var code = server.Salus.Services.GetRequiredService<SetupCode>();
        Task<Guid> Setup(string typed) => Act(Actor.Anonymous, s => s.GetRequiredService<CreateOwner>().Run(new() { Name = "Eve", Email = "eve@example.org", Password = RunningSalus.Password, Code = typed }, default));
        Assert.Contains("code", (await Assert.ThrowsAsync<Refusal>(() => Setup("guess"))).Errors.Keys);
        Assert.Equal("setup.done", (await Assert.ThrowsAsync<Refusal>(() => Setup(code.Value))).Code);
    }

    [Fact]
    public async Task ID_37_the_command_line_makes_an_owner_once_per_address()
    {
        Task<Guid> Create(string password) => Act(Actor.System(), s => s.GetRequiredService<CreateOwner>().Run(new() { Name = "Second Boss", Email = "second@example.org", Password = password }, default));
        Assert.Contains("password", (await Assert.ThrowsAsync<Refusal>(() => Create("weak"))).Errors.Keys);
        await Create(RunningSalus.Password);
        Assert.Equal("account.exists", (await Assert.ThrowsAsync<Refusal>(() => Create(RunningSalus.Password))).Code);
    }
}
