using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Refunds;

public sealed record RefundPage(IReadOnlyList<RefundView> Items, Guid? Next);

/// <summary>What was given back, newest first, read by key.</summary>
public sealed class RefundList(Tools tools) : ReadModel<RefundList.Query, RefundPage>(tools)
{
    public const string Action = "refund.list";

    public sealed record Query
    {
        public RefundState? State { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, RefundPage result) => result.Items.Count == 0 ? null : ("refund", [.. result.Items.Select(r => r.Id)]);

    protected override async Task<RefundPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(null, query.Limit);
        var found = db.Refunds.AsNoTracking();
        if (query.State is { } state) found = found.Where(r => r.State == state);
        if (query.After is { } after) found = found.Where(r => r.Id < after);
        var rows = await found.OrderByDescending(r => r.Id).Take(query.Limit + 1).ToListAsync(ct);
        return new([.. rows.Take(query.Limit).Select(RefundView.Of)], rows.Count > query.Limit ? rows[query.Limit - 1].Id : null);
    }
}
