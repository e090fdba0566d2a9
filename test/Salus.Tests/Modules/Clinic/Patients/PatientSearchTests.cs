namespace Salus.Tests.Patients;

/// <summary>PatientSearch through the API.</summary>
public sealed class PatientSearchTests(SalusServer server)
{
    private static async Task<IReadOnlyList<string>> Names(Caller by, string q) =>
        [.. (await by.Get("patients?q=" + Uri.EscapeDataString(q))).Is(200).Items.Select(p => p.Str("name"))];

    [Theory]
    [InlineData("munoz")] [InlineData("MUÑOZ")] [InlineData("uno")] [InlineData("ete d")] [InlineData("d'été")] [InlineData("josé")] [InlineData("jo mu")] [InlineData("strasse")]
    public async Task PT_02_finds_by_fragments_without_accents_or_case(string q)
    {
        var clinic = await server.NewClinic();
        await clinic.Register("José D'Été-Muñoz Straße");
        await clinic.Register("Carlo Bianchi");
        Assert.Equal(["José D'Été-Muñoz Straße"], await Names(clinic.Doctor, q));
    }

    [Theory, InlineData("+39 333 1234567"), InlineData("333 123 4567"), InlineData("1234567"), InlineData("0039 3331234567"), InlineData("333-123")]
    public async Task PT_02_finds_by_phone(string q)
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", phone = "333 1234567" });
        await clinic.Register(form: new { name = "Bruno Bianchi", phone = "340 7654321" });
        Assert.Equal(["Anna Rossi"], await Names(clinic.Doctor, q));
    }

    [Theory, InlineData("01-02-003"), InlineData("0102003"), InlineData("01-02"), InlineData("02003")]
    public async Task PT_02_finds_by_registration_number(string q)
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", number = "01-02-003" });
        await clinic.Register(form: new { name = "Bruno Bianchi", number = "05-06-007" });
        Assert.Equal(["Anna Rossi"], await Names(clinic.Doctor, q));
    }

    [Theory, InlineData("1980-05-17"), InlineData("17/05/1980")]
    public async Task finds_by_birth_date(string q)
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", birthDate = "1980-05-17" });
        await clinic.Register(form: new { name = "Bruno Bianchi", birthDate = "1980-05-18" });
        Assert.Equal(["Anna Rossi"], await Names(clinic.Doctor, q));
    }

    [Theory, InlineData("April"), InlineData("May 5"), InlineData("June 2"), InlineData("Mar")]
    public async Task a_name_or_digits_that_could_be_read_as_a_date_is_still_a_name(string q)
    {
        var clinic = await server.NewClinic();
        await clinic.Register($"{q} Greene");
        Assert.Equal([$"{q} Greene"], await Names(clinic.Doctor, q));
    }

    [Fact]
    public async Task PT_03_after_a_rename_the_new_name_is_found_at_once_and_the_old_is_not()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register("Anna Rossi")).Id;
        Assert.Single(await Names(clinic.Doctor, "rossi"));
        (await clinic.Receptionist.Put($"patients/{id}", new { name = "Anna Verdi" })).Is(200);
        Assert.Equal(["Anna Verdi"], await Names(clinic.Doctor, "verdi"));
        Assert.Empty(await Names(clinic.Doctor, "rossi"));
    }

    [Fact]
    public async Task PT_04_AP_08_pages_yield_everybody_once_in_order_of_names()
    {
        var clinic = await server.NewClinic();
        for (var i = 0; i < 23; i++) await clinic.Register(i % 3 == 0 ? "Same Name" : $"Patient {i:00}");
        var (seen, names, after) = (new List<Guid>(), new List<string>(), "");
        do
        {
            var page = (await clinic.Doctor.Get($"patients?limit=5&after={Uri.EscapeDataString(after)}")).Is(200);
            Assert.InRange(page.Items.Count, 1, 5);
            seen.AddRange(page.Items.Select(p => p.Id()));
            names.AddRange(page.Items.Select(p => p.Str("name")));
            after = page.Next ?? "";
        } while (after.Length > 0);
        Assert.Equal(23, seen.Distinct().Count());
        Assert.Equal(23, seen.Count);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Theory, InlineData("limit=0", "limit"), InlineData("limit=101", "limit"), InlineData("after=%21%21", "after"), InlineData("after=YWJj", "after")]
    public async Task AP_08_refuses_a_page_that_cannot_be(string query, string field)
    {
        var clinic = await server.NewClinic();
        (await clinic.Doctor.Get("patients?" + query)).RefusesField(field);
    }

    [Fact]
    public async Task a_cursor_that_somebody_made_up_with_a_null_byte_breaks_nothing()
    {
        var clinic = await server.NewClinic();
        var forged = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(new string('0', 32) + "a\0b"));
        var answer = await clinic.Doctor.Get("patients?after=" + Uri.EscapeDataString(forged));
        Assert.InRange(answer.Status, 200, 499);
    }

    [Theory, InlineData("%"), InlineData("_"), InlineData("%%%%"), InlineData("\" OR 1=1 --"), InlineData("'; DROP TABLE clinic_patients; --"), InlineData("anna* NOT x"), InlineData("🙂")]
    public async Task text_with_a_meaning_in_sql_has_none_here(string q)
    {
        var clinic = await server.NewClinic();
        await clinic.Register("Bruno Bianchi");
        (await clinic.Doctor.Get("patients?q=" + Uri.EscapeDataString(q))).Is(200);
        Assert.Equal(["Bruno Bianchi"], await Names(clinic.Doctor, "bianchi"));
    }

    [Fact]
    public async Task the_longest_names_of_every_script_are_kept_and_found()
    {
        var clinic = await server.NewClinic();
        foreach (var letter in (string[])["ß", "각", "é", "ñ", "ا", "漢"])
        {
            var name = string.Concat(Enumerable.Repeat(letter, 255));
            await clinic.Register(name);
            Assert.Equal([name], await Names(clinic.Doctor, string.Concat(Enumerable.Repeat(letter, 20))));
        }
    }

    [Fact]
    public async Task PT_09_every_patient_that_was_shown_is_in_the_audit_row_and_no_name_is()
    {
        var clinic = await server.NewClinic();
        var shown = new[] { (await clinic.Register("Anna Quarkson")).Id, (await clinic.Register("Bruno Quarkson")).Id };
        var hidden = (await clinic.Register("Carla Verdi")).Id;
        await Names(clinic.Doctor, "quarkson");
        var row = Assert.Single(await clinic.Audit("patient.search"));
        Assert.Equal(shown.Order(), row.SubjectList().Order());
        Assert.Equal(("patient", null, clinic.Account("doctor").Id), (row.SubjectKind, row.SubjectId, row.ActorId));
        Assert.DoesNotContain("quarkson", System.Text.Json.JsonSerializer.Serialize(row), StringComparison.OrdinalIgnoreCase);
        foreach (var id in shown) Assert.Contains("patient.search", await Reads(clinic, id));
        Assert.DoesNotContain("patient.search", await Reads(clinic, hidden));
    }

    /// <summary>The acts that the log shows for a subject.</summary>
    private static async Task<List<string>> Reads(Clinic clinic, Guid subject) =>
        [.. (await clinic.Admin.Get($"audit?subject={subject}")).Is(200)["items"].EnumerateArray().Select(i => i.GetProperty("action").GetString()!)];

    [Theory, InlineData("receptionist", 200), InlineData("doctor", 200), InlineData("admin", 200), InlineData("display", 403), InlineData("anonymous", 401)]
    public async Task who_may_search(string persona, int status)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Get("patients?q=a")).Is(status);
    }
}
