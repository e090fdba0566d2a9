using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Charges;

/// <summary>Who owes or pays, as a list shows it.</summary>
public sealed record PayerView(PayerKind Kind, Guid Id, string Name, string Number);

/// <summary>Something that is owed, as a line of a list.</summary>
public sealed record ChargeView(Guid Id, PayerView Payer, string Title, string PurposeKind, Guid PurposeId, Guid? GroupId, ChargeState State, Money Total, Money Paid, Money Credited, Money Due, DateOnly Day, DateOnly? DueOn, Guid? InvoiceId)
{
    public static ChargeView Of(Charge c) => new(c.Id, new(c.PayerKind, c.PayerId, c.PayerName, c.PayerNumber), c.Title, c.PurposeKind, c.PurposeId, c.GroupId, c.State, Money.Of(c.Total, c.Currency), Money.Of(c.Paid, c.Currency),
        Money.Of(c.Credited, c.Currency), Money.Of(c.Due, c.Currency), c.Day, c.DueOn, c.InvoiceId);
}

/// <summary>One line of what is owed.</summary>
/// <param name="TaxRate">In percent.</param>
public sealed record LineView(string Code, string Description, Money UnitPrice, decimal Quantity, Money Discount, decimal TaxRate, Money Net, Money Tax, Money Total)
{
    public static LineView Of(ChargeLine l, string currency) => new(l.Code, l.Description, Money.Of(l.UnitPrice, currency), l.Quantity / 1000m, Money.Of(l.Discount, currency), l.TaxRate / 100m, Money.Of(l.Net, currency), Money.Of(l.Tax, currency), Money.Of(l.Total, currency));
}

/// <summary>How a charge was taken back.</summary>
public sealed record CreditView(Guid Id, CreditKind Kind, string Number, Money Amount, string Reason, DateTime At, Guid? RefundId);

/// <summary>A charge with its lines, what was paid and what was taken back.</summary>
public sealed record ChargeDetails(ChargeView Charge, IReadOnlyList<LineView> Lines, IReadOnlyList<CreditView> Credits, IReadOnlyList<Guid> PaymentIds);
