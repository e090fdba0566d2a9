using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Desk;

/// <summary>A drawer as its owner sees it.</summary>
/// <param name="Expected">What should be in it: now, or when it was closed.</param>
/// <param name="Counted">What was in it when it was closed.</param>
public sealed record DrawerView(Guid Id, Guid OwnerId, string Owner, Money AtOpening, Money Expected, Money? Counted, Money? Difference, string Reason, DateTime OpenedAt, DateTime? ClosedAt)
{
    public static DrawerView Of(Drawer d, string owner, long expected) => new(d.Id, d.OwnerId, owner, Money.Of(d.AtOpening, d.Currency), Money.Of(expected, d.Currency), d.ClosedAt is null ? null : Money.Of(d.Counted, d.Currency),
        d.ClosedAt is null ? null : Money.Of(d.Counted - expected, d.Currency), d.Reason, d.OpenedAt, d.ClosedAt);
}

/// <summary>Opens one's own drawer with what lies in it.</summary>
public sealed class OpenDrawer(Tools tools, OrganisationSlot organisation) : MoneyUseCase<OpenDrawer.Command, DrawerView>(tools, organisation)
{
    public const string Action = "drawer.open";

    public sealed record Command
    {
        /// <summary>What lies in it; not given: nothing.</summary>
        public Money? AtOpening { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<DrawerView> Handle(Command command, CancellationToken ct)
    {
        var currency = (await Db.PaymentSettingsNow(ct)).Currency;
        var start = (command.AtOpening ?? new("0")).Minor(currency, "atOpening", least: 0);
        if (await Db.Drawers.AnyAsync(d => d.OwnerId == Actor.Id && d.Currency == currency && d.ClosedAt == null, ct)) throw Taken();
        var drawer = new Drawer { OwnerId = Actor.Id!.Value, Currency = currency, AtOpening = start, OpenedAt = Now, UsedAt = Now };
        Db.Add(drawer);
        Books.Post(Booking, currency, Cause.Drawer, drawer.Id, "", [new(LedgerAccount.Cash, start, drawer.Id), new(LedgerAccount.Safe, -start)]);
        Subject("drawer", drawer.Id, "opened");
        Changed(Topics.Money(Db.OrganisationId));
        return DrawerView.Of(drawer, Actor.Name, start);
    }

    protected override Refusal Taken() => new(409, "drawer.open", "Your drawer is open already.") { Unlock = "Close it first." };
}

/// <summary>Closes a drawer: what was counted goes to the safe, and what it differs by is booked with its reason.</summary>
public sealed class CloseDrawer(Tools tools, OrganisationSlot organisation) : MoneyUseCase<CloseDrawer.Command, DrawerView>(tools, organisation)
{
    public const string Action = "drawer.close";

    public sealed record Command
    {
        public Guid DrawerId { get; init; }

        [Required(ErrorMessage = "Count what is in the drawer.")]
        public Money? Counted { get; init; }

        /// <summary>Needed where what was counted is not what should be there.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Take);

    protected override async Task<DrawerView> Handle(Command command, CancellationToken ct)
    {
        var drawer = await Db.Drawers.FirstOrDefaultAsync(d => d.Id == command.DrawerId, ct) ?? throw Refusal.NotFound();
        if (drawer.OwnerId != Actor.Id && !Actor.May(PaymentPermissions.CloseDay)) throw Refusal.Forbidden();
        var counted = command.Counted!.Minor(drawer.Currency, "counted", least: 0);
        // Holds the row: what is taken or given at the same moment is in it before, or finds it closed.
        if (await Db.Drawers.Where(d => d.Id == drawer.Id && d.ClosedAt == null).ExecuteUpdateAsync(set => set.SetProperty(d => d.UsedAt, Now), ct) == 0)
            throw new Refusal(409, "drawer.closed", "This drawer is closed already.");
        var expected = await Drawers.Expected(Db, drawer.Id, ct);
        var (difference, reason) = (counted - expected, Text.Clean(command.Reason));
        if (difference != 0 && reason.Length == 0) throw Refusal.Field("reason", "What was counted is not what should be there. Count again, or give a reason.");
        (drawer.ClosedAt, drawer.ClosedBy, drawer.UsedAt, drawer.Expected, drawer.Counted, drawer.Reason, drawer.ClosedOn) = (Now, Actor.Id, Now, expected, counted, difference == 0 ? "" : reason, Booking.Day);
        Books.Post(Booking, drawer.Currency, Cause.Drawer, drawer.Id, "", [new(LedgerAccount.Cash, difference, drawer.Id), new(LedgerAccount.CashDifference, -difference), new(LedgerAccount.Cash, -counted, drawer.Id), new(LedgerAccount.Safe, counted)]);
        Subject("drawer", drawer.Id, difference == 0 ? "closed" : "closed with a difference");
        Changed(Topics.Money(Db.OrganisationId));
        return DrawerView.Of(drawer, await Db.Accounts.Where(a => a.Id == drawer.OwnerId).Select(a => a.Name).FirstOrDefaultAsync(ct) ?? "", expected);
    }
}
