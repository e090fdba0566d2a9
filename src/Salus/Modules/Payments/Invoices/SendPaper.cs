using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Resources;

namespace Salus.Modules.Payments.Invoices;

/// <summary>Mails an invoice or a receipt as a link that opens it, through the outbox.</summary>
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
        var (kind, payer, number, amount) = command.Paper == LinkedPaper.Invoice ? await Invoice(command.Id, ct) : await Receipt(command.Id, ct);
        // A paper names what it is for: who may not read that does not send it anywhere either.
        if ((await payers.Veil(Db, Actor, [payer], ct)).Hides(payer)) throw Refusal.NotFound();
        var to = Text.Clean(command.To) is { Length: > 0 } given ? given : (await payers.Find(Db, Actor, kind, payer, ct)).Email;
        if (!MailAddress.TryCreate(to, out _)) throw Refusal.Field("to", "Give the e-mail address it is to go to.");
        var clinic = slot.Current;
        var link = links.Sign(command.Paper, command.Id, Db.OrganisationId);
        using (Language.Use(clinic.Language))
        {
            var (subject, text) = command.Paper == LinkedPaper.Invoice
                ? (texts["Invoice {0} of {1}", number, clinic.Name], texts["Hello,\n\nhere is invoice {0} of {1} over {2}:\n\n{3}\n\nYou can read it there, and see how it can be paid.", number, clinic.Name, amount, link])
                : (texts["Receipt {0} of {1}", number, clinic.Name], texts["Hello,\n\nhere is receipt {0} of {1} over {2}:\n\n{3}", number, clinic.Name, amount, link]);
            Db.Post(new Mail(to, subject, text), Now);
        }
        Subject(command.Paper == LinkedPaper.Invoice ? "invoice" : "payment", command.Id, "sent");
        return true;
    }

    private async Task<(PayerKind, Guid, string, string)> Invoice(Guid id, CancellationToken ct)
    {
        var invoice = await Db.Invoices.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, ct) ?? throw Refusal.NotFound();
        if (invoice.IssuedAt is null || invoice.VoidedAt is not null) throw new Refusal(409, "invoice.not-issued", "Only an issued invoice can be sent.") { Unlock = "Issue it first." };
        return (invoice.PayerKind, invoice.PayerId, invoice.Number, Money.Show(invoice.Total, invoice.Currency));
    }

    private async Task<(PayerKind, Guid, string, string)> Receipt(Guid id, CancellationToken ct)
    {
        var payment = await Db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw Refusal.NotFound();
        return (payment.PayerKind, payment.PayerId, payment.Number, Money.Show(payment.Amount, payment.Currency));
    }
}
