using System.Text;
using System.Text.Json;

namespace Salus.Tests.Web;

/// <summary>Whatever is sent, the answer is a refusal with a code, never a bug, and never shows internals.</summary>
public sealed class BadInputTests(SalusServer server)
{
    private static void IsProblem(Answer answer, string what)
    {
        Assert.True(answer.Status is >= 400 and < 500, $"{what}: {answer.Status} {answer.Text}");
        Assert.StartsWith("application/problem+json", answer.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.NotEmpty(answer.Code);
        NamesNoInternals(answer, what);
    }

    private static void NamesNoInternals(Answer answer, string what)
    {
        foreach (var word in (string[])["Exception", "   at ", "/src/Salus/", "SELECT ", "Npgsql", "Sqlite", "Microsoft.", "System."])
            Assert.False(answer.Text.Contains(word, StringComparison.Ordinal), $"{what}: {answer.Text}");
    }

    [Theory]
    [InlineData("{\"name\":\"Anna\",\"unknownField\":1}")] [InlineData("{\"name\":1}")] [InlineData("{\"name\":[]}")] [InlineData("{\"name\":{}}")] [InlineData("{\"name\":null}")]
    [InlineData("{\"name\":\"Anna\",\"age\":\"old\"}")] [InlineData("{\"name\":\"Anna\",\"age\":1e400}")] [InlineData("{\"name\":\"Anna\",\"age\":1.5}")]
    [InlineData("{\"name\":\"Anna\",\"birthDate\":\"yesterday\"}")] [InlineData("{\"name\":\"Anna\",\"birthDate\":\"2026-02-30\"}")] [InlineData("{\"name\":\"Anna\",\"gender\":\"dragon\"}")]
    [InlineData("{\"name\":\"Anna\",\"gender\":7}")] [InlineData("{\"name\":\"Anna\",\"number\":\"01-00-0\\u00001\"}")] [InlineData("{\"name\":\"\\ud800\"}")]
    [InlineData("{\"name\":\"Anna\"")] [InlineData("{")] [InlineData("")] [InlineData("null")] [InlineData("[]")] [InlineData("\"text\"")] [InlineData("42")] [InlineData("\u0000")]
    public async Task AP_07_a_malformed_body_is_refused(string body)
    {
        var clinic = await server.Stranger();
        IsProblem(await clinic.Receptionist.Send("POST", "patients", body), body);
    }

    [Fact]
    public async Task AP_07_a_body_nested_deeply_or_of_another_kind_is_refused()
    {
        var desk = (await server.Stranger()).Receptionist;
        IsProblem(await desk.Send("POST", "patients", string.Concat(Enumerable.Repeat("{\"name\":", 5000)) + "1" + new string('}', 5000)), "deep");
        (await desk.Send("POST", "patients", new StringContent("<name/>", Encoding.UTF8, "application/xml"))).Refuses(415, "media-type");
        (await desk.Send("POST", "patients", new FormUrlEncodedContent([new("name", "Anna")]))).Refuses(415, "media-type");
        (await desk.Send("POST", "patients", new ByteArrayContent([0xff, 0xfe, 0x00]))).Is(415);
        (await desk.Send("PATCH", "patients", "{}")).Refuses(405, "method");
    }

    [Fact]
    public async Task a_body_of_ten_megabytes_is_refused_before_it_is_read()
    {
        var desk = (await server.Stranger()).Receptionist;
        (await desk.Send("POST", "patients", "{\"name\":\"" + new string('x', 10_000_000) + "\"}", ("Expect", "100-continue"))).Refuses(413, "too-large");
    }

    [Theory]
    [InlineData("..%2f..%2fetc%2fpasswd")] [InlineData("%2e%2e/%2e%2e/etc")] [InlineData("patients/..%5c..%5cx")] [InlineData("%252e%252e%252fx")]
    [InlineData("patients/%25%30%30")] [InlineData("patients?q=%00")] [InlineData("patients?q=a%0Db")] [InlineData("tickets?status=%00")] [InlineData("patients?after=%00")]
    public async Task path_tricks_and_null_bytes_are_refused(string path)
    {
        var clinic = await server.Stranger();
        IsProblem(await clinic.Doctor.Get(path), path);
    }

    [Fact]
    public async Task a_null_byte_in_the_path_does_not_get_past_the_web_server()
    {
        var answer = (await (await server.Stranger()).Doctor.Get("patients%00")).Is(400);
        Assert.Empty(answer.Text);
    }

    [Theory, InlineData("patients/abc"), InlineData("patients/00000000-0000-0000-0000-000000000000"), InlineData("tickets/1"), InlineData("queues/x/work-list"), InlineData("nowhere"), InlineData("patients?limit=abc"), InlineData("patients?limit=99999999999")]
    public async Task an_address_that_names_nothing_is_refused(string path)
    {
        var clinic = await server.Stranger();
        IsProblem(await clinic.Doctor.Get(path), path);
    }

    private static IEnumerable<object?> Values(Type type)
    {
        yield return null;
        yield return "\0";
        yield return new string('x', 5000);
        yield return -1;
        yield return long.MaxValue;
        yield return "2026-99-99";
        yield return new[] { "x", null };
        yield return new { a = 1 };
        yield return true;
        if (type == typeof(DateOnly) || type == typeof(DateOnly?)) { yield return "0001-01-01"; yield return "9999-12-31"; }
    }

    [Fact]
    public async Task AP_07_AP_06_every_field_of_every_request_takes_every_wrong_value_without_a_bug()
    {
        var clinic = await server.NewClinic();
        var rows = await Rows.Plant(clinic);
        var all = server.Salus.As(await clinic.Hire("all", string.Join(' ', Modules.Organisations.Contract.Role.OfClinic)), clinic.Slug);
        var (tried, refused) = (0, new HashSet<string>());
        foreach (var route in Routes.OfApi(server.Salus).Where(r => r.IsOfOrganisation && r.Body is not null))
        {
            foreach (var property in route.Body!.GetProperties().Where(p => p.CanWrite))
            {
                foreach (var value in Values(property.PropertyType))
                {
                    var body = Example(route);
                    body[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = value;
                    var answer = await all.Send(route.Method, route.At(clinic.Slug, rows.GetValueOrDefault(route.Kind ?? "")), body);
                    var what = $"{route} {property.Name}={JsonSerializer.Serialize(value)[..Math.Min(30, JsonSerializer.Serialize(value).Length)]}";
                    Assert.True(answer.Status < 500, $"{what}: {answer.Status} {answer.Text}");
                    NamesNoInternals(answer, what);
                    if (answer.Status == 403) refused.Add(route.ToString());
                    tried++;
                }
            }
        }
        Assert.True(tried > 400, $"{tried}");
        Assert.Empty(refused); // who holds all roles gets past every gate to what it sent
    }

    private static Dictionary<string, object?> Example(Route route)
    {
        var example = JsonSerializer.SerializeToElement(TenancyBody(route));
        return example.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value);
    }

    private static object TenancyBody(Route route) => route.Pattern.Split('/')[^1] switch
    {
        "{org}" => new { name = "Clinic", timeZone = "Europe/Rome", language = "en", callingCode = "39", numberPattern = "xx-xx-xxx" },
        "invitations" => new { name = "Nora", email = "nora@example.org", roles = new[] { "clinic.doctor" } },
        "devices" => new { name = "Hall" },
        "service-points" => new { name = "Room" },
        "queues" => new { name = "Queue", openDays = new[] { 1 } },
        "patients" => new { name = "Anna Rossi" },
        "drugs" => new { name = "Ibuprofen" },
        "interaction-rules" => new { a = "Lithium", b = "Ibuprofen", severity = "mild" },
        "tickets" => new { patientId = Guid.NewGuid(), queueId = Guid.NewGuid() },
        _ => Tenancy.TenancyTests.BodyFor(route)!,
    };

    [Fact]
    public async Task AP_05_a_refusal_has_the_shape_of_problem_details()
    {
        var clinic = await server.Stranger();
        var answer = (await clinic.Doctor.Post("patients", new { })).RefusesField("name");
        Assert.Equal(("/problems/invalid", 422), (answer["type"].GetString(), answer["status"].GetInt32()));
        Assert.NotEmpty(answer["detail"].GetString()!);
        Assert.NotEmpty(answer["requestId"].GetString()!);
        Assert.NotEmpty(answer["errors"].GetProperty("name")[0].GetString()!);
    }

    [Fact]
    public async Task every_answer_carries_the_headers_that_protect_browsers()
    {
        var clinic = await server.Stranger();
        foreach (var answer in new[] { await clinic.Doctor.Get("patients"), await clinic.Anonymous.Get("patients"), await clinic.Doctor.Get("..%2fx"), await clinic.Anonymous.Get("/api/health") })
        {
            Assert.Contains("default-src 'none'", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.Equal(("DENY", "nosniff"), (answer.Headers["X-Frame-Options"], answer.Headers["X-Content-Type-Options"]));
            Assert.DoesNotContain("Server", answer.Headers.Keys);
            Assert.DoesNotContain("Access-Control-Allow-Origin", answer.Headers.Keys);
        }
    }
}
