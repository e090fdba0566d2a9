using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;

namespace Salus.Tests.Payments;

/// <summary>TopUpWallet and ReadWallet, and holds.</summary>
public sealed class WalletTests(SalusServer server)
{
    [Fact]
    public async Task WA_01_a_wallet_is_filled_pays_and_shows_every_movement()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("30.00");
        Assert.Equal("0.00", await clinic.Balance(patient));
        (await clinic.Fill(patient, "20")).Is(201);
        Assert.Equal("45.50", (await clinic.Fill(patient, "25.50")).Is(201).Amount("balance"));
        (await clinic.Pay(charge, method: "wallet")).Is(201);
        Assert.Equal("15.50", await clinic.Balance(patient));
        var statement = (await clinic.Receptionist.Get($"wallet?kind=patient&payer={patient}")).Is(200);
        Assert.Equal(["payment -30.00 15.50", "payment 25.50 45.50", "payment 20.00 20.00"], statement.Items.Select(l => $"{l.Str("cause")} {l.Amount("amount")} {l.Amount("balance")}"));
        var page = (await clinic.Receptionist.Get($"wallet?kind=patient&payer={patient}&limit=1")).Is(200);
        var next = (await clinic.Receptionist.Get($"wallet?kind=patient&payer={patient}&limit=1&after={page["next"]}")).Is(200);
        Assert.Equal("25.50 45.50", $"{next.Items[0].Amount("amount")} {next.Items[0].Amount("balance")}");
        Assert.Equal((-1550, 4550, 0), (await clinic.Sum(LedgerAccount.Wallet), await clinic.Sum(LedgerAccount.Card), await clinic.Sum()));
    }

    [Fact]
    public async Task WA_02_what_a_wallet_refuses_leaves_nothing_half_done()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("30.00");
        (await clinic.Fill(patient, "20")).Is(201);
        (await clinic.Pay(charge, "20.01", "wallet")).Refuses(409, "wallet.insufficient");
        (await clinic.Fill(patient, "5", "wallet")).RefusesField("method");
        (await clinic.Fill(Guid.NewGuid(), "5")).Refuses(404, "not-found");
        var same = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => clinic.Pay(charge, "20", "wallet", key: "once")));
        Assert.All(same, a => a.Is(201));
        Assert.Equal(("0.00", "10.00", "20.00"), (await clinic.Balance(patient), (await clinic.Charge(charge)).Amount("due"), (await clinic.Charge(charge)).Amount("paid")));
        Assert.Equal(0, await clinic.Sum());
    }

    [Fact]
    public async Task WA_03_a_hundred_parallel_debits_never_overdraw_and_the_balance_is_the_sum_of_movements()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("1000.00");
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => clinic.Fill(patient, "10")));
        Assert.Equal("50.00", await clinic.Balance(patient));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => clinic.Pay(charge, "0.70", "wallet", isSecond: true)));
        Assert.Equal(71, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.Refuses(409, "wallet.insufficient"));
        Assert.Equal("0.30", await clinic.Balance(patient));
        Assert.Equal((-30, 5000 - 30), (await clinic.Sum(LedgerAccount.Wallet), 71 * 70));
    }

    [Fact]
    public async Task what_is_held_cannot_be_spent_and_is_let_go_or_taken_once()
    {
        var clinic = await server.NewClinic();
        var (patient, charge) = await clinic.Owes("30.00");
        (await clinic.Fill(patient, "20")).Is(201);
        var purpose = Guid.NewGuid();
        async Task<T> Book<T>(Func<Booking, Task<T>> act) => await clinic.Salus.Database.Write(clinic.Id, async db =>
        {
            var result = await act(new(db, DateTime.UtcNow, DateOnly.FromDateTime(DateTime.UtcNow), null, _ => { }));
            await db.SaveChangesAsync();
            return result;
        }, default);
        var hold = await Book(async b => await WalletBook.Hold(b, (await WalletBook.Of(b, PayerKind.Patient, patient, "EUR", default)).Id, 1500, "trip", purpose, default));
        Assert.Equal("5.00", await clinic.Balance(patient));
        (await clinic.Pay(charge, "5.01", "wallet")).Refuses(409, "wallet.insufficient");
        var refused = await Assert.ThrowsAsync<Kernel.Refusal>(() => Book(b => WalletBook.Hold(b, hold.WalletId, 501, "trip", purpose, default)));
        Assert.Equal("wallet.insufficient", refused.Code);
        Assert.Equal((-500, -1500), (await clinic.Sum(LedgerAccount.Wallet), await clinic.Sum(LedgerAccount.Held)));
        await Book(async b => { await WalletBook.Release(b, hold.Id, captured: true, default); return 0; });
        var again = await Assert.ThrowsAsync<Kernel.Refusal>(() => Book(async b => { await WalletBook.Release(b, hold.Id, captured: false, default); return 0; }));
        Assert.Equal("wallet.hold-ended", again.Code);
        Assert.Equal(("20.00", 0), (await clinic.Balance(patient), await clinic.Sum(LedgerAccount.Held)));
    }

    [Fact]
    public async Task two_patients_who_turn_out_to_be_one_spend_from_both_wallets_and_part_with_their_own_again()
    {
        var clinic = await server.NewClinic();
        var ((kept, charge), other) = (await clinic.Owes("30.00"), (await clinic.Register("Ana Rossi")).Id);
        (await clinic.Fill(kept, "10")).Is(201);
        (await clinic.Fill(other, "12")).Is(201);
        var (_, old) = await clinic.Owes("4.00", other);
        var merge = (await clinic.Admin.Post($"patients/{kept}/merges", new { otherId = other, reason = "The same person" })).Is(201);
        Assert.Equal("22.00", await clinic.Balance(kept));
        Assert.Equal(kept, (await clinic.Charge(old)).GetProperty("payer").Id());
        (await clinic.Pay(charge, "23", "wallet")).Refuses(409, "wallet.insufficient");
        (await clinic.Pay(charge, "11", "wallet")).Is(201);
        (await clinic.Pay(charge, "10.50", "wallet")).Is(201);
        Assert.Equal("0.50", await clinic.Balance(kept));
        Assert.Equal(0, await clinic.Sum());
        Assert.NotEqual(Guid.Empty, merge.Id);
    }
}
