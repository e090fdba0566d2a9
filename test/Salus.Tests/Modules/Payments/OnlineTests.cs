using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;

namespace Salus.Tests.Payments;

/// <summary>BeginCheckout, OpenCheckout, EndCheckout, BookCheckout and FinishRefund: paying by a link, through providers that are simulated by what they publish.</summary>
public sealed class OnlineTests : OnlineBase
{
    [Fact]
    public async Task PY_03_PY_05_PY_06_a_payer_pays_by_stripe_from_a_link_and_a_notice_said_twice_is_booked_once()
    {
        var (patient, charge, _, path) = await Mailed();
        var there = await Start(path);
        Assert.Equal((5000, "eur"), (fake.Only.Amount, fake.Only.Currency));
        Assert.EndsWith(fake.Only.Id, there.ToString(), StringComparison.Ordinal);
        Assert.Equal(there, await Start(path)); // a second click goes on with the same
        fake.Only.Status = "paid";
        (await Notify("checkout.session.completed", fake.Only, header: "t=1,v1=00")).Refuses(400, "webhook.signature");
        (await Notify("checkout.session.completed", fake.Only, header: "")).Refuses(400, "webhook.signature");
        (await Notify("checkout.session.completed", fake.Only, at: DateTimeOffset.UtcNow.AddMinutes(-6))).Refuses(400, "webhook.signature");
        await using (var rows = own.Salus.Database.Open())
        {
            var trace = await rows.Set<Kernel.Audit.AuditEvent>().SingleAsync(e => e.Result == "webhook.signature"); // one a minute
            Assert.Equal(("request.refused", null), (trace.Action, trace.ActorId));
        }
        Assert.Equal("open", await State(charge));
        for (var i = 0; i < 3; i++) (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        (await Notify("checkout.session.completed", fake.Only, "evt_2")).Is(204);
        (await Notify("checkout.session.expired", fake.Only, "evt_0")).Is(204); // an older one that comes late
        await own.Salus.RunJobs();
        Assert.Equal("paid", await State(charge));
        var payment = Assert.Single((await clinic.Receptionist.Get("payments?method=stripe")).Items);
        Assert.Equal(("50.00", fake.Only.Payment), (payment.Amount("amount"), payment.Str("reference")));
        Assert.Equal((5000, 0, 0), (await clinic.Sum(LedgerAccount.Stripe), await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum(LedgerAccount.Wallet)));
        Assert.Equal("0.00", await clinic.Balance(patient));
        await Proven();
    }

    [Fact]
    public async Task PY_04_a_payer_agrees_at_paypal_comes_back_and_the_order_is_captured()
    {
        var (_, charge, invoice, path) = await Mailed("12.34");
        await Start(path, "paypal");
        Assert.Equal(1234, fake.Only.Amount);
        fake.Only.Status = "APPROVED";
        using var browser = new Browser(own.Salus);
        using (await browser.Get($"{path}/back?checkout={fake.Only.Own}")) { }
        Assert.Equal("paid", await State(charge));
        using var page = await browser.Get(path);
        Assert.Contains("This invoice is paid", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("paid", (await clinic.Receptionist.Get($"invoices/{invoice}"))["invoice"].Str("state"));
        var body = JsonSerializer.Serialize(new { id = "WH-EVT", event_type = "PAYMENT.CAPTURE.COMPLETED", resource = new { id = fake.Only.Payment, custom_id = fake.Only.Own } });
        (string, string)[] headers = [("PAYPAL-TRANSMISSION-SIG", "s"), ("PAYPAL-AUTH-ALGO", "a"), ("PAYPAL-CERT-URL", "c"), ("PAYPAL-TRANSMISSION-ID", "i"), ("PAYPAL-TRANSMISSION-TIME", "t")];
        (await clinic.Anonymous.Send("POST", "/api/v1/payments/webhooks/paypal", body, headers)).Is(204);
        fake.VerifiesPayPal = false;
        (await clinic.Anonymous.Send("POST", "/api/v1/payments/webhooks/paypal", body, headers)).Refuses(400, "webhook.signature");
        (await clinic.Anonymous.Send("POST", "/api/v1/payments/webhooks/paypal", "{", headers)).Refuses(400, "malformed");
        (await clinic.Anonymous.Send("POST", "/api/v1/payments/webhooks/nobody", body)).Refuses(404, "not-found");
        await own.Salus.RunJobs();
        Assert.Equal(1234, await clinic.Sum(LedgerAccount.PayPal));
        await Proven();
    }

    [Fact]
    public async Task paq_sends_a_code_to_the_phone_and_only_the_right_code_pays()
    {
        (await clinic.Admin.Put("payment-settings", new { currency = "GTQ" })).Is(200);
        var (_, charge, _, path) = await Mailed("34.99", currency: "GTQ");
        Assert.Equal(path, (await Start(path, "paq", "5555 1234")).ToString());
        Assert.Equal(("55551234", 3499), (fake.Only.Phone, fake.Only.Amount));
        using var browser = new Browser(own.Salus);
        using var page = await browser.Get(path);
        Assert.DoesNotContain("AB12C", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var id = await Checkout(c => c.Id);
        using (var wrong = await browser.Submit(path, path + "/code", new() { ["checkout"] = id.ToString(), ["code"] = "XXXXX" })) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal("open", await State(charge));
        using (await browser.Submit(path, path + "/code", new() { ["checkout"] = id.ToString(), ["code"] = "AB12C" })) { }
        Assert.Equal("paid", await State(charge));
        var body = JsonSerializer.Serialize(new { transaccion = fake.Only.Id, referencia = fake.Only.Own, estado = "PENDIENTE", monto = "34.99" });
        var signature = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(FakeProviders.PaqSecret), System.Text.Encoding.UTF8.GetBytes(body)));
        (await clinic.Anonymous.Send("POST", "/api/v1/payments/webhooks/paq", body, ("X-PAQ-Signature", "00"))).Refuses(400, "webhook.signature");
        (await clinic.Anonymous.Send("POST", "/api/v1/payments/webhooks/paq", body, ("X-PAQ-Signature", signature))).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal("paid", await State(charge)); // a late word that it is pending changes nothing
        await Proven();
    }

    [Fact]
    public async Task what_comes_after_a_cancellation_goes_into_the_wallet_and_the_end_stays()
    {
        var (patient, charge, _, path) = await Mailed();
        await Start(path);
        using var browser = new Browser(own.Salus);
        using (await browser.Submit(path, path + "/cancel", new() { ["checkout"] = (await Checkout(c => c.Id)).ToString() })) { }
        Assert.Equal(CheckoutState.Cancelled, await Checkout(c => c.State));
        fake.Only.Status = "paid";
        for (var i = 0; i < 2; i++) (await Notify("checkout.session.completed", fake.Only, $"evt_{i}")).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal((CheckoutState.Cancelled, true), await Checkout(c => (c.State, c.CameLate)));
        Assert.Equal(("open", "50.00"), (await State(charge), await clinic.Balance(patient)));
        await Proven();
    }

    [Fact]
    public async Task what_was_paid_at_the_desk_meanwhile_is_not_paid_twice()
    {
        var (patient, charge, _, path) = await Mailed();
        await Start(path);
        (await clinic.Pay(charge, "20")).Is(201);
        fake.Only.Status = "paid";
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal(("paid", "20.00"), (await State(charge), await clinic.Balance(patient)));
        Assert.Equal(5000, await clinic.Sum(LedgerAccount.Stripe));
        await Proven();
    }

    [Fact]
    public async Task another_amount_or_somebody_elses_payment_is_never_booked()
    {
        var (_, charge, _, path) = await Mailed();
        await Start(path);
        var sale = fake.Only;
        (sale.Status, sale.Amount) = ("paid", 1);
        (await Notify("checkout.session.completed", sale)).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal(("open", CheckoutState.Mismatch), (await State(charge), await Checkout(c => c.State)));
        // Somebody has to look at it: it stands on the page of reports.
        var odd = Assert.Single((await clinic.Admin.Get("provider-reports")).Is(200)["odd"].EnumerateArray());
        Assert.Equal((sale.Id, "50.00"), (odd.Str("providerId"), odd.Amount("asked")));
        var other = await Clinic.Make(own.Salus);
        var (_, theirs, _, otherPath) = await Mailed("70.00", other);
        await Start(otherPath);
        var second = fake.Sales.Values.Single(s => s != sale);
        second.Status = "paid";
        // A notice that names one clinic's payment and the other's id is asked of the provider by its own.
        var mixed = new FakeProviders.Sale { Id = second.Id, Own = sale.Own, Amount = 5000, Currency = "eur" };
        (await Notify("checkout.session.completed", mixed, "evt_9")).Is(204);
        (await Notify("checkout.session.completed", new() { Id = "cs_nobody", Own = Guid.NewGuid().ToString(), Amount = 1, Currency = "eur" }, "evt_10")).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal("open", await State(charge));
        Assert.Equal(0, await clinic.Sum(LedgerAccount.Stripe));
        (await Notify("checkout.session.completed", second, "evt_11")).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal("paid", (await other.Charge(theirs)).Str("state"));
        await Proven();
    }

    [Fact]
    public async Task a_provider_that_is_busy_or_down_is_asked_again_and_nothing_is_lost_or_doubled()
    {
        var (_, charge, _, path) = await Mailed();
        fake.Moods.Enqueue("429");
        fake.Moods.Enqueue("503");
        await Start(path);
        Assert.Single(fake.Sales);
        fake.Only.Status = "paid";
        foreach (var _ in Enumerable.Range(0, 3)) fake.Moods.Enqueue("500");
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal("open", await State(charge));
        // No job is left to be tried again beside the mail that waits: the care for lost notices asks.
        await using (var db = clinic.Open()) Assert.Equal(0, await db.Set<Kernel.Jobs.Job>().CountAsync(j => j.Kind == CheckoutJob.LookKind && j.State == Kernel.Jobs.JobState.Waiting));
        await using (var db = clinic.Open()) await clinic.Salus.Sql("UPDATE payments_checkouts SET \"LookAt\" = \"CreatedAt\"");
        Assert.Equal(1, await own.Salus.Services.GetRequiredService<CheckoutCare>().AskAgain(default));
        await own.Salus.RunJobs();
        Assert.Equal("paid", await State(charge));
        await Proven();
        var (_, second, _, other) = await Mailed();
        foreach (var _ in Enumerable.Range(0, 3)) fake.Moods.Enqueue("500");
        using var browser = new Browser(own.Salus);
        using var answer = await browser.Submit(other, other + "/start", new() { ["method"] = "stripe" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(("open", CheckoutState.Failed), (await State(second), await Checkout(c => c.State)));
    }

    [Fact]
    public async Task a_payment_is_found_although_the_program_ended_before_it_wrote_down_what_the_provider_calls_it()
    {
        var (_, charge, _, path) = await Mailed();
        await Start(path);
        await own.Salus.Sql("UPDATE payments_checkouts SET \"State\" = 'Begun', \"ProviderId\" = '', \"Url\" = ''");
        fake.Only.Status = "paid";
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal(("paid", fake.Only.Id), (await State(charge), await Checkout(c => c.ProviderId)));
        await Proven();
    }

    [Fact]
    public async Task a_link_opens_its_own_invoice_only_and_a_changed_one_opens_nothing()
    {
        var (_, _, invoice, path) = await Mailed();
        using var browser = new Browser(own.Salus);
        using var page = await browser.Get(path);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var word = path.Split('/')[^1];
        foreach (var broken in (string[])[word[..^2] + "AA", word[..^1], "x", new string('A', word.Length)])
        {
            using var none = await browser.Get($"/pay/{broken}");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
        var token = await browser.TokenOf(path);
        (await clinic.Receptionist.Post($"invoices/{invoice}/void", new { reason = "Wrong" })).Is(200);
        using var refused = await browser.Post(path + "/start", new() { ["method"] = "stripe", ["__RequestVerificationToken"] = token });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Empty(fake.Sales);
    }

    [Fact]
    public async Task PY_10_no_column_could_hold_a_card()
    {
        await using var db = clinic.Open();
        var columns = db.Model.GetEntityTypes().Where(e => e.GetTableName()!.StartsWith("payments_", StringComparison.Ordinal)).SelectMany(e => e.GetProperties().Select(p => p.Name)).ToList();
        Assert.True(columns.Count > 100);
        Assert.DoesNotContain(columns, c => Regex.IsMatch(c, "card|pan|cvv|cvc|expiry", RegexOptions.IgnoreCase) && c != "CompanyName");
    }
}
