using System.Net;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Tenancy;

/// <summary>AccessMatrix: what is published about roles and routes is what the running program does, for every route and every role.</summary>
public sealed class AccessMatrixTests(SalusServer server)
{
    public static TheoryData<string> StandardRoles => [.. Role.Standard];

    private static readonly string[] NoGate = ["/steps"]; // a ticket's step decides for itself (see MoveTicketTests)

    /// <summary>By method and path, whether a role passes, as the page and the API publish it.</summary>
    private static async Task<Dictionary<string, HashSet<string>>> Published(Clinic clinic)
    {
        var matrix = (await clinic.Admin.Get("access-matrix")).Is(200);
        return matrix["routes"].EnumerateArray().ToDictionary(r => $"{r.Str("method")} {r.Str("path")}", r => r.GetProperty("roles").EnumerateArray().Select(x => x.GetString()!).ToHashSet());
    }

    [Theory, MemberData(nameof(StandardRoles))]
    public async Task ID_28_ID_29_ID_30_ID_31_a_standard_role_reaches_exactly_what_is_published(string role)
    {
        var clinic = await server.NewClinic();
        var published = await Published(clinic);
        // Roles of other kinds of organisations stand in no clinic's matrix: here they open what one enters with, or nothing.
        bool May(Route route) => Role.OfClinic.Contains(role) ? published[route.ToString()].Contains(role) : route.Gate!.Permission is null or "organisation.enter" or "files.open" && Role.InOrganisation.Contains(role);
        await clinic.Hire("somebody", role);
        var caller = clinic.As("somebody");
        foreach (var route in Routes.OfApi(server.Salus).Where(r => r.IsOfOrganisation && !r.Gate!.IsPublic))
        {
            var answer = await caller.Send(route.Method, route.At(clinic.Slug, Guid.NewGuid()), TenancyTests.BodyFor(route));
            Assert.True(May(route) ? answer.Status != 403 || NoGate.Any(route.Pattern.EndsWith) : answer.Status == 403, $"{role}, {route}: {answer.Status} {answer.Text}");
            Assert.True(answer.Status is not 401 and < 500, $"{role}, {route}: {answer.Status} {answer.Text}");
        }
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "somebody");
        foreach (var route in Pages())
        {
            using var answer = route.Method == "GET" ? await browser.Get(route.At(clinic.Slug, Guid.NewGuid())) : await browser.Post(route.At(clinic.Slug, Guid.NewGuid()), []);
            // A form without its token is refused too, so of forms only the refused ones tell something.
            if (!May(route)) Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{role}, {route}: {answer.StatusCode}");
            else if (route.Method == "GET") Assert.True(answer.StatusCode != HttpStatusCode.Forbidden && (int)answer.StatusCode < 500, $"{role}, {route}: {answer.StatusCode}");
        }
    }

    private IEnumerable<Route> Pages() => Routes.Of(server.Salus).Where(r => !r.IsApi && r.IsOfOrganisation);

    [Fact]
    public async Task ID_29_what_belongs_to_the_installation_is_closed_to_every_role_of_a_clinic_and_to_strangers()
    {
        var clinic = await server.NewClinic();
        await clinic.Hire("all", string.Join(' ', Role.OfClinic));
        using Browser nobody = new(clinic.Salus), member = new(clinic.Salus);
        await member.SignIn(clinic, "all");
        static Task<HttpResponseMessage> Open(Browser browser, Route route) => route.Method == "GET" ? browser.Get(route.At("none", Guid.NewGuid())) : browser.Post(route.At("none", Guid.NewGuid()), []);
        var closed = 0;
        foreach (var route in Routes.Of(server.Salus).Where(r => !r.IsOfOrganisation && !r.Gate!.IsPublic))
        {
            var (path, body) = (route.At("none", Guid.NewGuid()), TenancyTests.BodyFor(route));
            if (route.IsApi) Assert.True((await clinic.Anonymous.Send(route.Method, path, body)).Status == 401, $"{route}, a stranger");
            else
            {
                using var asked = await Open(nobody, route);
                Assert.True(asked.StatusCode is HttpStatusCode.Unauthorized || asked.Headers.Location?.OriginalString.StartsWith("/account/sign-in", StringComparison.Ordinal) == true, $"{route}: {asked.StatusCode}");
            }
            if (route.Gate is { PlatformOwner: false, PlatformSupport: false }) continue;
            closed++;
            if (route.IsApi) Assert.True((await clinic.As("all").Send(route.Method, path, body)).Status is 403 or 404, $"{route}, a member");
            else
            {
                using var hidden = await Open(member, route);
                Assert.True(hidden.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{route}: {hidden.StatusCode}");
            }
        }
        Assert.True(closed > 10, $"{closed}");
    }

    [Fact]
    public async Task every_route_is_published_once_with_its_permission()
    {
        var clinic = await server.NewClinic();
        var matrix = (await clinic.Admin.Get("access-matrix")).Is(200);
        var published = matrix["routes"].EnumerateArray().ToDictionary(r => $"{r.Str("method")} {r.Str("path")}", r => r.GetProperty("permission").GetString());
        Assert.All(Routes.Of(server.Salus), r => Assert.Equal(r.Gate!.Permission, published[r.ToString()]));
        Assert.Equal(Role.OfClinic.Order(StringComparer.Ordinal), matrix["roles"].EnumerateArray().Select(r => r.Str("key")).Order(StringComparer.Ordinal));
        Assert.Equal("platform-owner", matrix["routes"].EnumerateArray().Single(r => r.Str("path") == "/api/v1/orgs").Str("audience"));
    }

    [Fact]
    public async Task own_roles_stand_in_the_matrix_of_their_organisation_only()
    {
        var (clinic, other) = (await server.NewClinic(), await server.Stranger());
        await clinic.OwnRole("Figures", "queue.read-figures");
        Assert.Contains("own.figures", (await Published(clinic))["GET /api/v1/orgs/{org}/figures"]);
        Assert.DoesNotContain("own.figures", (await other.Admin.Get("access-matrix")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TE_01_ID_33_every_page_asks_strangers_who_they_are_and_does_not_exist_for_members_of_others()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        using var nobody = new Browser(clinic.Salus);
        using var foreign = new Browser(clinic.Salus);
        await foreign.SignIn(other, "admin");
        foreach (var route in Pages())
        {
            var path = route.At(clinic.Slug, Guid.NewGuid());
            using var asked = route.Method == "GET" ? await nobody.Get(path) : await nobody.Post(path, []);
            Assert.True(asked.StatusCode is HttpStatusCode.Unauthorized || asked.Headers.Location?.OriginalString.StartsWith("/account/sign-in", StringComparison.Ordinal) == true, $"{route}: {asked.StatusCode}");
            using var hidden = route.Method == "GET" ? await foreign.Get(path) : await foreign.Post(path, []);
            Assert.True(hidden.StatusCode == HttpStatusCode.NotFound, $"{route}: {hidden.StatusCode}");
        }
    }

    [Theory, InlineData("receptionist"), InlineData("doctor"), InlineData("display")]
    public async Task only_who_manages_staff_sees_it(string persona)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Get("access-matrix")).Is(403);
    }
}
