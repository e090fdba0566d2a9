namespace Salus.Tests.Patients;

/// <summary>What may be written about a patient.</summary>
public sealed class PatientFormTests(SalusServer server)
{
    [Theory, InlineData(-1), InlineData(151), InlineData(int.MaxValue)]
    public async Task PT_12_refuses_an_age_out_of_bounds(int age)
    {
        var clinic = await server.NewClinic();
        (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi", age })).RefusesField("age");
    }

    [Theory, InlineData(0), InlineData(150)]
    public async Task PT_12_takes_an_age_at_the_bounds_as_an_estimated_birth_date(int age)
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register(form: new { name = "Anna Rossi", age })).Id;
        var read = (await clinic.Doctor.Get($"patients/{id}")).Is(200);
        Assert.Equal((age, true), (read["age"].GetInt32(), read["birthDateIsEstimated"].GetBoolean()));
    }

    [Fact]
    public async Task PT_12_refuses_a_birth_date_in_the_future_or_more_than_150_years_ago()
    {
        var clinic = await server.NewClinic();
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        foreach (var birthDate in (DateOnly[])[today.AddDays(2), today.AddYears(-150).AddDays(-2), DateOnly.MinValue, DateOnly.MaxValue])
            (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi", birthDate })).RefusesField("birthDate");
        await clinic.Register(form: new { name = "Old Rossi", birthDate = today.AddYears(-150).AddDays(2) });
    }

    [Theory, InlineData("call me"), InlineData("12"), InlineData("+39+333"), InlineData("333 1234567 x12"), InlineData("1234567890123456789")]
    public async Task PT_13_refuses_what_is_no_phone_number(string phone)
    {
        var clinic = await server.NewClinic();
        (await clinic.Receptionist.Post("patients", new { name = "Anna Rossi", phone })).RefusesField("phone");
    }

    [Theory, InlineData("333 123 45 67", "+393331234567"), InlineData("+33 6 12 34 56 78", "+33612345678"), InlineData("0044 20 7946 0000", "+442079460000"), InlineData("06 1234567", "+39061234567")]
    public async Task PT_13_keeps_a_phone_number_in_the_international_form(string phone, string kept)
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register(form: new { name = "Anna Rossi", phone })).Id;
        Assert.Equal(kept, (await clinic.Doctor.Get($"patients/{id}"))["phone"].GetString());
    }

    [Fact]
    public async Task PT_13_a_script_in_a_name_is_stored_as_text_and_sent_as_data_only()
    {
        var clinic = await server.NewClinic();
        const string name = "<script>alert(1)</script> Rossi";
        var id = (await clinic.Register(name)).Id;
        var read = (await clinic.Doctor.Get($"patients/{id}")).Is(200);
        Assert.Equal(name, read["name"].GetString());
        Assert.StartsWith("application/json", read.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("nosniff", read.Headers["X-Content-Type-Options"]);
    }

    [Theory, InlineData("  Anna \t Rossi  ", "Anna Rossi"), InlineData("Anna\u0000 Rossi\u200b", "Anna Rossi"), InlineData("Jose\u0301", "José")]
    public async Task PT_13_cleans_a_name(string typed, string kept)
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register(typed)).Id;
        Assert.Equal(kept, (await clinic.Doctor.Get($"patients/{id}"))["name"].GetString());
    }

    [Theory, InlineData(""), InlineData("   "), InlineData("12 34"), InlineData("\u200b\u200b")]
    public async Task refuses_a_name_without_a_letter(string name)
    {
        var clinic = await server.NewClinic();
        (await clinic.Receptionist.Post("patients", new { name })).RefusesField("name");
    }

    [Fact]
    public async Task names_every_field_that_is_wrong_in_one_answer()
    {
        var clinic = await server.NewClinic();
        var answer = await clinic.Receptionist.Post("patients", new { name = new string('x', 256), age = 200, phone = new string('1', 31) });
        answer.RefusesField("name").RefusesField("age").RefusesField("phone");
    }
}
