using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Salus.Modules.Clinic.Pharmacy.Prescribing;

namespace Salus.Tests.Pharmacy;

/// <summary>The pages of the pharmacy and the parts of the visit's page, without any script: the same rules as the API.</summary>
public sealed partial class PharmacyPageTests(SalusServer server)
{
    private static async Task<string> Text(HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        return text;
    }

    private static async Task<Browser> SignedIn(Clinic clinic, string who)
    {
        var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, who);
        return browser;
    }

    private static Dictionary<string, string> Fields(string drug, params (string, string)[] more)
    {
        var fields = new Dictionary<string, string> { ["drug"] = drug, ["dose"] = "1 tablet", ["route"] = "Oral", ["frequency"] = "daily", ["days"] = "5", ["quantity"] = "10" };
        foreach (var (name, value) in more) fields[name] = value;
        return fields;
    }

    [Fact]
    public async Task a_doctor_prescribes_on_a_page_sees_what_the_check_found_and_gives_the_reason()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Ready();
        await clinic.Allergy(visit, "Penicillin");
        await clinic.Drug("Amoxicillin 500 mg", "amoxicillin", "Penicillins");
        using var doctor = await SignedIn(clinic, "doctor");
        var (form, post) = ($"/{clinic.Slug}/visits/{visit}/prescribing", $"/{clinic.Slug}/visits/{visit}/prescriptions");
        Assert.Contains("Penicillin (Rash)", await Text(await doctor.Get(form)), StringComparison.Ordinal);
        var options = await Text(await doctor.Get($"/{clinic.Slug}/pharmacy/drugs/options?drug=amox"));
        Assert.Contains("value=\"Amoxicillin 500 mg\"", options, StringComparison.Ordinal);
        Assert.Contains("Allergy:", await Text(await doctor.Submit(form, $"/{clinic.Slug}/visits/{visit}/prescribing/check", new() { ["drug"] = "Amoxicillin 500 mg" })), StringComparison.Ordinal);
        Assert.DoesNotContain("Allergy", await Text(await doctor.Submit(form, $"/{clinic.Slug}/visits/{visit}/prescribing/check", new() { ["drug"] = "" })), StringComparison.Ordinal);
        var warned = await Text(await doctor.Submit(form, post, Fields("Amoxicillin 500 mg", ("instructions", "With water"))));
        Assert.Contains("name=\"overrideReason\"", warned, StringComparison.Ordinal);
        Assert.Contains("value=\"With water\"", warned, StringComparison.Ordinal); // nothing has to be typed again
        Assert.Empty(await clinic.Prescriptions(visit));
        using var done = await doctor.Submit(form, post, Fields("Amoxicillin 500 mg", ("overrideReason", "Tested")));
        Assert.Equal($"/{clinic.Slug}/visits/{visit}", done.Headers.Location?.OriginalString);
        var part = await Text(await doctor.Get(post));
        Assert.Contains("Amoxicillin 500 mg", part, StringComparison.Ordinal);
        Assert.Contains("Tested", part, StringComparison.Ordinal);
        Assert.Contains("To be dispensed", part, StringComparison.Ordinal);
        var prescription = Assert.Single(await clinic.Prescriptions(visit)).Id();
        Assert.Contains("value=\"daily\"", await Text(await doctor.Get($"{form}?repeat={prescription}")), StringComparison.Ordinal);
        Assert.NotEmpty(await clinic.Audit(PrescribingDesk.Action));
        using var cancelled = await doctor.Submit(form, $"{post}/{prescription}/cancellation", new() { ["reason"] = "Second thoughts" });
        Assert.Equal(HttpStatusCode.Redirect, cancelled.StatusCode);
        Assert.Contains("Second thoughts", await Text(await doctor.Get(post)), StringComparison.Ordinal);
        using var missing = await doctor.Submit(form, post, Fields("Ibuprofen", ("dose", ""), ("overrideReason", "x")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.StatusCode);
    }

    [Fact]
    public async Task a_pharmacist_dispenses_and_takes_back_on_the_pages()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready("Anna Rossi"), await clinic.Drug("Amoxicillin", "amoxicillin"));
        await clinic.Receive(drug, 5, "B77");
        var prescription = await clinic.Pending(visit, drug);
        using var pharmacist = await SignedIn(clinic, "pharmacist");
        var home = $"/{clinic.Slug}/pharmacy";
        var list = await Text(await pharmacist.Get(home));
        Assert.Contains("Anna Rossi", list, StringComparison.Ordinal);
        Assert.Contains("Short: 5 in stock", list, StringComparison.Ordinal);
        using (var shortened = await pharmacist.Submit(home, $"{home}/prescriptions/{prescription}/dispensing", new() { ["quantity"] = "10" })) Assert.Equal(HttpStatusCode.Conflict, shortened.StatusCode);
        using (var done = await pharmacist.Submit(home, $"{home}/prescriptions/{prescription}/dispensing", new() { ["quantity"] = "5", ["notes"] = "Rest tomorrow" })) Assert.Equal(home, done.Headers.Location?.OriginalString);
        Assert.Contains("Nothing waits to be dispensed.", await Text(await pharmacist.Get($"{home}/list")), StringComparison.Ordinal);
        var dispensed = await Text(await pharmacist.Get($"{home}/dispensed"));
        Assert.Contains("B77", dispensed, StringComparison.Ordinal);
        using var back = await pharmacist.Submit($"{home}/dispensed", $"{home}/prescriptions/{prescription}/returns", new() { ["lineId"] = LineId().Match(dispensed).Groups[1].Value, ["quantity"] = "2", ["reason"] = "Unused" });
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        Assert.Equal(2, await clinic.OnShelf(drug));
    }

    [Fact]
    public async Task drugs_stock_and_rules_are_kept_on_the_pages()
    {
        var clinic = await server.NewClinic();
        using var pharmacist = await SignedIn(clinic, "pharmacist");
        var home = $"/{clinic.Slug}/pharmacy";
        Assert.Contains("No drugs yet.", await Text(await pharmacist.Get($"{home}/drugs")), StringComparison.Ordinal);
        Assert.Contains("No rules yet", await Text(await pharmacist.Get($"{home}/interactions")), StringComparison.Ordinal);
        using (var made = await pharmacist.Submit($"{home}/drugs", $"{home}/drugs", new() { ["name"] = "Warfarin 5 mg", ["ingredients"] = "warfarin", ["reorderLevel"] = "10" })) Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        var drug = (await clinic.Doctor.Get("drugs")).Items[0].Id();
        using (var received = await pharmacist.Submit($"{home}/stock", $"{home}/drugs/{drug}/batches", new() { ["number"] = "W1", ["expiry"] = Drugstore.Today.AddDays(30).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), ["quantity"] = "8" })) Assert.Equal(HttpStatusCode.Redirect, received.StatusCode);
        var stock = await Text(await pharmacist.Get($"{home}/stock?filter=Low"));
        Assert.Contains("Warfarin 5 mg", stock, StringComparison.Ordinal);
        Assert.Contains("Expires soon", stock, StringComparison.Ordinal);
        Assert.Contains("Nothing is out of stock.", await Text(await pharmacist.Get($"{home}/stock?filter=Out")), StringComparison.Ordinal);
        var batch = (await clinic.Doctor.Get("stock")).Items[0].GetProperty("batches")[0].Id();
        using (var adjusted = await pharmacist.Submit($"{home}/stock", $"{home}/batches/{batch}/adjustments", new() { ["quantity"] = "-1", ["reason"] = "Counted" })) Assert.Equal(HttpStatusCode.Redirect, adjusted.StatusCode);
        using (var gone = await pharmacist.Submit($"{home}/stock", $"{home}/batches/{batch}/write-offs", new() { ["kind"] = "Damaged", ["quantity"] = "2", ["reason"] = "Wet" })) Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
        Assert.Contains("Counted", await Text(await pharmacist.Get($"{home}/drugs/{drug}/movements")), StringComparison.Ordinal);
        Assert.Equal(5, await clinic.OnShelf(drug));
        using (var rule = await pharmacist.Submit($"{home}/interactions", $"{home}/interactions", new() { ["aSide"] = "Ingredient", ["a"] = "Warfarin", ["bSide"] = "Class", ["b"] = "NSAIDs", ["severity"] = "Severe" })) Assert.Equal(HttpStatusCode.Redirect, rule.StatusCode);
        Assert.Contains("Never warns", await Text(await pharmacist.Get($"{home}/interactions")), StringComparison.Ordinal);
        var id = (await clinic.Doctor.Get("interaction-rules")).Items[0].Id();
        using (var removed = await pharmacist.Submit($"{home}/interactions", $"{home}/interactions/{id}/removal", [])) Assert.Equal(HttpStatusCode.Redirect, removed.StatusCode);
        Assert.Empty((await clinic.Doctor.Get("interaction-rules")).Items);
    }

    [Theory, InlineData("drugs", "name,ingredients\nAspirin,aspirin\n123,", "name\nAspirin")] [InlineData("interactions", "a,b,severity\nA one,B one,grave", "a,b,severity\nA one,B one,mild")]
    public async Task a_file_is_tried_and_loaded_on_the_page(string kind, string faulty, string good)
    {
        var clinic = await server.NewClinic();
        var cookies = new CookieContainer();
        using var pharmacist = new Browser(clinic.Salus, cookies);
        await pharmacist.SignIn(clinic, "pharmacist");
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = clinic.Salus.Http.BaseAddress };
        async Task<string> Send(string file, bool write)
        {
            var token = Token().Match(await http.GetStringAsync($"/{clinic.Slug}/pharmacy/{kind}")).Groups[1].Value;
            using var body = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent(write ? "true" : ""), "write" } };
            body.Add(new StringContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } }, "file", "list.csv");
            return await Text(await http.PostAsync($"/{clinic.Slug}/pharmacy/{kind}/import", body));
        }
        Assert.Contains("Nothing was written: some lines need your attention.", await Send(faulty, true), StringComparison.Ordinal);
        Assert.Contains("This was a trial; nothing was written.", await Send(good, false), StringComparison.Ordinal);
        Assert.Empty((await clinic.Doctor.Get("drugs")).Items);
        Assert.Empty((await clinic.Doctor.Get("interaction-rules")).Items);
        Assert.Contains("1 lines: 1 new, 0 changed, 0 as before.", await Send(good, true), StringComparison.Ordinal);
        Assert.Contains("attachment", (await http.GetAsync($"/{clinic.Slug}/pharmacy/{kind}/export")).Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task medicines_that_a_patient_takes_and_doses_are_written_down_on_the_parts()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Morphine", "morphine"));
        var (patient, prescription) = (await clinic.PatientOf(visit), await clinic.Pending(visit, drug));
        using var nurse = await SignedIn(clinic, "nurse");
        var (medications, given) = ($"/{clinic.Slug}/patients/{patient}/medications", $"/{clinic.Slug}/visits/{visit}/administrations");
        using (var noted = await nurse.Submit(medications, medications, new() { ["text"] = "Camomile", ["visit"] = visit.ToString() })) Assert.Equal($"/{clinic.Slug}/visits/{visit}", noted.Headers.Location?.OriginalString);
        var part = await Text(await nurse.Get($"{medications}?visit={visit}"));
        Assert.Contains("Camomile", part, StringComparison.Ordinal);
        Assert.Contains($"data-live=\"encounter:{visit}\"", part, StringComparison.Ordinal);
        var reported = (await clinic.Nurse.Get($"patients/{patient}/medications")).Json.EnumerateArray().Single(m => m.GetProperty("isReported").GetBoolean()).Id();
        using (var stopped = await nurse.Submit(medications, $"{medications}/{reported}/stopping", [])) Assert.Equal($"/{clinic.Slug}/patients/{patient}", stopped.Headers.Location?.OriginalString);
        using (var dose = await nurse.Submit(given, given, new() { ["prescriptionId"] = prescription.ToString(), ["outcome"] = "Held", ["reason"] = "Sleeps" })) Assert.Equal(HttpStatusCode.Redirect, dose.StatusCode);
        using (var without = await nurse.Submit(given, given, new() { ["prescriptionId"] = prescription.ToString(), ["outcome"] = "Error" })) Assert.Equal(HttpStatusCode.UnprocessableEntity, without.StatusCode);
        var text = await Text(await nurse.Get(given));
        Assert.Contains("Held back", text, StringComparison.Ordinal);
        Assert.Contains("Sleeps", text, StringComparison.Ordinal);
        using var doctor = await SignedIn(clinic, "doctor");
        Assert.DoesNotContain("Write down a dose", await Text(await doctor.Get(given)), StringComparison.Ordinal);
        (await clinic.Dispense(await clinic.Pending(visit, "Thyme", ("overrideReason", "x"), ("days", null)))).Is(200);
        var thyme = (await clinic.Prescriptions(visit))[1].Id();
        using (var over = await doctor.Submit(medications, $"/{clinic.Slug}/patients/{patient}/prescriptions/{thyme}/stopping", new() { ["reason"] = "Better" })) Assert.Equal(HttpStatusCode.Redirect, over.StatusCode);
        Assert.DoesNotContain("Thyme", await Text(await doctor.Get(medications)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task in_a_closed_visit_the_parts_only_show()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Morphine"));
        await clinic.Pending(visit, drug);
        await clinic.Close(visit);
        using var doctor = await SignedIn(clinic, "doctor");
        var part = await Text(await doctor.Get($"/{clinic.Slug}/visits/{visit}/prescriptions"));
        Assert.Contains("Morphine", part, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", part, StringComparison.Ordinal);
        Assert.DoesNotContain("data-open=\"prescribe\"", part, StringComparison.Ordinal);
    }

    [GeneratedRegex("name=\"lineId\" value=\"([^\"]+)\"")]
    private static partial Regex LineId();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
