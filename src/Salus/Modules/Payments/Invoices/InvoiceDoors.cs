using Salus.Modules.Payments.Contract;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus.Modules.Payments.Invoices;

/// <summary>Invoices and papers over HTTP for programs, and the papers for everybody who may read them.</summary>
public static class InvoiceDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Money");
        api.MapGet("/invoices", (InvoiceList list, CancellationToken ct, string? filter = null, Guid? payer = null, string? q = null, Guid? after = null, int limit = 25) =>
                list.Run(new() { Filter = Words.ReadOrNull<InvoiceFilter>("filter", filter) ?? InvoiceFilter.All, PayerId = payer, Q = q, After = after, Limit = limit }, ct))
            .Requires(PaymentPermissions.Read).Refuses("invalid").Describe("listInvoices", "Invoices: all, drafts, outstanding, overdue or void");
        api.MapPost("/invoices", async (string org, WriteInvoice.Command command, WriteInvoice write, CancellationToken ct) =>
            {
                var made = await write.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/invoices/{made.Id}", made);
            })
            .Requires(PaymentPermissions.Invoice).Repeatable().Refuses("invalid", "not-found", "invoice.charged").Describe("writeInvoice", "Write an invoice over charges of one payer, as a draft or issued at once");
        api.MapGet("/invoices/{id:guid}", (Guid id, InvoiceRecord read, CancellationToken ct) => read.Run(new() { InvoiceId = id }, ct))
            .Requires(PaymentPermissions.Read).Refuses("not-found").Describe("readInvoice", "One invoice with what it is for");
        api.MapPost("/invoices/{id:guid}/issue", (Guid id, IssueInvoice issue, CancellationToken ct) => issue.Run(new() { InvoiceId = id }, ct))
            .Requires(PaymentPermissions.Invoice).Repeatable().Refuses("not-found", "invoice.issued").Describe("issueInvoice", "Give a draft its number");
        api.MapPost("/invoices/{id:guid}/void", (Guid id, VoidInvoice.Command command, VoidInvoice make, CancellationToken ct) => make.Run(command with { InvoiceId = id }, ct))
            .Requires(PaymentPermissions.Invoice).Repeatable().Refuses("invalid", "not-found", "invoice.void", "invoice.paid").Describe("voidInvoice", "Make an invoice void; what it was for is still owed");
        foreach (var (path, paper, codes, name, summary) in ((string, LinkedPaper, string[], string, string)[])
        [
            ("invoices", LinkedPaper.Invoice, ["invalid", "not-found", "invoice.not-issued"], "sendInvoice", "Mail an invoice as a link that opens it"),
            ("payments", LinkedPaper.Receipt, ["invalid", "not-found"], "sendReceipt", "Mail a receipt as a link that opens it"),
            ("credit-notes", LinkedPaper.CreditNote, ["invalid", "not-found"], "sendCreditNote", "Mail a credit note as a link that opens it"),
            ("statements", LinkedPaper.Statement, ["invalid", "not-found"], "sendStatement", "Mail a statement as a link that opens it"),
        ])
        {
            api.MapPost($"/{path}/{{id:guid}}/sending", async (Guid id, SendPaper.Command command, SendPaper send, CancellationToken ct) =>
                {
                    await send.Run(command with { Id = id, Paper = paper }, ct);
                    return TypedResults.NoContent();
                })
                .Requires(PaymentPermissions.Invoice).Repeatable().Refuses(codes).Describe(name, summary);
        }
        api.MapPost("/statements", async (string org, IssueStatement.Command command, IssueStatement issue, CancellationToken ct) =>
            {
                var made = await issue.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/statements/{made.Id}/document", made);
            })
            .Requires(PaymentPermissions.Invoice).Repeatable().Refuses("invalid", "not-found").Describe("issueStatement", "Issue a payer's statement over some time");
        api.MapGet("/invoices/{id:guid}/document", Invoice).Requires(PaymentPermissions.Read).Refuses("not-found", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printInvoice", "An invoice as PDF");
        api.MapGet("/payments/{id:guid}/document", Receipt).Requires(PaymentPermissions.Read).Refuses("not-found", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printReceipt", "The receipt of a payment as PDF");
        api.MapGet("/credit-notes/{id:guid}/document", CreditNote).Requires(PaymentPermissions.Read).Refuses("not-found", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printCreditNote", "A credit note as PDF");
        api.MapGet("/statements/{id:guid}/document", Statement).Requires(PaymentPermissions.Read).Refuses("not-found", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printStatement", "A statement as PDF");
        var pages = routes.Pages();
        pages.MapGet("/invoices/{id:guid}/paper.pdf", Invoice).Requires(PaymentPermissions.Read);
        pages.MapGet("/payments/{id:guid}/paper.pdf", Receipt).Requires(PaymentPermissions.Read);
        pages.MapGet("/credit-notes/{id:guid}/paper.pdf", CreditNote).Requires(PaymentPermissions.Read);
        pages.MapGet("/statements/{id:guid}/paper.pdf", Statement).Requires(PaymentPermissions.Read);
    }

    private static async Task Invoice(Guid id, PrintInvoice read, MoneyPapers papers, Printer printer, HttpContext http, CancellationToken ct)
    {
        var facts = await read.Run(new(id), ct);
        await printer.Answer(http, facts.Issuer.Id, facts.Issuer.Language, () => papers.Invoice(facts), ct);
    }

    private static async Task Receipt(Guid id, PrintReceipt read, MoneyPapers papers, Printer printer, HttpContext http, CancellationToken ct)
    {
        var facts = await read.Run(new(id), ct);
        await printer.Answer(http, facts.Issuer.Id, facts.Issuer.Language, () => papers.Receipt(facts), ct);
    }

    private static async Task CreditNote(Guid id, PrintCreditNote read, MoneyPapers papers, Printer printer, HttpContext http, CancellationToken ct)
    {
        var facts = await read.Run(new(id), ct);
        await printer.Answer(http, facts.Issuer.Id, facts.Issuer.Language, () => papers.CreditNote(facts), ct);
    }

    private static async Task Statement(Guid id, PrintStatement read, MoneyPapers papers, Printer printer, HttpContext http, CancellationToken ct)
    {
        var facts = await read.Run(new(id), ct);
        await printer.Answer(http, facts.Issuer.Id, facts.Issuer.Language, () => papers.Statement(facts), ct);
    }
}
