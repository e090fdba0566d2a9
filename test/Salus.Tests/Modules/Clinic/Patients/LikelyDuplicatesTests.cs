using Salus.Modules.Clinic.Patients;

namespace Salus.Tests.Patients;

/// <summary>LikelyDuplicates through the API, and its score.</summary>
public sealed class LikelyDuplicatesTests(SalusServer server)
{
    private static async Task<IReadOnlyList<string>> Found(Clinic clinic, string query) =>
        [.. (await clinic.Receptionist.Get("patients/likely-duplicates?" + query)).Is(200).Json.EnumerateArray().Select(p => p.Str("name"))];

    [Theory]
    [InlineData("name=Ana+Rossi&birthDate=1980-05-17")]
    [InlineData("name=Rossi+Anna")]
    [InlineData("name=Somebody+Else&phone=333+1234567")]
    [InlineData("phone=%2B393331234567")]
    public async Task suggests_who_may_be_the_same(string query)
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", phone = "333 1234567", birthDate = "1980-05-17" });
        await clinic.Register(form: new { name = "Carlo Bianchi", phone = "340 7654321", birthDate = "1951-01-02" });
        Assert.Equal(["Anna Rossi"], await Found(clinic, query));
    }

    [Theory, InlineData(""), InlineData("name=An"), InlineData("name=Giulia+Ferri"), InlineData("phone=nonsense")]
    public async Task suggests_nobody_without_likeness(string query)
    {
        var clinic = await server.NewClinic();
        await clinic.Register(form: new { name = "Anna Rossi", phone = "333 1234567" });
        Assert.Empty(await Found(clinic, query));
    }

    [Fact]
    public async Task what_is_suggested_is_logged_with_the_patients_id()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register("Anna Rossi")).Id;
        await Found(clinic, "name=Anna+Rossi");
        Assert.Equal(id, Assert.Single(await clinic.Audit("patient.likely-duplicates")).SubjectId);
    }

    [Theory, InlineData("receptionist", 200), InlineData("doctor", 200), InlineData("admin", 200), InlineData("display", 403), InlineData("anonymous", 401)]
    public async Task who_may_ask(string persona, int status)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Get("patients/likely-duplicates?name=Anna")).Is(status);
    }

    [Fact]
    public void the_same_words_in_another_order_are_alike_and_others_are_not()
    {
        Assert.Equal(1, LikelyDuplicates.Likeness("anna rossi", "rossi anna"), 6);
        Assert.Equal(0, LikelyDuplicates.Likeness("anna", "ugo"), 6);
        Assert.InRange(LikelyDuplicates.Likeness("giovanna rossi", "giovana rossi"), 0.7, 0.99);
    }
}
