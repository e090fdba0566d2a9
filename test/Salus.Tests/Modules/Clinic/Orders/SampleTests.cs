namespace Salus.Tests.Orders;

/// <summary>CollectSample, StartStudy, StartProcedure, FinishProcedure and PostReport: who may take which step when.</summary>
public sealed class SampleTests(SalusServer server)
{
    [Theory, InlineData("nurse"), InlineData("lab")]
    public async Task a_sample_moves_the_order_on(string who)
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var order = (await clinic.Order(visit, "lab", new { catalogueId = await clinic.Potassium() })).Is(201)["orders"][0].GetGuid();
        Assert.Equal("in-progress", (await clinic.As(who).Post($"orders/{order}/samples", new { outcome = "collected" })).Is(200)["state"].GetString());
        var sample = Assert.Single((await clinic.OrderOf(visit, order)).GetProperty("samples").EnumerateArray());
        Assert.Equal(("collected", "Serum", $"Person {who}"), (sample.Str("outcome"), sample.Str("specimen"), sample.Str("by")));
        (await clinic.As(who).Post($"orders/{order}/samples", new { outcome = "collected" })).Refuses(409, "order.state");
    }

    [Fact]
    public async Task a_sample_that_failed_or_was_refused_needs_a_reason_and_leaves_the_order_as_it_was()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        foreach (var outcome in (string[])["failed", "refused"])
        {
            (await clinic.Nurse.Post($"orders/{order}/samples", new { outcome })).RefusesField("reason");
            Assert.Equal("ordered", (await clinic.Nurse.Post($"orders/{order}/samples", new { outcome, reason = "Veins" })).Is(200)["state"].GetString());
        }
        // No sample was taken because a field was forgotten.
        (await clinic.Nurse.Post($"orders/{order}/samples", new { specimen = "Blood" })).RefusesField("outcome");
        (await clinic.Nurse.Post($"orders/{order}/samples", new { outcome = "partial" })).Is(200);
        (await clinic.Nurse.Post($"orders/{order}/samples", new { outcome = "collected" })).Is(200);
        var samples = (await clinic.OrderOf(visit, order)).GetProperty("samples").EnumerateArray().Select(s => s.Str("outcome"));
        Assert.Equal(["failed", "refused", "partial", "collected"], samples);
        Assert.Equal(["Lab Failed", "Lab Refused", "Lab Partial", "Lab InProgress"], (await clinic.Audit("order.collect", order)).Where(e => e.Result == "ok").Select(e => e.Detail));
    }

    [Fact]
    public async Task eight_who_take_the_same_sample_at_once_take_it_once()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        var callers = new[] { clinic.Nurse, clinic.Lab };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => callers[i % 2].Post($"orders/{order}/samples", new { outcome = "collected" })));
        Assert.Single(answers, a => a.Status == 200);
        Assert.Single((await clinic.OrderOf(visit, order)).GetProperty("samples").EnumerateArray());
    }

    [Theory]
    [InlineData("lab", "samples", "doctor receptionist radiology pharmacist admin")]
    [InlineData("lab", "result", "doctor nurse receptionist radiology pharmacist admin")]
    [InlineData("imaging", "study", "doctor nurse lab receptionist pharmacist admin")]
    [InlineData("imaging", "report", "doctor nurse lab receptionist pharmacist admin")]
    [InlineData("procedure", "procedure", "doctor lab radiology receptionist pharmacist admin")]
    [InlineData("procedure", "procedure/completion", "doctor lab radiology receptionist pharmacist admin")]
    public async Task a_step_is_refused_to_all_other_roles(string kind, string step, string roles)
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith(kind);
        foreach (var who in roles.Split(' ')) (await clinic.As(who).Post($"orders/{order}/{step}", StepBodies.For(step))).Refuses(403, "forbidden");
        Assert.Equal("ordered", (await clinic.OrderOf(visit, order)).Str("state"));
    }

    [Fact]
    public async Task a_step_is_for_its_own_kind_of_order_only()
    {
        var clinic = await server.NewClinic();
        var (visit, lab) = await clinic.VisitWith();
        var (imaging, procedure) = (await clinic.Ordered(visit, "imaging", "Chest"), await clinic.Ordered(visit, "procedure", "Dressing"));
        (await clinic.Nurse.Post($"orders/{imaging}/samples", new { outcome = "collected" })).Refuses(409, "order.kind");
        (await clinic.Lab.Post($"orders/{imaging}/result", new { text = "Seen", flag = "normal" })).Refuses(409, "order.kind");
        (await clinic.Lab.Post($"orders/{procedure}/result", new { text = "Seen", flag = "normal" })).Refuses(409, "order.kind");
        (await clinic.Radiology.Post($"orders/{lab}/study")).Refuses(409, "order.kind");
        (await clinic.Radiology.Post($"orders/{lab}/report", new { text = "Seen", flag = "normal" })).Refuses(409, "order.kind");
        (await clinic.Nurse.Post($"orders/{lab}/procedure")).Refuses(409, "order.kind");
        (await clinic.Nurse.Post($"orders/{imaging}/procedure/completion", new { text = "Done" })).Refuses(409, "order.kind");
    }

    [Fact]
    public async Task radiology_begins_a_study_and_reports_it_once()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith("imaging", "Chest, two views");
        Assert.Equal("in-progress", (await clinic.Radiology.Post($"orders/{order}/study")).Is(200)["state"].GetString());
        (await clinic.Radiology.Post($"orders/{order}/study")).Refuses(409, "order.state");
        (await clinic.Radiology.Post($"orders/{order}/report", new { text = "Clear" })).RefusesField("flag");
        (await clinic.Radiology.Post($"orders/{order}/report", new { text = " \n ", flag = "normal" })).RefusesField("text");
        (await clinic.Radiology.Post($"orders/{order}/report", new { text = "Heart normal.\nLungs clear.", flag = "normal" })).Is(201);
        (await clinic.Radiology.Post($"orders/{order}/report", new { text = "Other", flag = "normal" })).Refuses(409, "order.state");
        var result = (await clinic.OrderOf(visit, order)).GetProperty("result");
        Assert.Equal(("Heart normal.\nLungs clear.", "normal"), (result.Str("text"), result.Str("flag")));
    }

    [Fact]
    public async Task a_nurse_carries_out_a_procedure_once()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith("procedure", "Wound dressing");
        (await clinic.Nurse.Post($"orders/{order}/procedure")).Is(200);
        (await clinic.Nurse.Post($"orders/{order}/procedure/completion", new { text = "Clean, no pus" })).Is(201);
        (await clinic.Nurse.Post($"orders/{order}/procedure/completion", new { text = "Again" })).Refuses(409, "order.state");
        var line = await clinic.OrderOf(visit, order);
        Assert.Equal(("resulted", "Clean, no pus"), (line.Str("state"), line.GetProperty("result").Str("text")));
    }

    [Fact]
    public async Task a_cancelled_order_takes_no_step()
    {
        var clinic = await server.NewClinic();
        var (visit, lab) = await clinic.VisitWith();
        var (imaging, procedure) = (await clinic.Ordered(visit, "imaging", "Chest"), await clinic.Ordered(visit, "procedure", "Dressing"));
        foreach (var order in (Guid[])[lab, imaging, procedure]) (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Not needed" })).Is(200);
        (await clinic.Nurse.Post($"orders/{lab}/samples", new { outcome = "partial" })).Refuses(409, "order.state");
        (await clinic.Lab.Post($"orders/{lab}/result", new { text = "Seen", flag = "normal" })).Refuses(409, "order.state");
        (await clinic.Radiology.Post($"orders/{imaging}/study")).Refuses(409, "order.state");
        (await clinic.Radiology.Post($"orders/{imaging}/report", new { text = "Seen", flag = "normal" })).Refuses(409, "order.state");
        (await clinic.Nurse.Post($"orders/{procedure}/procedure")).Refuses(409, "order.state");
        (await clinic.Nurse.Post($"orders/{procedure}/procedure/completion", new { text = "Done" })).Refuses(409, "order.state");
    }

    [Fact]
    public async Task in_a_closed_visit_no_step_is_taken()
    {
        var clinic = await server.NewClinic();
        var (visit, lab) = await clinic.VisitWith();
        var (imaging, procedure) = (await clinic.Ordered(visit, "imaging", "Chest"), await clinic.Ordered(visit, "procedure", "Dressing"));
        await clinic.CloseBluntly(visit);
        (await clinic.Nurse.Post($"orders/{lab}/samples", new { outcome = "collected" })).Refuses(409, "encounter.closed");
        (await clinic.Lab.Post($"orders/{lab}/result", new { text = "Seen", flag = "normal" })).Refuses(409, "encounter.closed");
        (await clinic.Radiology.Post($"orders/{imaging}/study")).Refuses(409, "encounter.closed");
        (await clinic.Radiology.Post($"orders/{imaging}/report", new { text = "Seen", flag = "normal" })).Refuses(409, "encounter.closed");
        (await clinic.Nurse.Post($"orders/{procedure}/procedure")).Refuses(409, "encounter.closed");
        (await clinic.Nurse.Post($"orders/{procedure}/procedure/completion", new { text = "Done" })).Refuses(409, "encounter.closed");
    }

    [Fact]
    public async Task a_procedure_waits_for_an_active_consultation()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith("procedure", "Dressing");
        await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            foreach (var consultation in db.Set<Modules.Clinic.Encounters.Consultation>().Where(c => c.EncounterId == visit)) consultation.State = Modules.Clinic.Encounters.ConsultationState.Pending;
            return await db.SaveChangesAsync();
        }, default);
        (await clinic.Nurse.Post($"orders/{order}/procedure")).Refuses(409, "consultation.not-active");
    }
}

internal static class StepBodies
{
    /// <summary>The fields that a step takes: unknown ones are refused before the permission is asked.</summary>
    public static object For(string step) => step switch
    {
        "samples" => new { outcome = "collected" }, "result" or "report" => new { text = "Seen", flag = "normal" }, "procedure/completion" => new { text = "Done" }, _ => new { },
    };
}
