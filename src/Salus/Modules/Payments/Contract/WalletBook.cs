using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Contract;

/// <summary>Wallets: made when they are first filled, never below nothing, whatever is taken from them at once.</summary>
public static class WalletBook
{
    /// <summary>The payer's wallet to be filled; made when there is none. Of two that make it at once, one is refused by the database and looks again.</summary>
    public static async Task<Wallet> Of(Booking booking, PayerKind kind, Guid payerId, string currency, CancellationToken ct)
    {
        if (await booking.Db.Wallets.AsNoTracking().Where(w => w.PayerId == payerId && w.Currency == currency).OrderBy(w => w.Id).FirstOrDefaultAsync(ct) is { } known) return known;
        var wallet = new Wallet { PayerKind = kind, PayerId = payerId, Currency = currency, Key = $"{payerId:N}:{currency}", CreatedAt = booking.At };
        booking.Db.Add(wallet);
        await booking.Db.SaveChangesAsync(ct);
        return wallet;
    }

    /// <summary>What the payer can spend.</summary>
    public static Task<long> Balance(SalusDb db, Guid payerId, string currency, CancellationToken ct) => db.Wallets.Where(w => w.PayerId == payerId && w.Currency == currency).SumAsync(w => w.Balance, ct);

    /// <summary>Puts money in; the ledger's entries are the caller's.</summary>
    internal static async Task Add(Booking booking, Guid wallet, long amount, CancellationToken ct)
    {
        if (await booking.Db.Wallets.Where(w => w.Id == wallet && w.Balance + amount <= Money.Most).ExecuteUpdateAsync(set => set.SetProperty(w => w.Balance, w => w.Balance + amount), ct) == 0)
            throw Refusal.Field("amount", "A wallet does not hold that much.");
    }

    /// <summary>Takes money out of the payer's wallets, and says out of which; the ledger's entries are the caller's.</summary>
    /// <exception cref="Refusal">409 <c>wallet.insufficient</c>; nothing was taken.</exception>
    internal static async Task<IReadOnlyList<(Guid Wallet, long Amount)>> Take(Booking booking, Guid payerId, string currency, long amount, CancellationToken ct)
    {
        var wallets = await booking.Db.Wallets.AsNoTracking().Where(w => w.PayerId == payerId && w.Currency == currency).OrderBy(w => w.Id).ToListAsync(ct);
        foreach (var wallet in wallets)
            if (await Take(booking, wallet.Id, amount, ct)) return [(wallet.Id, amount)];
        if (wallets.Count < 2) throw Insufficient();
        // No single one holds enough: each is held until the commit, in one order for all, and gives what it has.
        var (left, taken) = (amount, new List<(Guid, long)>());
        foreach (var id in wallets.Select(w => w.Id))
        {
            await booking.Db.Wallets.Where(w => w.Id == id).ExecuteUpdateAsync(set => set.SetProperty(w => w.Balance, w => w.Balance), ct);
            var share = Math.Min(left, await booking.Db.Wallets.Where(w => w.Id == id).Select(w => w.Balance).SingleAsync(ct));
            if (share == 0 || !await Take(booking, id, share, ct)) continue;
            taken.Add((id, share));
            left -= share;
        }
        return left == 0 ? taken : throw Insufficient();
    }

    private static async Task<bool> Take(Booking booking, Guid wallet, long amount, CancellationToken ct) =>
        await booking.Db.Wallets.Where(w => w.Id == wallet && w.Balance >= amount).ExecuteUpdateAsync(set => set.SetProperty(w => w.Balance, w => w.Balance - amount), ct) == 1;

    internal static async Task TakeFrom(Booking booking, Guid wallet, long amount, CancellationToken ct)
    {
        if (!await Take(booking, wallet, amount, ct)) throw Insufficient();
    }

    /// <summary>Puts money aside, for something that is to come.</summary>
    /// <exception cref="Refusal">409 <c>wallet.insufficient</c>.</exception>
    public static async Task<WalletHold> Hold(Booking booking, Guid walletId, long amount, string purposeKind, Guid purposeId, CancellationToken ct)
    {
        var held = await booking.Db.Wallets.Where(w => w.Id == walletId && w.Balance >= amount && amount > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(w => w.Balance, w => w.Balance - amount).SetProperty(w => w.Held, w => w.Held + amount), ct);
        if (held == 0) throw await booking.Db.Wallets.AnyAsync(w => w.Id == walletId, ct) ? Insufficient() : Refusal.NotFound();
        var hold = new WalletHold { WalletId = walletId, Amount = amount, PurposeKind = purposeKind, PurposeId = purposeId, At = booking.At };
        booking.Db.Add(hold);
        Books.Post(booking, await CurrencyOf(booking, walletId, ct), Cause.Hold, hold.Id, purposeKind, [new(LedgerAccount.Wallet, amount, walletId), new(LedgerAccount.Held, -amount, walletId)]);
        await booking.Db.SaveChangesAsync(ct);
        return hold;
    }

    /// <summary>Lets money go that was put aside: it can be spent again. To take it for a charge, let it go and take the payment in the same booking: nobody comes between.</summary>
    /// <param name="captured">It is let go to be taken now.</param>
    /// <exception cref="Refusal">404; 409 <c>wallet.hold-ended</c> when it was let go or taken already.</exception>
    public static async Task Release(Booking booking, Guid holdId, bool captured, CancellationToken ct)
    {
        var hold = await booking.Db.WalletHolds.AsNoTracking().FirstOrDefaultAsync(h => h.Id == holdId, ct) ?? throw Refusal.NotFound();
        var state = captured ? HoldState.Captured : HoldState.Released;
        var ended = await booking.Db.WalletHolds.Where(h => h.Id == holdId && h.State == HoldState.Open)
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.State, state).SetProperty(h => h.EndedAt, booking.At), ct);
        if (ended == 0) throw new Refusal(409, "wallet.hold-ended", "This is not put aside any more.");
        await booking.Db.Wallets.Where(w => w.Id == hold.WalletId).ExecuteUpdateAsync(set => set.SetProperty(w => w.Balance, w => w.Balance + hold.Amount).SetProperty(w => w.Held, w => w.Held - hold.Amount), ct);
        Books.Post(booking, await CurrencyOf(booking, hold.WalletId, ct), Cause.Hold, hold.Id, hold.PurposeKind, [new(LedgerAccount.Held, hold.Amount, hold.WalletId), new(LedgerAccount.Wallet, -hold.Amount, hold.WalletId)]);
        await booking.Db.SaveChangesAsync(ct);
    }

    private static Task<string> CurrencyOf(Booking booking, Guid wallet, CancellationToken ct) => booking.Db.Wallets.Where(w => w.Id == wallet).Select(w => w.Currency).SingleAsync(ct);

    private static Refusal Insufficient() => new(409, "wallet.insufficient", "There is not enough in the wallet.") { Unlock = "Fill the wallet, or pay in another way." };
}
