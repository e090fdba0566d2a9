using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
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

    /// <summary>It is meant beside one of the same amount that was just taken for the same bill in the same way.</summary>
    public bool IsSecond { get; init; }

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
    private static readonly TimeSpan TwiceWithin = TimeSpan.FromMinutes(2);

    /// <exception cref="Refusal">404 for charges that are not there; 409 <c>charge.changed</c>, <c>charge.settled</c>, <c>payment.twice</c>, <c>wallet.insufficient</c>, <c>drawer.closed</c>; 422 on <c>amount</c>, <c>tendered</c>, <c>charges</c>.</exception>
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
        payment.Number = await Numbers.Next(db, DocumentKind.Receipt, booking.Day, ct);
        // What the desk takes; a provider or an insurer tells each of its payments by a name of its own. With the number in hand nobody else takes one until the commit.
        if (wanted is { IsSecond: false, CheckoutId: null } && payment.Method != PaymentMethod.Insurance) await CheckTwice(booking, payment, owed, ct);
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
        payment.Number = await Numbers.Next(booking.Db, DocumentKind.Receipt, booking.Day, ct);
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

    /// <summary>Somebody pressed twice, or two took the same money: the same amount in the same way, for something of the same bill or invoice.</summary>
    private static async Task CheckTwice(Booking booking, Payment payment, List<Charge> owed, CancellationToken ct)
    {
        var (db, since) = (booking.Db, booking.At - TwiceWithin);
        var (ids, groups, invoices) = (owed.ConvertAll(c => c.Id), owed.Select(c => c.GroupId).Where(g => g != null).Distinct().ToList(), owed.Select(c => c.InvoiceId).Where(i => i != null).Distinct().ToList());
        var (parts, same) = (db.PaymentParts, db.Charges.Where(c => ids.Contains(c.Id) || groups.Contains(c.GroupId) || invoices.Contains(c.InvoiceId)));
        var other = await db.Payments.AsNoTracking().Where(p => p.PayerId == payment.PayerId && p.At > since && p.Method == payment.Method && p.Amount == payment.Amount && p.Currency == payment.Currency && p.CheckoutId == null && p.Refunded < p.Amount
            && parts.Any(x => x.PaymentId == p.Id && same.Any(c => c.Id == x.ChargeId))).OrderByDescending(p => p.Id).FirstOrDefaultAsync(ct);
        if (other is null) return;
        var zone = (await db.Organisations.AsNoTracking().SingleAsync(o => o.Id == db.OrganisationId, ct)).Zone;
        throw new Refusal(409, "payment.twice", "The same amount was taken for this in the same way at {0}, with receipt {1}.", other.At.In(zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture), other.Number)
        { Unlock = "If this is a second payment, say so, and it is taken." };
    }

    private static async Task Write(Booking booking, Payment payment, IReadOnlyList<Leg> legs, string purpose, CancellationToken ct)
    {
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
