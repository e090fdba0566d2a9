using Salus.Cli;
using Salus.Kernel;

namespace Salus.Tests.Web;

/// <summary>Production refuses what would be unsafe, and answers only to its own name.</summary>
public sealed class ProductionTests
{
    private static readonly Settings Good = new() { PublicUrl = "https://clinic.example.org", SmtpHost = "localhost", Keys = "/keys", Database = "Host=db", Proxies = "127.0.0.1" };

    [Fact]
    public void a_good_configuration_has_no_fault() => Assert.Empty(Check.Faults(Good));

    public static TheoryData<string, Settings> Bad => new()
    {
        { "SALUS_CLOCK", Good with { Clock = "+26h" } }, { "SALUS_PUBLIC_URL is not set", Good with { PublicUrl = "" } },
        { "not https", Good with { PublicUrl = "http://clinic.example.org" } }, { "wildcard", Good with { Hosts = "*" } },
    };

    [Fact]
    public void SE_17_a_missing_list_of_proxies_is_named() =>
        Assert.Contains(Check.Faults(Good with { Proxies = "" }), f => !f.StopsStart && f.What.Contains("SALUS_PROXIES", StringComparison.Ordinal));

    [Theory, MemberData(nameof(Bad))]
    public void what_is_unsafe_stops_the_start(string what, Settings settings) =>
        Assert.Contains(Check.Faults(settings), f => f.StopsStart && f.What.Contains(what, StringComparison.Ordinal) && f.Mend.Length > 0);

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
