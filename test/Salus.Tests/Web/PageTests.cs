using System.Net;
using System.Text.RegularExpressions;

namespace Salus.Tests.Web;

/// <summary>Pages over plain HTTP: the cookie session, antiforgery, roles, the other clinic, and forms without any script.</summary>
public sealed class PageTests(SalusServer server)
{
    private static readonly string[] Pages = ["/", "/desk", "/queue", "/patients", "/board", "/figures", "/notices", "/manage/queues", "/manage/staff", "/manage/settings", "/audit", "/security"];

    [Fact]
    public async Task Nobody_sees_a_page_without_signing_in_and_is_led_back_afterwards()
    {
        var clinic = await Clinic.Make(server.Salus);
        using var browser = new Browser(clinic.Salus);
        foreach (var page in Pages)
        {
            using var answer = await browser.Get($"/{clinic.Slug}{page}");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.StartsWith("/account/sign-in", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TE_01_the_pages_of_another_clinic_do_not_exist()
    {
        var (clinic, other) = (await Clinic.Make(server.Salus), await Clinic.Make(server.Salus));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        foreach (var page in Pages)
        {
            using var answer = await browser.Get($"/{other.Slug}{page}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        var patient = await other.Register("Zenobia Hidden");
        using var foreign = await browser.Get($"/{clinic.Slug}/patients/{patient.Id}");
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.DoesNotContain("Zenobia", await foreign.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("receptionist", "/manage/staff")] [InlineData("receptionist", "/audit")] [InlineData("receptionist", "/security")] [InlineData("receptionist", "/figures")] [InlineData("doctor", "/desk")]
    [InlineData("doctor", "/manage/settings")] [InlineData("doctor", "/audit")] [InlineData("doctor", "/security")] [InlineData("admin", "/desk")]
    public async Task ID_29_a_page_that_is_not_for_the_role_is_refused(string who, string page)
    {
        var clinic = await Clinic.Make(server.Salus);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, who);
        using var answer = await browser.Get($"/{clinic.Slug}{page}");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task SE_01_a_form_without_its_token_does_nothing()
    {
        var clinic = await Clinic.Make(server.Salus);
        var queue = await clinic.Queue();
        await clinic.Issue(queue);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var answer = await browser.Post($"/{clinic.Slug}/queue/{queue}/calls", new() { ["room"] = "" });
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Single((await clinic.Doctor.Get($"tickets?queue={queue}&status=waiting")).Items);
    }

    [Fact]
    public async Task A_day_works_without_any_script()
    {
        var clinic = await Clinic.Make(server.Salus);
        var queue = await clinic.Queue();
        using var desk = new Browser(clinic.Salus);
        await desk.SignIn(clinic, "receptionist");
        using var registered = await desk.Submit($"/{clinic.Slug}/desk/new", $"/{clinic.Slug}/desk/patients", new() { ["name"] = "Anna Rossi", ["once"] = "a1" });
        Assert.Matches("/patients/[0-9a-f-]{36}$", registered.Headers.Location!.OriginalString);
        var patient = registered.Headers.Location.OriginalString[^36..];
        var token = new Dictionary<string, string> { ["patientId"] = patient, ["queueId"] = queue.ToString(), ["once"] = "t1" };
        for (var twice = 0; twice < 2; twice++)
        {
            using var issued = await desk.Submit($"/{clinic.Slug}/desk", $"/{clinic.Slug}/desk/tokens", token, $"/{clinic.Slug}/desk/patients/{patient}");
            Assert.Contains("/slip", issued.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
        Assert.Single((await clinic.Doctor.Get($"tickets?queue={queue}")).Items);
        using var doctor = new Browser(clinic.Salus);
        await doctor.SignIn(clinic, "doctor");
        using var called = await doctor.Submit($"/{clinic.Slug}/queue?queue={queue}", $"/{clinic.Slug}/queue/{queue}/calls", new() { ["once"] = "c1" });
        Assert.Equal(HttpStatusCode.Redirect, called.StatusCode);
        Assert.Single((await clinic.Doctor.Get($"tickets?queue={queue}&status=called")).Items);
    }

    [Theory]
    [InlineData("/queue?queue=&room=")] [InlineData("/figures?day=")] [InlineData("/audit?action=&actor=&subject=&from=&until=&result=")]
    public async Task A_form_with_nothing_chosen_is_no_fault(string page)
    {
        var clinic = await Clinic.Make(server.Salus);
        await clinic.Queue();
        await clinic.Hire("all", "org.admin clinic.receptionist clinic.doctor");
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "all");
        using var answer = await browser.Get($"/{clinic.Slug}{page}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("//evil.example")] [InlineData("/\\evil.example")] [InlineData("https://evil.example")]
    public async Task Signing_in_leads_to_no_foreign_address(string back)
    {
        var clinic = await Clinic.Make(server.Salus);
        using var browser = new Browser(clinic.Salus);
        Assert.Equal("/", (await browser.SignIn(clinic, "doctor", back)).OriginalString);
    }
}
