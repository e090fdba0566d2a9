namespace Salus.Tests.Organisations;

/// <summary>CreateOrganisation and ChangeSettings through the API.</summary>
public sealed class OrganisationTests(SalusServer server)
{
    private async Task<Caller> Owner() => server.Salus.As(await server.Salus.Owner(), "none");

    [Theory, InlineData("api"), InlineData("A B"), InlineData("-a"), InlineData("a"), InlineData("a--b"), InlineData("../x")]
    public async Task refuses_a_word_that_cannot_be_an_address(string slug) =>
        (await (await Owner()).Post("/api/v1/orgs", new { name = "Clinic", slug })).RefusesField("slug");

    [Fact]
    public async Task refuses_a_taken_word_and_a_zone_that_is_none()
    {
        var clinic = await server.NewClinic();
        (await (await Owner()).Post("/api/v1/orgs", new { name = "Clinic", slug = clinic.Slug })).RefusesField("slug");
        foreach (var timeZone in (string[])["Mars/Olympus", "../../etc/passwd", "Europe/Rome\0"])
            (await (await Owner()).Post("/api/v1/orgs", new { name = "Clinic", slug = "free-word", timeZone })).RefusesField("timeZone");
    }

    private static object Form(string pattern = "xx-xx-xxx", string name = "Clinic") => new { name, timeZone = "Europe/Rome", language = "en", callingCode = "39", numberPattern = pattern };

    [Theory, InlineData("xxxx"), InlineData("yy-mm-xxxx"), InlineData("xx+xx+xxx")]
    public async Task PT_05_the_scheme_of_numbers_is_the_clinics_choice(string pattern)
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Put("", Form(pattern))).Is(204);
        var number = (await clinic.Register())["number"].GetString()!;
        Assert.Equal(pattern.Length, number.Length);
        Assert.All(number.Zip(pattern), p => Assert.True(p.Second is 'x' or 'y' or 'm' ? char.IsAsciiDigit(p.First) : p.First == p.Second, number));
    }

    [Theory, InlineData("xxx"), InlineData("abc-xxxx"), InlineData("xxxx-"), InlineData("yyyy-xxxx"), InlineData("xxxx\n"), InlineData("")]
    public async Task refuses_a_scheme_that_is_none(string pattern)
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Put("", Form(pattern))).RefusesField("numberPattern");
    }

    [Fact]
    public async Task PT_07_a_scheme_that_is_used_up_says_so()
    {
        var clinic = await server.NewClinic();
        (await clinic.Admin.Put("", Form("xxxx"))).Is(204);
        await clinic.Register();
        await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            db.Set<Salus.Kernel.Data.Counter>().Where(c => c.OrganisationId == clinic.Id).ToList().ForEach(c => c.Value = 9999);
            return await db.SaveChangesAsync();
        }, default);
        Assert.NotEmpty((await clinic.Receptionist.Post("patients", new { name = "Anna Rossi" })).Refuses(409, "patient.numbers-used-up")["unlock"].GetString()!);
    }

    [Fact]
    public async Task QU_12_a_stale_version_of_the_settings_is_refused()
    {
        var clinic = await server.NewClinic();
        var seen = ("If-Match", (await clinic.Admin.Get("")).Is(200).ETag);
        (await clinic.Admin.Put("", Form(name: "First"), seen)).Is(204);
        (await clinic.Admin.Put("", Form(name: "Second"), seen)).Refuses(409, "stale");
        Assert.Equal("First", (await clinic.Doctor.Get("")).Is(200)["name"].GetString());
    }

    [Theory, InlineData("receptionist"), InlineData("doctor"), InlineData("display")]
    public async Task only_an_administrator_changes_settings(string persona)
    {
        var clinic = await server.NewClinic();
        (await clinic.As(persona).Put("", Form())).Is(403);
    }
}
