using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;

namespace Salus.Tests.Payments;

/// <summary>The proof of the ledger: LedgerProofs, what thousands of random acts leave, what is found when rows are harmed.</summary>
public sealed class LedgerTests
{
    private static Task<LedgerVerdict> Verify(RunningSalus salus) => salus.Services.GetRequiredService<LedgerVerifier>().Run(default);

    /// <summary>A thousand random acts, many at once, some of which break off before their commit, on charges, payments, refunds, credits, wallets and holds.</summary>
    [Fact]
    public async Task whatever_is_done_at_random_and_wherever_it_breaks_off_the_ledger_can_be_proven()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var patients = new List<Guid>();
        for (var i = 0; i < 4; i++) patients.Add((await clinic.Register()).Id);
        var seed = Random.Shared.Next();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            for (var i = 0; i < 150; i++) await Act(clinic, patients[random.Next(patients.Count)], random);
        })));
        var verdict = await Verify(own.Salus);
        Assert.True(verdict.Faults.Count == 0, $"seed {seed}: {string.Join('\n', verdict.Faults)}");
        Assert.True(verdict is { Transactions: > 300, Payments: > 50, Charges: > 50 }, $"{verdict}");
        Assert.Equal(0, await clinic.Sum());
    }

    private sealed class Broken : Exception;

    private static async Task Act(Clinic clinic, Guid patient, Random random)
    {
        using var scope = clinic.Salus.Services.CreateScope();
        var (charges, payments, refunds) = (scope.ServiceProvider.GetRequiredService<ChargeBook>(), scope.ServiceProvider.GetRequiredService<PaymentBook>(), scope.ServiceProvider.GetRequiredService<Salus.Modules.Payments.Refunds.RefundBook>());
        var (kind, amount, breaks) = (random.Next(10), random.NextInt64(1, 5000), random.Next(6) == 0);
        var payer = new Payer(PayerKind.Patient, patient, "Anna Rossi");
        try
        {
            await clinic.Salus.Database.Write(clinic.Id, async db =>
            {
                var booking = new Booking(db, DateTime.UtcNow, DateOnly.FromDateTime(DateTime.UtcNow), null, _ => { });
                async Task<Charge?> Owed() => await db.Charges.AsNoTracking().Where(c => c.PayerId == patient).Where(Charge.IsOutstanding).OrderBy(c => c.Total % 97).FirstOrDefaultAsync();
                switch (kind)
                {
                    case 0 or 1 or 2:
                        await charges.Charge(booking, new() { Payer = payer, PurposeKind = "test", PurposeId = Guid.NewGuid(), Title = "Test", Lines = [new("", "a", amount, 1 + random.Next(3)) { TaxRate = random.Next(2500), DiscountRate = random.Next(3000) }, new("", "b", amount / 2)] }, default);
                        break;
                    case 3 or 4 when await Owed() is { } owed: await payments.Take(booking, new() { Method = random.Next(2) == 0 ? PaymentMethod.Card : PaymentMethod.Wallet, Amount = Math.Min(amount, owed.Due), ChargeIds = [owed.Id] }, default); break;
                    case 5: await payments.TopUp(booking, await WalletBook.Of(booking, PayerKind.Patient, patient, "EUR", default), new(PaymentMethod.Card, amount, payer), default); break;
                    case 6 when await Owed() is { } owed: await charges.Credit(booking, owed, Math.Min(amount, owed.Due), random.Next(2) == 0 ? CreditKind.Waiver : CreditKind.CreditNote, "Test", default); break;
                    case 7 when await db.Payments.AsNoTracking().Where(p => p.PayerId == patient && p.Refunded < p.Amount).OrderBy(p => p.Amount % 89).FirstOrDefaultAsync() is { } payment:
                        await refunds.Give(booking, new(payment.Id, random.Next(3) == 0 ? null : Math.Min(amount, payment.Amount - payment.Refunded), payment.Kind == PaymentKind.TopUp ? Salus.Modules.Payments.Refunds.RefundWay.Transfer : Salus.Modules.Payments.Refunds.RefundWay.Wallet, random.Next(2) == 0, "Test"), default);
                        break;
                    case 8 when await db.Wallets.AsNoTracking().FirstOrDefaultAsync(w => w.PayerId == patient) is { } wallet: await WalletBook.Hold(booking, wallet.Id, amount, "test", Guid.NewGuid(), default); break;
                    case 9 when await db.WalletHolds.AsNoTracking().Where(h => h.State == HoldState.Open).OrderBy(h => h.Amount).FirstOrDefaultAsync() is { } hold: await WalletBook.Release(booking, hold.Id, captured: false, default); break;
                }
                await db.SaveChangesAsync();
                return breaks ? throw new Broken() : 0;
            }, default);
        }
        catch (Exception error) when (error is Kernel.Refusal { Status: 409 or 422 } or Broken || (error is DbUpdateException && clinic.Salus.Database.IsUniqueViolation(error))) { }
    }

    [Fact]
    public async Task what_was_harmed_is_found_and_named()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (patient, charge) = await clinic.Owes("50.00");
        (await clinic.Fill(patient, "20")).Is(201);
        var payment = (await clinic.Pay(charge, "30")).Is(201).Id;
        Assert.Empty((await Verify(own.Salus)).Faults);
        await own.Salus.Sql("UPDATE payments_charges SET \"Paid\" = 2900");
        Assert.Contains((await Verify(own.Salus)).Faults, f => f.Contains(charge.ToString(), StringComparison.OrdinalIgnoreCase));
        await own.Salus.Sql("UPDATE payments_charges SET \"Paid\" = 3000");
        await own.Salus.Sql("UPDATE payments_wallets SET \"Balance\" = 2001");
        Assert.Contains("wallet", Assert.Single((await Verify(own.Salus)).Faults), StringComparison.Ordinal);
        await own.Salus.Sql("UPDATE payments_wallets SET \"Balance\" = 2000");
        await own.Salus.Sql($"UPDATE payments_payments SET \"Refunded\" = 1 WHERE \"Amount\" = 3000");
        Assert.All((await Verify(own.Salus)).Faults, f => Assert.Contains(payment.ToString(), f, StringComparison.OrdinalIgnoreCase));
        await own.Salus.Sql("UPDATE payments_payments SET \"Refunded\" = 0, \"Number\" = 'REC-1999-0001' WHERE \"Amount\" = 3000");
        Assert.Contains("gap", Assert.Single((await Verify(own.Salus)).Faults), StringComparison.Ordinal);
        using var output = new StringWriter();
        Assert.Equal(1, await Cli.LedgerCommands.Verify(own.Salus.Settings, output, default));
        Assert.Contains("1 faults", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_nightly_proof_is_made_once_and_shown()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        await clinic.Owes("50.00");
        var night = own.Salus.Services.GetRequiredService<LedgerNight>();
        await own.Salus.Sql("DELETE FROM payments_proofs");
        var made = await Task.WhenAll(night.Prove(default), night.Prove(default), night.Prove(default));
        Assert.Single(made, m => m);
        var shown = (await clinic.Admin.Get("ledger/proofs")).Is(200).Items;
        Assert.Equal(0, Assert.Single(shown).Number("faults"));
        Assert.Equal("ok", Assert.Single(await night.Look(default)).State);
        (await clinic.Receptionist.Get("ledger/proofs")).Is(403);
        using var output = new StringWriter();
        Assert.Equal(0, await Cli.LedgerCommands.Verify(own.Salus.Settings, output, default));
    }
}
