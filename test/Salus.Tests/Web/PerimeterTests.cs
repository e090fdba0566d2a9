using System.Diagnostics;
using System.Net;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Web;

/// <summary>What a stranger with tools tries first.</summary>
public sealed class PerimeterTests(SalusServer server)
{
    [Fact]
    public async Task SE_06_cookies_are_out_of_reach_of_script_and_other_sites_and_in_production_go_over_TLS_only()
    {
        await using var own = await OwnServer.Start(s => s with { Mode = Mode.Production, PublicUrl = "https://clinic.example.org", Proxies = "127.0.0.1" });
        var clinic = await Clinic.Make(own.Salus);
        (string, string)[] https = [("Host", "clinic.example.org"), ("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", "https")];
        var page = (await own.Salus.Anonymous().Get("/account/sign-in", https)).Is(200);
        var form = System.Text.RegularExpressions.Regex.Match(page.Text, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        var cookie = page.Headers["Set-Cookie"];
        var signedIn = await own.Salus.Anonymous().Send("POST", "/account/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = clinic.Account("doctor").Email!, ["password"] = RunningSalus.Password, ["__RequestVerificationToken"] = form }), [("Cookie", cookie.Split(';')[0]), .. https]);
        signedIn.Is(302);
        var cookies = $"{cookie}, {signedIn.Headers["Set-Cookie"]}".Split("__Host-", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["salus-device", "salus-form", "salus-session"], cookies.Select(c => c.Split('=')[0]).Order(StringComparer.Ordinal));
        Assert.All(cookies, c => { foreach (var flag in (string[])["httponly", "samesite=lax", "secure", "path=/"]) Assert.Contains(flag, c, StringComparison.OrdinalIgnoreCase); Assert.DoesNotContain("domain", c, StringComparison.OrdinalIgnoreCase); });
    }

    [Theory, InlineData("' OR '1'='1"), InlineData("%"), InlineData("_____"), InlineData("\") OR 1=1 --"), InlineData("x'; DROP TABLE clinic_patients; --"), InlineData("Rossi\" OR \"a"), InlineData("anna* NEAR rossi"), InlineData("1) UNION SELECT 1,2,3 --"), InlineData("\\")]
    public async Task SE_08_what_looks_like_SQL_is_only_text(string probe)
    {
        var clinic = await server.NewClinic();
        await clinic.Register("Anna Rossi");
        foreach (var path in (string[])["patients?q=", "audit?action=", "audit?actor=", "patients?after="])
        {
            var answer = await clinic.Admin.Get(path + Uri.EscapeDataString(probe));
            Assert.True(answer.Status is 200 or 400 or 422, $"{path}{probe}: {answer.Status} {answer.Text}");
            if (path == "patients?q=" && Kernel.Text.Fold(probe).Length > 0) Assert.Empty(answer.Is(200).Items);
        }
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email + probe, password = RunningSalus.Password })).Is(401);
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password = probe })).Is(401);
        Assert.Single((await clinic.Admin.Get("patients?q=rossi")).Is(200).Items);
    }

    private static readonly string[] Payloads =
        ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "<svg/onload=alert(1)>", "javascript:alert(1)", "{{7*7}}", "</textarea><script>alert(1)</script>", "<!--<img src=\"--><img src=x onerror=alert(1)//\">"];

    [Fact]
    public async Task SE_09_markup_in_every_text_field_is_shown_as_text()
    {
        var clinic = await server.NewClinic();
        foreach (var (payload, i) in Payloads.Select((p, i) => (p, i)))
        {
            var patient = (await clinic.Receptionist.Post("patients", new { name = "Anna " + payload })).Is(201).Id;
            (await clinic.Doctor.Put("/api/v1/auth/profile", new { name = "Ada " + payload, bio = payload })).Is(204);
            (await clinic.Admin.Post("devices", new { name = payload })).Is(201);
            (await clinic.Admin.Post("keys", new { name = payload, permissions = new[] { "organisation.enter" }, days = 30 })).Is(201);
            (await clinic.Admin.Post("roles", new { title = $"{i} {payload}"[..Math.Min(40, payload.Length + 2)], permissions = new[] { "organisation.enter" } })).Is(201);
            (await clinic.Admin.Post("invitations", new { name = payload, email = $"x{i}.{clinic.Slug}@example.org", roles = new[] { "clinic.doctor" } })).Is(201);
            var queue = await clinic.Queue(payload, ((char)('A' + i)).ToString());
            (await clinic.Admin.Post($"queues/{queue}/notices", new { text = payload })).Is(201);
            (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = queue })).Is(201);
        }
        using Browser admin = new(clinic.Salus), doctor = new(clinic.Salus);
        await admin.SignIn(clinic, "admin");
        await doctor.SignIn(clinic, "doctor");
        string[] pages = ["", "patients", "queue", "board", "notices", "figures", "audit", "security", "manage/staff", "manage/roles", "manage/keys", "manage/queues", "manage/settings", "manage/matrix", $"patients?q={Uri.EscapeDataString(Payloads[0])}", $"nowhere/{Uri.EscapeDataString(Payloads[1])}"];
        foreach (var page in pages) await ShowsText(admin, $"/{clinic.Slug}/{page}");
        foreach (var page in (string[])["/account", "/account/profile", $"/{clinic.Slug}/queue", $"/account/sign-in?back={Uri.EscapeDataString(Payloads[1])}"]) await ShowsText(doctor, page);
    }

    [Fact]
    public async Task SE_09_markup_in_the_record_and_in_money_is_shown_as_text()
    {
        var clinic = await server.NewClinic();
        await clinic.Hire("all", string.Join(' ', Role.ForPeople(OrganisationKind.Clinic)));
        var all = clinic.As("all");
        Guid visit = default, patient = default;
        foreach (var (payload, i) in Payloads.Select((p, i) => (p, i)))
        {
            patient = (await all.Post("patients", new { name = "Anna " + payload })).Is(201).Id;
            visit = (await all.Post("encounters", new { patientId = patient, complaint = payload })).Is(201).Id;
            (await all.Post($"encounters/{visit}/vitals", new { pulse = 130, remark = payload })).Is(201);
            (await all.Post($"encounters/{visit}/notes", new { text = payload })).Is(201);
            (await all.Post($"encounters/{visit}/allergies", new { substance = "Entry " + payload, reaction = payload })).Is(201);
            (await all.Post($"encounters/{visit}/conditions", new { text = payload })).Is(201);
            (await all.Put($"encounters/{visit}/consultation", new { history = payload, examination = payload, assessment = payload, plan = payload })).Is(200);
            (await all.Post($"encounters/{visit}/orders", new { kind = "lab", items = new[] { new { name = "Entry " + payload } }, indication = payload, instructions = payload })).Is(201);
            (await all.Post($"encounters/{visit}/referrals", new { specialty = "Entry " + payload, reason = payload })).Is(201);
            var drug = (await all.Post("drugs", new { name = $"Drug {i} {payload}" })).Is(201).Id;
            (await all.Post($"encounters/{visit}/prescriptions", new { drugId = drug, dose = payload, frequency = payload, quantity = 1, instructions = payload, overrideReason = payload })).Is(201);
            (await all.Post("templates", new { name = $"Entry {i} {payload}" })).Is(201);
            (await all.Post("catalogue", new { kind = "lab", code = $"X{i}", name = "Entry " + payload })).Is(201);
            (await all.Post("services", new { department = "other", code = $"X{i}", name = "Entry " + payload, price = new { amount = "8" } })).Is(201);
            await clinic.Ward("1", $"Ward {i} {payload}"[..Math.Min(40, payload.Length + 7)]);
            var charge = (await all.Post("charges", new { payerKind = "patient", payerId = patient, title = payload, lines = new[] { new { description = payload, unitPrice = new { amount = "10.00" } } } })).Is(201).Id;
            (await all.Post("invoices", new { charges = new[] { charge } })).Is(201);
            (await all.Post("payments", new { charges = new[] { charge }, method = "card", amount = new { amount = "4.00" }, reference = payload })).Is(201);
        }
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "all");
        foreach (var page in (string[])["visits", $"visits/{visit}", $"visits/{visit}/bill", $"visits/{visit}/timeline", $"patients/{patient}", $"patients/{patient}/record", "lab", "imaging", "tasks", "pharmacy", "pharmacy/drugs", "pharmacy/stock", "wards", "claims", "invoices", "payments",
            "cash", $"cash/patient/{patient}", "money", "money/day", "money/reports", "refunds", "manage/catalogue", "manage/prices", "manage/templates", "manage/wards", "manage/unpaid-work", "manage/money"])
            await ShowsText(browser, $"/{clinic.Slug}/{page}");
    }

    private static async Task ShowsText(Browser browser, string page)
    {
        using var answer = await browser.Get(page);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode is 200 or 302 or 400 or 403 or 404, $"{page}: {answer.StatusCode}");
        foreach (var live in (string[])["<script>alert", "<img src=x", "<svg/onload", "href=\"javascript:"]) Assert.False(html.Contains(live, StringComparison.OrdinalIgnoreCase), $"{page} holds {live}");
    }

    [Fact]
    public void SE_11_SE_12_nothing_secret_has_a_default_and_production_is_what_one_gets_without_asking()
    {
        var settings = new Settings();
        Assert.True(settings.IsProduction);
        foreach (var (property, setting) in Settings.Described.Where(d => d.Setting.Name.Contains("SECRET", StringComparison.Ordinal) || d.Setting.Name.Contains("PASSWORD", StringComparison.Ordinal) || d.Setting.Name.Contains("TOKEN", StringComparison.Ordinal)))
            Assert.True(property.GetValue(settings) is "", setting.Name);
    }

    [Fact]
    public async Task SE_11_two_installations_share_no_key()
    {
        await using OwnServer one = await OwnServer.Start(), two = await OwnServer.Start();
        var clinic = await Clinic.Make(one.Salus);
        (await new Caller(two.Salus.Http, one.Salus.TokenOf(clinic.Account("doctor")), "x").Get("/api/v1/auth/me")).Is(401);
        var (first, second) = (await one.Salus.Anonymous().Get("/.well-known/jwks.json"), await two.Salus.Anonymous().Get("/.well-known/jwks.json"));
        Assert.NotEqual(first.Text, second.Text);
    }

    [Fact]
    public async Task SE_19_the_search_for_secrets_finds_a_planted_one()
    {
        var folder = Directory.CreateTempSubdirectory("salus-secrets-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "eng"));
        File.Copy(Path.Combine(Architecture.HouseRules.Root, "eng", "secrets"), Path.Combine(folder, "eng", "secrets"));
        await File.WriteAllTextAsync(Path.Combine(folder, "clean.txt"), "nothing here");
        async Task<int> Search()
        {
            await Run("git", "-C", folder, "add", "-A");
            return await Run("bash", Path.Combine(folder, "eng", "secrets"));
        }
        await Run("git", "-C", folder, "init", "-q");
        Assert.Equal(0, await Search());
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), "-----BEGIN " + "PRIVATE KEY-----");
        Assert.Equal(1, await Search());
        File.Delete(Path.Combine(folder, "key.pem"));
        await File.WriteAllTextAsync(Path.Combine(folder, "settings.cs"), "var smtp" + "Password = \"hunter2-hunter2\";");
        Assert.Equal(1, await Search());
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<int> Run(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    [Fact]
    public async Task AP_12_lists_are_compressed_and_what_carries_secrets_is_not()
    {
        var clinic = await server.NewClinic();
        for (var i = 0; i < 20; i++) await clinic.Register($"Anna Rossi {i}");
        Assert.Equal("gzip", (await clinic.Receptionist.Get("patients", ("Accept-Encoding", "gzip"))).Is(200).Headers.GetValueOrDefault("Content-Encoding"));
        var token = await clinic.Anonymous.Post("/api/v1/auth/token", new { email = clinic.Account("doctor").Email, password = RunningSalus.Password }, ("Accept-Encoding", "gzip"));
        Assert.DoesNotContain("Content-Encoding", token.Is(200).Headers.Keys);
        foreach (var (path, body) in ((string, object)[])[("keys", new { name = "Laboratory link", permissions = new[] { "organisation.enter" }, days = 30 }), ("devices", new { name = "Hall" })])
            Assert.DoesNotContain("Content-Encoding", (await clinic.Admin.Send("POST", path, body, ("Accept-Encoding", "gzip"))).Is(201).Headers.Keys);
        using var page = await new HttpClient().SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server.Salus.Http.BaseAddress!, "/account/sign-in")) { Headers = { { "Accept-Encoding", "gzip, br" } } });
        Assert.Empty(page.Content.Headers.ContentEncoding); // it carries a form token
    }

    [Fact]
    public async Task AP_12_static_files_bear_their_fingerprint_come_compressed_and_may_be_kept_for_good()
    {
        using var browser = new Browser(server.Salus);
        using var page = await browser.Get("/account/sign-in");
        var files = System.Text.RegularExpressions.Regex.Matches(await page.Content.ReadAsStringAsync(), "(?:src|href)=\"(/[^\"]+\\.(?:js|css)\\?v=[0-9a-f]{12})\"").Select(m => m.Groups[1].Value).ToList();
        Assert.True(files.Count > 4, string.Join(' ', files));
        using var http = new HttpClient();
        foreach (var file in files)
        {
            using var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server.Salus.Http.BaseAddress!, file)) { Headers = { { "Accept-Encoding", "br" } } });
            Assert.True(answer.IsSuccessStatusCode && answer.Content.Headers.ContentEncoding.SequenceEqual(["br"]), file);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AP_13_the_collection_of_requests_holds_every_operation_and_each_runs()
    {
        var clinic = await server.NewClinic();
        var collection = (await clinic.Anonymous.Get("/api/v1/collection")).Is(200);
        var requests = collection["item"].EnumerateArray().SelectMany(g => g.GetProperty("item").EnumerateArray()).Select(i => i.GetProperty("request")).ToList();
        Assert.Equal(Routes.OfApi(server.Salus).Count(r => r.Endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.IEndpointNameMetadata>() is not null && r.Pattern.StartsWith("/api/v1", StringComparison.Ordinal)), requests.Count);
        Assert.Equal(requests.Count, requests.Select(r => r.Str("method") + r.Str("url")).Distinct().Count());
        foreach (var request in requests.Where(r => !r.Str("url").Contains("/auth/", StringComparison.Ordinal)))
        {
            var path = System.Text.RegularExpressions.Regex.Replace(request.Str("url").Replace("{{baseUrl}}", "", StringComparison.Ordinal).Replace("{{org}}", clinic.Slug, StringComparison.Ordinal), ":[a-zA-Z]+", Guid.Empty.ToString());
            var body = request.TryGetProperty("body", out var sent) && sent.ValueKind == System.Text.Json.JsonValueKind.Object ? sent.Str("raw") : null;
            var answer = await clinic.Admin.Send(request.Str("method"), path, body);
            Assert.True(answer.Status is not 405 and not 401 and < 500 && (answer.Status != 400 || body is not null), $"{request.Str("method")} {path}: {answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task ID_10_the_rules_of_a_password_and_its_strength_stand_beside_the_field()
    {
        using var browser = new Browser(server.Salus);
        using var page = await browser.Get("/account/register");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("At least 12 characters", html, StringComparison.Ordinal);
        Assert.Contains("data-meter=\"password-meter\"", html, StringComparison.Ordinal);
        Assert.Contains("<meter id=\"password-meter\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ID_32_who_only_registered_reaches_no_clinic_and_no_administration()
    {
        var clinic = await server.NewClinic();
        var person = Modules.Accounts.Contract.NewAccount.Make($"person.{clinic.Slug}@example.org", "Rosa Bruni", RunningSalus.PasswordHash, DateTime.UtcNow);
        await clinic.Salus.Database.Write(null, db => { db.Add(person); return db.SaveChangesAsync(); }, default);
        var caller = clinic.Salus.As(person, clinic.Slug);
        foreach (var path in (string[])["patients", "staff", "audit", "board", "queues"]) (await caller.Get(path)).Refuses(404, "not-found");
        (await caller.Post("/api/v1/orgs", new { name = "Mine", slug = "mine-too" })).Refuses(404, "not-found");
        using var browser = new Browser(clinic.Salus);
        using (var _ = await browser.TrySignIn(person.Email!, RunningSalus.Password)) { }
        foreach (var path in (string[])[$"/{clinic.Slug}/", $"/{clinic.Slug}/manage/staff", "/platform", "/platform/accounts", "/platform/security"])
            using (var page = await browser.Get(path)) Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }
}
