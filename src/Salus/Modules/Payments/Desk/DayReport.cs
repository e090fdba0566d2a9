using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Desk;

/// <summary>What came in and went out by one account on a day.</summary>
public sealed record DayLine(LedgerAccount Account, Money In, Money Out, Money Net);

/// <param name="IsFinal">It is closed, and these are the sums with which it was.</param>
/// <param name="AddsUp">What the ledger says came in is what the payments say.</param>
/// <param name="Received">What is here: what insurers have taken over counts on the day on which they pay it.</param>
/// <param name="OpenDrawers">As long as one is open, the day cannot be closed.</param>
/// <param name="Differences">What was found too much or too little in drawers that were closed on this day.</param>
public sealed record DayView(DateOnly Day, bool IsFinal, bool AddsUp, IReadOnlyList<DayLine> Lines, IReadOnlyList<Money> Received, int Payments, int Refunds, int OpenDrawers, IReadOnlyList<Money> Differences, DateTime? ClosedAt, string Note);

/// <summary>What came in and went out on a day, and whether it adds up.</summary>
public sealed class DayReport(Tools tools) : ReadModel<DayReport.Query, DayView>(tools)
{
    public const string Action = "day.read";

    public sealed record Query { public DateOnly Day { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.CloseDay);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, DayView result) => null;

    protected override async Task<DayView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var closed = await db.DayCloses.AsNoTracking().FirstOrDefaultAsync(d => d.Day == query.Day, ct);
        var sums = closed is null ? await DaySums.Of(db, query.Day, ct)
            : await db.DayTotals.AsNoTracking().Where(t => t.DayCloseId == closed.Id).Select(t => new DaySum(t.Account, t.Currency, t.In, t.Out)).ToListAsync(ct);
        var payments = await db.Payments.CountAsync(p => p.Day == query.Day, ct);
        var refunds = await db.Refunds.CountAsync(r => r.Day == query.Day, ct);
        var differences = await db.Drawers.Where(d => d.ClosedOn == query.Day && d.Counted != d.Expected).GroupBy(d => d.Currency).Select(g => new { g.Key, Sum = g.Sum(d => d.Counted - d.Expected) }).ToListAsync(ct);
        var open = await db.Drawers.CountAsync(d => d.ClosedAt == null, ct);
        return new(query.Day, closed is not null, await DaySums.AddUp(db, query.Day, sums, ct), [.. sums.OrderBy(s => s.Account).Select(s => new DayLine(s.Account, Money.Of(s.In, s.Currency), Money.Of(s.Out, s.Currency), Money.Of(s.In - s.Out, s.Currency)))],
            [.. sums.Where(s => s.Account is not (LedgerAccount.Wallet or LedgerAccount.Insurance)).GroupBy(s => s.Currency).Select(g => Money.Of(g.Sum(s => s.In - s.Out), g.Key))], payments, refunds, open, [.. differences.Select(d => Money.Of(d.Sum, d.Key))], closed?.At, closed?.Note ?? "");
    }
}

/// <summary>Closes a day for good. What comes later on it is booked on the next.</summary>
public sealed class CloseDay(Tools tools, OrganisationSlot organisation) : MoneyUseCase<CloseDay.Command, Guid>(tools, organisation)
{
    public const string Action = "day.close";

    public sealed record Command
    {
        public DateOnly Day { get; init; }

        [StringLength(400, ErrorMessage = "This is too long.")]
        public string? Note { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.CloseDay);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (command.Day > Booking.Day) throw Refusal.Field("day", "This day has not come yet.");
        // Who books holds one of these until the commit: nothing is under way while the sums are made.
        foreach (var day in new[] { command.Day, Booking.Day }.DistinctBy(d => d.Year))
            foreach (var kind in new[] { DocumentKind.Receipt, DocumentKind.Refund }) await Numbers.Hold(Db, kind, day, ct);
        if (await Db.DayCloses.AnyAsync(d => d.Day == command.Day, ct)) throw Taken();
        if (await Db.Drawers.AnyAsync(d => d.ClosedAt == null, ct)) throw new Refusal(409, "day.drawer-open", "A drawer is still open.") { Unlock = "Close every drawer first." };
        var sums = await DaySums.Of(Db, command.Day, ct);
        if (!await DaySums.AddUp(Db, command.Day, sums, ct)) throw new Refusal(409, "day.does-not-add-up", "The sums of this day do not add up.") { Unlock = "Have the ledger verified: it says where the fault is." };
        var close = new DayClose { Day = command.Day, At = Now, By = Actor.Id, Note = Text.Clean(command.Note) };
        Db.Add(close);
        Db.AddRange(sums.Select(s => new DayTotal { DayCloseId = close.Id, Account = s.Account, Currency = s.Currency, In = s.In, Out = s.Out }));
        Subject("day", close.Id, "closed");
        return close.Id;
    }

    protected override Refusal Taken() => new(409, "day.closed", "This day is closed already.");
}

internal sealed record DaySum(LedgerAccount Account, string Currency, long In, long Out);

/// <summary>The sums of a day, told by the ledger.</summary>
internal static class DaySums
{
    private static readonly LedgerAccount[] Counted =
        [LedgerAccount.Cash, LedgerAccount.Card, LedgerAccount.Bank, LedgerAccount.Insurance, LedgerAccount.Stripe, LedgerAccount.PayPal, LedgerAccount.Paq, LedgerAccount.RefundDue, LedgerAccount.Wallet];

    public static async Task<List<DaySum>> Of(SalusDb db, DateOnly day, CancellationToken ct) =>
        await (from entry in db.LedgerEntries.Where(e => e.Day == day && Counted.Contains(e.Account))
               join cause in db.LedgerTransactions on entry.TransactionId equals cause.Id
               where cause.CauseKind == Cause.Payment || cause.CauseKind == Cause.Refund || cause.CauseKind == Cause.Claim
               group entry by new { entry.Account, entry.Currency } into g
               select new DaySum(g.Key.Account, g.Key.Currency, g.Sum(e => e.Amount > 0 ? e.Amount : 0), g.Sum(e => e.Amount < 0 ? -e.Amount : 0))).ToListAsync(ct);

    /// <summary>True when what came in by each method is what the payments by it say, and at the bank what insurers paid beside them.</summary>
    public static async Task<bool> AddUp(SalusDb db, DateOnly day, IReadOnlyList<DaySum> sums, CancellationToken ct)
    {
        var said = (await db.Payments.Where(p => p.Day == day && p.Method != PaymentMethod.Wallet).GroupBy(p => new { p.Method, p.Currency }).Select(g => new { g.Key.Method, g.Key.Currency, Sum = g.Sum(p => p.Amount) }).ToListAsync(ct))
            .ToDictionary(s => (PaymentBook.AccountOf(s.Method), s.Currency), s => s.Sum);
        var claims = db.LedgerTransactions.Where(t => t.Day == day && t.CauseKind == Cause.Claim).Select(t => t.Id);
        foreach (var arrived in await db.LedgerEntries.Where(e => e.Day == day && e.Account == LedgerAccount.Bank && claims.Contains(e.TransactionId)).GroupBy(e => e.Currency).Select(g => new { g.Key, Sum = g.Sum(e => e.Amount) }).ToListAsync(ct))
            said[(LedgerAccount.Bank, arrived.Key)] = said.GetValueOrDefault((LedgerAccount.Bank, arrived.Key)) + arrived.Sum;
        var booked = sums.Where(s => s.In > 0 && s.Account is not (LedgerAccount.Wallet or LedgerAccount.RefundDue)).ToDictionary(s => (s.Account, s.Currency), s => s.In);
        return said.Count == booked.Count && said.All(s => booked.GetValueOrDefault(s.Key) == s.Value);
    }
}
