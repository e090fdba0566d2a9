using System.Globalization;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Resources;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus.Modules.Payments.Invoices;

/// <summary>Invoices, receipts, credit notes and statements, put together from facts in the language of the moment.</summary>
public sealed class MoneyPapers(IStringLocalizer<Texts> texts, Settings settings, PayLinks links, TimeProvider clock)
{
    public PrintedDocument Invoice(InvoiceFacts facts)
    {
        var (invoice, issuer) = (facts.Invoice, facts.Issuer);
        var parts = new List<PrintPart>();
        if (invoice.VoidedAt is not null) parts.Add(new PrintText(texts["This invoice is void."], IsStrong: true));
        else if (invoice.IssuedAt is null) parts.Add(new PrintText(texts["This is a draft and asks for nothing yet."], IsStrong: true));
        parts.AddRange(Head(issuer, invoice.PayerName, invoice.PayerNumber, [(texts["Number"], invoice.Number), (texts["Date"], PageTools.Day(invoice.IssuedOn)), (texts["Due on"], PageTools.Day(invoice.DueOn))]));
        parts.Add(Lines(facts));
        parts.Add(Sums(facts));
        if (facts.Due > 0 && issuer.Settings.Iban.Length > 0)
        {
            parts.Add(new PrintHeading(texts["To pay by bank transfer"]));
            parts.Add(new PrintPairs([(texts["Account holder"], Legal(issuer)), (texts["IBAN"], issuer.Settings.Iban), (texts["BIC"], issuer.Settings.Bic), (texts["Bank"], issuer.Settings.BankName), (texts["Reference"], invoice.Number)]));
        }
        if (issuer.Settings.InvoiceNote.Length > 0) parts.Add(new PrintText(issuer.Settings.InvoiceNote));
        return Document(texts["Invoice"], issuer, invoice.Number.Length > 0 ? invoice.Number : "draft", parts, invoice.IssuedAt is null || facts.IsVeiled ? null : new(links.Sign(LinkedPaper.Invoice, invoice.Id, invoice.OrganisationId), invoice.Number));
    }

    public PrintedDocument Receipt(ReceiptFacts facts)
    {
        var (payment, issuer) = (facts.Payment, facts.Issuer);
        var parts = new List<PrintPart>(Head(issuer, payment.PayerName, payment.PayerNumber,
            [(texts["Number"], payment.Number), (texts["Received on"], payment.At.In(issuer.Zone).ToString("g", CultureInfo.CurrentCulture)), (texts["By"], texts[Words.Of(payment.Method)]), (texts["Reference"], payment.Reference)]));
        var rows = payment.Kind == PaymentKind.TopUp ? [[texts["Into the wallet"].Value, Show(payment.Amount, payment.Currency)]] : facts.Parts.Select(p => (IReadOnlyList<string>)[p.Title, Show(p.Amount, payment.Currency)]).ToList();
        parts.Add(new PrintTable([new(texts["For"], 4), new(texts["Amount"], 1.4, IsNumber: true)], rows));
        List<(string, string)> sums = [(texts["Received"], Show(payment.Amount, payment.Currency))];
        if (payment.Change > 0) sums.AddRange([(texts["Handed over"], Show(payment.Tendered, payment.Currency)), (texts["Change"], Show(payment.Change, payment.Currency))]);
        if (payment.Refunded > 0) sums.Add((texts["Given back since"], Show(payment.Refunded, payment.Currency)));
        parts.Add(new PrintPairs(sums));
        return Document(texts["Receipt"], issuer, payment.Number, parts, new($"{settings.BaseUrl}/{issuer.Slug}/payments/{payment.Id}", payment.Number));
    }

    public PrintedDocument CreditNote(CreditFacts facts)
    {
        var (note, issuer) = (facts.Note, facts.Issuer);
        List<PrintPart> parts =
        [
            .. Head(issuer, facts.Charge.PayerName, facts.Charge.PayerNumber, [(texts["Number"], note.Number), (texts["Date"], PageTools.Day(note.Day)), (texts["Invoice"], facts.InvoiceNumber), (texts["Reason"], note.Reason)]),
            new PrintTable([new(texts["Taken back"], 4), new(texts["Amount"], 1.4, IsNumber: true)], [[facts.Charge.Title, Show(note.Amount, note.Currency)]]),
            new PrintPairs([(texts["Without tax"], Show(note.Amount - note.Tax, note.Currency)), (texts["Tax"], note.Tax == 0 ? "" : Show(note.Tax, note.Currency)), (texts["Total"], Show(note.Amount, note.Currency))]),
        ];
        return Document(texts["Credit note"], issuer, note.Number, parts, new($"{settings.BaseUrl}/{issuer.Slug}/charges/{note.ChargeId}", note.Number));
    }

    public PrintedDocument Statement(StatementFacts facts)
    {
        var (statement, issuer, owed) = (facts.Statement, facts.Issuer, facts.Before);
        var rows = new List<IReadOnlyList<string>> { (IReadOnlyList<string>)["", texts["Owed before"].Value, "", Show(owed, statement.Currency)] };
        foreach (var line in facts.Lines)
        {
            owed += line.Amount;
            var what = string.Join(' ', new[] { Kind(line.Kind), line.Number, line.Title }.Where(t => t.Length > 0));
            rows.Add([PageTools.Day(DateOnly.FromDateTime(line.At.In(issuer.Zone))), what, Show(line.Amount, statement.Currency), Show(owed, statement.Currency)]);
        }
        List<PrintPart> parts =
        [
            .. Head(issuer, statement.PayerName, statement.PayerNumber, [(texts["Number"], statement.Number), (texts["From"], PageTools.Day(statement.From)), (texts["To"], PageTools.Day(statement.To))]),
            new PrintTable([new(texts["Date"], 1.1), new(texts["What"], 3.4), new(texts["Amount"], 1.3, IsNumber: true), new(texts["Owed"], 1.3, IsNumber: true)], rows), new PrintPairs([(texts["Owed at the end"], Show(owed, statement.Currency))]),
        ];
        return Document(texts["Statement"], issuer, statement.Number, parts, new($"{settings.BaseUrl}/{issuer.Slug}/cash/{statement.PayerKind}/{statement.PayerId}", statement.Number));
    }

    private string Kind(StatementKind kind) => kind switch { StatementKind.Charge => "", StatementKind.Payment => texts["Receipt"], StatementKind.Refund => texts["Given back"], _ => texts["Taken back"] };

    private PrintTable Lines(InvoiceFacts facts) => new(
        [new(texts["For"], 3.4), new(texts["Quantity"], 0.9, IsNumber: true), new(texts["Price"], 1.3, IsNumber: true), new(texts["Taken off"], 1.2, IsNumber: true), new(texts["Tax"], 0.8, IsNumber: true), new(texts["Total"], 1.3, IsNumber: true)],
        [.. facts.Lines.Select(l => (IReadOnlyList<string>)
        [
            l.Description, (l.Quantity / 1000m).ToString("0.###", CultureInfo.CurrentCulture), Show(l.UnitPrice, facts.Invoice.Currency), l.Discount == 0 ? "" : Show(l.Discount, facts.Invoice.Currency), Rate(l.TaxRate), Show(l.Total, facts.Invoice.Currency),
        ])]);

    private PrintPairs Sums(InvoiceFacts facts)
    {
        var (invoice, currency) = (facts.Invoice, facts.Invoice.Currency);
        List<(string, string)> sums = [(texts["Without tax"], Show(invoice.Net, currency))];
        sums.AddRange(facts.Lines.GroupBy(l => l.TaxRate).OrderBy(g => g.Key).Select(g => (texts["Tax {0}", Rate(g.Key)].Value, Show(g.Sum(l => l.Tax), currency))));
        sums.Add((texts["Total"], Show(invoice.Total, currency)));
        if (facts.Credited > 0) sums.Add((texts["Taken back"], Show(facts.Credited, currency)));
        if (facts.Paid > 0) sums.Add((texts["Paid"], Show(facts.Paid, currency)));
        if (invoice.VoidedAt is null) sums.Add((texts["To be paid"], Show(facts.Due, currency)));
        return new(sums);
    }

    private IEnumerable<PrintPart> Head(PaperIssuer issuer, string payer, string number, IReadOnlyList<(string, string)> about) =>
    [
        new PrintPairs([(texts["Issued by"], Legal(issuer)), (texts["Address"], issuer.Settings.Address), (texts["Tax number"], issuer.Settings.TaxNumber)]),
        new PrintHeading(payer), new PrintPairs([(texts["Payer's number"], number), .. about]),
    ];

    private PrintedDocument Document(string title, PaperIssuer issuer, string number, IReadOnlyList<PrintPart> parts, PrintCode? code) =>
        new(title, number, issuer.Name, number, texts["Printed on {0}", clock.Now().In(issuer.Zone).ToString("g", CultureInfo.CurrentCulture)], parts) { Code = code };

    private static string Legal(PaperIssuer issuer) => issuer.Settings.LegalName.Length > 0 ? issuer.Settings.LegalName : issuer.Name;
    private static string Show(long minor, string currency) => Money.Show(minor, currency);
    private static string Rate(int rate) => (rate / 100m).ToString("0.##", CultureInfo.CurrentCulture) + " %";
}
