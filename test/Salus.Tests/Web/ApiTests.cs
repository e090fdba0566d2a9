using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;

namespace Salus.Tests.Web;

/// <summary>The API as a whole: version, description, health, lost database.</summary>
public sealed class ApiTests(SalusServer server)
{
    [Fact]
    public void AP_01_every_route_of_the_api_is_below_the_version_but_for_the_known_shortcuts() =>
        Assert.All(Routes.OfApi(server.Salus).Select(r => r.Pattern).Where(p => p is not ("/api" or "/api/health" or "/api/auth/me" or "/api/{documentName}/schema") && !p.Contains("{**", StringComparison.Ordinal) && !p.StartsWith("/fhir/{org}/", StringComparison.Ordinal)),
            p => Assert.StartsWith("/api/v1", p, StringComparison.Ordinal));

    [Fact]
    public async Task AP_02_old_addresses_without_a_version_lead_to_the_new_ones()
    {
        var old = (await server.Salus.Anonymous().Get("/api/orgs/x/patients?q=a")).Is(307);
        Assert.Equal("/api/v1/orgs/x/patients?q=a", old.Headers["Location"]);
        Assert.Equal("/api/v1/docs", (await server.Salus.Anonymous().Get("/api")).Is(307).Headers["Location"]);
    }

    [Theory, InlineData("/api/v1/docs"), InlineData("/api/v1/redoc")]
    public async Task AP_03_the_readable_pages_load_nothing_from_elsewhere(string path)
    {
        var page = (await server.Salus.Anonymous().Get(path)).Is(200);
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(page.Text, "(?:src|href)=\"([^\"]+)\""))
            Assert.StartsWith("/", link.Groups[1].Value, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AP_03_the_schema_describes_every_route_once_with_id_summary_and_refusals()
    {
        var schema = (await server.Salus.Anonymous().Get("/api/v1/schema")).Is(200);
        Assert.StartsWith("3.1", schema["openapi"].GetString(), StringComparison.Ordinal);
        var operations = schema["paths"].EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => (Path: p.Name, Method: o.Name.ToUpperInvariant(), Operation: o.Value))).ToList();
        var described = operations.Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal);
        var mapped = Routes.OfApi(server.Salus).Where(r => r.Pattern.StartsWith("/api/v1/", StringComparison.Ordinal) && !r.Pattern.Contains("docs", StringComparison.Ordinal) && !r.Pattern.Contains("redoc", StringComparison.Ordinal) && r.Pattern != "/api/v1/collection" && !r.Pattern.Contains("{**", StringComparison.Ordinal))
            .Select(r => $"{r.Method} {r.Pattern.Replace(":guid", "", StringComparison.Ordinal)}").Order(StringComparer.Ordinal);
        Assert.Equal(mapped, described);
        Assert.Equal(operations.Count, operations.Select(o => o.Operation.Str("operationId")).Distinct().Count());
        Assert.All(operations, o =>
        {
            Assert.NotEmpty(o.Operation.Str("summary"));
            Assert.True(o.Operation.GetProperty("responses").TryGetProperty("400", out _), o.Path);
        });
    }

    [Fact]
    public async Task ID_17_a_program_acts_with_a_token_and_a_browser_with_cookie_and_form_and_neither_at_the_others_door()
    {
        var clinic = await server.NewClinic();
        var (desk, page) = ($"/{clinic.Slug}/desk/patients", $"/{clinic.Slug}/desk");
        var fields = new Dictionary<string, string> { ["name"] = "Bruno Browser", ["age"] = "41" };
        (await clinic.Receptionist.Post("patients", new { name = "Paula Program", age = 41 })).Is(201);
        var cookies = new CookieContainer();
        using var browser = new Browser(clinic.Salus, cookies);
        await browser.SignIn(clinic, "receptionist");
        using (var made = await browser.Submit(page, desk, fields)) Assert.StartsWith($"/{clinic.Slug}/patients/", made.Headers.Location?.OriginalString, StringComparison.Ordinal);
        using (var without = await browser.Post(desk, fields)) Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode); // the cookie alone is what another site could send
        // The cookie opens nothing of the API, the token no page.
        using var script = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = clinic.Salus.Http.BaseAddress };
        var withCookie = new Caller(script, null, clinic.Slug);
        (await withCookie.Get("patients")).Refuses(401, "sign-in");
        (await withCookie.Post("patients", new { name = "Carla Cookie", age = 41 })).Refuses(401, "sign-in");
        foreach (var (method, path) in ((string, string)[])[("GET", page), ("POST", desk)])
            Assert.StartsWith("/account/sign-in", (await clinic.Receptionist.Send(method, path, method == "GET" ? null : new FormUrlEncodedContent(fields))).Is(302).Headers["Location"], StringComparison.Ordinal);
        Assert.Equal(["Bruno Browser", "Paula Program"], (await clinic.Receptionist.Get("patients")).Items.Select(p => p.Str("name")).Order());
    }

    [Fact]
    public async Task AP_10_health_is_public_and_says_ok()
    {
        // Its own, and with its own key: on what is shared another test may have taken a store away or damaged a text.
        await using var own = await OwnServer.Start(TestKeys.Own);
        foreach (var path in (string[])["/api/health", "/api/v1/health"])
        {
            var status = (await own.Salus.Anonymous().Get(path)).Is(200)["status"].GetString();
            Assert.True(status == "ok", string.Join(' ', own.Salus.Services.GetServices<IHealthSource>().SelectMany(s => s.Latest)));
        }
    }

    [Fact]
    public async Task AP_10_a_database_that_is_away_is_503_for_health_and_for_everything_else()
    {
        await using var database = await TestDatabase.Make();
        var settings = RunningSalus.SettingsFor(database) with { Database = TestDatabase.IsPostgres ? "Host=127.0.0.1;Port=1;Username=none;Database=none;Timeout=2" : "" };
        await using var salus = await RunningSalus.Start(settings, migrate: false);
        (await salus.Anonymous().Get("/api/health")).Is(503);
        var token = new Salus.Modules.Accounts.Contract.Account { Id = Guid.NewGuid(), SecurityStamp = "x" };
        var answers = new[]
        {
            await salus.As(token, "clinic").Get("patients"), await salus.As(token, "clinic").Post("patients", new { name = "Anna Rossi" }), await salus.Anonymous().Get("/api/v1/tickets/" + new string('0', 26)),
            await salus.Anonymous().Post("/api/v1/auth/token", new { email = "a@example.org", password = "x" }), await new Caller(salus.Http, "device_x", "clinic").Get("board"),
        };
        Assert.All(answers, a => Assert.Equal("5", a.Refuses(503, "busy").Headers["Retry-After"]));
    }

    [Fact]
    public async Task AP_10_a_database_file_that_disappears_while_the_program_runs_is_503_and_no_empty_one_takes_its_place()
    {
        if (TestDatabase.IsPostgres) return; // a file is SQLite's; PostgreSQL is tried by the closed port above
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        foreach (var file in Directory.GetFiles(own.Folder, "salus.db*")) File.Delete(file);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        (await clinic.Anonymous.Get("/api/health")).Is(503);
        (await clinic.Doctor.Get("patients")).Refuses(503, "busy");
        Assert.False(File.Exists(Path.Combine(own.Folder, "salus.db")));
    }

    [Fact]
    public async Task AP_10_after_the_database_came_back_the_program_serves_without_a_restart()
    {
        await using var database = await TestDatabase.Make();
        await using var salus = await RunningSalus.Start(RunningSalus.SettingsFor(database), migrate: false);
        if (!TestDatabase.IsPostgres) (await salus.Anonymous().Get("/api/health")).Is(503);
        await salus.Database.Migrate();
        (await salus.Anonymous().Get("/api/health")).Is(200);
        await (await Clinic.Make(salus)).Register();
    }
}
