using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Orders;

/// <summary>A doctor orders tests, studies or procedures: one requisition of one kind, with an order for each item. The consultation begins with it, if it has not begun.</summary>
public sealed class PlaceOrders(Tools tools, CareGuard guard, Bills bills) : EncounterUseCase<PlaceOrders.Command, PlaceOrders.Placed>(tools, guard)
{
    public const string Action = "order.place";
    private const int MostItems = 40;
    private static readonly TimeSpan SameWithin = TimeSpan.FromMinutes(5);

    /// <summary>An entry of the clinic's list, or something in free words.</summary>
    public sealed record Item
    {
        public Guid? CatalogueId { get; init; }

        /// <summary>The name or the code of an entry stands for the entry.</summary>
        public string? Name { get; init; }
    }

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [EnumDataType(typeof(OrderKind), ErrorMessage = "Choose one of the list.")]
        public OrderKind Kind { get; init; }

        [EnumDataType(typeof(OrderPriority), ErrorMessage = "Choose one of the list.")]
        public OrderPriority Priority { get; init; }

        /// <summary>Why it is asked for.</summary>
        [StringLength(500, ErrorMessage = "This is too long.")]
        public string? Indication { get; init; }

        [StringLength(500, ErrorMessage = "This is too long.")]
        public string? Instructions { get; init; }

        public IReadOnlyList<Item> Items { get; init; } = [];
    }

    /// <param name="Orders">One id for each item, in their order.</param>
    public sealed record Placed(Guid RequisitionId, IReadOnlyList<Guid> Orders);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override CareAct Act(Command command) => command.Kind switch { OrderKind.Lab => CareAct.LabOrder, OrderKind.Imaging => CareAct.ImagingOrder, _ => CareAct.ProcedureOrder };

    protected override async Task<Placed> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var items = await Resolve(command, ct);
        await RefuseRepetition(encounter.Id, command.Kind, items, ct);
        await Consultation.Of(Db, encounter, Author, Now, ct);
        var requisition = Guid.CreateVersion7();
        // Ids a millisecond apart keep the items in the order in which they were asked for.
        var orders = items.Select((i, place) => new Order
        {
            Id = Guid.CreateVersion7(new DateTimeOffset(Now).AddMilliseconds(place)), EncounterId = encounter.Id, PatientId = encounter.PatientId, RequisitionId = requisition, Kind = command.Kind, Priority = command.Priority, CatalogueId = i.Entry?.Id, Code = i.Entry?.Code ?? "",
            Name = i.Name, Indication = Text.Clean(command.Indication), Instructions = Text.Clean(command.Instructions), OrderedBy = Author, OrderedAt = Now,
        }).ToList();
        Db.AddRange(orders);
        Subject("encounter", encounter.Id, $"{command.Kind} {command.Priority} {orders.Count}", encounter.Id);
        Changed(OrderList.Topic(Db.OrganisationId));
        Changed(EncounterList.Topic(Db.OrganisationId));
        await bills.Ordered(bills.Booking(Db, Now, Actor.Id, Changed), encounter, orders, ct);
        return new(requisition, [.. orders.Select(o => o.Id)]);
    }

    private async Task<List<(CatalogueEntry? Entry, string Name)>> Resolve(Command command, CancellationToken ct)
    {
        if (command.Items is not { Count: > 0 } || command.Items.Any(i => i is null)) throw Refusal.Field("items", "Choose at least one, or write it in words.");
        if (command.Items.Count > MostItems) throw Refusal.Field("items", "These are too many at once.");
        var ids = command.Items.Select(i => i.CatalogueId).OfType<Guid>().ToList();
        var typed = command.Items.Where(i => i.CatalogueId is null).Select(i => Text.Clean(i.Name)).ToList();
        if (typed.Any(n => n.Length is 0 or > 160)) throw Refusal.Field("items", "In words it has 2 to 160 letters.");
        var (codes, names) = (typed.Select(n => n.ToUpperInvariant()).ToList(), typed.Select(n => $" {Text.Fold(n)} ").ToList());
        var entries = await Db.Catalogue.AsNoTracking().Where(e => e.ArchivedAt == null && e.Kind == command.Kind && (ids.Contains(e.Id) || codes.Contains(e.Code) || names.Any(n => e.SearchName.Contains(n)))).ToListAsync(ct);
        return [.. command.Items.Select(item =>
        {
            if (item.CatalogueId is { } id) return entries.FirstOrDefault(e => e.Id == id) is { } chosen ? (chosen, chosen.Name) : throw Refusal.Field("items", "Choose one of the list.");
            var name = Text.Clean(item.Name);
            var entry = entries.FirstOrDefault(e => e.Code.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? entries.FirstOrDefault(e => Text.Fold(e.Name) == Text.Fold(name));
            return entry is null && name.Length < 2 ? throw Refusal.Field("items", "In words it has 2 to 160 letters.") : (entry, entry?.Name ?? name);
        })];
    }

    private async Task RefuseRepetition(Guid encounterId, OrderKind kind, List<(CatalogueEntry? Entry, string Name)> items, CancellationToken ct)
    {
        static string Key(Guid? catalogueId, string name) => catalogueId?.ToString() ?? Text.Fold(name);
        var since = Now - SameWithin;
        var recent = await Db.Orders.AsNoTracking().Where(o => o.EncounterId == encounterId && o.Kind == kind && o.OrderedAt > since && o.State != OrderState.Cancelled).Select(o => new { o.CatalogueId, o.Name }).ToListAsync(ct);
        var known = recent.Select(o => Key(o.CatalogueId, o.Name)).ToHashSet();
        if (items.FirstOrDefault(i => !known.Add(Key(i.Entry?.Id, i.Name))) is { Name: { } twice })
            throw new Refusal(409, "order.duplicate", "“{0}” was ordered in this visit less than five minutes ago.", twice) { Unlock = "Leave it out, or cancel the first order." };
    }
}

/// <summary>A doctor takes back an order that has no result yet, with a reason.</summary>
public sealed class CancelOrder(Tools tools, CareGuard guard, Bills bills) : OrderUseCase<CancelOrder.Command, OrderOutcome>(tools, guard)
{
    public const string Action = "order.cancel";

    public sealed record Command
    {
        public Guid OrderId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.CancelOrder;

    protected override async Task<OrderOutcome> Handle(Command command, CancellationToken ct)
    {
        var reason = Text.Clean(command.Reason);
        if (reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        var outcome = Moved(await HoldOrder(command.OrderId, command.Version, null, command, ct), OrderAction.Cancel, reason);
        await bills.NotDone(bills.Booking(Db, Now, Actor.Id, Changed), outcome.Id, 1, reason, ct);
        return outcome;
    }
}
