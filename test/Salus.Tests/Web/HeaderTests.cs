using Salus.Kernel;

namespace Salus.Tests.Web;

/// <summary>Every kind of answer carries every protecting header with its strict value, as a scanner would grade it.</summary>
public sealed class HeaderTests
{
    private const string Name = "clinic.example.org", Strict = "max-age=31536000; includeSubDomains; preload";

    private static readonly Dictionary<string, string> Expected = new()
    {
        ["X-Frame-Options"] = "DENY", ["X-Content-Type-Options"] = "nosniff", ["Referrer-Policy"] = "same-origin", ["X-XSS-Protection"] = "0",
        ["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
        ["Cross-Origin-Opener-Policy"] = "same-origin", ["Cross-Origin-Resource-Policy"] = "same-origin",
    };

    private static readonly string[] Telltale = ["Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-SourceFiles", "Via"];

    private static void Grade(string what, Answer answer, bool production)
    {
        foreach (var (name, value) in Expected) Assert.True(answer.Headers.GetValueOrDefault(name) == value, $"{what}: {name} is '{answer.Headers.GetValueOrDefault(name)}'");
        foreach (var name in Telltale) Assert.False(answer.Headers.ContainsKey(name), $"{what}: {name}");
        Assert.True(answer.Headers.GetValueOrDefault("Strict-Transport-Security") == (production ? Strict : null), $"{what}: Strict-Transport-Security");
        var policy = answer.Headers["Content-Security-Policy"].Split("; ").ToDictionary(p => p.Split(' ')[0], p => p[(p.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        foreach (var (part, value) in new[] { ("default-src", "'none'"), ("script-src", "'self'"), ("style-src", "'self'"), ("frame-ancestors", "'none'"), ("base-uri", "'none'"), ("form-action", "'self'"), ("connect-src", "'self'") })
            Assert.True(policy[part] == value, $"{what}: {part} {policy[part]}");
        foreach (var loose in (string[])["unsafe-", "http:", "https:", "*", "blob:"]) Assert.False(answer.Headers["Content-Security-Policy"].Contains(loose, StringComparison.Ordinal), $"{what}: {loose}");
        if (answer.Status >= 400 || !what.Contains("file", StringComparison.Ordinal)) Assert.True(answer.Headers.GetValueOrDefault("Cache-Control") is "no-store" or "no-store, no-cache", $"{what}: Cache-Control is '{answer.Headers.GetValueOrDefault("Cache-Control")}'");
    }

    private static async Task<Dictionary<string, Answer>> Ask(RunningSalus salus, Clinic clinic, params (string, string)[] headers)
    {
        var (doctor, anybody) = (clinic.Doctor, clinic.Anonymous);
        Task<Answer> Page(string path) => anybody.Get(path, headers);
        return new()
        {
            ["a page"] = (await Page("/account/sign-in")).Is(200), ["a JSON answer"] = (await doctor.Get("patients", headers)).Is(200), ["a JSON refusal"] = (await doctor.Get("staff", headers)).Is(403),
            ["a static file"] = (await Page("/css/salus.css")).Is(200), ["a static file that is not there"] = (await Page("/css/none.css")).Is(404), ["the schema"] = (await Page("/api/v1/schema")).Is(200),
            ["a page that is not there"] = (await Page("/nowhere/at/all")).Is(404), ["an API address that is not there"] = (await doctor.Get("nowhere", headers)).Is(404), ["a malformed request"] = (await Page("/..%2fx")).Is(400),
            ["a wrong method"] = (await doctor.Send("PATCH", "patients", "{}", headers)).Is(405), ["a redirect to sign in"] = (await Page($"/{clinic.Slug}/desk")).Is(302), ["a redirect of the API"] = (await Page("/api/orgs/x/patients")).Is(307),
            ["an unknown caller"] = (await anybody.Get("patients", headers)).Is(401), ["a form without its token"] = (await anybody.Send("POST", "/account/sign-in", new FormUrlEncodedContent([]), headers)).Is(403),
            ["fields"] = (await doctor.Post("patients", new { }, headers)).Is(422), ["health"] = (await Page("/api/health")).Is(200), ["security.txt"] = (await Page("/.well-known/security.txt")).Is(200),
            ["keys"] = (await Page("/.well-known/jwks.json")).Is(200), ["an unfit live connection"] = await Page("/live"),
        };
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task SE_02_SE_03_SE_04_SE_18_every_kind_of_answer_is_graded(bool production)
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        (string, string)[] headers = production ? [("Host", Name), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.7")] : [];
        if (production) await own.Restart(s => s with { Mode = Mode.Production, PublicUrl = $"https://{Name}", Proxies = "127.0.0.1" });
        clinic.On(own.Salus);
        foreach (var (what, answer) in await Ask(own.Salus, clinic, headers)) Grade(what, answer, production);
        if (production) Grade("a redirect to https", (await own.Salus.Anonymous().Get("/account/sign-in", ("Host", Name), ("X-Forwarded-Proto", "http"))).Is(308), production);
        // Last, because nothing works after it: a bug.
        await own.Salus.Sql("ALTER TABLE clinic_patients RENAME TO clinic_patients_gone");
        var bug = (await clinic.Doctor.Get("patients", headers)).Refuses(500, "bug");
        Grade("a bug", bug, production);
        Assert.DoesNotContain("clinic_patients", bug.Text, StringComparison.Ordinal);
        await using var db = own.Salus.Database.Open();
        var row = db.Set<Kernel.Audit.AuditEvent>().Single(e => e.Result == "bug");
        Assert.Equal((Salus.Web.Traces.Failed, TestDatabase.IsPostgres ? "PostgresException" : "SqliteException", clinic.Account("doctor").Id), (row.Action, row.Detail, row.ActorId));
    }
}
