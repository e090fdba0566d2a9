using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Refunds;

namespace Salus.Modules.Payments.Wallets;

/// <param name="Balance">What can be spent.</param>
/// <param name="Held">What is put aside.</param>
public sealed record WalletView(PayerView Payer, Money Balance, Money Held, IReadOnlyList<Guid> Ids);

/// <param name="Balance">What could be spent after it.</param>
public sealed record WalletLine(DateTime At, string Cause, Guid CauseId, string Number, Money Amount, Money Balance);

public sealed record WalletStatement(WalletView Wallet, IReadOnlyList<WalletLine> Items, long? Next);

/// <summary>What somebody has in a wallet, and every movement of it, newest first.</summary>
public sealed class ReadWallet(Tools tools, Payers payers) : ReadModel<ReadWallet.Query, WalletStatement>(tools)
{
    public const string Action = "wallet.read";

    public sealed record Query
    {
        public PayerKind Kind { get; init; }
        public Guid PayerId { get; init; }

        /// <summary>The last line that was seen.</summary>
        public long? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, WalletStatement result) => ("payer", [result.Wallet.Payer.Id]);

    protected override async Task<WalletStatement> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(null, query.Limit);
        var payer = await payers.FindToPay(db, Actor, query.Kind, query.PayerId, ct);
        var wallet = await Of(db, payer, ct);
        var owners = wallet.Ids.Select(id => (Guid?)id).ToList();
        var entries = db.LedgerEntries.AsNoTracking().Where(e => owners.Contains(e.OwnerId) && e.Account == LedgerAccount.Wallet);
        var rows = await (from entry in query.After is { } after ? entries.Where(e => e.Seq < after) : entries
                          join cause in db.LedgerTransactions.AsNoTracking() on entry.TransactionId equals cause.Id
                          orderby entry.Seq descending
                          select new { entry.Seq, cause.At, cause.CauseKind, cause.CauseId, entry.Amount, entry.Currency }).Take(query.Limit + 1).ToListAsync(ct);
        var first = rows.Count == 0 ? 0 : rows[0].Seq;
        var balance = rows.Count == 0 ? 0 : -await entries.Where(e => e.Seq <= first).SumAsync(e => e.Amount, ct);
        var ids = rows.Select(r => r.CauseId).ToList();
        var numbers = await db.Payments.Where(p => ids.Contains(p.Id)).Select(p => new { p.Id, p.Number }).Concat(db.Refunds.Where(r => ids.Contains(r.Id)).Select(r => new { r.Id, r.Number })).ToDictionaryAsync(n => n.Id, n => n.Number, ct);
        var lines = new List<WalletLine>();
        foreach (var row in rows.Take(query.Limit))
        {
            lines.Add(new(row.At, row.CauseKind, row.CauseId, numbers.GetValueOrDefault(row.CauseId, ""), Money.Of(-row.Amount, row.Currency), Money.Of(balance, row.Currency)));
            balance += row.Amount;
        }
        return new((await payers.Veil(db, Actor, [payer.Id], ct)).Over(wallet), lines, rows.Count > query.Limit ? rows[query.Limit - 1].Seq : null);
    }

    /// <summary>All of a payer's wallets in the organisation's currency, as one.</summary>
    internal static async Task<WalletView> Of(SalusDb db, Payer payer, CancellationToken ct)
    {
        var currency = (await db.PaymentSettingsNow(ct)).Currency;
        var wallets = await db.Wallets.AsNoTracking().Where(w => w.PayerId == payer.Id && w.Currency == currency).ToListAsync(ct);
        return new(new(payer.Kind, payer.Id, payer.Name, payer.Number), Money.Of(wallets.Sum(w => w.Balance), currency), Money.Of(wallets.Sum(w => w.Held), currency), [.. wallets.Select(w => w.Id)]);
    }
}
