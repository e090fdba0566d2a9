using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Figures;

/// <summary>What came in and went out on a day, and what was earned on it.</summary>
public sealed record DayFigure(DateOnly Day, Money Received, Money Earned);

public sealed record MethodFigure(LedgerAccount Method, Money In, Money Out, Money Net);

/// <param name="Purpose">The word of the module that charged.</param>
/// <param name="Earned">Without tax; what was taken back is taken off.</param>
public sealed record PurposeFigure(string Purpose, Money Earned, Money Tax);

/// <param name="Purpose">The word of the module that charged.</param>
/// <param name="Overdue">Of that, on invoices whose day is over.</param>
public sealed record OwedFigure(string Purpose, Money Owed, Money Overdue);

/// <param name="Received">What came in less what went back, whatever it was for; what fills a wallet is among it, and what is paid from one is not again.</param>
/// <param name="Outstanding">Owed now by payers.</param>
/// <param name="Insurers">Owed now by insurers: what they have taken over and not paid yet.</param>
/// <param name="Overdue">Of that, on invoices whose day is over.</param>
/// <param name="InWallets">What payers have left here.</param>
public sealed record MoneyFiguresView(DateOnly From, DateOnly To, Money Received, Money Earned, Money Tax, Money Waived, Money Outstanding, Money Insurers, Money Overdue, Money InWallets, IReadOnlyList<DayFigure> Days, IReadOnlyList<MethodFigure> Methods, IReadOnlyList<PurposeFigure> Purposes, IReadOnlyList<DoctorFigure> Doctors, IReadOnlyList<OwedFigure> Owed);

/// <summary>What was earned and received by day, method, purpose and doctor, told by the ledger itself.</summary>
public sealed class MoneyFigures(Tools tools, OrganisationSlot organisation, IEnumerable<IKnowsWork> works) : ReadModel<MoneyFigures.Query, MoneyFiguresView>(tools)
{
    public const string Action = "money.figures";
    private const int MostDays = 366;

    // What insurers take over is received when they pay it.
    private static readonly LedgerAccount[] Received =
        [LedgerAccount.Cash, LedgerAccount.Card, LedgerAccount.Bank, LedgerAccount.Stripe, LedgerAccount.PayPal, LedgerAccount.Paq, LedgerAccount.RefundDue];

    public sealed record Query
    {
        /// <summary>Not given: the first of the month of <see cref="To"/>.</summary>
        public DateOnly? From { get; init; }

        /// <summary>Not given: today.</summary>
        public DateOnly? To { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Figures);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, MoneyFiguresView result) => null;

    protected override async Task<MoneyFiguresView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var today = Clock.Today(organisation.Current.Zone);
        var to = query.To ?? today;
        var start = query.From ?? new DateOnly(to.Year, to.Month, 1);
        if (to < start || to.DayNumber - start.DayNumber > MostDays) throw Refusal.Field("to", "At most a year, and not before it begins.");
        var currency = (await db.PaymentSettingsNow(ct)).Currency;
        Money Of(long minor) => Money.Of(minor, currency);
        var entries = db.LedgerEntries.Where(e => e.Day >= start && e.Day <= to && e.Currency == currency);
        var sums = await (from entry in entries
                          join cause in db.LedgerTransactions on entry.TransactionId equals cause.Id
                          group entry by new { entry.Day, entry.Account, cause.CauseKind, cause.Purpose } into g
                          select new { g.Key.Day, g.Key.Account, g.Key.CauseKind, g.Key.Purpose, Plus = g.Sum(e => e.Amount > 0 ? e.Amount : 0), Minus = g.Sum(e => e.Amount < 0 ? -e.Amount : 0) }).ToListAsync(ct);
        var money = sums.Where(s => Received.Contains(s.Account) && s.CauseKind is Cause.Payment or Cause.Refund or Cause.Claim).ToList();
        var earned = sums.Where(s => s.Account == LedgerAccount.Revenue).ToList();
        var taxes = sums.Where(s => s.Account == LedgerAccount.Tax).ToList();
        var purposes = earned.Select(e => e.Purpose).Distinct().Order(StringComparer.Ordinal).Select(p => new PurposeSum(p, earned.Where(e => e.Purpose == p).Sum(e => e.Minus - e.Plus), taxes.Where(t => t.Purpose == p).Sum(t => t.Minus - t.Plus))).ToList();
        var owed = db.Charges.Where(Charge.IsOutstanding).Where(c => c.Currency == currency);
        var due = await Sums(owed, ct);
        var late = db.Invoices.Where(i => i.VoidedAt == null && i.DueOn < today).Select(i => (Guid?)i.Id);
        var overdue = await Sums(owed.Where(c => late.Contains(c.InvoiceId)), ct);
        var insurers = await db.LedgerEntries.Where(e => e.Account == LedgerAccount.Insurance && e.Currency == currency).SumAsync(e => e.Amount, ct);
        var wallets = await db.Wallets.Where(w => w.Currency == currency).SumAsync(w => w.Balance + w.Held, ct);
        var days = Enumerable.Range(0, to.DayNumber - start.DayNumber + 1).Select(start.AddDays)
            .Select(d => new DayFigure(d, Of(money.Where(m => m.Day == d).Sum(m => m.Plus - m.Minus)), Of(earned.Where(e => e.Day == d).Sum(e => e.Minus - e.Plus)))).ToList();
        return new(start, to, Of(money.Sum(m => m.Plus - m.Minus)), Of(earned.Sum(e => e.Minus - e.Plus)), Of(taxes.Sum(t => t.Minus - t.Plus)), Of(sums.Where(s => s.Account == LedgerAccount.Waived).Sum(s => s.Plus - s.Minus)), Of(due.Values.Sum()), Of(insurers), Of(overdue.Values.Sum()), Of(wallets), days,
            [.. money.GroupBy(m => m.Account).OrderBy(g => g.Key).Select(g => new MethodFigure(g.Key, Of(g.Sum(m => m.Plus)), Of(g.Sum(m => m.Minus)), Of(g.Sum(m => m.Plus - m.Minus))))],
            [.. purposes.Select(p => new PurposeFigure(p.Purpose, Of(p.Net), Of(p.Tax)))], await WorkFigures.Of(db, works, entries, purposes, currency, ct),
            [.. due.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => new OwedFigure(d.Key, Of(d.Value), Of(overdue.GetValueOrDefault(d.Key))))]);
    }

    private static Task<Dictionary<string, long>> Sums(IQueryable<Charge> owed, CancellationToken ct) =>
        owed.GroupBy(c => c.PurposeKind).Select(g => new { g.Key, Due = g.Sum(c => c.Total - c.Paid - c.Credited) }).ToDictionaryAsync(g => g.Key, g => g.Due, ct);
}
