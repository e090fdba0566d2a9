using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Online;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Reconciliation;

public sealed record ReportView(Guid Id, PaymentMethod Method, DateOnly From, DateOnly To, int Lines, int Differences, DateTime At);

/// <param name="Reported">What the report says; null where it says nothing.</param>
/// <param name="Booked">What the books say; null where they say nothing.</param>
public sealed record DifferenceView(Guid Id, Guid ReportId, Finding Finding, bool IsRefund, string Reference, Money? Reported, Money? Booked, DateTime? SettledAt, string Reason)
{
    public static DifferenceView Of(ReportDifference d) => new(d.Id, d.ReportId, d.Finding, d.IsRefund, d.Reference, d.Finding == Finding.NotInReport ? null : Money.Of(d.Reported, d.Currency), d.Finding == Finding.NotInBooks ? null : Money.Of(d.Booked, d.Currency), d.SettledAt, d.Reason);
}

/// <summary>Compares a provider's or a bank's list with the books: by its reference each payment and refund must be in both, with the same amount.</summary>
public sealed class CompareReport(Tools tools, OrganisationSlot organisation) : MoneyUseCase<CompareReport.Command, ReportView>(tools, organisation)
{
    public const string Action = "report.compare";
    private List<ReportLine> lines = [];

    public sealed record Command(PaymentMethod Method, byte[] File);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Reconcile);

    protected override Task Prepare(Command command, CancellationToken ct)
    {
        if (command.Method is PaymentMethod.Cash or PaymentMethod.Wallet) throw Refusal.Field("method", "Nobody else keeps a list of this.");
        lines = ReportFile.Read(command.File);
        return lines.Count > 0 ? Task.CompletedTask : throw Refusal.Field("file", "The file is empty.");
    }

    protected override async Task<ReportView> Handle(Command command, CancellationToken ct)
    {
        var (from, to) = (lines.Min(l => l.Day), lines.Max(l => l.Day));
        var report = new ProviderReport { Method = command.Method, From = from, To = to, Lines = lines.Count, At = Now, By = Actor.Id };
        var theirs = lines.GroupBy(l => (l.Reference, l.Currency, l.IsRefund)).ToDictionary(g => g.Key, g => g.Sum(l => l.Amount));
        var (inTime, byName) = await Ours(command.Method, from, to, [.. lines.Select(l => l.Reference).Distinct()], ct);
        foreach (var (key, reported) in theirs)
        {
            var booked = byName.GetValueOrDefault(key);
            if (booked != reported) Db.Add(Difference(report, booked == 0 ? Finding.NotInBooks : Finding.AmountDiffers, key, reported, booked));
        }
        foreach (var (key, booked) in inTime.Where(o => !theirs.ContainsKey(o.Key))) Db.Add(Difference(report, Finding.NotInReport, key, 0, booked));
        report.Differences = Db.ChangeTracker.Entries<ReportDifference>().Count();
        Db.Add(report);
        Subject("report", report.Id, $"{command.Method} {lines.Count} lines, {report.Differences} differences");
        return new(report.Id, report.Method, from, to, report.Lines, report.Differences, report.At);
    }

    private static ReportDifference Difference(ProviderReport report, Finding finding, (string Reference, string Currency, bool IsRefund) key, long reported, long booked) =>
        new() { ReportId = report.Id, Finding = finding, Reference = key.Reference, Currency = key.Currency, IsRefund = key.IsRefund, Reported = reported, Booked = booked };

    /// <summary>What was booked in the report's days, and whatever bears one of its references. One online payment may stand in the books as two: what was owed, and what went into the wallet.</summary>
    private async Task<(Dictionary<(string, string, bool), long> InTime, Dictionary<(string, string, bool), long> ByName)> Ours(PaymentMethod method, DateOnly from, DateOnly to, List<string> references, CancellationToken ct)
    {
        var payments = Db.Payments.Where(p => p.Method == method).Select(p => new { p.Reference, p.Currency, p.Day, p.Amount, IsRefund = false });
        var paid = Db.Payments.Where(p => p.Method == method).Select(p => p.Id);
        var refunds = Db.Refunds.Where(r => paid.Contains(r.PaymentId) && r.Reference != "").Select(r => new { r.Reference, r.Currency, r.Day, r.Amount, IsRefund = true });
        var inTime = await payments.Where(p => p.Day >= from && p.Day <= to).ToListAsync(ct);
        inTime.AddRange(await refunds.Where(r => r.Day >= from && r.Day <= to).ToListAsync(ct));
        var byName = inTime.ToList();
        foreach (var some in references.Chunk(500))
        {
            byName.AddRange(await payments.Where(p => some.Contains(p.Reference) && (p.Day < from || p.Day > to)).ToListAsync(ct));
            byName.AddRange(await refunds.Where(r => some.Contains(r.Reference) && (r.Day < from || r.Day > to)).ToListAsync(ct));
        }
        return (inTime.GroupBy(o => (o.Reference, o.Currency, o.IsRefund)).ToDictionary(g => g.Key, g => g.Sum(o => o.Amount)), byName.GroupBy(o => (o.Reference, o.Currency, o.IsRefund)).ToDictionary(g => g.Key, g => g.Sum(o => o.Amount)));
    }
}

/// <summary>Settles a difference with a reason, once.</summary>
public sealed class SettleDifference(Tools tools, OrganisationSlot organisation) : MoneyUseCase<SettleDifference.Command, bool>(tools, organisation)
{
    public const string Action = "report.settle";

    public sealed record Command
    {
        public Guid DifferenceId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Reconcile);

    protected override async Task<bool> Handle(Command command, CancellationToken ct)
    {
        if (!await Db.ReportDifferences.AnyAsync(d => d.Id == command.DifferenceId, ct)) throw Refusal.NotFound();
        var reason = Text.Clean(command.Reason);
        if (reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        if (await Db.ReportDifferences.Where(d => d.Id == command.DifferenceId && d.SettledAt == null).ExecuteUpdateAsync(set => set.SetProperty(d => d.SettledAt, Now).SetProperty(d => d.SettledBy, Actor.Id).SetProperty(d => d.Reason, reason), ct) == 0)
            throw new Refusal(409, "report.settled", "This difference is settled already.");
        Subject("difference", command.DifferenceId, "settled");
        return true;
    }
}

/// <summary>An online payment for which the provider took something else than was asked for: nothing was booked.</summary>
/// <param name="ProviderId">What the provider calls it.</param>
public sealed record OddCheckout(Guid Id, PaymentMethod Method, PayerView Payer, Money Asked, string ProviderId, DateTime At);

/// <param name="Odd">Of the last months.</param>
public sealed record ReportsView(IReadOnlyList<ReportView> Reports, IReadOnlyList<DifferenceView> Items, Guid? Next, IReadOnlyList<OddCheckout> Odd);

/// <summary>The last reports, and differences: those that are open, or all of one report.</summary>
public sealed class ReportList(Tools tools, Payers payers) : ReadModel<ReportList.Query, ReportsView>(tools)
{
    public const string Action = "report.list";
    private const int MostReports = 10, MostOdd = 20, OddDays = 90;

    public sealed record Query
    {
        public Guid? ReportId { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 50;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Reconcile);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ReportsView result) => result.Odd.Count == 0 ? null : ("payer", [.. result.Odd.Select(o => o.Payer.Id).Distinct()]);

    protected override async Task<ReportsView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(null, query.Limit);
        var reports = await db.ProviderReports.AsNoTracking().OrderByDescending(r => r.Id).Take(MostReports).Select(r => new ReportView(r.Id, r.Method, r.From, r.To, r.Lines, r.Differences, r.At)).ToListAsync(ct);
        var found = db.ReportDifferences.AsNoTracking();
        found = query.ReportId is { } report ? found.Where(d => d.ReportId == report) : found.Where(d => d.SettledAt == null);
        if (query.After is { } after) found = found.Where(d => d.Id < after);
        var rows = await found.OrderByDescending(d => d.Id).Take(query.Limit + 1).ToListAsync(ct);
        var since = Clock.Now().AddDays(-OddDays);
        var odd = await db.Checkouts.AsNoTracking().Where(c => c.State == CheckoutState.Mismatch && c.CreatedAt > since).OrderByDescending(c => c.Id).Take(MostOdd).ToListAsync(ct);
        var veil = await payers.Veil(db, Actor, odd.Select(c => c.PayerId), ct);
        return new(reports, [.. rows.Take(query.Limit).Select(DifferenceView.Of)], rows.Count > query.Limit ? rows[query.Limit - 1].Id : null,
            [.. odd.Select(c => new OddCheckout(c.Id, c.Method, veil.Over(new PayerView(c.PayerKind, c.PayerId, c.PayerName, c.PayerNumber)), Money.Of(c.Amount, c.Currency), c.ProviderId, c.CreatedAt))]);
    }
}
