using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Operations.Security;

namespace Salus.Tests.Accounts;

/// <summary>What the log keeps of signing in and of showing who one is: each failure one row, and each step that somebody with a stolen password takes.</summary>
public sealed class SignInLogTests(SalusServer server)
{
    private async Task<List<AuditEvent>> RowsOf(Account account, string action)
    {
        await using var db = server.Salus.Database.Open();
        return await db.Set<AuditEvent>().AsNoTracking().Where(e => e.ActorId == account.Id && e.Action == action).OrderBy(e => e.Seq).ToListAsync();
    }

    // The answer of a phone was right a moment ago; between the check and the sign-in its passkey was removed, or a copy of it was used.
    [Theory, InlineData(null), InlineData(7L), InlineData(8L)]
    public async Task a_passkey_that_was_removed_or_copied_is_refused_as_a_passkey_and_leaves_one_row(long? keptCount)
    {
        var clinic = await server.NewClinic();
        var (doctor, id) = (clinic.Account("doctor"), Guid.NewGuid().ToByteArray());
        if (keptCount is { } count)
            await clinic.Salus.Database.Write(null, db =>
            {
                db.Add(new Passkey { AccountId = doctor.Id, Name = "Phone", CredentialId = Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlEncode(id), SignCount = count, CreatedAt = DateTime.UtcNow });
                return db.SaveChangesAsync();
            }, default);
        var used = new UserPasskeyInfo(id, [1], DateTimeOffset.UtcNow, signCount: 7, transports: null, isUserVerified: true, isBackupEligible: false, isBackedUp: false, attestationObject: [], clientDataJson: []);
        await using var scope = server.Salus.Services.CreateAsyncScope();
        var refusal = await Assert.ThrowsAsync<Refusal>(() => scope.ServiceProvider.GetRequiredService<SignIn>().WithPasskey(() => Task.FromResult((doctor, used)), Text.Secret(), default));
        Assert.Equal((401, "passkey.failed"), (refusal.Status, refusal.Code));
        Assert.Equal("passkey.failed", Assert.Single(await RowsOf(doctor, SignIn.Action)).Result);
    }

    [Fact]
    public async Task a_right_password_without_its_code_leaves_a_row_at_either_door()
    {
        var clinic = await server.NewClinic();
        var doctor = clinic.Account("doctor");
        await SecondFactorTests.Phone.Of(clinic, "doctor");
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = doctor.Email, password = RunningSalus.Password })).Refuses(401, "second-factor.needed");
        using var browser = new Browser(clinic.Salus);
        using (var asked = await browser.TrySignIn(doctor.Email!, RunningSalus.Password)) Assert.Equal("/account/sign-in/code", asked.Headers.Location?.OriginalString);
        var rows = await RowsOf(doctor, SignIn.Action);
        Assert.Equal(["second-factor.asked", "second-factor.asked"], rows.Select(r => r.Result));
        Assert.All(rows, r => Assert.Equal(("account", doctor.Id, "127.0.0.1"), (r.SubjectKind, r.SubjectId, r.Ip)));
    }

    [Fact]
    public async Task a_demanded_second_factor_that_is_missing_leaves_one_row_for_each_session_in_an_hour()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await own.Salus.Database.Write(null, async db =>
        {
            (await db.Set<Salus.Modules.Organisations.Contract.Organisation>().SingleAsync(o => o.Id == clinic.Id)).SecondFactorRoles = "clinic.doctor";
            return await db.SaveChangesAsync();
        }, default);
        for (var i = 0; i < 3; i++) (await clinic.Doctor.Get("patients")).Refuses(403, "second-factor.demanded");
        (await clinic.SecondDoctor.Get("patients")).Refuses(403, "second-factor.demanded");
        var rows = (await clinic.Audit("request.refused")).Where(r => r.Result == "second-factor.demanded");
        Assert.Equal([clinic.Account("doctor").Id, clinic.Account("second-doctor").Id], rows.Select(r => r.ActorId!.Value));
        Assert.All(rows, r => Assert.Equal("clinic.doctor", r.Role));
    }

    [Fact]
    public async Task a_stolen_session_has_five_guesses_at_the_password_and_each_leaves_a_row()
    {
        var clinic = await server.NewClinic();
        var doctor = clinic.Account("doctor");
        using var thief = new Browser(clinic.Salus);
        await thief.SignIn(clinic, "doctor");
        Task<HttpResponseMessage> Change(string current, string fresh = "Green-Lantern-88!") => thief.Submit("/account", "/account/password", new() { ["current"] = current, ["password"] = fresh });
        using (var weak = await Change("Wrong-Password-1", "weak")) Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.StatusCode); // nothing was guessed at
        for (var i = 0; i < 5; i++)
            using (var wrong = await Change("Wrong-Password-" + i)) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using (var sixth = await Change(RunningSalus.Password)) Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
        // The proof of who it is counts with them: there are not five more there.
        using (var proof = await thief.Submit("/account", "/account/prove", new() { ["password"] = RunningSalus.Password })) Assert.Equal(HttpStatusCode.TooManyRequests, proof.StatusCode);
        var rows = await RowsOf(doctor, ChangePassword.Action);
        Assert.Equal(Enumerable.Repeat("password.wrong", 5), rows.Select(r => r.Result));
        Assert.All(rows, r => Assert.Equal(("account", doctor.Id), (r.SubjectKind, r.SubjectId)));
        Assert.Equal(5, (await clinic.Admin.Get("security-events")).Items.Count(e => e.Str("event") == "password.wrong" && e.Id("actorId") == doctor.Id));
        using var owner = new Browser(clinic.Salus);
        await owner.SignIn(clinic, "doctor"); // another session has its own
        using var done = await owner.Submit("/account", "/account/password", new() { ["current"] = RunningSalus.Password, ["password"] = "Green-Lantern-88!" });
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
    }

    [Fact]
    public async Task a_right_password_forgives_the_wrong_ones_before_it()
    {
        var clinic = await server.NewClinic();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        var present = RunningSalus.Password;
        foreach (var fresh in (string[])["Green-Lantern-88!", "Silver-Harbour-77!"])
        {
            for (var i = 0; i < 4; i++)
                using (var wrong = await browser.Submit("/account", "/account/password", new() { ["current"] = "Wrong-Password-1", ["password"] = fresh })) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            using var done = await browser.Submit("/account", "/account/password", new() { ["current"] = present, ["password"] = fresh });
            Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
            present = fresh;
        }
    }

    [Fact]
    public async Task a_proof_that_was_wrong_leaves_a_row()
    {
        var clinic = await server.NewClinic();
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { password = "Wrong-Password-1" })).RefusesField("password");
        var phone = await SecondFactorTests.Phone.Of(clinic, "doctor");
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { code = "000000" })).RefusesField("code");
        (await clinic.Doctor.Post("/api/v1/auth/prove", new { code = phone.Code() })).Is(204);
        Assert.Equal(["password.wrong", "second-factor.failed", "ok"], (await RowsOf(clinic.Account("doctor"), "account.prove-identity")).Select(r => r.Result));
        Assert.All(await RowsOf(clinic.Account("doctor"), "account.prove-identity"), r => Assert.Equal("session", r.SubjectKind));
        Assert.NotNull(SecurityEvents.All.Single(e => e.Key == "password.wrong"));
    }
}
