using Salus.Modules.Clinic.Orders;

namespace Salus.Tests.Orders;

/// <summary>OrderList: the work of laboratory, imaging and nurses.</summary>
public sealed class WorkListTests(SalusServer server)
{
    private static IEnumerable<string> Names(Answer list) => list.Items.SelectMany(g => g.GetProperty("orders").EnumerateArray()).Select(o => o.Str("name"));

    [Fact]
    public async Task the_urgent_come_first_then_the_oldest_and_each_visit_is_one_group()
    {
        var clinic = await server.NewClinic();
        var (one, two) = (await clinic.Visit("Anna Rossi"), await clinic.Visit("Bruno Verdi"));
        await clinic.Ordered(one, name: "Urea");
        await clinic.Ordered(two, name: "Glucose");
        await clinic.Ordered(two, name: "Troponin", priority: "stat");
        await clinic.Ordered(one, name: "Lipase", priority: "urgent");
        var list = (await clinic.Lab.Get("laboratory/work-list")).Is(200);
        Assert.Equal(["Bruno Verdi", "Anna Rossi"], list.Items.Select(g => g.Str("patientName")));
        Assert.Equal(["Troponin", "Glucose", "Lipase", "Urea"], Names(list));
    }

    [Fact]
    public async Task each_place_has_its_own_work_and_what_is_done_leaves_it()
    {
        var clinic = await server.NewClinic();
        var (visit, lab) = await clinic.VisitWith(name: "Urea");
        var (imaging, procedure) = (await clinic.Ordered(visit, "imaging", "Chest"), await clinic.Ordered(visit, "procedure", "Dressing"));
        Assert.Equal(["Urea"], Names(await clinic.Lab.Get("laboratory/work-list")));
        Assert.Equal(["Chest"], Names(await clinic.Radiology.Get("imaging/work-list")));
        Assert.Equal(["Urea", "Dressing"], Names(await clinic.Nurse.Get("nursing/tasks")));
        (await clinic.Nurse.Post($"orders/{lab}/samples", new { outcome = "collected" })).Is(200);
        (await clinic.Nurse.Post($"orders/{procedure}/procedure/completion", new { })).Is(201);
        (await clinic.Radiology.Post($"orders/{imaging}/report", new { text = "Clear", flag = "normal" })).Is(201);
        Assert.Equal(["Urea"], Names(await clinic.Lab.Get("laboratory/work-list"))); // collected, no result yet
        Assert.Empty((await clinic.Radiology.Get("imaging/work-list")).Items);
        Assert.Empty((await clinic.Nurse.Get("nursing/tasks")).Items);
        (await clinic.Lab.Post($"orders/{lab}/result", new { text = "Seen", flag = "normal" })).Is(201);
        Assert.Empty((await clinic.Lab.Get("laboratory/work-list")).Items);
        // Who wrote a result may always read it again.
        Assert.Equal(["Urea"], Names(await clinic.Lab.Get("laboratory/work-list?done=true")));
        Assert.Equal(["Chest"], Names(await clinic.Radiology.Get("imaging/work-list?done=true")));
        Assert.Equal(["Dressing"], Names(await clinic.Nurse.Get("nursing/tasks?done=true")));
    }

    [Fact]
    public async Task a_long_list_is_read_in_parts_that_miss_nothing_and_repeat_nothing()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        foreach (var (priority, i) in ((string[])["routine", "stat", "urgent", "routine", "stat", "routine", "urgent"]).Select((p, i) => (p, i))) await clinic.Ordered(visit, name: $"Test {i}", priority: priority);
        var (names, after) = (new List<string>(), "");
        for (var pages = 0; pages < 4; pages++)
        {
            var page = (await clinic.Lab.Get($"laboratory/work-list?limit=2{after}")).Is(200);
            names.AddRange(Names(page));
            after = $"&after={page.Next}";
        }
        Assert.Equal(["Test 1", "Test 4", "Test 2", "Test 6", "Test 0", "Test 3", "Test 5"], names);
        (await clinic.Lab.Get("laboratory/work-list?limit=101")).RefusesField("limit");
    }

    [Theory]
    [InlineData("laboratory/work-list", "lab doctor nurse", "radiology receptionist pharmacist admin")]
    [InlineData("imaging/work-list", "radiology doctor", "lab nurse receptionist pharmacist admin")]
    [InlineData("nursing/tasks", "nurse", "lab radiology doctor receptionist pharmacist admin")]
    public async Task a_list_is_open_to_its_own_roles(string path, string open, string closed)
    {
        var clinic = await server.NewClinic();
        foreach (var who in open.Split(' ')) (await clinic.As(who).Get(path)).Is(200);
        foreach (var who in closed.Split(' ')) (await clinic.As(who).Get(path)).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task reading_a_list_is_logged_with_the_patients_it_showed()
    {
        var clinic = await server.NewClinic();
        var (visit, _) = await clinic.VisitWith();
        var group = Assert.Single((await clinic.Lab.Get("laboratory/work-list")).Items);
        Assert.Equal(visit, group.Id("encounterId"));
        var row = Assert.Single(await clinic.Audit(OrderList.Action));
        Assert.Equal(group.Id("patientId"), row.SubjectId);
        Assert.DoesNotContain("Rossi", row.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_restricted_record_shows_neither_name_nor_test_and_no_step_is_taken_on_it()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith(name: "HIV antibodies", patient: "Zenobia Hidden");
        var patient = (await clinic.Doctor.Get($"encounters/{visit}"))["patientId"].GetGuid();
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        var list = (await clinic.Lab.Get("laboratory/work-list")).Is(200);
        Assert.True(Assert.Single(list.Items).GetProperty("isHidden").GetBoolean());
        Assert.DoesNotMatch("Zenobia|HIV|Fatigue", list.Text);
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Refuses(404, "not-found");
        (await clinic.Doctor.Get($"encounters/{visit}/orders")).Refuses(403, "patient.restricted");
        (await clinic.Doctor.Post($"patients/{patient}/emergency-access", new { reason = "Unconscious in the hall" })).Is(200);
        Assert.Single((await clinic.Doctor.Get($"encounters/{visit}/orders")).Is(200).Items);
        Assert.Contains("HIV", (await clinic.Doctor.Get("laboratory/work-list")).Text, StringComparison.Ordinal);
    }
}
