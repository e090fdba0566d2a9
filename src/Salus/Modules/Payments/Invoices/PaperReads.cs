using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Invoices;

/// <summary>Reads a paper to print it.</summary>
public abstract class PrintPaper<T>(Tools tools) : ReadModel<PaperQuery, T>(tools)
{
    protected override Task Authorize(PaperQuery query, CancellationToken ct) => Require(PaymentPermissions.Read);
}

public sealed record PaperQuery(Guid Id);

public sealed class PrintInvoice(Tools tools, Payers payers) : PrintPaper<InvoiceFacts>(tools)
{
    public const string Action = "invoice.print";
    protected override string Name => Action;
    protected override (string, IReadOnlyCollection<Guid>)? Shown(PaperQuery query, InvoiceFacts result) => ("payer", [result.Invoice.PayerId]);

    protected override async Task<InvoiceFacts> Handle(SalusDb db, PaperQuery query, CancellationToken ct)
    {
        var facts = await InvoiceFacts.Of(db, query.Id, ct);
        return (await payers.Veil(db, Actor, [facts.Invoice.PayerId], ct)).Over(facts);
    }
}

public sealed class PrintReceipt(Tools tools, Payers payers) : PrintPaper<ReceiptFacts>(tools)
{
    public const string Action = "payment.print-receipt";
    protected override string Name => Action;
    protected override (string, IReadOnlyCollection<Guid>)? Shown(PaperQuery query, ReceiptFacts result) => ("payer", [result.Payment.PayerId]);

    protected override async Task<ReceiptFacts> Handle(SalusDb db, PaperQuery query, CancellationToken ct)
    {
        var facts = await ReceiptFacts.Of(db, query.Id, ct);
        return (await payers.Veil(db, Actor, [facts.Payment.PayerId], ct)).Over(facts);
    }
}

public sealed class PrintCreditNote(Tools tools, Payers payers) : PrintPaper<CreditFacts>(tools)
{
    public const string Action = "charge.print-credit-note";
    protected override string Name => Action;
    protected override (string, IReadOnlyCollection<Guid>)? Shown(PaperQuery query, CreditFacts result) => ("payer", [result.Note.PayerId]);

    protected override async Task<CreditFacts> Handle(SalusDb db, PaperQuery query, CancellationToken ct)
    {
        var facts = await CreditFacts.Of(db, query.Id, ct);
        return (await payers.Veil(db, Actor, [facts.Charge.PayerId], ct)).Over(facts);
    }
}

public sealed class PrintStatement(Tools tools, Payers payers) : PrintPaper<StatementFacts>(tools)
{
    public const string Action = "payer.print-statement";
    protected override string Name => Action;
    protected override (string, IReadOnlyCollection<Guid>)? Shown(PaperQuery query, StatementFacts result) => ("payer", [result.Statement.PayerId]);

    protected override async Task<StatementFacts> Handle(SalusDb db, PaperQuery query, CancellationToken ct)
    {
        var facts = await StatementFacts.Of(db, query.Id, ct);
        return (await payers.Veil(db, Actor, [facts.Statement.PayerId], ct)).Over(facts);
    }
}

/// <summary>Gives a payer's statement over some time its number.</summary>
public sealed class IssueStatement(Tools tools, OrganisationSlot organisation, Payers payers) : MoneyUseCase<IssueStatement.Command, IssueStatement.Outcome>(tools, organisation)
{
    public const string Action = "payer.issue-statement";
    private const int MostYears = 10;

    public sealed record Command
    {
        public PayerKind Kind { get; init; }
        public Guid PayerId { get; init; }

        [Required(ErrorMessage = "Please fill this in.")]
        public DateOnly? From { get; init; }

        [Required(ErrorMessage = "Please fill this in.")]
        public DateOnly? To { get; init; }
    }

    public sealed record Outcome(Guid Id, string Number);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Invoice);

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var (from, to) = (command.From!.Value, command.To!.Value);
        if (to < from || to > Booking.Day) throw Refusal.Field("to", "It ends today or before, and not before it begins.");
        if (from < to.AddYears(-MostYears)) throw Refusal.Field("from", "Not more than ten years.");
        var payer = await payers.FindToPay(Db, Actor, command.Kind, command.PayerId, ct);
        var statement = new Statement { PayerKind = payer.Kind, PayerId = payer.Id, PayerName = payer.Name, PayerNumber = payer.Number, Currency = (await Db.PaymentSettingsNow(ct)).Currency, From = from, To = to, At = Now, By = Actor.Id };
        statement.Number = await Numbers.Next(Db, DocumentKind.Statement, Booking.Day, ct);
        Db.Add(statement);
        Subject("statement", statement.Id, "issued");
        return new(statement.Id, statement.Number);
    }
}
