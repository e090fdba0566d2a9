using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;

namespace Salus.Tests.Orders;

/// <summary>PostResult, PostReport and AmendResult: once, never changed, judged by the range, critical ones told.</summary>
public sealed class ResultTests(SalusServer server)
{
    private static async Task<(Guid Visit, Guid Order)> Potassium(Clinic clinic)
    {
        var (visit, potassium) = (await clinic.Visit(), await clinic.Potassium());
        return (visit, (await clinic.Order(visit, "lab", new { catalogueId = potassium })).Is(201)["orders"][0].GetGuid());
    }

    [Theory]
    [InlineData(4.0, "normal", false)] [InlineData(3.5, "normal", false)] [InlineData(5.1, "normal", false)] [InlineData(5.2, "abnormal", false)] [InlineData(3.4, "abnormal", false)]
    [InlineData(6.5, "critical", true)] [InlineData(2.5, "critical", true)] [InlineData(6.49, "abnormal", false)] [InlineData(0, "critical", true)]
    public async Task the_value_and_its_range_give_the_flag(double value, string flag, bool alerted)
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await Potassium(clinic);
        var posted = (await clinic.Lab.Post($"orders/{order}/result", new { value })).Is(201);
        Assert.Equal((flag, "3.5–5.1 mmol/L", alerted), (posted["flag"].GetString(), posted["range"].GetString(), posted["isAlerted"].GetBoolean()));
        var line = await clinic.OrderOf(visit, order);
        Assert.Equal(("resulted", "mmol/L", "Person lab"), (line.Str("state"), line.GetProperty("result").Str("unit"), line.GetProperty("result").Str("by")));
        await using var db = clinic.Open();
        Assert.Equal(alerted ? 1 : 0, await db.Alerts.CountAsync(a => a.EncounterId == visit));
    }

    [Fact]
    public async Task a_critical_value_warns_until_somebody_acknowledges_it()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await Potassium(clinic);
        var result = (await clinic.Lab.Post($"orders/{order}/result", new { value = 7.2 })).Is(201).Id;
        await using (var db = clinic.Open())
        {
            var alert = await db.Alerts.SingleAsync(a => a.EncounterId == visit);
            Assert.Equal((AlertKind.LabCritical, AlertSeverity.Critical, AlertState.Raised, "Potassium", "7.2 mmol/L (3.5–5.1 mmol/L)", result), (alert.Kind, alert.Severity, alert.State, alert.Title, alert.Detail, alert.SourceId));
        }
        Assert.Equal(1, (await clinic.Doctor.Get("encounters")).Is(200).Items.Single(e => e.Id() == visit).Number("alerts"));
    }

    [Fact]
    public async Task a_critical_finding_of_imaging_warns_too()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith("imaging", "Chest");
        (await clinic.Radiology.Post($"orders/{order}/report", new { text = "Tension pneumothorax on the left.", flag = "critical" })).Is(201);
        await using var db = clinic.Open();
        var alert = await db.Alerts.SingleAsync(a => a.EncounterId == visit);
        Assert.Equal((AlertKind.ImagingCritical, "Tension pneumothorax on the left."), (alert.Kind, alert.Detail));
    }

    [Fact]
    public async Task the_technician_raises_the_flag_but_never_lowers_it()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await Potassium(clinic);
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 7, flag = "normal" })).RefusesField("flag");
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 7, flag = "abnormal" })).RefusesField("flag");
        Assert.Equal("ordered", (await clinic.OrderOf(visit, order)).Str("state"));
        Assert.Equal("critical", (await clinic.Lab.Post($"orders/{order}/result", new { value = 5.3, flag = "critical" })).Is(201)["flag"].GetString());
    }

    [Fact]
    public async Task unit_and_range_of_the_list_are_not_overruled()
    {
        var clinic = await server.NewClinic();
        var (_, order) = await Potassium(clinic);
        var posted = (await clinic.Lab.Post($"orders/{order}/result", new { value = 7, unit = "mg/dL", low = 1, high = 100 })).Is(201);
        Assert.Equal(("critical", "3.5–5.1 mmol/L"), (posted["flag"].GetString(), posted["range"].GetString()));
    }

    [Fact]
    public async Task without_anything_to_compare_with_a_person_must_say_what_it_means()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith(name: "Something rare");
        (await clinic.Lab.Post($"orders/{order}/result", new { })).RefusesField("value");
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 3 })).RefusesField("flag");
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "Scanty" })).RefusesField("flag");
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 3, low = 5, high = 5 })).RefusesField("high");
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 1e12, flag = "normal" })).RefusesField("value");
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 3, low = -1e12, high = 1e20 })).RefusesField("low");
        Assert.Equal("abnormal", (await clinic.Lab.Post($"orders/{order}/result", new { value = 3, unit = "U/L", low = 5, high = 9 })).Is(201)["flag"].GetString());
        Assert.Equal("5–9 U/L", (await clinic.OrderOf(visit, order)).GetProperty("result").Str("range"));
    }

    [Theory, InlineData("Negative", "normal"), InlineData("negative.", "normal")]
    public async Task the_normal_words_are_normal_and_others_need_a_person(string words, string flag)
    {
        var clinic = await server.NewClinic();
        var (visit, entry) = (await clinic.Visit(), (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "MAL", name = "Malaria film", rangeText = "negative" })).Is(201).Id);
        var order = (await clinic.Order(visit, "lab", new { catalogueId = entry })).Is(201)["orders"][0].GetGuid();
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "P. falciparum ++" })).RefusesField("flag");
        Assert.Equal(flag, (await clinic.Lab.Post($"orders/{order}/result", new { text = words })).Is(201)["flag"].GetString());
    }

    [Fact]
    public async Task two_technicians_at_once_write_exactly_one_result()
    {
        var clinic = await server.NewClinic();
        await clinic.Hire("second-lab", "clinic.lab");
        var (visit, order) = await Potassium(clinic);
        var callers = new[] { clinic.Lab, clinic.As("second-lab") };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => callers[i % 2].Post($"orders/{order}/result", new { value = 6.6 + i })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.Equal(7, answers.Count(a => a.Status == 409 && a.Code == "order.state"));
        await using var db = clinic.Open();
        Assert.Equal((1, 1), (await db.Results.CountAsync(r => r.OrderId == order), await db.Alerts.CountAsync(a => a.EncounterId == visit)));
    }

    [Fact]
    public async Task the_database_itself_takes_one_result_for_an_order()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await Potassium(clinic);
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 4 })).Is(201);
        await using var db = clinic.Open();
        db.Add(new Result { OrderId = order, EncounterId = visit, PatientId = (await db.Orders.SingleAsync(o => o.Id == order)).PatientId, Text = "Second" });
        Assert.True(clinic.Salus.Database.IsUniqueViolation(await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync())));
    }

    [Fact]
    public async Task a_result_repeated_with_its_key_is_the_same_result_and_a_second_one_is_refused()
    {
        var clinic = await server.NewClinic();
        var (_, order) = await Potassium(clinic);
        var first = (await clinic.Lab.Post($"orders/{order}/result", new { value = 4 }, ("Idempotency-Key", "r-1"))).Is(201);
        Assert.Equal(first.Id, (await clinic.Lab.Post($"orders/{order}/result", new { value = 4 }, ("Idempotency-Key", "r-1"))).Is(201).Id);
        (await clinic.Lab.Post($"orders/{order}/result", new { value = 4.1 })).Refuses(409, "order.state");
    }

    [Fact]
    public async Task a_result_is_corrected_by_an_addendum_only_also_after_closing()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await Potassium(clinic);
        var result = (await clinic.Lab.Post($"orders/{order}/result", new { value = 4 })).Is(201).Id;
        foreach (var method in (string[])["PUT", "PATCH", "DELETE"]) Assert.True((await clinic.Lab.Send(method, $"orders/{order}/result", new { value = 5 })).Status is 404 or 405, method);
        (await clinic.Lab.Post($"results/{result}/addenda", new { text = " " })).RefusesField("text");
        (await clinic.Lab.Post($"results/{result}/addenda", new { text = "Sample was haemolysed." })).Is(201);
        await clinic.CloseBluntly(visit);
        (await clinic.Doctor.Post($"results/{result}/addenda", new { text = "Repeated elsewhere: 4.2" })).Is(201);
        var line = (await clinic.OrderOf(visit, order)).GetProperty("result");
        Assert.Equal(4m, line.GetProperty("value").GetDecimal());
        Assert.Equal(["Sample was haemolysed.", "Repeated elsewhere: 4.2"], line.GetProperty("addenda").EnumerateArray().Select(a => a.Str("text")));
        Assert.Equal(2, (await clinic.Audit(AmendResult.Action, result)).Count(e => e.Result == "ok"));
    }

    [Fact]
    public async Task who_neither_reads_the_record_nor_writes_such_results_adds_nothing_to_them()
    {
        var clinic = await server.NewClinic();
        var (_, order) = await Potassium(clinic);
        var result = (await clinic.Lab.Post($"orders/{order}/result", new { value = 4 })).Is(201).Id;
        foreach (var who in (string[])["radiology", "pharmacist", "receptionist", "admin"]) (await clinic.As(who).Post($"results/{result}/addenda", new { text = "Mine" })).Refuses(403, "forbidden");
        (await clinic.Nurse.Post($"results/{result}/addenda", new { text = "Told the doctor" })).Is(201);
        (await clinic.Doctor.Post($"results/{Guid.NewGuid()}/addenda", new { text = "Mine" })).Refuses(404, "not-found");
    }

    [Fact]
    public async Task visit_author_and_state_cannot_be_sent_along()
    {
        var clinic = await server.NewClinic();
        var (_, order) = await Potassium(clinic);
        foreach (var body in (object[])[new { value = 4, encounterId = Guid.NewGuid() }, new { value = 4, recordedBy = Guid.NewGuid() }, new { value = 4, state = "ordered" }])
            (await clinic.Lab.Post($"orders/{order}/result", body)).Is(400);
    }
}
