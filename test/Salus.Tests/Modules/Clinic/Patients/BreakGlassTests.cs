using System.Net;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Tests.Patients;

/// <summary>RestrictPatient, LiftRestriction, BreakGlass and EmergencyList.</summary>
public sealed class BreakGlassTests(SalusServer server)
{
    private const string Reason = "Unconscious in the hall";

    private static async Task<Guid> Restricted(Clinic clinic, string name = "Zenobia Hidden")
    {
        var patient = (await clinic.Register(form: new { name, phone = "+393401234567", birthDate = "1980-02-03" })).Id;
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        return patient;
    }

    private static Task<Answer> Break(Caller who, Guid patient, string reason = Reason) => who.Post($"patients/{patient}/emergency-access", new { reason });

    [Fact]
    public async Task a_restricted_record_is_there_only_for_those_who_may_read_such()
    {
        var clinic = await server.NewClinic();
        var patient = await Restricted(clinic);
        (await clinic.Admin.Get($"patients/{patient}")).Is(200);
        (await clinic.Receptionist.Get($"patients/{patient}")).Refuses(404, "not-found");
        (await clinic.Receptionist.Put($"patients/{patient}", new { name = "Zenobia Seen" })).Is(404);
        (await clinic.Receptionist.Post("tickets", new { patientId = patient, queueId = await clinic.Queue() })).Is(404);
        foreach (var query in (string[])["", "?q=zenobia", "?q=3401234567", "?q=1980-02-03"]) Assert.Empty((await clinic.Receptionist.Get("patients" + query)).Items);
        foreach (var query in (string[])["name=Zenobia+Hidden", "phone=%2B393401234567"]) Assert.Empty((await clinic.Receptionist.Get("patients/likely-duplicates?" + query)).Json.EnumerateArray());
        Assert.Single((await clinic.Admin.Get("patients?q=zenobia")).Items);
        var treating = await clinic.HireWith("Treating", "organisation.enter", "patients.read", "patients.read-restricted");
        Assert.Equal("Zenobia Hidden", (await treating.Get($"patients/{patient}")).Is(200)["name"].GetString());
    }

    [Fact]
    public async Task its_name_stands_in_no_list_of_the_queue()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue, "Zenobia Hidden");
        var patient = (await clinic.Doctor.Get($"tickets/{ticket.Id}"))["patientId"].GetGuid();
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        foreach (var path in (string[])[$"tickets/{ticket.Id}", $"tickets?queue={queue}", $"queues/{queue}/work-list", "board"])
        {
            Assert.DoesNotContain("Zenobia", (await clinic.Doctor.Get(path)).Is(200).Text, StringComparison.Ordinal);
        }
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200); // the token is served as any other
    }

    [Fact]
    public async Task a_clinician_finds_name_and_number_and_nothing_more()
    {
        var clinic = await server.NewClinic();
        var patient = await Restricted(clinic);
        var line = Assert.Single((await clinic.Doctor.Get("patients?q=zenobia")).Items);
        Assert.True(line.GetProperty("isRestricted").GetBoolean());
        Assert.DoesNotContain("3401234567", line.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("1980", line.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty((await clinic.Doctor.Get($"patients/{patient}")).Refuses(403, "patient.restricted")["unlock"].GetString()!);
    }

    [Fact]
    public async Task in_an_emergency_a_clinician_opens_it_for_oneself_and_it_is_logged_shown_and_mailed()
    {
        var clinic = await server.NewClinic();
        await clinic.Hire("night-nurse", Role.Nurse);
        var patient = await Restricted(clinic);
        (await Break(clinic.As("night-nurse"), patient)).Is(200);
        Assert.Equal("Zenobia Hidden", (await clinic.As("night-nurse").Get($"patients/{patient}")).Is(200)["name"].GetString());
        (await clinic.Doctor.Get($"patients/{patient}")).Refuses(403, "patient.restricted"); // for the nurse only
        (await Break(clinic.As("night-nurse"), patient)).Refuses(409, "patient.open");
        var row = Assert.Single(await clinic.Audit("access.break-glass", patient), e => e.Result == "ok");
        Assert.Equal((clinic.Account("night-nurse").Id, ""), (row.ActorId!.Value, row.Detail));
        var shown = Assert.Single((await clinic.Admin.Get("emergency-access")).Is(200).Items);
        Assert.Equal(("Person night-nurse", Reason, true), (shown.Str("who"), shown.Str("reason"), shown.GetProperty("isOpen").GetBoolean()));
        await using var db = clinic.Open();
        var mails = await db.Set<Job>().AsNoTracking().Where(j => j.OrganisationId == clinic.Id && j.Kind == Mail.Kind).Select(j => j.Body).ToListAsync();
        Assert.Equal(2, mails.Count); // the owner who opened the clinic, and its administrator
        Assert.All(mails, m => Assert.False(m.Contains("Zenobia", StringComparison.Ordinal) || m.Contains(Reason, StringComparison.Ordinal) || m.Contains(patient.ToString(), StringComparison.Ordinal), m));
    }

    [Fact]
    public async Task an_administrator_without_an_email_address_is_told_by_short_message()
    {
        var clinic = await server.NewClinic();
        var phone = "+3905" + Random.Shared.NextInt64(10_000_000, 99_999_999);
        await clinic.Salus.Database.Write(clinic.Id, db =>
        {
            var account = NewAccount.Make(phone, "Pia Phone", RunningSalus.PasswordHash, DateTime.UtcNow);
            db.Add(account);
            db.Add(new Membership { OrganisationId = clinic.Id, AccountId = account.Id, Roles = Role.Admin, CreatedAt = DateTime.UtcNow });
            return db.SaveChangesAsync();
        }, default);
        (await Break(clinic.Doctor, await Restricted(clinic))).Is(200);
        var told = Assert.Single(await clinic.Salus.Mailbox(phone, 1));
        Assert.Contains($"/{clinic.Slug}/manage/emergencies#e-", told.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Zenobia", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task it_closes_after_sixty_minutes()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var patient = await Restricted(clinic);
        (await Break(clinic.Doctor, patient)).Is(200);
        await own.Restart(s => s with { Clock = "+59m" });
        (await clinic.On(own.Salus).Doctor.Get($"patients/{patient}")).Is(200);
        await own.Restart(s => s with { Clock = "+61m" });
        (await clinic.On(own.Salus).Doctor.Get($"patients/{patient}")).Refuses(403, "patient.restricted");
        Assert.False((await clinic.Admin.Get("emergency-access")).Items[0].GetProperty("isOpen").GetBoolean());
        (await Break(clinic.Doctor, patient)).Is(200);
    }

    [Theory, InlineData(""), InlineData("short"), InlineData("   a    b   ")]
    public async Task without_a_reason_of_ten_letters_it_stays_closed(string reason)
    {
        var clinic = await server.NewClinic();
        var patient = await Restricted(clinic);
        (await Break(clinic.Doctor, patient, reason)).RefusesField("reason");
        (await clinic.Doctor.Get($"patients/{patient}")).Is(403);
    }

    [Fact]
    public async Task only_clinicians_themselves_and_only_in_their_organisation()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var patient = await Restricted(clinic);
        foreach (var persona in (string[])["receptionist", "display", "admin"]) (await Break(clinic.As(persona), patient)).Is(403);
        (await Break(other.Doctor, patient)).Refuses(404, "not-found");
        (await Break(other.At(clinic.Slug, "doctor"), patient)).Refuses(404, "not-found");
        (await clinic.Admin.Post("keys", new { name = "Link", permissions = new[] { "patients.read", "clinic.break-glass" } })).RefusesField("permissions");
        (await clinic.Admin.Post("acting", new { role = "clinic.doctor" })).Is(200);
        (await Break(clinic.Admin, patient)).Is(403);
        (await clinic.Receptionist.Get("emergency-access")).Is(403);
        Assert.Empty((await other.Admin.Get("emergency-access")).Items);
    }

    [Fact]
    public async Task only_a_manager_restricts_with_a_reason_and_lifts()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register()).Id;
        (await clinic.Doctor.Post($"patients/{patient}/restriction", new { reason = "Known" })).Is(403);
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { })).RefusesField("reason");
        (await clinic.Admin.Delete($"patients/{patient}/restriction")).Refuses(404, "not-found");
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        (await clinic.Doctor.Delete($"patients/{patient}/restriction")).Is(403);
        (await clinic.Admin.Delete($"patients/{patient}/restriction")).Is(204);
        (await clinic.Receptionist.Get($"patients/{patient}")).Is(200);
        Assert.All((await clinic.Audit("patient.restrict")).Concat(await clinic.Audit("patient.lift-restriction")), e => Assert.DoesNotContain("Known", e.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task the_pages_lead_through_it_without_script()
    {
        var clinic = await server.NewClinic();
        var patient = await Restricted(clinic);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        using var led = await browser.Get($"/{clinic.Slug}/patients/{patient}");
        Assert.Equal($"/{clinic.Slug}/patients/{patient}/emergency", led.Headers.Location!.OriginalString);
        using var opened = await browser.Submit(led.Headers.Location.OriginalString, led.Headers.Location.OriginalString, new() { ["reason"] = Reason });
        Assert.Equal($"/{clinic.Slug}/patients/{patient}", opened.Headers.Location!.OriginalString);
        using var shown = await browser.Get(opened.Headers.Location.OriginalString);
        Assert.Contains("Zenobia Hidden", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var manager = new Browser(clinic.Salus);
        await manager.SignIn(clinic, "admin");
        using var list = await manager.Get($"/{clinic.Slug}/manage/emergencies");
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        Assert.Contains(Reason, await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (await manager.Submit($"/{clinic.Slug}/patients/{patient}", $"/{clinic.Slug}/patients/{patient}/restriction/end", [])) { }
        (await clinic.Receptionist.Get($"patients/{patient}")).Is(200);
    }
}
