using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Jobs;
using Salus.Modules.Operations.Security;

namespace Salus.Tests.Operations;

/// <summary>Alerts: at once or from a number on, by mail and to a web address, once in ten minutes, and never with anything personal in them.</summary>
public sealed class AlertTests
{
    private const string Receiver = "it@clinic.example.org", Wrong = "Wrong-Password-1";

    private static Task<OwnServer> Watched(Func<Settings, Settings>? more = null) => OwnServer.Start(Watching(more));

    private static Func<Settings, Settings> Watching(Func<Settings, Settings>? more = null) => s => (more ?? (x => x))(s with { AlertMail = Receiver });

    private static Task<IReadOnlyList<string>> Look(OwnServer own) => own.Salus.Services.GetRequiredService<AlertWatch>().Look(default);

    private static Task<IReadOnlyList<Mail>> Mails(OwnServer own) => own.Salus.Mailbox(Receiver);

    private static async Task<List<AuditEvent>> Rows(OwnServer own)
    {
        await using var db = own.Salus.Database.Open();
        return await db.Set<AuditEvent>().AsNoTracking().Where(e => e.Action == Alerts.Action).OrderBy(e => e.Seq).ToListAsync();
    }

    private static async Task Fail(Clinic clinic, int times, string? email = null)
    {
        for (var i = 0; i < times; i++) await clinic.Anonymous.Post("/api/v1/auth/token", new { email = email ?? $"nobody{i}@example.org", password = Wrong });
    }

    /// <summary>Makes a clinic and lets the alerts of its making pass.</summary>
    private static async Task<Clinic> Quiet(OwnServer own)
    {
        var clinic = await Clinic.Make(own.Salus);
        await Look(own);
        return clinic;
    }

    private static Task Write(OwnServer own, params AuditEvent[] rows) => own.Salus.Services.GetRequiredService<AuditLog>().Write(rows);

    [Fact]
    public async Task SE_16_twenty_failed_sign_ins_are_told_and_nineteen_are_not()
    {
        await using var own = await Watched();
        var clinic = await Quiet(own);
        await Fail(clinic, 19);
        Assert.Empty(await Look(own));
        await Fail(clinic, 1);
        Assert.Equal([AlertRules.SignIns], await Look(own));
        var mail = (await Mails(own)).Single(m => m.Subject.Contains("Many sign-ins failed", StringComparison.Ordinal));
        Assert.Contains("How often: 20", mail.Text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", mail.Text, StringComparison.Ordinal);
        Assert.Equal("failed-sign-ins 20", (await Rows(own))[^1].Detail);
        Assert.Equal("security.alert", (await own.Salus.As(await own.Salus.Owner(), clinic.Slug).Get("/api/v1/security-events")).Items[0].Str("event"));
    }

    [Fact]
    public async Task a_kind_is_told_once_in_ten_minutes_and_what_came_meanwhile_is_counted_in_the_next()
    {
        await using var own = await Watched();
        var clinic = await Quiet(own);
        await Fail(clinic, 5, clinic.Account("doctor").Email);
        Assert.Equal([AlertRules.Lockout], await Look(own));
        await Fail(clinic, 3, clinic.Account("doctor").Email);
        Assert.Empty(await Look(own));
        await own.Restart(Watching(s => s with { Clock = "+11m" }));
        Assert.Equal([AlertRules.Lockout], await Look(own));
        Assert.Equal(["lockout 1", "lockout 3"], (await Rows(own)).Select(r => r.Detail).Where(d => d.StartsWith("lockout", StringComparison.Ordinal)));
        Assert.Empty(await Look(own));
        await own.Restart(Watching(s => s with { Clock = "+3h" }));
        Assert.Empty(await Look(own));
    }

    [Fact]
    public async Task of_several_nodes_that_look_at_once_one_tells()
    {
        await using var own = await Watched();
        var clinic = await Quiet(own);
        await Fail(clinic, 6, clinic.Account("doctor").Email);
        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Look(own)));
        Assert.Single(told.SelectMany(t => t));
    }

    [Fact]
    public async Task SE_16_a_stolen_refresh_token_a_new_administrator_and_emergency_access_are_told_at_once()
    {
        await using var own = await Watched();
        var clinic = await Quiet(own);
        var tokens = (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password = RunningSalus.Password })).Is(200);
        for (var i = 0; i < 2; i++) await clinic.Anonymous.Post("/api/v1/auth/refresh", new { refreshToken = tokens["refreshToken"].GetString() });
        var staff = (await clinic.Admin.Get("staff"))["staff"].EnumerateArray().ToDictionary(s => s.Id("accountId"), s => s.Id("membershipId"));
        (await clinic.Admin.Put($"staff/{staff[clinic.Account("second-doctor").Id]}", new { roles = new[] { "clinic.receptionist" } })).Is(204);
        Assert.Equal([AlertRules.Reuse], await Look(own));
        (await clinic.Admin.Put($"staff/{staff[clinic.Account("doctor").Id]}", new { roles = new[] { "org.admin", "clinic.doctor" } })).Is(204);
        await Write(own, new AuditEvent { At = own.Salus.Now, OrganisationId = clinic.Id, Action = "access.break-glass", ActorKind = ActorKind.Person, ActorId = clinic.Account("doctor").Id });
        Assert.Equal([AlertRules.BreakGlass], await Look(own)); // the owner made by the tests was told of a moment ago: administrators are quiet
        await own.Restart(Watching(s => s with { Clock = "+11m" }));
        Assert.Equal([AlertRules.Admins], await Look(own));
    }

    [Fact]
    public async Task SE_16_an_own_role_that_may_give_rights_is_told_of_and_one_that_may_not_is_not()
    {
        await using var own = await Watched();
        var clinic = await Quiet(own);
        var fits = AlertRules.All.Single(r => r.Kind == AlertRules.Admins).Fits;
        Assert.Empty(AlertRules.Powers.Except(own.Salus.Services.GetRequiredService<Kernel.Modules>().All.SelectMany(m => m.Permissions).Select(p => p.Key)));
        string[] plain = ["organisation.enter"], powerful = ["organisation.enter", "organisation.manage-staff"];
        var hall = (await clinic.Admin.Post("roles", new { title = "Hall", permissions = plain })).Is(201);
        await clinic.Admin.Post("roles", new { title = "Office", permissions = powerful });
        Assert.Equal([false, true], (await clinic.Audit("role.add")).Select(fits));
        foreach (var permissions in (string[][])[["organisation.enter", "patients.read"], powerful])
            (await clinic.Admin.Put($"roles/{hall.Id}", new { title = "Hall", permissions })).Is(204);
        Assert.Equal([false, true], (await clinic.Audit("role.change")).Select(fits));
        await own.Restart(Watching(s => s with { Clock = "+11m" }));
        Assert.Equal([AlertRules.Admins], await Look(own));
    }

    [Fact]
    public async Task AU_12_an_organisations_log_tells_of_an_alert_only_what_happened_in_it()
    {
        await using var own = await Watched();
        var (clinic, other) = (await Quiet(own), await Clinic.Make(own.Salus));
        var owner = (await own.Salus.Owner()).Id; // a member of both
        AuditEvent Opened(Clinic where) => new() { At = own.Salus.Now, OrganisationId = where.Id, Action = "access.break-glass", ActorKind = ActorKind.Person, ActorId = owner };
        await Write(own, Opened(clinic), Opened(other), Opened(other), new AuditEvent { At = own.Salus.Now, Action = "request.failed", Result = "bug", ActorKind = ActorKind.Person, ActorId = owner });
        Assert.Equal([AlertRules.BreakGlass, AlertRules.Errors], await Look(own));
        static async Task<string[]> Told(Clinic where) => [.. (await where.Admin.Get("security-events")).Is(200).Items.Where(e => e.Str("event") == Alerts.Action).Select(e => e.Str("detail"))];
        Assert.Equal(["break-glass 1", "administrators 1"], await Told(clinic)); // that the owner's account was made happened to a member
        Assert.Equal(["break-glass 2", "administrators 1"], await Told(other));
        Assert.Contains((await Mails(own)).Select(m => m.Text), text => text.Contains("How often: 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AU_11_an_account_that_reads_very_many_patients_is_told_once_and_counted_by_patients()
    {
        await using var own = await Watched(s => s with { AlertReads = 30 });
        var clinic = await Quiet(own);
        for (var i = 0; i < 31; i++) await clinic.Register($"Anna Quark {(char)('a' + (i % 26))}{i}");
        for (var i = 0; i < 5; i++) (await clinic.Doctor.Get("patients?q=quark&limit=25")).Is(200); // 125 times somebody, but 25 patients
        Assert.Empty(await Look(own));
        (await clinic.Doctor.Get("patients?q=quark&limit=100")).Is(200);
        Assert.Equal([AlertRules.MassRead], await Look(own));
        var row = (await Rows(own))[^1];
        Assert.Equal(("mass-read 31", clinic.Account("doctor").Id, clinic.Id), (row.Detail, row.SubjectId, row.OrganisationId));
        Assert.Equal("security.alert", (await clinic.Admin.Get("security-events")).Items[0].Str("event"));
        await own.Restart(Watching(s => s with { AlertReads = 30, Clock = "+15m" }));
        Assert.Empty(await Look(own));
    }

    [Fact]
    public async Task a_file_of_patients_that_is_brought_in_is_no_mass_read()
    {
        await using var own = await Watched(s => s with { AlertReads = 5 });
        var clinic = await Quiet(own);
        var file = new StringContent("name\n" + string.Join('\n', Enumerable.Range(0, 20).Select(i => $"Anna Quark {i}")));
        Assert.Equal(20, (await clinic.Admin.Post("patients/imports", file)).Is(200)["imported"].GetInt32());
        Assert.Empty(await Look(own));
        (await clinic.Admin.Get("patients?q=quark")).Is(200);
        Assert.Equal([AlertRules.MassRead], await Look(own));
    }

    [Fact]
    public async Task AU_11_a_large_export_and_an_unexpected_error_are_told()
    {
        await using var own = await Watched(s => s with { AlertExport = 2 });
        var clinic = await Quiet(own);
        for (var i = 0; i < 2; i++) await clinic.Register($"Anna Quark {i}");
        (await clinic.Admin.Get("audit/export?days=1")).Is(200);
        Assert.Empty(await Look(own));
        await clinic.Register("Bruno Quark");
        (await clinic.Admin.Get("audit/export?days=1")).Is(200);
        Assert.Equal("3 patients", Assert.Single(await clinic.Audit("audit.export-large")).Detail);
        await own.Salus.Sql("ALTER TABLE clinic_patients RENAME TO clinic_patients_gone");
        for (var i = 0; i < 5; i++) (await clinic.Doctor.Get("patients")).Is(500);
        Assert.Equal([AlertRules.Export, AlertRules.Errors], await Look(own));
        Assert.Equal("errors 1", (await Rows(own))[^1].Detail); // one row a minute: a page that fails all the time fills no log
    }

    [Fact]
    public async Task an_alert_names_accounts_and_addresses_and_nobody()
    {
        await using var own = await Watched(s => s with { AlertReads = 1 });
        var clinic = await Quiet(own);
        await clinic.Register("Zebulon Quark");
        await clinic.Register("Zacharias Quark");
        (await clinic.Doctor.Get("patients?q=quark")).Is(200);
        await Fail(clinic, 21, clinic.Account("doctor").Email);
        Assert.Equal([AlertRules.Lockout, AlertRules.SignIns, AlertRules.MassRead], await Look(own));
        var texts = string.Join('\n', (await Mails(own)).Select(m => m.Subject + m.Text)) + JsonSerializer.Serialize(await Rows(own));
        Assert.Contains(clinic.Account("doctor").Id.ToString(), texts, StringComparison.Ordinal);
        foreach (var word in (string[])["Quark", "Zebulon", "Person doctor", clinic.Account("doctor").Email!, clinic.Slug, Wrong, RunningSalus.Password]) Assert.DoesNotContain(word, texts, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, InlineData("fr", "Alerte Salus"), InlineData("es", "Alerta de Salus"), InlineData("it", "Avviso Salus"), InlineData("", "Salus alert")]
    public async Task a_receiver_with_an_account_is_told_in_the_own_language(string language, string subject)
    {
        await using var own = await Watched();
        await own.Salus.Database.Write(null, db =>
        {
            var account = Salus.Modules.Accounts.Contract.NewAccount.Make(Receiver, "Ida Tech", RunningSalus.PasswordHash, DateTime.UtcNow);
            account.Language = language;
            db.Add(account);
            return db.SaveChangesAsync();
        }, default);
        await own.Salus.Owner();
        Assert.Equal([AlertRules.Admins], await Look(own));
        Assert.StartsWith(subject, Assert.Single(await Mails(own)).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_web_address_gets_it_as_signed_json_and_again_when_it_was_away()
    {
        var secret = new string('s', 40);
        using var receiver = new HttpListener();
        var port = FreePort();
        receiver.Prefixes.Add($"http://127.0.0.1:{port}/alerts/");
        receiver.Start();
        await using var own = await Watched(s => s with { AlertMail = "", AlertWebhook = $"http://127.0.0.1:{port}/alerts/", AlertSecret = secret });
        await own.Salus.Owner();
        Assert.Equal([AlertRules.Admins], await Look(own));
        var (first, again) = (await Received(receiver, 503), await Received(receiver, 204));
        Assert.Equal((first.Body, first.Delivery), (again.Body, again.Delivery));
        Assert.Equal(AlertWebhook.Sign(secret, Encoding.UTF8.GetBytes(again.Body)), again.Signature);
        var json = JsonDocument.Parse(again.Body).RootElement;
        Assert.Equal(("administrators", 1), (json.Str("event"), json.Number("count")));
        Assert.Equal(["accounts", "addresses", "at", "count", "event", "installation", "since"], json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        await Wait.Until(async () =>
        {
            await using var db = own.Salus.Database.Open();
            return await db.Set<Job>().AsNoTracking().SingleAsync(j => j.Kind == AlertWebhook.JobKind) is { State: JobState.Done, Body: "" };
        });
    }

    private static async Task<(string Body, string Signature, string Delivery)> Received(HttpListener receiver, int answer)
    {
        var call = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(call.Request.InputStream);
        var got = (await reader.ReadToEndAsync(), call.Request.Headers[AlertWebhook.SignatureHeader]!, call.Request.Headers[AlertWebhook.DeliveryHeader]!);
        call.Response.StatusCode = answer;
        call.Response.Close();
        return got;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
