using System.Net;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;

namespace Salus.Tests.Payments;

/// <summary>Refunds by PayPal, providers that hang, take another currency or are down: nothing is half done, and all of it leaves a trace.</summary>
public sealed class ProviderTroubleTests : OnlineBase
{
    private protected override int Patience => 3;

    [Fact]
    public async Task PY_08_what_came_by_paypal_goes_back_by_it_in_part_and_as_a_whole_and_no_more()
    {
        var (patient, charge, payment) = await Paid("paypal");
        Assert.Equal("pending", (await clinic.Refund(payment, "20", "provider")).Is(201)["state"].GetString());
        await own.Salus.RunJobs();
        Assert.Equal(("done", "provider"), ((await clinic.Receptionist.Get("refunds")).Items[0].Str("state"), (await clinic.Receptionist.Get("refunds")).Items[0].Str("way")));
        Assert.Equal((3000, 0, "part-refunded"), (await clinic.Sum(LedgerAccount.PayPal), await clinic.Sum(LedgerAccount.RefundDue), (await clinic.Receptionist.Get($"payments/{payment}"))["payment"].Str("state")));
        (await clinic.Refund(payment, "30.01", "provider")).Refuses(409, "refund.too-much");
        (await clinic.Refund(payment, way: "provider")).Is(201);
        (await clinic.Refund(payment, "0.01", "provider")).Refuses(409, "refund.too-much");
        await own.Salus.RunJobs();
        Assert.Equal([2000L, 3000L], fake.Refunds.Values.Select(r => r.Amount).Order());
        Assert.All(fake.Refunds.Values, r => Assert.Equal(fake.Only.Payment, r.Payment));
        Assert.Equal((0, "refunded", "credited", "0.00"), (await clinic.Sum(LedgerAccount.PayPal), (await clinic.Receptionist.Get($"payments/{payment}"))["payment"].Str("state"), await State(charge), await clinic.Balance(patient)));
        await Proven();
    }

    [Theory, InlineData("PENDING"), InlineData("FAILED"), InlineData("CANCELLED")]
    public async Task PY_08_a_refund_that_paypal_does_not_do_at_once_is_waited_for_or_ends_in_the_wallet(string status)
    {
        var (patient, _, payment) = await Paid("paypal");
        fake.RefundStatus = status;
        (await clinic.Refund(payment, "20", "provider")).Is(201);
        await own.Salus.RunJobs();
        var isWaiting = status == "PENDING";
        Assert.Equal((isWaiting ? "pending" : "done", isWaiting ? "0.00" : "20.00", isWaiting ? -2000 : 0), ((await clinic.Receptionist.Get("refunds")).Items[0].Str("state"), await clinic.Balance(patient), await clinic.Sum(LedgerAccount.RefundDue)));
        fake.RefundStatus = "";
        await own.Salus.Sql("UPDATE kernel_jobs SET \"DueAt\" = \"CreatedAt\" WHERE \"Kind\" = 'payments.refund'");
        await own.Salus.RunJobs();
        Assert.Equal(("done", isWaiting ? 3000 : 5000), ((await clinic.Receptionist.Get("refunds")).Items[0].Str("state"), await clinic.Sum(LedgerAccount.PayPal)));
        Assert.Single(fake.Refunds);
        await Proven();
    }

    [Theory, InlineData("stripe", true), InlineData("stripe", false), InlineData("paypal", false)]
    public async Task PY_05_what_was_paid_in_another_currency_is_not_booked_and_leaves_a_trace_told_by_a_notice_or_asked(string method, bool isTold)
    {
        var (patient, charge, _, path) = await Mailed();
        await Start(path, method);
        fake.Only.Currency = method == "stripe" ? "usd" : "USD";
        fake.Only.Status = method == "stripe" ? "paid" : "COMPLETED";
        if (isTold) { (await Notify("checkout.session.completed", fake.Only)).Is(204); await own.Salus.RunJobs(); }
        else Assert.Equal(1, await Poll());
        Assert.Equal(("open", CheckoutState.Mismatch, "0.00"), (await State(charge), await Checkout(c => c.State), await clinic.Balance(patient)));
        Assert.Empty((await clinic.Receptionist.Get("payments")).Items);
        await using (var db = clinic.Open()) Assert.DoesNotContain(db.LedgerEntries, e => e.Account == LedgerAccount.Stripe || e.Account == LedgerAccount.PayPal);
        Assert.Equal((fake.Only.Id, "50.00"), ((await clinic.Admin.Get("provider-reports")).Is(200)["odd"][0].Str("providerId"), (await clinic.Admin.Get("provider-reports"))["odd"][0].Amount("asked")));
        Assert.Contains(await clinic.Audit(BookCheckout.Action), a => a.Detail == "Mismatch");
        // It is not asked again, and what is said later changes nothing.
        Assert.Equal(0, await Poll());
        if (method == "stripe") { (await Notify("checkout.session.completed", fake.Only, "evt_2")).Is(204); await own.Salus.RunJobs(); }
        Assert.Equal(("open", CheckoutState.Mismatch), (await State(charge), await Checkout(c => c.State)));
        await Proven();
    }

    [Fact]
    public async Task a_provider_that_hangs_when_it_is_asked_to_begin_is_given_up_and_nothing_was_begun()
    {
        var (_, charge, _, path) = await Mailed();
        fake.Moods.Enqueue("hang");
        using var browser = new Browser(own.Salus);
        using (var answer = await browser.Submit(path, path + "/start", new() { ["method"] = "stripe" })) Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(("open", CheckoutState.Failed), (await State(charge), await Checkout(c => c.State)));
        Assert.Empty(fake.Sales);
        // The next try is one of its own.
        await Start(path);
        fake.Only.Status = "paid";
        Assert.Equal(1, await Poll());
        Assert.Equal("paid", await State(charge));
        await Proven();
    }

    [Theory, InlineData("stripe"), InlineData("paypal")]
    public async Task a_provider_that_hangs_when_it_is_asked_how_a_payment_stands_is_asked_later_and_books_once(string method)
    {
        var (patient, charge, _, path) = await Mailed();
        await Start(path, method);
        fake.Only.Status = method == "paypal" ? "APPROVED" : "paid";
        fake.Moods.Enqueue("hang");
        using var browser = new Browser(own.Salus);
        // The payer comes back: the page says that it is not paid yet.
        using (var back = await browser.Get($"{path}/back?checkout={fake.Only.Own}")) Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        Assert.Equal(("open", CheckoutState.Open, "0.00"), (await State(charge), await Checkout(c => c.State), await clinic.Balance(patient)));
        Assert.Empty((await clinic.Receptionist.Get("payments")).Items);
        fake.Moods.Enqueue("hang");
        Assert.Equal(1, await Poll());
        Assert.Equal("open", await State(charge));
        Assert.NotNull(await Checkout(c => c.LookAt));
        // The order is captured, but its answer hangs: it is found captured later.
        if (method == "paypal") fake.Only.Status = "COMPLETED";
        Assert.Equal(1, await Poll());
        Assert.Equal(("paid", CheckoutState.Paid), (await State(charge), await Checkout(c => c.State)));
        Assert.Equal(0, await Poll());
        Assert.Single((await clinic.Receptionist.Get("payments")).Items);
        await Proven();
    }

    [Fact]
    public async Task a_refund_that_hangs_at_its_provider_stays_under_way_and_is_done_once_later()
    {
        var (_, _, payment) = await Paid("stripe");
        fake.Moods.Enqueue("hang");
        (await clinic.Refund(payment, "20", "provider")).Is(201);
        await own.Salus.RunJobs();
        Assert.Equal(("pending", -2000, 5000), ((await clinic.Receptionist.Get("refunds")).Items[0].Str("state"), await clinic.Sum(LedgerAccount.RefundDue), await clinic.Sum(LedgerAccount.Stripe)));
        await Proven();
        await own.Salus.Sql("UPDATE kernel_jobs SET \"DueAt\" = \"CreatedAt\" WHERE \"Kind\" = 'payments.refund'");
        await own.Salus.RunJobs();
        Assert.Equal(("done", 0, 3000), ((await clinic.Receptionist.Get("refunds")).Items[0].Str("state"), await clinic.Sum(LedgerAccount.RefundDue), await clinic.Sum(LedgerAccount.Stripe)));
        Assert.Single(fake.Refunds);
        await Proven();
    }

    [Fact]
    public async Task WA_02_when_the_partner_of_a_wallet_is_down_or_says_no_the_payer_is_told_and_nothing_is_half_done()
    {
        (await clinic.Admin.Put("payment-settings", new { currency = "GTQ" })).Is(200);
        var (patient, charge, _, path) = await Mailed("34.99", currency: "GTQ");
        using var browser = new Browser(own.Salus);
        async Task IsDown(string mood, string to, Dictionary<string, string> fields)
        {
            foreach (var _ in Enumerable.Range(0, mood == "hang" ? 1 : 3)) fake.Moods.Enqueue(mood);
            using var answer = await browser.Submit(path, path + to, fields);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("The payment provider does not answer just now. Nothing was taken.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            fake.Moods.Clear();
            Assert.Equal("open", await State(charge));
            Assert.Equal(0, await clinic.Sum(LedgerAccount.Paq));
            Assert.Empty((await clinic.Receptionist.Get("payments")).Items);
        }
        foreach (var mood in (string[])["500", "hang"]) await IsDown(mood, "/start", new() { ["method"] = "paq", ["phone"] = "5555 1234" });
        Assert.Empty(fake.Sales);
        await Start(path, "paq", "5555 1234");
        var id = (await Checkout(c => c.Id)).ToString();
        foreach (var mood in (string[])["500", "hang"]) await IsDown(mood, "/code", new() { ["checkout"] = id, ["code"] = "AB12C" });
        using (var wrong = await browser.Submit(path, path + "/code", new() { ["checkout"] = id, ["code"] = "XXXXX" })) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        // It is back: the same code pays, once.
        for (var i = 0; i < 2; i++) using (await browser.Submit(path, path + "/code", new() { ["checkout"] = id, ["code"] = "AB12C" })) { }
        Assert.Equal("paid", await State(charge));
        Assert.Equal("0.00", (await clinic.Receptionist.Get($"wallet?kind=patient&payer={patient}")).Is(200)["wallet"].Amount("balance"));
        Assert.Single((await clinic.Receptionist.Get("payments")).Items);
        await Proven();
    }
}
