using Salus.Cli;
using Salus.Kernel;

namespace Salus.Tests.Web;

/// <summary>Production refuses what would be unsafe, and answers only to its own name.</summary>
public sealed class ProductionTests
{
    private static readonly Settings Good = new() { PublicUrl = "https://clinic.example.org", SmtpHost = "localhost", Keys = "/keys", Database = "Host=db;Password=Of-the-sea-a-shell-41", Proxies = "127.0.0.1", AlertMail = "it@clinic.example.org" };

    [Fact]
    public void a_good_configuration_has_no_fault() => Assert.Empty(Check.Faults(Good));

    public static TheoryData<string, Settings> Bad => new()
    {
        { "SALUS_CLOCK", Good with { Clock = "+26h" } }, { "SALUS_PUBLIC_URL is not set", Good with { PublicUrl = "" } },
        { "not https", Good with { PublicUrl = "http://clinic.example.org" } }, { "wildcard", Good with { Hosts = "*" } },
        { "does not hold the host", Good with { Hosts = "www.clinic.example.org,localhost" } },
        { "everybody tries first", Good with { Database = "Host=127.0.0.1;Password=postgres" } }, { "everybody tries first", Good with { Database = "Host=db;Password=ChangeMe" } },
        { "shorter than 12", Good with { Database = "Host=db;Password=short-one" } }, { "shorter than 12", Good with { Database = "Host=db" } }, { "shorter than 12", Good with { Database = "Host=127.0.0.1,db2" } },
        { "not a PostgreSQL connection string", Good with { Database = "Server:db" } },
        { "SALUS_ALERT_WEBHOOK", Good with { AlertWebhook = "http://chat.example.org/x", AlertSecret = new string('s', 32) } },
        { "SALUS_PAQ_SSO_SECRET", Good with { PaqSsoSecret = "thirty-one-characters-are-short" } },
        { "SALUS_OIDC_ISSUER", Good with { OidcIssuer = "http://login.example.org", OidcClient = "salus" } }, { "SALUS_OIDC_CLIENT", Good with { OidcIssuer = "https://login.example.org" } },
        { "SALUS_ALERT_SECRET", Good with { AlertWebhook = "https://chat.example.org/x", AlertSecret = "short" } },
    };

    [Fact]
    public void SE_17_a_missing_list_of_proxies_is_named() =>
        Assert.Contains(Check.Faults(Good with { Proxies = "" }), f => !f.StopsStart && f.What.Contains("SALUS_PROXIES", StringComparison.Ordinal));

    [Theory, MemberData(nameof(Bad))]
    public void DE_03_what_is_unsafe_stops_the_start(string what, Settings settings) =>
        Assert.Contains(Check.OfSettings(settings), f => f.StopsStart && f.What.Contains(what, StringComparison.Ordinal) && f.Mend.Length > 0);

    [Theory, InlineData("Host=127.0.0.1"), InlineData("Host=/run/postgresql"), InlineData("Host=localhost;Password=x"), InlineData("Host=db;Passfile=/run/secrets/pgpass"), InlineData("Host=db;Password=Of-the-sea-a-shell-41")]
    public void SE_10_a_database_that_nobody_else_can_reach_or_guess_is_no_fault(string connection) => Assert.Empty(Check.Faults(Good with { Database = connection }));

    [Fact]
    public void SE_16_that_nobody_is_told_of_attacks_is_named() => Assert.All((string[])["", "the IT people"], receiver =>
        Assert.Contains(Check.Faults(Good with { AlertMail = receiver }), f => !f.StopsStart && f.What.Contains("obody is told", StringComparison.Ordinal) && f.Mend.Length > 0));

    [Fact]
    public async Task SE_14_keys_that_others_can_read_stop_the_start_and_the_program_makes_none_such()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var own = await OwnServer.Start();
        var keys = own.Salus.Settings.KeysFolder;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));
        Assert.Empty(Check.Faults(Good with { Keys = keys }));
        File.SetUnixFileMode(keys, File.GetUnixFileMode(keys) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Assert.Contains(Check.Faults(Good with { Keys = keys }), f => f.StopsStart && f.Mend.Contains("chmod 700", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ID_40_accounts_of_a_demo_or_test_are_found_before_the_first_day_and_only_judged_as_in_production_where_asked_for()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var settings = own.Salus.Settings with { PublicUrl = "https://clinic.example.org" };
        Assert.Empty(await CheckDatabase.Faults(settings, default));
        Assert.Equal(0, await Check.Run(settings with { Mode = Mode.Production, Database = settings.Database }, default));
        await own.Salus.Database.Write(null, db =>
        {
            db.Add(Salus.Modules.Accounts.Contract.NewAccount.Make("doctor@aurora.example", "Demo Doctor", RunningSalus.PasswordHash, DateTime.UtcNow));
            return db.SaveChangesAsync();
        }, default);
        var fault = Assert.Single(await CheckDatabase.Faults(settings, default));
        Assert.True(fault.StopsStart && fault.What.Contains("(1)", StringComparison.Ordinal) && fault.Mend.Length > 0);
        Assert.Equal((0, 1), (await Check.Run(settings with { Mode = Mode.Demo }, default), await Check.Run(settings with { Mode = Mode.Production }, default)));
        await own.Salus.Sql("UPDATE accounts_accounts SET \"DeactivatedAt\" = \"CreatedAt\" WHERE \"Email\" LIKE '%.example'");
        Assert.Empty(await CheckDatabase.Faults(settings, default));
        Assert.NotNull(clinic);
    }

    [Fact]
    public void SE_14_every_setting_can_come_from_a_file_and_a_secret_stands_in_no_message()
    {
        var folder = Directory.CreateTempSubdirectory("salus-secrets-").FullName;
        string Secret(string name, string text)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            return Path.Combine(folder, name);
        }
        Settings Read(Dictionary<string, string?> environment) => Settings.Read(n => environment.GetValueOrDefault(n), folder);
        var password = Secret("smtp", "  planted-smtp-word\n");
        Assert.Equal("planted-smtp-word", Read(new() { ["SALUS_SMTP_PASSWORD_FILE"] = password }).SmtpPassword);
        Assert.Equal("Host=db;Password=planted", Read(new() { ["SALUS_DATABASE_FILE"] = Secret("db", "Host=db;Password=planted\n"), ["SALUS_DATABASE"] = "" }).Database);
        Assert.Equal(2525, Read(new() { ["SALUS_SMTP_PORT_FILE"] = Secret("port", "2525") }).SmtpPort);
        var both = Assert.Throws<FormatException>(() => Read(new() { ["SALUS_SMTP_PASSWORD_FILE"] = password, ["SALUS_SMTP_PASSWORD"] = "planted-other" })).Message;
        var missing = Assert.Throws<FormatException>(() => Read(new() { ["SALUS_ALERT_SECRET_FILE"] = Path.Combine(folder, "none") })).Message;
        Assert.Contains("SALUS_SMTP_PASSWORD_FILE", both, StringComparison.Ordinal);
        Assert.Contains("SALUS_ALERT_SECRET_FILE", missing, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", both + missing, StringComparison.Ordinal);
        File.WriteAllLines(Path.Combine(folder, "salus.conf"), [$"SALUS_SMTP_PASSWORD_FILE={password}"]);
        Assert.Equal(("planted-smtp-word", "from-environment"), (Read([]).SmtpPassword, Read(new() { ["SALUS_SMTP_PASSWORD"] = "from-environment" }).SmtpPassword));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task in_production_strict_transport_is_demanded_and_other_host_names_get_nothing()
    {
        await using var own = await OwnServer.Start(s => s with { Mode = Mode.Production, PublicUrl = "https://clinic.example.org" });
        var health = (await own.Salus.Anonymous().Get("/api/health", ("Host", "clinic.example.org"))).Is(200);
        Assert.Equal("max-age=31536000; includeSubDomains; preload", health.Headers["Strict-Transport-Security"]);
        (await own.Salus.Anonymous().Get("/api/health", ("Host", "evil.example.org"))).Is(400);
    }

    [Fact]
    public void settings_come_from_the_environment_before_the_file_and_name_what_is_wrong()
    {
        var folder = Directory.CreateTempSubdirectory("salus-settings-").FullName;
        File.WriteAllLines(Path.Combine(folder, "salus.conf"), ["# a comment", "SALUS_URLS=http://127.0.0.1:1", "SALUS_SMTP_PORT=2525"]);
        var environment = new Dictionary<string, string?> { ["SALUS_DATA"] = folder, ["SALUS_URLS"] = "http://127.0.0.1:2" };
        var read = Settings.Read(n => environment.GetValueOrDefault(n), "/nowhere");
        Assert.Equal(("http://127.0.0.1:2", 2525, Mode.Production), (read.Urls, read.SmtpPort, read.Mode));
        foreach (var (name, value) in new[] { ("SALUS_SMTP_PORT", "many"), ("SALUS_MODE", "party"), ("SALUS_SMTP_TLS", "perhaps"), ("SALUS_CLOCK", "soon") })
            Assert.Contains(name, Assert.Throws<FormatException>(() => Settings.Read(n => n == name ? value : environment.GetValueOrDefault(n), "/nowhere")).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
