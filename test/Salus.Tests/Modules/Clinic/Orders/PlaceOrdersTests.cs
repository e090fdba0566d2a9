using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;

namespace Salus.Tests.Orders;

/// <summary>PlaceOrders, CancelOrder and ReadOrders.</summary>
public sealed class PlaceOrdersTests(SalusServer server)
{
    [Fact]
    public async Task a_doctor_orders_several_tests_in_one_requisition_and_the_consultation_is_active()
    {
        var clinic = await server.NewClinic();
        var (visit, potassium) = (await clinic.Visit(), await clinic.Potassium());
        var placed = (await clinic.Doctor.Post($"encounters/{visit}/orders", new
        {
            kind = "lab", priority = "urgent", indication = "Palpitations", instructions = "Call me", items = new object[] { new { catalogueId = potassium }, new { name = "Thick film" } },
        })).Is(201);
        Assert.Equal(2, placed["orders"].GetArrayLength());
        var orders = (await clinic.Doctor.Get($"encounters/{visit}/orders")).Is(200).Items;
        Assert.Equal(["Potassium", "Thick film"], orders.Select(o => o.Str("name")));
        Assert.All(orders, o => Assert.Equal((placed["requisitionId"].GetGuid(), "ordered", "urgent", "Palpitations", "Person doctor"), (o.Id("requisitionId"), o.Str("state"), o.Str("priority"), o.Str("indication"), o.Str("orderedBy"))));
        await using var db = clinic.Open();
        var consultation = await db.Consultations.SingleAsync(c => c.EncounterId == visit);
        Assert.Equal((ConsultationState.Active, (Guid?)clinic.Account("doctor").Id), (consultation.State, consultation.DoctorId));
        var row = Assert.Single(await clinic.Audit("order.place", visit));
        Assert.Equal(("ok", "Lab Urgent 2", (Guid?)visit), (row.Result, row.Detail, row.VisitId));
    }

    [Fact]
    public async Task the_code_or_the_name_typed_stands_for_the_entry_of_the_list()
    {
        var clinic = await server.NewClinic();
        var (visit, potassium) = (await clinic.Visit(), await clinic.Potassium());
        var order = (await clinic.Order(visit, "lab", new { name = "  potassium " })).Is(201)["orders"][0].GetGuid();
        await using var db = clinic.Open();
        Assert.Equal(potassium, (await db.Orders.SingleAsync(o => o.Id == order)).CatalogueId);
        (await clinic.Order(visit, "lab", new { name = "k" })).Refuses(409, "order.duplicate");
        Assert.Equal("mmol/L", (await clinic.OrderOf(visit, order)).Str("unit"));
    }

    [Fact]
    public async Task what_is_no_order_is_refused_with_its_field()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        var visit = await clinic.Visit();
        (await clinic.Doctor.Post($"encounters/{visit}/orders", new { kind = "lab", items = Array.Empty<object>() })).RefusesField("items");
        (await clinic.Doctor.Post($"encounters/{visit}/orders", "{\"kind\":\"lab\",\"items\":null}")).RefusesField("items");
        (await clinic.Doctor.Post($"encounters/{visit}/orders", "{\"kind\":\"lab\",\"items\":[null]}")).RefusesField("items");
        (await clinic.Order(visit, "lab", new { name = "x" })).RefusesField("items");
        (await clinic.Order(visit, "lab", new { catalogueId = Guid.NewGuid() })).RefusesField("items");
        (await clinic.Order(visit, "lab", new { catalogueId = await other.Potassium() })).RefusesField("items");
        (await clinic.Order(visit, "imaging", new { catalogueId = await clinic.Potassium() })).RefusesField("items");
        (await clinic.Doctor.Post($"encounters/{visit}/orders", new { kind = "lab", items = Enumerable.Range(0, 41).Select(i => new { name = $"Test {i}" }) })).RefusesField("items");
        (await clinic.Doctor.Post($"encounters/{visit}/orders", new { kind = "lab", indication = new string('x', 501), items = new[] { new { name = "Urea" } } })).RefusesField("indication");
        (await clinic.Doctor.Post($"encounters/{visit}/orders", new { kind = "surgery", items = new[] { new { name = "Urea" } } })).Is(400);
        Assert.Empty((await clinic.Doctor.Get($"encounters/{visit}/orders")).Items);
        await using var db = clinic.Open();
        Assert.False(await db.Consultations.AnyAsync(c => c.EncounterId == visit));
    }

    [Fact]
    public async Task an_archived_entry_is_ordered_no_more()
    {
        var clinic = await server.NewClinic();
        var (visit, potassium) = (await clinic.Visit(), await clinic.Potassium());
        (await clinic.Admin.Post($"catalogue/{potassium}/archiving")).Is(200);
        (await clinic.Order(visit, "lab", new { catalogueId = potassium })).RefusesField("items");
    }

    [Fact]
    public async Task the_same_test_within_five_minutes_is_refused_unless_the_first_was_cancelled()
    {
        var clinic = await server.NewClinic();
        var (visit, first) = await clinic.VisitWith(name: "Blood count");
        Assert.NotEmpty((await clinic.Order(visit, "lab", new { name = "blood  COUNT" })).Refuses(409, "order.duplicate")["unlock"].GetString()!);
        (await clinic.Doctor.Post($"encounters/{visit}/orders", new { kind = "lab", items = new[] { new { name = "Urea" }, new { name = "urea" } } })).Refuses(409, "order.duplicate");
        (await clinic.Order(visit, "imaging", new { name = "Blood count" })).Is(201); // another kind is another thing
        (await clinic.Doctor.Post($"orders/{first}/cancellation", new { reason = "Wrong patient" })).Is(200);
        var second = await clinic.Ordered(visit);
        await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            var order = await db.Orders.SingleAsync(o => o.Id == second);
            order.OrderedAt = order.OrderedAt.AddMinutes(-5);
            return await db.SaveChangesAsync();
        }, default);
        (await clinic.Order(visit, "lab", new { name = "Blood count" })).Is(201);
    }

    [Fact]
    public async Task the_same_request_sent_twice_is_one_requisition_and_eight_at_once_are_one()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        var body = new { kind = "lab", items = new[] { new { name = "Urea" } } };
        var one = (await clinic.Doctor.Post($"encounters/{visit}/orders", body, ("Idempotency-Key", "o-1"))).Is(201);
        Assert.Equal(one["requisitionId"].GetGuid(), (await clinic.Doctor.Post($"encounters/{visit}/orders", body, ("Idempotency-Key", "o-1"))).Is(201)["requisitionId"].GetGuid());
        var doctor = clinic.Doctor;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => doctor.Post($"encounters/{visit}/orders", new { kind = "lab", items = new[] { new { name = "Creatinine" } } })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.Equal(7, answers.Count(a => a.Status == 409 && a.Code == "order.duplicate"));
    }

    [Theory, InlineData("nurse"), InlineData("lab"), InlineData("radiology"), InlineData("receptionist"), InlineData("pharmacist"), InlineData("admin")]
    public async Task nobody_but_a_doctor_orders_or_cancels(string who)
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        foreach (var kind in (string[])["lab", "imaging", "procedure"]) (await clinic.Order(visit, kind, new { name = "Urea" }, by: clinic.As(who))).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"orders/{order}/cancellation", new { reason = "No" })).Refuses(403, "forbidden");
        Assert.Equal("ordered", (await clinic.OrderOf(visit, order)).Str("state"));
    }

    [Fact]
    public async Task an_order_is_cancelled_with_a_reason_and_once()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "  " })).RefusesField("reason");
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "No longer needed", version = Guid.NewGuid() })).Refuses(409, "stale");
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "No longer needed" })).Is(200);
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "No longer needed" })).Refuses(409, "order.state");
        var line = await clinic.OrderOf(visit, order);
        Assert.Equal(("cancelled", "No longer needed"), (line.Str("state"), line.Str("cancelReason")));
        Assert.Equal("Lab Cancelled", (await clinic.Audit("order.cancel", order)).First(e => e.Result == "ok").Detail);
    }

    [Fact]
    public async Task with_a_result_an_order_is_cancelled_no_more()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        (await clinic.Lab.Post($"orders/{order}/result", new { text = "Seen", flag = "normal" })).Is(201);
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Too late" })).Refuses(409, "order.state");
        Assert.Equal("resulted", (await clinic.OrderOf(visit, order)).Str("state"));
    }

    [Fact]
    public async Task a_colleagues_consultation_takes_no_orders()
    {
        var clinic = await server.NewClinic();
        var (visit, _) = await clinic.VisitWith();
        (await clinic.Order(visit, "lab", new { name = "Urea" }, by: clinic.SecondDoctor)).Refuses(409, "consultation.other-doctor");
    }

    [Fact]
    public async Task in_a_closed_visit_nothing_is_ordered_and_nothing_cancelled()
    {
        var clinic = await server.NewClinic();
        var (visit, order) = await clinic.VisitWith();
        await clinic.CloseBluntly(visit);
        foreach (var kind in (string[])["lab", "imaging", "procedure"]) (await clinic.Order(visit, kind, new { name = "Urea" })).Refuses(409, "encounter.closed");
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Closed" })).Refuses(409, "encounter.closed");
    }

    [Fact]
    public async Task the_orders_of_a_visit_are_read_by_those_who_read_the_record_and_it_is_logged()
    {
        var clinic = await server.NewClinic();
        var (visit, _) = await clinic.VisitWith();
        foreach (var who in (string[])["doctor", "second-doctor", "nurse"]) Assert.Single((await clinic.As(who).Get($"encounters/{visit}/orders")).Is(200).Items);
        foreach (var who in (string[])["lab", "radiology", "receptionist", "pharmacist", "admin"]) (await clinic.As(who).Get($"encounters/{visit}/orders")).Refuses(403, "forbidden");
        Assert.Equal(3, (await clinic.Audit(ReadOrders.Action)).Count(e => e.Result == "ok"));
        (await clinic.Doctor.Get($"encounters/{Guid.NewGuid()}/orders")).Refuses(404, "not-found");
    }

    [Fact]
    public async Task the_audit_log_holds_neither_test_nor_reason()
    {
        var clinic = await server.NewClinic();
        var (_, order) = await clinic.VisitWith(name: "HIV antibodies");
        (await clinic.Doctor.Post($"orders/{order}/cancellation", new { reason = "Refused by Zenobia" })).Is(200);
        Assert.All(await clinic.Audit(), e => Assert.DoesNotMatch("HIV|Zenobia|Fatigue", $"{e.Detail} {e.SubjectKind} {e.Result}"));
    }
}
