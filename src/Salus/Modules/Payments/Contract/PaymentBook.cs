using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Payments.Desk;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Contract;

/// <summary>Money that comes in for charges.</summary>
public sealed record NewPayment
{
    public required PaymentMethod Method { get; init; }

    /// <summary>In the smallest unit; null: all that is owed for the charges.</summary>
    public long? Amount { get; init; }

    /// <summary>What is paid. The amount goes to them by rank, then by age.</summary>
    public required IReadOnlyCollection<Guid> ChargeIds { get; init; }

    /// <summary>Who pays, when it is not the one who owes; the wallet is then theirs too.</summary>
    public Payer? Payer { get; init; }

    /// <summary>Handed over in cash; what is too much is given back.</summary>
    public long? Tendered { get; init; }
    public string Reference { get; init; } = "";
    public Guid? CheckoutId { get; init; }

    /// <summary>The claim under which an insurer takes it over: the ledger keeps an account for each.</summary>
    internal Guid? ClaimId { get; init; }
}

/// <summary>
/// Takes money: the payment with its receipt, what it is for, and the entries of the ledger, all in the booking's transaction. It can be less than what is owed, and
/// never more; of several that pay the same at once, those that come too late are refused and have taken nothing.
/// </summary>
public sealed class PaymentBook(ChargeBook charges)
{
    private const int MostCharges = 100;

    /// <exception cref="Refusal">404 for charges that are not there; 409 <c>charge.changed</c>, <c>charge.settled</c>, <c>wallet.insufficient</c>, <c>drawer.closed</c>; 422 on <c>amount</c>, <c>tendered</c>, <c>charges</c>.</exception>
    public async Task<Payment> Take(Booking booking, NewPayment wanted, CancellationToken ct)
    {
        var db = booking.Db;
        var ids = wanted.ChargeIds.Distinct().ToList();
        if (ids.Count is 0 or > MostCharges) throw Refusal.Field("charges", "Choose what is paid.");
        var owed = await db.Charges.AsNoTracking().Where(c => ids.Contains(c.Id)).OrderBy(c => c.Id).ToListAsync(ct);
        if (owed.Count < ids.Count) throw Refusal.NotFound();
        if (owed.Select(c => c.Currency).Distinct().Count() > 1) throw Refusal.Field("charges", "They are in different currencies: take one payment for each.");
        if (wanted.Payer is null && owed.Select(c => (c.PayerKind, c.PayerId)).Distinct().Count() > 1) throw Refusal.Field("charges", "They are owed by different people: take one payment for each.");
        var due = owed.Sum(c => c.Due);
        if (due == 0) throw new Refusal(409, "charge.settled", "Nothing is owed for this any more.");
        var amount = wanted.Amount ?? due;
        if (amount > due) throw Refusal.Field("amount", "This is more than what is owed.");
        var payment = Begin(booking, wanted.Method, amount, owed[0].Currency, wanted.Payer ?? new(owed[0].PayerKind, owed[0].PayerId, owed[0].PayerName, owed[0].PayerNumber), wanted.Reference, wanted.Tendered);
        payment.CheckoutId = wanted.CheckoutId;
        var parts = Spread(payment, owed);
        foreach (var (charge, part) in parts) await charges.Pay(booking, charge, part.Amount, ct);
        var legs = await Incoming(booking, payment, wanted.ClaimId, ct);
        await Write(booking, payment, [.. legs, .. parts.Select(p => new Leg(LedgerAccount.Receivable, -p.Part.Amount, p.Charge.Id))], Purpose(owed), ct);
        db.AddRange(parts.Select(p => p.Part));
        foreach (var (charge, _) in parts) await charges.Tell(booking, charge.Id, charge.State, ct);
        return payment;
    }

    /// <summary>Fills a wallet.</summary>
    /// <exception cref="Refusal">409 <c>drawer.closed</c>; 422 on <c>method</c> or <c>tendered</c>.</exception>
    public async Task<Payment> TopUp(Booking booking, Wallet wallet, NewTopUp wanted, CancellationToken ct)
    {
        if (wanted.Method is PaymentMethod.Wallet or PaymentMethod.Insurance) throw Refusal.Field("method", "A wallet is not filled in this way.");
        var payment = Begin(booking, wanted.Method, wanted.Amount, wallet.Currency, wanted.Payer, wanted.Reference, wanted.Tendered);
        (payment.Kind, payment.WalletId, payment.CheckoutId) = (PaymentKind.TopUp, wallet.Id, wanted.CheckoutId);
        await WalletBook.Add(booking, wallet.Id, wanted.Amount, ct);
        var legs = await Incoming(booking, payment, null, ct);
        await Write(booking, payment, [.. legs, new(LedgerAccount.Wallet, -wanted.Amount, wallet.Id)], "", ct);
        return payment;
    }

    private static Payment Begin(Booking booking, PaymentMethod method, long amount, string currency, Payer payer, string reference, long? tendered)
    {
        if (tendered is { } given && method != PaymentMethod.Cash && given != amount) throw Refusal.Field("tendered", "Change is given for cash only.");
        if (method == PaymentMethod.Cash && tendered < amount) throw Refusal.Field("tendered", "This is less than what is to be paid.");
        if (method == PaymentMethod.Transfer && Text.Clean(reference).Length == 0) throw Refusal.Field("reference", "Name the reference of the transfer.");
        return new()
        {
            Method = method, Amount = amount, Currency = currency, PayerKind = payer.Kind, PayerId = payer.Id, PayerName = payer.Name, PayerNumber = payer.Number, SearchText = PayerText.Of(payer), Reference = Text.Clean(reference),
            Tendered = method == PaymentMethod.Cash ? tendered ?? amount : 0, At = booking.At, By = booking.By,
        };
    }

    private static List<(Charge Charge, PaymentPart Part)> Spread(Payment payment, List<Charge> owed)
    {
        var (left, parts) = (payment.Amount, new List<(Charge, PaymentPart)>());
        foreach (var charge in owed.OrderBy(c => c.Rank).ThenBy(c => c.ChargedAt).ThenBy(c => c.Id))
        {
            var share = Math.Min(left, charge.Due);
            if (share > 0) parts.Add((charge, new() { PaymentId = payment.Id, ChargeId = charge.Id, Amount = share }));
            left -= share;
        }
        // Rows are held in one order by all, so that two that pay the same never wait for each other.
        return [.. parts.OrderBy(p => p.Item1.Id)];
    }

    private static string Purpose(List<Charge> owed) => owed.Select(c => c.PurposeKind).Distinct().Count() == 1 ? owed[0].PurposeKind : "";

    /// <summary>Where the money comes from.</summary>
    private static async Task<IReadOnlyList<Leg>> Incoming(Booking booking, Payment payment, Guid? claimId, CancellationToken ct)
    {
        if (payment.Method == PaymentMethod.Wallet)
        {
            var taken = await WalletBook.Take(booking, payment.PayerId, payment.Currency, payment.Amount, ct);
            payment.WalletId = taken[0].Wallet;
            return [.. taken.Select(t => new Leg(LedgerAccount.Wallet, t.Amount, t.Wallet))];
        }
        if (payment.Method == PaymentMethod.Insurance) return [new(LedgerAccount.Insurance, payment.Amount, claimId ?? throw new InvalidOperationException("An insurer takes over by a claim."))];
        if (payment.Method != PaymentMethod.Cash) return [new(AccountOf(payment.Method), payment.Amount)];
        payment.DrawerId = await Drawers.Open(booking, payment.Currency, ct);
        return [new(LedgerAccount.Cash, payment.Amount, payment.DrawerId)];
    }

    /// <summary>Takes the number last: until the commit nobody else gets one.</summary>
    private static async Task Write(Booking booking, Payment payment, IReadOnlyList<Leg> legs, string purpose, CancellationToken ct)
    {
        payment.Number = await Numbers.Next(booking.Db, DocumentKind.Receipt, booking.Day, ct);
        payment.Day = await Days.Bookable(booking, ct);
        booking.Db.Add(payment);
        Books.Post(booking with { Day = payment.Day }, payment.Currency, Cause.Payment, payment.Id, purpose, legs);
        await booking.Db.SaveChangesAsync(ct);
        booking.Changed(Topics.Money(booking.Db.OrganisationId));
    }

    internal static LedgerAccount AccountOf(PaymentMethod method) => method switch
    {
        PaymentMethod.Cash => LedgerAccount.Cash,
        PaymentMethod.Card => LedgerAccount.Card,
        PaymentMethod.Transfer => LedgerAccount.Bank,
        PaymentMethod.Insurance => LedgerAccount.Insurance,
        PaymentMethod.Stripe => LedgerAccount.Stripe,
        PaymentMethod.PayPal => LedgerAccount.PayPal,
        PaymentMethod.Paq => LedgerAccount.Paq,
        _ => throw new InvalidOperationException($"{method} has an account for each wallet."),
    };
}

/// <summary>Money that fills a wallet.</summary>
public sealed record NewTopUp(PaymentMethod Method, long Amount, Payer Payer)
{
    /// <summary>Handed over in cash; what is too much is given back.</summary>
    public long? Tendered { get; init; }
    public string Reference { get; init; } = "";
    public Guid? CheckoutId { get; init; }
}
