using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Charges;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Invoices;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Wallets;

namespace Salus.Modules.Payments.Desk;

/// <summary>Somebody who owes something.</summary>
public sealed record Debtor(PayerView Payer, Money Due, int Charges, DateOnly Since);

/// <param name="Drawer">One's own open drawer with what is in it; null: it is closed.</param>
/// <param name="Found">Payers whom the search found, whether they owe anything or not.</param>
public sealed record CashDeskView(IReadOnlyList<Debtor> Debtors, bool IsCut, IReadOnlyList<PayerView> Found, DrawerView? Drawer);

/// <summary>Who owes something, the newest first, and whom a search finds.</summary>
public sealed class CashDesk(Tools tools, Payers payers) : ReadModel<CashDesk.Query, CashDeskView>(tools)
{
    public const string Action = "desk.debtors";
    private const int Most = 40;

    public sealed record Query { public string? Q { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, CashDeskView result)
    {
        List<Guid> ids = [.. result.Debtors.Select(d => d.Payer.Id).Concat(result.Found.Select(f => f.Id)).Distinct()];
        return ids.Count == 0 ? null : ("payer", ids);
    }

    protected override async Task<CashDeskView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        Lists.Check(query.Q, 1);
        var owed = payers.Named(db.Charges.AsNoTracking().Where(Charge.IsOutstanding), db, Actor, query.Q);
        var groups = await owed.GroupBy(c => new { c.PayerKind, c.PayerId, c.Currency })
            .Select(g => new { g.Key.PayerKind, g.Key.PayerId, g.Key.Currency, Due = g.Sum(c => c.Total - c.Paid - c.Credited), Count = g.Count(), Name = g.Max(c => c.PayerName), Number = g.Max(c => c.PayerNumber), Since = g.Min(c => c.Day), Last = g.Max(c => c.ChargedAt) })
            .OrderByDescending(g => g.Last).Take(Most + 1).ToListAsync(ct);
        var found = Text.Clean(query.Q).Length < 2 ? [] : await payers.Search(db, Actor, query.Q!, ct);
        var veil = await payers.Veil(db, Actor, groups.Select(g => g.PayerId), ct);
        return new([.. groups.Take(Most).Select(g => new Debtor(veil.Over(new PayerView(g.PayerKind, g.PayerId, g.Name ?? "", g.Number ?? "")), Money.Of(g.Due, g.Currency), g.Count, g.Since))], groups.Count > Most,
            [.. found.Where(f => groups.All(g => g.PayerId != f.Id)).Select(f => new PayerView(f.Kind, f.Id, f.Name, f.Number))], await OwnDrawer(db, Actor, ct));
    }

    internal static async Task<DrawerView?> OwnDrawer(SalusDb db, Actor actor, CancellationToken ct)
    {
        var own = await db.Drawers.AsNoTracking().Where(d => d.OwnerId == actor.Id && d.ClosedAt == null).OrderBy(d => d.Id).FirstOrDefaultAsync(ct);
        return own is null ? null : DrawerView.Of(own, actor.Name, await Drawers.Expected(db, own.Id, ct));
    }
}

/// <summary>What stands between the organisation and one payer.</summary>
/// <param name="Charges">What is owed, in the order in which it is paid.</param>
/// <param name="Statements">The last ones that were issued.</param>
/// <param name="Held">Of the charges those that are paid neither in cash nor online now.</param>
public sealed record PayerAccountView(PayerView Payer, Money Due, IReadOnlyList<ChargeView> Charges, WalletView Wallet, IReadOnlyList<PaymentView> Payments, DrawerView? Drawer, IReadOnlyList<IssuedStatement> Statements, IReadOnlyList<Guid> Held);

public sealed record IssuedStatement(Guid Id, string Number, DateOnly From, DateOnly To);

/// <summary>One payer at the desk: what is owed, the wallet, the last payments.</summary>
public sealed class PayerAccount(Tools tools, Payers payers, CashRule cash) : ReadModel<PayerAccount.Query, PayerAccountView>(tools)
{
    public const string Action = "desk.payer";
    private const int MostCharges = 100, MostPayments = 10, MostStatements = 5;

    public sealed record Query
    {
        public PayerKind Kind { get; init; }
        public Guid PayerId { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(PaymentPermissions.Read);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PayerAccountView result) => ("payer", [result.Payer.Id]);

    protected override async Task<PayerAccountView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var payer = await payers.FindToPay(db, Actor, query.Kind, query.PayerId, ct);
        var charges = await db.Charges.AsNoTracking().Where(Charge.IsOutstanding).Where(c => c.PayerId == payer.Id).OrderBy(c => c.Rank).ThenBy(c => c.ChargedAt).ThenBy(c => c.Id).Take(MostCharges).ToListAsync(ct);
        var payments = await db.Payments.AsNoTracking().Where(p => p.PayerId == payer.Id).OrderByDescending(p => p.Id).Take(MostPayments).ToListAsync(ct);
        var statements = await db.Statements.Where(s => s.PayerId == payer.Id).OrderByDescending(s => s.Id).Take(MostStatements).Select(s => new IssuedStatement(s.Id, s.Number, s.From, s.To)).ToListAsync(ct);
        var held = await cash.Held(db, charges.Select(c => c.GroupId), ct);
        var wallet = await ReadWallet.Of(db, payer, ct);
        var veil = await payers.Veil(db, Actor, [payer.Id], ct);
        return new(veil.Over(wallet.Payer), Money.Of(charges.Sum(c => c.Due), wallet.Balance.Currency!), [.. charges.Select(c => veil.Over(ChargeView.Of(c)))], veil.Over(wallet), [.. payments.Select(p => veil.Over(PaymentView.Of(p)))], await CashDesk.OwnDrawer(db, Actor, ct), statements,
            [.. charges.Where(c => c.GroupId is { } group && held.Contains(group)).Select(c => c.Id)]);
    }
}
