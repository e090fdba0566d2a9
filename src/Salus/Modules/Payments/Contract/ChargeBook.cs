using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Contract;

/// <summary>How something that was owed is taken back.</summary>
public enum CreditKind
{
    /// <summary>It was charged wrongly or is not done: revenue and tax are taken back, with a credit note.</summary>
    CreditNote,

    /// <summary>It stays charged, but nobody has to pay it.</summary>
    Waiver,
}

/// <summary>
/// Says what is owed, and takes it back. For the use cases of any module: call it inside <c>Handle</c>, with a <see cref="Booking"/> of the use case's own
/// context. Nothing is saved here but what the statements themselves set; the use case saves and commits.
/// </summary>
public sealed class ChargeBook(IEnumerable<IChargeHears> hears)
{
    private const int MostLines = 200;

    /// <summary>Charges it. With a <see cref="NewCharge.Key"/> that is there already, the charge that is there is returned and nothing is written.</summary>
    /// <exception cref="Refusal">422 on <c>lines</c> when a number cannot be.</exception>
    public async Task<Charge> Charge(Booking booking, NewCharge wanted, CancellationToken ct)
    {
        var db = booking.Db;
        if (wanted.Key.Length > 0 && await db.Charges.AsNoTracking().FirstOrDefaultAsync(c => c.Key == wanted.Key, ct) is { } known) return known;
        if (wanted.Lines.Count is 0 or > MostLines) throw Refusal.Field("lines", "Name what it is for.");
        var settings = await db.PaymentSettingsNow(ct);
        var charge = new Charge
        {
            PayerKind = wanted.Payer.Kind, PayerId = wanted.Payer.Id, PayerName = wanted.Payer.Name, PayerNumber = wanted.Payer.Number, SearchText = PayerText.Of(wanted.Payer), PurposeKind = wanted.PurposeKind, PurposeId = wanted.PurposeId,
            GroupId = wanted.GroupId, Title = wanted.Title, Currency = settings.Currency, Rank = wanted.Rank, TaxIncluded = settings.TaxIncluded, ChargedAt = booking.At, Day = booking.Day, DueOn = wanted.DueOn, ChargedBy = booking.By, Key = wanted.Key,
        };
        var position = 0;
        foreach (var line in wanted.Lines)
        {
            var amounts = LineAmounts.Of(line, settings.TaxIncluded);
            db.Add(new ChargeLine
            {
                ChargeId = charge.Id, Position = ++position, Code = line.Code, Description = line.Description, UnitPrice = line.UnitPrice, Quantity = (long)(line.Quantity * 1000), Discount = amounts.Discount, TaxRate = line.TaxRate,
                Net = amounts.Net, Tax = amounts.Tax, Total = amounts.Total,
            });
            (charge.Net, charge.Tax, charge.Total) = (charge.Net + amounts.Net, charge.Tax + amounts.Tax, charge.Total + amounts.Total);
        }
        if (charge.Total > Money.Most) throw Refusal.Field("lines", "No amount is that large.");
        db.Add(charge);
        Books.Post(booking, charge.Currency, Cause.Charge, charge.Id, charge.PurposeKind, [new(LedgerAccount.Receivable, charge.Total, charge.Id), new(LedgerAccount.Revenue, -charge.Net), new(LedgerAccount.Tax, -charge.Tax)]);
        // Later statements of the same use case look for its row.
        await db.SaveChangesAsync(ct);
        booking.Changed(Topics.Money(db.OrganisationId));
        if (charge.Total == 0) await Tell(booking, charge.Id, ChargeState.Open, ct);
        return charge;
    }

    /// <summary>Takes back so much of what is still owed. What was paid is given back by a refund, which takes it back at the same time if that is wanted.</summary>
    /// <exception cref="Refusal">409 <c>charge.changed</c> when so much is not owed any more.</exception>
    public async Task<CreditNote> Credit(Booking booking, Charge charge, long amount, CreditKind kind, string reason, CancellationToken ct, Guid? refundId = null)
    {
        var before = charge.State;
        var credited = await booking.Db.Charges.Where(c => c.Id == charge.Id && c.Credited == charge.Credited && c.Paid + c.Credited + amount <= c.Total)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Credited, c => c.Credited + amount), ct);
        if (credited == 0) throw Changed();
        var tax = charge.TaxIn(amount, charge.Credited);
        var note = new CreditNote { ChargeId = charge.Id, PayerKind = charge.PayerKind, PayerId = charge.PayerId, Kind = kind, Currency = charge.Currency, Amount = amount, Tax = kind == CreditKind.Waiver ? 0 : tax, Reason = reason, At = booking.At, Day = booking.Day, By = booking.By, RefundId = refundId };
        if (kind == CreditKind.CreditNote) note.Number = await Numbers.Next(booking.Db, DocumentKind.CreditNote, booking.Day, ct);
        booking.Db.Add(note);
        Leg[] from = kind == CreditKind.Waiver ? [new(LedgerAccount.Waived, amount)] : [new(LedgerAccount.Revenue, amount - tax), new(LedgerAccount.Tax, tax)];
        Books.Post(booking, charge.Currency, Cause.Credit, note.Id, charge.PurposeKind, [.. from, new(LedgerAccount.Receivable, -amount, charge.Id)]);
        await Tell(booking, charge.Id, before, ct);
        return note;
    }

    /// <summary>So much of what was waived is owed again, in an entry of its own day.</summary>
    /// <exception cref="Refusal">409 <c>charge.changed</c> when so much is not waived any more.</exception>
    public async Task<CreditNote> Restore(Booking booking, Charge charge, long amount, string reason, CancellationToken ct)
    {
        var restored = await booking.Db.Charges.Where(c => c.Id == charge.Id && c.Credited == charge.Credited && c.Paid == charge.Paid && c.Credited >= amount)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Credited, c => c.Credited - amount), ct);
        if (restored == 0) throw Changed();
        var note = new CreditNote { ChargeId = charge.Id, PayerKind = charge.PayerKind, PayerId = charge.PayerId, Kind = CreditKind.Waiver, Currency = charge.Currency, Amount = -amount, Reason = reason, At = booking.At, Day = booking.Day, By = booking.By };
        booking.Db.Add(note);
        Books.Post(booking, charge.Currency, Cause.Credit, note.Id, charge.PurposeKind, [new(LedgerAccount.Receivable, amount, charge.Id), new(LedgerAccount.Waived, -amount)]);
        await Tell(booking, charge.Id, charge.State, ct);
        return note;
    }

    /// <summary>Sets what was paid for a charge; the ledger's entries are the caller's.</summary>
    /// <param name="amount">Less than nothing: given back.</param>
    internal async Task Pay(Booking booking, Charge charge, long amount, CancellationToken ct)
    {
        var paid = await booking.Db.Charges.Where(c => c.Id == charge.Id && c.Paid + amount >= 0 && c.Paid + c.Credited + amount <= c.Total)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Paid, c => c.Paid + amount), ct);
        if (paid == 0) throw Changed();
    }

    /// <summary>Tells who charged what became of it.</summary>
    internal async Task Tell(Booking booking, Guid id, ChargeState before, CancellationToken ct)
    {
        var charge = await booking.Db.Charges.AsNoTracking().SingleAsync(c => c.Id == id, ct);
        booking.Changed(Topics.Money(booking.Db.OrganisationId));
        ChargeNews? news = charge.State switch
        {
            ChargeState.Credited => ChargeNews.Credited,
            ChargeState.Paid => before == ChargeState.Paid ? null : ChargeNews.Settled,
            _ when before is ChargeState.Paid or ChargeState.Credited => ChargeNews.Reopened,
            ChargeState.PartPaid => ChargeNews.PartPaid,
            _ => null,
        };
        if (news is not { } told) return;
        foreach (var one in hears.Where(h => h.PurposeKind == charge.PurposeKind)) await one.Hear(booking, charge, told, ct);
    }

    internal static Refusal Changed() => new(409, "charge.changed", "What is owed has changed: somebody took payment for it, or took it back.") { Unlock = "Look at it again, then take what is still owed." };
}

/// <summary>Folded words of a payer, as lists are searched by.</summary>
internal static class PayerText
{
    public static string Of(Payer payer)
    {
        var text = $" {Text.Fold(payer.Name)} {payer.Number} {Text.Digits(payer.Number)}";
        return text.Length > 700 ? text[..700] : text;
    }
}

/// <summary>Topics that open pages listen to.</summary>
public static class Topics
{
    /// <summary>Something about money changed in the organisation.</summary>
    public static string Money(Guid organisation) => $"money:{organisation}";
}
