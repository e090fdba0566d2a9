using Salus.Kernel;
using Salus.Modules.Clinic.Orders.Lists;

namespace Salus.Tests.Orders;

/// <summary>SaveTemplate, ArchiveTemplate, UseTemplate and TemplateList.</summary>
public sealed class TemplateTests(SalusServer server)
{
    private static async Task<Guid> Template(Caller who, string name, bool isOwn = false) => (await who.Post("templates", new { name, isOwn, history = "Since when?\nWith fever?", plan = "Rest" })).Is(201).Id;

    private static async Task<IEnumerable<string>> Names(Caller who) => (await who.Get("templates")).Is(200).Json.EnumerateArray().Select(t => t.Str("name"));

    [Fact]
    public async Task one_sees_ones_own_and_the_clinics_and_the_most_used_first()
    {
        var clinic = await server.NewClinic();
        await Template(clinic.Admin, "Cough");
        var own = await Template(clinic.Doctor, "My back pain", isOwn: true);
        await Template(clinic.SecondDoctor, "Hidden", isOwn: true);
        Assert.Equal(["Cough", "My back pain"], await Names(clinic.Doctor));
        var used = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => clinic.Doctor.Post($"templates/{own}/uses")));
        Assert.All(used, u => Assert.Equal("Since when?\nWith fever?", u.Is(200)["history"].GetString()));
        var first = (await clinic.Doctor.Get("templates")).Json[0];
        Assert.Equal(("My back pain", 5, true), (first.Str("name"), first.Number("uses"), first.GetProperty("isOwn").GetBoolean()));
        await using var db = clinic.Open();
        var actor = new Actor { Kind = ActorKind.Person, Id = clinic.Account("second-doctor").Id };
        Assert.Equal(["Cough", "Hidden"], (await Templates.Of(db, actor, default)).Select(t => t.Name));
    }

    [Fact]
    public async Task anothers_template_does_not_exist()
    {
        var clinic = await server.NewClinic();
        var own = await Template(clinic.Doctor, "Mine", isOwn: true);
        (await clinic.SecondDoctor.Put($"templates/{own}", new { name = "Yours" })).Refuses(404, "not-found");
        (await clinic.SecondDoctor.Delete($"templates/{own}")).Refuses(404, "not-found");
        (await clinic.SecondDoctor.Post($"templates/{own}/uses")).Refuses(404, "not-found");
        Assert.Equal(["Mine"], await Names(clinic.Doctor));
    }

    [Fact]
    public async Task a_template_is_changed_and_taken_away()
    {
        var clinic = await server.NewClinic();
        var id = await Template(clinic.Doctor, "Cough");
        (await clinic.Doctor.Put($"templates/{id}", new { name = "Cough, adults", history = "Smoker?" }, ("If-Match", $"\"{Guid.NewGuid():N}\""))).Refuses(409, "stale");
        var changed = (await clinic.Doctor.Put($"templates/{id}", new { name = "Cough, adults", history = "Smoker?", isOwn = true })).Is(200);
        Assert.Equal(("Cough, adults", "Smoker?", "", false), (changed["name"].GetString(), changed["history"].GetString(), changed["plan"].GetString(), changed["isOwn"].GetBoolean()));
        (await clinic.Doctor.Put($"templates/{id}", new { name = " " })).RefusesField("name");
        (await clinic.Doctor.Put($"templates/{id}", new { name = "Cough", plan = new string('x', 10_001) })).RefusesField("plan");
        (await clinic.Admin.Delete($"templates/{id}")).Is(204);
        (await clinic.Admin.Delete($"templates/{id}")).Refuses(404, "not-found");
        Assert.Empty(await Names(clinic.Doctor));
        Assert.Equal(2, (await clinic.Audit(SaveTemplate.Action, id)).Count(e => e.Result == "ok"));
        Assert.Contains(await clinic.Audit(ArchiveTemplate.Action, id), e => e.Result == "ok");
    }

    [Theory, InlineData("nurse"), InlineData("lab"), InlineData("receptionist"), InlineData("pharmacist")]
    public async Task only_doctors_and_administrators_have_templates(string who)
    {
        var clinic = await server.NewClinic();
        var id = await Template(clinic.Doctor, "Cough");
        (await clinic.As(who).Get("templates")).Refuses(403, "forbidden");
        (await clinic.As(who).Post("templates", new { name = "Mine" })).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"templates/{id}/uses")).Refuses(403, "forbidden");
    }
}
