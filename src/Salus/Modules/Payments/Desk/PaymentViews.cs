using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Desk;

/// <summary>A payment as a line of a list.</summary>
public sealed record PaymentView(Guid Id, string Number, PaymentKind Kind, PaymentMethod Method, PaymentState State, PayerView Payer, Money Amount, Money Refunded, Money? Tendered, Money? Change, string Reference, DateTime At, DateOnly Day)
{
    public static PaymentView Of(Payment p) => new(p.Id, p.Number, p.Kind, p.Method, p.State, new(p.PayerKind, p.PayerId, p.PayerName, p.PayerNumber), Money.Of(p.Amount, p.Currency), Money.Of(p.Refunded, p.Currency),
        p.Method == PaymentMethod.Cash ? Money.Of(p.Tendered, p.Currency) : null, p.Method == PaymentMethod.Cash ? Money.Of(p.Change, p.Currency) : null, p.Reference, p.At, p.Day);
}

/// <summary>What of a payment went where.</summary>
public sealed record PartView(Guid ChargeId, string Title, Money Amount, Money Refunded);

/// <summary>A payment with where it went and what was given back.</summary>
public sealed record PaymentDetails(PaymentView Payment, IReadOnlyList<PartView> Parts, IReadOnlyList<Refunds.RefundView> Refunds, string By);
