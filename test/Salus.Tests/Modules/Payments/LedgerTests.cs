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

    /// <summary>Three thousand random acts, many at once, some of which break off before their commit, on charges, payments, refunds, credits, wallets and holds.</summary>
    [Fact]
    public async Task whatever_is_done_at_random_and_wherever_it_breaks_off_the_ledger_can_be_proven()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var patients = new List<Guid>();
        for (var i = 0; i < 4; i++) patients.Add((await clinic.Register()).Id);
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            for (var i = 0; i < 400; i++) await Act(clinic, patients[random.Next(patients.Count)], random);
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
        var (kind, amount, breaks) = (random.Next(12), random.NextInt64(1, 5000), random.Next(6) == 0);
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
                    case 3 or 4 when await Owed() is { } owed: await payments.Take(booking, new() { Method = random.Next(2) == 0 ? PaymentMethod.Card : PaymentMethod.Wallet, Amount = Math.Min(amount, owed.Due), ChargeIds = [owed.Id], IsSecond = random.Next(2) == 0 }, default); break;
                    case 5: await payments.TopUp(booking, await WalletBook.Of(booking, PayerKind.Patient, patient, "EUR", default), new(PaymentMethod.Card, amount, payer), default); break;
                    case 6 when await Owed() is { } owed: await charges.Credit(booking, owed, Math.Min(amount, owed.Due), random.Next(2) == 0 ? CreditKind.Waiver : CreditKind.CreditNote, "Test", default); break;
                    case 7 when await db.Payments.AsNoTracking().Where(p => p.PayerId == patient && p.Refunded < p.Amount).OrderBy(p => p.Amount % 89).FirstOrDefaultAsync() is { } payment:
                        await refunds.Give(booking, new(payment.Id, random.Next(3) == 0 ? null : Math.Min(amount, payment.Amount - payment.Refunded), payment.Kind == PaymentKind.TopUp ? Salus.Modules.Payments.Refunds.RefundWay.Transfer : Salus.Modules.Payments.Refunds.RefundWay.Wallet, random.Next(2) == 0, "Test"), default);
                        break;
                    case 8 when await db.Wallets.AsNoTracking().FirstOrDefaultAsync(w => w.PayerId == patient) is { } wallet: await WalletBook.Hold(booking, wallet.Id, amount, "test", Guid.NewGuid(), default); break;
                    case 9 when await db.WalletHolds.AsNoTracking().Where(h => h.State == HoldState.Open).OrderBy(h => h.Amount).FirstOrDefaultAsync() is { } hold: await WalletBook.Release(booking, hold.Id, captured: false, default); break;
                    case 10 when await db.CreditNotes.AsNoTracking().Where(n => n.PayerId == patient && n.Kind == CreditKind.Waiver).GroupBy(n => n.ChargeId).Where(g => g.Sum(n => n.Amount) > 0).Select(g => new { g.Key, Sum = g.Sum(n => n.Amount) }).OrderBy(g => g.Sum).FirstOrDefaultAsync() is { } waived:
                        await charges.Restore(booking, await db.Charges.AsNoTracking().SingleAsync(c => c.Id == waived.Key), waived.Sum, "Test", default);
                        break;
                    case 11 when await Owed() is { } owed && await db.WalletHolds.AsNoTracking().Where(h => h.State == HoldState.Open).OrderBy(h => h.Amount).FirstOrDefaultAsync() is { } hold && await db.Wallets.AnyAsync(w => w.Id == hold.WalletId && w.PayerId == patient):
                        await WalletBook.Release(booking, hold.Id, captured: true, default);
                        await payments.Take(booking, new() { Method = PaymentMethod.Wallet, Amount = Math.Min(hold.Amount, owed.Due), ChargeIds = [owed.Id], IsSecond = true }, default);
                        break;
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

    /// <summary>How a kept sum is harmed, by a plus for {0} and a minus for {1}, and put right by the other way round; and two things that the proof then says.</summary>
    private static readonly (string Sql, string First, string Second)[] Harms =
    [
        ("UPDATE payments_charges SET \"Paid\" = \"Paid\" {0} 1 WHERE \"Total\" = 5000", "what charge", "what was paid for charge"),
        ("UPDATE payments_charges SET \"Credited\" = \"Credited\" {0} 1 WHERE \"Total\" = 5000", "what charge", "what was taken back of charge"),
        ("UPDATE payments_charges SET \"Net\" = \"Net\" {0} 1, \"Tax\" = \"Tax\" {1} 1 WHERE \"Total\" = 5000", "sum of its lines", "sum of its lines"),
        ("UPDATE payments_charges SET \"Total\" = \"Total\" {0} 1, \"Net\" = \"Net\" {0} 1 WHERE \"InvoiceId\" IS NOT NULL", "sum of its lines", "is not the sum of what it is for"),
        ("UPDATE payments_parts SET \"Amount\" = \"Amount\" {0} 1", "is not the sum of its parts", "what was paid for charge"),
        ("UPDATE payments_parts SET \"Refunded\" = \"Refunded\" {0} 1 WHERE \"Refunded\" < \"Amount\"", "is not the sum of its parts", "what was paid for charge"),
        ("UPDATE payments_payments SET \"Refunded\" = \"Refunded\" {0} 1 WHERE \"Refunded\" < \"Amount\"", "is not the sum of its parts", "what was given back of payment"),
        ("UPDATE payments_payments SET \"Amount\" = \"Amount\" {0} 1", "is not the sum of its parts", "the ledger booked something else for payment"),
        ("UPDATE payments_refunds SET \"Amount\" = \"Amount\" {0} 1", "what was given back of payment", "what was given back of payment"),
        ("UPDATE payments_credit_notes SET \"Amount\" = \"Amount\" {0} 1", "what was taken back of charge", "what was taken back of charge"),
        ("UPDATE payments_wallets SET \"Balance\" = \"Balance\" {0} 1", "the balance of wallet", "the balance of wallet"),
        ("UPDATE payments_wallets SET \"Held\" = \"Held\" {0} 1", "the balance of wallet", "put aside in wallet"),
        ("UPDATE payments_holds SET \"Amount\" = \"Amount\" {0} 1", "put aside in wallet", "put aside in wallet"),
        ("UPDATE payments_invoices SET \"Total\" = \"Total\" {0} 1", "is not the sum of what it is for", "is not the sum of what it is for"),
        ("UPDATE kernel_counters SET \"Value\" = \"Value\" {0} 1 WHERE \"Scope\" LIKE 'payments:Receipt:%'", "have a gap", "have a gap"),
    ];

    private static async Task WithEverything(RunningSalus salus)
    {
        var clinic = await Clinic.Make(salus);
        var (patient, charge) = await clinic.Owes("50.00");
        (await clinic.Pay(charge, "30")).Is(201);
        (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201);
        (await clinic.Fill(patient, "20")).Is(201);
        var given = (await clinic.Pay((await clinic.Owes("8.00")).Charge)).Is(201).Id;
        (await clinic.Refund(given)).Is(201);
        await clinic.Drawer("100");
        (await clinic.Pay((await clinic.Owes("7.00")).Charge, method: "cash")).Is(201);
        await salus.Database.Write(clinic.Id, async db =>
        {
            var wallet = await db.Wallets.AsNoTracking().SingleAsync();
            return await WalletBook.Hold(new(db, DateTime.UtcNow, DateOnly.FromDateTime(DateTime.UtcNow), null, _ => { }), wallet.Id, 500, "test", Guid.NewGuid(), default);
        }, default);
        Assert.Empty((await Verify(salus)).Faults);
    }

    [Fact]
    public async Task every_sum_that_is_kept_is_proven_from_its_rows_and_every_harm_is_named()
    {
        await using var own = await OwnServer.Start();
        await WithEverything(own.Salus);
        foreach (var (sql, first, second) in Harms)
        {
            await own.Salus.Sql(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, "+", "-"));
            var faults = (await Verify(own.Salus)).Faults;
            Assert.Contains(faults, f => f.Contains(first, StringComparison.Ordinal));
            Assert.Contains(faults, f => f.Contains(second, StringComparison.Ordinal));
            await own.Salus.Sql(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, "-", "+"));
        }
        Assert.Empty((await Verify(own.Salus)).Faults);
    }

    /// <summary>What was added to the ledger stays, so the harms pile up here.</summary>
    [Fact]
    public async Task an_entry_that_should_not_be_there_is_found_whatever_is_wrong_with_it()
    {
        await using var own = await OwnServer.Start();
        await WithEverything(own.Salus);
        const string Entry = "INSERT INTO payments_entries (\"OrganisationId\", \"TransactionId\", \"Day\", \"Account\", \"OwnerId\", \"Currency\", \"Amount\") SELECT ", Card = " FROM payments_entries WHERE \"Account\" = 'Card' AND \"Currency\" = 'EUR' LIMIT 1";
        const string Transaction = "INSERT INTO payments_transactions (\"Id\", \"OrganisationId\", \"At\", \"Day\", \"CauseKind\", \"CauseId\", \"Purpose\") SELECT ", First = ", \"Purpose\" FROM payments_transactions WHERE \"CauseKind\" = 'payment' LIMIT 1";
        async Task Found(string what, params string[] sql)
        {
            foreach (var one in sql) await own.Salus.Sql(one);
            Assert.Contains((await Verify(own.Salus)).Faults, f => f.Contains(what, StringComparison.Ordinal));
        }
        await own.Salus.Sql("UPDATE payments_refunds SET \"State\" = 'Pending'");
        await Found("is done, but its money is still on its way");
        await own.Salus.Sql("UPDATE payments_refunds SET \"State\" = 'Done'");
        await own.Salus.Sql("UPDATE payments_drawers SET \"ClosedAt\" = \"OpenedAt\"");
        await Found("was closed, but something is left in it");
        await own.Salus.Sql("UPDATE payments_drawers SET \"ClosedAt\" = NULL");
        await own.Salus.Sql("DELETE FROM payments_invoice_charges");
        await Found("is not the sum of what it is for");
        Assert.Single((await Verify(own.Salus)).Faults);
        // Nothing is missing in any currency, but a transaction has two.
        await Found("several currencies", $"{Entry}\"OrganisationId\", \"TransactionId\", \"Day\", 'Bank', NULL, 'USD', 5{Card}", $"{Entry}\"OrganisationId\", \"TransactionId\", \"Day\", 'Bank', NULL, 'USD', -5{Card}");
        await Found("stands in another organisation", $"{Entry}\"TransactionId\", \"TransactionId\", \"Day\", 'Bank', NULL, 'EUR', 5{Card}");
        await Found("is owed by no charge", $"{Entry}\"OrganisationId\", \"TransactionId\", \"Day\", 'Receivable', \"TransactionId\", 'EUR', 5{Card}");
        await Found("has no entries", $"{Transaction}\"OrganisationId\", \"OrganisationId\", \"At\", \"Day\", \"CauseKind\", \"CauseId\"{First}");
        await Found("names no cause that is there", $"{Transaction}\"CauseId\", \"OrganisationId\", \"At\", \"Day\", \"CauseKind\", \"Id\"{First}");
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
