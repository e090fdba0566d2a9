using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Invoices;

public sealed record InvoicePage(IReadOnlyList<InvoiceView> Items, Guid? Next);

/// <summary>Which invoices are looked for.</summary>
public enum InvoiceFilter { All, Draft, Outstanding, Overdue, Void }

/// <summary>Invoices, newest first, read by key.</summary>
public sealed class InvoiceList(Tools tools, OrganisationSlot organisation, Payers payers) : ReadModel<InvoiceList.Query, InvoicePage>(tools)
{
    public const string Action = "invoice.list";

    public sealed record Query
    {
        public InvoiceFilter Filter { get; init; }
        public Guid? PayerId { get; init; }

        /// <summary>A number as a whole, or words of the payer's name.</summary>
        public string? Q { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, InvoicePage result) => result.Items.Count == 0 ? null : ("payer", [.. result.Items.Select(i => i.Payer.Id).Distinct()]);

    protected override async Task<InvoicePage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(query.Q, query.Limit);
        var (found, today) = (db.Invoices.AsNoTracking(), Clock.Today(organisation.Current.Zone));
        if (query.PayerId is { } payer) found = found.Where(i => i.PayerId == payer);
        var owed = db.Charges.Where(Charge.IsOutstanding).Select(c => c.InvoiceId);
        found = query.Filter switch
        {
            InvoiceFilter.Draft => found.Where(i => i.IssuedAt == null && i.VoidedAt == null),
            InvoiceFilter.Outstanding => found.Where(i => i.IssuedAt != null && i.VoidedAt == null && owed.Contains(i.Id)),
            InvoiceFilter.Overdue => found.Where(i => i.IssuedAt != null && i.VoidedAt == null && i.DueOn < today && owed.Contains(i.Id)),
            InvoiceFilter.Void => found.Where(i => i.VoidedAt != null),
            _ => found,
        };
        var number = Text.Clean(query.Q).ToUpperInvariant();
        if (number.StartsWith("INV-", StringComparison.Ordinal)) found = found.Where(i => i.Number == number);
        else found = payers.Named(found, db, Actor, query.Q);
        if (query.After is { } after) found = found.Where(i => i.Id < after);
        var rows = await found.OrderByDescending(i => i.Id).Take(query.Limit + 1).ToListAsync(ct);
        var sums = await Sums(db, [.. rows.Select(i => i.Id)], ct);
        var veil = await payers.Veil(db, Actor, rows.Select(i => i.PayerId), ct);
        return new([.. rows.Take(query.Limit).Select(i => veil.Over(InvoiceView.Of(i, sums.GetValueOrDefault(i.Id).Paid, sums.GetValueOrDefault(i.Id).Credited, today)))], rows.Count > query.Limit ? rows[query.Limit - 1].Id : null);
    }

    /// <summary>What was paid for them, and what was taken back.</summary>
    internal static async Task<Dictionary<Guid, (long Paid, long Credited)>> Sums(SalusDb db, IReadOnlyCollection<Guid> invoices, CancellationToken ct)
    {
        var ids = invoices.Select(i => (Guid?)i).ToList();
        return (await db.Charges.Where(c => ids.Contains(c.InvoiceId)).GroupBy(c => c.InvoiceId).Select(g => new { g.Key, Paid = g.Sum(c => c.Paid), Credited = g.Sum(c => c.Credited) }).ToListAsync(ct)).ToDictionary(g => g.Key!.Value, g => (g.Paid, g.Credited));
    }
}

/// <summary>An invoice with what it is for.</summary>
/// <param name="PayLink">Where it can be read and paid; null where nothing is to be paid, or the actor may not see for what.</param>
public sealed record InvoiceDetails(InvoiceView Invoice, IReadOnlyList<ChargeView> Charges, IReadOnlyList<LineView> Lines, DateTime? VoidedAt, string VoidReason, string? PayLink);

/// <summary>One invoice with everything that belongs to it.</summary>
public sealed class InvoiceRecord(Tools tools, OrganisationSlot organisation, Payers payers, PayLinks links) : ReadModel<InvoiceRecord.Query, InvoiceDetails>(tools)
{
    public const string Action = "invoice.read";

    public sealed record Query { public Guid InvoiceId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, InvoiceDetails result) => ("payer", [result.Invoice.Payer.Id]);

    protected override async Task<InvoiceDetails> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var facts = await InvoiceFacts.Of(db, query.InvoiceId, ct);
        var veil = await payers.Veil(db, Actor, [facts.Invoice.PayerId], ct);
        var lines = facts.Lines.Select(l => veil.Over(LineView.Of(l, facts.Invoice.Currency), facts.Invoice.PayerId));
        return new(veil.Over(InvoiceView.Of(facts.Invoice, facts.Paid, facts.Credited, Clock.Today(organisation.Current.Zone))), [.. facts.Charges.Select(c => veil.Over(ChargeView.Of(c)))], [.. lines], facts.Invoice.VoidedAt, facts.Invoice.VoidReason,
            facts.Due > 0 && facts.Invoice.IssuedAt is not null && !veil.Hides(facts.Invoice.PayerId) ? links.Sign(LinkedPaper.Invoice, facts.Invoice.Id, facts.Invoice.OrganisationId) : null);
    }
}
