using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Orders;

namespace Salus.Tests.Orders;

/// <summary>The same rules through the pages, without script: the day of an order from the doctor to the nurse, the laboratory and back.</summary>
public sealed class OrderPageTests(SalusServer server)
{
    private static async Task<Browser> As(Clinic clinic, string who)
    {
        var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, who);
        return browser;
    }

    private static async Task<string> Text(Browser browser, string path)
    {
        using var answer = await browser.Get(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task an_order_goes_from_the_doctor_to_the_nurse_to_the_laboratory_and_back()
    {
        var clinic = await server.NewClinic();
        var (visit, potassium, at) = (await clinic.Visit(), await clinic.Potassium(), $"/{clinic.Slug}");
        using var doctor = await As(clinic, "doctor");
        for (var twice = 0; twice < 2; twice++)
        {
            using var placed = await doctor.Submit($"{at}/visits/{visit}/orders", $"{at}/visits/{visit}/orders", new() { ["kind"] = "Lab", ["priority"] = "Stat", ["entry"] = potassium.ToString(), ["words"] = "Thick film\r\n\r\n", ["indication"] = "Palpitations", ["once"] = "p1" });
            Assert.Equal($"{at}/visits/{visit}", placed.Headers.Location!.OriginalString);
        }
        await using var db = clinic.Open();
        var orders = await db.Orders.AsNoTracking().Where(o => o.EncounterId == visit).OrderBy(o => o.Id).ToListAsync();
        Assert.Equal(["Potassium", "Thick film"], orders.Select(o => o.Name));
        using var nurse = await As(clinic, "nurse");
        Assert.Contains("Sample taken: Serum", await Text(nurse, $"{at}/tasks"), StringComparison.Ordinal);
        using var taken = await nurse.Submit($"{at}/tasks", $"{at}/orders/{orders[0].Id}/samples", new() { ["outcome"] = "Collected", ["from"] = "Nursing" });
        Assert.Equal($"{at}/tasks", taken.Headers.Location!.OriginalString);
        using var lab = await As(clinic, "lab");
        Assert.Contains("3.5–5.1 mmol/L", WebUtility.HtmlDecode(await Text(lab, $"{at}/lab")), StringComparison.Ordinal);
        using var posted = await lab.Submit($"{at}/lab", $"{at}/orders/{orders[0].Id}/result", new() { ["value"] = "7,2", ["from"] = "Lab" });
        Assert.Equal($"{at}/lab", posted.Headers.Location!.OriginalString);
        var part = WebUtility.HtmlDecode(await Text(doctor, $"{at}/visits/{visit}/orders"));
        Assert.Matches("7\\.2 mmol/L", part);
        Assert.Contains("result-critical", part, StringComparison.Ordinal);
        var result = await db.Results.AsNoTracking().SingleAsync(r => r.OrderId == orders[0].Id);
        using var added = await doctor.Submit($"{at}/visits/{visit}/orders", $"{at}/results/{result.Id}/addenda", new() { ["text"] = "Patient told." });
        Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        Assert.Contains("Patient told.", await Text(doctor, $"{at}/visits/{visit}/orders"), StringComparison.Ordinal);
        Assert.Contains("7.2 mmol/L", await Text(lab, $"{at}/lab?done=true"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doctor", "result", "value=4")] [InlineData("nurse", "result", "value=4")] [InlineData("lab", "cancellation", "reason=No")] [InlineData("nurse", "cancellation", "reason=No")] [InlineData("receptionist", "samples", "outcome=Collected")]
    [InlineData("doctor", "report", "text=Clear")] [InlineData("doctor", "procedure", "")] [InlineData("lab", "procedure/completion", "")] [InlineData("lab", "study", "")]
    public async Task a_step_of_another_role_is_refused_on_the_page_as_in_the_api(string who, string step, string field)
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        using var browser = await As(clinic, who);
        var fields = field.Length == 0 ? [] : new Dictionary<string, string> { [field.Split('=')[0]] = field.Split('=')[1] };
        using var answer = await browser.Submit("/account", $"/{clinic.Slug}/orders/{order}/{step}", fields);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("ordered", (await clinic.OrderOf(visit, order)).Str("state"));
    }

    [Fact]
    public async Task refusals_are_told_on_the_page_with_what_unlocks_them()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        using var lab = await As(clinic, "lab");
        using var unsaid = await lab.Submit($"/{clinic.Slug}/lab", $"/{clinic.Slug}/orders/{order}/result", new() { ["text"] = "Scanty", ["flag"] = "" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unsaid.StatusCode);
        Assert.Contains("Say whether this is normal", await unsaid.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await clinic.CloseBluntly(visit);
        using var closed = await lab.Submit($"/{clinic.Slug}/lab", $"/{clinic.Slug}/orders/{order}/result", new() { ["text"] = "Seen", ["flag"] = "Normal" });
        Assert.Equal(HttpStatusCode.Conflict, closed.StatusCode);
        Assert.Contains("Write an addendum, or open a new visit.", await closed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_part_shows_each_role_its_own_steps_and_a_closed_visit_none()
    {
        var clinic = await server.NewClinic();
        var (visit, _) = await clinic.VisitWith();
        await clinic.Ordered(visit, "procedure", "Dressing");
        using var doctor = await As(clinic, "doctor");
        using var nurse = await As(clinic, "nurse");
        var path = $"/{clinic.Slug}/visits/{visit}/orders";
        var (seen, done) = (await Text(doctor, path), await Text(nurse, path));
        Assert.Contains("Place the order", seen, StringComparison.Ordinal);
        Assert.Contains("/cancellation", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("/samples", seen, StringComparison.Ordinal);
        Assert.Contains("/samples", done, StringComparison.Ordinal);
        Assert.Contains("/procedure/completion", done, StringComparison.Ordinal);
        Assert.DoesNotContain("Place the order", done, StringComparison.Ordinal);
        Assert.Contains($"data-live=\"encounter:{visit}\"", seen, StringComparison.Ordinal);
        await clinic.CloseBluntly(visit);
        Assert.DoesNotContain("<form", await Text(doctor, path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_people_typed_is_shown_as_text()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith(name: "<script>alert(1)</script>");
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "<img src=x onerror=alert(2)>", flag = "abnormal" })).Is(201);
        using var doctor = await As(clinic, "doctor");
        var part = await Text(doctor, $"/{clinic.Slug}/visits/{visit}/orders");
        Assert.DoesNotContain("<script>alert", part, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", part, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_referral_is_made_and_followed_on_the_page()
    {
        var clinic = await server.NewClinic();
        var (visit, at) = (await clinic.Visit(), $"/{clinic.Slug}");
        using var doctor = await As(clinic, "doctor");
        using var made = await doctor.Submit($"{at}/visits/{visit}/referrals", $"{at}/visits/{visit}/referrals", new() { ["specialty"] = "Cardiology", ["reason"] = "Murmur", ["urgency"] = "Urgent", ["once"] = "r1" });
        Assert.Equal($"{at}/visits/{visit}", made.Headers.Location!.OriginalString);
        var referral = Assert.Single((await clinic.Doctor.Get($"encounters/{visit}/referrals")).Items).Id();
        using var nothing = await doctor.Submit($"{at}/visits/{visit}/referrals", $"{at}/referrals/{referral}/state", new() { ["step"] = "" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nothing.StatusCode);
        using var moved = await doctor.Submit($"{at}/visits/{visit}/referrals", $"{at}/referrals/{referral}/state", new() { ["step"] = "Accept" });
        Assert.Equal(HttpStatusCode.Redirect, moved.StatusCode);
        Assert.Contains("Accepted", await Text(doctor, $"{at}/visits/{visit}/referrals"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_clinics_lists_are_kept_on_pages()
    {
        var clinic = await server.NewClinic();
        var at = $"/{clinic.Slug}/manage";
        using var admin = await As(clinic, "admin");
        using var saved = await admin.Submit($"{at}/catalogue", $"{at}/catalogue", new() { ["kind"] = "Lab", ["code"] = "na", ["name"] = "Sodium", ["low"] = "135", ["high"] = "145,5" });
        Assert.Equal($"{at}/catalogue?q=NA&saved=true", saved.Headers.Location!.OriginalString);
        Assert.Contains("135–145.5", WebUtility.HtmlDecode(await Text(admin, $"{at}/catalogue?q=&kind=&after=")), StringComparison.Ordinal);
        using var template = await admin.Submit($"{at}/templates", $"{at}/templates", new() { ["name"] = "Cough", ["history"] = "Since when?" });
        Assert.Contains("Since when?", await Text(admin, $"{at}/templates"), StringComparison.Ordinal);
        Assert.Contains("Diagnoses can be written in words all the same", await Text(admin, $"{at}/codes"), StringComparison.Ordinal);
    }

    [Theory, InlineData("true", "A trial: nothing was written.", 0), InlineData("", "Loaded.", 2)]
    public async Task a_table_is_tried_and_loaded_on_the_page(string dryRun, string told, int codes)
    {
        var clinic = await server.NewClinic();
        using var admin = await As(clinic, "admin");
        using var page = await admin.Get($"/{clinic.Slug}/manage/codes");
        var token = System.Text.RegularExpressions.Regex.Match(await page.Content.ReadAsStringAsync(), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent("icd-10"), "system" }, { new StringContent(dryRun), "dryRun" } };
        using var file = new ByteArrayContent(Encoding.UTF8.GetBytes("code,text\nA00,Cholera\nI10,Hypertension\n"));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        form.Add(file, "file", "codes.csv");
        using var loaded = await admin.Send($"/{clinic.Slug}/manage/codes", form);
        Assert.Contains(told, await loaded.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(codes, (await clinic.Doctor.Get("codes")).Items.Count);
    }
}
