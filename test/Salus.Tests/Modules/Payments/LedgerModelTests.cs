using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Refunds;

namespace Salus.Tests.Payments;

/// <summary>Random acts one after the other, beside a model that is simple enough to be seen to be right: what it foresees is what the books answer and hold.</summary>
public sealed class LedgerModelTests
{
    private const int Acts = 3000;

    /// <summary>With <c>SALUS_LEDGER_SEED</c> the acts of an earlier run are done again.</summary>
    [Fact]
    public async Task what_a_simple_model_foresees_of_thousands_of_random_acts_is_what_the_books_answer_and_hold()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SALUS_LEDGER_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"SALUS_LEDGER_SEED={seed}");
        var model = new Model(clinic, new Random(seed));
        for (var i = 0; i < 3; i++) model.People.Add((await clinic.Register()).Id);
        for (var i = 0; i < Acts; i++)
        {
            var (act, foreseen, answered) = await model.Act();
            Assert.True(foreseen == answered, $"seed {seed}, act {i} ({act}): '{foreseen}' was foreseen, '{answered}' came");
            if (i % 250 == 0) Assert.Equal(model.Foreseen(), await model.Held());
        }
        Assert.Equal(model.Foreseen(), await model.Held());
        Assert.True(model.Done.Values.All(n => n > 20), $"seed {seed}: {string.Join(", ", model.Done)}");
        Assert.Empty((await own.Salus.Services.GetRequiredService<LedgerVerifier>().Run(default)).Faults);
        Assert.Equal((model.Charges.Sum(c => c.Due), -model.Wallets.Values.Sum(w => w.Balance), -model.Wallets.Values.Sum(w => w.Held), model.Charges.Sum(c => c.Waived), 0),
            (await clinic.Sum(LedgerAccount.Receivable), await clinic.Sum(LedgerAccount.Wallet), await clinic.Sum(LedgerAccount.Held), await clinic.Sum(LedgerAccount.Waived), await clinic.Sum()));
    }

    private sealed class Broken : Exception;

    private sealed record ModelCharge(Guid Id, Guid Person, long Total, int Born)
    {
        public long Paid, Credited, Waived;
        public long Due => Total - Paid - Credited;
    }

    private sealed record ModelPart(ModelCharge Charge, long Amount) { public long Refunded; }

    private sealed record ModelPayment(Guid Id, Guid Person, PaymentMethod Method, long Amount, DateTime At, bool IsTopUp, List<ModelPart> Parts) { public long Refunded; }

    private sealed class ModelWallet { public long Balance, Held; }

    private sealed class Model(Clinic clinic, Random random)
    {
        private readonly List<ModelPayment> payments = [];
        private readonly List<(Guid Id, Guid Person, long Amount)> holds = [];
        private DateTime at = DateTime.UtcNow.AddDays(-1);
        private int born;

        public List<Guid> People { get; } = [];
        public List<ModelCharge> Charges { get; } = [];
        public Dictionary<Guid, ModelWallet> Wallets { get; } = [];
        public Dictionary<string, int> Done { get; } = [];

        /// <summary>Few amounts: so some are the same, and some more than there is.</summary>
        private long Amount => 100 * random.Next(1, 9);
        private ModelWallet Of(Guid person) => Wallets.TryGetValue(person, out var wallet) ? wallet : Wallets[person] = new();
        private T? Any<T>(IEnumerable<T> of) { var all = of.ToList(); return all.Count == 0 ? default : all[random.Next(all.Count)]; }

        public async Task<(string Act, string Foreseen, string Answered)> Act()
        {
            at = at.AddSeconds(random.Next(1, 60));
            var (person, kind) = (People[random.Next(People.Count)], random.Next(14));
            var isHere = Any(Charges.Where(c => c.Person == person && c.Due > 0));
            return kind switch
            {
                0 or 1 or 2 => await Charge(person),
                3 or 4 or 5 when isHere is not null => await Pay(person),
                6 => await Fill(person),
                7 when isHere is { } charge => await Credit(charge),
                8 when Any(Charges.Where(c => c.Waived > 0)) is { } charge => await Restore(charge),
                9 or 10 when Any(payments) is { } payment => await Refund(payment),
                11 or 12 => await Hold(person),
                13 when holds.Count > 0 => await Release(holds[random.Next(holds.Count)]),
                _ => ("nothing", "", ""),
            };
        }

        private Task<(string, string, string)> Charge(Guid person)
        {
            var lines = new List<NewLine> { new("", "a", Amount, 1 + random.Next(3)) { TaxRate = random.Next(2500), DiscountRate = random.Next(3000) }, new("", "b", Amount) };
            return Do("charge", "", async (s, b) => await s.GetRequiredService<ChargeBook>().Charge(b, new() { Payer = new(PayerKind.Patient, person, "Anna Rossi"), PurposeKind = "test", PurposeId = Guid.NewGuid(), Title = "Test", Lines = lines }, default),
                made => Charges.Add(new(made.Id, person, made.Total, ++born)));
        }

        private Task<(string, string, string)> Pay(Guid person)
        {
            var chosen = Charges.Where(c => c.Person == person && c.Due > 0).OrderBy(_ => random.Next()).Take(random.Next(1, 4)).OrderBy(c => c.Born).ToList();
            var (method, isSecond, due) = (random.Next(2) == 0 ? PaymentMethod.Card : PaymentMethod.Wallet, random.Next(3) == 0, chosen.Sum(c => c.Due));
            var amount = random.Next(5) == 0 ? due : Amount;
            var isTwice = payments.Any(p => !p.IsTopUp && p.Person == person && p.Method == method && p.Amount == amount && p.At > at.AddMinutes(-2) && p.Refunded < p.Amount && p.Parts.Any(x => chosen.Contains(x.Charge)));
            var foreseen = amount > due ? "invalid" : method == PaymentMethod.Wallet && Of(person).Balance < amount ? "wallet.insufficient" : isTwice && !isSecond ? "payment.twice" : "";
            return Do("pay", foreseen, async (s, b) => await s.GetRequiredService<PaymentBook>().Take(b, new() { Method = method, Amount = amount, ChargeIds = [.. chosen.Select(c => c.Id)], IsSecond = isSecond }, default), made =>
            {
                var (left, parts) = (amount, new List<ModelPart>());
                foreach (var charge in chosen.Where(_ => left > 0))
                {
                    var share = Math.Min(left, charge.Due);
                    parts.Add(new(charge, share));
                    (charge.Paid, left) = (charge.Paid + share, left - share);
                }
                if (method == PaymentMethod.Wallet) Of(person).Balance -= amount;
                payments.Add(new(made.Id, person, method, amount, at, false, parts));
            });
        }

        private Task<(string, string, string)> Fill(Guid person)
        {
            var amount = Amount * 3;
            return Do("fill", "", async (s, b) => await s.GetRequiredService<PaymentBook>().TopUp(b, await WalletBook.Of(b, PayerKind.Patient, person, "EUR", default), new(PaymentMethod.Card, amount, new(PayerKind.Patient, person, "Anna Rossi")), default), made =>
            {
                Of(person).Balance += amount;
                payments.Add(new(made.Id, person, PaymentMethod.Card, amount, at, true, []));
            });
        }

        private Task<(string, string, string)> Credit(ModelCharge charge)
        {
            var (amount, isWaiver) = (Amount, random.Next(2) == 0);
            return Do("credit", amount > charge.Due ? "charge.changed" : "", async (s, b) => await s.GetRequiredService<ChargeBook>().Credit(b, await Row(b.Db, charge), amount, isWaiver ? CreditKind.Waiver : CreditKind.CreditNote, "Test", default), _ =>
                (charge.Credited, charge.Waived) = (charge.Credited + amount, charge.Waived + (isWaiver ? amount : 0)));
        }

        private Task<(string, string, string)> Restore(ModelCharge charge)
        {
            var amount = random.NextInt64(1, charge.Waived + 1);
            return Do("restore", "", async (s, b) => await s.GetRequiredService<ChargeBook>().Restore(b, await Row(b.Db, charge), amount, "Test", default), _ => (charge.Credited, charge.Waived) = (charge.Credited - amount, charge.Waived - amount));
        }

        private Task<(string, string, string)> Refund(ModelPayment payment)
        {
            var (wanted, takesBack, left) = (random.Next(3) == 0 ? (long?)null : Amount, random.Next(2) == 0, payment.Amount - payment.Refunded);
            var (amount, way) = (wanted ?? left, payment.IsTopUp || random.Next(2) == 0 ? RefundWay.Transfer : RefundWay.Wallet);
            var foreseen = amount > left || amount == 0 ? "refund.too-much" : payment.IsTopUp && Of(payment.Person).Balance < amount ? "wallet.insufficient" : "";
            return Do("refund", foreseen, async (s, b) => await s.GetRequiredService<RefundBook>().Give(b, new(payment.Id, wanted, way, takesBack, "Test"), default), _ =>
            {
                payment.Refunded += amount;
                if (payment.IsTopUp) Of(payment.Person).Balance -= amount;
                else if (way == RefundWay.Wallet) Of(payment.Person).Balance += amount;
                var rest = amount;
                foreach (var part in payment.Parts.OrderByDescending(p => p.Charge.Id))
                {
                    var share = Math.Min(rest, part.Amount - part.Refunded);
                    (part.Refunded, part.Charge.Paid, rest) = (part.Refunded + share, part.Charge.Paid - share, rest - share);
                    if (takesBack) part.Charge.Credited += share;
                }
            });
        }

        private Task<(string, string, string)> Hold(Guid person)
        {
            var amount = Amount;
            if (!Wallets.ContainsKey(person)) return Task.FromResult(("nothing", "", ""));
            return Do("hold", Of(person).Balance < amount ? "wallet.insufficient" : "", async (_, b) => await WalletBook.Hold(b, (await WalletBook.Of(b, PayerKind.Patient, person, "EUR", default)).Id, amount, "test", Guid.NewGuid(), default), made =>
            {
                (Of(person).Balance, Of(person).Held) = (Of(person).Balance - amount, Of(person).Held + amount);
                holds.Add((made.Id, person, amount));
            });
        }

        /// <summary>Let go; half of the time to be taken for a charge at once.</summary>
        private Task<(string, string, string)> Release((Guid Id, Guid Person, long Amount) hold)
        {
            var charge = random.Next(2) == 0 ? Any(Charges.Where(c => c.Person == hold.Person && c.Due > 0)) : null;
            var amount = Math.Min(hold.Amount, charge?.Due ?? 0);
            return Do("release", "", async (s, b) =>
            {
                await WalletBook.Release(b, hold.Id, charge is not null, default);
                return charge is null ? null : await s.GetRequiredService<PaymentBook>().Take(b, new() { Method = PaymentMethod.Wallet, Amount = amount, ChargeIds = [charge.Id], IsSecond = true }, default);
            }, made =>
            {
                holds.Remove(hold);
                (Of(hold.Person).Held, Of(hold.Person).Balance) = (Of(hold.Person).Held - hold.Amount, Of(hold.Person).Balance + hold.Amount - amount);
                if (charge is null) return;
                charge.Paid += amount;
                payments.Add(new(made!.Id, hold.Person, PaymentMethod.Wallet, amount, at, false, [new(charge, amount)]));
            });
        }

        private static Task<Charge> Row(SalusDb db, ModelCharge charge) => db.Charges.AsNoTracking().SingleAsync(c => c.Id == charge.Id);

        /// <summary>One in eight breaks off before its commit, and leaves nothing.</summary>
        private async Task<(string, string, string)> Do<T>(string act, string foreseen, Func<IServiceProvider, Booking, Task<T>> book, Action<T> then)
        {
            var breaks = random.Next(8) == 0;
            using var scope = clinic.Salus.Services.CreateScope();
            try
            {
                var made = await clinic.Salus.Database.Write(clinic.Id, async db =>
                {
                    var result = await book(scope.ServiceProvider, new(db, at, DateOnly.FromDateTime(at), null, _ => { }));
                    await db.SaveChangesAsync();
                    return breaks ? throw new Broken() : result;
                }, default);
                then(made);
                Done[act] = Done.GetValueOrDefault(act) + 1;
                return (act, foreseen, "");
            }
            catch (Broken) { return (act, foreseen, ""); }
            catch (Refusal refusal) { return (act, foreseen, refusal.Code); }
        }

        public List<string> Foreseen() =>
        [
            .. Charges.Select(c => $"charge {c.Id} {c.Total} {c.Paid} {c.Credited}").Order(StringComparer.Ordinal), .. payments.Select(p => $"payment {p.Id} {p.Amount} {p.Refunded}").Order(StringComparer.Ordinal),
            .. Wallets.Select(w => $"wallet {w.Key} {w.Value.Balance} {w.Value.Held}").Order(StringComparer.Ordinal),
        ];

        public async Task<List<string>> Held()
        {
            await using var db = clinic.Open();
            return
            [
                .. (await db.Charges.AsNoTracking().ToListAsync()).Select(c => $"charge {c.Id} {c.Total} {c.Paid} {c.Credited}").Order(StringComparer.Ordinal), .. (await db.Payments.AsNoTracking().ToListAsync()).Select(p => $"payment {p.Id} {p.Amount} {p.Refunded}").Order(StringComparer.Ordinal),
                .. (await db.Wallets.AsNoTracking().ToListAsync()).Select(w => $"wallet {w.PayerId} {w.Balance} {w.Held}").Order(StringComparer.Ordinal),
            ];
        }
    }
}
