using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Wallets;

/// <summary>Fills somebody's wallet with what was paid at the desk.</summary>
public sealed class TopUpWallet(Tools tools, OrganisationSlot organisation, PaymentBook book, Payers payers) : MoneyUseCase<TopUpWallet.Command, TopUpWallet.Outcome>(tools, organisation)
{
    public const string Action = "wallet.top-up";

    public sealed record Command
    {
        public PayerKind Kind { get; init; }
        public Guid PayerId { get; init; }
        public PaymentMethod Method { get; init; }

        [Required(ErrorMessage = "Please fill this in.")]
        public Money? Amount { get; init; }
        public Money? Tendered { get; init; }

        [StringLength(100, ErrorMessage = "This is too long.")]
        public string? Reference { get; init; }
    }

    public sealed record Outcome(Guid PaymentId, string Number, Money Change, Money Balance);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Wallets);

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        if (command.Method is PaymentMethod.Stripe or PaymentMethod.PayPal or PaymentMethod.Paq) throw Refusal.Field("method", "Such a payment is told by its provider, not by hand.");
        var payer = await payers.FindToPay(Db, Actor, command.Kind, command.PayerId, ct);
        var currency = (await Db.PaymentSettingsNow(ct)).Currency;
        var amount = command.Amount!.Minor(currency);
        var wallet = await WalletBook.Of(Booking, payer.Kind, payer.Id, currency, ct);
        var payment = await book.TopUp(Booking, wallet, new(command.Method, amount, payer) { Tendered = command.Tendered?.Minor(currency, "tendered"), Reference = command.Reference ?? "" }, ct);
        Subject("payment", payment.Id, payment.Method.ToString());
        return new(payment.Id, payment.Number, Money.Of(payment.Change, currency), Money.Of(await WalletBook.Balance(Db, payer.Id, currency, ct), currency));
    }
}
