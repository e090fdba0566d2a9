using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Desk;

public sealed record PaymentPage(IReadOnlyList<PaymentView> Items, Guid? Next);

/// <summary>Payments, newest first, read by key.</summary>
public sealed class PaymentList(Tools tools, Payers payers) : ReadModel<PaymentList.Query, PaymentPage>(tools)
{
    public const string Action = "payment.list";

    public sealed record Query
    {
        public PaymentMethod? Method { get; init; }
        public PaymentKind? Kind { get; init; }
        public PaymentState? State { get; init; }
        public Guid? PayerId { get; init; }
        public DateOnly? Day { get; init; }

        /// <summary>A number or a reference as a whole, or words of the payer's name.</summary>
        public string? Q { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PaymentPage result) => result.Items.Count == 0 ? null : ("payer", [.. result.Items.Select(p => p.Payer.Id).Distinct()]);

    protected override async Task<PaymentPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(query.Q, query.Limit);
        var found = db.Payments.AsNoTracking();
        if (query.Method is { } method) found = found.Where(p => p.Method == method);
        if (query.Kind is { } kind) found = found.Where(p => p.Kind == kind);
        if (query.PayerId is { } payer) found = found.Where(p => p.PayerId == payer);
        if (query.Day is { } day) found = found.Where(p => p.Day == day);
        found = query.State switch
        {
            PaymentState.Completed => found.Where(p => p.Refunded == 0),
            PaymentState.PartRefunded => found.Where(p => p.Refunded > 0 && p.Refunded < p.Amount),
            PaymentState.Refunded => found.Where(p => p.Refunded == p.Amount),
            _ => found,
        };
        if (Text.Clean(query.Q) is { Length: > 0 } q) found = await Matching(found, db, q, ct);
        if (query.After is { } after) found = found.Where(p => p.Id < after);
        var rows = await found.OrderByDescending(p => p.Id).Take(query.Limit + 1).ToListAsync(ct);
        var veil = await payers.Veil(db, Actor, rows.Select(p => p.PayerId), ct);
        return new([.. rows.Take(query.Limit).Select(p => veil.Over(PaymentView.Of(p)))], rows.Count > query.Limit ? rows[query.Limit - 1].Id : null);
    }

    private async Task<IQueryable<Payment>> Matching(IQueryable<Payment> payments, SalusDb db, string q, CancellationToken ct)
    {
        var number = q.ToUpperInvariant();
        var exact = payments.Where(p => p.Number == number || (p.Reference != "" && p.Reference == q));
        return number.StartsWith("REC-", StringComparison.Ordinal) || !Lists.Patterns(q).Any() || await exact.AnyAsync(ct) ? exact : payers.Named(payments, db, Actor, q);
    }
}

/// <summary>One payment with everything that belongs to it.</summary>
public sealed class PaymentRecord(Tools tools, Payers payers) : ReadModel<PaymentRecord.Query, PaymentDetails>(tools)
{
    public const string Action = "payment.read";

    public sealed record Query { public Guid PaymentId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PaymentDetails result) => ("payer", [result.Payment.Payer.Id]);

    protected override async Task<PaymentDetails> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var id = query.PaymentId;
        var payment = await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw Refusal.NotFound();
        var parts = await (from part in db.PaymentParts.AsNoTracking().Where(p => p.PaymentId == id)
                           join charge in db.Charges.AsNoTracking() on part.ChargeId equals charge.Id
                           orderby charge.Rank, charge.Id
                           select new { part.ChargeId, charge.Title, part.Amount, part.Refunded }).ToListAsync(ct);
        var refunds = await db.Refunds.AsNoTracking().Where(r => r.PaymentId == id).OrderBy(r => r.Id).ToListAsync(ct);
        var by = payment.By is { } who ? await db.Accounts.Where(a => a.Id == who).Select(a => a.Name).FirstOrDefaultAsync(ct) : null;
        var veil = await payers.Veil(db, Actor, [payment.PayerId], ct);
        return new(veil.Over(PaymentView.Of(payment)), [.. parts.Select(p => veil.Over(new PartView(p.ChargeId, p.Title, Money.Of(p.Amount, payment.Currency), Money.Of(p.Refunded, payment.Currency)), payment.PayerId))], [.. refunds.Select(RefundView.Of)], by ?? "");
    }
}
