using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy.Dispensing;
using Salus.Modules.Clinic.Pharmacy.Stock;

namespace Salus.Tests.Pharmacy;

/// <summary>DispensePrescription and ReturnMedicine: once, from the batch that expires first, never from nothing.</summary>
public sealed class DispenseTests(SalusServer server)
{
    [Fact]
    public async Task the_batch_that_expires_first_goes_first_and_an_expired_one_never()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 50, "LATE", 500);
        await clinic.Receive(drug, 6, "SOON", 20);
        await clinic.Expire(await clinic.Receive(drug, 100, "OLD", 10));
        var done = (await clinic.Dispense(await clinic.Pending(visit, drug), new { notes = "Explained" })).Is(200);
        Assert.Equal(["SOON 6", "LATE 4"], done["lines"].EnumerateArray().Select(l => $"{l.Str("batch")} {l.Number("quantity")}"));
        Assert.Equal((10, true), (done["quantity"].GetInt32(), done["isFromStock"].GetBoolean()));
        Assert.Equal((146, 146), (await clinic.OnShelf(drug), await clinic.Moved(drug)));
        var line = Assert.Single(await clinic.Prescriptions(visit));
        Assert.Equal(("dispensed", 10, "Person pharmacist"), (line.Str("state"), line.Number("dispensed"), line.Str("endedBy")));
        await using var db = clinic.Open();
        var movements = await db.StockMovements.Where(m => m.Kind == StockKind.Dispensed).OrderBy(m => m.Quantity).ToListAsync();
        Assert.Equal([-6, -4], movements.Select(m => m.Quantity));
        Assert.All(movements, m => Assert.Equal((line.Id(), clinic.Account("pharmacist").Id), (m.PrescriptionId!.Value, m.By)));
        Assert.Single(await clinic.Audit("prescription.dispense", line.Id()));
    }

    [Fact]
    public async Task a_short_stock_refuses_says_what_there_is_and_leaves_everything_as_it_was()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 4, "A");
        await clinic.Receive(drug, 5, "B");
        await clinic.Expire(await clinic.Receive(drug, 100, "C"));
        var prescription = await clinic.Pending(visit, drug);
        var refused = (await clinic.Dispense(prescription)).Refuses(409, "stock.short");
        Assert.Contains("9 ", refused["detail"].GetString(), StringComparison.Ordinal);
        Assert.Equal(109, await clinic.OnShelf(drug));
        Assert.Equal("pending", Assert.Single(await clinic.Prescriptions(visit)).Str("state"));
        await using (var db = clinic.Open()) Assert.False(await db.Dispenses.AnyAsync() || await db.StockMovements.AnyAsync(m => m.Kind == StockKind.Dispensed));
        (await clinic.Dispense(prescription, new { quantity = 9 })).Is(200);
        Assert.Equal(100, await clinic.OnShelf(drug));
    }

    [Fact]
    public async Task it_is_dispensed_once_and_never_more_than_was_prescribed()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 100);
        var prescription = await clinic.Pending(visit, drug);
        (await clinic.Dispense(prescription, new { quantity = 11 })).RefusesField("quantity");
        (await clinic.Dispense(prescription, new { quantity = 0 })).RefusesField("quantity");
        (await clinic.Dispense(prescription, new { version = Guid.NewGuid() })).Refuses(409, "stale");
        (await clinic.Dispense(prescription, new { quantity = 3 })).Is(200);
        (await clinic.Dispense(prescription, new { quantity = 3 })).Refuses(409, "prescription.state");
        (await clinic.Doctor.Post($"prescriptions/{prescription}/cancellation", new { reason = "Late" })).Refuses(409, "prescription.state");
        Assert.Equal(97, await clinic.OnShelf(drug));
    }

    [Fact]
    public async Task of_pharmacists_who_dispense_at_once_exactly_one_does()
    {
        var clinic = await server.NewClinic();
        await clinic.Hire("second-pharmacist", "clinic.pharmacist");
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 1000);
        var prescription = await clinic.Pending(visit, drug);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => clinic.Dispense(prescription, by: i % 2 == 0 ? "pharmacist" : "second-pharmacist")));
        Assert.Equal(1, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "prescription.state"));
        Assert.Equal((990, 990), (await clinic.OnShelf(drug), await clinic.Moved(drug)));
        await using var db = clinic.Open();
        Assert.Equal(1, await db.Dispenses.CountAsync(d => d.PrescriptionId == prescription));
    }

    [Fact]
    public async Task twenty_who_dispense_at_once_never_take_more_than_there_is()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin");
        await clinic.Receive(drug, 7, "A", 30);
        await clinic.Receive(drug, 6, "B", 60);
        var prescriptions = new List<Guid>();
        for (var i = 0; i < 20; i++) prescriptions.Add(await clinic.Pending(await clinic.Ready($"Patient {(char)('A' + i)}"), drug, ("quantity", 1)));
        var answers = await Task.WhenAll(prescriptions.Select(p => clinic.Dispense(p)));
        Assert.Equal(13, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "stock.short"));
        Assert.Equal((0, 0), (await clinic.OnShelf(drug), await clinic.Moved(drug)));
    }

    [Fact]
    public async Task the_database_itself_refuses_a_stock_below_zero_and_a_movement_with_the_wrong_sign()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin");
        var batch = await clinic.Receive(drug, 5);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => clinic.Write(db => db.Batches.Where(b => b.Id == batch).ExecuteUpdateAsync(set => set.SetProperty(b => b.Quantity, -1))));
        await Assert.ThrowsAsync<DbUpdateException>(() => clinic.Write(db =>
        {
            db.Add(new StockMovement { DrugId = drug, BatchId = batch, Kind = StockKind.Dispensed, Quantity = 1, At = DateTime.UtcNow });
            return db.SaveChangesAsync();
        }));
        Assert.Equal(5, await clinic.OnShelf(drug));
    }

    [Theory, InlineData("admin"), InlineData("receptionist"), InlineData("doctor"), InlineData("nurse"), InlineData("lab"), InlineData("radiology"), InlineData("display")]
    public async Task only_a_pharmacist_dispenses_and_takes_back(string who)
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 100);
        var prescription = await clinic.Pending(visit, drug);
        (await clinic.Dispense(prescription, by: who)).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"prescriptions/{prescription}/returns", new { quantity = 1, reason = "x" })).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task nobody_dispenses_what_they_prescribed_themselves()
    {
        var clinic = await server.NewClinic();
        await clinic.Hire("both", "clinic.doctor clinic.pharmacist");
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 100);
        var prescription = (await clinic.As("both").Post($"encounters/{visit}/prescriptions", Drugstore.Rx(drug))).Is(201).Id;
        (await clinic.Dispense(prescription, by: "both")).Refuses(403, "dispense.own-prescription");
        (await clinic.Dispense(prescription)).Is(200);
    }

    [Fact]
    public async Task nothing_is_dispensed_without_an_active_consultation_or_in_a_closed_visit()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 100);
        var prescription = await clinic.Pending(visit, drug);
        foreach (var state in (ConsultationState[])[ConsultationState.Pending, ConsultationState.Closed])
        {
            await clinic.Write(db => db.Consultations.Where(c => c.EncounterId == visit).ExecuteUpdateAsync(set => set.SetProperty(c => c.State, state)));
            (await clinic.Dispense(prescription)).Refuses(409, "consultation.not-active");
        }
        await clinic.Write(db => db.Consultations.Where(c => c.EncounterId == visit).ExecuteUpdateAsync(set => set.SetProperty(c => c.State, ConsultationState.Active)));
        await clinic.Close(visit);
        (await clinic.Dispense(prescription)).Refuses(409, "encounter.closed");
        Assert.Equal(100, await clinic.OnShelf(drug));
        Assert.Empty((await clinic.Pharmacist.Get("pharmacy/work-list")).Is(200)["visits"].EnumerateArray());
    }

    [Fact]
    public async Task a_drug_in_free_words_is_dispensed_without_stock_and_that_is_said()
    {
        var clinic = await server.NewClinic();
        var prescription = await clinic.Pending(await clinic.Ready(), "Thyme syrup", ("overrideReason", "From the shop"));
        var done = (await clinic.Dispense(prescription)).Is(200);
        Assert.False(done["isFromStock"].GetBoolean());
        Assert.Empty(done["lines"].EnumerateArray());
        (await clinic.Pharmacist.Post($"prescriptions/{prescription}/returns", new { quantity = 1, reason = "Unused" })).Refuses(409, "return.no-stock");
        Assert.Equal("dispensed without stock", Assert.Single(await clinic.Audit("prescription.dispense", prescription)).Detail);
    }

    [Fact]
    public async Task what_comes_back_is_put_into_its_batch_and_never_more_than_went_out()
    {
        var clinic = await server.NewClinic();
        var (visit, drug) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"));
        await clinic.Receive(drug, 6, "A", 30);
        await clinic.Receive(drug, 20, "B", 60);
        var prescription = await clinic.Pending(visit, drug);
        (await clinic.Pharmacist.Post($"prescriptions/{prescription}/returns", new { quantity = 1, reason = "Unused" })).Refuses(409, "return.not-dispensed");
        var lines = (await clinic.Dispense(prescription)).Is(200)["lines"];
        Task<Answer> Back(int quantity, Guid? lineId, string reason = "Unused") => clinic.Pharmacist.Post($"prescriptions/{prescription}/returns", new { quantity, lineId, reason });
        (await Back(1, null)).RefusesField("lineId");
        (await Back(1, Guid.NewGuid())).RefusesField("lineId");
        (await Back(1, lines[0].Id(), "")).RefusesField("reason");
        (await Back(7, lines[0].Id())).Refuses(409, "return.too-much");
        await clinic.Close(visit); // the visit is over; what comes back comes back
        Assert.Equal(4, (await Back(4, lines[0].Id())).Is(200)["quantity"].GetInt32());
        (await Back(3, lines[0].Id())).Refuses(409, "return.too-much");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Back(1, lines[1].Id())));
        Assert.Equal(4, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "return.too-much"));
        Assert.Equal((24, 24), (await clinic.OnShelf(drug), await clinic.Moved(drug)));
        var item = Assert.Single((await clinic.Pharmacist.Get("pharmacy/dispensed")).Is(200).Items);
        Assert.Equal([4, 4], item.GetProperty("lines").EnumerateArray().Select(l => l.Number("returned")));
    }

    [Fact]
    public async Task the_same_key_dispenses_once_and_answers_the_same()
    {
        var clinic = await server.NewClinic();
        var (visit, drug, key) = (await clinic.Ready(), await clinic.Drug("Amoxicillin"), ("Idempotency-Key", Guid.NewGuid().ToString()));
        await clinic.Receive(drug, 100);
        var prescription = await clinic.Pending(visit, drug);
        var first = (await clinic.Pharmacist.Post($"prescriptions/{prescription}/dispensing", new { quantity = 2 }, key)).Is(200);
        Assert.Equal(first.Text, (await clinic.Pharmacist.Post($"prescriptions/{prescription}/dispensing", new { quantity = 2 }, key)).Is(200).Text);
        Assert.Equal(98, await clinic.OnShelf(drug));
    }

    [Fact]
    public async Task what_was_dispensed_is_listed_newest_first_by_key()
    {
        var clinic = await server.NewClinic();
        var drug = await clinic.Drug("Amoxicillin");
        await clinic.Receive(drug, 100);
        for (var i = 0; i < 3; i++) (await clinic.Dispense(await clinic.Pending(await clinic.Ready($"Patient {(char)('A' + i)}"), drug))).Is(200);
        var first = (await clinic.Pharmacist.Get("pharmacy/dispensed?limit=2")).Is(200);
        Assert.Equal(["Patient C", "Patient B"], first.Items.Select(i => i.Str("patientName")));
        Assert.Equal(["Patient A"], (await clinic.Pharmacist.Get($"pharmacy/dispensed?limit=2&after={first.Next}")).Is(200).Items.Select(i => i.Str("patientName")));
        Assert.NotEmpty(await clinic.Audit(DispensedList.Action));
    }
}
