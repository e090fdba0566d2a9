using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Invoices;

/// <summary>Who gives the paper out.</summary>
public sealed record PaperIssuer(Guid Id, string Name, string Slug, string Language, TimeZoneInfo Zone, PaymentSettings Settings)
{
    public static async Task<PaperIssuer> Of(SalusDb db, CancellationToken ct)
    {
        var organisation = await db.Organisations.AsNoTracking().SingleAsync(o => o.Id == db.OrganisationId, ct);
        return new(organisation.Id, organisation.Name, organisation.Slug, organisation.Language, organisation.Zone, await db.PaymentSettingsNow(ct));
    }
}

/// <summary>What stands on an invoice.</summary>
public sealed record InvoiceFacts(PaperIssuer Issuer, Invoice Invoice, IReadOnlyList<Charge> Charges, IReadOnlyList<ChargeLine> Lines)
{
    /// <summary>Who reads it may not see the payer's name: it bears no code that opens the whole of it.</summary>
    public bool IsVeiled { get; init; }

    // What was made void has let its charges go: they may have been paid on another.
    public long Paid => Invoice.VoidedAt is null ? Charges.Sum(c => c.Paid) : 0;
    public long Credited => Invoice.VoidedAt is null ? Charges.Sum(c => c.Credited) : 0;
    public long Due => Invoice.VoidedAt is null ? Invoice.Total - Paid - Credited : 0;

    public static async Task<InvoiceFacts> Of(SalusDb db, Guid id, CancellationToken ct)
    {
        var invoice = await db.Invoices.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, ct) ?? throw Refusal.NotFound();
        var named = db.InvoiceCharges.Where(i => i.InvoiceId == id).Select(i => i.ChargeId);
        var charges = await db.Charges.AsNoTracking().Where(c => named.Contains(c.Id)).OrderBy(c => c.ChargedAt).ThenBy(c => c.Id).ToListAsync(ct);
        var ids = charges.Select(c => c.Id).ToList();
        var lines = await db.ChargeLines.AsNoTracking().Where(l => ids.Contains(l.ChargeId)).ToListAsync(ct);
        return new(await PaperIssuer.Of(db, ct), invoice, charges, [.. lines.OrderBy(l => ids.IndexOf(l.ChargeId)).ThenBy(l => l.Position)]);
    }
}

/// <summary>What stands on a receipt.</summary>
public sealed record ReceiptFacts(PaperIssuer Issuer, Payment Payment, IReadOnlyList<(string Title, long Amount)> Parts)
{
    public static async Task<ReceiptFacts> Of(SalusDb db, Guid id, CancellationToken ct)
    {
        var payment = await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw Refusal.NotFound();
        var parts = await (from part in db.PaymentParts.AsNoTracking().Where(p => p.PaymentId == id) join charge in db.Charges on part.ChargeId equals charge.Id orderby charge.Rank, charge.Id select new { charge.Title, part.Amount }).ToListAsync(ct);
        return new(await PaperIssuer.Of(db, ct), payment, [.. parts.Select(p => (p.Title, p.Amount))]);
    }
}

/// <summary>What stands on a credit note.</summary>
public sealed record CreditFacts(PaperIssuer Issuer, CreditNote Note, Charge Charge, string InvoiceNumber)
{
    public static async Task<CreditFacts> Of(SalusDb db, Guid id, CancellationToken ct)
    {
        var note = await db.CreditNotes.AsNoTracking().FirstOrDefaultAsync(n => n.Id == id && n.Number != "", ct) ?? throw Refusal.NotFound();
        var charge = await db.Charges.AsNoTracking().SingleAsync(c => c.Id == note.ChargeId, ct);
        var invoice = await db.Invoices.Where(i => i.Id == charge.InvoiceId).Select(i => i.Number).FirstOrDefaultAsync(ct);
        return new(await PaperIssuer.Of(db, ct), note, charge, invoice ?? "");
    }
}

/// <summary>One line of a statement: what came to be owed as plus, what was paid or taken back as minus.</summary>
public sealed record StatementLine(DateTime At, StatementKind Kind, string Number, string Title, long Amount);

public enum StatementKind { Charge, Payment, Refund, Credit }

/// <summary>What stands on a statement.</summary>
/// <param name="Before">What was owed when its time began.</param>
public sealed record StatementFacts(PaperIssuer Issuer, Statement Statement, long Before, IReadOnlyList<StatementLine> Lines)
{
    public static async Task<StatementFacts> Of(SalusDb db, Guid id, CancellationToken ct)
    {
        var statement = await db.Statements.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw Refusal.NotFound();
        var lines = await LinesOf(db, statement, ct);
        return new(await PaperIssuer.Of(db, ct), statement, lines.Where(l => l.Day < statement.From).Sum(l => l.Line.Amount), [.. lines.Where(l => l.Day >= statement.From).OrderBy(l => l.Line.At).ThenBy(l => l.Line.Kind).Select(l => l.Line)]);
    }

    // What is in a wallet is not owed: filling one and paying from it stand apart, and only the paying counts here.
    private static async Task<List<(DateOnly Day, StatementLine Line)>> LinesOf(SalusDb db, Statement s, CancellationToken ct)
    {
        // By the parts that went to the payer's charges, whoever paid: what an insurer took over is not owed either. And no later than the paper: it never changes.
        var own = db.Charges.Where(c => c.PayerId == s.PayerId && c.PayerKind == s.PayerKind && c.Currency == s.Currency);
        var charges = await own.AsNoTracking().Where(c => c.Day <= s.To && c.ChargedAt <= s.At).Select(c => new { c.Day, c.ChargedAt, c.Title, c.Total }).ToListAsync(ct);
        var payments = await (from part in db.PaymentParts join payment in db.Payments on part.PaymentId equals payment.Id
                              where own.Any(c => c.Id == part.ChargeId) && payment.Day <= s.To && payment.At <= s.At
                              group part.Amount by new { payment.Id, payment.Day, payment.At, payment.Number } into one
                              select new { one.Key.Day, one.Key.At, one.Key.Number, Amount = one.Sum() }).ToListAsync(ct);
        var refunds = await (from part in db.Set<RefundPart>() join refund in db.Refunds on part.RefundId equals refund.Id
                             where own.Any(c => c.Id == part.ChargeId) && refund.Day <= s.To && refund.At <= s.At
                             group part.Amount by new { refund.Id, refund.Day, refund.At, refund.Number, refund.Reason } into one
                             select new { one.Key.Day, one.Key.At, one.Key.Number, one.Key.Reason, Amount = one.Sum() }).ToListAsync(ct);
        var credits = await db.CreditNotes.AsNoTracking().Where(n => own.Any(c => c.Id == n.ChargeId) && n.Day <= s.To && n.At <= s.At).Select(n => new { n.Day, n.At, n.Number, n.Reason, n.Amount }).ToListAsync(ct);
        return
        [
            .. charges.Select(c => (c.Day, new StatementLine(c.ChargedAt, StatementKind.Charge, "", c.Title, c.Total))), .. payments.Select(p => (p.Day, new StatementLine(p.At, StatementKind.Payment, p.Number, "", -p.Amount))),
            .. refunds.Select(r => (r.Day, new StatementLine(r.At, StatementKind.Refund, r.Number, r.Reason, r.Amount))), .. credits.Select(n => (n.Day, new StatementLine(n.At, StatementKind.Credit, n.Number, n.Reason, -n.Amount))),
        ];
    }
}
