using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.Outside;
using Salus.Modules.Accounts.Outside.Paq;

namespace Salus.Tests.Accounts.Outside;

/// <summary>A server that PAQ signs people in to.</summary>
public sealed class PaqSalus : IAsyncLifetime
{
    public const string Secret = "a secret that only we and PAQ know about";
    private OwnServer own = null!;

    public RunningSalus Salus => own.Salus;
    public async ValueTask InitializeAsync() => own = await OwnServer.Start(s => s with { PaqSsoSecret = Secret });
    public ValueTask DisposeAsync() => own.DisposeAsync();
}

/// <summary>PaqSignIn: signed messages, each of which counts once and for five minutes.</summary>
public sealed class PaqTests(PaqSalus paq) : IClassFixture<PaqSalus>
{
    private RunningSalus Salus => paq.Salus;

    private static string Phone() => RandomNumberGenerator.GetString("123456789", 8);

    private static string Token(object json, string secret = PaqSalus.Secret)
    {
        var body = WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(json));
        return $"{body}.{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)))}";
    }

    private static string Token(string phone, string id, string email = "", int seconds = 0) =>
        Token(new { phone, paq_id = id, name = "Pia Quetzal", email, ts = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds });

    private Task<Answer> Send(string token, string? code = null) => Salus.Anonymous().Post("/api/v1/auth/paq", new { token, code });

    private async Task<Account?> Find(string phone)
    {
        await using var db = Salus.Database.Open();
        return await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == phone);
    }

    private static string Id() => Guid.NewGuid().ToString("N");

    [Fact]
    public async Task somebody_new_gets_an_account_with_the_phone_number_and_is_known_again_by_paqs_own_id()
    {
        var (phone, id, clinic) = (Phone(), Id(), await Clinic.Make(Salus));
        var token = (await Send(Token(phone, id, clinic.Account("doctor").Email!))).Is(200)["accessToken"].GetString()!;
        var account = (await Find("+502" + phone))!;
        Assert.Equal(("Pia Quetzal", "+502" + phone, true, null, null, false), (account.Name, account.PhoneNumber, account.PhoneNumberConfirmed, account.Email, account.PasswordHash, account.IsPlatformOwner));
        var me = (await new Caller(Salus.Http, token, "none").Get("/api/v1/auth/me")).Is(200);
        Assert.Equal((account.Id, 0), (me.Id, me["organisations"].GetArrayLength()));
        var moved = (await Send(Token(Phone(), id))).Is(200)["accessToken"].GetString()!;
        Assert.Equal(account.Id, (await new Caller(Salus.Http, moved, "none").Get("/api/v1/auth/me")).Is(200).Id);
    }

    [Fact]
    public async Task in_a_browser_the_token_leaves_the_address_at_once_and_works_once()
    {
        using var browser = new Browser(Salus);
        var path = "/account/paq?token=" + Token(Phone(), Id());
        using (var answer = await browser.Get(path)) Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        using (var account = await browser.Get("/account")) Assert.Contains("Pia Quetzal", await account.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var other = new Browser(Salus);
        using var again = await other.Get(path);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        Assert.Contains("was used already", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var db = Salus.Database.Open();
        Assert.True(await db.Set<AuditEvent>().AnyAsync(e => e.Result == "paq.used" && e.Action == "account.sign-in"));
    }

    [Theory, InlineData(-301, 401), InlineData(-290, 200), InlineData(75, 401), InlineData(50, 200)]
    public async Task a_token_that_is_too_old_or_of_the_future_is_refused(int seconds, int status)
    {
        var answer = await Send(Token(Phone(), Id(), seconds: seconds));
        if (status == 200) answer.Is(200);
        else answer.Refuses(401, "paq.failed");
    }

    [Fact]
    public async Task what_is_not_signed_so_or_lacks_a_part_is_refused()
    {
        var (ts, right) = (DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Token(Phone(), Id()));
        var (body, signature) = (right.Split('.')[0], right.Split('.')[1]);
        var other = Token(Phone(), Id()).Split('.')[0];
        string[] wrong =
        [
            Token(new { phone = Phone(), paq_id = Id(), name = "x", email = "", ts }, "another secret of the same length, nearly"), $"{other}.{signature}", $"{body}.{new string('0', 64)}", $"{body}.{signature[..62]}", $"{body}.{signature[..63]}é",
            body, $"{body}.", $".{signature}", $"{body}.{signature}.{signature}", "", " ", "….…", new string('a', 5000),
            Token(new { paq_id = Id(), name = "x", ts }), Token(new { phone = Phone(), name = "x", ts }), Token(new { phone = Phone(), paq_id = Id() }), Token(new { phone = "12", paq_id = Id(), ts }), Token(new { phone = "no number", paq_id = Id(), ts }),
            Token(new { phone = Phone(), paq_id = "", ts }), Token(new { phone = Phone(), paq_id = Id(), ts = "soon" }), Token(new { phone = Phone(), paq_id = Id(), ts = long.MaxValue }), Token(new { phone = Phone(), paq_id = Id(), ts = long.MinValue }), Token(new { phone = Phone(), paq_id = new string('9', 300), ts }),
            Token(new { phone = new[] { Phone() }, paq_id = Id(), ts }), Token(new[] { 1, 2 }), Token("text"), Token(7),
        ];
        foreach (var token in wrong) (await Send(token)).Refuses(401, "paq.failed");
        (await Send(right)).Is(200);
        (await Send($"{body}.{signature.ToUpperInvariant()}")).Refuses(401, "paq.used");
    }

    [Fact]
    public async Task of_many_that_use_a_token_at_once_one_gets_in()
    {
        var token = Token(Phone(), Id());
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Send(token)));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(401, "paq.used"));
    }

    [Fact]
    public async Task an_account_is_found_by_a_verified_phone_but_not_by_an_unverified_one_nor_by_an_address_nor_for_a_second_person()
    {
        var (verified, waiting, id) = (Phone(), Phone(), Id());
        var (mine, theirs) = (NewAccount.Make("+502" + verified, "Vera", RunningSalus.PasswordHash, DateTime.UtcNow), NewAccount.Make("+502" + waiting, "Walter", RunningSalus.PasswordHash, DateTime.UtcNow, isVerified: false));
        await Salus.Database.Write(null, db => { db.AddRange(mine, theirs); return db.SaveChangesAsync(); }, default);
        var token = (await Send(Token("+502 " + verified, id))).Is(200)["accessToken"].GetString()!;
        Assert.Equal(mine.Id, (await new Caller(Salus.Http, token, "none").Get("/api/v1/auth/me")).Is(200).Id);
        (await Send(Token(verified, Id()))).Refuses(403, "paq.other");
        (await Send(Token(waiting, Id()))).Refuses(409, "account.exists");
        await using var db = Salus.Database.Open();
        Assert.Equal(id, (await db.Set<OutsideIdentity>().SingleAsync(i => i.AccountId == mine.Id)).Subject);
        Assert.False(await db.Set<OutsideIdentity>().AnyAsync(i => i.AccountId == theirs.Id));
    }

    [Fact]
    public async Task a_second_factor_is_still_asked_for_and_asking_does_not_use_the_token_up()
    {
        var (clinic, id) = (await Clinic.Make(Salus), Id());
        var phone = await SecondFactorTests.Phone.Of(clinic, "doctor");
        await Salus.Database.Write(null, db => { db.Add(new OutsideIdentity { Issuer = PaqSignIn.Issuer, Subject = id, AccountId = clinic.Account("doctor").Id, CreatedAt = DateTime.UtcNow, LastUsedAt = DateTime.UtcNow }); return db.SaveChangesAsync(); }, default);
        var token = Token(Phone(), id);
        (await Send(token)).Refuses(401, "second-factor.needed");
        (await Send(Token(Phone(), id), "000000")).Refuses(401, "second-factor.failed");
        (await Send(token, phone.Code())).Is(200);
        using var browser = new Browser(Salus);
        using (var answer = await browser.Get("/account/paq?token=" + Token(Phone(), id))) Assert.Equal("/account/sign-in/code", answer.Headers.Location!.OriginalString);
        using (var account = await browser.Get("/account")) Assert.Equal(HttpStatusCode.Redirect, account.StatusCode);
        using var code = await browser.Submit("/account/sign-in/code", "/account/sign-in/code", new() { ["code"] = phone.Code(TimeSpan.FromSeconds(30)) });
        Assert.Equal("/", code.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task it_is_off_without_a_secret_and_limited_like_a_sign_in()
    {
        await using var own = await OwnServer.Start();
        (await own.Salus.Anonymous().Post("/api/v1/auth/paq", new { token = Token(Phone(), Id()) })).Refuses(404, "not-found");
        await own.Restart(s => s with { PaqSsoSecret = PaqSalus.Secret, SignInLimit = new Salus.Kernel.Settings().SignInLimit });
        for (var i = 0; i < 5; i++) (await own.Salus.Anonymous().Post("/api/v1/auth/paq", new { token = "x.y" })).Refuses(401, "paq.failed");
        (await own.Salus.Anonymous().Post("/api/v1/auth/paq", new { token = Token(Phone(), Id()) })).Refuses(429, "rate-limit");
    }

    [Theory, InlineData("55123456", "+50255123456"), InlineData("5512-3456", "+50255123456"), InlineData("50255123456", "+50255123456"), InlineData("+39 055 1234567", "+390551234567"), InlineData("0039 055 1234567", "+390551234567"), InlineData("551234567", null), InlineData("", null)]
    public void a_number_of_eight_digits_is_one_of_guatemala(string typed, string? expected) => Assert.Equal(expected, PaqToken.Phone(typed));
}
