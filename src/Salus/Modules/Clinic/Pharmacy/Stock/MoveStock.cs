using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Stock;

/// <summary>A batch after an act.</summary>
public sealed record BatchOutcome(Guid BatchId, Guid DrugId, int Quantity);

/// <summary>Puts received units on the shelf: into the batch of this number, which is made when it is new.</summary>
public sealed class ReceiveStock(Tools tools, OrganisationSlot organisation) : UseCase<ReceiveStock.Command, BatchOutcome>(tools)
{
    public const string Action = "stock.receive";

    public sealed record Command
    {
        public Guid DrugId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(60, ErrorMessage = "This is too long.")]
        public string Number { get; init; } = "";

        /// <summary>The last day on which it is dispensed.</summary>
        public DateOnly? Expiry { get; init; }

        [Range(1, 1_000_000, ErrorMessage = "Between 1 and 1,000,000.")]
        public int Quantity { get; init; }

        [StringLength(60, ErrorMessage = "This is too long.")]
        public string? Location { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageStock);

    protected override async Task<BatchOutcome> Handle(Command command, CancellationToken ct)
    {
        var today = Clock.Today(organisation.Current.Zone);
        if (command.Expiry is not { } expiry) throw Refusal.Field("expiry", "Please fill this in.");
        if (expiry < today) throw Refusal.Field("expiry", "This batch is expired already.");
        if (expiry > today.AddYears(20)) throw Refusal.Field("expiry", "This cannot be true; look at the figure again.");
        var folded = Text.Fold(command.Number);
        if (folded.Length == 0) throw Refusal.Field("number", "Please fill this in.");
        var drug = await Shelf.Hold(Db, command.DrugId, Now, ct);
        if (drug.ArchivedAt is not null) throw new Refusal(409, "drug.archived", "This drug is out of use.") { Unlock = "Put it back into use first." };
        var batch = await Db.Batches.AsNoTracking().FirstOrDefaultAsync(b => b.DrugId == drug.Id && b.Folded == folded, ct);
        if (batch is not null && batch.Expiry != expiry) throw Refusal.Field("expiry", "The batch of this number expires on another day.");
        if (batch is null)
        {
            batch = new Batch { DrugId = drug.Id, Number = Text.Clean(command.Number), Folded = folded, Expiry = expiry, Location = Text.Clean(command.Location) };
            Db.Add(batch);
            // The movement below finds it as a row.
            await Db.SaveChangesAsync(ct);
        }
        await Shelf.Move(Db, new() { DrugId = drug.Id, BatchId = batch.Id, Kind = StockKind.In, Quantity = command.Quantity, Reason = Text.Clean(command.Reason), By = Actor.Id ?? throw Refusal.Forbidden(), At = Now }, ct);
        Subject("batch", batch.Id, $"In {command.Quantity}");
        Changed(PharmacyTopic.Of(Db.OrganisationId));
        return new(batch.Id, drug.Id, batch.Quantity + command.Quantity);
    }
}

/// <summary>What correcting a batch and writing units off have in common.</summary>
public abstract class BatchUseCase<TCommand>(Tools tools) : UseCase<TCommand, BatchOutcome>(tools) where TCommand : class
{
    protected override bool IsRepeatable => true;

    protected override Task Authorize(TCommand command, CancellationToken ct) => Require(ClinicPermissions.ManageStock);

    protected async Task<BatchOutcome> Move(Guid batchId, StockKind kind, int quantity, string reason, CancellationToken ct)
    {
        var drugId = await Db.Batches.Where(b => b.Id == batchId).Select(b => (Guid?)b.DrugId).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var drug = await Shelf.Hold(Db, drugId, Now, ct);
        Subject("batch", batchId, $"{kind} {quantity}");
        await Shelf.Move(Db, new() { DrugId = drug.Id, BatchId = batchId, Kind = kind, Quantity = quantity, Reason = Text.Clean(reason), By = Actor.Id ?? throw Refusal.Forbidden(), At = Now }, ct);
        Changed(PharmacyTopic.Of(Db.OrganisationId));
        return new(batchId, drug.Id, await Db.Batches.Where(b => b.Id == batchId).Select(b => b.Quantity).SingleAsync(ct));
    }
}

/// <summary>Corrects a batch after counting.</summary>
public sealed class AdjustStock(Tools tools) : BatchUseCase<AdjustStock.Command>(tools)
{
    public const string Action = "stock.adjust";

    public sealed record Command
    {
        public Guid BatchId { get; init; }

        /// <summary>How many more there are than written; less than zero: how many fewer.</summary>
        [Range(-1_000_000, 1_000_000, ErrorMessage = "Between -1,000,000 and 1,000,000.")]
        public int Quantity { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task<BatchOutcome> Handle(Command command, CancellationToken ct) =>
        command.Quantity == 0 ? throw Refusal.Field("quantity", "Nothing would change.") : Move(command.BatchId, StockKind.Adjustment, command.Quantity, command.Reason, ct);
}

/// <summary>Takes units off the shelf that nobody will get: expired, damaged, or gone otherwise.</summary>
public sealed class WriteOffStock(Tools tools) : BatchUseCase<WriteOffStock.Command>(tools)
{
    public const string Action = "stock.write-off";

    public sealed record Command
    {
        public Guid BatchId { get; init; }

        /// <summary>out, expired or damaged.</summary>
        public StockKind Kind { get; init; }

        [Range(1, 1_000_000, ErrorMessage = "Between 1 and 1,000,000.")]
        public int Quantity { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override Task<BatchOutcome> Handle(Command command, CancellationToken ct) =>
        command.Kind is StockKind.Out or StockKind.Expired or StockKind.Damaged ? Move(command.BatchId, command.Kind, -command.Quantity, command.Reason, ct) : throw Refusal.Field("kind", "Choose one of the list.");
}
