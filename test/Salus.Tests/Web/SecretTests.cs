using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Web;

/// <summary>
/// Secrets and names are planted by using the program as people do, also where it fails; then everything that it wrote down is
/// searched for them: its output, the audit log, the export of the log, the errors of jobs, the answers.
/// </summary>
public sealed class SecretTests : IAsyncDisposable
{
    private const string Name = "Zebulon Quarkenstein", Phone = "333 7654321", Reason = "Haemoptysis-in-the-night", SmtpPassword = "planted-smtp-word-81", AlertSecret = "planted-alert-secret-0123456789abcdef", Wrong = "Planted-Wrong-Password-7!", Fresh = "Planted-Fresh-Password-8!",
        StripeKey = "sk_test_planted0123456789", StripeSecret = "whsec_planted0123456789", PayPalSecret = "planted-paypal-word-93", Finding = "Planted-finding-of-the-lungs", Debt = "Planted-what-is-owed-for";
    private readonly List<string> answers = [], planted = [Name, "Quarkenstein", "7654321", Reason, SmtpPassword, AlertSecret, Wrong, Fresh, RunningSalus.Password, StripeKey, StripeSecret, PayPalSecret, Finding, Debt];
    private Process? program;
    private HttpClient http = null!;

    [Fact]
    public async Task SE_14_no_secret_and_no_patient_is_found_in_anything_the_program_writes_down()
    {
        await using var database = await TestDatabase.Make();
        planted.AddRange(new Npgsql.NpgsqlConnectionStringBuilder(database.Connection).Password is { Length: > 0 } password ? [password] : []);
        var (clinic, link) = await Prepare(database);
        var output = await Start(database);
        await Use(clinic, link);
        await JobsFailed(database);
        await Stop();
        var said = await output;
        Assert.Contains("Salus serves", said, StringComparison.Ordinal);
        Search("the output", said);
        Search("the answers of refused requests", string.Join('\n', answers));
        await using var salus = await RunningSalus.Start(database);
        await using var db = salus.Database.Open();
        Search("the audit log", JsonSerializer.Serialize(db.Set<Kernel.Audit.AuditEvent>().ToList()));
        Search("the errors of jobs", string.Join('\n', db.Set<Kernel.Jobs.Job>().Select(j => $"{j.Kind} {j.LastError}").ToList()));
        var export = (await clinic.On(salus).Admin.Get("audit/export?days=1")).Is(200);
        Search("the audit part of the export", export["audit_events"].GetRawText());
        Search("the counters", string.Join('\n', db.Set<RateCount>().Select(c => c.Key).ToList()));
    }

    private void Search(string where, string text)
    {
        Assert.NotEmpty(planted);
        foreach (var secret in planted)
            foreach (var form in (string[])[secret, Uri.EscapeDataString(secret), Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret))])
                Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"'{secret}' stands in {where}");
    }

    /// <summary>A clinic, its people, and a mailed link to set a password, made before the program starts as a process of its own.</summary>
    private static async Task<(Clinic, string)> Prepare(TestDatabase database)
    {
        await using var salus = await RunningSalus.Start(database);
        var clinic = await Clinic.Make(salus);
        await clinic.Hire("all", string.Join(' ', Role.ForPeople(OrganisationKind.Clinic)));
        await clinic.Queue();
        (await clinic.Anonymous.Post("/api/v1/auth/password-reset", new { email = clinic.Account("second-doctor").Email })).Is(202);
        await Wait.Until(async () => { await salus.RunJobs(); return Directory.Exists(salus.Settings.MailboxFolder) && Directory.GetFiles(salus.Settings.MailboxFolder).Length > 0; });
        var mail = Directory.GetFiles(salus.Settings.MailboxFolder).Select(File.ReadAllText).Single(t => t.Contains("/account/reset/", StringComparison.Ordinal));
        return (clinic, mail.Split("/account/reset/")[1][..26]);
    }

    private async Task<Task<string>> Start(TestDatabase database)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "salus.dll"), "serve"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var (name, value) in new[]
        {
            ("SALUS_DATA", database.Folder), ("SALUS_DATABASE", database.Connection), ("SALUS_MODE", "production"), ("SALUS_URLS", url), ("SALUS_PUBLIC_URL", "https://clinic.example.org"), ("SALUS_SMTP_HOST", "127.0.0.1"),
            ("SALUS_SMTP_PORT", "9"), ("SALUS_SMTP_USER", "clinic"), ("SALUS_SMTP_PASSWORD", SmtpPassword), ("SALUS_ALERT_WEBHOOK", "https://127.0.0.1:9/x"), ("SALUS_ALERT_SECRET", AlertSecret), ("SALUS_LIMIT_SIGN_IN", "1000/min"),
            ("SALUS_STRIPE_KEY", StripeKey), ("SALUS_STRIPE_WEBHOOK_SECRET", StripeSecret), ("SALUS_STRIPE_URL", "https://127.0.0.1:9"), ("SALUS_PAYPAL_CLIENT", "clinic"), ("SALUS_PAYPAL_SECRET", PayPalSecret), ("SALUS_PAYPAL_URL", "https://127.0.0.1:9"),
        }) start.Environment[name] = value;
        program = Process.Start(start)!;
        var (output, errors) = (program.StandardOutput.ReadToEndAsync(), program.StandardError.ReadToEndAsync());
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(url) };
        await Wait.Until(async () =>
        {
            Assert.False(program.HasExited, "The program ended.");
            try { using var health = await http.GetAsync("/api/health"); return health.IsSuccessStatusCode; }
            catch (HttpRequestException) { return false; }
        });
        return Both(output, errors);
    }

    private static async Task<string> Both(Task<string> output, Task<string> errors) => await output + await errors;

    private async Task Use(Clinic clinic, string link)
    {
        var anybody = new Caller(http, null, clinic.Slug);
        Task<Answer> SignIn(string password) => anybody.Post("/api/v1/auth/token", new { email = clinic.Account("all").Email, password });
        var tokens = (await SignIn(RunningSalus.Password)).Is(200);
        var (access, refresh) = (tokens["accessToken"].GetString()!, tokens["refreshToken"].GetString()!);
        planted.AddRange([access, access.Split('.')[2], refresh, link]);
        var all = new Caller(http, access, clinic.Slug);
        var patient = (await all.Post("patients", new { name = Name, phone = Phone })).Is(201);
        var queue = (await all.Get("queues")).Is(200).Json.ToString();
        var queueId = System.Text.RegularExpressions.Regex.Match(queue, "\"id\":\"([0-9a-f-]{36})\"").Groups[1].Value;
        (await all.Post("tickets", new { patientId = patient.Id, queueId, urgency = "urgent", reason = Reason })).Is(201);
        (await all.Get("patients?q=quarkenstein")).Is(200);
        var visit = (await all.Get($"encounters?patient={patient.Id}")).Is(200).Items[0].Id(); // its ticket opened it
        (await all.Post($"encounters/{visit}/notes", new { text = Finding })).Is(201);
        (await all.Put($"encounters/{visit}/consultation", new { examination = Finding })).Is(200);
        await Refused(await all.Post($"encounters/{visit}/vitals", new { pulse = 99999, remark = Finding }), 422);
        var charge = (await all.Post("charges", new { payerKind = "patient", payerId = patient.Id, title = Debt, lines = new[] { new { unitPrice = new { amount = "5.00" } } } })).Is(201).Id;
        await Refused(await all.Post("payments", new { charges = new[] { charge }, method = "card", amount = new { amount = "6.00" }, reference = Debt }), 422);
        planted.Add((await all.Post("keys", new { name = "Link", permissions = new[] { "organisation.enter" }, days = 30 })).Is(201)["secret"].GetString()!);
        (await all.Get($"patients/{patient.Id}")).Is(200);
        (await all.Post("invitations", new { name = "Nora", email = "nora@example.org", roles = new[] { Role.Doctor } })).Is(201);
        await Refused(await SignIn(Wrong), 401);
        await Refused(await anybody.Post("/api/v1/auth/token", new { email = Name, password = Wrong, more = Wrong }), 400);
        await Refused(await anybody.Post("/api/v1/auth/refresh", new { refreshToken = refresh[..^1] + (refresh[^1] == 'x' ? 'y' : 'x') }), 401);
        (await anybody.Post("/api/v1/auth/refresh", new { refreshToken = refresh })).Is(200);
        await Refused(await anybody.Post("/api/v1/auth/refresh", new { refreshToken = refresh }), 401); // ends the session
        await Refused(await all.Get($"patients?q={Uri.EscapeDataString(Name)}"), 401);
        await Refused(await new Caller(http, access + "x", clinic.Slug).Get("patients"), 401);
        await Refused(await anybody.Get($"/account/sign-in?password={Wrong}&x=%00"), 400);
        await Refused(await anybody.Post("/api/v1/auth/password-reset/confirm", new { token = link, password = "short" }), 422);
        (await anybody.Post("/api/v1/auth/password-reset/confirm", new { token = link, password = Fresh })).Is(204);
        await Refused(await anybody.Post("/api/v1/auth/password-reset/confirm", new { token = link, password = Fresh }), 400);
        await Refused(await anybody.Get($"/account/reset/{link}"), 400);
        var again = new Caller(http, (await SignIn(RunningSalus.Password)).Is(200)["accessToken"].GetString(), clinic.Slug);
        await Refused(await again.Send("POST", "patients", $"{{\"name\":\"{Name}\",\"phone\":{{}}}}"), 400);
        await Refused(await again.Post("patients", new { name = Name, phone = "no phone " + Phone }), 422);
        await Refused(await again.Post("patients", new { name = new string('x', 5000) + Name }), 422);
    }

    /// <summary>The mails of this day go nowhere, because no mail server answers: what the jobs write about that is searched too.</summary>
    private static Task JobsFailed(TestDatabase database) => Wait.Until(async () =>
    {
        Database rows = TestDatabase.IsPostgres ? new PostgresDatabase(database.Connection) : new SqliteDatabase(Path.Combine(database.Folder, "salus.db"));
        await using var _ = (IAsyncDisposable)rows;
        await using var db = rows.Open();
        return await db.Set<Kernel.Jobs.Job>().AnyAsync(j => j.LastError != "");
    });

    private Task Refused(Answer answer, int status)
    {
        answers.Add(answer.Is(status).Text);
        return Task.CompletedTask;
    }

    private async Task Stop()
    {
        if (program is null || program.HasExited) return;
        using (var kill = Process.Start("kill", ["-TERM", program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await program.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        program?.Dispose();
        http?.Dispose();
    }
}
