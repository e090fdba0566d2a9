using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Desk;

/// <summary>One person's cash from opening to closing. What should be in it is what the ledger says.</summary>
public sealed class Drawer : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid OwnerId { get; set; }
    public string Currency { get; set; } = "";
    public long AtOpening { get; set; }
    public DateTime OpenedAt { get; set; }

    /// <summary>When it was last used. Setting it holds the row until the commit, so that nothing comes in while it is closed.</summary>
    public DateTime UsedAt { get; set; }
    public DateTime? ClosedAt { get; set; }
    public Guid? ClosedBy { get; set; }

    /// <summary>What should have been in it, and what was.</summary>
    public long Expected { get; set; }
    public long Counted { get; set; }

    /// <summary>Why the two differ.</summary>
    public string Reason { get; set; } = "";
    public DateOnly? ClosedOn { get; set; }
}

/// <summary>The end of a day: its sums, never changed.</summary>
public sealed class DayClose : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public DateOnly Day { get; set; }
    public DateTime At { get; set; }
    public Guid? By { get; set; }
    public string Note { get; set; } = "";
}

/// <summary>What came in and went out by one method on a day that is closed; never changed.</summary>
public sealed class DayTotal : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid DayCloseId { get; set; }
    public LedgerAccount Account { get; set; }
    public string Currency { get; set; } = "";
    public long In { get; set; }
    public long Out { get; set; }
}

public static class DrawerTables
{
    extension(SalusDb db)
    {
        public DbSet<Drawer> Drawers => db.Set<Drawer>();
        public DbSet<DayClose> DayCloses => db.Set<DayClose>();
        public DbSet<DayTotal> DayTotals => db.Set<DayTotal>();
    }
}

internal sealed class DrawerTable : IEntityTypeConfiguration<Drawer>
{
    public void Configure(EntityTypeBuilder<Drawer> table)
    {
        table.ToTable("payments_drawers");
        table.Property(d => d.Currency).HasMaxLength(3);
        table.Property(d => d.Reason).HasMaxLength(200);
        table.HasIndex(d => new { d.OrganisationId, d.OwnerId, d.Currency }).IsUnique().HasFilter("\"ClosedAt\" IS NULL");
        table.HasIndex(d => new { d.OrganisationId, d.Id });
    }
}

internal sealed class DayCloseTable : IEntityTypeConfiguration<DayClose>
{
    public void Configure(EntityTypeBuilder<DayClose> table)
    {
        table.ToTable("payments_day_closes");
        table.Property(d => d.Note).HasMaxLength(400);
        table.HasIndex(d => new { d.OrganisationId, d.Day }).IsUnique();
    }
}

internal sealed class DayTotalTable : IEntityTypeConfiguration<DayTotal>
{
    public void Configure(EntityTypeBuilder<DayTotal> table)
    {
        table.ToTable("payments_day_totals");
        table.Property(d => d.Currency).HasMaxLength(3);
        table.HasIndex(d => new { d.DayCloseId, d.Account, d.Currency }).IsUnique();
        table.HasOne<DayClose>().WithMany().HasForeignKey(d => d.DayCloseId).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>The drawer of who takes cash.</summary>
internal static class Drawers
{
    /// <summary>The open one of who books, held until the commit.</summary>
    /// <exception cref="Refusal">409 <c>drawer.closed</c>.</exception>
    public static async Task<Guid> Open(Booking booking, string currency, CancellationToken ct)
    {
        var own = booking.Db.Drawers.Where(d => d.OwnerId == booking.By && d.Currency == currency && d.ClosedAt == null);
        if (await own.ExecuteUpdateAsync(set => set.SetProperty(d => d.UsedAt, booking.At), ct) == 0)
            throw new Refusal(409, "drawer.closed", "Your drawer is closed: cash has nowhere to go.") { Unlock = "Open your drawer with what is in it now." };
        return await own.Select(d => d.Id).SingleAsync(ct);
    }

    /// <summary>What should be in it.</summary>
    public static Task<long> Expected(SalusDb db, Guid drawer, CancellationToken ct) =>
        db.LedgerEntries.Where(e => e.OwnerId == drawer && e.Account == LedgerAccount.Cash).SumAsync(e => e.Amount, ct);
}

/// <summary>Days that are closed.</summary>
internal static class Days
{
    /// <summary>
    /// The day on which money is booked: today, or the next day that is not closed yet. Asked after the booking took its number: whoever closes the day takes
    /// the numbers first, so that nothing is booked on it any more.
    /// </summary>
    public static async Task<DateOnly> Bookable(Booking booking, CancellationToken ct)
    {
        var closed = await booking.Db.DayCloses.Where(d => d.Day >= booking.Day).Select(d => d.Day).ToListAsync(ct);
        var day = booking.Day;
        while (closed.Contains(day)) day = day.AddDays(1);
        return day;
    }
}
