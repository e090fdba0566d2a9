using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Audit;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Tests.Pharmacy;

namespace Salus.Tests.Encounters;

/// <summary>IRefreshable and AuditLog.ReadAgain: a page that fetches itself again leaves no row, and whoever only says so leaves one.</summary>
public sealed class RefreshTests(SalusServer server)
{
    /// <summary>A browser in which htmx fetches parts.</summary>
    private static async Task<HttpClient> In(Clinic clinic, string who = "doctor")
    {
        var cookies = new CookieContainer();
        using (var browser = new Browser(clinic.Salus, cookies)) await browser.SignIn(clinic, who);
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = clinic.Salus.Http.BaseAddress };
        http.DefaultRequestHeaders.Add("HX-Request", "true");
        return http;
    }

    private static async Task Open(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
    }

    /// <summary>What somebody read of a patient, oldest first.</summary>
    private static async Task<List<AuditEvent>> Reads(Clinic clinic, Guid patient, string who = "doctor") =>
        [.. (await clinic.Audit()).Where(e => e.ActorId == clinic.Account(who).Id && (e.SubjectId == patient || e.SubjectList().Contains(patient)))];

    [Theory]
    [InlineData("visits/{0}/parts/safety"), InlineData("visits/{0}/parts/vitals"), InlineData("visits/{0}/parts/consultation"), InlineData("visits/{0}/parts/conditions"), InlineData("visits/{0}/parts/problems"), InlineData("visits/{0}/parts/notes"), InlineData("visits/{0}/parts/closing")]
    [InlineData("visits/{0}/prescriptions"), InlineData("visits/{0}/administrations"), InlineData("patients/{1}/medications"), InlineData("visits/{0}/orders"), InlineData("visits/{0}/referrals"), InlineData("visits/{0}/ward"), InlineData("visits/{0}/bill/lines")]
    public async Task AU_02_a_part_of_a_record_that_nobody_opened_is_not_read_without_a_row(string path)
    {
        var clinic = await server.NewClinic();
        var (_, beds) = await clinic.Ward("1");
        var visit = await clinic.Admitted(beds[0]);
        var patient = await clinic.PatientOf(visit);
        await clinic.Hire("all", "clinic.receptionist clinic.doctor clinic.nurse");
        var address = $"/{clinic.Slug}/{string.Format(null, path, visit, patient)}";
        using var browser = await In(clinic, "all");
        // Having seen somebody in a list is no reading of the record.
        await clinic.Visit("Bruno Bianchi");
        await Open(browser, $"/{clinic.Slug}/visits");
        Assert.Equal([EncounterList.Action], (await Reads(clinic, patient, "all")).Select(e => e.Action));
        for (var i = 0; i < 3; i++) await Open(browser, address);
        var (list, read) = await Two(Reads(clinic, patient, "all"));
        Assert.NotEqual(list.Action, read.Action);
        Assert.Equal((patient, "ok"), (read.SubjectId!.Value, read.Result));
    }

    private static async Task<(AuditEvent First, AuditEvent Second)> Two(Task<List<AuditEvent>> rows)
    {
        var found = await rows;
        Assert.Equal(2, found.Count);
        return (found[0], found[1]);
    }

    [Fact]
    public async Task AU_02_what_an_open_page_fetches_again_stands_in_the_log_once_in_twelve_hours_also_after_a_restart()
    {
        var clock = new MovableClock();
        await using var own = await OwnServer.Start(services => services.AddSingleton<TimeProvider>(clock));
        var clinic = await Clinic.Make(own.Salus);
        var visit = await clinic.Visit();
        var patient = await clinic.PatientOf(visit);
        async Task<int> After(params string[] paths)
        {
            using var browser = await In(clinic);
            foreach (var path in paths) await Open(browser, $"/{clinic.Slug}/visits/{visit}{path}");
            return (await Reads(clinic, patient)).Count;
        }
        var before = (await Reads(clinic, patient)).Count;
        Assert.Equal(before + 1, await After("", "/parts/notes", "/orders", "/parts/notes"));
        clock.Move(TimeSpan.FromHours(11));
        Assert.Equal(before + 1, await After("/parts/notes", "/prescriptions"));
        await own.Restart(s => s);
        clinic.On(own.Salus);
        Assert.Equal(before + 1, await After("/parts/notes", "/orders"));
        clock.Move(TimeSpan.FromHours(2));
        Assert.Equal(before + 2, await After("/parts/notes", "/orders", "/parts/notes"));
        // Somebody else's reading is no reading of one's own.
        using var second = await In(clinic, "second-doctor");
        await Open(second, $"/{clinic.Slug}/visits/{visit}/parts/notes");
        Assert.Single(await Reads(clinic, patient, "second-doctor"));
    }

    [Theory]
    [InlineData("visits/list?refresh=true", EncounterList.Action), InlineData("lab", OrderList.Action)]
    public async Task AU_02_a_list_that_fetches_itself_again_leaves_a_row_for_whom_it_shows_for_the_first_time(string path, string action)
    {
        var clinic = await server.NewClinic();
        var patients = new List<Guid>();
        using var browser = await In(clinic, "lab");
        async Task Come(string name)
        {
            var visit = await clinic.Visit(name);
            await clinic.Ordered(visit);
            patients.Add(await clinic.PatientOf(visit));
        }
        async Task<List<AuditEvent>> Fetch()
        {
            await Open(browser, $"/{clinic.Slug}/{path}");
            return await clinic.Audit(action);
        }
        await Come("Anna Rossi");
        await Come("Bruno Bianchi");
        Assert.Equal(patients.Order(), Assert.Single(await Fetch()).SubjectList().Order());
        Assert.Single(await Fetch());
        await Come("Carla Verdi");
        var rows = await Fetch();
        Assert.Equal((2, patients[2]), (rows.Count, rows[1].SubjectId!.Value));
        Assert.Equal(2, (await Fetch()).Count);
    }
}
