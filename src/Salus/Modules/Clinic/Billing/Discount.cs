using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Puts on the bill of a visit what is on no price list, with the reason; the payer reads both.</summary>
public sealed class AddExtra(Tools tools, CareGuard guard, Bills bills) : EncounterUseCase<AddExtra.Command, Guid>(tools, guard)
{
    public const string Action = "bill.add-extra";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(90, ErrorMessage = "This is too long.")]
        public string Title { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in.")]
        public Money? Amount { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(100, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.BillExtra;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visit = await Hold(command.EncounterId, command, ct);
        var (title, reason) = (Text.Clean(command.Title), TakeOff.Reason(command.Reason));
        if (title.Length == 0) throw Refusal.Field("title", "Please fill this in.");
        var amount = command.Amount!.Minor((await Db.PaymentSettingsNow(ct)).Currency);
        var charge = await bills.Extra(bills.Booking(Db, Now, Actor.Id, Changed), visit, title, reason, amount, ct);
        Subject("encounter", visit.Id, "", visit.Id);
        Changed(EncounterList.Topic(Db.OrganisationId));
        return charge.Id;
    }
}

/// <summary>Takes something off what a visit costs, by an amount or a share of what is not paid: of the whole bill, each line by its part, or of chosen lines.</summary>
public sealed class GiveDiscount(Tools tools, Bills bills) : ChargeUseCase<GiveDiscount.Command>(tools, bills)
{
    public const string Action = "bill.discount";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>Which lines; empty: the whole bill.</summary>
        public IReadOnlyList<Guid> ChargeIds { get; init; } = [];

        /// <summary>This or a percentage.</summary>
        public Money? Amount { get; init; }

        /// <summary>With up to two decimals.</summary>
        public decimal? Percent { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(CareGuard.Permission(CareAct.Discount));

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var reason = TakeOff.Reason(command.Reason);
        if (command.Amount is null == command.Percent is null) throw Refusal.Field("amount", "Give either an amount or a percentage.");
        var charges = await Held(command.EncounterId, command.ChargeIds ?? [], ct);
        var open = await Bills.Open(Db, command.EncounterId, charges, ct);
        var most = open.Values.Sum();
        if (most == 0) throw Settled();
        var off = command.Amount?.Minor(charges[0].Currency) ?? ShareOf(most, command.Percent!.Value);
        if (off > most) throw Refusal.Field("amount", "This is more than what is owed.");
        await Book.Discount(Booking, command.EncounterId, Spread(charges, open, off, most), reason, ct);
        Subject("encounter", command.EncounterId, command.ChargeIds is { Count: > 0 } ? "lines" : "bill", command.EncounterId);
        return command.EncounterId;
    }

    private static long ShareOf(long amount, decimal percent)
    {
        if (percent is <= 0 or > 100 || decimal.Round(percent, 2) != percent) throw Refusal.Field("percent", "More than 0 and at most 100 %, with two decimals.");
        var share = (long)Math.Round(amount * percent / 100, MidpointRounding.ToEven);
        return share > 0 ? share : throw Refusal.Field("percent", "This comes to nothing.");
    }

    // Each line is told from the sum of those before it, so that the parts are the whole and none is more than what is open of its line.
    private static IEnumerable<(Charge, long)> Spread(List<Charge> charges, Dictionary<Guid, long> open, long off, long most)
    {
        var before = 0L;
        foreach (var charge in charges.OrderBy(c => c.Rank).ThenBy(c => c.Id))
        {
            var after = before + open[charge.Id];
            var part = Part(after) - Part(before);
            if (part > 0) yield return (charge, part);
            before = after;
        }
        long Part(long upTo) => (long)Math.Floor((decimal)off * upTo / most);
    }
}

/// <summary>Takes discounts and waivers back of which nothing was paid: it is owed as before.</summary>
public sealed class EndDiscount(Tools tools, Bills bills) : ChargeUseCase<EndDiscount.Command>(tools, bills)
{
    public const string Action = "bill.end-discount";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>Which lines; empty: the whole bill.</summary>
        public IReadOnlyList<Guid> ChargeIds { get; init; } = [];

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(CareGuard.Permission(CareAct.Discount));

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var reason = TakeOff.Reason(command.Reason);
        var charges = await Held(command.EncounterId, command.ChargeIds ?? [], ct);
        var waived = (await Bills.Waivers(Db, command.EncounterId, ct)).GroupBy(n => n.ChargeId).ToDictionary(g => g.Key, g => g.Sum(n => n.Amount));
        var covered = await Bills.Covered(Db, command.EncounterId, ct);
        var lines = charges.Where(c => waived.GetValueOrDefault(c.Id) > 0).ToList();
        if (lines.Count == 0) throw new Refusal(409, "bill.no-discount", "Nothing was let off here.");
        if (lines.Any(c => c.Paid > covered.GetValueOrDefault(c.Id))) throw new Refusal(409, "bill.paid", "Something was paid for this.") { Unlock = "Give the payment back first." };
        // What was taken back as not done does not become owed by this.
        if (lines.Any(c => c.Credited > waived[c.Id])) throw new Refusal(409, "bill.not-done", "Some of this was taken back because it was not done.");
        await Book.Restore(Booking, command.EncounterId, lines.Select(c => (c, waived[c.Id])), reason, ct);
        return command.EncounterId;
    }
}
