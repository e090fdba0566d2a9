using System.Text;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Patients;

namespace Salus.Tests.Patients;

/// <summary>CheckImport and ImportPatients: a dry run that names faults and likely duplicates, and an import that can be repeated.</summary>
public sealed class ImportTests(SalusServer server)
{
    internal static HttpContent Csv(string text, bool mark = false) => Csv([.. mark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)]);

    private static ByteArrayContent Csv(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new("text/csv");
        return content;
    }

    private static Task<Answer> Check(Clinic clinic, string text, bool mark = false) => clinic.Admin.Post("patients/import-checks", Csv(text, mark));
    private static Task<Answer> Import(Clinic clinic, string text, bool mark = false) => clinic.Admin.Post("patients/imports", Csv(text, mark));
    private static (int New, int LeftOut, int Faulty) Figures(Answer report) => (report["new"].GetInt32(), report["leftOut"].GetInt32(), report["faulty"].GetInt32());

    [Theory, InlineData(",", false), InlineData(";", true), InlineData(";", false)]
    public async Task rows_become_patients_whatever_parts_them_and_with_or_without_a_mark(string d, bool mark)
    {
        var clinic = await server.NewClinic();
        var text = string.Join("\r\n", $"Name{d}Phone{d}Birth date{d}Gender{d}Category{d}Number{d}E-mail address{d}National ID{d}Blood group", $"Élodie Müller{d}333 1234567{d}17/05/1980{d}F{d}self-paying{d}07-00-001{d}elo@example.org{d}MLL80{d}A+", $"\"Rossi{d} Anna\"{d}{d}{d}m{d}Insurance{d}{d}{d}{d}");
        var report = (await Check(clinic, text, mark)).Is(200);
        Assert.Equal((2, 0, 0), Figures(report));
        Assert.Empty((await clinic.Admin.Get("patients")).Items); // nothing was written
        var done = (await Import(clinic, text, mark)).Is(200);
        Assert.Equal((2, 2, 0), (done["rows"].GetInt32(), done["imported"].GetInt32(), done["leftOut"].GetInt32()));
        var found = Assert.Single((await clinic.Admin.Get("patients?q=muller")).Items);
        var read = (await clinic.Admin.Get($"patients/{found.Id()}")).Is(200);
        Assert.Equal(("Élodie Müller", "+393331234567", "1980-05-17", "female", "self-paying", "07-00-001", "elo@example.org", "MLL80", "a-positive"), (read["name"].GetString(), read["phone"].GetString(), read["birthDate"].GetString(),
            read["gender"].GetString(), read["category"].GetString(), read["number"].GetString(), read["email"].GetString(), read["nationalId"].GetString(), read["bloodGroup"].GetString()));
        Assert.Equal("01-00-001", Assert.Single((await clinic.Admin.Get("patients?q=anna")).Items).Str("number"));
        Assert.Equal($"Rossi{d} Anna", Assert.Single((await clinic.Admin.Get("patients?q=anna")).Items).Str("name"));
    }

    [Theory, InlineData("1980-05-17"), InlineData("1980-5-17"), InlineData("17.05.1980"), InlineData("17/5/1980"), InlineData("17-05-1980"), InlineData("1980/05/17"), InlineData("19800517")]
    public async Task a_birth_date_is_understood_as_people_write_it(string date)
    {
        var clinic = await server.NewClinic();
        (await Import(clinic, $"name,birth_date\nAnna Rossi,{date}")).Is(200);
        Assert.Equal("1980-05-17", Assert.Single((await clinic.Admin.Get("patients")).Items).Str("birthDate"));
    }

    [Fact]
    public async Task every_fault_is_named_with_its_line_and_field_and_nothing_of_the_file_is_brought_in()
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Somebody Here", number = "05-00-001", nationalId = "HERE-1" });
        var text = "name,phone,birth date,age,gender,number,national id,email\n" + string.Join('\n', "Anna Good,,,,,,,", "12,,,,,,,", "Bea Phone,call me,,,,,,", "Cia Date,,31/02/1980,,,,,", "Dea Age,,,200,,,,",
            "Eva Gender,,,,dragon,,,", "Fia Number,,,,,5-1,,", "Gia Taken,,,,,05-00-001,,", "Hea National,,,,,,here1,", "Ida Twice,,,,,06-00-001,,", "Lea Twice,,,,,06-00-001,,", "Mia Mail,,,,,,,nobody", "Nea Future,,2999-01-01,,,,,", "Ola First,,,,,,same-77,", "Pia Quite Other,,,,,,same 77,");
        var report = (await Check(clinic, text)).Is(200);
        Assert.Equal((3, 0, 12), Figures(report));
        Assert.Equal(["3 name", "4 phone", "5 birthDate", "6 age", "7 gender", "8 number", "9 number", "10 nationalId", "12 number", "13 email", "14 birthDate", "16 nationalId"], report["faults"].EnumerateArray().Select(f => $"{f.Number("line")} {f.Str("field")}"));
        Assert.All(report["faults"].EnumerateArray(), f => Assert.NotEmpty(f.Str("sentence")));
        (await Import(clinic, text)).Refuses(422, "import.faults");
        Assert.Single((await clinic.Admin.Get("patients")).Items);
    }

    [Fact]
    public async Task who_is_here_already_is_left_out_and_who_may_be_is_shown()
    {
        var clinic = await server.NewClinic();
        var anna = (await clinic.Register(form: new { name = "Anna Rossi", phone = "333 1234567", birthDate = "1980-05-17" })).Id;
        var text = "name,phone,birth date\nANNA ROSSI,,17.05.1980\nAna Rossi,,17.05.1980\nUgo Verdi,340 7654321,\nugo verdi,+39 340 7654321,";
        var report = (await Check(clinic, text)).Is(200);
        Assert.Equal((2, 2, 0), Figures(report));
        var matches = report["matches"].EnumerateArray().ToList();
        Assert.Equal([(2, true), (3, false), (5, true)], matches.Select(m => (m.Number("line"), m.GetProperty("isSame").GetBoolean())));
        Assert.All(matches.Take(2), m => Assert.Equal(anna, m.GetProperty("patients")[0].Id()));
        Assert.Equal(4, matches[2].Number("sameLine"));
        Assert.Equal((2, 2), ((await Import(clinic, text)).Is(200)["imported"].GetInt32(), (await clinic.Admin.Get("patients?q=rossi")).Items.Count));
        Assert.Equal(anna, Assert.Single(await clinic.Audit("patient.import-check")).SubjectId);
    }

    [Fact]
    public async Task a_thousand_rows_come_in_once_however_often_and_by_how_many_the_file_is_sent()
    {
        var clinic = await server.NewClinic();
        var text = new StringBuilder("name;phone;number\n");
        for (var i = 0; i < 1000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"Patient{i} Import;+39333{i:0000000};{(i % 10 == 0 ? $"01-00-{i:000}" : "")}\n");
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Import(clinic, text.ToString())));
        Assert.All(answers, a => Assert.Equal((1000, 1000), (a.Is(200)["done"].GetInt32(), a["imported"].GetInt32())));
        var again = (await Import(clinic, text.ToString().Replace("\n", "\r\n", StringComparison.Ordinal), mark: true)).Is(200);
        Assert.Equal((answers[0].Id, 1000), (again.Id, again["imported"].GetInt32()));
        await using var db = clinic.Open();
        var numbers = await db.Patients.Select(p => p.Number).ToListAsync();
        Assert.Equal((1000, 1000), (numbers.Count, numbers.Distinct().Count()));
        Assert.Equal((0, 1000), ((await Check(clinic, text.ToString())).Is(200)["new"].GetInt32(), (await Check(clinic, text.ToString()))["done"].GetInt32()));
        var rows = (await clinic.Audit("patient.import")).Where(e => e.Result == "ok").ToList();
        Assert.Equal(1000, rows.SelectMany(r => r.SubjectList()).Distinct().Count());
        Assert.All(rows, r => Assert.DoesNotContain("Import", r.Detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "invalid")] [InlineData("name", "invalid")] [InlineData("phone\n333", "invalid")] [InlineData("name,shoe size\nAnna,42", "invalid")] [InlineData("name,name\nAnna,Bea", "invalid")]
    [InlineData("name,phone\n\"Anna,333\nBea,444", "import.malformed")] [InlineData("name\nAn\"na", "import.malformed")]
    public async Task what_is_no_table_of_patients_is_refused_without_telling_what_stands_in_it(string text, string code)
    {
        var clinic = await server.NewClinic();
        foreach (var answer in (Answer[])[await Check(clinic, text), await Import(clinic, text)])
        {
            answer.Refuses(422, code);
            Assert.DoesNotContain("Anna", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task too_long_too_large_and_other_encodings_are_refused()
    {
        var clinic = await server.NewClinic();
        (await Check(clinic, "name\n" + string.Join('\n', Enumerable.Repeat("Anna", 5001)))).Refuses(422, "import.too-long");
        (await Check(clinic, "name\n" + new string('x', 2_200_000))).Refuses(413, "too-large");
        (await clinic.Admin.Post("patients/import-checks", Csv(Encoding.Latin1.GetBytes("name\nÉlodie")))).RefusesField("file");
        (await clinic.Admin.Post("patients/imports", Csv([0x50, 0x4B, 0x03, 0x04, 0xFF]))).RefusesField("file");
    }

    [Fact]
    public async Task cells_that_look_like_formulas_are_text()
    {
        var clinic = await server.NewClinic();
        (await Import(clinic, "name,address\n=HYPERLINK(1) Anna,\"@SUM(A1)\"\n'+Bea Rossi,-1")).Is(200);
        Assert.Equal(["=HYPERLINK(1) Anna", "+Bea Rossi"], (await clinic.Admin.Get("patients")).Items.Select(p => p.Str("name")).OrderDescending(StringComparer.Ordinal).ToArray());
    }

    [Theory, InlineData("receptionist"), InlineData("doctor"), InlineData("nurse"), InlineData("display")]
    public async Task only_an_administrator_imports(string persona)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Post("patients/imports", Csv("name\nAnna"))).Refuses(403, "forbidden");
        (await clinic.As(persona).Post("patients/import-checks", Csv("name\nAnna"))).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task the_page_shows_first_what_would_happen_and_then_does_it_without_script()
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", birthDate = "1980-05-17" });
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        var page = $"/{clinic.Slug}/manage/import";
        const string text = "name;birth date\nAna Rossi;1980-05-17\nÉlodie <b>;";
        using var tried = await browser.Upload(page, page, "file", "patients.csv", Encoding.UTF8.GetBytes(text), []);
        var html = await tried.Content.ReadAsStringAsync();
        Assert.Contains("2 rows: 2 new", html, StringComparison.Ordinal);
        Assert.Contains("may be one of these", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>;", html, StringComparison.Ordinal);
        var kept = System.Net.WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(html, "<textarea[^>]*>([\\s\\S]*?)</textarea>").Groups[1].Value);
        using var done = await browser.Upload(page, page, "none", "none.csv", [], new() { ["import"] = "true", ["text"] = kept.Replace("\n", "\r\n", StringComparison.Ordinal) });
        Assert.Contains("2 patients were brought in", await done.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(3, (await clinic.Admin.Get("patients")).Items.Count);
        Assert.Equal(2, (await Check(clinic, text)).Is(200)["done"].GetInt32()); // by page and by API it is the same file
    }
}
