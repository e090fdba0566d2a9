namespace Salus.Tests.Patients;

/// <summary>RegisterPatient through the API.</summary>
public sealed class RegisterPatientTests(SalusServer server)
{
    [Fact]
    public async Task PT_01_PT_07_gives_the_first_number_and_then_the_next()
    {
        var clinic = await server.NewClinic();
        Assert.Equal("01-00-001", (await clinic.Register())["number"].GetString());
        Assert.Equal("01-00-002", (await clinic.Register("Bruno Bianchi"))["number"].GetString());
    }

    [Fact]
    public async Task PT_05_PT_06_a_number_of_nine_characters_is_stored_and_read_back()
    {
        var clinic = await server.NewClinic();
        var made = await clinic.Register(form: new { name = "Anna Rossi", number = "01-02-003" });
        var read = (await clinic.Doctor.Get($"patients/{made.Id}")).Is(200);
        Assert.Equal("01-02-003", read["number"].GetString());
    }

    [Theory, InlineData("0102003"), InlineData("01-02-0034"), InlineData("1-02-003"), InlineData("01+02+003"), InlineData("ab-cd-efg"), InlineData("٠١-٠٢-٠٠٣")]
    public async Task PT_05_refuses_a_number_of_another_form(string number)
    {
        var clinic = await server.NewClinic();
        (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi", number })).RefusesField("number");
    }

    [Fact]
    public async Task PT_08_two_hundred_at_once_get_two_hundred_numbers()
    {
        var clinic = await server.NewClinic();
        var desk = clinic.Receptionist;
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => desk.Post("patients", new { name = $"Patient {i}" })));
        Assert.All(answers, a => a.Is(201));
        Assert.Equal(200, answers.Select(a => a["number"].GetString()).Distinct().Count());
    }

    [Fact]
    public async Task of_many_who_bring_the_same_number_at_once_one_gets_it()
    {
        var clinic = await server.NewClinic();
        var desk = clinic.Receptionist;
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => desk.Post("patients", new { name = $"Patient {i}", number = "07-07-007" })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "patient.number-taken"));
    }

    [Fact]
    public async Task refuses_a_number_that_is_taken_and_says_what_would_help()
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", number = "01-02-003" });
        var answer = (await clinic.Receptionist.Post("patients", new { name = "Bruno Bianchi", number = "01-02-003" })).Refuses(409, "patient.number-taken");
        Assert.NotEmpty(answer["unlock"].GetString()!);
    }

    [Fact]
    public async Task passes_over_a_number_that_somebody_brought_along()
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", number = "01-00-001" });
        Assert.Equal("01-00-002", (await clinic.Register("Bruno Bianchi"))["number"].GetString());
    }

    [Fact]
    public async Task two_clinics_count_apart()
    {
        var (one, other) = (await server.NewClinic(), await server.NewClinic());
        await one.Register();
        Assert.Equal("01-00-001", (await other.Register())["number"].GetString());
    }

    [Theory, InlineData("receptionist", 201), InlineData("doctor", 201), InlineData("admin", 201), InlineData("display", 403), InlineData("anonymous", 401)]
    public async Task who_may_register(string persona, int status)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Post("patients", new { name = "Anna Rossi" })).Is(status);
    }

    [Fact]
    public async Task PT_09_writes_one_audit_row_that_names_the_patient_by_id_only()
    {
        var clinic = await server.NewClinic();
        var made = await clinic.Register("Zebulon Quark");
        var row = Assert.Single(await clinic.Audit("patient.register"));
        Assert.Equal((made.Id, clinic.Account("receptionist").Id, "ok"), (row.SubjectId!.Value, row.ActorId!.Value, row.Result));
        Assert.DoesNotContain("Zebulon", System.Text.Json.JsonSerializer.Serialize(row), StringComparison.OrdinalIgnoreCase);
    }
}
