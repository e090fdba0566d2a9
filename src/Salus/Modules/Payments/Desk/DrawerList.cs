using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Desk;

/// <param name="Own">One's own open drawer; null: it is closed.</param>
public sealed record DrawerPage(DrawerView? Own, IReadOnlyList<DrawerView> Items, Guid? Next);

/// <summary>One's own drawers, newest first; those of everybody for who closes the day.</summary>
public sealed class DrawerList(Tools tools) : ReadModel<DrawerList.Query, DrawerPage>(tools)
{
    public const string Action = "drawer.list";

    public sealed record Query
    {
        public bool OpenOnly { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, DrawerPage result) => null;

    protected override async Task<DrawerPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(null, query.Limit);
        var found = db.Drawers.AsNoTracking();
        if (!Actor.May(PaymentPermissions.CloseDay)) found = found.Where(d => d.OwnerId == Actor.Id);
        if (query.OpenOnly) found = found.Where(d => d.ClosedAt == null);
        if (query.After is { } after) found = found.Where(d => d.Id < after);
        var rows = await found.OrderByDescending(d => d.Id).Take(query.Limit + 1).ToListAsync(ct);
        var own = await db.Drawers.AsNoTracking().Where(d => d.OwnerId == Actor.Id && d.ClosedAt == null).FirstOrDefaultAsync(ct);
        var all = rows.Append(own).OfType<Drawer>().ToList();
        var (ids, owners) = (all.Select(d => (Guid?)d.Id).ToList(), all.Select(d => d.OwnerId).ToList());
        var sums = await db.LedgerEntries.Where(e => ids.Contains(e.OwnerId) && e.Account == LedgerAccount.Cash).GroupBy(e => e.OwnerId).Select(g => new { g.Key, Sum = g.Sum(e => e.Amount) }).ToDictionaryAsync(g => g.Key!.Value, g => g.Sum, ct);
        var names = await db.Accounts.Where(a => owners.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.Name, ct);
        DrawerView View(Drawer d) => DrawerView.Of(d, names.GetValueOrDefault(d.OwnerId, ""), d.ClosedAt is null ? sums.GetValueOrDefault(d.Id) : d.Expected);
        return new(own is null ? null : View(own), [.. rows.Take(query.Limit).Select(View)], rows.Count > query.Limit ? rows[query.Limit - 1].Id : null);
    }
}
