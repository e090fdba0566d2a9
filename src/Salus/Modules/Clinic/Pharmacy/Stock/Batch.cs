using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Pharmacy.Drugs;

namespace Salus.Modules.Clinic.Pharmacy.Stock;

/// <summary>Units of one drug that came together: they have one number and expire on one day. Its quantity changes by movements only, and never below zero.</summary>
public sealed class Batch : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid DrugId { get; set; }

    /// <summary>The maker's number.</summary>
    public string Number { get; set; } = "";
    public string Folded { get; set; } = "";

    /// <summary>The last day on which it is dispensed.</summary>
    public DateOnly Expiry { get; set; }
    public int Quantity { get; set; }
    public string Location { get; set; } = "";
}

/// <summary>Why the stock changed. Received and returned add; taken out, dispensed, expired and damaged take away; counting does either.</summary>
public enum StockKind { In, Returned, Out, Dispensed, Expired, Damaged, Adjustment }

/// <summary>One change of one batch: written once, never changed.</summary>
public sealed class StockMovement : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid DrugId { get; set; }
    public Guid BatchId { get; set; }
    public StockKind Kind { get; set; }

    /// <summary>Units, less than zero where they left.</summary>
    public int Quantity { get; set; }
    public string Reason { get; set; } = "";
    public Guid By { get; set; }
    public DateTime At { get; set; }
    public Guid? PrescriptionId { get; set; }
}

public static class StockTables
{
    extension(SalusDb db)
    {
        public DbSet<Batch> Batches => db.Set<Batch>();
        public DbSet<StockMovement> StockMovements => db.Set<StockMovement>();
    }
}

internal sealed class BatchTable : IEntityTypeConfiguration<Batch>
{
    public void Configure(EntityTypeBuilder<Batch> table)
    {
        table.ToTable("clinic_batches", t => t.HasCheckConstraint("CK_clinic_batches_Quantity", "\"Quantity\" >= 0"));
        table.Property(b => b.Number).HasMaxLength(60);
        table.Property(b => b.Folded).HasMaxLength(180);
        table.Property(b => b.Location).HasMaxLength(60);
        table.HasIndex(b => new { b.DrugId, b.Folded }).IsUnique();
        table.HasIndex(b => new { b.OrganisationId, b.Expiry });
        table.HasOne<Drug>().WithMany().HasForeignKey(b => b.DrugId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class StockMovementTable : IEntityTypeConfiguration<StockMovement>
{
    public void Configure(EntityTypeBuilder<StockMovement> table)
    {
        table.ToTable("clinic_stock_movements", t => t.HasCheckConstraint("CK_clinic_stock_movements_Quantity",
            "(\"Kind\" IN ('In', 'Returned') AND \"Quantity\" > 0) OR (\"Kind\" IN ('Out', 'Dispensed', 'Expired', 'Damaged') AND \"Quantity\" < 0) OR (\"Kind\" = 'Adjustment' AND \"Quantity\" <> 0)"));
        table.Property(m => m.Reason).HasMaxLength(200);
        table.HasIndex(m => new { m.DrugId, m.Id });
        table.HasIndex(m => m.PrescriptionId);
        table.HasOne<Drug>().WithMany().HasForeignKey(m => m.DrugId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Batch>().WithMany().HasForeignKey(m => m.BatchId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Prescription>().WithMany().HasForeignKey(m => m.PrescriptionId).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>The only way in which stock moves.</summary>
internal static class Shelf
{
    private const int MostInBatch = 10_000_000;

    /// <summary>The drug, held until the commit: who takes from its batches at the same time takes one after the other.</summary>
    /// <exception cref="Refusal">404 when no such drug is in reach.</exception>
    public static async Task<Drug> Hold(SalusDb db, Guid drugId, DateTime now, CancellationToken ct)
    {
        await db.Drugs.Where(d => d.Id == drugId).ExecuteUpdateAsync(set => set.SetProperty(d => d.StockAt, now), ct);
        return await db.Drugs.AsNoTracking().FirstOrDefaultAsync(d => d.Id == drugId, ct) ?? throw Refusal.NotFound();
    }

    /// <summary>Changes a batch, if it can be changed so far, and writes down why.</summary>
    /// <exception cref="Refusal">409 <c>stock.short</c>; 422 on <c>quantity</c>.</exception>
    public static async Task Move(SalusDb db, StockMovement movement, CancellationToken ct)
    {
        var (id, quantity) = (movement.BatchId, movement.Quantity);
        var moved = await db.Batches.Where(b => b.Id == id && b.Quantity >= -quantity && b.Quantity <= MostInBatch - quantity).ExecuteUpdateAsync(set => set.SetProperty(b => b.Quantity, b => b.Quantity + quantity), ct);
        if (moved == 0)
        {
            if (quantity > 0) throw Refusal.Field("quantity", "This is too much for one batch.");
            throw Short(await db.Batches.Where(b => b.Id == id).Select(b => b.Quantity).FirstOrDefaultAsync(ct), -quantity);
        }
        db.Add(movement);
    }

    public static Refusal Short(int there, int wanted) => new(409, "stock.short", "The stock is short: {0} are there, {1} are wanted.", there, wanted)
    { Unlock = "Take less, or receive new stock first." };

    /// <summary>Units that can be dispensed: those that are not expired.</summary>
    public static async Task<int> Usable(SalusDb db, Guid drugId, DateOnly today, CancellationToken ct) =>
        await db.Batches.Where(b => b.DrugId == drugId && b.Expiry >= today).SumAsync(b => (int?)b.Quantity, ct) ?? 0;
}
