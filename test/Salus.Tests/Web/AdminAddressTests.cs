using System.Net;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Tests.Web;

/// <summary>Managing from listed addresses only; the clinic's work goes on from everywhere.</summary>
public sealed class AdminAddressTests
{
    private static readonly (string, string) Inside = ("X-Forwarded-For", "10.1.2.3"), Inside6 = ("X-Forwarded-For", "2001:db8:7::1"), Outside = ("X-Forwarded-For", "198.51.100.7");

    private static async Task<(OwnServer, Clinic)> Closed()
    {
        var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await own.Restart(s => s with { AdminAddresses = AddressList.Parse("10.0.0.0/8, 2001:db8::/32"), Proxies = "127.0.0.1" });
        return (own, clinic.On(own.Salus));
    }

    [Fact]
    public async Task ID_39_from_another_address_nothing_is_managed_and_the_try_is_in_the_log()
    {
        var (own, clinic) = await Closed();
        await using var _ = own;
        (await clinic.Admin.Get("staff", Inside)).Is(200);
        (await clinic.Admin.Get("staff", Inside6)).Is(200);
        var refused = (await clinic.Admin.Get("staff", Outside)).Refuses(403, "admin.address");
        Assert.NotEmpty(refused["unlock"].GetString()!);
        (await clinic.Admin.Get("audit", Outside)).Refuses(403, "admin.address");
        (await clinic.Admin.Post("queues", new { name = "Q", openDays = new[] { 1 } }, Outside)).Refuses(403, "admin.address");
        var row = (await clinic.Audit("organisation.manage-staff")).Single();
        Assert.Equal(("admin.address", "198.51.100.7", clinic.Account("admin").Id), (row.Result, row.Ip, row.ActorId));
    }

    [Fact]
    public async Task ID_39_every_route_of_the_administration_is_closed_and_no_other()
    {
        var (own, clinic) = await Closed();
        await using var _ = own;
        var all = own.Salus.As(await clinic.Hire("all", "org.admin clinic.receptionist clinic.doctor"), clinic.Slug);
        foreach (var route in Routes.OfApi(own.Salus).Where(r => r.IsOfOrganisation))
        {
            var answer = await all.Send(route.Method, route.At(clinic.Slug, Guid.NewGuid()), Tenancy.TenancyTests.BodyFor(route), Outside);
            var managed = route.Gate!.Permission is { } key && (key is "audit.read" || key.Split('.')[1].StartsWith("manage", StringComparison.Ordinal));
            Assert.True(managed == answer.Text.Contains("admin.address", StringComparison.Ordinal), $"{route}: {answer.Status} {answer.Text}");
        }
        (await all.Get("patients", Outside)).Is(200);
    }

    [Fact]
    public async Task ID_39_the_owner_of_the_installation_and_the_pages_are_held_to_it_too()
    {
        var (own, clinic) = await Closed();
        await using var _ = own;
        var owner = own.Salus.As(await own.Salus.Owner(), clinic.Slug);
        (await owner.Post("/api/v1/orgs", new { name = "Second", slug = "second" }, Outside)).Refuses(403, "admin.address");
        (await owner.Post("/api/v1/orgs", new { name = "Second", slug = "second" }, Inside)).Is(201);
        using var browser = new Browser(own.Salus); // comes from 127.0.0.1, which is not listed
        await browser.SignIn(clinic, "admin");
        foreach (var page in (string[])["manage/staff", "manage/settings", "manage/queues", "audit", "security"])
            using (var answer = await browser.Get($"/{clinic.Slug}/{page}")) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using (var work = await browser.Get($"/{clinic.Slug}/patients")) Assert.Equal(HttpStatusCode.OK, work.StatusCode);
    }

    [Fact]
    public async Task ID_39_who_does_not_belong_here_still_learns_nothing()
    {
        var (own, clinic) = await Closed();
        await using var _ = own;
        (await clinic.Doctor.Get("staff", Outside)).Refuses(403, "forbidden");
        (await clinic.Doctor.Post("/api/v1/orgs", new { name = "Mine", slug = "mine" }, Outside)).Refuses(404, "not-found");
        (await clinic.Anonymous.Get("staff", Outside)).Refuses(401, "sign-in");
    }

    [Theory]
    [InlineData("", "198.51.100.7", true)] [InlineData("192.0.2.7", "192.0.2.7", true)] [InlineData("192.0.2.7", "192.0.2.8", false)] [InlineData("192.0.2.0/24,::1", "192.0.2.200", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)] [InlineData("2001:db8::/32", "2001:db9::1", false)] [InlineData("10.0.0.5/8", "10.9.9.9", true)] [InlineData("10.0.0.0/8", null, false)] [InlineData("10.0.0.0/8", "nonsense", false)]
    public void a_list_holds_addresses_and_networks(string list, string? ip, bool inside) => Assert.Equal(inside, AddressList.Parse(list).Contains(ip));

    [Theory, InlineData("somewhere"), InlineData("10.0.0.0/40"), InlineData("10.0.0.1;10.0.0.2")]
    public void a_list_that_is_none_stops_the_start_with_its_name(string text) =>
        Assert.Contains("SALUS_ADMIN_ADDRESSES", Assert.Throws<FormatException>(() => Settings.Read(n => n == "SALUS_ADMIN_ADDRESSES" ? text : null, Path.GetTempPath())).Message, StringComparison.Ordinal);
}
