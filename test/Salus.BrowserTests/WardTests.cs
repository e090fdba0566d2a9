using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Salus.BrowserTests;

/// <summary>A stay in the ward as people click through it: the free bed, the admission, the move, the discharge, the cleaning; and where wards are defined.</summary>
public sealed class WardTests(DemoServer demo)
{
    /// <summary>A visit of somebody new, opened at the desk; its id.</summary>
    private async Task<string> Visit(string name)
    {
        using var http = new HttpClient { BaseAddress = new Uri(demo.Url) };
        var token = await (await http.PostAsJsonAsync("/api/v1/auth/token", new { email = "reception@aurora.example", password = "Sunrise-Clinic-7" })).Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("accessToken").GetString());
        async Task<string> Post(string path, object body)
        {
            var made = await http.PostAsJsonAsync("/api/v1/orgs/aurora/" + path, body);
            Assert.Equal(System.Net.HttpStatusCode.Created, made.StatusCode);
            return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        }
        return await Post("encounters", new { patientId = await Post("patients", new { name }), complaint = "Short of breath" });
    }

    private static ILocator Bed(IPage page, string ward, string label) => page.Locator("section", new() { Has = page.Locator($"h2:has-text('{ward}')") }).Locator($"[data-bed='{label}']");

    [Fact]
    public async Task A_patient_is_admitted_into_a_free_bed_moved_discharged_and_the_bed_is_cleaned()
    {
        const string Name = "Wanda Prova";
        var visit = await Visit(Name);
        var nurse = await demo.SignedIn("nurse");
        var complaints = nurse.Complaints();
        await nurse.GotoAsync("/aurora/wards");
        await Assertions.Expect(nurse.Locator(".bed-occupied")).ToHaveCountAsync(2);
        await nurse.LooksRight("wards");

        var doctor = await demo.SignedIn("luca");
        var doctors = doctor.Complaints();
        await doctor.GotoAsync("/aurora/wards");
        await Bed(doctor, "Degenza", "1").Locator("a:has-text('Admit')").ClickAsync();
        await doctor.FillAsync("#admit-q", "Wanda");
        await Assertions.Expect(doctor.Locator("#admissible .row-button")).ToHaveCountAsync(1);
        await doctor.LooksRight("wards-admit-whom");
        await doctor.ClickAsync("#admissible .row-button");
        await Assertions.Expect(doctor.Locator("#admit-bed option:checked")).ToHaveTextAsync("Degenza · 1");
        await doctor.FillAsync("#admit-reason", "Needs oxygen");
        await doctor.FillAsync("#admit-expectedDays", "3");
        await doctor.FillAsync("#admit-text", "Pneumonia");
        await doctor.SelectOptionAsync("#admit-kind", "Emergency");
        await doctor.LooksRight("wards-admit");
        await doctor.ClickAsync("#ward-part button:has-text('Admit')");
        await Assertions.Expect(doctor.Locator("#ward-part")).ToContainTextAsync("Degenza · 1");
        // The nurse's board says it by itself.
        await Assertions.Expect(Bed(nurse, "Degenza", "1")).ToContainTextAsync(Name);

        // On the visit's page: it cannot be closed, and the part fetches itself again when a colleague moves the patient.
        await doctor.GotoAsync($"/aurora/visits/{visit}");
        await doctor.FillAsync("[name=history]", "Cough since Monday.");
        await doctor.ClickAsync("#consultation button[type=submit]:has-text('Save')");
        await Assertions.Expect(doctor.Locator("[data-lock='encounter.admitted']")).ToBeVisibleAsync();
        await doctor.LooksRight("visit-admitted");
        var admin = await demo.SignedIn("admin");
        await admin.GotoAsync("/aurora/wards");
        await Bed(admin, "Degenza", "1").Locator($"a:has-text('{Name}')").ClickAsync();
        await admin.ClickAsync("#ward-part summary:has-text('Move to another bed')");
        await admin.SelectOptionAsync("#move-bed", new SelectOptionValue { Label = "Osservazione breve · 2" });
        await admin.LooksRight("wards-move");
        await admin.ClickAsync("#ward-part button:has-text('Move')");
        await Assertions.Expect(doctor.Locator("#ward-part")).ToContainTextAsync("Osservazione breve · 2");
        await Assertions.Expect(Bed(nurse, "Degenza", "1")).ToContainTextAsync("To be cleaned");

        await doctor.ClickAsync("#ward-part summary:has-text('Discharge the patient')");
        await doctor.ClickAsync("#ward-part button:has-text('Discharge')");
        await Assertions.Expect(doctor.Locator("#refusal")).ToContainTextAsync("Choose one of the list.");
        await doctor.SelectOptionAsync("#discharge-disposition", "Home");
        await doctor.FillAsync("#discharge-note", "Tablets for five days.");
        await doctor.LooksRight("wards-discharge");
        await doctor.ClickAsync("#ward-part button:has-text('Discharge')");
        await Assertions.Expect(doctor.Locator("#ward-part")).ToContainTextAsync("Went home");
        await Assertions.Expect(doctor.Locator("[data-lock='encounter.admitted']")).ToHaveCountAsync(0);
        await doctor.GotoAsync($"/aurora/visits/{visit}/timeline");
        await Assertions.Expect(doctor.Locator("#main")).ToContainTextAsync("Moved to another bed");

        await Bed(nurse, "Osservazione breve", "2").Locator("button:has-text('Cleaned')").ClickAsync();
        await Assertions.Expect(Bed(nurse, "Osservazione breve", "2")).ToContainTextAsync("Free");
        await Bed(nurse, "Osservazione breve", "2").Locator("summary").ClickAsync();
        await Bed(nurse, "Osservazione breve", "2").Locator("[name=reason]").FillAsync("The lamp is broken");
        await nurse.LooksRight("wards-out-of-use");
        await Bed(nurse, "Osservazione breve", "2").Locator("button").ClickAsync();
        await Assertions.Expect(Bed(nurse, "Osservazione breve", "2")).ToContainTextAsync("The lamp is broken");
        await Assertions.Expect(Bed(nurse, "Osservazione breve", "2")).ToContainTextAsync("Out of use");
        Assert.Empty(complaints);
        Assert.Empty(doctors);
    }

    [Fact]
    public async Task An_administrator_defines_a_ward_and_its_beds()
    {
        var admin = await demo.SignedIn("admin");
        var complaints = admin.Complaints();
        await admin.GotoAsync("/aurora/manage/wards");
        await admin.ClickAsync("summary:has-text('Define a ward')");
        await admin.FillAsync("#new-name", "Maternità");
        await admin.SelectOptionAsync("#new-kind", "Maternity");
        await admin.ClickAsync("details[open]:has(#new-name) button[type=submit]");
        await Assertions.Expect(admin.Locator(".saved")).ToBeVisibleAsync();
        var ward = admin.Locator("section", new() { Has = admin.Locator("h2:has-text('Maternità')") });
        await ward.Locator("[name=labels]").FillAsync("1-12");
        await ward.Locator("button:has-text('Add')").ClickAsync();
        await Assertions.Expect(ward.Locator("[data-bed]")).ToHaveCountAsync(12);
        await ward.Locator("summary:has-text('The beds')").ClickAsync();
        await ward.Locator("summary:has-text('Rename')").ClickAsync();
        await admin.LooksRight("wards-setup");
        await ward.Locator("[data-bed='12'] [name=archived]").CheckAsync();
        await ward.Locator("[data-bed='12'] button").ClickAsync();
        await Assertions.Expect(ward.Locator("h2 + span")).ToContainTextAsync("11 of 11 free");
        await ward.Locator("summary:has-text('The beds')").ClickAsync();
        await ward.Locator("[data-bed='1'] a").ClickAsync();
        await Assertions.Expect(admin.Locator("h1")).ToContainTextAsync("Maternità · 1");
        await admin.LooksRight("wards-history");
        Assert.Empty(complaints);
    }
}
