using Salus.Modules.Payments.Ledger;

namespace Salus.Tests.Payments;

/// <summary>RefundPayment and RefundList.</summary>
public sealed class RefundTests(SalusServer server)
{
    [Fact]
    public async Task PY_08_a_payment_is_given_back_in_parts_and_never_more_than_was_paid()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("50.00");
        var payment = (await clinic.Pay(charge)).Is(201).Id;
        var first = (await clinic.Refund(payment, "20", "wallet")).Is(201);
        Assert.Equal(($"REF-{DateTime.UtcNow.Year}-0001", "done"), (first["number"].GetString(), first["state"].GetString()));
        Assert.Equal(("20.00", "part-refunded"), (await clinic.Balance(patient), (await clinic.Receptionist.Get($"payments/{payment}"))["payment"].Str("state")));
        (await clinic.Refund(payment, "30.01")).Refuses(409, "refund.too-much");
        (await clinic.Refund(payment, "-1")).RefusesField("amount");
        (await clinic.Refund(payment)).Is(201);
        (await clinic.Refund(payment)).Refuses(409, "refund.too-much");
        var record = (await clinic.Receptionist.Get($"payments/{payment}")).Is(200);
        Assert.Equal(("refunded", 2), (record["payment"].Str("state"), record["refunds"].GetArrayLength()));
        Assert.Equal(("credited", "50.00", "0.00"), ((await clinic.Charge(charge)).Str("state"), (await clinic.Charge(charge)).Amount("credited"), (await clinic.Charge(charge)).Amount("due")));
        Assert.Equal((5000, -3000, -2000, 0, 0), (await clinic.Sum(LedgerAccount.Card), await clinic.Sum(LedgerAccount.Bank), await clinic.Sum(LedgerAccount.Wallet), await clinic.Sum(LedgerAccount.Revenue), await clinic.Sum(LedgerAccount.Receivable)));
        Assert.Equal(["30.00", "20.00"], (await clinic.Receptionist.Get("refunds?state=done")).Is(200).Items.Select(r => r.Amount("amount")));
    }

    [Fact]
    public async Task AU_08_a_refund_has_its_row_with_who_which_payment_and_how_and_so_has_one_that_was_refused()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var payment = (await clinic.Pay(charge)).Is(201).Id;
        (await clinic.Refund(payment, "20", "wallet")).Is(201);
        (await clinic.Refund(payment, "40", "wallet")).Refuses(409, "refund.too-much");
        (await clinic.Receptionist.Post($"payments/{payment}/refunds", new { way = "transfer", reason = "Fell ill" })).Is(403);
        var rows = await clinic.Audit(Salus.Modules.Payments.Refunds.RefundPayment.Action);
        Assert.Equal(["ok", "refund.too-much"], rows.Select(r => r.Result));
        Assert.Equal(("payment", payment, "Wallet", clinic.Account("admin").Id), (rows[0].SubjectKind, rows[0].SubjectId!.Value, rows[0].Detail, rows[0].ActorId!.Value));
        Assert.Contains(await clinic.Audit(), r => r.Result == "forbidden" && r.ActorId == clinic.Account("receptionist").Id);
        // Neither the reason nor an amount stands there.
        Assert.All(rows, r => Assert.DoesNotContain("ill", r.Detail, StringComparison.Ordinal));
        Assert.All(rows, r => Assert.DoesNotContain("20", r.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_is_refunded_and_not_taken_back_is_owed_again()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var payment = (await clinic.Pay(charge)).Is(201).Id;
        (await clinic.Refund(payment, "10", takesBack: false)).Is(201);
        Assert.Equal(("part-paid", "10.00"), ((await clinic.Charge(charge)).Str("state"), (await clinic.Charge(charge)).Amount("due")));
        (await clinic.Pay(charge)).Is(201);
        Assert.Equal("paid", (await clinic.Charge(charge)).Str("state"));
        Assert.Equal((6000, -1000, -5000), (await clinic.Sum(LedgerAccount.Card), await clinic.Sum(LedgerAccount.Bank), await clinic.Sum(LedgerAccount.Revenue)));
    }

    [Fact]
    public async Task many_refunds_at_once_give_back_what_was_paid_and_no_more()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var payment = (await clinic.Pay(charge)).Is(201).Id;
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => clinic.Refund(payment, "7")));
        Assert.Equal(7, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => Assert.True(a.Code is "refund.too-much" or "charge.changed", a.Text));
        Assert.Equal(-4900, await clinic.Sum(LedgerAccount.Bank));
        Assert.Equal(0, await clinic.Sum());
    }

    [Fact]
    public async Task a_wallet_that_was_filled_gives_back_what_is_left_in_it()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("15.00");
        var filled = (await clinic.Fill(patient, "20")).Is(201)["paymentId"].GetGuid();
        (await clinic.Pay(charge, method: "wallet")).Is(201);
        (await clinic.Refund(filled, "20")).Refuses(409, "wallet.insufficient");
        (await clinic.Refund(filled, "5", "wallet")).RefusesField("way");
        (await clinic.Refund(filled, "5")).Is(201);
        Assert.Equal("0.00", await clinic.Balance(patient));
    }

    [Fact]
    public async Task refunding_needs_the_right_a_reason_and_a_fresh_proof()
    {
        var clinic = await server.NewClinic();
        var (_, charge) = await clinic.Owes("50.00");
        var payment = (await clinic.Pay(charge)).Is(201).Id;
        (await clinic.Receptionist.Post($"payments/{payment}/refunds", new { way = "transfer", reason = "x" })).Is(403);
        (await clinic.Admin.Post($"payments/{payment}/refunds", new { way = "transfer", reason = "" })).RefusesField("reason");
        (await clinic.Refund(payment, "5", "provider")).RefusesField("way");
        (await clinic.Refund(payment, "5", "cash")).Refuses(409, "drawer.closed");
        await clinic.Drawer("3", clinic.Admin);
        (await clinic.Refund(payment, "5", "cash")).Refuses(409, "drawer.short");
        (await clinic.Refund(payment, "3", "cash")).Is(201);
        await clinic.Age("admin");
        (await clinic.Refund(payment, "5")).Refuses(403, "proof.needed");
        (await clinic.Refund(Guid.NewGuid(), "5")).Refuses(403, "proof.needed");
        Assert.Equal(0, await clinic.Sum());
    }
}
