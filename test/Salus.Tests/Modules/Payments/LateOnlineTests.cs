using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;

namespace Salus.Tests.Payments;

/// <summary>What providers decide later, what is lost on the way, and who asks too often.</summary>
public sealed class LateOnlineTests : OnlineBase
{
    private protected override RateLimit? Limit => RateLimit.Parse("pay", "10/min");

    [Theory, InlineData(""), InlineData("failed"), InlineData("pending")]
    public async Task a_refund_goes_back_through_the_provider_or_ends_in_the_wallet(string status)
    {
        var (patient, charge, _, path) = await Mailed();
        await Start(path);
        fake.Only.Status = "paid";
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        var payment = (await clinic.Receptionist.Get("payments")).Items[0].Id();
        fake.RefundStatus = status;
        Assert.Equal("pending", (await clinic.Refund(payment, "20", "provider")).Is(201)["state"].GetString());
        (await clinic.Refund(payment, "30.01", "provider")).Refuses(409, "refund.too-much");
        await own.Salus.RunJobs();
        var refund = (await clinic.Receptionist.Get("refunds")).Items[0];
        Assert.Equal(status == "pending" ? "pending" : "done", refund.Str("state"));
        Assert.Equal(status switch { "" => "provider", "failed" => "wallet", _ => "provider" }, refund.Str("way"));
        Assert.Equal((status == "failed" ? "20.00" : "0.00", status == "" ? 3000 : 5000, status == "pending" ? -2000 : 0), (await clinic.Balance(patient), await clinic.Sum(LedgerAccount.Stripe), await clinic.Sum(LedgerAccount.RefundDue)));
        Assert.Equal(status == "" ? [(fake.Only.Payment, 2000L)] : [], fake.Refunds.Values);
        Assert.Equal("20.00", (await clinic.Charge(charge)).Amount("credited"));
        await Proven();
    }

    [Theory, InlineData("succeeded"), InlineData("failed")]
    public async Task a_refund_that_a_provider_decides_on_days_later_is_done_once(string decision)
    {
        var (patient, charge, _, path) = await Mailed();
        await Start(path);
        fake.Only.Status = "paid";
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        var payment = (await clinic.Receptionist.Get("payments")).Items[0].Id();
        fake.RefundStatus = "pending";
        (await clinic.Refund(payment, "20", "provider")).Is(201);
        await own.Salus.RunJobs();
        for (var day = 0; day < 2; day++)
        {
            // The key of the first request is forgotten: asked for again, the money would go back again.
            fake.ForgetKeys();
            await own.Salus.Sql("UPDATE kernel_jobs SET \"DueAt\" = \"CreatedAt\" WHERE \"Kind\" = 'payments.refund'");
            await own.Salus.RunJobs();
            Assert.Equal("pending", (await clinic.Receptionist.Get("refunds")).Items[0].Str("state"));
        }
        var (id, made) = Assert.Single(fake.StripeRefunds);
        fake.StripeRefunds[id] = made with { Status = decision };
        await own.Salus.Sql("UPDATE kernel_jobs SET \"DueAt\" = \"CreatedAt\" WHERE \"Kind\" = 'payments.refund'");
        await own.Salus.RunJobs();
        Assert.Single(fake.StripeRefunds);
        var refund = (await clinic.Receptionist.Get("refunds")).Items[0];
        Assert.Equal(("done", decision == "failed" ? "wallet" : "provider"), (refund.Str("state"), refund.Str("way")));
        Assert.Equal((decision == "failed" ? "20.00" : "0.00", decision == "failed" ? 5000 : 3000), (await clinic.Balance(patient), await clinic.Sum(LedgerAccount.Stripe)));
        await Proven();
    }

    [Fact]
    public async Task who_cancels_here_and_pays_in_the_page_that_is_still_open_finds_the_money_in_the_wallet_although_the_notice_was_lost()
    {
        var (patient, charge, _, path) = await Mailed();
        await Start(path);
        using var browser = new Browser(own.Salus);
        using (await browser.Submit(path, path + "/cancel", new() { ["checkout"] = (await Checkout(c => c.Id)).ToString() })) { }
        fake.Only.Status = "paid";
        var care = own.Salus.Services.GetRequiredService<CheckoutCare>();
        Assert.Equal(0, await care.AskAgain(default));
        await own.Salus.Sql("UPDATE payments_checkouts SET \"LookAt\" = \"CreatedAt\" WHERE \"LookAt\" IS NOT NULL");
        Assert.Equal(1, await care.AskAgain(default));
        await own.Salus.RunJobs();
        Assert.Equal(("open", "50.00"), (await State(charge), await clinic.Balance(patient)));
        Assert.Equal((CheckoutState.Cancelled, true, null), await Checkout(c => (c.State, c.CameLate, c.LookAt)));
        // Who has not paid is asked for until the provider's page is no more, and then no longer.
        var (_, _, _, other) = await Mailed();
        await Start(other);
        using (await browser.Submit(other, other + "/cancel", new() { ["checkout"] = (await Checkout(c => c.Id)).ToString() })) { }
        await own.Salus.Sql("UPDATE payments_checkouts SET \"LookAt\" = \"CreatedAt\" WHERE \"LookAt\" IS NOT NULL");
        Assert.Equal(1, await care.AskAgain(default));
        await own.Salus.RunJobs();
        Assert.Equal((CheckoutState.Cancelled, true), await Checkout(c => (c.State, c.LookAt == c.ExpiresAt)));
        await own.Salus.Sql("UPDATE payments_checkouts SET \"LookAt\" = \"CreatedAt\" WHERE \"LookAt\" IS NOT NULL");
        foreach (var sale in fake.Sales.Values.Where(s => s.Status == "open")) sale.Status = "expired";
        Assert.Equal(1, await care.AskAgain(default));
        await own.Salus.RunJobs();
        Assert.Equal((CheckoutState.Cancelled, null), await Checkout(c => (c.State, c.LookAt)));
        await Proven();
    }

    [Fact]
    public async Task a_bank_that_takes_days_to_decide_is_waited_for()
    {
        var (_, charge, _, path) = await Mailed();
        await Start(path);
        fake.Only.Status = "complete";
        await own.Salus.Sql("UPDATE payments_checkouts SET \"LookAt\" = \"CreatedAt\", \"ExpiresAt\" = \"CreatedAt\"");
        var care = own.Salus.Services.GetRequiredService<CheckoutCare>();
        Assert.Equal(1, await care.AskAgain(default));
        await own.Salus.RunJobs();
        Assert.Equal(CheckoutState.Open, await Checkout(c => c.State));
        fake.Only.Status = "paid";
        (await Notify("checkout.session.async_payment_succeeded", fake.Only)).Is(204);
        await own.Salus.RunJobs();
        Assert.Equal("paid", await State(charge));
        await Proven();
    }

    [Fact]
    public async Task a_code_is_sent_once_also_when_its_answer_is_lost_and_a_payment_by_any_code_counts()
    {
        (await clinic.Admin.Put("payment-settings", new { currency = "GTQ" })).Is(200);
        var (_, charge, _, path) = await Mailed("34.99", currency: "GTQ");
        fake.Moods.Enqueue("lose");
        using var browser = new Browser(own.Salus);
        using (var lost = await browser.Submit(path, path + "/start", new() { ["method"] = "paq", ["phone"] = "5555 1234" })) Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        Assert.Single(fake.Sales);
        fake.Sales.Clear();
        await Start(path, "paq", "5555 1234");
        var sale = fake.Only;
        fake.Sales["1"] = new() { Id = "1", Own = sale.Own, Currency = "GTQ", Amount = sale.Amount, Status = "2" };
        using (await browser.Get($"{path}/back?checkout={await Checkout(c => c.Id)}")) { }
        Assert.Equal("paid", await State(charge));
        await Proven();
    }

    [Fact]
    public async Task nobody_makes_the_program_ask_a_provider_again_and_again()
    {
        var (_, _, _, path) = await Mailed();
        await Start(path);
        using var browser = new Browser(own.Salus);
        var answers = new List<HttpStatusCode>();
        var id = await Checkout(c => c.Id);
        for (var i = 0; i < 11; i++) { using var answer = await browser.Get($"{path}/back?checkout={id}"); answers.Add(answer.StatusCode); }
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        Assert.Equal(HttpStatusCode.Redirect, answers[0]);
    }

    [Fact]
    public async Task notices_are_forgotten_when_no_provider_sends_them_again()
    {
        var (_, _, _, path) = await Mailed();
        await Start(path);
        (await Notify("checkout.session.completed", fake.Only)).Is(204);
        var care = own.Salus.Services.GetRequiredService<CheckoutCare>();
        Assert.Equal(0, await care.Sweep(default));
        await own.Salus.Sql(own.Salus.Settings.IsSqlite ? "UPDATE payments_notices SET \"At\" = '2020-01-01 00:00:00'" : "UPDATE payments_notices SET \"At\" = '2020-01-01'");
        Assert.Equal(1, await care.Sweep(default));
    }
}
