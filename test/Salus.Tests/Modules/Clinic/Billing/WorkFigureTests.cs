using System.Globalization;
using Salus.Modules.Payments.Ledger;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>MoneyFigures by doctor: VisitWork, OrderWork and PrescriptionWork.</summary>
public sealed class WorkFigureTests(SalusServer server)
{
    private static IEnumerable<string> Lines(Answer figures) => figures["doctors"].EnumerateArray().Select(d => $"{d.Str("name")} {d.Amount("earned")} {d.Amount("tax")}");

    private static long Cents(Answer figures, string name) => figures["doctors"].EnumerateArray().Sum(d => (long)(decimal.Parse(d.Amount(name), CultureInfo.InvariantCulture) * 100));

    private static async Task AddsUp(Clinic clinic, Answer figures)
    {
        Assert.Equal((-await clinic.Sum(LedgerAccount.Revenue), -await clinic.Sum(LedgerAccount.Tax)), (Cents(figures, "earned"), Cents(figures, "tax")));
        Assert.Equal((figures.Amount("earned"), figures.Amount("tax")), (Shown(Cents(figures, "earned")), Shown(Cents(figures, "tax"))));
    }

    private static string Shown(long cents) => (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    [Fact]
    public async Task PY_11_what_was_earned_counts_for_who_treats_orders_or_prescribes_and_the_lines_sum_to_the_ledger()
    {
        var clinic = await server.NewClinic();
        await clinic.Price("consultation", "CONS", "122.00", automatic: ["consultation"], taxRate: 22);
        await clinic.Price("pharmacy", "AMOX", "0.50");
        var drug = (await clinic.Pharmacist.Post("drugs", new { name = "Amoxicillin", code = "AMOX" })).Is(201).Id;
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register()).Id })).Is(201).Id;
        // Nobody treats yet: it is earned all the same.
        var first = (await clinic.Admin.Get("money-figures")).Is(200);
        Assert.Equal([" 100.00 22.00"], Lines(first));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, first["doctors"][0].GetProperty("accountId").ValueKind);
        (await clinic.Doctor.Put($"encounters/{visit}/consultation", new { history = "Seen" })).Is(200);
        (await clinic.PayBill(visit)).Is(200);
        (await clinic.Doctor.Post($"encounters/{visit}/prescriptions", new { drugId = drug, dose = "1", frequency = "daily", quantity = 10, overrideReason = "Known" })).Is(201);
        (await clinic.Admin.Post("catalogue", new { kind = "lab", code = "UREA", name = "Urea" })).Is(201);
        await clinic.Price("lab", "UREA", "12.50");
        var other = (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register("Bruno Verdi")).Id, type = "routine" })).Is(201).Id;
        var order = (await clinic.SecondDoctor.Post($"encounters/{other}/orders", new { kind = "lab", items = new[] { new { name = "UREA" } } })).Is(201)["orders"][0].GetGuid();
        await clinic.Owes("9.00"); // a copy of the record is nobody's work
        var figures = (await clinic.Admin.Get("money-figures")).Is(200);
        Assert.Equal(["Person doctor 105.00 22.00", "Person second-doctor 12.50 0.00", " 9.00 0.00"], Lines(figures));
        Assert.Equal(clinic.Account("doctor").Id, figures["doctors"][0].Id("accountId"));
        await AddsUp(clinic, figures);
        // What is taken back is taken from who had earned it, whether it was paid or not; what was waived stays earned.
        (await clinic.SecondDoctor.Post($"orders/{order}/cancellation", new { reason = "Not needed" })).Is(200);
        (await clinic.Refund((await clinic.Bill(visit))["payments"][0].Id(), "61.00")).Is(201);
        (await clinic.Admin.Post($"encounters/{visit}/bill/waivers", new { reason = "Poor" })).Is(204);
        figures = (await clinic.Admin.Get("money-figures")).Is(200);
        Assert.Equal(["Person doctor 55.00 11.00", "Person second-doctor 0.00 0.00", " 9.00 0.00"], Lines(figures));
        await AddsUp(clinic, figures);
        Assert.Equal(["doctor,earned,tax,currency", "Person doctor,55.00,11.00,EUR", "Person second-doctor,0.00,0.00,EUR", ",9.00,0.00,EUR"], (await clinic.Admin.Get("money-figures/export?by=doctor")).Is(200).Text.Trim().Split("\r\n"));
        (await clinic.Admin.Get("money-figures/export?by=moon")).RefusesField("by");
        // Of other days there is nothing, and so nobody.
        Assert.Empty(Lines((await clinic.Admin.Get("money-figures?from=2020-01-01&to=2020-02-01")).Is(200)));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "admin");
        using var page = await browser.Get($"/{clinic.Slug}/money");
        var text = await page.Content.ReadAsStringAsync();
        foreach (var words in (string[])["Person second-doctor", "No doctor", "by=doctor"]) Assert.Contains(words, text, StringComparison.Ordinal);
    }
}
