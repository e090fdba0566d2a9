using Salus.Kernel;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Wallets;

namespace Salus.Modules.Payments.Charges;

/// <summary>
/// Dots over the names of those whom the actor may not see, and over what they are charged for: a test's name tells as much as a record. Sums, numbers and days stay, so that who stands at
/// the desk can pay.
/// </summary>
/// <param name="hidden">Payers that may not be named.</param>
public sealed class Veil(IReadOnlySet<Guid> hidden)
{
    public bool Hides(Guid payer) => hidden.Contains(payer);

    public PayerView Over(PayerView payer) => Hides(payer.Id) ? payer with { Name = Text.Dots } : payer;

    public ChargeView Over(ChargeView charge) => Hides(charge.Payer.Id) ? charge with { Payer = Over(charge.Payer), Title = Text.Dots } : charge;

    public LineView Over(LineView line, Guid payer) => Hides(payer) ? line with { Code = "", Description = Text.Dots } : line;

    public PaymentView Over(PaymentView payment) => payment with { Payer = Over(payment.Payer) };

    public PartView Over(PartView part, Guid payer) => Hides(payer) ? part with { Title = Text.Dots } : part;

    public WalletView Over(WalletView wallet) => wallet with { Payer = Over(wallet.Payer) };

    public InvoiceView Over(InvoiceView invoice) => invoice with { Payer = Over(invoice.Payer) };

    // Facts are read to be printed once: the rows in them are nobody else's.
    public InvoiceFacts Over(InvoiceFacts facts)
    {
        if (!Hides(facts.Invoice.PayerId)) return facts;
        facts.Invoice.PayerName = Text.Dots;
        foreach (var line in facts.Lines) line.Description = Text.Dots;
        return facts with { IsVeiled = true };
    }

    public ReceiptFacts Over(ReceiptFacts facts)
    {
        if (!Hides(facts.Payment.PayerId)) return facts;
        facts.Payment.PayerName = Text.Dots;
        return facts with { Parts = [.. facts.Parts.Select(p => (Text.Dots, p.Amount))] };
    }

    public CreditFacts Over(CreditFacts facts)
    {
        if (Hides(facts.Charge.PayerId)) (facts.Charge.PayerName, facts.Charge.Title) = (Text.Dots, Text.Dots);
        return facts;
    }

    public StatementFacts Over(StatementFacts facts)
    {
        if (!Hides(facts.Statement.PayerId)) return facts;
        facts.Statement.PayerName = Text.Dots;
        return facts with { Lines = [.. facts.Lines.Select(l => l.Kind == StatementKind.Charge ? l with { Title = Text.Dots } : l)] };
    }
}
