using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Charges;

public sealed record ChargePage(IReadOnlyList<ChargeView> Items, Guid? Next);

/// <summary>What is owed and what was, newest first, read by key.</summary>
public sealed class ChargeList(Tools tools, Payers payers) : ReadModel<ChargeList.Query, ChargePage>(tools)
{
    public const string Action = "charge.list";

    public sealed record Query
    {
        public Guid? PayerId { get; init; }
        public Guid? GroupId { get; init; }

        /// <summary>Only what is still owed.</summary>
        public bool Outstanding { get; init; }

        /// <summary>Words of the payer's name or number.</summary>
        public string? Q { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ChargePage result) => result.Items.Count == 0 ? null : ("payer", [.. result.Items.Select(c => c.Payer.Id).Distinct()]);

    protected override async Task<ChargePage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(query.Q, query.Limit);
        var found = db.Charges.AsNoTracking();
        if (query.PayerId is { } payer) found = found.Where(c => c.PayerId == payer);
        if (query.GroupId is { } group) found = found.Where(c => c.GroupId == group);
        if (query.Outstanding) found = found.Where(Charge.IsOutstanding);
        found = payers.Named(found, db, Actor, query.Q);
        if (query.After is { } after) found = found.Where(c => c.Id < after);
        var rows = await found.OrderByDescending(c => c.Id).Take(query.Limit + 1).ToListAsync(ct);
        var veil = await payers.Veil(db, Actor, rows.Select(c => c.PayerId), ct);
        return new([.. rows.Take(query.Limit).Select(c => veil.Over(ChargeView.Of(c)))], rows.Count > query.Limit ? rows[query.Limit - 1].Id : null);
    }
}

/// <summary>One charge with everything that belongs to it.</summary>
public sealed class ChargeRecord(Tools tools, Payers payers) : ReadModel<ChargeRecord.Query, ChargeDetails>(tools)
{
    public const string Action = "charge.read";

    public sealed record Query { public Guid ChargeId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ChargeDetails result) => ("payer", [result.Charge.Payer.Id]);

    protected override async Task<ChargeDetails> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var charge = await db.Charges.AsNoTracking().FirstOrDefaultAsync(c => c.Id == query.ChargeId, ct) ?? throw Refusal.NotFound();
        var lines = await db.ChargeLines.AsNoTracking().Where(l => l.ChargeId == charge.Id).OrderBy(l => l.Position).ToListAsync(ct);
        var credits = await db.CreditNotes.AsNoTracking().Where(n => n.ChargeId == charge.Id).OrderBy(n => n.Id).ToListAsync(ct);
        var payments = await db.PaymentParts.Where(p => p.ChargeId == charge.Id).OrderBy(p => p.Id).Select(p => p.PaymentId).ToListAsync(ct);
        var veil = await payers.Veil(db, Actor, [charge.PayerId], ct);
        return new(veil.Over(ChargeView.Of(charge)), [.. lines.Select(l => veil.Over(LineView.Of(l, charge.Currency), charge.PayerId))], [.. credits.Select(n => new CreditView(n.Id, n.Kind, n.Number, Money.Of(n.Amount, n.Currency), n.Reason, n.At, n.RefundId))], payments);
    }
}

/// <summary>What all lists of this module share.</summary>
internal static class Lists
{
    public static void Check(string? q, int limit)
    {
        if (q?.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
    }

    /// <summary>Each word must occur; short ones only at the start of a word. A number with hyphens is one word of digits.</summary>
    public static IEnumerable<string> Patterns(string? q)
    {
        var compact = Text.Clean(q).Replace(" ", "", StringComparison.Ordinal);
        if (Text.Digits(compact) is { Length: >= 3 } digits && compact.All(c => char.IsAsciiDigit(c) || c is '-' or '/' or '.')) return [digits];
        return Text.Fold(q).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(6).Select(w => w.Length < 3 ? " " + w : w);
    }
}
