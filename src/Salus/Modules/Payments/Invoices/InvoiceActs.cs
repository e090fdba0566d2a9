using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Invoices;

/// <summary>An invoice as a line of a list.</summary>
public sealed record InvoiceView(Guid Id, string Number, InvoiceState State, PayerView Payer, Money Total, Money Paid, Money Due, DateOnly? IssuedOn, DateOnly? DueOn, bool IsOverdue)
{
    public static InvoiceView Of(Invoice i, long paid, long credited, DateOnly today)
    {
        var due = i.VoidedAt is null ? i.Total - paid - credited : 0;
        return new(i.Id, i.Number, i.StateOf(paid, credited), new(i.PayerKind, i.PayerId, i.PayerName, i.PayerNumber), Money.Of(i.Total, i.Currency), Money.Of(paid, i.Currency), Money.Of(due, i.Currency), i.IssuedOn, i.DueOn, due > 0 && i.IssuedOn is not null && i.DueOn < today);
    }
}

/// <summary>Writes an invoice over charges of one payer: as a draft, or issued at once.</summary>
public sealed class WriteInvoice(Tools tools, OrganisationSlot organisation, Payers payers) : MoneyUseCase<WriteInvoice.Command, InvoiceView>(tools, organisation)
{
    public const string Action = "invoice.write";

    public sealed record Command
    {
        [Required(ErrorMessage = "Choose what the invoice is for."), MinLength(1, ErrorMessage = "Choose what the invoice is for."), MaxLength(100, ErrorMessage = "This is too long.")]
        public IReadOnlyList<Guid> Charges { get; init; } = [];

        /// <summary>It gets no number yet.</summary>
        public bool IsDraft { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Invoice);

    protected override async Task<InvoiceView> Handle(Command command, CancellationToken ct)
    {
        var ids = command.Charges.Distinct().ToList();
        var charges = await Db.Charges.AsNoTracking().Where(c => ids.Contains(c.Id)).OrderBy(c => c.Id).ToListAsync(ct);
        if (charges.Count < ids.Count) throw Refusal.NotFound();
        if (charges.Select(c => (c.PayerId, c.Currency)).Distinct().Count() > 1) throw Refusal.Field("charges", "An invoice is for one payer, and in one currency.");
        var first = charges[0];
        var invoice = new Invoice
        {
            PayerKind = first.PayerKind, PayerId = first.PayerId, PayerName = first.PayerName, PayerNumber = first.PayerNumber, SearchText = first.SearchText, Currency = first.Currency, Net = charges.Sum(c => c.Net), Tax = charges.Sum(c => c.Tax), Total = charges.Sum(c => c.Total),
            CreatedAt = Now, CreatedBy = Actor.Id,
        };
        if (await Db.Charges.Where(c => ids.Contains(c.Id) && c.InvoiceId == null).ExecuteUpdateAsync(set => set.SetProperty(c => c.InvoiceId, invoice.Id), ct) < ids.Count)
            throw new Refusal(409, "invoice.charged", "Some of it stands on another invoice already.") { Unlock = "Make the other invoice void first, or leave it out." };
        Db.Add(invoice);
        Db.AddRange(charges.Select(c => new InvoiceCharge { InvoiceId = invoice.Id, ChargeId = c.Id }));
        if (!command.IsDraft) await Issue(invoice, Booking, ct);
        Subject("invoice", invoice.Id, command.IsDraft ? "draft" : "issued");
        Changed(Topics.Money(Db.OrganisationId));
        return (await payers.Veil(Db, Actor, [invoice.PayerId], ct)).Over(InvoiceView.Of(invoice, charges.Sum(c => c.Paid), charges.Sum(c => c.Credited), Booking.Day));
    }

    /// <summary>Takes the number last: until the commit nobody else gets one.</summary>
    internal static async Task Issue(Invoice invoice, Booking booking, CancellationToken ct)
    {
        var settings = await booking.Db.PaymentSettingsNow(ct);
        (invoice.IssuedAt, invoice.IssuedOn, invoice.DueOn) = (booking.At, booking.Day, booking.Day.AddDays(settings.DueDays));
        invoice.Number = await Numbers.Next(booking.Db, DocumentKind.Invoice, booking.Day, ct);
    }
}

/// <summary>Gives a draft its number: from then on it never changes.</summary>
public sealed class IssueInvoice(Tools tools, OrganisationSlot organisation, Payers payers) : MoneyUseCase<IssueInvoice.Command, InvoiceView>(tools, organisation)
{
    public const string Action = "invoice.issue";

    public sealed record Command { public Guid InvoiceId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Invoice);

    protected override async Task<InvoiceView> Handle(Command command, CancellationToken ct)
    {
        // Holds the row: of two who issue it at once only one takes a number.
        await Db.Invoices.Where(i => i.Id == command.InvoiceId).ExecuteUpdateAsync(set => set.SetProperty(i => i.VoidReason, i => i.VoidReason), ct);
        var invoice = await Db.Invoices.FirstOrDefaultAsync(i => i.Id == command.InvoiceId, ct) ?? throw Refusal.NotFound();
        if (invoice.IssuedAt is not null || invoice.VoidedAt is not null) throw new Refusal(409, "invoice.issued", "This is no draft any more.");
        await WriteInvoice.Issue(invoice, Booking, ct);
        Subject("invoice", invoice.Id, "issued");
        var sums = await InvoiceList.Sums(Db, [invoice.Id], ct);
        return (await payers.Veil(Db, Actor, [invoice.PayerId], ct)).Over(InvoiceView.Of(invoice, sums.GetValueOrDefault(invoice.Id).Paid, sums.GetValueOrDefault(invoice.Id).Credited, Booking.Day));
    }
}

/// <summary>Makes an invoice void, or throws a draft away. What it was for is still owed, and can stand on another.</summary>
public sealed class VoidInvoice(Tools tools, OrganisationSlot organisation, Payers payers) : MoneyUseCase<VoidInvoice.Command, InvoiceView>(tools, organisation)
{
    public const string Action = "invoice.void";

    public sealed record Command
    {
        public Guid InvoiceId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Invoice);

    protected override async Task<InvoiceView> Handle(Command command, CancellationToken ct)
    {
        await Db.Invoices.Where(i => i.Id == command.InvoiceId).ExecuteUpdateAsync(set => set.SetProperty(i => i.VoidReason, i => i.VoidReason), ct);
        var invoice = await Db.Invoices.FirstOrDefaultAsync(i => i.Id == command.InvoiceId, ct) ?? throw Refusal.NotFound();
        if (invoice.VoidedAt is not null) throw new Refusal(409, "invoice.void", "This invoice is void already.");
        var count = await Db.InvoiceCharges.CountAsync(c => c.InvoiceId == invoice.Id, ct);
        // Compared and set at once: what is paid in this moment keeps the invoice.
        if (await Db.Charges.Where(c => c.InvoiceId == invoice.Id && c.Paid == 0).ExecuteUpdateAsync(set => set.SetProperty(c => c.InvoiceId, (Guid?)null), ct) < count)
            throw new Refusal(409, "invoice.paid", "Something was paid for this invoice.") { Unlock = "Give the payment back first, or take back what is still owed." };
        (invoice.VoidedAt, invoice.VoidReason) = (Now, Text.Clean(command.Reason));
        Subject("invoice", invoice.Id, "void");
        Changed(Topics.Money(Db.OrganisationId));
        return (await payers.Veil(Db, Actor, [invoice.PayerId], ct)).Over(InvoiceView.Of(invoice, 0, 0, Booking.Day));
    }
}
