using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Resources;
using Salus.Web;

namespace Salus.Modules.Payments.Invoices;

/// <summary>Mails an invoice, a receipt, a credit note or a statement as a link that opens it, through the outbox.</summary>
public sealed class SendPaper(Tools tools, OrganisationSlot organisation, Payers payers, PayLinks links, IStringLocalizer<Texts> texts) : MoneyUseCase<SendPaper.Command, bool>(tools, organisation)
{
    public const string Action = "invoice.send";
    private readonly OrganisationSlot slot = organisation;

    public sealed record Command
    {
        public LinkedPaper Paper { get; init; } = LinkedPaper.Invoice;
        public Guid Id { get; init; }

        /// <summary>Not given: the payer's own address.</summary>
        [StringLength(254, ErrorMessage = "This is too long.")]
        public string? To { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Invoice);

    protected override async Task<bool> Handle(Command command, CancellationToken ct)
    {
        var paper = await Find(command.Paper, command.Id, ct);
        // A paper names what it is for: who may not read that does not send it anywhere either.
        if ((await payers.Veil(Db, Actor, [paper.PayerId], ct)).Hides(paper.PayerId)) throw Refusal.NotFound();
        var to = Text.Clean(command.To) is { Length: > 0 } given ? given : (await payers.Find(Db, Actor, paper.PayerKind, paper.PayerId, ct)).Email;
        if (!MailAddress.TryCreate(to, out _)) throw Refusal.Field("to", "Give the e-mail address it is to go to.");
        var link = links.Sign(command.Paper, command.Id, Db.OrganisationId);
        using (Language.Use(slot.Current.Language)) Db.Post(Write(command.Paper, paper, to, link), Now);
        Subject(command.Paper switch { LinkedPaper.Invoice => "invoice", LinkedPaper.Receipt => "payment", LinkedPaper.CreditNote => "credit-note", _ => "statement" }, command.Id, "sent");
        return true;
    }

    private Mail Write(LinkedPaper kind, Found paper, string to, string link)
    {
        var (number, clinic) = (paper.Number, slot.Current.Name);
        return kind switch
        {
            LinkedPaper.Invoice => new(to, texts["Invoice {0} of {1}", number, clinic], texts["Hello,\n\nhere is invoice {0} of {1} over {2}:\n\n{3}\n\nYou can read it there, and see how it can be paid.", number, clinic, paper.About(), link]),
            LinkedPaper.Receipt => new(to, texts["Receipt {0} of {1}", number, clinic], texts["Hello,\n\nhere is receipt {0} of {1} over {2}:\n\n{3}", number, clinic, paper.About(), link]),
            LinkedPaper.CreditNote => new(to, texts["Credit note {0} of {1}", number, clinic], texts["Hello,\n\nhere is credit note {0} of {1} over {2}:\n\n{3}", number, clinic, paper.About(), link]),
            _ => new(to, texts["Statement {0} of {1}", number, clinic], texts["Hello,\n\nhere is statement {0} of {1} about {2}:\n\n{3}", number, clinic, paper.About(), link]),
        };
    }

    /// <param name="About">Over how much, or about which time, in the language of the moment.</param>
    private sealed record Found(PayerKind PayerKind, Guid PayerId, string Number, Func<string> About);

    private Task<Found> Find(LinkedPaper paper, Guid id, CancellationToken ct) => paper switch
    {
        LinkedPaper.Invoice => Invoice(id, ct), LinkedPaper.Receipt => Receipt(id, ct), LinkedPaper.CreditNote => CreditNote(id, ct), _ => Statement(id, ct),
    };

    private async Task<Found> Invoice(Guid id, CancellationToken ct)
    {
        var invoice = await Db.Invoices.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, ct) ?? throw Refusal.NotFound();
        if (invoice.IssuedAt is null || invoice.VoidedAt is not null) throw new Refusal(409, "invoice.not-issued", "Only an issued invoice can be sent.") { Unlock = "Issue it first." };
        return new(invoice.PayerKind, invoice.PayerId, invoice.Number, () => Money.Show(invoice.Total, invoice.Currency));
    }

    private async Task<Found> Receipt(Guid id, CancellationToken ct)
    {
        var payment = await Db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw Refusal.NotFound();
        return new(payment.PayerKind, payment.PayerId, payment.Number, () => Money.Show(payment.Amount, payment.Currency));
    }

    /// <summary>A waiver has no paper.</summary>
    private async Task<Found> CreditNote(Guid id, CancellationToken ct)
    {
        var note = await Db.CreditNotes.AsNoTracking().FirstOrDefaultAsync(n => n.Id == id && n.Number != "", ct) ?? throw Refusal.NotFound();
        return new(note.PayerKind, note.PayerId, note.Number, () => Money.Show(note.Amount, note.Currency));
    }

    private async Task<Found> Statement(Guid id, CancellationToken ct)
    {
        var statement = await Db.Statements.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw Refusal.NotFound();
        return new(statement.PayerKind, statement.PayerId, statement.Number, () => $"{PageTools.Day(statement.From)} – {PageTools.Day(statement.To)}");
    }
}
