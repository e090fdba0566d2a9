using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Cli;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Printing;
using Salus.Tests.Encounters;
using Salus.Web.Printing;

namespace Salus.Tests.Printing;

/// <summary>The ways to a printed document: roles, clinics, restricted records, many at once, long ones, no library.</summary>
public sealed class PaperTests(SalusServer server)
{
    private static async Task<(Guid Visit, Guid Patient)> WithMedicines(Clinic clinic, int count = 1, string instructions = "")
    {
        var visit = await clinic.Visit();
        var patient = (await clinic.Doctor.Get($"encounters/{visit}")).Is(200)["patientId"].GetGuid();
        await clinic.Salus.Database.Write(clinic.Id, db =>
        {
            for (var i = 0; i < count; i++)
                db.Add(new Prescription { EncounterId = visit, PatientId = patient, Drug = $"Medicine-{i:000}", Dose = "1", Frequency = "daily", Quantity = 1, Instructions = instructions, PrescribedBy = clinic.Account("doctor").Id, PrescribedAt = DateTime.UtcNow });
            return db.SaveChangesAsync();
        }, default);
        return (visit, patient);
    }

    private static string[] Papers(Guid visit, Guid patient) => [$"encounters/{visit}/documents/summary", $"encounters/{visit}/documents/prescription", $"patients/{patient}/documents/label"];

    [Theory]
    [InlineData("doctor", 200, 200, 200), InlineData("nurse", 200, 403, 200), InlineData("pharmacist", 403, 200, 200), InlineData("receptionist", 403, 403, 200), InlineData("admin", 403, 403, 200), InlineData("lab", 403, 403, 200)]
    [InlineData("display", 403, 403, 403), InlineData("anonymous", 401, 401, 401)]
    public async Task each_role_prints_what_it_may_read(string who, params int[] expected)
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await WithMedicines(clinic);
        foreach (var (path, status) in Papers(visit, patient).Zip(expected)) (await clinic.As(who).Get(path)).Is(status);
    }

    [Fact]
    public async Task another_clinics_visit_and_patient_do_not_exist()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var (visit, patient) = await WithMedicines(other);
        foreach (var path in Papers(visit, patient)) (await clinic.Doctor.Get(path)).Refuses(404, "not-found");
        using var browser = new Browser(server.Salus);
        await browser.SignIn(clinic, "doctor");
        foreach (var page in (string[])[$"visits/{visit}/summary.pdf", $"visits/{visit}/prescription.pdf", $"patients/{patient}/label.pdf"])
        {
            using var answer = await browser.Get($"/{clinic.Slug}/{page}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task a_restricted_record_is_printed_by_nobody_who_may_not_read_it()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await WithMedicines(clinic);
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        foreach (var path in Papers(visit, patient)) (await clinic.Doctor.Get(path)).Refuses(403, "patient.restricted");
        (await clinic.Receptionist.Get($"patients/{patient}/documents/label")).Refuses(404, "not-found");
        (await clinic.Doctor.Post($"patients/{patient}/emergency-access", new { reason = "Unconscious in the hall" })).Is(200);
        foreach (var path in Papers(visit, patient)) using (await Paper.Get(clinic.Doctor, path)) { }
    }

    [Fact]
    public async Task a_table_over_many_pages_repeats_its_head_and_loses_no_row()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, _) = await WithMedicines(clinic, 200, "Take it\nwith water");
        using var paper = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/prescription");
        var text = await paper.Text();
        var pages = text.Split('\f', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(pages.Length > 5, $"{pages.Length} pages");
        for (var i = 0; i < pages.Length; i++) Assert.Contains($"Page {i + 1} of {pages.Length}", pages[i], StringComparison.Ordinal);
        foreach (var page in pages.Where(p => p.Contains("Medicine-", StringComparison.Ordinal))) Assert.Contains("How often", page, StringComparison.Ordinal);
        Assert.All(pages.Skip(1), p => Assert.Contains("Anna Rossi", p, StringComparison.Ordinal));
        Assert.Equal(200, Enumerable.Range(0, 200).Count(i => text.Split($"Medicine-{i:000}").Length == 2));
    }

    [Fact]
    public async Task a_text_longer_than_a_page_goes_on_over_the_next_without_losing_a_line()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        await clinic.Close(visit);
        var lines = Enumerable.Range(0, 240).Select(i => $"Line {i:000} of what was found").ToList();
        (await clinic.Doctor.Post($"encounters/{visit}/summary", new { disposition = "home", text = string.Join('\n', lines) })).Is(201);
        using var paper = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/summary");
        var text = await paper.Text();
        Assert.True(text.Count(c => c == '\f') > 3);
        Assert.All(lines, l => Assert.Equal(2, text.Split(l).Length));
    }

    [Fact]
    public async Task the_file_says_nothing_of_the_patient_but_on_its_pages()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await WithMedicines(clinic);
        foreach (var path in Papers(visit, patient))
        {
            using var paper = await Paper.Get(clinic.Doctor, path);
            Assert.Equal("no-store", paper.Headers["Cache-Control"]);
            Assert.Matches("^inline; filename=\"?(visit-summary|prescription|patient-label)-[0-9A-F-]+\\.pdf\"?$", paper.Headers["Content-Disposition"]);
            var properties = await paper.Properties();
            Assert.Matches(@"Title:\s+(Visit summary|Prescription|Patient label)\n", properties);
            foreach (var word in (string[])["Anna", "Rossi", "Medicine-000", "Person doctor"])
            {
                Assert.DoesNotContain(word, properties, StringComparison.Ordinal);
                Assert.DoesNotContain(word, Encoding.Latin1.GetString(paper.Bytes), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task fifty_at_once_come_whole_and_each_with_its_own_patient()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var names = Enumerable.Range(0, 50).Select(i => $"Patient{i:00} محمد 张伟").ToList();
        var patients = new List<Guid>();
        foreach (var name in names) patients.Add((await clinic.Register(name)).Id);
        var papers = await Task.WhenAll(patients.Select(p => Paper.Get(clinic.Doctor, $"patients/{p}/documents/label")));
        foreach (var (paper, name) in papers.Zip(names))
            using (paper) Assert.Contains(name.Split(' ')[0], await paper.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task it_speaks_the_readers_language_and_else_the_clinics()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, _) = await WithMedicines(clinic);
        await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            (await db.Set<Salus.Modules.Organisations.Contract.Organisation>().SingleAsync(o => o.Id == clinic.Id)).Language = "fr";
            return await db.SaveChangesAsync();
        }, default);
        using var french = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/prescription");
        Assert.Contains("Ordonnance", await french.Text(), StringComparison.Ordinal);
        using var italian = await Paper.Get(clinic.Doctor, $"encounters/{visit}/documents/prescription", ("Accept-Language", "it"));
        Assert.Contains("Prescrizione", await italian.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_page_of_the_patient_offers_the_label_and_the_page_gives_it()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var clinic = await server.NewClinic();
        var (visit, patient) = await WithMedicines(clinic);
        using var browser = new Browser(server.Salus);
        await browser.SignIn(clinic, "doctor");
        using var page = await browser.Get($"/{clinic.Slug}/patients/{patient}");
        Assert.Contains($"/{clinic.Slug}/patients/{patient}/label.pdf", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var path in (string[])[$"visits/{visit}/summary.pdf", $"visits/{visit}/prescription.pdf", $"patients/{patient}/label.pdf"])
            using (var answer = await browser.Get($"/{clinic.Slug}/{path}"))
            using (var paper = await Paper.Of(answer)) Assert.Contains("Anna Rossi", await paper.Text(), StringComparison.Ordinal);
    }

    [Theory, InlineData("libpangocairo-1.0.so.0"), InlineData("libcairo.so.2"), InlineData("libgobject-2.0.so.0")]
    public async Task without_a_library_no_document_is_lost(string missing)
    {
        await using var own = await OwnServer.Start(services: s => s.AddSingleton(new PrintLibrary(name => name != missing && PrintLibrary.Load(name))));
        var clinic = await Clinic.Make(own.Salus);
        var (visit, patient) = await WithMedicines(clinic, 3, "<b>With</b> water");
        using var browser = new Browser(own.Salus);
        await browser.SignIn(clinic, "doctor");
        foreach (var path in (string[])[$"visits/{visit}/summary.pdf", $"visits/{visit}/prescription.pdf", $"patients/{patient}/label.pdf"])
        {
            using var answer = await browser.Get($"/{clinic.Slug}/{path}");
            var html = await answer.Content.ReadAsStringAsync();
            Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Contains("Anna Rossi", html, StringComparison.Ordinal);
            Assert.Contains("Print this page from your browser", html, StringComparison.Ordinal);
            if (!path.Contains("label", StringComparison.Ordinal)) Assert.Contains("&lt;b&gt;With&lt;/b&gt; water", html, StringComparison.Ordinal);
        }
        foreach (var path in Papers(visit, patient))
        {
            (await clinic.Doctor.Get(path)).Refuses(503, "print.no-pdf");
            Assert.Contains("Anna Rossi", (await clinic.Doctor.Get(path, ("Accept", "text/html"))).Is(200).Text, StringComparison.Ordinal);
        }
        var detail = (await own.Salus.As(await own.Salus.Owner(), "none").Get("/api/v1/health/detail")).Is(200)["parts"].EnumerateArray().Single(p => p.Str("name") == "pdf");
        Assert.Equal(("off", missing + " is missing"), (detail.Str("state"), detail.Str("reason")));
        Assert.Contains(Check.PrintFaults(own.Salus.Services.GetRequiredService<PrintLibrary>()), f => f.What.Contains(missing, StringComparison.Ordinal) && !f.StopsStart);
    }

    [Fact]
    public async Task a_machine_that_can_print_says_so()
    {
        Assert.SkipUnless(Paper.CanBeRead, Paper.Missing);
        var parts = (await server.Salus.As(await server.Salus.Owner(), "none").Get("/api/v1/health/detail")).Is(200)["parts"].EnumerateArray();
        Assert.Equal("ok", parts.Single(p => p.Str("name") == "pdf").Str("state"));
        Assert.Empty(Check.PrintFaults(server.Salus.Services.GetRequiredService<PrintLibrary>()));
    }

    [Theory]
    [InlineData("", "No PDF is made: no fonts."), InlineData("<dir>/usr/share/fonts/truetype/dejavu</dir>", "There is no font for Devanagari, Bengali, Tamil, Thai, Ethiopic, Chinese, Japanese, Korean")]
    public async Task check_names_what_the_fonts_of_a_machine_cannot_write(string fonts, string expected)
    {
        Assert.SkipUnless(Paper.CanBeRead && Directory.Exists("/usr/share/fonts/truetype/dejavu"), Paper.Missing);
        var folder = Directory.CreateTempSubdirectory("salus-fonts-");
        try
        {
            var configuration = Path.Combine(folder.FullName, "fonts.conf");
            await File.WriteAllTextAsync(configuration, $"<fontconfig>{fonts}<cachedir>{folder.FullName}/cache</cachedir></fontconfig>");
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "salus.dll"), "check"]) { RedirectStandardOutput = true, WorkingDirectory = "/" };
            (start.Environment["FONTCONFIG_FILE"], start.Environment["SALUS_DATA"]) = (configuration, folder.FullName);
            using var program = Process.Start(start)!;
            Assert.Contains(expected, await program.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
            await program.WaitForExitAsync();
        }
        finally { folder.Delete(recursive: true); }
    }
}
